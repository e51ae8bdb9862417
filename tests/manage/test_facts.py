"""Beside a form: why the public does not see what it is about, and what can be done about that."""

import re

from objpub.operations import add_new
from objpub.security import Deny
from objpub.security import grant
from objpub.security import override_permission
from objpub.security import rule
from objpub.security import SYSTEM
from tests.manage.flows import Story
from tests.manage.pages import Page


@rule(Page, "view")
def embargo(page, identity):
    """Let nobody see what is under an embargo who has not signed in."""
    return Deny("It waits for Monday.") if page.text == "EMBARGO" and not identity.authenticated else None


THINGS = ("tests.manage.flows", embargo)
TIDES = "/manage/news/tides/@@edit"


def hindrances(client, path=TIDES):
    """Return why the public does not see what the form at *path* is for, and the ways to change that."""
    text = client.get(path).text.partition('id="hidden">')[2].partition("</ul>")[0]
    sentences = [" ".join(each.split()) for each in re.findall(r"<li>([^<]*)", text)]
    return sentences, re.findall(r'href="([^"]+)"', text)


def test_what_the_public_sees_says_nothing_of_the_kind(site):
    assert hindrances(site.browser().login("admin")) == ([], [])


def test_a_permission_that_keeps_it_from_the_public_is_told_with_the_way_to_it(site):
    admin, ines, nora = (site.browser().login(name) for name in ("admin", "ines", "nora"))
    with site.work() as root:
        override_permission(root["news"], "view", ("editor", "manager"))
        grant(root["news"]["tides"], "user:nora", "editor")
    said = ["To view, one needs the role editor or manager. This is set at /news."]
    way = "/manage/news/@@security?change=view#change"
    assert hindrances(admin) == (said, [way])
    assert 'id="change"' in admin.get(way.partition("#")[0]).text
    assert hindrances(ines) == (said, [])
    assert hindrances(nora) == (["A place further up keeps it from the public."], [])


def test_a_saved_story_says_in_which_state_it_is_and_leads_to_the_ways_from_it(site):
    with site.work() as root:
        add_new(SYSTEM, root["news"], Story, {"title": "Story", "text": "Water."})
    ines, path = site.browser().login("ines"), "/manage/news/story/@@edit"
    assert "Edited" in ines.get(path).form("form").fill(text="More water.").submit("stay").follow().text
    said = (
        "/news/story is in the state “Draft”, in which one needs the role owner, editor or manager to view."
    )
    assert hindrances(ines, path) == ([said], ["/manage/news/story/@@workflow"])
    page = ines.get("/manage/news/story/@@workflow").form("decide").submit("publish").follow()
    assert page.status == 200 and hindrances(ines, path) == ([], [])


def test_what_a_rule_says_is_told(site):
    with site.work() as root:
        root["news"]["tides"].text = "EMBARGO"
    assert hindrances(site.browser().login("ines")) == (["It waits for Monday."], [])
