"""What stands around each page: crumbs, tabs, messages, who is signed in, how it looks."""

import re
from pathlib import Path

import pytest

from objpub import manage
from objpub.manage.frame import look_from
from objpub.operations import add_new
from objpub.operations import delete
from objpub.publisher import App
from objpub.security import override_permission
from objpub.security import SYSTEM
from objpub.views import view
from tests.manage.pages import Page
from tests.manage.pages import Section


@view(Page, "plain", area="manage", permission=manage.See)
def plain(page, request):
    """The frame alone, as plain text."""
    frame = manage.framed(request, "plain", note="kept")["frame"]
    return f"{frame.title}\n{frame.heading}\n{frame.url(page, '@@edit', a='b')}\n{frame.url(page, 'edit')}"


@view(Page, "messages", method="POST", area="manage", permission=manage.See)
def messages(page, request):
    """Leave three messages for the next page."""
    for kind in ("ok", "warn", "bad"):
        request.message(f"Message of {kind} <b>", kind)
    request.new_messages[0]["undo"] = "token-1"
    return request.redirect(page.__parent__, area="manage")


THINGS = (plain, messages)


def crumbs_of(answer):
    """Return the texts of the breadcrumbs of a page."""
    found = re.search(r'<nav class="crumbs".*?</nav>', answer.text, re.S)
    return re.findall(r">([^<>]+)</a>", found[0]) if found else []


def tabs_of(answer):
    """Return (title, is current) of the tabs of a page."""
    found = re.search(r'<nav class="tabs".*?</nav>', answer.text, re.S)
    tabs = re.findall(r"<a ([^>]*)>([^<>]+)<", found[0]) if found else []
    return [(title, "aria-current" in attributes) for attributes, title in tabs]


def test_a_frame_knows_titles_and_addresses(site):
    client = site.browser().login("ines")
    lines = client.get("/manage/news/tides/@@plain").text.splitlines()
    assert lines == [
        "Tides | Site",
        "Tides",
        "/manage/news/tides/@@edit?a=b",
        "/manage/news/tides/@@edit",
    ]


def test_crumbs_lead_through_the_places_above_and_leave_out_what_may_not_be_seen(site):
    admin, tomas = site.browser().login("admin"), site.browser().login("tomas")
    assert crumbs_of(admin.get("/manage/news/series/")) == ["Site", "News"]
    assert crumbs_of(admin.get("/manage/")) == []
    assert crumbs_of(tomas.get("/manage/news/series/")) == ["News"]


def test_a_hidden_folder_is_in_no_crumb(site):
    with site.work() as root:
        override_permission(root["news"], "view", "manager")
        override_permission(root["news"]["series"], "view", "everyone")
    answer = site.browser().login("ines").get("/manage/news/series/")
    assert crumbs_of(answer) == ["Site"]
    assert ">News<" not in answer.text


def test_the_tab_that_is_open_is_marked_and_those_that_may_not_be_opened_are_missing(site):
    with site.work() as root:
        override_permission(root["news"]["tides"], "edit", "manager")
    ines = site.browser().login("ines")
    titles = dict(tabs_of(ines.get("/manage/news/tides")))
    assert titles["Overview"]
    assert "Edit" not in titles
    assert dict(tabs_of(ines.get("/manage/news/")))["Contents"]
    titles = dict(tabs_of(ines.get("/manage/news/marsh").follow()))
    assert titles["Edit"]
    assert "Overview" not in titles


def test_pages_of_the_whole_site_are_offered_to_those_who_may_open_them(site):
    offered = {}
    for name in ("admin", "ines"):
        links = {target for _, target in site.browser().login(name).get("/manage/news/").page.links}
        offered[name] = links & {f"/manage/@@{view}" for view in ("users", "site", "database", "trash")}
    assert len(offered["admin"]) == 4
    assert offered["ines"] == {"/manage/@@trash"}


def test_messages_are_told_once_as_text_and_one_can_be_undone(site):
    client = site.browser().login("ines")
    answer = client.post("/manage/news/tides/@@messages").follow()
    for kind in ("ok", "warn", "bad"):
        assert f'class="note {kind}" role="status"' in answer.text
        assert f"Message of {kind} &lt;b&gt;" in answer.text
    assert answer.text.count('action="/manage/@@undo"') == 1
    assert 'name="token" value="token-1"' in answer.text
    assert "Message of" not in client.get("/manage/news/").text


def deeds_of(answer):
    """Return what the menu beside the heading offers."""
    head = re.search(r'<div class="acts">.*?</details>\s*</div>', answer.text, re.S)
    return re.findall(r"(\w+…)", head[0]) if head else []


def test_what_else_can_be_done_with_an_object_is_in_a_menu_of_its_page(site):
    with site.work() as root:
        override_permission(root["news"]["marsh"], "delete", "manager")
    ines = site.browser().login("ines")
    answer = ines.get("/manage/news/tides/@@edit")
    assert deeds_of(answer) == ["Rename…", "Move…", "Copy…", "Delete…"]
    assert 'href="/manage/news/@@delete?pick=tides"' in answer.text
    assert answer.click("Delete…").status == 200
    assert deeds_of(ines.get("/manage/news/marsh/@@edit")) == ["Rename…", "Copy…"]
    assert deeds_of(ines.get("/manage/@@edit")) == []


def test_a_step_has_a_way_back_and_nothing_that_leads_elsewhere(site):
    ines = site.browser().login("ines")
    for query in ("@@delete?pick=tides", "@@move?pick=tides", "@@rename?pick=tides", "@@add?type=Page"):
        answer = ines.get(f"/manage/news/{query}")
        assert crumbs_of(answer) == ["Site", "News"]
        assert tabs_of(answer) == []
        assert deeds_of(answer) == []
        assert "View on site" not in answer.text


def test_view_on_site_leads_to_the_page_itself(site):
    answer = site.browser().login("ines").get("/manage/news/")
    assert re.search(r'<a class="btn" href="/news/"[^>]*>\s*View on site', answer.text)


def test_who_is_signed_in_is_named_with_the_way_to_what_is_his_own(site):
    answer = site.browser().login("ines").get("/manage/news/")
    assert re.search(r'<a href="/manage/@@profile"[^>]*>\s*<svg.*?</svg>\s*ines</a>', answer.text, re.S)
    assert answer.click("ines").status == 200


def site_pages_of(answer):
    """Return the addresses of the pages of the whole site beside the tree, and which one is open."""
    side = answer.text.split('id="side"')[1].split("</nav>")[0]
    found = re.findall(r'<li><a href="/manage/@@(\w+)"([^>]*)>', side)
    names = [name for name, _ in found if name not in {"profile", "keys"}]
    return names, [name for name, attributes in found if "aria-current" in attributes]


def test_pages_of_the_whole_site_stand_beside_the_tree_for_those_who_may_open_them(site):
    admin, ines = site.browser().login("admin"), site.browser().login("ines")
    pages = ["dashboard", "reports", "trash", "users", "groups", "site", "links", "redirects"]
    pages += ["audit", "queue", "database"]
    assert site_pages_of(admin.get("/manage/news/")) == (pages, [])
    for page in pages:
        answer = admin.get(f"/manage/@@{page}")
        assert answer.status == 200 and site_pages_of(answer) == (pages, [page])
    offered, _ = site_pages_of(ines.get("/manage/news/"))
    assert offered == [page for page in pages if ines.get(f"/manage/@@{page}").status == 200]
    assert "database" not in offered


def test_signing_out_is_a_button_on_every_page(site):
    client = site.browser().login("ines")
    client.get("/manage/news/").form("/logout").submit()
    assert client.get("/manage/news/").location.startswith("/login")


@pytest.mark.parametrize(
    ("theme", "density", "attributes"),
    [
        ("auto", "comfortable", ""),
        ("light", "comfortable", 'data-theme="light"'),
        ("dark", "compact", 'data-theme="dark" data-density="compact"'),
    ],
)
def test_colours_and_density_are_kept_for_the_browser(site, theme, density, attributes):
    client = site.browser().login("ines")
    form = client.get("/manage/news/").form("look")
    answer = form.fill(theme=theme, density=density).submit().follow()
    assert answer.path == "/manage/news/"
    opening = re.search(r"<html[^>]*>", answer.text)[0]
    assert " ".join(re.findall(r'data-\w+="\w+"', opening)) == attributes
    assert f'value="{theme}" checked' in answer.text


@pytest.mark.parametrize("cookie", ["", "purple.tiny", "dark", "dark.compact.more", ".", "compact.dark", "é"])
def test_a_cookie_that_strangers_wrote_gives_the_look_there_is(cookie):
    theme, density = look_from(cookie)
    assert theme in {"auto", "light", "dark"}
    assert density in {"comfortable", "compact"}


@pytest.mark.parametrize(
    "values", [{"theme": "purple"}, {"density": "tiny"}, {"theme": "dark", "back": "https://example.org/"}]
)
def test_a_look_that_is_none_is_refused_and_no_way_leads_off_the_site(site, values):
    answer = site.browser().login("ines").post("/manage/@@look", values)
    assert answer.status == (400 if "back" not in values else 303)
    assert answer.location in {"", "/manage/"}


def test_every_page_has_scripts_and_styles_in_files_only(site):
    text = site.browser().login("admin").get("/manage/news/").text
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize(
    "path",
    [
        "/manage/news/",
        "/manage/news/tides/@@edit",
        "/manage/news/@@security",
        "/manage/@@trash",
        "/manage/@@users",
        "/manage/@@audit",
    ],
)
def test_the_styles_of_a_page_are_small(site, path):
    text = site.browser().login("admin").get(path).text
    folder = Path(manage.__file__).parent / "static"
    names = re.findall(r'<link rel="stylesheet" href="/static/objpub-manage/\w+/([\w.-]+)"', text)
    assert {"tokens.css", "manage.css"} <= set(names)
    assert sum((folder / name).stat().st_size for name in names) <= 28 * 1024


def test_what_has_gone_is_no_longer_framed(site):
    with site.work() as root:
        delete(SYSTEM, root["news"]["tides"])
    assert site.browser().login("ines").get("/manage/news/tides").status == 404


def test_the_layout_of_the_interface_is_not_the_one_of_the_site():
    assert "manage" not in str(App().layout())


def test_the_crumbs_of_a_deep_place_keep_those_between_in_a_menu(site):
    with site.work() as root:
        place = root
        for number in range(9):
            place = add_new(SYSTEM, place, Section, {"title": f"Level {number}"})
    answer = site.browser().login("ines").get("/manage/" + "".join(f"level-{each}/" for each in range(9)))
    assert crumbs_of(answer) == ["Site", *(f"Level {each}" for each in range(8))]
    menu = re.search(r'<nav class="crumbs".*?<details.*?</details>', answer.text, re.S)[0]
    assert re.findall(r">([^<>]+)</a>", menu)[1:] == [f"Level {each}" for each in range(5)]
