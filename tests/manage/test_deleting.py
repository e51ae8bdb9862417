"""Deleting in the management interface: what and how much is said first, then it is in the trash."""

import re

from objpub.content import Content
from objpub.operations import add_new
from objpub.operations import delete
from objpub.operations import rename
from objpub.operations import sentence_of
from objpub.schema import field
from objpub.schema import Ref
from objpub.schema import RichText
from objpub.security import grant
from objpub.security import override_permission
from objpub.security import SYSTEM
from objpub.views import views_in
from tests.changes import is_changed_since
from tests.manage.pages import Page
from tests.manage.pages import Section


class Walk(Content, addable="anywhere"):
    """A walk that begins somewhere."""

    title: str
    start: Ref[Page] | None = field(default=None, title="Begins at")
    stops: tuple[Ref[Page], ...] = field(default=(), title="Stops")
    text: RichText = field(default="", title="Way")


class Guide(Content, addable="anywhere"):
    """A guide that is nothing without its first page."""

    title: str
    first: Ref[Page] | None = field(default=None, title="First page", on_delete="refuse")
    best: Ref[Page] | None = field(default=None, title="Best page", on_delete="clear")


THINGS = (Walk, Guide)


def add(site, path, kind, **values):
    with site.work() as root:
        folder = root
        for name in path.strip("/").split("/") if path != "/" else ():
            folder = folder[name]
        return add_new(SYSTEM, folder, kind, values).__name__


def has_form(page):
    return any(
        form.id == "delete" and any(each.name == "pick" for each in form.controls) for form in page.page.forms
    )


def submitted(page):
    return page.form("delete").submit(follow=True)


def words(page):
    """Return the text of what stands beside the tree."""
    return " ".join(page.text.partition("<main")[2].split())


def names(site, *path):
    with site.work() as root:
        for name in path:
            root = root[name]
        return sorted(root)


def test_the_page_says_what_and_how_much_and_changes_nothing(site):
    ines = site.browser().login("ines")
    before = site.last_transaction()
    page = ines.get("/manage/news/@@delete?pick=tides&pick=series")
    assert page.status == 200
    assert "Delete 2 items?" in page.text
    assert "and 3 items in it" in words(page)
    assert "5 items</b> go to the trash" in words(page)
    for title, name in (("Tides", "tides"), ("Series", "series")):
        assert f">{title}</a>" in words(page)
        assert f'<span class="dim">{name}</span>' in words(page)
    assert "items</b> go" not in ines.get("/manage/news/@@delete?pick=tides").text
    assert not is_changed_since(site, before)


def test_what_was_picked_goes_to_the_trash_and_nothing_else_and_undo_brings_it_back(site):
    ines = site.browser().login("ines")
    page = ines.get("/manage/news/@@delete?pick=tides&pick=series")
    page = submitted(page)
    assert page.path == "/manage/news/"
    assert "Deleted 2 items with 3 items in it" in page.text
    assert names(site, "news") == ["herons", "marsh"]
    with site.work() as root:
        assert [(each.path, each.who, each.count) for each in root.trash] == [
            ("/news/series", "ines", 4),
            ("/news/tides", "ines", 1),
        ]
    assert page.form("/manage/@@undo").submit(follow=True).path == "/manage/news/"
    assert names(site, "news") == ["herons", "marsh", "series", "tides"]


def test_one_is_called_by_its_title_and_the_transaction_says_it(site):
    page = submitted(site.browser().login("ines").get("/manage/news/@@delete?pick=tides"))
    assert "Deleted “Tides”. You find it in the trash" in page.text
    assert site.client.get("/news/tides").status == 404


def test_something_without_children_or_without_picks_leads_to_its_folders_page(site):
    ines = site.browser().login("ines")
    for path in ("/manage/news/tides/@@delete", "/manage/news/@@delete"):
        response = ines.get(path)
        assert response.status == 303
        assert response.location.partition("?")[0] in {"/manage/news/@@delete", "/manage/@@delete"}
    assert "Delete “News”?" in ines.get("/manage/news/@@delete", follow=True).text


def test_picks_that_lead_to_nothing_change_nothing(site):
    ines = site.browser().login("ines")
    before = site.last_transaction()
    for query in ("", "pick=", "pick=nothing", "pick=../news", "pick=%00", "pick=@@delete"):
        for method in ("GET", "POST"):
            response = ines.request(method, f"/manage/@@delete?{query}")
            assert response.status in {303, 400}
            if response.status == 303:
                assert "There is nothing to delete" in ines.get(response.location).text
    assert not is_changed_since(site, before)


def test_those_that_went_meanwhile_are_left_out(site):
    ines = site.browser().login("ines")
    page = ines.get("/manage/news/@@delete?pick=tides&pick=marsh")
    with site.work() as root:
        delete(SYSTEM, root["news"]["marsh"])
    assert "Deleted “Tides”" in submitted(page).text


def test_who_may_not_delete_it_reads_why_and_cannot(site):
    with site.work() as root:
        grant(root["archive"], "user:tomas", "reviewer")
    add(site, "/archive", Page, title="Old")
    tomas = site.browser().login("tomas")
    before = site.last_transaction()
    page = tomas.get("/manage/archive/@@delete?pick=old")
    assert page.status == 200
    assert "“Old” stays." in page.text
    assert not has_form(page)
    assert tomas.post("/manage/archive/@@delete", {"pick": "old"}).status == 403
    assert not is_changed_since(site, before)


def test_one_that_may_not_go_keeps_all_of_them(site):
    with site.work() as root:
        override_permission(root["news"]["series"]["two"], "delete", "manager")
    ines = site.browser().login("ines")
    page = ines.get("/manage/news/@@delete?pick=tides&pick=series")
    assert "There is something in “Series” that you may not delete" in page.text
    assert "Two" not in words(page)
    before = site.last_transaction()
    assert ines.post("/manage/news/@@delete", [("pick", "tides"), ("pick", "series")]).status == 403
    assert not is_changed_since(site, before)
    assert "Deleted “Tides”" in submitted(page).text, "the page leaves out what may not go"


def test_a_visitor_signs_in_first_and_nobody_sees_what_is_hidden(site):
    answer = site.client.get("/manage/news/@@delete?pick=tides")
    assert (answer.status, answer.location.partition("?")[0]) == (303, "/login")
    nora = site.browser().login("nora")
    before = site.last_transaction()
    for response in (
        nora.get("/manage/news/@@delete?pick=tides"),
        nora.post("/manage/news/@@delete", {"pick": "tides"}),
    ):
        assert "Tides" not in response.text
    assert not is_changed_since(site, before)


def test_what_refers_to_it_is_named_with_its_field(site):
    with site.work() as root:
        news = root["news"]
        add_new(SYSTEM, root["archive"], Walk, {"title": "Short walk", "start": news["tides"]})
        add_new(
            SYSTEM, root["archive"], Walk, {"title": "Long walk", "stops": (news["marsh"], news["tides"])}
        )
        add_new(SYSTEM, root, Walk, {"title": "By word", "text": '<p><a href="/news/tides">there</a></p>'})
        add_new(SYSTEM, root, Walk, {"title": "By another", "text": '<p><a href="/news/tides-2">no</a></p>'})
        hidden = add_new(SYSTEM, root, Walk, {"title": "Secret walk", "start": news["tides"]})
        override_permission(hidden, "view", "manager")
    page = site.browser().login("ines").get("/manage/news/@@delete?pick=tides")
    assert "3 pages refer to this" in words(page)
    assert "and something that you may not see" in words(page)
    for title, where in (("Short walk", "Begins at"), ("Long walk", "Stops"), ("By word", "Way")):
        assert title in page.text
        assert where in page.text
    assert "Secret walk" not in page.text
    assert "By another" not in words(page)
    assert "refer" not in site.browser().login("ines").get("/manage/news/@@delete?pick=herons").text


def test_a_page_that_refers_twice_is_one_page(site):
    with site.work() as root:
        tides = root["news"]["tides"]
        add_new(SYSTEM, root["archive"], Walk, {"title": "Round walk", "start": tides, "stops": (tides,)})
    text = words(site.browser().login("ines").get("/manage/news/@@delete?pick=tides"))
    assert "One page refers to this" in text
    assert "Begins at" in text and "Stops" in text
    assert "may not see" not in text


def test_of_what_refers_to_it_and_is_hidden_neither_name_nor_number_is_told(site):
    with site.work() as root:
        for title in ("Secret walk", "Secret stroll"):
            hidden = add_new(SYSTEM, root, Walk, {"title": title, "start": root["news"]["tides"]})
            override_permission(hidden, "view", "manager")
    text = words(site.browser().login("ines").get("/manage/news/@@delete?pick=tides"))
    section = text.partition("<section>")[2].partition("</section>")[0]
    assert "Something refers to this" in section and "You may not see it." in section
    assert "Secret" not in text and "2" not in section.replace("h2", "")


def test_what_refers_to_something_in_it_counts_and_what_goes_too_does_not(site):
    with site.work() as root:
        tides = root["news"]["tides"]
        add_new(SYSTEM, root["news"], Walk, {"title": "Inside", "start": tides})
        add_new(SYSTEM, root["archive"], Walk, {"title": "Outside", "start": tides})
        add_new(SYSTEM, root["archive"], Walk, {"title": "Nothing", "start": None})
    text = words(site.browser().login("ines").get("/manage/@@delete?pick=news"))
    assert "One page refers to this" in text
    assert "Outside" in text
    assert "Inside" not in text


def test_the_list_of_a_folder_leads_to_it_for_those_who_may(site):
    for name, offered in (("ines", True), ("tomas", False)):
        page = site.browser().login(name).get("/manage/news/")
        links = [target for _, target in page.page.links]
        assert ("@@delete?pick=tides" in links) is offered, name
        with site.work() as root:
            override_permission(root["news"]["tides"], "delete", "manager")


def test_gentler_ways_are_offered(site):
    page = site.browser().login("admin").get("/manage/news/@@delete?pick=tides")
    links = [target for _, target in page.page.links]
    views = views_in(site.registry, "manage")
    for kind, name, link in (
        (Section, "move", "/manage/news/@@move?pick=tides"),
        (Page, "security", "/manage/news/tides/@@security"),
    ):
        assert (link in links) is (views.find(kind, (name, "GET")) is not None)


def test_a_rename_meanwhile_deletes_nothing_else(site):
    ines = site.browser().login("ines")
    page = ines.get("/manage/news/@@delete?pick=tides")
    with site.work() as root:
        rename(SYSTEM, root["news"]["tides"], "waves")
    before = site.last_transaction()
    assert "There is nothing to delete" in submitted(page).text
    assert not is_changed_since(site, before)


def test_many_have_one_sentence_in_the_history(site):
    for number in range(30):
        add(site, "/archive", Page, title=f"Page {number}")
    ines = site.browser().login("ines")
    picks = [("pick", f"page-{number}") for number in range(30)]
    assert ines.post("/manage/archive/@@delete", picks).status == 303
    storage = site.database.storage
    (record,) = list(storage.iterator(site.database.lastTransaction()))
    assert sentence_of(record) == "Deleted 30 items from “Archive”"
    assert names(site, "archive") == []


def test_a_very_full_folder_is_counted_up_to_a_limit_only_and_the_page_says_so(site, monkeypatch):
    monkeypatch.setattr("objpub.manage.deleting.MOST_COUNTED", 2)
    text = words(site.browser().login("ines").get("/manage/news/@@delete?pick=series"))
    assert "and more than 2 items in it" in text
    assert "more than 3 items</b> go to the trash" in text.replace("<b>", "")


def test_while_the_site_is_being_indexed_the_page_says_that_it_does_not_know(site):
    add(site, "/archive", Walk, title="Along the shore", stops=())
    with site.work() as root:
        root.catalog.builds.signature = {}
    page = site.browser().login("ines").get("/manage/news/@@delete?pick=series")
    assert "is not known at the moment" in page.text


def test_what_came_to_refer_meanwhile_is_shown_before_anything_goes(site):
    ines = site.browser().login("ines")
    page = ines.get("/manage/news/@@delete?pick=tides")
    with site.work() as root:
        add_new(SYSTEM, root["archive"], Walk, {"title": "Meanwhile", "start": root["news"]["tides"]})
    page = page.form("delete").submit()
    assert page.status == 409 and "Meanwhile" in words(page)
    assert "tides" in names(site, "news")
    assert page.form("delete").submit(follow=True).status == 200
    assert "tides" not in names(site, "news")


def test_a_field_that_is_emptied_is_named_as_such_and_undo_fills_it_again(site):
    with site.work() as root:
        add_new(SYSTEM, root["archive"], Guide, {"title": "Handbook", "best": root["news"]["tides"]})
    page = site.browser().login("ines").get("/manage/news/@@delete?pick=tides")
    assert "in its field “Best page” , which is emptied" in re.sub("<[^>]+>| +", " ", words(page)).replace(
        "  ", " "
    )
    page = submitted(page)
    with site.work() as root:
        assert root["archive"]["handbook"].best is None
    page.form("/manage/@@undo").submit()
    with site.work() as root:
        assert root["archive"]["handbook"].best is root["news"]["tides"]


def test_what_a_reference_holds_stays_and_the_page_says_why(site):
    with site.work() as root:
        add_new(SYSTEM, root["archive"], Guide, {"title": "Handbook", "first": root["news"]["tides"]})
        add_new(SYSTEM, root["news"], Guide, {"title": "Its own", "first": root["news"]["tides"]})
    ines = site.browser().login("ines")
    page = ines.get("/manage/@@delete?pick=news")
    assert "“News” cannot be deleted: “Handbook” (First page) refers to it" in words(page)
    assert "Its own" not in words(page) and not has_form(page)
    refused = ines.post("/manage/@@delete", [("pick", "news"), ("asked", "yes")])
    assert refused.status == 409 and "news" in names(site)
    both = ines.post("/manage/@@delete", [("pick", "news"), ("pick", "archive"), ("asked", "yes")])
    assert both.status == 303 and "news" not in names(site)
