"""The page of what takes long, and what leads there."""

import re
import threading

import pytest

from objpub.events import Moved
from objpub.events import on
from objpub.jobs import begin_long
from objpub.jobs import long_operations_of
from objpub.jobs import work
from objpub.operations import add_new
from objpub.operations import delete
from objpub.security import SYSTEM
from tests.manage.pages import Page
from tests.manage.pages import Section

REACHED, GO_ON = threading.Event(), threading.Event()


@on(Moved, Page)
def hold(event):
    """Be in the middle of it until the test has looked around."""
    if event.resource.text == "HOLD":
        REACHED.set()
        assert GO_ON.wait(60)


THINGS = (hold,)
SETTINGS = {"limits.at_once": 3}
BY = {"who": "ines", "who_title": "Ines"}


@pytest.fixture(autouse=True)
def slow_pulse(monkeypatch):
    """Nothing is written about how far it is but by the test."""
    monkeypatch.setattr(work, "PULSE_SECONDS", 600)


def rows_of(page):
    """Return what is over, as text by row."""
    body = page.text.partition('id="over"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    rows = [row.partition(">")[2].replace("</td>", " ") for row in body.split("<tr")[1:]]
    return [" ".join(re.sub(r"<[^>]*>", "", row).split()) for row in rows]


def carried_out(site, browser):
    """Carry out what waits, and return the last row of what is over."""
    site.application.scheduler.long.wait()
    return rows_of(browser.get("/manage/@@operations"))[0]


PICKS = ["tides", "marsh", "herons", "series"]


@pytest.mark.parametrize(
    ("view", "sent", "told"),
    [
        ("move", {"to": "/archive"}, "Moved 4 items to “Archive”, 7 items in all"),
        ("copy", {"to": "/archive"}, "Copied 4 items to “Archive”, 7 items in all"),
        ("delete", {"asked": "yes"}, "Deleted 4 items from “News”, 7 items in all. You find it in the trash"),
    ],
)
def test_what_is_done_to_much_is_begun_and_leads_to_its_page(site, view, sent, told):
    browser = site.browser().login("ines")
    page = browser.post(f"/manage/news/@@{view}", {"pick": PICKS, **sent}, follow=True)
    assert page.path == "/manage/@@operations"
    assert f"{view.capitalize()} 4 items" in page.text
    assert f"Done: {told}" in carried_out(site, browser)
    with site.work() as root:
        gone = view != "copy"
        assert ("tides" in root["news"]) is not gone
        assert ("tides" in root["archive"]) is (view != "delete")
    assert 'href="/manage/news/"' in browser.get("/manage/@@operations").text


def test_what_is_done_to_little_is_done_at_once(site):
    browser = site.browser().login("ines")
    page = browser.post("/manage/news/@@copy", {"pick": PICKS[:3], "to": "/archive"}, follow=True)
    assert page.path == "/manage/news/" and "Copied 3 items" in page.text


def test_what_cannot_be_begun_is_said_on_the_page_that_asks(site):
    browser = site.browser().login("tomas")
    answer = browser.post("/manage/news/@@move", {"pick": PICKS, "to": "/news/series"})
    assert answer.status == 409 and "cannot be put into itself" in answer.text
    with site.work() as root:
        add_new(SYSTEM, root["news"], Section, {"title": "Other"})
        begin_long(root, "objpub.copy", "tree /news/tides", "Copy “Tides”", {}, **BY)
    answer = browser.post("/manage/news/@@move", {"pick": PICKS, "to": "/news/other"})
    assert answer.status == 409 and "under way: Ines began it on" in answer.text


def test_what_was_deleted_with_much_in_it_is_restored_and_the_trash_is_emptied(site):
    browser = site.browser().login("admin")
    with site.work() as root:
        name = delete(SYSTEM, root["news"]).__name__
    page = browser.post("/manage/@@restore", {"pick": name}, follow=True)
    assert page.path == "/manage/@@operations"
    assert "Done: Restored “News”, 8 items in all" in carried_out(site, browser)
    with site.work() as root:
        for each in PICKS:
            delete(SYSTEM, root["news"][each])
        latest = next(iter(root.trash)).__name__
    browser.post("/manage/@@purge", {"upto": latest})
    assert "Done: Deleted 7 items for good" in carried_out(site, browser)
    with site.work() as root:
        assert len(root.trash) == 0


def test_what_runs_is_shown_with_how_far_it_is_by_whom_and_what_a_cancel_leaves(site):
    with site.work() as root:
        running = begin_long(root, "objpub.reindex", "catalog", "Build all again", {"names": []}, **BY)
        running.state, running.until, running.done, running.total = "running", 2**60, 12_000, 48_000
        begin_long(root, "objpub.pack", "database", "Pack", {"days": 1}, who="admin", who_title="Admin")
    page = site.browser().login("admin").get("/manage/@@operations")
    first, second = page.text.split("<article")[1:]
    assert re.search(r'<progress max="100" [^>]*value="25"', first) and "12,000 of 48,000 resources" in first
    assert "25 %" in first and "Running" in first
    assert "Begun by <b>Ines</b>" in first and "If it is cancelled: The indexes stay as they are." in first
    assert "Waiting" in second and not re.search(r"<progress[^>]*value", second)
    own = site.browser().login("ines").get("/manage/@@operations")
    assert own.text.count("<article") == 1 and "Pack" not in own.text
    assert "Nothing is under way" in site.browser().login("nora").get("/manage/@@operations").text
    assert site.browser().get("/manage/@@operations").status == 303


def test_it_is_cancelled_by_its_button_and_begun_again(site):
    with site.work() as root:
        number = begin_long(root, "objpub.pack", "database", "Pack", {"days": 1}, **BY).id
    browser = site.browser().login("admin")
    assert site.browser().login("nora").post("/manage/@@operations", {"cancel": number}).status == 403
    page = browser.post("/manage/@@operations", {"cancel": number}, follow=True)
    assert "Cancelled. The database is as it was." in rows_of(page)[0]
    browser.post("/manage/@@operations", {"again": number})
    assert "Failed" in carried_out(site, browser) or "Done" in carried_out(site, browser)


def test_one_that_runs_is_being_cancelled_until_it_hears_of_it(site):
    with site.work() as root:
        running = begin_long(root, "objpub.pack", "database", "Pack", {"days": 1}, **BY)
        running.state, running.until = "running", 2**60
        number = running.id
    page = site.browser().login("admin").post("/manage/@@operations", {"cancel": number}, follow=True)
    assert "Being cancelled" in page.text and re.search(r'value="[^"]*" disabled="disabled"', page.text)
    with site.work() as root:
        long_operations_of(root).find(number).until = 1
    assert "is taken up again by itself" not in site.browser().login("admin").get("/manage/@@operations").text
    site.application.scheduler.long.wait()
    assert "Cancelled" in rows_of(site.browser().login("admin").get("/manage/@@operations"))[0]


def test_while_it_runs_the_site_answers_others_save_and_nobody_begins_it_again(site):
    with site.work() as root:
        root["news"]["herons"].text = "HOLD"
    ines, admin = site.browser().login("ines"), site.browser().login("admin")
    sent = {"pick": PICKS, "to": "/archive"}
    try:
        assert ines.post("/manage/news/@@move", sent).location == "/manage/@@operations"
        assert REACHED.wait(60)
        assert admin.get("/news/tides").status == admin.get("/manage/news/").status == 200
        page = admin.get("/manage/archive/@@edit").form("form").fill(title="Attic").submit("stay").follow()
        assert "Edited" in page.text or "Saved" in page.text
        again = admin.post("/manage/news/@@move", sent)
        assert again.status == 409 and "is under way: ines began it" in again.text
        assert "Running" in ines.get("/manage/@@operations").text
    finally:
        GO_ON.set()
    assert "Done: Moved 4 items to “Attic”" in carried_out(site, ines)
    with site.work() as root:
        assert "herons" in root["archive"]


def test_the_page_is_found_from_the_database_and_the_queue(site):
    browser = site.browser().login("admin")
    for path in ("database", "queue"):
        assert browser.get(f"/manage/@@{path}").click("Long operations").path == "/manage/@@operations"


def test_a_page_in_another_folder_of_the_same_name_is_no_matter(site):
    with site.work() as root:
        add_new(SYSTEM, root["archive"], Page, {"title": "Tides"})
        begin_long(root, "objpub.copy", "tree /news/tides", "Copy “Tides”", {}, **BY)
    browser = site.browser().login("ines")
    answer = browser.post("/manage/archive/@@delete", {"pick": "tides", "asked": "yes"}, follow=True)
    assert "Deleted “Tides”" in answer.text
