"""Drafts against several people at once, and against those who may not see all of what they say."""

import pytest

from objpub import testing
from objpub.content import Content
from objpub.content import Folder
from objpub.content import Image
from objpub.operations import add_new
from objpub.operations import delete
from objpub.operations import draft_of
from objpub.operations import edit
from objpub.operations import save_draft
from objpub.schema import field
from objpub.schema import Ref
from objpub.security import override_permission
from objpub.security import SYSTEM
from tests.publisher.test_defaults import png

ADDRESS = "/manage/tides/@@edit"


class Page(Content, addable="anywhere"):
    title: str
    text: str = field(default="", multiline=True)
    note: str = field(default="", read="manage")
    locked: str = field(default="", write="manage")
    near: Ref[Content] | None = field(default=None)
    picture: Image | None = field(default=None)


class Box(Folder, addable="anywhere"):
    title: str


@pytest.fixture(scope="module")
def place():
    with testing.site("objpub.manage", __name__) as site:
        for name in ("ines", "tomas"):
            site.add_user(name, roles=["editor"])
        with site.work() as root:
            override_permission(root, "view", ["everyone"])
            box = add_new(SYSTEM, root, Box, {"title": "Box"})
            override_permission(box, "view", ["manager"])
            add_new(SYSTEM, box, Page, {"title": "Topsecret plan"})
        yield site


@pytest.fixture(scope="module")
def ines(place):
    return place.browser().login("ines")


@pytest.fixture(scope="module")
def tomas(place):
    return place.browser().login("tomas")


@pytest.fixture
def site(place):
    """The site, with a new page."""
    with place.work() as root:
        if "tides" in root:
            delete(SYSTEM, root["tides"])
        add_new(SYSTEM, root, Page, {"title": "Tides", "text": "first"})
    return place


def form(browser, draft=False):
    """Return the form to edit the page, or its draft."""
    return browser.get(f"{ADDRESS}?draft=on" if draft else ADDRESS).form("form")


def drafted(site):
    """Return what the draft says, as managers see it."""
    with site.work() as root:
        found = draft_of(SYSTEM, root["tides"])
        return dict(found.values) if found else None


def test_a_draft_does_not_take_back_what_others_made_public_meanwhile(site, ines, tomas):
    old = form(ines)
    form(tomas).fill(text="second").submit()
    old.fill(title="Spring").submit("draft")
    assert drafted(site) == {"title": "Spring"}
    ines.post(ADDRESS, {"_then": "draft-publish"})
    with site.work() as root:
        assert (root["tides"].title, root["tides"].text) == ("Spring", "second")


def test_what_others_made_public_is_asked_about_even_if_the_form_is_older_than_the_draft(site, ines, tomas):
    old = form(ines)
    form(tomas).fill(text="second").submit()
    old.fill(text="mine").submit("draft")
    page = ines.post(ADDRESS, {"_then": "draft-publish"}, follow=True)
    assert "Not published: somebody changed Text meanwhile" in page.text and "This is the draft." in page.text
    page = page.form("form").submit("stay")
    assert page.status == 409 and "second" in page.text and "mine" in page.text
    page.form("form").fill(**{"_keep.text": "mine"}).submit("stay")
    assert drafted(site) is None
    with site.work() as root:
        assert root["tides"].text == "mine"


def test_two_drafts_of_different_fields_become_one(site, ines, tomas):
    form(tomas).fill(text="one").submit("draft")
    old = form(ines, draft=True)
    form(tomas, draft=True).fill(text="two").submit("draft")
    old.fill(title="Spring").submit("draft")
    assert drafted(site) == {"title": "Spring", "text": "two"}


def test_two_drafts_of_one_field_are_asked_about_once(site, ines, tomas):
    form(tomas).fill(text="one").submit("draft")
    old = form(ines, draft=True)
    form(tomas, draft=True).fill(text="two").submit("draft")
    page = old.fill(text="three").submit("draft")
    assert page.status == 422 and "saved another draft of this meanwhile" in page.text
    assert "<ins>two</ins>" in page.text and "This is the draft." in page.text
    page.form("form").submit("draft")
    assert drafted(site) == {"text": "three"}


def test_saving_the_draft_as_public_leaves_what_others_drafted_since_and_what_is_hidden(site, ines):
    with site.work() as root:
        save_draft(SYSTEM, root["tides"], {"title": "Neap", "text": "one", "note": "for managers"})
    old = form(ines, draft=True)
    with site.work() as root:
        save_draft(SYSTEM, root["tides"], {"text": "two"})
    old.submit("stay")
    with site.work() as root:
        assert (root["tides"].title, root["tides"].text, root["tides"].note) == ("Neap", "one", "")
    assert drafted(site) == {"text": "two", "note": "for managers"}


def test_a_field_of_the_draft_can_be_given_back_its_public_value(site, ines):
    form(ines).fill(title="Spring", text="one").submit("draft")
    form(ines, draft=True).fill(text="first").submit("draft")
    assert drafted(site) == {"title": "Spring"}


@pytest.mark.parametrize("then", ["draft-publish", "draft-discard"])
def test_what_one_may_not_see_or_not_change_stays_in_the_draft(site, then, ines):
    with site.work() as root:
        save_draft(SYSTEM, root["tides"], {"title": "Neap", "note": "for managers", "locked": "no"})
    ines.post(ADDRESS, {"_then": then})
    assert drafted(site) == {"note": "for managers", "locked": "no"}
    page = ines.post(ADDRESS, {"_then": then}, follow=True)
    assert "Nothing was changed" in page.text
    assert drafted(site) == {"note": "for managers", "locked": "no"}


@pytest.mark.parametrize("public", [True, False])
def test_a_draft_does_not_tell_of_hidden_things_that_it_refers_to(site, public, ines):
    with site.work() as root:
        plan, tides = root["box"]["topsecret-plan"], root["tides"]
        if public:
            edit(SYSTEM, tides, {"near": plan})
        save_draft(SYSTEM, tides, {"near": None if public else plan, "title": "Neap"})
    for address in (ADDRESS, f"{ADDRESS}?draft=on"):
        assert "opsecret" not in ines.get(address).text
    ines.post(ADDRESS, {"_then": "draft-publish"})
    with site.work() as root:
        assert root["tides"].title == "Neap"
        assert (root["tides"].near is None) is True or public


def test_a_draft_is_not_shown_to_those_who_may_edit_and_not_view(site):
    with site.work() as root:
        save_draft(SYSTEM, root["tides"], {"title": "Neap"})
        override_permission(root["tides"], "view", ["manager"])
        assert draft_of(root.users.identity("ines"), root["tides"]) is None


def test_a_text_about_a_picture_is_not_made_public_by_a_draft(site, ines):
    with site.work() as root:
        edit(SYSTEM, root["tides"], {"picture": Image.from_bytes(png(8), "a.png")})
    page = form(ines).fill(**{"title": "Neap", "picture.alt": "A secret wave"}).submit("draft")
    assert page.status == 422 and "A draft holds no texts about files" in page.text
    with site.work() as root:
        assert root["tides"].picture.alt == "" and drafted(site) is None
