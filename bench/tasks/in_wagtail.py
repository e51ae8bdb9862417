"""The tasks in Wagtail, as somebody does them who knows it: `/` searches, lists have bars for many pages."""

from pathlib import Path

from .hand import Hand
from .running import PASSWORD
from .tasks import ADDED
from .tasks import ALT
from .tasks import NEW_TITLE
from .tasks import TEXT
from .tasks import TITLE
from .tasks import USERS

HOME = "/admin/"
CANNOT = {
    "restore": "what is deleted is gone",
    "slowest": "it measures nothing",
}
PARTLY = {"rights": "it does not say why somebody has none"}
WARM = ("/admin/pages/", "/admin/images/", "/admin/groups/", "/admin/pages/search/?q=tide")
FOCUSED = "selector => document.activeElement?.matches(selector)"
TYPING = "() => document.activeElement?.matches('input')"
THIRD = "tbody tr:nth-child(3) .w-orderable__item__handle"


def look_for(hand: Hand, words: str) -> None:
    """List the pages that *words* find."""
    hand.press("/")
    hand.page.wait_for_function(TYPING)
    hand.type(words)
    with hand.page.expect_navigation():
        hand.press("Enter")
    hand.sees("table.listing")


def lead_to(hand: Hand, words: str) -> None:
    """List what is in the folder called *words*."""
    look_for(hand, words)
    with hand.page.expect_navigation():
        hand.click(f"a.icon[aria-label*='{words}'], td.children a[aria-label*='{words}'], td.children a")
    hand.sees("table.listing")


def publish(hand: Hand) -> None:
    """Publish from the menu of the button at the foot of the form."""
    hand.click("footer .w-dropdown__toggle")
    with hand.page.expect_navigation():
        hand.click("button[name=action-publish]")
    hand.sees(".messages .success")


def sign_in(hand: Hand) -> None:
    hand.go(HOME)
    hand.sees("#id_username")
    hand.type("ines")
    hand.press("Tab")
    hand.type(PASSWORD)
    hand.press("Enter")
    hand.sees("h1:has-text('Almanac')")


def find(hand: Hand) -> None:
    look_for(hand, TITLE)
    hand.click(f"td.title a:has-text('{TITLE}')")
    hand.sees("#id_title")


def retitle(hand: Hand) -> None:
    hand.click("#id_title")
    hand.press("Control+a")
    hand.type(NEW_TITLE)
    publish(hand)


def add(hand: Hand, pictures: list[Path]) -> None:
    look_for(hand, "Desk")
    hand.click("button[aria-label=\"More options for 'Desk'\"]")
    hand.click("a:has-text('Add child page')")
    hand.sees("#id_title")
    if not hand.page.evaluate(FOCUSED, "#id_title"):
        hand.click("#id_title")
    hand.type(ADDED)
    hand.click("button:has-text('Choose an image')")
    hand.click("#tab-label-upload")
    hand.choose_files("#id_image-chooser-upload-file", pictures[2])
    hand.click("#id_image-chooser-upload-description")
    hand.type(ALT)
    hand.click(".modal-body button[type=submit]:has-text('Upload')")
    hand.page.wait_for_selector(".modal-body", state="detached")
    hand.click(".public-DraftEditor-content")
    hand.type(TEXT)
    publish(hand)


def upload(hand: Hand, pictures: list[Path]) -> None:
    hand.click("nav a[href='/admin/images/']")
    hand.click("a[href*='/admin/images/multiple/add/']")
    hand.choose_files("#fileupload, label[for=fileupload], .replace-file-input", *pictures[3:])
    hand.page.wait_for_function(
        "number => document.querySelectorAll('.upload-success').length === number", arg=len(pictures) - 3
    )


def move(hand: Hand) -> None:
    lead_to(hand, "Fifty")
    hand.click("[data-bulk-action-select-all-checkbox]")
    hand.click(".bulk-action-btn:has-text('Move')")
    hand.click("button:has-text('Choose a page')")
    hand.click(".modal-body input[name=q]")
    hand.type("Archive")
    hand.click(".modal-body td.title a:has-text('Archive')")
    hand.page.wait_for_selector(".modal-body", state="detached")
    with hand.page.expect_navigation():
        hand.click("button:has-text('Yes, move these pages')")
    hand.sees(".messages .success")


def reorder(hand: Hand) -> None:
    lead_to(hand, "Ordered")
    hand.click("header .w-dropdown__toggle[aria-label='Actions'], header button.w-dropdown__toggle")
    with hand.page.expect_navigation():
        hand.click("a[href*='ordering=ord']")
    hand.sees(".w-orderable__item__handle")
    hand.press("Tab", "Enter")
    while not hand.page.evaluate(FOCUSED, THIRD):
        hand.press("Tab")
    hand.press("ArrowUp", "ArrowUp")
    with hand.page.expect_response("**/set_position/**"):
        hand.press("Enter")


def rights(hand: Hand) -> None:
    hand.click("nav button:has-text('Settings')")
    with hand.page.expect_navigation():
        hand.click("nav a[href='/admin/groups/']")
    with hand.page.expect_navigation():
        hand.click("a[href='/admin/groups/new/']")
    hand.click("#id_name")
    hand.type("People editors")
    hand.click("button:has-text('Add a page permission')")
    hand.click("#page-permissions-content button:has-text('Choose a page')")
    hand.click(".modal-body input[name=q]")
    hand.type("People")
    hand.click(".modal-body td.title a:text-is('People')")
    hand.page.wait_for_selector(".modal-body", state="detached")
    hand.click(
        "#page-permissions-content label:has-text('Edit'), #page-permissions-content input[value*=change]"
    )
    with hand.page.expect_navigation():
        hand.click("footer button[type=submit], main button:has-text('Create')")
    hand.click("nav button:has-text('Settings')")
    with hand.page.expect_navigation():
        hand.click("nav a[href='/admin/users/']")
    with hand.page.expect_navigation():
        hand.click("td.title a:has-text('Tomas')")
    hand.click("a[role=tab]:has-text('Roles')")
    hand.click("label:has-text('People editors')")
    with hand.page.expect_navigation():
        hand.click("button:has-text('Save')")
    hand.sees(".messages .success")


def replace(hand: Hand, pictures: list[Path]) -> None:
    hand.click("nav a[href='/admin/images/']")
    hand.click("a:has-text('Lighthouse')")
    hand.click("a:has-text('Used 3 times')")
    hand.sees("table:has-text('Lit 1')")
    found = {each.strip() for each in hand.page.locator("table td.title a").all_inner_texts()}
    assert found >= USERS, found
    hand.click("header a:has-text('Edit')")
    hand.choose_files("#id_file", pictures[1])
    with hand.page.expect_navigation():
        hand.click("button:has-text('Save')")
    hand.sees(".messages .success")


def review(hand: Hand) -> None:
    hand.click("td.title a:has-text('Spring tide')")
    hand.sees(".public-DraftEditor-content")
    hand.click("footer .w-dropdown__toggle")
    with hand.page.expect_navigation():
        hand.click("button[data-workflow-action-name=approve]:has-text('Approve and Publish')")
    hand.sees(".messages .success")
