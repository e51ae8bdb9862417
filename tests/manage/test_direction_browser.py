"""A site whose language is written from right to left."""

import pytest

from objpub.operations import add_new
from objpub.operations import set_site_fields
from objpub.security import SYSTEM
from tests.browsing import TOO_WIDE
from tests.manage.pages import Page

PAGES = (
    "/manage/news/",
    "/manage/news/tides/@@edit",
    "/manage/@@site",
    "/manage/news/@@security",
    "/manage/@@dashboard",
)


@pytest.fixture
def hebrew(live):
    """The served site in Hebrew."""
    with live.work() as root:
        set_site_fields(SYSTEM, root, {"title": "\u05d1\u05d9\u05e6\u05d4", "locale": "he"})
        add_new(SYSTEM, root["news"], Page, {"title": "\u05d2\u05d0\u05d5\u05ea \u05d5\u05e9\u05e4\u05dc"})
    return live


@pytest.mark.parametrize("width", [1280, 390])
def test_a_site_in_hebrew_has_its_side_at_the_right_and_nothing_runs_over(hebrew, width, audit):
    page = hebrew.as_("admin", width=width)
    for path in PAGES:
        page.goto(path)
        html = page.locator("html")
        assert (html.get_attribute("lang"), html.get_attribute("dir")) == ("he", "rtl")
        assert page.evaluate(TOO_WIDE) == 0, path
        audit(page)
    if width == 390:
        page.get_by_role("button", name="Open the site tree").click()
    side = page.locator("#side").bounding_box()
    assert side["x"] + side["width"] == pytest.approx(width, abs=20)
    assert side["x"] > 0
    assert page.evaluate(TOO_WIDE) == 0


@pytest.mark.parametrize("width", [1280, 390])
def test_its_public_pages_are_written_from_right_to_left(hebrew, width):
    page = hebrew.as_(None, width=width)
    for path in ("/", "/news/", "/news/tides", "/login", "/nowhere"):
        page.goto(path)
        assert page.get_attribute("html", "dir") == "rtl", path
        assert page.evaluate(TOO_WIDE) == 0, path
        assert page.locator("h1").first.evaluate("each => getComputedStyle(each).direction") == "rtl"


def test_a_site_in_english_stays_as_it_is(live):
    page = live.as_("admin")
    page.goto("/manage/news/")
    assert page.get_attribute("html", "dir") == "ltr"
    assert page.locator("#side").bounding_box()["x"] == 0
