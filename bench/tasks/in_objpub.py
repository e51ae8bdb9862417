"""The tasks in objpub, as somebody does them who knows its keys: Ctrl-K leads everywhere."""

from pathlib import Path

from .hand import Hand
from .running import PASSWORD
from .tasks import ADDED
from .tasks import ALT
from .tasks import NEW_TITLE
from .tasks import TEXT
from .tasks import TITLE
from .tasks import USERS

HOME = "/manage/@@dashboard"
CANNOT: dict[str, str] = {}
PARTLY: dict[str, str] = {}
#: The search is among them, as the file of texts is made when somebody asks it for the first time.
WARM = (
    "/manage/",
    "/manage/desk/",
    "/manage/desk/@@add?type=Article",
    "/manage/desk/people/@@security",
    "/manage/@@search?q=tide",
)


def visit(hand: Hand) -> None:
    """What visitors ask for on such a day; one page of it takes long."""
    for path in ("/", "/almanac", "/desk/", "/tldr/"):
        assert hand.page.request.get(path).ok, path


def lead_to(hand: Hand, words: str, hint: str = "") -> None:
    """Go to what is called *words*. hint: what else stands in its line, where others are called so too."""
    hand.press("Control+k")
    hand.sees("#palette .found [role=option]")
    hand.type(words)
    hand.page.wait_for_function(
        "words => document.querySelector('#palette [aria-selected=true]')?.textContent.includes(words)",
        arg=words,
    )
    if hint:
        hand.sees(f"#palette [role=option]:has-text('{hint}')")
        while hint not in hand.page.inner_text("#palette [aria-selected=true]"):
            hand.press("ArrowDown")
    with hand.page.expect_navigation():
        hand.press("Enter")
    hand.page.wait_for_load_state("domcontentloaded")


def sign_in(hand: Hand) -> None:
    hand.go(HOME)
    hand.sees("[name=password]")
    hand.type("ines")
    hand.press("Tab")
    hand.type(PASSWORD)
    hand.press("Enter")
    hand.sees("h1:text-is('Overview')")


def find(hand: Hand) -> None:
    lead_to(hand, TITLE)
    hand.sees(f"h1:text-is('{TITLE}')")


def retitle(hand: Hand) -> None:
    hand.click("#field-title")
    hand.press("Control+a")
    hand.type(NEW_TITLE)
    hand.press("Control+s")
    hand.sees(f"h1:text-is('{NEW_TITLE}')")


def add(hand: Hand, pictures: list[Path]) -> None:
    lead_to(hand, "Desk")
    hand.press("n")
    hand.click(".add a:has-text('Article')")
    hand.sees("#form")
    hand.page.wait_for_selector(".rich [contenteditable]")
    hand.type(ADDED)
    hand.choose_files("#field-photo", pictures[2])
    hand.press("Tab")
    hand.type(ALT)
    hand.press("Tab")
    hand.type(TEXT)
    hand.click(".save button:has-text('Add and publish')")
    hand.sees(".note:has-text('Published')")


def upload(hand: Hand, pictures: list[Path]) -> None:
    lead_to(hand, "Gallery")
    hand.choose_files("label.btn[for=files]", *pictures[3:])
    hand.sees("h1:has-text('show')")


def move(hand: Hand) -> None:
    lead_to(hand, "Fifty")
    hand.click(".list .all")
    hand.drag(".list .n a", "#tree .name:has-text('Archive')")
    hand.click("dialog .go:has-text('Archive')")
    hand.sees(".note:has-text('Moved 50 items')")


def reorder(hand: Hand) -> None:
    lead_to(hand, "Ordered")
    hand.sees(".list .grip")
    hand.press("j", "j", "j", "Shift+Tab", "Shift+Tab", "ArrowUp", "ArrowUp")
    with hand.page.expect_navigation():
        hand.press("Enter")
    hand.sees(".note:has-text('Ordered 3')")


def rights(hand: Hand) -> None:
    lead_to(hand, "People", "/desk/people")
    hand.click(".tabs a:has-text('Security')")
    hand.click("#add")
    hand.type("tomas")
    hand.click("#grant label:has-text('Editor')")
    hand.click("#grant button")
    hand.sees("#remove :text('Tomas Lind')")
    hand.click("#who")
    hand.type("nora")
    hand.choose("#may", "Edit")
    hand.click("#ask button")
    hand.sees(".verdict.no:has-text('Nora Weiss')")


def replace(hand: Hand, pictures: list[Path]) -> None:
    lead_to(hand, "Lighthouse")
    hand.click(".tabs a:has-text('References')")
    hand.sees("table:has-text('Lit 1')")
    assert USERS <= set(hand.page.locator("table .who").all_inner_texts())
    hand.click(".tabs a:has-text('Edit')")
    hand.choose_files("#field-upload", pictures[1])
    hand.press("Control+s")
    hand.sees(".note:has-text('Saved')")


def review(hand: Hand) -> None:
    with hand.page.expect_navigation():
        hand.click("#waiting a:has-text('Spring tide')")
    hand.press("e")
    hand.page.wait_for_selector(".rich [contenteditable]")
    hand.click(".save button:has-text('Save and publish')")
    hand.sees(".note:has-text('Published')")


def restore(hand: Hand) -> None:
    hand.press("g", "t")
    hand.sees("h1:text-is('Trash')")
    hand.click("button[name=one]")
    hand.sees(".note:has-text('Restored')")


def slowest(hand: Hand) -> None:
    lead_to(hand, "Conflicts and slow requests")
    rows = hand.sees("table tbody").inner_text()
    assert "/almanac" in rows, rows
