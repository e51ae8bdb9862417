"""Cut, copy and paste across folders: kept by identity, shown on every list, done by the operations."""

import re

import pytest
from ZODB.utils import p64

from objpub.content import Content
from objpub.content import Folder
from objpub.manage.clipboard import led_to
from objpub.operations import add
from objpub.operations import add_new
from objpub.operations import delete
from objpub.operations import move
from objpub.operations import rename
from objpub.security import grant
from objpub.security import override_permission
from objpub.security import SYSTEM
from tests.manage.pages import Page
from tests.manage.pages import Section
from tests.manage.test_moving import tree

NEWS, ARCHIVE = "/manage/news/", "/manage/archive/"


class Ledger(Folder, addable="anywhere"):
    """A folder that nothing but sheets may be added to."""

    title: str = ""


class Sheet(Content, addable=Ledger):
    """A sheet."""

    title: str = ""


THINGS = (Ledger, Sheet)


def told(page):
    """Return what the line of what was cut or copied says; None where there is none."""
    found = re.search(r'id="clipboard".*?<span>(.*?)</span>', page.text, re.S)
    return found and " ".join(re.sub(r"<[^>]*>", "", found[1]).split())


def paste(page):
    """Press *Paste here*."""
    return page.form("@@paste").submit(follow=True)


def test_what_is_cut_is_said_on_every_list_until_it_is_pasted_and_undo_brings_it_back(site):
    ines = site.browser().login("ines")
    before = tree(site)
    page = ines.post(NEWS + "@@cut", {"pick": ["tides", "marsh"]}, follow=True)
    assert page.path == NEWS
    assert told(page).startswith("2 items cut")
    assert re.findall(r'<tr data-name="(\w+)" class="cut"', page.text) == ["marsh", "tides"]
    assert "@@paste" not in page.text
    assert "here already" in told(page)
    assert tree(site) == before
    for path in (ARCHIVE, "/manage/news/series/", "/manage/"):
        assert told(ines.get(path)).startswith("2 items cut"), path
        assert 'class="cut"' not in ines.get(path).text
    done = paste(ines.get(ARCHIVE))
    assert "Moved 2 items to “Archive”" in done.text
    assert told(done) is None
    assert [each for each in tree(site) if each.startswith("/archive/")] == [
        "/archive/marsh",
        "/archive/tides",
    ]
    undo = next(form for form in done.page.forms if form.action.endswith("@@undo"))
    assert done.form(undo.action).submit(follow=True).status == 200
    assert tree(site) == before


def test_what_is_copied_goes_also_beside_itself_under_another_name(site):
    ines = site.browser().login("ines")
    page = ines.post(NEWS + "@@remember", {"one": "tides", "pick": "marsh"}, follow=True)
    assert told(page) == "“Tides” copied"
    assert 'class="cut"' not in page.text
    done = paste(page)
    assert "“Tides” is called tides-2 there" in done.text
    assert {"/news/tides", "/news/tides-2"} <= set(tree(site))
    assert told(done) is None


def test_it_is_the_same_for_one_person_everywhere_and_nothing_to_others(site):
    ines = site.browser().login("ines")
    ines.post(NEWS + "@@cut", {"pick": "tides"})
    assert told(site.browser().login("tomas").get(NEWS)) is None
    assert told(site.browser().login("ines").get(NEWS)) is None
    assert told(ines.get(NEWS)).startswith("“Tides” cut")


def test_another_name_or_folder_meanwhile_does_not_lose_it(site):
    ines = site.browser().login("ines")
    ines.post(NEWS + "@@cut", {"pick": ["tides", "marsh"]})
    with site.work() as root:
        rename(SYSTEM, root["news"]["tides"], "ebb")
        add_new(SYSTEM, root["news"], Page, {"title": "Another"}, name="tides")
        move(SYSTEM, root["news"]["marsh"], root["news"]["series"])
    page = ines.get(NEWS)
    assert re.findall(r'<tr data-name="(\w+)" class="cut"', page.text) == ["ebb"]
    done = paste(ines.get(ARCHIVE))
    assert "Moved 2 items" in done.text
    assert {"/archive/ebb", "/archive/marsh", "/news/tides"} <= set(tree(site))
    undo = next(form for form in done.page.forms if form.action.endswith("@@undo"))
    done.form(undo.action).submit()
    assert {"/news/ebb", "/news/series/marsh"} <= set(tree(site))


def test_what_is_gone_or_hidden_meanwhile_is_a_number_and_asked_about_again(site):
    ines = site.browser().login("ines")
    ines.post(NEWS + "@@cut", {"pick": ["tides", "marsh", "herons"]})
    asked = ines.get(ARCHIVE)
    with site.work() as root:
        delete(SYSTEM, root["news"]["tides"])
        override_permission(root["news"]["marsh"], "view", ["manager"])
    again = asked.form("@@paste").submit()
    assert again.status == 409
    assert "there were 3 items, and there are 1 now" in again.text
    assert told(again) == "“Herons” cut; 2 more not to be found any longer"
    assert "Marsh" not in again.text and "Tides" not in again.text
    assert "/archive/herons" not in tree(site)
    assert "Moved “Herons”" in paste(again).text
    assert "/news/marsh" in tree(site)


def test_what_was_packed_away_while_it_was_in_memory_is_gone(site):
    with site.work() as root:
        page = Page.__new__(Page)
        root._p_jar._cache.new_ghost(p64(2**40), page)
        assert led_to(lambda: page) is None
        assert led_to(lambda: root["news"]) is root["news"]
        assert led_to(lambda: None) is None


def test_nothing_left_can_only_be_forgotten(site):
    ines = site.browser().login("ines")
    ines.post(NEWS + "@@cut", {"pick": "tides"})
    with site.work() as root:
        delete(SYSTEM, root["news"]["tides"])
    page = ines.get(ARCHIVE)
    assert told(page) == "What was cut or copied is not to be found any longer."
    assert "@@paste" not in page.text
    page = page.form("@@forget").submit(follow=True)
    assert page.path == ARCHIVE
    assert told(page) is None
    answer = ines.post(ARCHIVE + "@@paste", {"count": "1"})
    assert answer.status == 409
    assert "Nothing is cut or copied" in answer.text


def test_a_number_that_nobody_could_have_been_told_is_another_one(site):
    ines = site.browser().login("ines")
    ines.post(NEWS + "@@cut", {"pick": "tides"})
    answer = ines.post(ARCHIVE + "@@paste", {"count": "9" * 5_000})
    assert answer.status == 409
    assert "there are 1 now" in answer.text
    assert told(answer) == "“Tides” cut"


@pytest.mark.parametrize(
    ("pick", "to", "status", "says"),
    [
        ("series", "/manage/news/series/", 409, "“Series” cannot be put into itself"),
        ("series", "/manage/news/series/inner/", 409, "“Series” cannot be put into itself"),
        ("sheet", ARCHIVE, 409, "a Sheet has no place in this folder"),
        ("tides", NEWS, 409, "is here already"),
    ],
)
def test_a_refusal_says_why_and_leaves_everything(site, pick, to, status, says):
    with site.work() as root:
        ledger = add(SYSTEM, root, Ledger(title="Ledger"), "ledger")
        add_new(SYSTEM, ledger, Sheet, {"title": "Sheet"})
        add_new(SYSTEM, root["news"]["series"], Section, {"title": "Inner"})
    ines, before = site.browser().login("ines"), tree(site)
    ines.post("/manage/ledger/@@cut" if pick == "sheet" else NEWS + "@@cut", {"pick": pick})
    page = ines.get(to)
    assert says in told(page)
    assert "@@paste" not in page.text
    answer = ines.post(to + "@@paste", {})
    assert answer.status == status
    assert says in answer.text
    assert tree(site) == before
    assert "” cut" in told(ines.get("/manage/"))


def test_who_may_not_cut_or_paste_is_refused(site):
    with site.work() as root:
        grant(root["archive"], "user:tomas", "reviewer")
    tomas = site.browser().login("tomas")
    with site.work() as root:
        add_new(SYSTEM, root["archive"], Page, {"title": "Old"})
    answer = tomas.post(ARCHIVE + "@@cut", {"pick": "old"})
    assert answer.status == 403
    assert told(answer) is None
    tomas.post(ARCHIVE + "@@remember", {"pick": "old"})
    assert "@@paste" not in tomas.get(ARCHIVE).text
    assert tomas.post(ARCHIVE + "@@paste", {}).status == 403
    assert "Copied “Old”" in paste(tomas.get(NEWS)).text


def test_all_or_none_is_moved(site):
    ines, before = site.browser().login("ines"), tree(site)
    ines.post(NEWS + "@@cut", {"pick": ["herons", "series"]})
    with site.work() as root:
        override_permission(root["news"]["series"]["one"], "view", ["manager"])
    answer = ines.get(ARCHIVE).form("@@paste").submit()
    assert answer.status in {403, 409}
    assert tree(site) == before
    assert told(answer).startswith("2 items cut")


@pytest.mark.parametrize(
    ("view", "sent", "status", "says"),
    [
        ("cut", {}, 422, "Nothing is picked"),
        ("remember", {}, 422, "Nothing is picked"),
        ("cut", {"pick": "nothing"}, 404, "nothing called “nothing”"),
        ("remember", {"one": "nothing"}, 404, "nothing called “nothing”"),
    ],
)
def test_what_is_not_there_is_not_kept(site, view, sent, status, says):
    ines = site.browser().login("ines")
    answer = ines.post(f"{NEWS}@@{view}", sent)
    assert answer.status == status
    assert says in answer.text
    assert told(ines.get(NEWS)) is None


def test_no_more_are_kept_than_each_page_can_look_at_again(site):
    with site.work() as root:
        for number in range(501):
            root["archive"].add(f"p{number}", Page(title=str(number)))
    ines = site.browser().login("ines")
    answer = ines.post(ARCHIVE + "@@cut", {"all": "everything"})
    assert answer.status == 409
    assert "At most 500 items" in answer.text
    names = [f"p{number}" for number in range(500)]
    assert told(ines.post(ARCHIVE + "@@cut", {"pick": names}, follow=True)).startswith("500 items cut")


def test_the_menu_of_an_object_and_the_palette_cut_and_paste(site):
    ines = site.browser().login("ines")
    page = ines.get("/manage/news/tides/@@edit")
    assert re.search(r'action="[^"]*/manage/news/@@cut"><button name="one" value="tides"', page.text)
    answer = ines.get("/manage/news/tides/@@palette?q=cut")
    assert re.search(r'formaction="[^"]*/manage/news/@@cut" name="one" value="tides"', answer.text)
    ines.post(NEWS + "@@cut", {"one": "tides"})
    answer = ines.get("/manage/archive/@@palette?q=paste")
    assert re.search(r'formaction="[^"]*/manage/archive/@@paste" name="count" value="1"', answer.text)
    assert "Paste here" not in ines.get("/manage/news/@@palette?q=paste").text


def test_what_is_much_goes_as_a_long_operation(site):
    with site.work() as root:
        for number in range(1_001):
            root["news"]["series"].add(f"p{number}", Page(title=str(number)))
    ines = site.browser().login("ines")
    ines.post(NEWS + "@@cut", {"pick": "series"})
    answer = ines.get(ARCHIVE).form("@@paste").submit()
    assert answer.status == 303
    assert "@@operations" in answer.headers["Location"]
    assert told(ines.get(ARCHIVE)) is None
