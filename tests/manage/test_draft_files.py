"""Files in drafts, and the page of a draft: for those who may edit, and nobody else."""

import re

import pytest

from objpub.content import Content
from objpub.content import Image
from objpub.operations import draft_of
from objpub.operations import save_draft
from objpub.schema import field
from objpub.security import SYSTEM
from tests.publisher.test_defaults import png


class Card(Content, addable="anywhere"):
    title: str = field(default="")
    picture: Image | None = field(default=None)


class Poster(Content, addable="anywhere"):
    title: str = field(default="")
    picture: Image | None = field(default=None, write="manage")


THINGS = (Card, Poster)
ADDRESS = "/manage/card/@@edit"
PAGE = {"_then": "draft-preview"}


@pytest.fixture
def card(site):
    """A card with a picture, in the site."""
    with site.work() as root:
        root.add("card", Card(title="Ebb", picture=Image.from_bytes(png(8), "old.png")))
    return site


def saved(browser, **values):
    form = browser.get(ADDRESS).form("form").fill(**values)
    return form.submit("draft", follow=True)


def test_a_draft_with_a_picture_is_kept_seen_and_published(card):
    ines, visitor = card.browser().login("ines"), card.browser()
    page = saved(ines, title="Flood", picture=("new.png", png(16)))
    assert "The draft is saved" in page.text
    assert "<del>old.png</del>" in page.text and "<ins>new.png</ins>" in page.text
    assert visitor.get("/card/picture").body == png(8)
    seen = ines.post("/manage/card/@@preview", PAGE)
    assert "Flood" in seen.text and "Ebb" not in seen.text
    assert seen.headers["Cache-Control"] == "no-store"
    assert not re.search(r'"/card/picture', seen.text)
    assert "/manage/card/@@draft-file/picture" in seen.text
    file = ines.get("/manage/card/@@draft-file/picture")
    assert (file.body, file.headers["Cache-Control"]) == (png(16), "no-store")
    assert "Ebb" in visitor.get("/card").text and visitor.get("/card/picture").body == png(8)
    ines.post(ADDRESS, {"_then": "draft-publish"}, follow=True)
    assert "Flood" in visitor.get("/card").text and visitor.get("/card/picture").body == png(16)
    assert ines.get("/manage/card/@@draft-file/picture").status == 404


def test_a_draft_takes_no_larger_files_than_the_site_does(card):
    with card.work() as root:
        root.largest_upload = 1
    page = saved(card.browser().login("ines"), title="Flood", picture=("new.png", png(16) + bytes(1_100_000)))
    assert page.status == 422
    assert "Picture: Wanted a file of at most 1 MB, not of 1.1" in page.text
    assert page.form("form")["title"] == "Flood"
    with card.work() as root:
        assert draft_of(SYSTEM, root["card"]) is None


def test_a_draft_is_for_those_who_may_edit(card):
    saved(card.browser().login("ines"), title="Flood", picture=("new.png", png(16)))
    for browser, status in ((card.browser().login("nora"), 403), (card.browser(), 401)):
        assert browser.post("/manage/card/@@preview", PAGE).status == status
    assert card.browser().login("nora").get("/manage/card/@@draft-file/picture").status == 403
    assert card.browser().get("/manage/card/@@draft-file/picture").status == 303
    ines = card.browser().login("ines")
    for name in ("/title", "/nothing", "/picture/scale", ""):
        assert ines.get(f"/manage/card/@@draft-file{name}").status == 404


def test_the_page_of_a_draft_publishes_nothing_and_needs_one(card):
    ines = card.browser().login("ines")
    assert ines.post("/manage/card/@@preview", PAGE).status == 409
    saved(ines, title="Flood")
    before = card.last_transaction()
    assert "Flood" in ines.post("/manage/card/@@preview", PAGE).text
    assert card.last_transaction() == before
    with card.work() as root:
        assert root["card"].title == "Ebb"
        assert set(draft_of(SYSTEM, root["card"]).values) == {"title"}
        root["card"].title = "Neap"
    assert ines.post("/manage/card/@@preview", PAGE).status == 422


def test_a_picture_of_the_draft_is_saved_with_its_form(card):
    ines = card.browser().login("ines")
    page = saved(ines, title="Flood", picture=("new.png", png(16)))
    page.form("form").submit("stay", follow=True)
    with card.work() as root:
        assert (root["card"].title, root["card"].picture.read()) == ("Flood", png(16))
        assert draft_of(SYSTEM, root["card"]) is None


def test_a_picture_can_be_taken_away_in_a_draft(card):
    ines = card.browser().login("ines")
    saved(ines, title="Flood")
    form = ines.get(ADDRESS).form("form")
    form["_remove.picture"] = True
    form.submit("draft", follow=True)
    with card.work() as root:
        assert root["card"].picture is not None
        assert draft_of(SYSTEM, root["card"]).values["picture"] is None
    assert "draft-file" not in ines.post("/manage/card/@@preview", PAGE).text


def test_the_page_of_a_draft_leaves_out_a_file_that_one_may_not_publish(card):
    with card.work() as root:
        root.add("poster", Poster(title="Ebb"))
        save_draft(SYSTEM, root["poster"], {"title": "Flood", "picture": Image.from_bytes(png(8), "new.png")})
    seen = card.browser().login("ines").post("/manage/poster/@@preview", PAGE)
    assert "Flood" in seen.text and 'href="/poster"' in seen.text and "draft-file" not in seen.text
