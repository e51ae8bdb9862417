"""What was typed and not saved is kept in the browser, offered again, put back, and forgotten in time."""

import re

from tests.browsing import wait_for_focus

EDIT = "/manage/news/tides/@@edit"
KEPT = """() => Object.keys(localStorage).filter(key => key.startsWith("objpub-typed")).length"""
NOW = f"([wanted]) => ({KEPT})() === wanted"


def kept(page, number):
    """Wait until the browser keeps what was typed into so many forms."""
    page.wait_for_function(NOW, arg=[number])


def leave(page, path):
    """Close the page as a browser does that is killed, without a question, and open *path* in another one."""
    other = page.context.new_page()
    page.close(run_before_unload=False)
    other.goto(path)
    return other


def test_what_was_typed_is_offered_after_the_browser_was_closed_and_put_back(live, audit):
    page = live.as_("ines")
    page.goto(EDIT)
    kept(page, 0)
    page.get_by_label("Title", exact=True).fill("High <b>tides</b>")
    kept(page, 1)
    page = leave(page, EDIT)
    page.wait_for_selector("#kept:has-text('Title')")
    assert page.get_by_label("Title", exact=True).input_value() == "Tides"
    audit(page)
    page.get_by_role("button", name="Put it back").click()
    page.wait_for_selector("#form[data-unsaved=yes]")
    assert page.get_by_label("Title", exact=True).input_value() == "High <b>tides</b>"
    with live.work() as root:
        assert root["news"]["tides"].title == "Tides"
    page.locator(".save .go").click()
    page.wait_for_selector(".note.ok[role=status]")
    kept(page, 0)
    assert page.locator("#kept").is_hidden()
    with live.work() as root:
        assert root["news"]["tides"].title == "High <b>tides</b>"


def test_what_is_too_long_to_be_taken_is_not_sent_and_stays_in_its_field(live):
    page = live.as_("ines")
    page.goto(EDIT)
    text = page.get_by_label("Text", exact=True)
    text.fill("x" * 1_000_001)
    page.locator(".save .go").click()
    page.wait_for_selector("#unsaved:has-text('at most 1,000,000 are taken')")
    wait_for_focus(page, "#field-text")
    assert text.evaluate("each => each.value.length") == 1_000_001
    text.fill("ü" * 160_000)
    page.locator(".save .go").click()
    page.wait_for_selector(".note.ok[role=status]")
    with live.work() as root:
        assert root["news"]["tides"].text == "ü" * 160_000


def test_it_is_forgotten_when_one_says_so_and_with_the_sign_out(live):
    page = live.as_("ines")
    page.goto(EDIT)
    page.get_by_label("Title", exact=True).fill("High tides")
    kept(page, 1)
    page = leave(page, EDIT)
    page.get_by_role("button", name="Forget it").click()
    kept(page, 0)
    wait_for_focus(page, "#field-title")
    page.get_by_label("Title", exact=True).fill("Higher tides")
    kept(page, 1)
    page = leave(page, EDIT)
    page.wait_for_selector("#kept:has-text('Title')")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/manage|/login|/$"))
    kept(page, 0)


def test_a_new_page_is_kept_too_and_nobody_else_is_offered_it(live):
    page = live.as_("ines")
    page.goto("/manage/news/@@add?type=Page")
    page.get_by_label("Title", exact=True).fill("Ebb")
    kept(page, 1)
    page = leave(page, "/manage/news/@@add?type=Section")
    page.wait_for_selector("#form")
    assert page.locator("#kept").is_hidden()
    client = live.site.browser().login("admin")
    cookies = page.context.cookies()
    page.context.add_cookies(
        [{"name": each, "value": client.cookies[each], "url": live.address} for each in client.cookies]
    )
    page.goto("/manage/news/@@add?type=Page")
    assert page.locator("#kept").is_hidden()
    page.context.add_cookies(cookies)
    page.goto("/manage/news/@@add?type=Page")
    page.get_by_role("button", name="Put it back").click()
    page.wait_for_selector("#form[data-unsaved=yes]")
    assert page.get_by_label("Title", exact=True).input_value() == "Ebb"
    with page.expect_navigation():
        page.locator(".save .go").click()
    page.wait_for_selector(".note.ok[role=status]")
    with live.work() as root:
        assert root["news"]["ebb"].title == "Ebb"
    page.goto("/manage/news/@@add?type=Page")
    kept(page, 0)
    assert page.locator("#kept").is_hidden()
