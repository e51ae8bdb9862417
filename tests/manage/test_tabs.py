"""Tabs and actions that a site declares."""

import re

import pytest

from objpub import manage
from objpub import testing
from objpub.content import Content
from objpub.errors import DeclarationError
from objpub.errors import NotPossible
from objpub.manage.tabs import actions_of
from objpub.publisher import Markup
from objpub.security import override_permission
from objpub.views import action
from objpub.views import tab
from objpub.views import view
from tests.manage.pages import Page
from tests.manage.pages import Section


@tab(Page, "Statistics", permission="view", order=15)
def statistics(page, request, days: int = 7):
    """A tab with HTML."""
    return Markup(f"<p>Read {days} times</p>")


@tab(Page, "Plain words", permission="edit")
def plain(page, request):
    """A tab with text."""
    return "a < b"


@tab(Page, "Elsewhere", permission="manage")
def elsewhere(page, request):
    """A tab that leads away."""
    return request.redirect("/elsewhere")


@tab(Page, "Tide table", permission="view", template="tides.pt")
def tides(page, request):
    """A tab with a template."""
    return {"heights": ["3.92 m", "<1 m"]}


@action(Page, "Shout", permission="edit", bulk=True)
def shout(page, request):
    """Make the title loud."""
    if page.title == "Marsh":
        raise NotPossible("A marsh is quiet")
    page.title = page.title.upper()


@action(Page, "Praise", permission="manage")
def praise(page, request):
    """Say something."""
    return f"{page.title} is good"


@view(Section, "offered", area="manage", permission=manage.See)
def offered(section, request):
    """List what a row menu and a bar for a selection would offer for all pages."""
    pages = [each for each in section.values() if isinstance(each, Page)]
    titles = [[each.title for each in actions_of(request, pages, bulk)] for bulk in (False, True)]
    return f"{titles} {[each.title for each in actions_of(request, section.values())]}"


THINGS = (statistics, plain, elsewhere, tides, shout, praise, offered)


def tabs_of(answer):
    """Return (title, is current) of the tabs of a page."""
    found = re.search(r'<nav class="tabs".*?</nav>', answer.text, re.S)
    tabs = re.findall(r"<a ([^>]*)>([^<>]+)<", found[0]) if found else []
    return [(title, "aria-current" in attributes) for attributes, title in tabs]


def test_a_declared_tab_stands_among_the_others_and_shows_what_it_gives(site):
    client = site.browser().login("ines")
    answer = client.get("/manage/news/tides/@@statistics")
    titles = [title for title, _ in tabs_of(answer)]
    assert ("Statistics", True) in tabs_of(answer)
    assert "Plain words" in titles
    assert "Elsewhere" not in titles
    assert "<p>Read 7 times</p>" in answer.text
    assert "<h1>Tides</h1>" in answer.text
    assert titles.index("Statistics") < titles.index("Plain words")


def test_the_arguments_of_a_tab_are_converted_and_a_bad_one_is_refused(site):
    client = site.browser().login("ines")
    assert "Read 30 times" in client.get("/manage/news/tides/@@statistics?days=30").text
    assert client.get("/manage/news/tides/@@statistics?days=many").status == 400


def test_text_of_a_tab_is_text(site):
    assert "a &lt; b" in site.browser().login("ines").get("/manage/news/tides/@@plain-words").text


def test_the_template_of_a_tab_is_filled_in_the_frame(site):
    answer = site.browser().login("ines").get("/manage/news/tides/@@tide-table")
    assert "<td>Tides: 3.92 m</td>" in answer.text and "<td>Tides: &lt;1 m</td>" in answer.text
    assert ("Tide table", True) in tabs_of(answer)
    assert answer.text.count("<h1") == 1


def test_a_tab_may_lead_elsewhere(site):
    answer = site.browser().login("admin").get("/manage/news/tides/@@elsewhere")
    assert (answer.status, answer.location) == (303, "/elsewhere")


def test_a_tab_needs_its_permission(site):
    with site.work() as root:
        override_permission(root["news"]["tides"], "edit", "manager")
    client = site.browser().login("ines")
    assert client.get("/manage/news/tides/@@plain-words").status == 403
    assert client.get("/manage/news/marsh/@@plain-words").status == 200


def test_a_tab_of_a_class_is_not_one_of_others(site):
    assert site.browser().login("admin").get("/manage/news/@@statistics").status == 404


def test_two_tabs_of_one_name_and_one_that_the_interface_has_stop_the_start():
    @tab(Content, "Bar", permission="view")
    def bar(content, request):
        return "mine"

    with pytest.raises(
        DeclarationError, match="the management interface has a view 'bar' of Content already"
    ):
        with testing.site("objpub.manage", bar):
            pass


def test_a_site_may_have_a_tab_of_its_own_in_place_of_one_for_all(site):
    @tab(Page, "Bar", permission="view")
    def bar(page, request):
        return "mine instead"

    with testing.site("objpub.manage", "tests.manage.pages", bar) as other:
        other.add_user("ann", roles=["manager"])
        with other.work() as root:
            root.add("page", Page(title="Page"))
        assert "mine instead" in other.client.login("ann").get("/manage/page/@@bar").text


def test_an_action_is_done_and_the_way_leads_back_with_a_message(site):
    client = site.browser().login("ines")
    answer = client.post("/manage/news/tides/@@shout")
    assert (answer.status, answer.location) == (303, "/manage/news/tides")
    assert "Shout: done" in client.get("/manage/news/").text
    with site.work() as root:
        assert root["news"]["tides"].title == "TIDES"


def test_the_page_of_an_object_offers_the_actions_that_one_may_do(site):
    path = "/manage/news/tides/@@statistics"
    ines, admin = site.browser().login("ines"), site.browser().login("admin")
    assert "@@praise" not in ines.get(path).text
    assert "Tides is good" in admin.get(path).form("/manage/news/tides/@@praise").submit().follow().text


def test_an_action_needs_its_permission_and_is_done_by_a_post_only(site):
    client = site.browser().login("ines")
    assert client.post("/manage/news/tides/@@praise").status == 403
    assert client.get("/manage/news/tides/@@shout").status == 405
    assert "Tides is good" in site.browser().login("admin").post("/manage/news/tides/@@praise").follow().text


def test_an_action_for_several_is_done_for_all_of_them(site):
    client = site.browser().login("ines")
    answer = client.post("/manage/news/@@act", [("action", "shout"), ("pick", "tides"), ("pick", "herons")])
    assert (answer.status, answer.location) == (303, "/manage/news/")
    assert "Shout: done (2)" in answer.follow().text
    with site.work() as root:
        assert [root["news"][name].title for name in ("tides", "herons", "marsh")] == [
            "TIDES",
            "HERONS",
            "Marsh",
        ]


@pytest.mark.parametrize(
    ("picks", "status"),
    [
        (["tides", "marsh"], 409),  # the action itself refuses
        (["tides", "herons"], 403),  # one of them may not be edited
        (["tides", "nothing"], 404),
        (["tides", "series"], 404),  # a folder has no such action
        ([], 303),
    ],
)
def test_an_action_for_several_is_done_for_none_where_one_refuses(site, picks, status):
    with site.work() as root:
        override_permission(root["news"]["herons"], "edit", "manager")
    before = site.last_transaction()
    pairs = [("action", "shout"), *(("pick", name) for name in picks)]
    assert site.browser().login("ines").post("/manage/news/@@act", pairs).status == status
    with site.work() as root:
        assert root["news"]["tides"].title == "Tides"
    assert before


def test_only_actions_that_all_of_a_selection_have_are_offered(site):
    assert site.browser().login("admin").get("/manage/news/@@offered").text == (
        "[['Praise', 'Shout'], ['Shout']] []"
    )
    assert site.browser().login("ines").get("/manage/news/@@offered").text == "[['Shout'], ['Shout']] []"
