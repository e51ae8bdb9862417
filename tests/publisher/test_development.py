"""What a developer is shown of a 404, a 403, a 405 and a 500, and what nobody is shown elsewhere."""

import json
import re

import pytest

from objpub import Content
from objpub import Folder
from objpub import testing
from objpub.errors import NotFound
from objpub.security import grant
from objpub.traversal import traverse
from objpub.views import view

PROGRAM = {"Accept": "application/json"}


class Note(Content, addable="anywhere"):
    title: str


class Binder(Folder, addable="anywhere"):
    pass


class Year:
    __parent__ = None
    __name__ = None


@view(Note)
def show(note, request):
    return note.title


@view(Note, "print")
def print_note(note, request):
    return note.title


@view(Note, "save", method="POST")
def save(note, request, title: str = ""):
    return title


@view(Note, "keep", permission="manage")
def keep(note, request):
    return note.title


@view(Binder, "feed")
def feed(binder, request):
    return "feed"


@view(Note, "gone")
def gone(note, request):
    raise NotFound("/there", "/", "there")


@traverse(Binder, "{year:int}")
def year_of(binder, request, year):
    return Year() if year == 2026 else None


class Stubborn:
    def __repr__(self):
        raise ValueError("no repr")


class Leaving:
    def __repr__(self):
        raise SystemExit(3)


@view(Note, "boom", method=["GET", "POST"])
def boom(note, request, password: str = "", comment: str = ""):
    stubborn = Stubborn()
    leaving = [Leaving()]
    markup = "<script>alert('x')</script>"
    api_token = "sesame-and-more"
    copied = (password, api_token, {"secret": "in a dict", "n": 1})
    lone = "\udc80\x00"
    raise KeyError(f"{markup} {len(copied)} {stubborn is leaving} {lone}")


DECLARED = (Note, Binder, show, print_note, save, keep, feed, gone, year_of, boom)


def development_site(*more, **settings):
    return testing.site(*DECLARED, *more, settings={"development": True, **settings})


def fill(site):
    with site.work() as root:
        binder = root.add("binder", Binder())
        binder.add("tides", Note(title="Tides"))
    site.add_user("zoe")
    return site


@pytest.fixture(scope="module")
def shared():
    """A site in development that no test changes."""
    with development_site() as site:
        yield fill(site)


def text_of(response):
    """Return the text of a page without its marks, spaces as one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


# The walk


def test_a_404_tells_the_walk_and_the_names_there_were(shared):
    answer = shared.client.get("/binder/tide/more")
    page = text_of(answer)
    assert answer.status == 404
    assert "binder an item of /" in page
    assert "test_development.Binder" in page
    assert "tide no item, view or @traverse of Binder has this name" in page
    assert "more not looked at any more" in page
    assert "{year:int} does not fit" in page
    assert 'href="/binder/tides">tides</a>' in answer.text.partition("Did you mean")[2]


def test_every_item_is_escaped_and_no_more_than_twenty_are_shown():
    with development_site() as site:
        with site.work() as root:
            for number in range(30):
                root.add(f"a{number:02}&<i>", Note(title="x"))
        page = site.client.get("/missing").text
        assert page.count("&amp;&lt;i&gt;</a>") == 20
        assert "<i>" not in page
        assert "and more." in page
