"""Conflicts and writes on reads are counted by class, field and address; slow requests tell their stack."""

import logging
import os
import re
import threading

import pytest

from objpub import Content
from objpub import Site
from objpub import testing
from objpub.publisher.observatory import Observatory
from objpub.views import view
from tests.parts import of_interface
from tests.publisher.running import served

GO_ON = threading.Event()
TURNS = []


class Note(Content, addable="anywhere"):
    """A note."""

    title: str = ""
    text: str = ""


@view(Note, "save", method="POST", permission="public")
def save(note, request, text: str = ""):
    note.title  # noqa: B018 - read before the other one changes it
    if not TURNS:
        TURNS.append(text)
        with request.application.work() as root:
            root["note"].text = "the other one's"
    note.text = text
    return "saved"


@view(Note, "peek", permission="public")
def peek(note, request):
    note.title = "seen"
    return "never shown"


@view(Site, "long", permission="public")
def long(site, request):
    password = "swordfish"
    assert GO_ON.wait(30), password
    return "done"


@pytest.fixture
def site():
    TURNS.clear()
    GO_ON.clear()
    with testing.site(Note, save, peek, long, settings={"log.slow_seconds": 0.1}) as site:
        site.add_user("mia", roles=["manager"])
        site.add_user("leo")
        with site.work() as root:
            root.add("note", Note(title="A note"))
        yield site


def test_a_conflict_is_told_with_class_field_place_and_request(site):
    assert site.client.post("/note/save", {"text": "mine"}).status == 200
    (found,) = site.application.observatory.sightings()
    assert found.kind == "conflict"
    assert found.class_name.endswith("test_observatory.Note")
    assert (found.field, found.place, found.address, found.number) == ("text", "/note", "POST /note/save", 1)


def test_a_write_by_a_request_that_only_reads_is_told_with_the_line(site):
    for _ in range(3):
        assert site.client.get("/note/peek").status == 500
    (found,) = site.application.observatory.sightings()
    assert (found.kind, found.field, found.number) == ("write on read", "title", 3)
    assert found.class_name.endswith("test_observatory.Note")
    assert "test_observatory.py:" in found.place
    assert site.application.observatory.hottest(lambda each: each.address) == [("GET /note/peek", 3)]


def test_what_is_counted_is_bounded_and_what_is_seen_least_is_forgotten():
    observatory = Observatory(most=10)
    for number in range(100):
        observatory.note("conflict", "Hot", "", "", "/")
        observatory.note("conflict", "Cold", "", "", f"/{number}" + "x" * 1_000)
    found = observatory.sightings()
    assert len(found) == 10
    assert (found[0].class_name, found[0].number) == ("Hot", 100)
    assert observatory.forgotten == 91
    assert all(len(each.address) <= 200 for each in found)


def slow(site, caplog, then=lambda: None):
    """Let a request be slow; return what was found of it. then: called before the server stops."""
    with served(site) as wire, caplog.at_level(logging.WARNING, "objpub.slow"):
        asking = threading.Thread(target=wire.ask, args=("GET", "/long?token=secret"))
        asking.start()
        found = site.application.slowness.found
        for _ in range(600):
            if found or not asking.is_alive():
                break
            wire.ask("GET", "/health")
        for _ in range(3):
            site.application.slowness.look()
        GO_ON.set()
        asking.join()
        then()
    return tuple(found)


def test_a_slow_request_is_told_once_with_where_it_stands_and_without_values(site, caplog):
    (found,) = slow(site, caplog)
    assert (found.method, found.path) == ("GET", "/long")
    assert found.seconds >= 0.1
    assert any("in long" in line or " long: assert GO_ON.wait(30)" in line for line in found.stack)
    assert caplog.text.count("GET /long has run for") == 1
    for secret in ("swordfish", "secret"):
        assert secret not in caplog.text
        assert secret not in "\n".join(found.stack)
    assert site.application.slowness._thread is None or not site.application.slowness._thread.is_alive()


def test_zero_looks_at_nothing():
    with testing.site(long, settings={"log.slow_seconds": 0}) as site, served(site):
        assert site.application.slowness._thread is None


@of_interface
def test_the_page_shows_both_to_those_who_manage_and_escapes_them(site, caplog):
    site.client.post("/note/save", {"text": "mine"})
    site.client.get("/note/peek")
    site.application.observatory.note("conflict", "<script>alert(1)</script>", "", "", "GET /")
    pages = []

    def look():
        mia, leo = site.browser().login("mia"), site.browser().login("leo")
        pages.extend(mia.get(f"/manage/@@{name}") for name in ("observatory", "database"))
        pages.append(leo.get("/manage/@@observatory"))

    slow(site, caplog, look)
    page, database, refused = pages
    assert (page.status, refused.status) == (200, 403)
    for words in ("POST /note/save", "write on read", "GET /long", "GO_ON.wait(30)", "&lt;script&gt;"):
        assert words in page.text, words
    hottest = page.text.partition('class="hottest"')[2].partition("</div>")[0]
    ranked = dict(re.findall(r'<span class="said">([^<]*)</span><b class="push">(\d+)</b>', hottest))
    assert (ranked["Note"], ranked["Note.title"], ranked["POST /note/save"]) == ("2", "1", "1"), ranked
    assert "<script>alert" not in page.text and "swordfish" not in page.text
    assert f"process {os.getpid()}" in page.text
    assert "@@observatory" in database.text
