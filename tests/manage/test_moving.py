"""Moving and copying what was picked: the picker, bad input, Undo."""

import re

import pytest

from objpub.content import Content
from objpub.content import Folder
from objpub.operations import add
from objpub.operations import add_new
from objpub.operations import delete
from objpub.operations import sentence_of
from objpub.security import grant
from objpub.security import override_permission
from objpub.security import SYSTEM
from tests.changes import is_changed_since
from tests.manage.pages import Page
from tests.manage.pages import Section
from tests.manage.test_contents import names_on
from tests.manage.test_contents import words_of


class Closed(Section, addable="anywhere"):
    """A folder like others."""


class Ledger(Folder, addable="anywhere"):
    """A folder that nothing but sheets may be added to."""

    title: str = ""


class Sheet(Content, addable=Ledger):
    """A sheet."""

    title: str = ""


THINGS = (Closed, Ledger, Sheet)


def tree(site):
    """Return every path of the site, in the order of its folders."""
    found = []

    def walk(folder, path):
        for name, child in folder.items():
            found.append(f"{path}{name}")
            if isinstance(child, Folder):
                walk(child, f"{path}{name}/")

    with site.work() as root:
        walk(root, "/")
    return found


def links_of(page):
    """Return the links of a page by text."""
    return dict(page.page.links)


def test_items_are_moved_by_walking_to_a_folder_and_undo_brings_them_back(site):
    ines = site.browser().login("ines")
    before = tree(site)
    form = ines.get("/manage/news/").form("listing")
    form["pick"] = ["tides", "marsh"]
    page = form.submit("Move…")
    assert words_of(page.text).count("Tides") >= 1
    assert "What is to be moved is here already." in page.text
    assert "Move to" not in page.text.partition("<main")[2]
    page = ines.get(next(to for text, to in page.page.links if to.endswith("to=%2F")))
    page = ines.get(next(to for text, to in page.page.links if "to=%2Farchive" in to))
    assert page.status == 200
    assert page.form("move")["pick"] == ["marsh", "tides"]
    done = page.form("move").submit(follow=True)
    assert done.status == 200
    assert done.path == "/manage/news/"
    assert "Moved 2 items to “Archive”" in done.text
    storage = site.database.storage
    (record,) = list(storage.iterator(site.database.lastTransaction()))
    assert sentence_of(record) == "Moved 2 items to “Archive”"
    assert [each for each in tree(site) if each.startswith("/archive/")] == [
        "/archive/marsh",
        "/archive/tides",
    ]
    undo = next(form for form in done.page.forms if form.action.endswith("@@undo"))
    assert done.form(undo.action).submit(follow=True).status == 200
    assert tree(site) == before


def test_one_item_is_named_in_the_sentence(site):
    ines = site.browser().login("ines")
    done = ines.post("/manage/news/@@move", {"pick": "tides", "to": "/archive"}, follow=True)
    assert "Moved “Tides” to “Archive”" in done.text
    done = ines.post("/manage/news/@@copy", {"pick": "marsh", "to": "/archive"}, follow=True)
    assert "Copied “Marsh” to “Archive”" in done.text
    assert tree(site)[:3] == ["/archive", "/archive/marsh", "/archive/tides"]
    assert "/news/marsh" in tree(site)


def test_undo_puts_items_back_into_the_kept_order(site):
    ines = site.browser().login("ines")
    with site.work() as root:
        for name in ("four", "five"):
            add_new(SYSTEM, root["news"]["series"], Page, {"title": name})
    for picks in (["two"], ["one", "two"], ["two", "three"], ["one", "three", "five"], ["four", "five"]):
        done = ines.post("/manage/news/series/@@move", {"pick": picks, "to": "/archive"}, follow=True)
        undo = next(form for form in done.page.forms if form.action.endswith("@@undo"))
        assert done.form(undo.action).submit(follow=True).status == 200
        with site.work() as root:
            assert list(root["news"]["series"]) == ["one", "two", "three", "four", "five"], picks


def test_a_name_that_is_taken_gets_a_number_and_the_message_says_so(site):
    with site.work() as root:
        add_new(SYSTEM, root["archive"], Page, {"title": "Old"}, name="tides")
    ines = site.browser().login("ines")
    done = ines.post("/manage/news/@@move", {"pick": ["tides", "marsh"], "to": "/archive"}, follow=True)
    assert "“Tides” is called tides-2 there" in done.text
    assert "/archive/tides-2" in tree(site)
    undo = next(form for form in done.page.forms if form.action.endswith("@@undo"))
    done.form(undo.action).submit(follow=True)
    assert "/news/tides" in tree(site)
    done = ines.post("/manage/news/@@copy", {"pick": "tides", "to": "/news"}, follow=True)
    assert "“Tides” is called tides-2 there" in done.text


def test_the_page_of_the_list_is_come_back_to(site):
    ines = site.browser().login("ines")
    with site.work() as root:
        for count in range(60):
            add_new(SYSTEM, root["news"], Page, {"title": f"p{count:02}"})
    second = ines.get("/manage/news/").click("More")
    picked = names_on(second)[3]
    form = second.form("listing")
    form["pick"] = [picked]
    page = form.submit("Move…")
    page = ines.get(next(to for text, to in page.page.links if "to=%2F&" in to))
    page = ines.get(next(to for text, to in page.page.links if "to=%2Farchive" in to))
    done = page.form("move").submit(follow=True)
    assert names_on(done)[:3] == names_on(second)[:3]
    assert picked not in names_on(done)


def test_an_item_leads_to_the_page_of_its_folder(site):
    ines = site.browser().login("ines")
    for word in ("move", "copy", "rename"):
        for path, folder in (("/manage/news/tides", "/manage/news"), ("/manage/news", "/manage")):
            answer = ines.get(f"{path}/@@{word}")
            assert answer.status == 303
            assert answer.location == f"{folder}/@@{word}?pick={path.rpartition('/')[2]}"
    assert site.client.get("/manage/news/tides/@@move").status == 303
    assert "login" in site.client.get("/manage/news/tides/@@move").location


def test_the_picker_shows_folders_only_and_says_where_nothing_can_be_put(site):
    with site.work() as root:
        override_permission(root["archive"], "add", ["manager"])
        add(SYSTEM, root, Closed(title="Hidden"), "hidden")
        override_permission(root["hidden"], "view", ["manager"])
    ines = site.browser().login("ines")
    page = ines.get("/manage/news/@@move?pick=tides&to=/")
    said = words_of(page.text.partition('class="picker"')[2])
    assert "Archive only further down" in said
    assert "Herons" not in said
    assert "Hidden" not in page.text
    assert "Move to “Site”" in said
    refused = ines.get("/manage/news/@@move?pick=tides&to=/archive")
    assert "may not add items at “Archive”" in words_of(refused.text)
    assert "Move to “" not in refused.text.partition("<main")[2]
    assert ines.get("/manage/news/@@move?pick=tides&to=/hidden").status == 404


def test_what_cannot_be_put_somewhere_is_said_before_it_is_tried(site):
    with site.work() as root:
        add(SYSTEM, root["archive"], Ledger(title="Books"), "books")
        add(SYSTEM, root["archive"]["books"], Sheet(title="One"), "one")
    ines = site.browser().login("ines")
    page = ines.get("/manage/archive/@@move?pick=books&to=/archive/books")
    assert "“Books” cannot be put into itself." in page.text
    page = ines.get("/manage/archive/books/@@copy?pick=one&to=/news")
    assert "“One” cannot be put here: a Sheet has no place in this folder." in page.text
    assert "Copy to “" not in page.text


def test_a_picker_with_many_folders_has_pages(site):
    with site.work() as root:
        for count in range(100):
            root["archive"].add(f"box-{count:03}", Section(title=f"Box {count:03}"))
            root["archive"].add(f"paper-{count:03}", Page(title=f"Paper {count:03}"))
    ines = site.browser().login("ines")
    page = ines.get("/manage/news/@@move?pick=tides&to=/archive")
    seen = []
    while True:
        found = re.findall(r"<span>(Box \d+)</span>", page.text.partition('class="picker"')[2])
        assert len(found) <= 40
        seen += found
        if "More folders" not in links_of(page):
            break
        page = page.click("More folders")
    assert seen == [f"Box {count:03}" for count in range(100)]


# Bad input: (path, form, status, what the page says)

BAD = [
    ("/manage/news/@@{word}", {"to": "/archive"}, 422, "Nothing is picked"),
    (
        "/manage/news/@@{word}",
        {"pick": "nothing", "to": "/archive"},
        404,
        "There is nothing called “nothing” here",
    ),
    ("/manage/news/@@{word}", {"pick": ["tides", "x\0y"], "to": "/archive"}, 404, "There is nothing called"),
    (
        "/manage/news/@@{word}",
        {"pick": "secret", "to": "/archive"},
        404,
        "There is nothing called “secret” here",
    ),
    ("/manage/news/@@{word}", {"pick": "tides"}, 422, "There is no such folder"),
    ("/manage/news/@@{word}", {"pick": "tides", "to": "/nowhere"}, 404, "There is no such folder"),
    ("/manage/news/@@{word}", {"pick": "tides", "to": "/news/marsh"}, 404, "There is no such folder"),
    ("/manage/news/@@{word}", {"pick": "tides", "to": "/secrets"}, 404, "There is no such folder"),
    ("/manage/news/@@{word}", {"pick": "tides", "to": "../../etc"}, 404, "There is no such folder"),
    ("/manage/news/@@{word}", {"pick": "series", "to": "/news/series"}, 409, "cannot be put into itself"),
    (
        "/manage/news/@@{word}",
        {"pick": ["tides", "series"], "to": "/news/series"},
        409,
        "cannot be put into itself",
    ),
    (
        "/manage/news/@@{word}",
        {"pick": ["tides", "marsh"], "to": "/shut"},
        403,
        "may not add items at “Shut”",
    ),
]


@pytest.mark.parametrize("word", ["move", "copy"])
@pytest.mark.parametrize(("path", "form", "status", "text"), BAD)
def test_bad_input_is_answered_with_the_page_and_changes_nothing(site, word, path, form, status, text):
    with site.work() as root:
        add_new(SYSTEM, root["news"], Page, {"title": "Secret"})
        override_permission(root["news"]["secret"], "view", ["manager"])
        for name in ("Shut", "Secrets"):
            add_new(SYSTEM, root, Section, {"title": name})
        override_permission(root["shut"], "add", ["manager"])
        override_permission(root["secrets"], "view", ["manager"])
    before, transaction = tree(site), site.last_transaction()
    ines = site.browser().login("ines")
    transaction = site.last_transaction()
    answer = ines.post(path.format(word=word), form)
    assert answer.status == status
    assert text in words_of(answer.text)
    assert "Secret" not in answer.text.replace("“secret”", "")
    assert 'id="main"' in answer.text
    assert not is_changed_since(site, transaction)
    assert tree(site) == before
    if status in {403, 409}:
        asked = [form["pick"]] if isinstance(form["pick"], str) else form["pick"]
        kept = answer.form(word)["pick"]
        assert [kept] if isinstance(kept, str) else kept == asked


def test_a_refusal_stands_at_the_item_it_is_about_and_the_others_stay(site):
    with site.work() as root:
        override_permission(root["news"]["marsh"], "delete", ["manager"])
    before = tree(site)
    answer = (
        site.browser()
        .login("ines")
        .post("/manage/news/@@move", {"pick": ["herons", "marsh", "tides"], "to": "/archive"})
    )
    assert answer.status == 403
    lines = re.findall(r"<li[^>]*>.*?</li>", answer.text.partition('class="items"')[2], re.S)[:3]
    assert ["may not delete" in words_of(line) for line in lines] == [False, True, False]
    assert 'href="/manage/news/herons"' in answer.text  # the tree at the side: it was moved, and taken back
    assert tree(site) == before


def test_what_was_deleted_while_the_page_was_open_is_said(site):
    ines = site.browser().login("ines")
    page = ines.get("/manage/news/@@move?pick=tides&pick=marsh&to=/archive")
    with site.work() as root:
        delete(SYSTEM, root["news"]["marsh"])
    before = tree(site)
    answer = page.form("move").submit()
    assert answer.status == 404
    assert "There is nothing called “marsh” here" in words_of(answer.text)
    assert tree(site) == before
    assert answer.form("move")["pick"] == "tides"
    assert answer.form("move").submit(follow=True).status == 200
    assert "/archive/tides" in tree(site)


@pytest.mark.parametrize("word", ["move", "copy"])
def test_visitors_are_led_to_the_sign_in(site, word):
    assert site.client.get(f"/manage/news/@@{word}?pick=tides").status == 303
    before = site.last_transaction()
    assert site.client.post(f"/manage/news/@@{word}", {"pick": "tides", "to": "/archive"}).status == 401
    assert site.last_transaction() == before


def test_an_editor_of_one_folder_moves_within_it(site):
    with site.work() as root:
        grant(root["news"], "user:nora", "editor")
    nora = site.browser().login("nora")
    done = nora.post("/manage/news/@@move", {"pick": "tides", "to": "/news/series"}, follow=True)
    assert "Moved “Tides” to “Series”" in done.text
    assert nora.post("/manage/news/@@move", {"pick": "marsh", "to": "/archive"}).status == 403


def test_a_move_begins_further_up_where_there_is_no_folder_to_go_on_to(site):
    ines = site.browser().login("ines")
    with site.work() as root:
        add_new(SYSTEM, root["archive"], Page, {"title": "Old"})
    page = ines.get("/manage/archive/@@move?pick=old")
    assert 'name="to" value="/"' in page.text
    assert "News" in links_of(page)
    assert 'name="to" value="/news"' in ines.get("/manage/news/@@move?pick=tides").text
    assert 'name="to" value="/archive"' in ines.get("/manage/archive/@@copy?pick=old").text
    with site.work() as root:
        override_permission(root, "view", "manager")
        override_permission(root["archive"], "view", "everyone")
    assert 'name="to" value="/archive"' in ines.get("/manage/archive/@@move?pick=old").text
