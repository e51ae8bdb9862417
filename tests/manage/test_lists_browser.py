"""Lists, the pages around them and what is asked before something goes: each control used once, by mouse.

What the pages say is looked at without a browser, in the modules of the same names.
"""

from datetime import date
from datetime import timedelta

import pytest

from objpub.content import Content
from objpub.operations import add_new
from objpub.operations import edit
from objpub.schema import field
from objpub.schema import Ref
from objpub.schema import RichText
from objpub.security import SYSTEM
from tests.manage.conftest import serving
from tests.manage.dated import Card
from tests.manage.dated import Note
from tests.manage.dated import Shelf
from tests.manage.flows import Story
from tests.manage.pages import Page
from tests.manage.ways import ByMouse

FIRST = date(2026, 1, 1)
MOST = 50  # on one page of a list


class Trail(Content, addable="anywhere"):
    """A trail that begins somewhere."""

    title: str
    start: Ref[Page] | None = field(default=None, title="Begins at")
    text: RichText = field(default="", title="Way")


THINGS = ("tests.manage.dated", "tests.manage.flows", Trail)


@pytest.fixture(scope="module")
def live(request, browser, apps):
    """One site for all these tests: a shelf of two pages, a story, a trail; each changes what is its own."""
    with serving(request, browser, apps) as live:
        with live.work() as root:
            shelf = add_new(SYSTEM, root, Shelf, {"title": "Shelf"})
            add_new(SYSTEM, shelf, Card, {"title": "A card"})
            for number in range(55):
                when = FIRST + timedelta(days=number * 7 % 55)
                tags = ["sea"] if number % 3 else ["land", "sea"]
                values = {"written": when, "stars": number % 5, "tags": tags}
                add_new(SYSTEM, shelf, Note, {"title": f"Note {number:02}", **values})
            add_new(SYSTEM, root["news"], Story, {"title": "Story", "text": "Water."})
            add_new(SYSTEM, root["archive"], Trail, {"title": "Trail", "text": '<a href="/gone">Gone</a>'})
        yield live
        assert [each for each in live.complaints if "Failed to load resource" not in each] == []


def test_a_list_is_sorted_by_its_heads_and_goes_on_by_pages(live):
    ines = ByMouse(live, "ines")
    ines.go("/manage/shelf/")
    assert (ines.names()[0], len(ines.names())) == ("A card", MOST)
    ines.press("More", ".pager")
    ines.page.wait_for_selector("[data-name=note-54]")
    ines.press("Back", ".pager")
    ines.page.wait_for_selector("[data-name=a-card]")
    ines.press("Written", ".list thead")
    ines.page.wait_for_selector("th[aria-sort=ascending]")
    assert ines.names()[:2] == ["Note 00", "Note 08"]
    ines.press("Written", ".list thead")
    ines.page.wait_for_selector("th[aria-sort=descending]")
    assert ines.names()[0] == "Note 47"
    line = ines.page.locator("[data-name=note-47]")
    assert line.locator("time").first.get_attribute("title")
    assert line.locator(".st").inner_text() == "Public"
    ines.open("More for Note 47")
    ines.press("Edit", ".list")
    ines.reads("Note 47")


def test_somebody_chooses_columns_and_has_them_on_the_next_visit(live):
    ines = ByMouse(live, "ines")
    ines.go("/manage/shelf/")
    ines.open("Columns")
    ines.tick("Stars", "#columns")
    ines.press("Show these")
    ines.page.wait_for_selector(".list th:has-text('Stars')")
    ines.go("/manage/shelf/")
    ines.page.wait_for_selector(".list th:has-text('Stars')")
    ines.open("Columns")
    ines.press("As for everybody")
    ines.page.wait_for_selector(".list th:has-text('Stars')", state="detached")


def test_a_list_is_narrowed_by_what_stands_beside_it_and_whole_again(live):
    ines = ByMouse(live, "ines")
    ines.go("/manage/shelf/")
    ines.press("land 19", ".facets")
    ines.page.wait_for_selector(".facets [aria-current=true]")
    assert len(ines.names()) == 19
    ines.press("Everything again", ".facets")
    ines.page.wait_for_selector(".facets [aria-current=true]", state="detached")
    assert len(ines.names()) == MOST


@pytest.mark.parametrize("scripts", [True, False])
def test_all_of_a_list_is_picked_beyond_its_page(live, scripts):
    page = live.as_("ines", scripts=scripts)
    page.goto("/manage/shelf/")
    whole = page.locator(".whole")
    page.locator(".list .all" if scripts else ".list .pick >> nth=0").click()
    page.wait_for_selector(".whole >> visible=true")
    if scripts:
        page.locator(".list .pick").nth(3).click()
        page.wait_for_selector(".whole", state="hidden")
        page.locator(".list .pick").nth(3).click()
    whole.click()
    page.get_by_role("button", name="Delete…").first.click()
    page.wait_for_selector("h1:text-is('Delete 56 items?')")


def test_a_page_of_long_names_is_picked_and_moved_to_a_folder(live):
    with live.work() as root:
        here = add_new(SYSTEM, root["archive"], Shelf, {"title": "Long"})
        for number in range(50):
            here.add(f"{chr(0x442) * 70}-{number:02}", Page(title=f"Long {number:02}"))
        add_new(SYSTEM, root["archive"], Shelf, {"title": "Goal of many"})
    page = live.as_("ines")
    page.goto("/manage/archive/long/")
    page.locator(".list .all").click()
    page.locator(".selbar button:has-text('Move…')").click()
    page.wait_for_selector("h1:text-is('Move 50 items')")
    page.goto("/manage/archive/long/")
    page.locator(".list .all").click()
    page.locator(".list .n a").first.drag_to(page.locator("#tree .name:has-text('Goal of many')"))
    page.locator("dialog .go:has-text('Goal of many')").click()
    page.wait_for_selector(".note:has-text('Moved 50 items')")


def test_crumbs_lead_up_and_the_site_is_one_click_away(live):
    ines = ByMouse(live, "ines")
    ines.go("/manage/news/series/one/@@edit")
    ines.press("Series", ".crumbs")
    ines.reads("Series")
    ines.press("View on site", ".head")
    ines.page.wait_for_url("**/news/series/")
    assert "/manage/" not in ines.page.url


def test_the_overview_leads_to_what_changed_and_the_reports_to_what_is_old_and_broken(live):
    with live.work() as root:
        edit(SYSTEM, root["archive"]["trail"], {"start": root["news"]["tides"]})
    admin = ByMouse(live, "admin")
    admin.go("/manage/")
    admin.press("Overview", "#side")
    admin.reads("Overview")
    admin.page.locator("#changes a", has_text="Trail").first.wait_for()
    admin.press("Reports", "#side")
    admin.reads("Reports")
    admin.write("Days without a change", "0")
    admin.press("Show", "#ageing")
    admin.page.locator("#ageing a", has_text="Tides").first.wait_for()
    notes = admin.page.locator("#types tr", has=admin.page.locator("a:text-is('Note')"))
    assert notes.locator(".num").inner_text() == "55"
    admin.press("Broken links", "main")
    admin.reads("Broken links")
    admin.page.locator("main tr", has_text="/gone").get_by_role("link", name="Trail").click()
    admin.reads("Trail")


def test_what_was_picked_is_named_and_picked_no_longer_elsewhere(live):
    ines = ByMouse(live, "ines")
    ines.go("/manage/news/series/")
    ines.tick("Select One")
    ines.tick("Select Two")
    ines.press("Delete…", ".selbar")
    ines.reads("Delete 2 items?")
    assert ines.page.locator(".going a").all_inner_texts() == ["One", "Two"]
    ines.press("Keep")
    ines.reads("Series")
    assert ines.page.locator("#listing .pick").count() == 3
    assert ines.page.locator(".pick:checked").count() == 0
    ines.tick("Select One")
    ines.find("Archive")
    ines.reads("Archive")
    ines.page.go_back()
    ines.reads("Series")
    ines.page.wait_for_function("() => !document.querySelector('.pick:checked')")


def test_what_refers_to_it_is_named_before_it_is_deleted_and_on_its_own_tab(live):
    with live.work() as root:
        way = {"start": root["news"]["herons"], "text": '<a href="/lost">Lost</a>'}
        add_new(SYSTEM, root["archive"], Trail, {"title": "Path", **way})
    ines = ByMouse(live, "ines")
    ines.go("/manage/news/")
    ines.open("More for Herons")
    ines.press("Delete…", ".list")
    ines.reads("Delete “Herons”?")
    refers = ines.page.locator("section", has_text="One page refers to this")
    assert "Path in its field “Begins at”" in refers.inner_text().replace("\n", " ")
    ines.press("Move elsewhere…")
    ines.reads("Move “Herons”")
    ines.go("/manage/news/herons")
    ines.press("References", ".tabs")
    used = ines.page.locator("section", has_text="Used by")
    assert "Begins at" in used.inner_text()
    used.get_by_role("link", name="Path").click()
    ines.reads("Path")
    leads = ines.page.locator("section", has_text="Refers to")
    assert {"/news/herons", "/lost"} <= set(leads.locator("td:last-child").all_inner_texts())


def test_a_story_is_submitted_found_in_the_review_published_and_taken_back_from_the_list(live):
    ines = ByMouse(live, "ines")
    ines.go("/manage/news/story")
    ines.press("Workflow", ".tabs")
    ines.page.wait_for_selector("h2:has-text('Draft')")
    ines.write("Comment", "Please look", "#decide")
    ines.press("Submit", "#decide")
    ines.page.wait_for_selector("h2:has-text('Pending')")
    ines.press("Review", "#side")
    ines.reads("Review")
    assert "Please look" in ines.page.inner_text("main table")
    ines.press("Story", "main table")
    ines.reads("Story")
    ines.press("Publish", "#decide")
    ines.page.wait_for_selector("h2:has-text('Published')")
    ines.go("/manage/news/")
    assert ines.page.locator("[data-name=story] .st").inner_text() == "Published"
    ines.open("More for Story")
    ines.press("Retract", ".list")
    ines.page.wait_for_selector("h2:has-text('Draft'), [data-name=story] .st:has-text('Draft')")
    ines.go("/manage/news/")
    ines.tick("Select Story")
    ines.press("Submit", ".selbar")
    ines.page.wait_for_selector("[data-name=story] .st:has-text('Pending')")


def test_a_publication_is_set_for_later_and_called_off(live):
    with live.work() as root:
        add_new(SYSTEM, root["archive"], Story, {"title": "Later", "text": "Ice."})
    ines = ByMouse(live, "ines")
    ines.go("/manage/archive/later/@@workflow")
    ines.open("Schedule…")
    ines.choose("What", "Publish", "#later")
    ines.write("When", "2100-01-31T08:00", "#later")
    ines.press("Schedule", "#later")
    ines.page.wait_for_selector("#planned:has-text('2100')")
    ines.press("Cancel", "#planned")
    ines.page.wait_for_selector("main:has-text('Nothing is scheduled.')")
