"""The frame as people meet it: the tree by keyboard, the drawer of a phone, menus, colours, the edit bar."""

import re

import pytest

from objpub.operations import add_new
from objpub.publisher import Markup
from objpub.security import SYSTEM
from objpub.views import action
from objpub.views import tab
from tests.manage.pages import Page
from tests.manage.pages import Section


@tab(Section, "Menus", permission="view")
def menus(section, request):
    """Give a menu at the top of a page and one at its end."""
    menu = (
        '<details class="menu"{}><summary class="btn">Menu {}</summary><ul><li><a href="#a">One</a></li>'
        '<li><a href="#b">Two</a></li><li><a href="#c">Three</a></li></ul></details>'
    )
    filling = "<p>A line.</p>" * 60
    return Markup(menu.format("", 1) + filling + menu.format(' id="last"', 2))


@action(Page, "Shout", permission="edit")
def shout(page, request):
    """Make the title loud."""
    page.title = page.title.upper()


THINGS = (menus, shout)


def focused(page):
    """Return the label of the line of the tree that has the keyboard."""
    return page.evaluate("document.activeElement.getAttribute('aria-label')")


def test_the_tree_is_used_with_the_keyboard_alone(live):
    page = live.as_("admin")
    page.goto("/manage/archive/")
    stops = page.locator("#tree li[tabindex='0']")
    assert stops.count() == 1
    stops.focus()
    assert focused(page) == "Archive"
    page.keyboard.press("ArrowDown")
    assert focused(page) == "News"
    page.keyboard.press("ArrowRight")
    page.get_by_role("treeitem", name="Tides").wait_for()
    assert focused(page) == "News"
    page.keyboard.press("ArrowRight")
    assert focused(page) == "Herons"
    page.keyboard.press("End")
    assert focused(page) == "Tides"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert focused(page) == "Marsh"
    page.keyboard.press("s")
    assert focused(page) == "Series"
    assert stops.count() == 1 and stops.get_attribute("aria-label") == "Series"
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "News"
    page.keyboard.press("ArrowLeft")
    assert not page.get_by_role("treeitem", name="Tides").is_visible()
    page.keyboard.press("Home")
    assert focused(page) == "Archive"
    page.keyboard.press("ArrowUp")
    assert focused(page) == "Archive"
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/manage/news/herons"))
    assert page.get_by_role("treeitem", name="Herons").get_attribute("aria-current") == "page"


def test_what_was_opened_stays_open_on_the_next_page(live):
    page = live.as_("admin")
    page.goto("/manage/archive/")
    with page.expect_response(re.compile("@@branch")):
        page.get_by_role("treeitem", name="News").locator(".twist").click()
    page.get_by_role("treeitem", name="Marsh").wait_for()
    page.goto("/manage/archive/")
    assert page.get_by_role("treeitem", name="Marsh").is_visible()
    page.get_by_role("treeitem", name="News").locator(".twist").first.click()
    page.goto("/manage/archive/")
    assert page.locator("#tree").get_by_text("Marsh").count() == 0


def test_a_branch_that_cannot_be_loaded_says_so_and_can_be_tried_again(live):
    page = live.as_("admin")
    page.goto("/manage/archive/")
    page.route(re.compile("@@branch"), lambda route: route.abort())
    news = page.get_by_role("treeitem", name="News")
    news.locator(".twist").click()
    page.locator("#tree [role=alert]", has_text="could not be loaded").wait_for()
    assert news.get_attribute("aria-expanded") == "false"
    page.unroute(re.compile("@@branch"))
    news.locator(".twist").first.click()
    page.get_by_role("treeitem", name="Marsh").wait_for()
    assert page.locator("#tree [role=alert]").count() == 0


def test_without_scripts_the_tree_opens_by_links_and_colours_by_a_button(live):
    page = live.as_("admin", scripts=False)
    page.goto("/manage/archive/")
    before = page.url
    page.get_by_label("News", exact=True).click()
    assert page.url == before
    assert page.locator("#tree a.name", has_text="Marsh").is_visible()
    page.locator("details.look summary").click()
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Use this").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_colours_and_density_change_at_once_and_stay(live):
    page = live.as_("admin")
    page.goto("/manage/news/")
    page.locator("details.look summary").click()
    assert not page.get_by_role("button", name="Use this").is_visible()
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    with page.expect_response(re.compile("@@look")):
        page.get_by_label("Dark").check()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    height = "document.querySelector('#listing tbody tr').getBoundingClientRect().height"
    airy = page.evaluate(height)
    with page.expect_response(re.compile("@@look")):
        page.get_by_label("Close", exact=True).check()
    assert page.evaluate(height) < airy
    page.goto("/manage/archive/")
    html = page.locator("html")
    assert (html.get_attribute("data-theme"), html.get_attribute("data-density")) == ("dark", "compact")


def test_a_group_of_pages_is_opened_with_the_keyboard_and_stays_so(live):
    page = live.as_("admin")
    page.goto("/manage/archive/")
    database = page.locator("#side").get_by_role("link", name="Database")
    group = page.locator("#side summary", has_text="Upkeep")
    assert not database.is_visible()
    group.focus()
    page.keyboard.press("Enter")
    database.wait_for()
    page.goto("/manage/news/")
    database.wait_for()
    group.click()
    database.wait_for(state="hidden")
    page.goto("/manage/archive/")
    group.wait_for()
    assert not database.is_visible()
    page.wait_for_selector("#tree [role=treeitem]")
    noted = "document.getElementById('side').showPopover = () => sessionStorage.setItem('over', 'it')"
    page.evaluate(f"() => {{ {noted} }}")
    page.keyboard.press("g")
    page.keyboard.press("b")
    page.wait_for_selector("h1:text-is('Database')")
    assert page.evaluate("sessionStorage.getItem('over')") is None


def test_without_scripts_the_group_of_the_page_is_open(live):
    page = live.as_("admin", scripts=False)
    page.goto("/manage/@@audit")
    group = page.locator("#side details.fold[open]")
    assert group.count() == 1
    assert group.get_by_role("link", name="Audit").get_attribute("aria-current") == "page"
    page.locator("#side summary", has_text="People and groups").click()
    page.locator("#side").get_by_role("link", name="Groups").click()
    page.wait_for_selector("h1:text-is('Groups')")


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_the_tree_comes_in_a_drawer(live, scripts):
    page = live.as_("admin", width=390, height=844, scripts=scripts)
    page.goto("/manage/archive/")
    assert not page.locator("#side").is_visible()
    page.get_by_role("button", name="Open the site tree").click()
    page.locator("#side").wait_for()
    page.keyboard.press("Escape")
    assert not page.locator("#side").is_visible()


def test_a_menu_at_the_end_of_a_page_turns_up_and_closes(live):
    page = live.as_("admin")
    page.goto("/manage/news/@@menus")
    first, last = page.locator("main details.menu").first, page.locator("#last")
    first.locator("summary").click()
    assert "up" not in (first.locator("ul").get_attribute("class") or "")
    last.locator("summary").click()
    page.locator("#last > ul.up").wait_for()
    assert first.get_attribute("open") is None
    box = last.locator("ul").bounding_box()
    assert box["y"] + box["height"] <= last.locator("summary").bounding_box()["y"] + 1
    last.locator("a").first.focus()
    page.keyboard.press("Escape")
    assert last.get_attribute("open") is None
    assert page.evaluate("document.activeElement.textContent") == "Menu 2"
    last.locator("summary").click()
    page.locator("h1").click()
    assert last.get_attribute("open") is None


def test_the_bar_is_reached_with_the_keyboard_and_keeps_its_look(live):
    page = live.as_("ines")
    page.goto("/archive/")
    link = page.get_by_role("link", name="Contents")
    before = link.evaluate("each => getComputedStyle(each).cssText")
    page.evaluate("""() => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync("* { all: unset !important; color: lime !important; font-size: 4px !important }");
        document.adoptedStyleSheets = [sheet];
    }""")
    assert link.evaluate("each => getComputedStyle(each).cssText") == before
    for _ in range(20):
        page.keyboard.press("Tab")
        found = page.evaluate("document.activeElement.shadowRoot?.activeElement?.textContent.trim() ?? ''")
        if found == "Contents":
            break
    assert found == "Contents"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/manage/archive/"))


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize(
    "path", ["/manage/", "/manage/news/nothing", "/manage/news/@@menus", "/news/", "/login"]
)
def test_nothing_is_wrong_with_the_look(live, audit, path, width, theme):
    page = live.as_("admin" if path != "/login" else None, width=width, theme=theme)
    page.goto(path)
    audit(page, "404", "Applying inline style")  # axe writes one to look into the shadow tree of the bar


@pytest.mark.parametrize("width", [1280, 390])
def test_the_menu_of_an_object_stays_on_the_screen(live, width):
    page = live.as_("admin", width=width)
    page.goto("/manage/news/tides/@@edit")
    page.get_by_label("More for Tides").click()
    box = page.locator("main .head details.menu > ul").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert page.get_by_role("button", name="Shout").is_visible()


def test_the_tree_shows_what_is_in_the_folder_that_is_open(live, page):
    with live.work() as root:
        for number in range(24):
            add_new(SYSTEM, root, Section, {"title": f"M {number:02}"})
        for number in range(5):
            add_new(SYSTEM, root["m-20"], Page, {"title": f"Part {number}"})
    page.goto("/manage/m-20/")
    end = page.locator("#tree").get_by_text("Part 4").bounding_box()
    box = page.locator(".tree").bounding_box()
    assert box["y"] < end["y"] < end["y"] + end["height"] <= box["y"] + box["height"]
    assert page.evaluate("scrollY") == 0
