"""Drafts: other values beside the public ones."""

import pytest
from ZODB.serialize import referencesf

from objpub.content import Content
from objpub.content import Image
from objpub.content import Upload
from objpub.content.files import spooled
from objpub.database.site import ROOT
from objpub.errors import Clash
from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.errors import NotPossible
from objpub.events import Modified
from objpub.events import on
from objpub.operations import add_new
from objpub.operations import copy
from objpub.operations import delete
from objpub.operations import discard_draft
from objpub.operations import draft_of
from objpub.operations import edit
from objpub.operations import publish_draft
from objpub.operations import save_draft
from objpub.schema import field
from objpub.security import Deny
from objpub.security import rule
from tests.publisher.test_defaults import png

HEARD = []


class Page(Content, addable="anywhere"):
    title: str = field(default="", max_length=50)
    text: str = field(default="")
    secret: str = field(default="", read="manage")
    picture: Image | None = field(default=None)


@on(Modified, Page)
def hear(event):
    HEARD.append(set(event.changed))


@rule(Image, "view")
def in_a_place(image, identity):
    """Hide what belongs to nothing, as a file of a draft does."""
    return Deny("It is at no place.") if image.__parent__ is None else None


@pytest.fixture
def page(world):
    HEARD.clear()
    made = add_new(world.identity("tom"), world.site, Page, {"title": "Tides", "text": "They come."})
    world.commit()
    return made


def test_a_draft_changes_nothing_that_is_public(world, page):
    ann = world.identity("ann")
    save_draft(ann, page, {"title": "Spring tides", "text": "They come."})
    assert world.commit() == ("Saved a draft of “Tides”: title", "ann")
    assert (page.title, HEARD) == ("Tides", [])
    draft = draft_of(world.identity("ed"), page)
    assert (dict(draft.values), draft.who, draft.who_title) == ({"title": "Spring tides"}, "ann", "Ann Lee")
    save_draft(ann, page, {"text": "They come and go."})
    assert set(draft_of(ann, page).values) == {"title", "text"}


def test_what_is_published_is_as_if_it_was_edited(world, page):
    ann, ed = world.identity("ann"), world.identity("ed")
    save_draft(ann, page, {"title": "Spring tides"})
    edit(ed, page, {"text": "They go."})
    assert publish_draft(ann, page).changed == {"title"}
    assert (page.title, page.text, draft_of(ann, page)) == ("Spring tides", "They go.", None)
    assert HEARD == [{"text"}, {"title"}]


def test_a_field_that_somebody_else_changed_meanwhile_is_asked_about(world, page):
    ann = world.identity("ann")
    save_draft(ann, page, {"title": "Spring tides"})
    edit(world.identity("ed"), page, {"title": "Neap tides"})
    with world.refuses(Clash):
        publish_draft(ann, page)
    assert page.title == "Neap tides" and draft_of(ann, page) is not None


def test_a_draft_is_discarded_also_by_saying_what_is_public(world, page):
    ann = world.identity("ann")
    save_draft(ann, page, {"title": "Spring tides"})
    discard_draft(ann, page)
    assert draft_of(ann, page) is None and page.title == "Tides"
    save_draft(ann, page, {"title": "Spring tides"})
    save_draft(ann, page, {"title": "Tides"})
    assert draft_of(ann, page) is None


@pytest.mark.parametrize("what", [discard_draft, publish_draft])
def test_what_is_not_there_is_neither_published_nor_discarded(world, page, what):
    with world.refuses(NotPossible):
        what(world.identity("ann"), page)


@pytest.mark.parametrize(
    ("who", "values", "error"),
    [
        ("vera", {"title": "Mine"}, Forbidden),
        ("ann", {"title": "x" * 51}, Invalid),
        ("ann", {"titel": "x"}, Invalid),
        ("ann", {"secret": "x"}, Forbidden),
    ],
)
def test_a_draft_takes_what_an_edit_takes(world, page, who, values, error):
    with world.refuses(error):
        save_draft(world.identity(who), page, values)


def test_a_draft_is_shown_to_those_who_may_edit_and_see_the_field(world, page):
    save_draft(world.identity("tom"), page, {"title": "Spring tides", "secret": "low"})
    assert set(draft_of(world.identity("tom"), page).values) == {"title", "secret"}
    assert set(draft_of(world.identity("ann"), page).values) == {"title"}
    assert draft_of(world.identity("vera"), page) is None
    for what in (publish_draft, discard_draft):
        with world.refuses(Forbidden):
            what(world.identity("vera"), page)


def test_a_draft_holds_a_file_beside_the_public_one(world, page):
    ann = world.identity("ann")
    edit(ann, page, {"picture": Image.from_bytes(png(8), "old.png")})
    world.commit()
    public = page.picture
    save_draft(ann, page, {"picture": Image.from_bytes(png(16), "new.png")})
    world.commit()
    kept = draft_of(world.identity("ed"), page).values["picture"]
    assert (page.picture, page.get("picture"), kept.filename) == (public, public, "new.png")
    assert (kept.__parent__, kept.read()) == (None, png(16))
    assert publish_draft(ann, page).changed == {"picture"}
    world.commit()
    assert (page.picture, page.picture.__parent__, page.picture.read()) == (kept, page, png(16))
    assert draft_of(ann, page) is None


def test_bytes_of_a_file_wait_in_a_draft_too(world):
    ann = world.identity("ann")
    image = world.site.add("photo", Image.from_bytes(png(8), "old.png", title="Marsh"))
    world.commit()
    with spooled(png(16)) as path:
        save_draft(ann, image, {"upload": Upload("new.png", None, path, len(png(16)))})
    world.commit()
    assert (image.read(), image.filename) == (png(8), "old.png")
    assert draft_of(ann, image).values["upload"].read() == png(16)
    with spooled(b"no picture") as path, world.refuses(Invalid):
        save_draft(ann, image, {"upload": Upload("new.png", None, path, 10)})
    publish_draft(ann, image)
    world.commit()
    assert (image.read(), image.filename) == (png(16), "new.png")


@pytest.mark.parametrize("end", [discard_draft, publish_draft])
def test_a_file_is_garbage_when_its_draft_is_discarded(world, page, end):
    ann = world.identity("ann")
    save_draft(ann, page, {"picture": Image.from_bytes(png(16), "new.png")})
    world.commit()
    kept = draft_of(ann, page).values["picture"]
    numbers = {kept._p_oid, kept._blob._p_oid}
    assert numbers <= reachable(world.connection)
    end(ann, page)
    world.commit()
    assert numbers & reachable(world.connection) == (numbers if end is publish_draft else set())


def reachable(connection):
    """Return the ids of all that a pack would keep."""
    found, waiting = set(), [ROOT]
    while waiting:
        oid = waiting.pop()
        if oid not in found:
            found.add(oid)
            waiting += referencesf(connection._storage.load(oid)[0])
    return found


def test_a_draft_goes_into_no_copy(world, page):
    ann = world.identity("ann")
    save_draft(ann, page, {"title": "Spring tides"})
    assert draft_of(ann, copy(ann, page, world.site)) is None
    delete(world.identity("tom"), page)
    with pytest.raises(NotPossible):
        save_draft(world.identity("tom"), page, {"title": "x"})
