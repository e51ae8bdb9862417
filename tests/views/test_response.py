"""What a view may give back, and what becomes of it."""

import io
from datetime import timedelta

import pytest
import webob

from objpub import File
from objpub import Site
from objpub import testing
from objpub.publisher import Markup
from objpub.views import as_json
from objpub.views import content_disposition
from objpub.views import file_response
from objpub.views import html
from objpub.views import octets
from objpub.views import plain
from objpub.views import Response
from objpub.views import view

TEXT, HTML, OCTETS = "text/plain; charset=utf-8", "text/html; charset=utf-8", "application/octet-stream"


ASKED = []


@view(Site, "answer", method=["GET", "POST"], permission="public")
def answering(site, request):
    return ASKED[-1](site, request)


@pytest.fixture(scope="module")
def running():
    with testing.site(answering) as site:
        with site.work() as root:
            root.add("file", File.from_bytes(b"<b>bytes</b>", 'a "b" ü.html'))
            root.add("picture", File.from_bytes(b"GIF89a" + b"\0" * 50, "c.gif"))
        yield site


@pytest.fixture
def answer(running):
    """The response to a view that returns what a function of (site, request) returns."""

    def ask(result, method="GET"):
        ASKED.append(result)
        return running.client.request(method, "/answer")

    return ask


def blocks(*values):
    yield from values


def iterator_of_rows(site, request):
    for name in site.keys():
        yield f"{name}\n"


@pytest.mark.parametrize(
    ("result", "status", "kind", "body"),
    [
        (lambda site, request: "text ü", 200, TEXT, "text ü".encode()),
        (lambda site, request: "", 200, TEXT, b""),
        (lambda site, request: "<b>no HTML</b>", 200, TEXT, b"<b>no HTML</b>"),
        (lambda site, request: Markup("<b>ü</b>"), 200, HTML, "<b>ü</b>".encode()),
        (lambda site, request: b"\x00\xff", 200, OCTETS, b"\x00\xff"),
        (lambda site, request: bytearray(b"ab"), 200, OCTETS, b"ab"),
        (lambda site, request: memoryview(b"ab"), 200, OCTETS, b"ab"),
        (lambda site, request: None, 204, None, b""),
        (lambda site, request: request.json({"a": "ü"}), 200, "application/json", '{"a":"ü"}'.encode()),
        (lambda site, request: request.json([], "201 Created"), 201, "application/json", b"[]"),
        (lambda site, request: html("<p>"), 200, HTML, b"<p>"),
        (lambda site, request: plain("x", "418 Teapot"), 418, TEXT, b"x"),
        (lambda site, request: octets(b"x", "image/png"), 200, "image/png", b"x"),
        (lambda site, request: as_json(1), 200, "application/json", b"1"),
        (lambda site, request: Response("own", status=299), 299, HTML, b"own"),
        (lambda site, request: webob.Response("webob"), 200, "text/html; charset=UTF-8", b"webob"),
        (lambda site, request: blocks("a", "ü", b"\xff"), 200, TEXT, "aü".encode() + b"\xff"),
        (lambda site, request: blocks(), 200, TEXT, b""),
        (lambda site, request: iter(["x" * 1000] * 3000), 200, TEXT, b"x" * 3_000_000),
        (iterator_of_rows, 200, TEXT, b"file\npicture\n"),
        (lambda site, request: io.BytesIO(b"a file of Python"), 200, OCTETS, b"a file of Python"),
        (lambda site, request: site["picture"], 200, "image/gif", b"GIF89a" + b"\0" * 50),
        (lambda site, request: site["file"], 200, OCTETS, b"<b>bytes</b>"),
        (lambda site, request: request.redirect("/x"), 303, None, b""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_results_of_every_kind(result, status, kind, body, method, answer):
    response = answer(result, method)
    assert (response.status, response.body) == (status, body)
    if kind:
        assert response.headers["Content-Type"] == kind
    if response.headers.get("Content-Length"):
        assert int(response.headers["Content-Length"]) == len(body)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (3, "may not return int"),
        (1.5, "may not return float"),
        (["a"], "may not return list"),
        (("a",), "may not return tuple"),
        ({"a"}, "may not return set"),
        (object(), "may not return object"),
        (True, "may not return bool"),
        ({"a": 1}, "has no template to fill"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else value,
)
def test_any_other_result_is_an_error_that_says_what_is_possible(result, words, caplog, answer):
    assert answer(lambda site, request: result).status == 500
    assert words in caplog.text
    assert "request.json(...)" in caplog.text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_iterator_is_read_to_its_end_before_the_transaction_ends(method, answer):
    seen = []

    def rows(site, request):
        for name in site.keys():
            seen.append(request.connection.transaction_manager._txn is not None)
            yield name

    assert answer(rows, method).body == b"filepicture"
    assert seen == [True, True]


def test_an_iterator_over_objects_that_fails_is_an_error_and_not_half_an_answer(answer):
    def half(site):
        yield "half"
        raise RuntimeError("in the middle")

    response = answer(lambda site, request: half(site))
    assert response.status == 500
    assert b"half" not in response.body.replace(b"behalf", b"")


def test_a_file_streams_after_its_connection_is_given_back():
    @view(Site, "get", permission="public")
    def get(site, request):
        return site["file"]

    with testing.site(get, file=True) as site:
        with site.work() as root:
            root.add("file", File.from_bytes(b"first" * 100_000, "f.bin"))
        seen = []
        environ = site.client.environ("GET", "/get", {})
        body = site.application(environ, lambda status, headers: seen.append(status))
        assert len(site.database._open_pairs) == len(site.database.pairs)
        with site.work() as root:
            root.remove("file")
        assert b"".join(body) == b"first" * 100_000
        body.close()


@pytest.mark.parametrize(
    ("filename", "header"),
    [
        ("a.txt", "attachment; filename=\"a.txt\"; filename*=UTF-8''a.txt"),
        ('a "b".txt', "attachment; filename=\"a _b_.txt\"; filename*=UTF-8''a%20%22b%22.txt"),
        ("ü.txt", "attachment; filename=\"_.txt\"; filename*=UTF-8''%C3%BC.txt"),
        ("a\r\nb: c", "attachment; filename=\"a__b: c\"; filename*=UTF-8''a%0D%0Ab%3A%20c"),
        ("50%\\", "attachment; filename=\"50__\"; filename*=UTF-8''50%25%5C"),
        ("", "attachment; filename=\"\"; filename*=UTF-8''"),
    ],
)
def test_the_name_of_a_download_breaks_out_of_no_header(filename, header):
    assert content_disposition("attachment", filename) == header


@pytest.mark.parametrize(
    ("disposition", "name", "wanted"),
    [
        (None, "picture", "inline"),
        ("attachment", "picture", "attachment"),
        ("inline", "picture", "inline"),
        (None, "file", "attachment"),
        ("inline", "file", "attachment"),
    ],
)
def test_only_what_is_harmless_is_shown_in_the_browser(disposition, name, wanted, answer):
    response = answer(lambda site, request: file_response(site[name], disposition))
    assert response.headers["Content-Disposition"].startswith(f"{wanted}; ")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("age", "seconds"), [(600, 600), (timedelta(days=1), 86_400), (0, 0)])
def test_a_cookie_says_its_age_once(age, seconds):
    response = Response()
    response.set_cookie("a", "1", age, path="/b", httponly=True, samesite="Lax")
    response.set_cookie("b", "2")
    first, second = response.headers.getall("Set-Cookie")
    assert first == f"a=1; Path=/b; HttpOnly; SameSite=Lax; Max-Age={seconds}"
    assert second == "b=2; Path=/"


def test_a_cookie_that_is_taken_back_has_no_age_left():
    response = Response()
    response.delete_cookie("a", path="/b")
    assert response.headers["Set-Cookie"].startswith("a=; Max-Age=0; Path=/b; expires=")
