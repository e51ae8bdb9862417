"""Errors tell a number, and nothing of the inside: code, paths, names of classes, the database."""

import logging
import re

import pytest
from ZODB.POSException import ConflictError
from ZODB.POSException import POSKeyError

from objpub import Content
from objpub import Site
from objpub import testing
from objpub.traversal import traverse
from objpub.views import html
from objpub.views import view
from tests.publisher.running import served

INSIDE = "inside-91d"  # stands in every message that nobody may read


class Trap(Content, addable="anywhere"):
    """Something with views that fail."""

    title: str = ""

    @property
    def broken(self):
        raise RuntimeError(INSIDE)


ERRORS = {
    "runtime": RuntimeError(INSIDE),
    "key": KeyError(INSIDE),
    "attribute": AttributeError(INSIDE),
    "assertion": AssertionError(INSIDE),
    "recursion": RecursionError(INSIDE),
    "memory": MemoryError(INSIDE),
    "os": OSError(13, "Permission denied", f"/srv/{INSIDE}"),
    "unicode": UnicodeDecodeError("utf-8", INSIDE.encode(), 0, 1, INSIDE),
    "exit": SystemExit(INSIDE),
    "stop": StopIteration(INSIDE),
    "poskey": POSKeyError(b"\0" * 8),
}


@view(Site, "raise", method=["GET", "POST"], permission="public")
def raise_it(site, request, what: str):
    raise ERRORS[what]


@view(Site, "later", permission="public")
def later(site, request):
    yield "begun"
    raise RuntimeError(INSIDE)


@view(Site, "markup", permission="public")
def markup(site, request):
    class Page:
        def __html__(self):
            raise RuntimeError(INSIDE)

    return Page()


@view(Site, "unknown", permission="public")
def unknown(site, request):
    return object()


@view(Site, "header", permission="public")
def header(site, request):
    response = html("x")
    response.headers["X-Split"] = f"{INSIDE}{request.form.get('end')}"
    return response


@view(Site, "header-change", method="POST", permission="public")
def header_change(site, request):
    site.title = INSIDE
    return header(site, request)


@view(Site, "writes", permission="public")
def writes(site, request):
    site.title = INSIDE
    return "written"


@view(Site, "conflict", method="POST", permission="public")
def conflict(site, request):
    raise ConflictError(INSIDE, object=site)


@traverse(Site, "trap-{word}")
def trap(site, request, word):
    raise RuntimeError(INSIDE)


THINGS = (Trap, raise_it, later, markup, unknown, header, header_change, writes, conflict, trap)


@pytest.fixture(scope="module")
def site():
    with testing.site(*THINGS, settings={"limits.attempts": 2, "limits.retry_seconds": 0}) as site:
        yield site


@pytest.fixture(scope="module")
def wire(site):
    with served(site) as wire:
        yield wire


PATHS = [f"/raise?what={what}" for what in ERRORS]
PATHS += ["/later", "/markup", "/unknown", "/writes", "/trap-x", "/trap-x/y/z"]
PATHS += [
    f"/header?end={end}" for end in ("%0d%0aX-Other:1", "%0aX-Other:1", "%0d", "%00", "%7f", "%E2%82%AC")
]
#: What stands in tracebacks, in representations of objects, and in the pages for developers.
TELLS = re.compile(
    rf"Traceback|File \"|\.py\b|line \d|{INSIDE}|objpub\.|ZODB|0x0|<class|<.* object|Error\(|site-packages"
    "|oid|/tmp/"
)


def stripped(answer):
    """Return what people can read of a page, but for addresses, and for what they asked for themselves."""
    return re.sub(r'(href|src)="[^"]*"', "", answer.text).replace("app.py", "")


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*"])
@pytest.mark.parametrize("path", PATHS)
def test_an_error_nobody_foresaw_is_a_number_in_the_log_and_nothing_more(wire, caplog, path, accept):
    with caplog.at_level(logging.ERROR, "objpub.errors"):
        answer = wire.ask("GET", path, Accept=accept)
    assert answer.status == 500
    assert not TELLS.search(stripped(answer)), answer.text
    assert INSIDE not in repr(answer.headers)
    assert answer.header("X-Split") is None and answer.header("X-Other") is None
    ticket = re.search(r"log as ([0-9a-f]{8})", answer.text)
    assert ticket and ticket[1] in caplog.text


def test_nothing_is_kept_of_a_change_whose_answer_cannot_be_sent(site, wire):
    before = site.last_transaction()
    assert wire.ask("POST", "/header-change?end=%0d%0aX-Other:1").status == 500
    assert site.last_transaction() == before


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_persistent_conflicts_are_told_in_a_plain_sentence(wire, caplog, accept):
    answer = wire.ask("POST", "/conflict", Accept=accept)
    assert answer.status == 503
    assert answer.header("Retry-After")
    assert "Others are changing the same thing" in answer.text
    assert not TELLS.search(stripped(answer)), answer.text
    assert "conflicts persisted" in caplog.text and INSIDE in caplog.text


REFUSED = [
    ("GET", "/nothing<script>alert(1)</script>", 404),
    ("GET", "/nothing?after=<script>alert(1)</script>", 404),
    ("GET", "/@@nothing", 404),
    ("GET", "/_p_jar", 404),
    ("GET", "/__class__/__init__/__globals__", 404),
    ("GET", "/raise/__globals__", 404),
    ("GET", "/++nothing++x", 404),
    ("GET", "/%ff", 400),
    ("GET", "/%00", 400),
    ("GET", "/%0d%0aX-Split:1", 400),
    ("GET", "/../../etc/passwd", 404),
    ("GET", "/static/../../etc/passwd", 404),
    ("GET", "/static/objpub-publisher/..%2f..%2fapp.py", 404),
    ("GET", "/static/objpub-publisher/%2e%2e/app.py", 404),
    ("GET", "/static/objpub-publisher/../templates/login.pt", 404),
    ("GET", "/raise", 400),
    ("DELETE", "/", 405),
    ("BREW", "/", 501),
    ("GET", "/" + "a/" * 200, 414),
    ("GET", "/" + "a" * 5_000, 414),
    ("POST", "/writes", 405),
    ("POST", "/conflict?x=%ff", 400),
]


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize(("method", "path", "status"), REFUSED)
def test_a_refusal_tells_nothing_of_the_inside_and_repeats_no_markup(wire, method, path, status, accept):
    answer = wire.ask(method, path, Accept=accept)
    assert answer.status == status
    assert not TELLS.search(stripped(answer)), answer.text
    if accept == "text/html":
        assert "<script>alert" not in answer.text
    assert answer.header("X-Split") is None
    assert answer.header("X-Content-Type-Options") == "nosniff"


def test_an_error_before_the_request_is_read_is_an_error_page_too(site, monkeypatch, caplog):
    def full(*args, **options):
        raise OSError(28, "No space left on device", f"/srv/{INSIDE}")

    monkeypatch.setattr("objpub.publisher.form.Spool", full)
    with served(site) as wire, caplog.at_level(logging.ERROR, "objpub.errors"):
        answer = wire.ask("POST", "/raise", "data", Content_Type="text/plain", Accept="text/html")
    assert answer.status == 507
    assert not TELLS.search(stripped(answer)), answer.text
    assert re.search(r"log as ([0-9a-f]{8})", answer.text)[1] in caplog.text


def test_an_error_of_a_service_is_an_error_page_too(site, monkeypatch, caplog):
    def fails(segments):
        raise RuntimeError(INSIDE)

    monkeypatch.setattr(site.application.static, "answer", fails)
    with served(site) as wire, caplog.at_level(logging.ERROR, "objpub.errors"):
        answer = wire.ask("GET", "/static/objpub-publisher/plain.css", Accept="text/html")
    assert answer.status == 500
    assert not TELLS.search(stripped(answer)), answer.text
    assert re.search(r"log as ([0-9a-f]{8})", answer.text)[1] in caplog.text
