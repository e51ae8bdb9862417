"""The look of the demo in a browser: nothing too wide, too pale or too small, and axe finds nothing."""

import re

import pytest

from objpub import testing
from objpub.demo import app
from objpub.demo import documentation_folder
from objpub.demo import fill
from objpub.demo.collection import Collection
from objpub.operations import add
from objpub.operations import edit
from objpub.security import SYSTEM
from tests.browsing import mistakes_of
from tests.browsing import mistakes_on_every_screen
from tests.browsing import served

PATHS = (
    "/",
    "/docs/",
    "/docs/tutorial/4-editing",
    "/docs/explanation/a-request",
    "/docs/reference/fields",
    "/docs/reference/settings",
    "/docs/glossary",
    "/docs/tutorial/nothing",
    "/docs/?after=%ff",  # an error without a view of its own
    "/login",
    "/search",
    "/search?q=permission",
    "/search?q=tempalte+expresions",
    "/search?find=tags+%3D",
    "/search?q=nowhere+qqq",
    "/tags",
    "/tags/sea%20and%20shore",
    "/docs/recent",
)
EDITORS_PATHS = ("/docs/glossary", "/docs/glossary/edit", "/logout")


@pytest.fixture(scope="module")
def site():
    """The demo with the real documentation, served; `site.address` is where."""
    with testing.site(app) as site:
        fill(site.application, documentation_folder())
        site.add_user("ann", roles=["editor"])
        with site.work() as root:
            docs = root["docs"]
            edit(SYSTEM, docs["glossary"], {"tags": {"sea and shore", "words"}})
            edit(SYSTEM, docs["tutorial"], {"tags": {"sea and shore"}})
            made = Collection(title="Forms", description="All about forms.", query="form")
            add(SYSTEM, docs, made, "recent")
        with served(site) as site.address:
            yield site


@pytest.fixture
def page(browser):
    """A page; what the browser complains of is collected in `page.complaints`."""
    context = browser.new_context()
    page = context.new_page()
    page.complaints = []
    page.on(
        "console", lambda message: page.complaints.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()


def sign_in(page, address):
    page.goto(f"{address}/login")
    page.fill("#name", "ann")
    page.fill("#password", testing.PASSWORD)
    page.click("main button")
    page.wait_for_selector("text=Signed in as")


def test_nothing_is_too_wide_too_pale_or_too_small_and_axe_finds_nothing(site, page):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for path in PATHS:
        page.goto(site.address + path)
        assert mistakes_on_every_screen(page, axe) == [], path
    unexpected = [each for each in page.complaints if not re.search("404|400|422", each)]
    assert unexpected == []


def test_the_pages_of_an_editor_look_as_well(site, page):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    sign_in(page, site.address)
    for path in EDITORS_PATHS:
        page.goto(site.address + path)
        assert page.complaints == [], path
        assert mistakes_on_every_screen(page, axe) == [], path
        page.complaints.clear()  # axe writes a style into the shadow tree of the edit bar, which is refused


def test_the_checks_themselves_find_what_is_wrong(browser):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = browser.new_page(viewport={"width": 390, "height": 600})
    page.set_content(
        "<html lang=en><title>t</title><main><h1>x</h1><p style='color:#aaa;background:#fff'>pale</p>"
        "<div style='width:900px'>wide</div><button style='width:10px;height:10px;padding:0'>x</button><img>"
    )
    found = " ".join(mistakes_of(page, axe))
    assert all(word in found for word in ("small:", "pale: pale", "too wide", "axe: image-alt")), found
    page.close()


def background(page):
    return page.evaluate("() => getComputedStyle(document.body).backgroundColor")


def test_a_chosen_theme_holds_on_the_next_page_and_auto_gives_it_back(site, browser):
    page = browser.new_context(color_scheme="light").new_page()
    page.goto(site.address + "/")
    light = background(page)
    page.check("input[name=theme][value=dark]")
    dark = background(page)
    assert dark != light
    page.goto(site.address + "/docs/")
    assert background(page) == dark
    assert page.is_checked("input[name=theme][value=dark]")
    page.check("input[name=theme][value=auto]")
    page.reload()
    assert background(page) == light
    page.context.close()


def test_without_scripts_the_theme_still_changes_and_the_drawer_opens(site, browser):
    context = browser.new_context(
        color_scheme="light", java_script_enabled=False, viewport={"width": 390, "height": 800}
    )
    page = context.new_page()
    page.goto(site.address + "/docs/glossary")
    before = page.screenshot()
    page.check("input[name=theme][value=dark]")
    assert page.screenshot() != before
    page.click("summary")
    page.click(".drawer >> text=How-to")
    assert page.url.endswith("/docs/howto/")
    context.close()


def test_the_first_key_leads_to_the_content(site, browser):
    page = browser.new_page()
    page.goto(site.address + "/docs/glossary")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("() => !!document.activeElement.closest('main')")
    page.close()


def test_paper_gets_the_text_alone(site, browser):
    page = browser.new_page()
    page.goto(site.address + "/docs/glossary")
    page.emulate_media(media="print")
    for selector in (".top", ".docs > .stick", ".nextprev"):
        assert not page.is_visible(selector)
    assert page.is_visible(".prose h1")
    page.close()


def test_a_page_loads_little(site):
    page = site.client.get("/docs/glossary").text
    sheets = [link for link in page.split('"') if link.endswith(".css")]
    assert len(sheets) == 2
    assert sum(len(site.client.get(sheet).body) for sheet in sheets) < 25_000
