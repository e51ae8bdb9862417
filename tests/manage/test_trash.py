"""The trash: everybody finds what he may restore, and brings it back to where he wants it."""

import pytest

from objpub.content import Folder
from objpub.operations import add_new
from objpub.operations import delete
from objpub.operations import rename
from objpub.operations import sentence_of
from objpub.security import grant
from objpub.security import override_permission
from objpub.security import SYSTEM
from tests.changes import is_changed_since
from tests.manage.pages import Page
from tests.manage.pages import Section


class Shelf(Folder, addable="anywhere"):
    """A folder of books."""

    title: str


class Book(Page, addable=Shelf):
    """A book; it stands on shelves only."""


THINGS = (Shelf, Book)


def words(page):
    """Return the text of what stands beside the tree."""
    return " ".join(page.text.partition("<main")[2].split())


def deleted(site, *paths, by="ines"):
    """Delete what is at *paths*, and return the names of the entries."""
    names = []
    for path in paths:
        with site.work() as root:
            resource = root
            for name in path.strip("/").split("/"):
                resource = resource[name]
            names.append(delete(root.users.identity(by) if by else SYSTEM, resource).__name__)
    return names


def names(site, *path):
    with site.work() as root:
        for name in path:
            root = root[name]
        return sorted(root)


def entries(site):
    with site.work() as root:
        return [each.title for each in root.trash]


@pytest.fixture
def ines(site):
    return site.browser().login("ines")


@pytest.fixture
def admin(site):
    return site.browser().login("admin")


def test_the_list_says_what_was_where_who_and_how_much(site, ines):
    assert "Nothing in the trash" in words(ines.get("/manage/@@trash"))
    deleted(site, "/news/series", "/news/tides")
    text = words(ines.get("/manage/@@trash"))
    assert text.index("Tides") < text.index("Series"), "the latest first"
    assert "with 3 items in it" in text
    assert 'href="/manage/news/">/news</a>' in text
    assert "ines" in text
    assert "<time" in text


def test_a_place_that_is_hidden_from_who_asks_is_not_led_to(site, ines):
    deleted(site, "/news/tides")
    with site.work() as root:
        override_permission(root["news"], "view", "manager")
    text = words(ines.get("/manage/@@trash"))
    assert "Tides" in text
    assert 'href="/manage/news/"' not in text


def test_each_line_and_a_selection_can_go_elsewhere_or_for_good(site, admin):
    first, second = deleted(site, "/news/tides", "/news/marsh")
    page = admin.get("/manage/@@trash")
    for what, view in (("Restore elsewhere…", "restore"), ("Delete for good…", "purge")):
        ways = [target for text, target in page.page.links if text == what]
        assert ways == [f"/manage/@@{view}?pick={name}" for name in (second, first)]
    form = page.form("trash")
    form["pick"] = [first, second]
    assert form.submit("Elsewhere…").form("restore")["name"] == ["marsh", "tides"]
    assert "Delete 2 items for good?" in words(form.submit("For good…"))
    assert len(entries(site)) == 2


def test_restore_brings_it_back_to_where_it_was_in_its_order(site, ines):
    (entry,) = deleted(site, "/news/series/two")
    page = ines.get("/manage/@@trash").form("trash").submit("one", follow=True)
    assert page.path == "/manage/@@trash"
    assert "Restored “Two” to /news/series" in words(page)
    with site.work() as root:
        assert list(root["news"]["series"]) == ["one", "two", "three"]
    assert ines.post("/manage/@@restore", {"pick": entry}).status == 303
    assert "not in the trash any more" in words(ines.get("/manage/@@trash"))


def test_what_was_restored_is_one_click_away(site, ines):
    one, *_ = deleted(site, "/news/series/two")
    page = ines.post("/manage/@@restore", {"pick": one}, follow=True)
    assert ("have a look", "/manage/news/series/two/") in page.page.links or (
        "have a look",
        "/manage/news/series/two",
    ) in page.page.links
    first, second = deleted(site, "/news/tides", "/news/marsh")
    page = ines.post("/manage/@@restore", [("pick", first), ("pick", second)], follow=True)
    assert ("have a look", "/manage/news/") in page.page.links


def test_the_folder_to_restore_to_is_chosen_not_typed_unless_there_are_very_many(site, ines, monkeypatch):
    (entry,) = deleted(site, "/news/tides")
    page = ines.get(f"/manage/@@restore?pick={entry}")
    assert "<select" in page.text and "<datalist" not in page.text
    assert "Archive, /archive" in page.text
    monkeypatch.setattr("objpub.manage.restoring.OFFERED", 2)
    page = ines.get(f"/manage/@@restore?pick={entry}")
    assert "<datalist" in page.text
    assert page.form("restore")["place"] == "/news"


def test_several_come_back_at_once_with_one_sentence(site, ines):
    deleted(site, "/news/tides", "/news/marsh", "/news/series")
    form = ines.get("/manage/@@trash").form("trash")
    form["pick"] = picks_of(form)
    page = form.submit("Restore", follow=True)
    assert "Restored 3 items to /news" in words(page)
    assert names(site, "news") == ["herons", "marsh", "series", "tides"]
    storage = site.database.storage
    (record,) = list(storage.iterator(site.database.lastTransaction()))
    assert sentence_of(record) == "Restored 3 items to /news"


def picks_of(form):
    return [control.value for control in form._form.controls if control.name == "pick"]


def test_a_button_in_a_row_counts_alone(site, ines):
    first, second = deleted(site, "/news/tides", "/news/marsh")
    assert ines.post("/manage/@@restore", [("pick", first), ("one", second)]).status == 303
    assert names(site, "news") == ["herons", "marsh", "series"]


def test_where_the_name_is_taken_it_asks_and_proposes_another(site, ines):
    (entry,) = deleted(site, "/news/tides")
    with site.work() as root:
        rename(SYSTEM, root["news"]["marsh"], "tides")
    before = site.last_transaction()
    page = ines.post("/manage/@@restore", {"pick": entry})
    assert page.status == 409
    assert "There is a “tides” in /news already; “tides-2” is free." in words(page)
    assert not is_changed_since(site, before)
    form = page.form("restore")
    assert (form["place"], form["name"]) == ("/news", "tides-2")
    assert "Restored “Tides” to /news" in words(form.submit(follow=True))
    assert names(site, "news") == ["herons", "series", "tides", "tides-2"]


def test_where_the_folder_is_gone_it_asks_and_proposes_the_one_above(site, ines):
    (entry,) = deleted(site, "/news/series/two")
    deleted(site, "/news/series", by=None)
    assert "(gone)" in words(ines.get("/manage/@@trash"))
    page = ines.post("/manage/@@restore", {"pick": entry})
    assert page.status == 409
    assert "The folder that it was in is gone." in words(page)
    form = page.form("restore")
    assert form["place"] == "/news"
    assert form.submit().status == 303
    assert "two" in names(site, "news")


def test_it_can_go_elsewhere_under_another_name(site, ines):
    first, second = deleted(site, "/news/tides", "/news/marsh")
    form = ines.get(f"/manage/@@restore?pick={first}&pick={second}").form("restore")
    assert (form["place"], form["name"]) == (["/news", "/news"], ["tides", "marsh"])
    form.fill(place=["/archive", "/archive"], name=["waves", "marsh"])
    assert "Restored 2 items to /archive" in words(form.submit(follow=True))
    assert names(site, "archive") == ["marsh", "waves"]


WRONG = (
    ("/nowhere", "tides", "There is no folder at “/nowhere”"),
    ("/news/marsh", "tides", "There is no folder at “/news/marsh”"),
    ("/hidden", "tides", "There is no folder at “/hidden”"),
    ("/++trash++", "tides", "There is no folder at"),
    ("/\u202ex", "tides", "There is no folder at"),
    ("/news", "a/b", "slash"),
    ("/news", "_private", "private"),
    ("/news", "x" * 256, "256"),
    ("/news", "marsh", "“marsh-2” is free"),
    ("/locked", "tides", "You may not add anything in /locked"),
)


def test_a_place_or_a_name_that_does_not_go_is_told_beside_it_and_nothing_changes(site, ines):
    with site.work() as root:
        for title, permission in (("Hidden", "view"), ("Locked", "add")):
            folder = add_new(SYSTEM, root, Section, {"title": title})
            override_permission(folder, permission, "manager")
    (entry,) = deleted(site, "/news/tides")
    before = site.last_transaction()
    for place, name, wanted in WRONG:
        page = ines.post("/manage/@@restore", {"pick": entry, "place": place, "name": name})
        assert page.status == 409, place
        assert wanted in words(page)
        assert page.form("restore")["place"] == place
    assert not is_changed_since(site, before)
    assert entries(site) == ["Tides"]


def test_one_that_does_not_go_keeps_all_of_them_in_the_trash(site, ines):
    first, second = deleted(site, "/news/tides", "/news/marsh")
    before = site.last_transaction()
    page = ines.post(
        "/manage/@@restore",
        [
            ("pick", first),
            ("place", "/archive"),
            ("name", "a"),
            ("pick", second),
            ("place", "/no"),
            ("name", "b"),
        ],
    )
    assert page.status == 409
    assert "Nothing is restored yet." in words(page)
    assert page.form("restore")["name"] == ["a", "b"]
    assert not is_changed_since(site, before)
    assert len(entries(site)) == 2


def test_it_goes_only_where_its_kind_may_be_added(site, ines):
    with site.work() as root:
        shelf = add_new(SYSTEM, root, Shelf, {"title": "Shelf"})
        add_new(SYSTEM, shelf, Book, {"title": "Birds"})
    (entry,) = deleted(site, "/shelf/birds")
    page = ines.post("/manage/@@restore", {"pick": entry, "place": "/news", "name": "birds"})
    assert page.status == 409
    assert "cannot be added in “News”" in words(page)
    assert ines.post("/manage/@@restore", {"pick": entry}).status == 303
    assert names(site, "shelf") == ["birds"]


def test_everybody_sees_only_what_he_may_restore(site):
    with site.work() as root:
        for name in ("old", "older"):
            add_new(SYSTEM, root["archive"], Page, {"title": name.capitalize()})
    deleted(site, "/news/tides", by="tomas")
    deleted(site, "/news/marsh", by="ines")
    (old,) = deleted(site, "/archive/old", by="ines")
    tomas = site.browser().login("tomas")
    text = words(tomas.get("/manage/@@trash"))
    assert "Tides" in text
    assert "Marsh" in text, "he may delete there"
    assert "Old" not in text
    before = site.last_transaction()
    for response in (
        tomas.get(f"/manage/@@restore?pick={old}", follow=True),
        tomas.post("/manage/@@restore", {"pick": old}, follow=True),
    ):
        assert "Old" not in response.text
        assert "not in the trash any more" in words(response)
    assert not is_changed_since(site, before)
    nora = site.browser().login("nora")
    assert site.last_transaction() != before
    assert "Marsh" not in nora.get("/manage/@@trash").text
    for path in ("/manage/@@trash", "/manage/@@restore?pick=x", "/manage/@@purge?all=on"):
        assert site.client.get(path).status in {303, 401}


def test_the_list_goes_on_behind_its_last_line(site, ines, monkeypatch):
    monkeypatch.setattr("objpub.manage.trash.SHOWN", 2)
    deleted(site, "/news/tides", "/news/marsh", "/news/herons", "/news/series")
    page = ines.get("/manage/@@trash")
    shown = [picks_of(page.form("trash"))]
    while older := [target for text, target in page.page.links if "Older" in text]:
        assert len(shown) < 3, "the list never ends"
        page = ines.get(page.to(older[0]))
        shown.append(picks_of(page.form("trash")))
    with site.work() as root:
        assert [name for each in shown for name in each] == [each.__name__ for each in root.trash]
    assert [len(each) for each in shown] == [2, 2]
    assert "Latest" in words(page)


def test_a_page_looks_at_a_limited_number_and_leads_on(site, monkeypatch):
    monkeypatch.setattr("objpub.manage.trash.LOOKED_AT", 2)
    deleted(site, "/news/tides")
    with site.work() as root:
        for name in "abc":
            add_new(SYSTEM, root["archive"], Page, {"title": name})
    deleted(site, "/archive/a", "/archive/b", "/archive/c")
    tomas = site.browser().login("tomas")
    page = tomas.get("/manage/@@trash")
    assert "There is more further back" in words(page)
    (older,) = [target for text, target in page.page.links if "Older" in text]
    assert "Tides" in words(tomas.get(page.to(older)))


def test_purging_says_numbers_first_and_needs_a_second_act(site, admin):
    first, second = deleted(site, "/news/series", "/news/tides")
    before = site.last_transaction()
    page = admin.get(f"/manage/@@purge?pick={first}&pick={second}")
    assert "Delete 2 items for good?" in words(page)
    assert "5 items" in words(page).replace("<b>", "").replace("</b>", "")
    assert "This cannot be undone" in words(page)
    assert not is_changed_since(site, before)
    page = page.form("purge").submit(follow=True)
    assert "Deleted 5 items for good" in words(page)
    assert not any("undo" in form.action for form in page.page.forms), "there is no way back"
    assert entries(site) == []


def test_only_managers_purge(site, ines):
    (entry,) = deleted(site, "/news/tides")
    text = ines.get("/manage/@@trash").text
    assert "@@purge" not in text
    before = site.last_transaction()
    assert ines.get(f"/manage/@@purge?pick={entry}").status == 403
    assert ines.post("/manage/@@purge", {"pick": entry}).status == 403
    assert ines.post("/manage/@@purge", {"upto": "0"}).status == 403
    assert not is_changed_since(site, before)


def test_emptying_leaves_what_was_deleted_after_the_page_was_read(site, admin):
    deleted(site, "/news/tides", "/news/marsh")
    page = admin.get("/manage/@@trash")
    (link,) = [target for text, target in page.page.links if "Empty the trash" in text]
    page = admin.get(page.to(link))
    assert "Empty the trash?" in words(page)
    deleted(site, "/news/herons")
    page.form("purge").submit()
    assert entries(site) == ["Herons"]


def test_picks_that_lead_to_nothing_change_nothing(site, admin):
    deleted(site, "/news/tides")
    before = site.last_transaction()
    for view in ("restore", "purge"):
        for pick in ("", "nothing", "\u202e", "0" * 300, "../x"):
            asked = admin.get(f"/manage/@@{view}", query={"pick": pick})
            sent = admin.post(f"/manage/@@{view}", {"pick": pick, "place": "/news", "name": "x"})
            assert {asked.status, sent.status} <= {303, 400}
    assert not is_changed_since(site, before)


def test_what_lost_its_class_is_listed_and_says_why_it_stays(site, ines):
    deleted(site, "/news/tides")
    with site.work() as root:
        entry = next(iter(root.trash))
        entry._resource = None
    page = ines.post("/manage/@@restore", {"pick": entry.__name__})
    assert page.status == 409
    assert "class of “Tides” is missing" in words(page)
    assert "Tides" in words(ines.get("/manage/@@trash"))


def test_an_editor_of_one_folder_is_offered_its_places(site):
    with site.work() as root:
        grant(root["archive"], "user:tomas", "reviewer")
    (entry,) = deleted(site, "/news/tides", by="tomas")
    text = site.browser().login("tomas").get(f"/manage/@@restore?pick={entry}").text
    assert '<option value="/news"' in text
    assert '<option value="/archive"' not in text
