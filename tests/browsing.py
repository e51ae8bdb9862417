"""What tests that look at pages share: a server in a thread, a browser, and what is wrong with a look."""

import os
import shutil
import threading
from contextlib import contextmanager
from contextlib import suppress

import pytest

from objpub.publisher import Server

#: Widths and themes that pages are looked at with.
SCREENS = [(width, theme) for width in (1280, 390) for theme in ("light", "dark")]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

# A link in a sentence may be as small as its text; everything else must be hit with a thumb. A label is hit
# in place of its control, and what is not shown needs no place.
SMALL = """() => {
    const seen = each => each.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true});
    const boxes = each => [each, ...(each.labels ?? [])].filter(seen).map(it => it.getBoundingClientRect());
    return [...document.querySelectorAll("a, button, summary, input, select, textarea")]
        .filter(each => each.type !== "hidden")
        .filter(each => !each.closest(".text, .prose > p, .lede, .note > span, .skip, [aria-hidden=true]"))
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
AXE = "axe.run({resultTypes: ['violations']}).then(found => found.violations)"
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@contextmanager
def served(site, threads=4):
    """Serve *site* from a thread; gives its address."""
    server = Server(site.application, "127.0.0.1", 0, threads)

    def until_closed():
        with suppress(OSError):  # its select may still look at a socket that was closed a moment ago
            server._server.run()

    thread = threading.Thread(target=until_closed, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server._server.close()
        server._server.task_dispatcher.shutdown(True, 5)
        thread.join(5)
        for channel in server._channels():  # that browsers have kept open
            channel.handle_close()


@contextmanager
def chromium():
    """Give Chromium; in CI one that is missing fails, elsewhere the test is skipped.

    There can be only one in a process: tests take the fixture `browser`.
    """
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("needs chromium: apt-get install chromium")
    assert CHROMIUM is not None, "CI wants chromium: apt-get install chromium"
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        options = {"executable_path": CHROMIUM, "args": ["--no-sandbox", "--disable-gpu"]}
        browser = playwright.chromium.launch(**options)
        yield browser
        browser.close()


def wait_for_focus(page, selector):
    """Wait until what *selector* finds has the keyboard: a browser gives it when it has time to."""
    page.wait_for_function("selector => document.activeElement?.matches(selector)", arg=selector)


def mistakes_of(page, axe):
    """Return everything that is wrong with the look of *page*, in words."""
    found = [f"small: {each}" for each in page.evaluate(SMALL)]
    found += [f"pale: {each}" for each in page.evaluate(PALE)]
    too_wide = page.evaluate(TOO_WIDE)
    if too_wide > 0:
        found.append(f"too wide by {too_wide} px")
    if page.evaluate("() => !window.axe"):
        page.evaluate(axe.axe_script)
    for each in page.evaluate(AXE):
        found.append(f"axe: {each['id']}: {[node['html'][:100] for node in each['nodes'][:3]]}")
    return found


def mistakes_on_every_screen(page, axe):
    """Return what is wrong with the look of *page* at each width and in each theme, in words."""
    found = []
    for width, theme in SCREENS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found += [f"{width} {theme}: {each}" for each in mistakes_of(page, axe)]
    return found
