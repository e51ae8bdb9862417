"""The tree with a mouse and a search field: dragged to be moved, narrowed by what is typed."""

import re

from objpub.operations import move
from objpub.security import SYSTEM
from tests.browsing import wait_for_focus


def branch(page, title):
    """Return the line of the tree that is called *title*."""
    return page.get_by_role("treeitem", name=title, exact=True).locator(".name").first


def test_what_is_dragged_to_a_folder_is_moved_after_a_question_that_names_both_places(live, audit):
    page = live.as_("admin")
    page.goto("/manage/news/")
    branch(page, "Tides").drag_to(branch(page, "Archive"))
    page.wait_for_selector("dialog h2:text-is('Move “Tides” from “News” to “Archive”?')")
    audit(page)
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog.ask", state="detached")
    branch(page, "Tides").drag_to(branch(page, "Archive"))
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_selector("dialog.ask", state="detached")
    branch(page, "Tides").drag_to(branch(page, "Archive"))
    page.wait_for_selector("dialog.ask")
    with live.work() as root:
        assert "tides" in root["news"]
    page.get_by_role("button", name="Move to “Archive”").click()
    page.wait_for_selector(".note.ok:has-text('Moved “Tides” to “Archive”')")
    with live.work() as root:
        assert "tides" in root["archive"]
    page.get_by_role("button", name="Undo").click()
    page.wait_for_selector(".list a:text-is('Tides')")
    assert live.complaints == []


def test_ticked_lines_of_a_list_are_dragged_together_and_nothing_into_itself(live):
    page = live.as_("admin")
    page.goto("/manage/news/")
    for name in ("herons", "marsh"):
        page.locator(f".list tr[data-name={name}] .pick").check()
    page.locator(".list tr[data-name=herons] .n a").drag_to(branch(page, "Series"))
    page.wait_for_selector("dialog h2:text-is('Move 2 items from “News” to “Series”?')")
    assert page.inner_text("dialog form > p >> nth=0") == "Herons, Marsh"
    page.goto("/manage/news/")
    branch(page, "News").drag_to(branch(page, "Series"))
    branch(page, "Marsh").drag_to(branch(page, "Herons"))
    branch(page, "Marsh").drag_to(branch(page, "News"))
    assert page.url.endswith("/manage/news/")
    branch(page, "Marsh").drag_to(page.locator("#tree-label"))
    page.wait_for_selector("dialog h2:text-is('Move “Marsh” from “News” to “Site”?')")


def test_what_is_refused_after_it_was_dragged_says_why_and_nothing_is_moved(live):
    page = live.as_("admin")
    page.goto("/manage/news/")
    branch(page, "Tides").drag_to(branch(page, "Archive"))
    page.wait_for_selector("dialog.ask")
    with live.work() as root:
        move(SYSTEM, root["news"]["tides"], root["news"]["series"])
    page.get_by_role("button", name="Move to “Archive”").click()
    page.wait_for_selector(".note.bad:has-text('tides')")
    with live.work() as root:
        assert "tides" in root["news"]["series"]
        assert "tides" not in root["archive"]


def test_the_tree_is_narrowed_by_what_is_typed_and_the_arrow_leads_into_it(live, audit):
    page = live.as_("admin")
    page.goto("/manage/news/")
    page.keyboard.press("/")
    wait_for_focus(page, "#seek")
    page.keyboard.type("tid")
    page.wait_for_selector("#tree-told:has-text('1 in the tree. Enter searches the whole site.')")
    shown = page.locator("#tree [role=treeitem]:visible")
    assert [each.get_attribute("aria-label") for each in shown.all()] == ["News", "Tides"]
    audit(page)
    page.keyboard.press("ArrowDown")
    wait_for_focus(page, "#tree [aria-label=News]")
    page.keyboard.press("ArrowDown")
    wait_for_focus(page, "#tree [aria-label=Tides]")
    page.locator("#seek").fill("")
    page.wait_for_selector("#tree-told", state="hidden")
    assert page.get_by_role("treeitem", name="Archive").is_visible()
    page.locator("#seek").fill("marsh")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"@@search\?q=marsh"))
