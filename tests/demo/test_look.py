"""The look of the demo in a browser: nothing too wide, too pale or too small, and axe finds nothing."""

import os
import shutil
import threading

import pytest

from objpub import testing
from objpub.demo import app
from objpub.demo import documentation_folder
from objpub.demo import fill
from objpub.publisher import Server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="needs chromium: apt-get install chromium"
)
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
)
EDITORS_PATHS = ("/docs/glossary", "/docs/glossary/edit", "/logout")
SCREENS = [(width, theme) for width in (1280, 390) for theme in ("light", "dark")]

# A link in a sentence may be as small as its text; everything else must be hit with a thumb. A label is hit
# in place of its control, and what is not shown needs no place.
SMALL = """() => {
    const seen = each => each.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true});
    const boxes = each => [each, ...(each.labels ?? [])].filter(seen).map(it => it.getBoundingClientRect());
    return [...document.querySelectorAll("a, button, summary, input, select, textarea")]
        .filter(each => !each.closest(".text, .prose > p, .lede, .skip") && each.type !== "hidden")
        .map(each => [each, boxes(each).filter(box => box.width && box.height)])
        .filter(([each, found]) => found.length && !found.some(box => box.width >= 24 && box.height >= 24))
        .map(([each, [box]]) => `${each.outerHTML.slice(0, 80)} ${box.width} x ${box.height}`);
}"""

# WCAG 2.2, 1.4.3: 4.5 to 1, and 3 to 1 for large text; the background is the nearest that is painted.
PALE = """() => {
    const parts = text => text.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(each => each / 255)
        .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
        .reduce((sum, each, at) => sum + each * [0.2126, 0.7152, 0.0722][at], 0);
    const ground = each => {
        for (; each; each = each.parentElement) {
            const found = parts(getComputedStyle(each).backgroundColor);
            if (found.length === 3 || found[3] === 1) return found;
        }
        return [255, 255, 255];
    };
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const each = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !each.getClientRects().length) continue;
        const style = getComputedStyle(each);
        const [one, other] = [light(parts(style.color)), light(ground(each))].sort((a, b) => b - a);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
        const ratio = (one + 0.05) / (other + 0.05);
        if (ratio < (large ? 3 : 4.5)) found.push(`${walker.currentNode.data.trim().slice(0, 40)} ${ratio}`);
    }
    return found;
}"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def site():
    """The demo with the real documentation, served; `site.address` is where."""
    with testing.site(app) as site:
        fill(site.application, documentation_folder())
        site.add_user("ann", roles=["editor"])
        server = Server(site.application, "127.0.0.1", 0, 2)
        thread = threading.Thread(target=server._server.run, daemon=True)
        thread.start()
        site.address = f"http://127.0.0.1:{server.port}"
        yield site
        server._server.close()
        server._server.task_dispatcher.shutdown(True, 5)


@pytest.fixture(scope="module")
def chromium():
    """A browser."""
    assert CHROMIUM is not None, "CI wants chromium: apt-get install chromium"
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        options = {"executable_path": CHROMIUM, "args": ["--no-sandbox", "--disable-gpu"]}
        browser = playwright.chromium.launch(**options)
        yield browser
        browser.close()


@pytest.fixture(params=SCREENS, ids=lambda each: f"{each[0]}-{each[1]}")
def page(request, chromium):
    """A page of one width in one theme; what the browser complains of is collected in `page.complaints`."""
    width, theme = request.param
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    page = context.new_page()
    page.complaints = []
    page.on(
        "console", lambda message: page.complaints.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()


def mistakes_of(page, axe):
    """Return everything that is wrong with the look of *page*, in words."""
    found = [f"small: {each}" for each in page.evaluate(SMALL)]
    found += [f"pale: {each}" for each in page.evaluate(PALE)]
    too_wide = page.evaluate(TOO_WIDE)
    if too_wide > 0:
        found.append(f"too wide by {too_wide} px")
    for each in axe.run(page).response["violations"]:
        found.append(f"axe: {each['id']}: {[node['html'][:100] for node in each['nodes'][:3]]}")
    return found


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
        assert mistakes_of(page, axe) == [], path
    unexpected = [each for each in page.complaints if "404" not in each and "400" not in each]
    assert unexpected == []


def test_the_pages_of_an_editor_look_as_well(site, page):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    sign_in(page, site.address)
    for path in EDITORS_PATHS:
        page.goto(site.address + path)
        assert mistakes_of(page, axe) == [], path
    assert page.complaints == []


def test_the_checks_themselves_find_what_is_wrong(chromium):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = chromium.new_page(viewport={"width": 390, "height": 600})
    page.set_content(
        "<html lang=en><title>t</title><main><h1>x</h1><p style='color:#aaa;background:#fff'>pale</p>"
        "<div style='width:900px'>wide</div><button style='width:10px;height:10px;padding:0'>x</button><img>"
    )
    found = " ".join(mistakes_of(page, axe))
    assert all(word in found for word in ("small:", "pale: pale", "too wide", "axe: image-alt")), found
    page.close()


def background(page):
    return page.evaluate("() => getComputedStyle(document.body).backgroundColor")


def test_a_chosen_theme_holds_on_the_next_page_and_auto_gives_it_back(site, chromium):
    page = chromium.new_context(color_scheme="light").new_page()
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


def test_without_scripts_the_theme_still_changes_and_the_drawer_opens(site, chromium):
    context = chromium.new_context(
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


def test_the_first_key_leads_to_the_content(site, chromium):
    page = chromium.new_page()
    page.goto(site.address + "/docs/glossary")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("() => !!document.activeElement.closest('main')")
    page.close()


def test_paper_gets_the_text_alone(site, chromium):
    page = chromium.new_page()
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
