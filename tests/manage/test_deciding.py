"""“Save and publish”: one button of a form saves what was typed, and makes a transition."""

import re

import pytest

from objpub.operations import add_new
from objpub.security import SYSTEM
from objpub.workflow import state_of
from tests.manage.flows import Desk
from tests.manage.flows import Story

THINGS = ("tests.manage.flows",)
EBB = "/manage/desk/ebb/@@edit"
NEW = "/manage/desk/@@add?type=Story"


@pytest.fixture
def desk(site):
    """A desk with a story of tomas, who may edit what is his; ines decides."""
    with site.work() as root:
        desk = add_new(SYSTEM, root, Desk, {"title": "Desk"}, "desk")
        story = add_new(SYSTEM, desk, Story, {"title": "Ebb", "text": "Water."}, "ebb")
        story._owner = "tomas"
    return site


def stored(site, name="ebb"):
    with site.work() as root:
        story = root["desk"][name]
        return story.title, state_of(story)


def buttons(page):
    return re.findall(r'name="_then" value="way\.(\w+)"[^>]*>([^<]*)<', page.text)


def test_the_form_has_a_button_for_each_way_forward_that_one_may_go(desk):
    tomas, ines = desk.browser().login("tomas"), desk.browser().login("ines")
    assert buttons(tomas.get(EBB)) == [("submit", "Save and submit")]
    assert buttons(ines.get(EBB)) == [("submit", "Save and submit"), ("publish", "Save and publish")]
    assert buttons(ines.get(NEW)) == [("submit", "Add and submit"), ("publish", "Add and publish")]
    ines.post(EBB, {"_then": "way.publish"})
    assert buttons(ines.get(EBB)) == []  # "retract" leads back
    assert buttons(ines.get("/manage/news/tides/@@edit")) == []


def test_it_saves_and_publishes(desk):
    ines = desk.browser().login("ines")
    page = ines.get(EBB).form("form").fill(title="Ebb tide").submit("way.publish", follow=True)
    assert "Saved. It is “Published” now" in page.text
    assert stored(desk) == ("Ebb tide", "published")
    assert desk.browser().get("/desk/ebb").status == 200


def test_without_a_change_it_publishes_all_the_same(desk):
    page = desk.browser().login("ines").get(EBB).form("form").submit("way.publish", follow=True)
    assert "It is “Published” now" in page.text and "Nothing was changed" not in page.text


def test_something_is_added_and_published(desk):
    page = desk.browser().login("ines").get(NEW).form("form").fill(title="Flood", text="More water.")
    page = page.submit("way.publish", follow=True)
    assert "Added “Flood”. It is “Published” now" in page.text
    assert stored(desk, "flood") == ("Flood", "published")


def test_what_a_guard_refuses_is_saved_and_told(desk):
    page = desk.browser().login("ines").get(EBB).form("form").fill(title="Ebb tide", text="")
    page = page.submit("way.publish", follow=True)
    assert "Saved, but no more: There is no text in it yet." in page.text
    assert stored(desk) == ("Ebb tide", "draft")


def test_who_may_not_edit_it_any_more_is_led_to_its_state(desk):
    answer = desk.browser().login("tomas").get(EBB).form("form").fill(title="Ebb tide").submit("way.submit")
    assert answer.status == 303 and answer.headers["Location"].endswith("/manage/desk/ebb/@@workflow")
    assert stored(desk) == ("Ebb tide", "pending")


@pytest.mark.parametrize(
    ("who", "path", "then", "status", "said"),
    [
        ("tomas", EBB, "way.publish", 403, "may not decide about stories"),
        ("ines", EBB, "way.retract", 422, "from “Draft” no transition &#39;retract&#39; leads on"),
        ("ines", EBB, "way.", 422, "no transition &#39;&#39; leads on"),
        ("ines", NEW, "way.reject", 422, "from “Draft” no transition &#39;reject&#39; leads on"),
        ("ines", "/manage/news/tides/@@edit", "way.publish", 422, "This has no workflow"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_saved(desk, who, path, then, status, said):
    browser = desk.browser().login(who)
    form = browser.get(path).form("form").fill(title="Changed")
    answer = browser.post(path, {**dict(form.pairs()), "_then": then})
    assert (answer.status, said in answer.text.replace("&quot;", "&#39;").replace("'", "&#39;")) == (
        status,
        True,
    )
    assert stored(desk) == ("Ebb", "draft")
    with desk.work() as root:
        assert list(root["desk"]) == ["ebb"] and root["news"]["tides"].title == "Tides"
