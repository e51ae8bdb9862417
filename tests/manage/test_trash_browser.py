"""Deleting, undoing, restoring and purging in a browser: with scripts, without, and by keyboard."""

from objpub.operations import delete
from objpub.operations import rename
from objpub.security import SYSTEM
from tests.browsing import wait_for_focus


def status(page, path):
    """Return what a visitor of the public site is answered at *path*."""
    return page.request.get(path).status


def delete_two_and_undo(page):
    """Delete two pages from the list of /news, and take it back."""
    page.goto("/manage/news/")
    page.check(".pick[value=tides]")
    page.check(".pick[value=series]")
    page.click(".selbar :text('Delete')")
    assert page.inner_text("h1") == "Delete 2 items?"
    assert "5 items go to the trash" in page.inner_text("#delete")
    assert status(page, "/news/tides") == 200
    page.click("text=Move to the trash")
    page.wait_for_url("**/manage/news/")
    assert "Deleted 2 items with 3 items in it." in page.inner_text(".note")
    assert [status(page, path) for path in ("/news/tides", "/news/series/one", "/news/marsh")] == [
        404,
        404,
        200,
    ]
    page.click(".note >> text=Undo")
    page.wait_for_selector(".note:has-text('Undone')")
    assert page.url.endswith("/manage/news/")
    assert [status(page, path) for path in ("/news/tides", "/news/series/one")] == [200, 200]


def test_deleting_and_undoing_with_scripts(live, page):
    delete_two_and_undo(page)
    assert [each for each in live.complaints if "404" not in each] == []


def test_deleting_and_undoing_without_scripts(live):
    delete_two_and_undo(live.as_("tomas", scripts=False))


def test_deleting_and_restoring_by_keyboard_alone(live, page):
    page.goto("/manage/news/@@delete?pick=tides")
    press_on(page, "Move to the trash")
    page.wait_for_url("**/manage/news/")
    assert status(page, "/news/tides") == 404
    page.goto("/manage/@@trash")
    page.focus(".pick")
    page.keyboard.press("Space")
    press_on(page, "Restore", within=".selbar")
    page.wait_for_selector(".note:has-text('Restored')")
    assert status(page, "/news/tides") == 200


def press_on(page, text, within="main"):
    """Go on with the Tab key to what is called *text*, and press it."""
    here = "([text, within]) => document.activeElement.closest(within)?.contains(document.activeElement)"
    here += " && document.activeElement.innerText === text"
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(here, [text, within]):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"The Tab key never reached {text!r}")


def test_a_choice_is_asked_for_where_it_is_wrong_and_the_page_begins_there(live, page, audit):
    with live.work() as root:
        delete(SYSTEM, root["news"]["marsh"])
        delete(SYSTEM, root["news"]["tides"])
        rename(SYSTEM, root["news"]["herons"], "tides")
    page.goto("/manage/@@trash")
    audit(page)
    for box in page.locator(".pick").all():
        box.check()
    audit(page)
    page.click(".selbar :text('Restore')")
    page.wait_for_selector("#restore .msg")
    wait_for_focus(page, "[name=place]")
    assert page.locator("#restore .msg").count() == 1
    audit(page, "409")
    page.click("#restore .go")
    page.wait_for_selector(".note:has-text('Restored 2 items to /news')")
    assert [status(page, f"/news/{name}") for name in ("tides", "tides-2", "marsh")] == [200] * 3
    audit(page, "409")


def test_purging_is_a_second_act_behind_the_menu(live, page, audit):
    with live.work() as root:
        delete(SYSTEM, root["news"]["tides"])
        delete(SYSTEM, root["news"]["series"])
    page.goto("/manage/@@trash")
    page.click("[aria-label='More for Series']")
    page.click("text=Delete for good…")
    assert "4 items will be gone" in page.inner_text("#purge")
    audit(page)
    page.click("#purge button")
    page.wait_for_selector(".note:has-text('Deleted “Series” for good')")
    page.click("text=Empty the trash…")
    page.click("text='Keep'")
    with live.work() as root:
        assert [each.title for each in root.trash] == ["Tides"]
    page.click("text=Empty the trash…")
    page.click("#purge button")
    page.wait_for_selector("text=Nothing in the trash")
    audit(page)


def test_pages_are_well_made_wide_and_narrow_light_and_dark(live, audit):
    with live.work() as root:
        for name in ("tides", "series"):
            delete(root.users.identity("ines"), root["news"][name])
    for width in (1280, 390):
        for theme in ("light", "dark"):
            page = live.as_("admin", width=width, theme=theme)
            for path in (
                "/manage/@@trash",
                "/manage/@@purge?all=on",
                "/manage/news/@@delete?pick=marsh&pick=herons",
            ):
                page.goto(path)
                audit(page)
