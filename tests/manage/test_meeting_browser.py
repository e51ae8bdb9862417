"""Two editors in two browsers on one page: nothing is lost, both are told, one decision is asked for."""

import pytest

from objpub.operations import add_new
from objpub.security import SYSTEM
from tests.manage.kinds import Walk
from tests.manage.ways import Visitor

THINGS = ("tests.manage.kinds",)
EDIT = "/manage/news/walk/@@edit"
SAVE = "button[value=stay]"
BEFORE = "The highest tide in years covered the boardwalk. The hides are dry."
ANNAS = "The highest tide since 2013 covered the boardwalk. The hides are dry."
BENS = "The highest tide in years covered the boardwalk. Nobody was hurt, and the hides are dry."
MIXED = "The highest tide since 2013. Nobody was hurt."
BOTH = "The highest tide since 2013 covered the boardwalk. Nobody was hurt, and the hides are dry."


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def pages(live, request):
    """The form of one walk, open in a browser of ines and in one of admin."""
    with live.work() as root:
        values = {"title": "Walk", "summary": BEFORE, "notes": "Old"}
        add_new(SYSTEM, root["news"], Walk, values)
    pages = [live.as_(name, scripts=request.param) for name in ("ines", "admin")]
    for page in pages:
        page.goto(EDIT)
    return pages


def stored(live, *names):
    with live.work() as root:
        return tuple(getattr(root["news"]["walk"], name) for name in names)


def save(page, wanted):
    page.click(SAVE)
    page.wait_for_selector(f"main >> text={wanted}")


def test_different_fields_are_both_kept_and_both_are_told(live, pages):
    ines, admin = pages
    ines.fill("#field-title", "From Ines")
    save(ines, "Saved")
    admin.fill("#field-summary", "From the admin")
    save(admin, "Saved, together with what others changed meanwhile: Title")
    assert stored(live, "title", "summary") == ("From Ines", "From the admin")
    assert admin.input_value("#field-title") == "From Ines"
    ines.fill("#field-places", "9")
    save(ines, "Saved, together with what others changed meanwhile: Summary")
    assert stored(live, "title", "summary", "places") == ("From Ines", "From the admin", 9)


def test_the_same_field_is_one_decision_and_nothing_is_lost(live, pages):
    ines, admin = pages
    ines.fill("#field-summary", ANNAS)
    ines.fill("#field-places", "9")
    save(ines, "Saved")
    admin.fill("#field-summary", BENS)
    admin.fill("#field-title", "From the admin")
    admin.click(SAVE)
    admin.wait_for_selector("h1:has-text('You and ines both changed Summary')")
    columns = admin.locator(".three > div")
    assert columns.nth(0).locator(".diff").inner_text() == BEFORE
    assert columns.nth(1).locator("ins").inner_text() == "since 2013"
    assert columns.nth(2).locator("ins").inner_text() == "Nobody was hurt, and the"
    assert admin.input_value("#field-summary-both") == BOTH
    assert "Places" in admin.inner_text(".rows") and "Title" in admin.inner_text(".rows")
    admin.click("text=Keep both, written together")
    admin.click("text=Save merged version")
    admin.wait_for_selector("main >> text=Saved")
    assert stored(live, "summary", "title", "places") == (BOTH, "From the admin", 9)


@pytest.mark.parametrize(
    ("decision", "decided"),
    [("Keep yours", BENS), ("Keep theirs", ANNAS), ("Keep both, written together", MIXED)],
    ids=["mine", "theirs", "a mixture"],
)
def test_what_is_decided_is_what_the_public_sees(live, pages, decision, decided):
    visitor, (ines, admin) = Visitor(live), pages
    ines.fill("#field-summary", ANNAS)
    save(ines, "Saved")
    visitor.sees("/news/walk", "Walk", ANNAS)
    admin.fill("#field-summary", BENS)
    admin.fill("#field-title", "A walk")
    admin.click(SAVE)
    admin.wait_for_selector(".three")
    visitor.sees("/news/walk", "Walk", ANNAS)
    if decided is MIXED:
        admin.fill("#field-summary-both", MIXED)
    admin.click(f"text={decision}")
    admin.click("text=Save merged version")
    admin.wait_for_selector("main >> text=Saved")
    visitor.sees("/news/walk", "A walk", decided)


def test_back_to_editing_keeps_all_and_asks_in_the_form(live, pages):
    ines, admin = pages
    ines.fill("#field-summary", ANNAS)
    save(ines, "Saved")
    admin.fill("#field-summary", BENS)
    admin.fill("#field-title", "From the admin")
    admin.click(SAVE)
    admin.click("text=Back to editing")
    admin.wait_for_selector("#field-title")
    assert admin.input_value("#field-title") == "From the admin"
    assert admin.input_value("#field-summary") == BENS
    admin.click("text=Keep theirs")
    save(admin, "Saved")
    assert stored(live, "summary", "title") == (ANNAS, "From the admin")


def test_who_has_the_form_open_is_told_when_another_saves(live):
    with live.work() as root:
        add_new(SYSTEM, root["news"], Walk, {"title": "Walk"})
    ines, admin = (live.as_(name) for name in ("ines", "admin"))
    for page in (ines, admin):
        page.goto(EDIT)
    admin.fill("#field-places", "9")
    save(admin, "Saved")
    ines.evaluate("dispatchEvent(new Event('focus'))")
    ines.wait_for_selector("#meanwhile:has-text('admin changed Places meanwhile')")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_wrong_with_the_look_of_the_merge_page(live, audit, width, theme):
    with live.work() as root:
        add_new(SYSTEM, root["news"], Walk, {"title": "Walk", "summary": BEFORE})
    page = live.as_("ines", width=width, theme=theme)
    page.goto(EDIT)
    with live.work() as root:
        root["news"]["walk"].summary = ANNAS
    page.fill("#field-summary", BENS)
    page.click(SAVE)
    page.wait_for_selector(".three")
    audit(page, "409")
