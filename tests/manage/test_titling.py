"""The title changed by itself, where it stands; and a form that is saved and stays where it was."""

import pytest

from objpub.content import Content
from objpub.operations import add_new
from objpub.schema import field
from objpub.security import SYSTEM
from tests.browsing import wait_for_focus


class Untitled(Content, addable="anywhere"):
    """Something that has no title."""

    text: str = field(default="")


class Long(Content, addable="anywhere"):
    """Something with a long form."""

    title: str
    one: str = field(default="", multiline=True)
    two: str = field(default="", multiline=True)
    three: str = field(default="", multiline=True)
    last: str = field(default="")


THINGS = (Untitled, Long)
TITLE = "/manage/news/@@title"


@pytest.fixture
def untitled(site):
    """The site with something in it that has no title."""
    with site.work() as root:
        root["news"].add("plain", Untitled())
    return site


def test_the_title_alone_is_changed_and_the_way_leads_back(site):
    ines = site.browser().login("ines")
    form = ines.get(f"{TITLE}?back=/manage/news/?sort=-changed").form("retitle")
    answer = form.fill(title="New news").submit()
    assert answer.status == 303
    assert answer.location.endswith("/manage/news/?sort=-changed")
    with site.work() as root:
        assert root["news"].title == "New news"
    assert 'class="note ok"' in ines.get("/manage/news/").text


def test_a_title_that_cannot_be_is_shown_again_with_what_is_wrong(site):
    form = site.browser().login("ines").get(TITLE).form("retitle")
    answer = form.fill(title="").submit()
    assert answer.status == 422
    assert 'aria-invalid="true"' in answer.text
    with site.work() as root:
        assert root["news"].title == "News"


def test_a_title_that_somebody_else_changed_meanwhile_is_asked_about(site):
    form = site.browser().login("ines").get(TITLE).form("retitle")
    other = site.browser().login("admin").get(TITLE).form("retitle")
    other.fill(title="Theirs").submit()
    answer = form.fill(title="Mine").submit()
    assert answer.status == 409
    assert "Theirs" in answer.text and "Mine" in answer.text
    with site.work() as root:
        assert root["news"].title == "Theirs"


def test_the_way_back_leads_to_no_other_site(site):
    ines = site.browser().login("ines")
    assert '="//evil' not in ines.get(f"{TITLE}?back=//evil.example/").text
    form = ines.get(TITLE).form("retitle").fill(title="New news", back="//evil.example/")
    assert form.submit().location.endswith("/manage/news/")


def test_it_is_offered_to_those_who_may_where_there_is_a_title_and_not_beside_its_form(untitled):
    ines, nora = untitled.browser().login("ines"), untitled.browser().login("nora")
    button = 'class="retitle'
    assert button in ines.get("/manage/news/").text
    assert button in ines.get("/manage/news/tides/@@references").text
    assert button not in ines.get("/manage/news/tides/@@edit").text
    assert button not in ines.get("/manage/news/plain/@@references").text
    assert button not in ines.get("/manage/").text
    assert ines.get("/manage/news/plain/@@title").status == 404
    assert nora.get(TITLE).status == 403


def test_the_title_is_changed_in_its_place_with_the_keyboard(live, audit):
    page = live.as_("ines")
    page.goto("/manage/news/")
    page.keyboard.press("r")
    wait_for_focus(page, "#retitle [name=title]")
    audit(page)
    page.keyboard.press("Escape")
    wait_for_focus(page, "a.retitle")
    assert page.locator("#retitle").count() == 0
    page.keyboard.press("Enter")
    wait_for_focus(page, "#retitle [name=title]")
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    page.wait_for_selector("#retitle [aria-invalid=true]")
    page.keyboard.type("Tidings")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:text-is('Tidings')")
    page.wait_for_selector(".note.ok[role=status]")
    assert page.url.endswith("/manage/news/")
    assert [each for each in live.complaints if "422" not in each] == []


def test_a_form_that_was_saved_stays_where_it_was_with_the_keyboard_in_its_field(live):
    with live.work() as root:
        add_new(SYSTEM, root["news"], Long, {"title": "Long", "one": "x\n" * 60, "two": "y\n" * 60})
    page = live.as_("ines")
    page.set_viewport_size({"width": 1280, "height": 500})
    page.goto("/manage/news/long/@@edit")
    page.get_by_label("Last", exact=True).fill("Done")
    page.wait_for_function("() => scrollY > 0")
    before = page.evaluate("() => scrollY")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    wait_for_focus(page, "#field-last")
    page.wait_for_function("before => Math.abs(scrollY - before) < 60", arg=before)
    message = page.locator(".note.ok[role=status]")
    assert message.bounding_box()["y"] >= 0
