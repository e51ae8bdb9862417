"""Every form of the management interface refuses what is wrong, says so where it was typed, and keeps it."""

import re
from contextlib import contextmanager
from html import unescape

import pytest

from objpub import testing
from objpub.content import File
from objpub.content import Image
from objpub.content import walk
from objpub.errors import NotFound
from objpub.lineage import find_resource
from objpub.lineage import path_of
from objpub.operations import add_new
from objpub.operations import delete
from objpub.security import SYSTEM
from objpub.views import action
from objpub.views import AreaViews
from tests.changes import last_change
from tests.manage.conftest import settle
from tests.manage.flows import Story
from tests.manage.pages import Page
from tests.manage.refusals import ALL
from tests.manage.refusals import GOOD
from tests.manage.refusals import SHOWN
from tests.publisher.test_defaults import png

SECRET = re.compile("password")


@action(Page, "Stamp", bulk=True)
def stamp(page, request):
    return "Stamped"


@contextmanager
def site_of_forms():
    """Give a site with something for every form, in a file; site.people: name → client that is signed in."""
    things = ("objpub.manage", "tests.manage.pages", "tests.manage.flows", stamp)
    with testing.site(*things, file=True) as site:
        settle(site)
        with site.work() as root:
            news = root["news"]
            news.add("map", Image.from_bytes(png(64), "map.png", title="A map"))
            news.add("notes", File.from_bytes(b"Notes\n", "notes.txt", title="Notes"))
            news.add("story", Story(title="A story", text="Water."))
            for name in ("staff", "crew"):
                root.users.add_group(name, title=name.capitalize())
            root.users.join("group:staff", "crew")
            site.trashed = delete(SYSTEM, add_new(SYSTEM, news, Page, {"title": "Gone"})).__name__
        site.people = {}
        yield site


@pytest.fixture(scope="module")
def site():
    with site_of_forms() as site:
        yield site


def client_of(site, who):
    """Return the client where *who* is signed in."""
    if who not in site.people:
        site.people[who] = site.browser().login(who)
    return site.people[who]


def good_pairs(site, path):
    """Return what a form sends where nothing is wrong."""
    if path in GOOD:
        pairs = GOOD[path]
    elif path in SHOWN:
        pairs = client_of(site, "admin").get(path).form(SHOWN[path]).pairs()
    else:
        pairs = GOOD.get(f"/manage/news/notes/@@{path.rpartition('@@')[2]}", [])
    return [(name, site.trashed if value == "TRASHED" else value) for name, value in pairs]


def send(site, case):
    """Send what *case* says, and return the answer."""
    pairs = [(name, value) for name, value in good_pairs(site, case.path) if name not in case.sent]
    for name, value in case.sent.items():
        values = value if isinstance(value, list) else [] if value is None else [value]
        pairs += [(name, each) for each in values]
    texts = [pair for pair in pairs if not isinstance(pair[1], tuple)]
    files = [pair for pair in pairs if isinstance(pair[1], tuple)]
    return client_of(site, case.who).post(case.path, texts, files=files or None)


@pytest.mark.parametrize("case", ALL, ids=str)
def test_what_is_wrong_is_refused_where_it_was_typed_and_changes_nothing(site, case):
    client_of(site, case.who)
    before, content = last_change(site), content_of(site)
    page = send(site, case)
    assert content_of(site) == content
    assert page.status == case.status, page.text[:3000]
    if case.status == 303:
        told = page.follow()
        assert case.says.casefold() in words(told).casefold()
        return
    assert last_change(site) == before
    if case.at:
        assert_said_at(page, case.at, case.says)
    else:
        assert case.says.casefold() in words(page).casefold(), words(page)
    if case.kept:
        assert_kept(page, case.sent)


WRONG_BYTES = {
    "a byte that is none": (b"title=%ff", 400),
    "half a letter": (b"title=%c3", 400),
    "bytes that are not escaped": (b"title=\xff\xfe", 400),
    "UTF-16": ("title=ü".encode("utf-16"), 400),
    "Latin-1 as it says": (b"title=%fc", 415),
}


@pytest.mark.parametrize("kind", WRONG_BYTES)
def test_every_form_refuses_what_is_no_utf_8(site, kind):
    body, status = WRONG_BYTES[kind]
    charset = "; charset=iso-8859-1" if status == 415 else ""
    admin, before = client_of(site, "admin"), site.last_transaction()
    wrong = []
    for path in sorted({*GOOD, *SHOWN}):
        answer = admin.post(path, body, content_type=f"application/x-www-form-urlencoded{charset}")
        wrong += [] if answer.status == status else [(path, answer.status)]
        assert "utf-8" in answer.text.lower() or "urlencoded" in answer.text, path
    assert wrong == []
    assert site.last_transaction() == before


def content_of(site):
    """Return what there is, and when each of it was changed last; a message may be written to a session."""
    with site.work() as root:
        places = [*walk(root), *root.users.people.values(), *root.users.groups.values()]
        return [(path_of(each), each._p_serial) for each in places], list(root.trash)


def words(page):
    """Return the text of a page."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.text)).split())


def assert_said_at(page, name, says):
    """The message stands at the control called *name*, or at its group, which is described by it."""
    tags = re.findall(r"<(?:input|select|textarea|fieldset)\b[^>]*>", page.text)
    at = [f' id="{name}"' if tag.startswith("<fieldset") else f' name="{name}"' for tag in tags]
    controls = [tag for tag, mark in zip(tags, at, strict=True) if mark in tag]
    described = " ".join(each for tag in controls for each in re.findall(r'aria-describedby="([^"]*)"', tag))
    messages = [text_at(page, each) for each in described.split() if re.search("error|wrong", each)]
    assert messages, f"no control called {name} is described by an error: {controls}"
    assert any(says.casefold() in message.casefold() for message in messages), messages
    assert any('aria-invalid="true"' in tag or tag.startswith("<fieldset") for tag in controls)


def text_at(page, name):
    """Return the text of the paragraph with the id *name*."""
    inside = page.text.split(f'id="{name}"')[1].partition(">")[2].split("</p>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", "", inside)).split())


def assert_kept(page, sent):
    """What was typed stands in the form of the answer; a password never does."""
    controls = [control for form in page.page.forms for control in form.controls]
    for name, value in sent.items():
        if not isinstance(value, str) or name.startswith(("_st", "started")):
            continue
        mine = [control for control in controls if control.name == name]
        shown = [control.value.replace("\r\n", "\n") for control in mine]
        shown += [value for control in mine for value, _, chosen in control.options if chosen]
        if SECRET.search(name):
            assert not any(shown), name
        else:
            assert value in shown, (name, shown)


def views_that_change(site):
    """Return every view of the management interface that takes a form, but for actions of a site."""
    views = site.registry[AreaViews]["manage"]
    return [each for each in views.all() if "POST" in each.methods and each.name != "stamp"]


def test_every_form_has_a_line_in_the_table(site):
    views = site.registry[AreaViews]["manage"]
    tried = set()
    with site.work() as root:
        for case in ALL:
            path, _, name = case.path.removeprefix("/manage").partition("?")[0].rpartition("@@")
            try:
                resource = find_resource(root, path)
            except NotFound:
                continue
            found = views.find(type(resource), (name, "POST"))
            if found is not None:
                tried.add(found)
    missing = [f"{each.kind.__name__} @@{each.name}" for each in views_that_change(site) if each not in tried]
    assert missing == []
