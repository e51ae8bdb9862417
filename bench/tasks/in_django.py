"""The tasks in Django's admin, as somebody does them who knows it, with what `admin.py` sets up."""

from pathlib import Path
from typing import Any

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
    "rights": "permissions hold for all pages, not for a folder",
    "restore": "what is deleted is gone",
    "slowest": "it measures nothing",
}
PARTLY: dict[str, str] = {}
WARM = ("/admin/pages/page/", "/admin/pages/page/add/", "/admin/pages/picture/")
ROW = "#result_list tbody tr"
IN_THIRD = """() => document.activeElement?.matches('.field-place input')
    && document.activeElement.closest('tr').querySelector('th').textContent.trim() === 'Ordered 3'"""


def lead_to(hand: Hand, words: str, model: str = "page") -> None:
    """List what *words* find."""
    hand.click(f"#content .model-{model} th a")
    hand.sees("#searchbar")
    if hand.page.evaluate("document.activeElement.id") != "searchbar":
        hand.click("#searchbar")
    hand.type(words)
    with hand.page.expect_navigation():
        hand.press("Enter")
    hand.sees("#result_list")


def sign_in(hand: Hand) -> None:
    hand.go(HOME)
    hand.sees("#id_username")
    hand.type("ines")
    hand.press("Tab")
    hand.type(PASSWORD)
    hand.press("Enter")
    hand.sees("#content .model-page")


def find(hand: Hand) -> None:
    lead_to(hand, TITLE)
    hand.click("#result_list tbody th a")
    hand.sees("#id_title")
    assert hand.page.input_value("#id_title") == TITLE


def retitle(hand: Hand) -> None:
    hand.click("#id_title")
    hand.press("Control+a")
    hand.type(NEW_TITLE)
    with hand.page.expect_navigation():
        hand.press("Enter")
    hand.sees(".messagelist .success")


def add(hand: Hand, pictures: list[Path]) -> None:
    hand.click("#content .model-page .addlink")
    hand.click("#id_title")
    hand.type(ADDED)
    hand.click(".field-parent .select2-selection")
    hand.type("Desk")
    hand.sees(".select2-results__option--highlighted:text-is('Desk')")
    hand.press("Enter")
    with hand.page.expect_popup() as popup:
        hand.click("#add_id_picture")
    with_picture(hand, popup.value, pictures[2])
    hand.click("#id_text")
    hand.type(TEXT)
    hand.choose("#id_state", "Published")
    hand.click("[name=_save]")
    hand.sees(".messagelist .success")


def with_picture(hand: Hand, popup: Any, picture: Path) -> None:
    """Add a picture in the window that has opened for it."""
    with popup.expect_file_chooser() as chooser:
        hand.click(popup.locator("#id_file"))
    chooser.value.set_files(str(picture))
    hand.click(popup.locator("#id_alt"))
    popup.keyboard.type(ALT)
    with popup.expect_event("close"):
        hand.click(popup.locator("[name=_save]"))


def upload(hand: Hand, pictures: list[Path]) -> None:
    hand.click("#content .model-picture .addlink")
    for picture in pictures[3:]:
        hand.choose_files("#id_file", picture)
        last = picture == pictures[-1]
        with hand.page.expect_navigation():
            hand.click("[name=_save]" if last else "[name=_addanother]")
        hand.sees(".messagelist .success")


def move(hand: Hand) -> None:
    lead_to(hand, "fifty")
    hand.click("#action-toggle")
    for row in hand.page.locator(ROW).all():  # the folder itself stays, and what else is called so
        if not row.locator("th").inner_text().startswith("Fifty "):
            hand.click(row.locator(".action-select"))
    hand.choose("select[name=action]", "Move selected pages")
    hand.choose("select[name=to]", "Archive")
    hand.click("button[name=index]")
    hand.sees("#result_list, .paginator")
    hand.page.wait_for_load_state("load")


def reorder(hand: Hand) -> None:
    lead_to(hand, "ordered")
    while not hand.page.evaluate(IN_THIRD):
        hand.press("Tab")
    hand.press("Control+a")
    hand.type("0")
    while not hand.page.evaluate("() => document.activeElement?.matches('[name=_save]')"):
        hand.press("Tab")  # in the list Enter would carry out the action that is chosen above it
    with hand.page.expect_navigation():
        hand.press("Enter")
    hand.sees(".messagelist .success")


def replace(hand: Hand, pictures: list[Path]) -> None:
    lead_to(hand, "Lighthouse", "picture")
    hand.click("#result_list tbody th a")
    hand.click(".deletelink")
    hand.sees("#content li:has-text('Lit 1')")
    assert USERS <= set(hand.page.locator("#content li a").all_inner_texts())
    hand.back()
    hand.choose_files("#id_file", pictures[1])
    hand.click("[name=_save]")
    hand.sees(".messagelist .success")


def review(hand: Hand) -> None:
    hand.click("#content .model-page th a")
    hand.click("#changelist-filter a:has-text('Waiting for review')")
    hand.click("#result_list tbody th a")
    hand.sees("#id_text")
    hand.choose("#id_state", "Published")
    hand.click("[name=_save]")
    hand.sees(".messagelist .success")
