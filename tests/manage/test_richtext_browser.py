"""Formatted text and references in a browser: what the toolbar does, what is pasted, how one finds a page."""

import re

import pytest

from objpub.operations import add_new
from objpub.security import SYSTEM
from tests.manage.kinds import Walk

THINGS = ("tests.manage.kinds",)
EDIT = "/manage/news/walk/@@edit"
UNSAFE = (
    '<p onclick="go()" style="color: red">One <img src="/nothing" onerror="go()" alt="A"></p>'
    "<script>go()</script>"
)


@pytest.fixture
def walk(live):
    """The served site with a walk."""
    with live.work() as root:
        add_new(SYSTEM, root["news"], Walk, {"title": "Walk", "body": "<p>One</p><p>Two</p>"})
    return live


def body_of(page):
    """Return the HTML that would be sent."""
    return page.input_value("#field-body")


def use(page, tool):
    page.get_by_role("toolbar").get_by_role("button", name=tool, exact=True).click()


def select_first(page):
    """Select the first paragraph of the text."""
    page.locator("#field-body-shown p").first.select_text()


def test_the_toolbar_gives_text_its_shape(walk):
    page = walk.as_("ines")
    page.goto(EDIT)
    select_first(page)
    use(page, "List")
    assert re.search(r"<ul>\s*<li>One</li>\s*</ul>", body_of(page))
    use(page, "List")
    select_first(page)
    page.get_by_role("toolbar").get_by_role("combobox").select_option("h2")
    assert body_of(page).startswith("<h2>One</h2>")
    page.locator("#field-body-shown p").first.select_text()
    use(page, "Italic")
    assert re.search(r"<(i|em)>Two</\1>", body_of(page))


def test_a_link_is_set_and_removed(walk):
    page = walk.as_("ines")
    page.goto(EDIT)
    select_first(page)
    use(page, "Link")
    page.fill("#link-address", "/news/tides")
    page.keyboard.press("Enter")
    page.wait_for_selector("#field-body-shown a")
    assert '<a href="/news/tides">One</a>' in body_of(page)
    page.locator("#field-body-shown a").select_text()
    use(page, "Link")
    assert page.input_value("#link-address") == "/news/tides"
    page.click("dialog button[value=remove]")
    page.wait_for_selector("#field-body-shown a", state="detached")
    assert "<a" not in body_of(page)


def test_the_html_can_be_written_itself(walk):
    page = walk.as_("ines")
    page.goto(EDIT)
    use(page, "HTML")
    page.fill("#field-body", "<p>Three</p>")
    use(page, "HTML")
    assert page.inner_text("#field-body-shown") == "Three"


def test_what_is_pasted_loses_what_does_not_belong(walk):
    page = walk.as_("ines")
    page.goto(EDIT)
    select_first(page)
    page.evaluate("""() => {
        const data = new DataTransfer();
        data.setData("text/html", '<p class="MsoNormal" style="color:red">A <b onclick="go()">bold</b>'
            + '<font face="Arial"> word</font> <a href="/news/" target="_blank">there</a></p>'
            + '<script>go()</script>');
        document.getElementById("field-body-shown").dispatchEvent(
            new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
    }""")
    written = body_of(page)
    assert "<b>bold</b> word" in written and '<a href="/news/">there</a>' in written
    assert not re.search(r"Mso|style|onclick|<font|<script|target", written)


def test_nothing_that_is_typed_as_html_is_run_in_the_editor(walk):
    page = walk.as_("ines")
    page.goto(EDIT)
    use(page, "HTML")
    page.fill("#field-body", UNSAFE)
    use(page, "HTML")
    shown = page.locator("#field-body-shown")
    assert shown.locator("img").get_attribute("alt") == "A"
    assert not re.search("onclick|onerror|style|script", shown.inner_html())


def test_a_page_is_found_by_walking_through_the_folders(walk):
    page = walk.as_("ines")
    page.goto(EDIT)
    page.locator(".ref[data-field=near]").get_by_role("button", name="Choose from the site").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Series").click()
    dialog.get_by_role("button", name="Two").wait_for()
    dialog.get_by_role("navigation").get_by_role("button", name="News").click()
    dialog.get_by_role("button", name="Series").click()
    dialog.get_by_role("button", name="Two").click()
    page.click("button[value=stay]")
    page.wait_for_selector(".note.ok")
    with walk.work() as root:
        assert root["news"]["walk"].near is root["news"]["series"]["two"]
