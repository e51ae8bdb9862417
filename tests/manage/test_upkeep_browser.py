"""The pages for who looks after people and the site in a browser: each control used once, by mouse."""

import gc
import sys
from types import ModuleType

import pytest

from objpub import Site
from objpub.content import Content
from objpub.operations import add
from objpub.operations import add_new
from objpub.publisher.tickets import TicketDesk
from objpub.security import SYSTEM
from objpub.views import view
from tests.manage.conftest import serving
from tests.manage.dated import Note
from tests.manage.dated import Shelf
from tests.manage.ways import ByMouse
from tests.manage.ways import Visitor

GONE = "gone_away_from_upkeep"


@view(Site, "fails", permission="public")
def fails(site, request):
    """Fail, so that there is an error to be looked at."""
    raise RuntimeError("the heron is grey")


class Reel(Content, addable="anywhere"):
    """Something whose code is gone when it is looked at."""

    title: str

    __module__ = GONE


THINGS = ("tests.manage.dated", fails, Reel)
SETTINGS = {"log.tickets": True}


@pytest.fixture(scope="module")
def live(request, browser, apps):
    """One site for all these tests, with something broken in it; each changes what is its own."""
    sys.modules[GONE] = gone = ModuleType(GONE)
    gone.Reel = Reel
    with serving(request, browser, apps) as live:
        live.site.application.tickets = TicketDesk(0.0)
        with live.work() as root:
            shelf = add_new(SYSTEM, root, Shelf, {"title": "Shelf"})
            for number in range(3):
                add_new(SYSTEM, shelf, Note, {"title": f"Note {number}", "tags": ["sea"]})
            add(SYSTEM, root, Reel(title="Reel"), "reel")
        del sys.modules[GONE]
        live.site.database.cacheMinimize()
        gc.collect()  # what the transaction has left knows the class
        yield live


@pytest.fixture
def admin(live):
    """The manager, at a browser."""
    return ByMouse(live, "admin")


def downloaded(admin, name, within="main"):
    """Press a button that gives a file; return its text."""
    with admin.page.expect_download() as found:
        admin.press(name, within)
    return found.value.path().read_bytes().decode("utf-8", "replace")


def test_a_manager_sees_the_site_as_somebody_else_and_is_himself_again(admin):
    admin.go("/manage/@@user?id=nora")
    admin.press("See the site as this person…")
    admin.reads("See the site as somebody else")
    admin.press("See the site so")
    admin.page.get_by_text("You see the site as nora does.").wait_for()
    assert admin.page.goto(f"{admin.page.url.rstrip('/')}/manage/news/").status == 403
    admin.press("Be yourself again")
    admin.page.get_by_text("You see the site as nora does.").wait_for(state="detached")
    admin.go("/manage/news/")
    admin.reads("News")


def test_who_can_do_what_is_asked_of_a_place_and_taken_home_as_a_file(admin):
    admin.go("/manage/@@users")
    admin.press("Roles", ".tabs")
    admin.reads("Roles")
    admin.press("Who can do what", ".tabs")
    admin.write("Path of a place", "/news")
    admin.press("Show", "#place")
    admin.page.wait_for_selector(".held a:text-is('tomas')")
    line = admin.page.locator(".matrix tbody tr", has=admin.page.locator("small:text-is('edit')"))
    heads = admin.page.locator(".matrix thead th").all_inner_texts()
    marks = dict(zip(heads, line.locator("th, td").all_inner_texts(), strict=True))
    assert (marks["Editor"].strip(), marks["Everyone"].strip()) == ("yes", "–\nno")
    assert "edit" in downloaded(admin, "As CSV")
    assert "tomas" in downloaded(admin, "As CSV", "main section")


def test_the_audit_record_is_narrowed_and_exported(admin):
    admin.go("/manage/")
    admin.unfold("Upkeep")
    admin.press("Audit", "#side")
    admin.reads("Audit")
    admin.write("Who, by the name to sign in", "admin")
    admin.choose("What was done", "Sign-in")
    admin.press("Show", "main")
    admin.page.wait_for_url("**who=admin*")
    rows = admin.page.locator("main tbody tr")
    assert {each.split("\t")[1].split()[0] for each in rows.all_inner_texts()} == {"admin"}
    assert "signed in" in downloaded(admin, "Export as CSV")
    admin.press("Everything", "main")
    admin.page.wait_for_selector("main a:text-is('Everything')", state="detached")


def test_an_old_address_leads_on_until_it_is_removed(live, admin):
    visitor = Visitor(live)
    visitor.finds_nothing_at("/tide-table")
    admin.go("/manage/")
    admin.unfold("Upkeep")
    admin.press("Redirects", "#side")
    admin.reads("Redirects")
    admin.write("Old address", "/tide-table", "#adding")
    admin.write("Leads to", "/news/tides", "#adding")
    admin.press("Add", "#adding")
    admin.page.wait_for_selector("main td:has-text('/tide-table')")
    visitor.is_led_on("/tide-table", "/news/tides")
    admin.press("Remove /tide-table", "main")
    admin.page.wait_for_selector("main td:has-text('/tide-table')", state="detached")
    visitor.finds_nothing_at("/tide-table")


def test_the_catalog_is_asked_compared_and_built_again(live, admin):
    admin.go("/manage/@@database")
    admin.press("Catalog", ".acts")
    admin.reads("Catalog")
    admin.write("Query", "tags = sea")
    admin.press("Find", "#trying")
    admin.page.wait_for_selector("main .lede:has-text('3 found')")
    admin.press("Compare with the pages")
    admin.page.wait_for_selector(".note.ok:has-text('the indexes are right')")
    admin.press("Build tags again")
    admin.page.wait_for_url("**/@@operations*")
    live.site.application.scheduler.long.wait()
    admin.page.wait_for_selector("#over .state:has-text('Done')")


def test_errors_are_found_looked_at_and_removed(live, admin):
    visitor = Visitor(live)
    for _ in range(2):
        assert visitor.page.goto("/fails").status == 500
    admin.go("/manage/@@database")
    admin.press("Errors", ".acts")
    admin.reads("Errors")
    assert admin.page.locator("td.num").inner_text() == "2"
    admin.press("RuntimeError: the heron is grey")
    admin.page.wait_for_selector("pre:has-text('the heron is grey')")
    admin.press("Remove this error")
    admin.page.wait_for_selector("main:has-text('None: nothing unforeseen has happened')")


def test_a_record_is_looked_into_and_what_is_broken_taken_out(admin):
    admin.go("/manage/shelf/note-0")
    admin.press("Inspect", ".tabs")
    admin.page.wait_for_selector("dd:has-text('tests.manage.dated.Note')")
    number = admin.page.locator(".kv dd").first.inner_text()
    assert "Note 0" in downloaded(admin, "Export the record")
    admin.press("Look for what refers to it")
    admin.page.wait_for_selector("#all:has-text('Class'), #all:has-text('No other object')")
    admin.go("/manage/@@inspect")
    admin.write("Number of an object, in hex", number)
    admin.press("Look at it")
    admin.page.wait_for_selector("dd:has-text('/shelf/note-0')")
    admin.go("/manage/")
    admin.press("Reel", ".list")
    admin.page.wait_for_selector("main:has-text('no working code')")
    admin.press("Inspect", ".tabs")
    admin.page.wait_for_selector("dd:has-text('which is missing or fails')")
    admin.press("Remove…", "#export")
    admin.page.wait_for_selector("#delete")
    admin.press("Move to the trash")
    admin.page.wait_for_selector(".note:has-text('Deleted')")
    assert "reel" not in admin.names()
