"""The palette and the keys in a browser: opened, narrowed, chosen from and left with the keyboard alone."""

import re

from objpub.operations import add_new
from objpub.security import SYSTEM
from objpub.views import action
from tests.browsing import wait_for_focus
from tests.manage.pages import Page
from tests.manage.pages import Section


@action(Page, "Shout", permission="edit")
def shout(page, request):
    """Make the title loud."""
    page.title = page.title.upper()


THINGS = (shout,)
CHOSEN = "#palette [role=option][aria-selected=true]"
TOLD = "([selector, text]) => document.querySelector(selector)?.textContent.includes(text)"


def opened(page):
    """Open the palette; it has the keyboard, and lines to choose from."""
    page.keyboard.press("Control+k")
    page.wait_for_selector(CHOSEN)
    wait_for_focus(page, "#palette [role=combobox]")


def chosen(page, text):
    """Wait until the line that is chosen says *text*, and a screen reader is told which it is."""
    page.wait_for_function(TOLD, arg=[CHOSEN, text])
    field = page.locator("#palette [role=combobox]")
    assert field.get_attribute("aria-activedescendant") == page.locator(CHOSEN).get_attribute("id")


def test_the_palette_leads_to_a_thing_and_does_what_is_chosen(live, audit):
    page = live.as_("admin")
    page.goto("/manage/news/")
    page.locator(".tabs a", has_text="Security").focus()
    opened(page)
    field = page.get_by_role("combobox")
    assert field.get_attribute("aria-expanded") == "true"
    assert page.locator(f"#{field.get_attribute('aria-controls')}").get_attribute("role") == "listbox"
    audit(page)
    chosen(page, "Contents")
    page.keyboard.press("ArrowDown")
    chosen(page, "Edit")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    chosen(page, "Keyboard shortcuts")
    for keys in ("Tab", "Shift+Tab"):
        page.keyboard.press(keys)
        wait_for_focus(page, "#palette [role=combobox]")
    page.keyboard.press("Escape")
    page.wait_for_selector("#palette", state="hidden")
    wait_for_focus(page, ".tabs a:nth-child(4)")
    opened(page)
    page.keyboard.type("Tid")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/manage/news/tides"))
    opened(page)
    page.keyboard.type("shou")
    chosen(page, "Shout")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:text-is('TIDES')")
    opened(page)
    page.keyboard.type("zzzz")
    page.wait_for_selector("#palette .found .told")
    page.route(re.compile("@@palette"), lambda route: route.abort())
    page.keyboard.type("y")
    page.wait_for_function(TOLD, arg=["#palette > .told", "Try again"])
    assert [each for each in live.complaints if "ERR_FAILED" not in each] == []


def test_the_palette_opens_with_what_the_page_leads_to_and_asks_nobody_for_it(live, audit):
    page = live.as_("admin")
    page.goto("/manage/news/tides/@@edit")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "@@palette" in request.url else None)
    opened(page)
    lines = page.locator("#palette [role=option]").all_inner_texts()
    for text in ("Edit", "References", "View on site", "Shout", "Delete…", "Trash", "Keyboard shortcuts"):
        assert text in lines, text
    assert asked == []
    audit(page)
    page.keyboard.type("trash")
    chosen(page, "Trash")
    page.wait_for_selector("#palette-list[data-count]")
    assert asked != []
    for _ in "trash":
        page.keyboard.press("Backspace")
    chosen(page, lines[0])
    page.locator("#palette [role=option]", has_text="Shout").click()
    page.wait_for_selector("h1:text-is('TIDES')")
    page.goto("/manage/news/")
    opened(page)
    page.locator("#palette [role=option]", has_text="Add: Page").click()
    page.wait_for_url(re.compile("@@add"))
    assert live.complaints == []


def test_what_the_page_has_is_found_without_a_request_and_stays_where_the_answer_comes(live):
    with live.work() as root:
        add_new(SYSTEM, root, Section, {"title": "News of old"})
    page = live.as_("admin")
    page.goto("/manage/archive/")
    page.wait_for_selector("#tree [role=treeitem]")
    asked = []
    page.route(re.compile("@@palette"), lambda route: asked.append(route))
    opened(page)
    page.keyboard.type("ew")
    chosen(page, "News")
    page.keyboard.press("ArrowDown")
    page.wait_for_function(TOLD, arg=[CHOSEN, "News of old"])
    first = page.locator("#palette [role=option]").all_inner_texts()
    assert first[:2] == ["News\n/news", "News of old\n/news-of-old"]
    while not asked:
        page.wait_for_timeout(20)
    asked.pop().continue_()
    page.wait_for_selector("#palette-list[data-count]")
    chosen(page, "News of old")
    lines = page.locator("#palette [role=option]").all_inner_texts()
    assert lines[: len(first)] == first
    assert len(lines) == len(set(lines))
    addresses = page.locator("#palette a[role=option]").evaluate_all("all => all.map((each) => each.href)")
    assert len(addresses) == len(set(addresses))
    page.keyboard.press("Control+a")
    page.keyboard.type("news")
    page.keyboard.press("Enter")
    page.wait_for_url("**/manage/news/")  # whatever was asked meanwhile has no answer


def test_keys_press_what_is_on_the_page_and_nothing_while_one_types(live, audit):
    page = live.as_("admin")
    page.goto("/manage/news/")
    page.wait_for_selector("#tree [role=treeitem]")
    page.keyboard.press("/")
    wait_for_focus(page, "#seek")
    page.keyboard.type("e/?")
    assert page.input_value("#seek") == "e/?"
    page.keyboard.press("Control+a")
    page.keyboard.type("marsh")
    page.keyboard.press("Enter")
    page.wait_for_selector("#found a:text-is('Marsh')")
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_selector("h1:text-is('Trash')")
    page.goto("/manage/news/")
    page.wait_for_selector("#tree [role=treeitem]")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.wait_for_selector(".list tr:nth-child(2) .pick:checked")
    page.keyboard.press("k")
    wait_for_focus(page, ".list tr:nth-child(1) a")
    page.keyboard.press("t")
    wait_for_focus(page, "#tree [role=treeitem]")
    page.locator("h1").click()
    page.keyboard.press("?")
    page.wait_for_selector("dialog.sheet:has-text('Search the whole site')")
    audit(page)
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog.sheet", state="detached")
    page.keyboard.press("e")
    page.wait_for_url(re.compile("@@edit"))


def test_keys_are_listed_without_scripts_and_can_be_switched_off(live):
    page = live.as_("admin", scripts=False)
    page.goto("/manage/@@profile")
    page.get_by_role("button", name="Switch shortcuts off").click()
    page.wait_for_selector("text=Keyboard shortcuts are off in this browser")
    page.goto("/manage/@@keys")
    assert page.locator("#keys dt", has_text="/").count() >= 1
    cookies = page.context.cookies()
    page = live.as_("admin")
    page.context.add_cookies([each for each in cookies if each["name"] == "objpub_keys"])
    page.goto("/manage/news/")
    page.wait_for_selector("#tree [role=treeitem]")
    page.keyboard.press("e")
    page.keyboard.press("/")
    opened(page)
    assert page.url.endswith("/manage/news/")
    page.keyboard.press("Escape")
    page.goto("/manage/@@keys")
    page.get_by_role("button", name="Switch shortcuts on").click()
    page.wait_for_selector("text=Keyboard shortcuts are on")
    page.goto("/manage/news/")
    page.wait_for_selector("#tree [role=treeitem]")
    page.keyboard.press("/")
    wait_for_focus(page, "#seek")
