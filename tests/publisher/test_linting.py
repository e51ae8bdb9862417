"""Every sort of answer, over a socket, in the eyes of httplint: no warning."""

import http.client
import io

import PIL.Image
import pytest

from objpub import File
from objpub import Image
from objpub import Site
from objpub.content import Upload
from objpub.publisher import Markup
from objpub.views import Response
from objpub.views import view
from tests.publisher.model import fill
from tests.publisher.model import model_site
from tests.publisher.running import BOTH
from tests.publisher.running import served

httplint = pytest.importorskip("httplint", reason="needs the tools for tests: make test")

FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>News</title><link>http://localhost/</link><description>All</description>
<item><title>One</title><link>http://localhost/box/page</link></item></channel></rss>"""
JSON = {"Accept": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
UPLOAD = (
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
    b"Content-Type: text/plain\r\n\r\nsome text\r\n--b--\r\n"
)
MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}


@view(Site, "feed", permission="public", cache=600)
def feed(site, request):
    return Response(body=FEED.encode(), content_type="application/rss+xml")


@view(Site, "take", method="POST", permission="public")
def take(site, request, file: Upload):
    if "taken" in site:
        site.remove("taken")
    site.add("taken", File.of(file))
    return request.redirect(site["taken"], message="Taken")


@view(Site, "rows", permission="public")
def rows(site, request):
    return (f"row {number}\n" for number in range(10))


@view(Site, "long", permission="public")
def long(site, request):
    return Markup(f"<!DOCTYPE html><title>Long</title><p>{'long ' * 1000}</p>")


@view(Site, "data", permission="public")
def data(site, request):
    return request.json({"numbers": list(range(1000))})


@pytest.fixture(scope="module", params=BOTH)
def wire(request):
    with model_site(feed, take, rows, long, data) as site:
        fill(site)
        with site.work() as root:
            root["box"].add("image", Image.from_bytes(picture(), "picture.png"))
            root.add("text", File.from_bytes(b"plain text\n" * 1000, "text.txt"))
        with served(site, software=request.param) as wire:
            yield wire


def picture():
    made = io.BytesIO()
    PIL.Image.new("RGB", (600, 400), "teal").save(made, "PNG")
    return made.getvalue()


#: What a status says by itself.
MEANT = {"STATUS_BAD_REQUEST"}
EXCHANGES = {
    "a page": ("GET", "/box/page", {}),
    "a page, packed": ("GET", "/long", {"Accept-Encoding": "gzip"}),
    "the head of a page": ("HEAD", "/box/page", {}),
    "a page that the browser has": ("GET", "/box/page", {"If-None-Match": "*"}),
    "a folder": ("GET", "/box/", {}),
    "a folder without its slash": ("GET", "/box", {}),
    "a file": ("GET", "/text", {}),
    "a file for download": ("GET", "/box/file", {}),
    "a part of a file": ("GET", "/text", {"Range": "bytes=10-99"}),
    "no part of a file": ("GET", "/text", {"Range": "bytes=100000-"}),
    "another version of a file": ("GET", "/text", {"If-Match": '"old"'}),
    "an image": ("GET", "/box/image", {}),
    "a smaller image": ("GET", "/box/image/scale/small", {}),
    "a feed": ("GET", "/feed", {}),
    "a feed, packed": ("GET", "/feed", {"Accept-Encoding": "gzip"}),
    "JSON": ("GET", "/data", JSON),
    "a stream": ("GET", "/rows", {}),
    "the head of a stream": ("HEAD", "/rows", {}),
    "nothing": ("GET", "/nothing", {}),
    "nothing, for a program": ("GET", "/nothing", JSON),
    "a bad argument": ("GET", "/box/page/typed?size=x", {}),
    "an error": ("GET", "/box/page/fails", {}),
    "busy": ("GET", "/box/page/busy", {}),
    "a wrong method": ("DELETE", "/text", {}),
    "an unknown method": ("BREW", "/text", {}),
    "which methods": ("OPTIONS", "/box/page", {}),
    "what needs a sign-in": ("GET", "/box/page/secret", {}),
    "what needs a sign-in, for a program": ("GET", "/box/page/secret", JSON),
    "the sign-in": ("GET", "/login", {}),
    "an upload": ("POST", "/take", MULTIPART, UPLOAD),
    "an upload that is refused": ("POST", "/take", MULTIPART, b"broken"),
    "a form of another site": ("POST", "/take", {**MULTIPART, "Origin": "http://evil.example"}, UPLOAD),
    "health": ("GET", "/health", {}),
    "readiness": ("GET", "/ready", {}),
    "robots": ("GET", "/robots.txt", {}),
    "the icon": ("GET", "/favicon.ico", {}),
    "a static file": ("GET", "/static/objpub-publisher/plain.css", {}),
    "a page for somebody": ("GET", "/box/page", {"Cookie": None}),
    "a file for somebody": ("GET", "/text", {"Cookie": None}),
    "what somebody may not see": ("GET", "/box/page/secret", {"Cookie": None}),
}


def warnings_about(wire, method, path, headers, body=None):
    """Return what httplint has to say against the answer to a request."""
    if "Cookie" in headers:
        headers = {"Cookie": wire.sign_in("paul")}
    connection = http.client.HTTPConnection("127.0.0.1", wire.port, timeout=90)
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    content = response.read()
    asked = httplint.HttpRequestLinter()
    asked.process_request_topline(method.encode(), f"{wire.origin}{path}".encode(), b"1.1")
    asked.process_headers([(name.encode(), value.encode()) for name, value in headers.items()])
    asked.feed_content(body or b"")
    asked.finish_content(True)
    linter = httplint.HttpResponseLinter(_related=asked, no_content=method == "HEAD")
    linter.process_response_topline(b"1.1", str(response.status).encode(), response.reason.encode())
    linter.process_headers([(name.encode(), value.encode()) for name, value in response.getheaders()])
    linter.feed_content(content)
    linter.finish_content(True)
    connection.close()
    wrong = (httplint.levels.WARN, httplint.levels.BAD)
    found = [note for note in linter.notes if note.level in wrong and type(note).__name__ not in MEANT]
    return [f"{note.summary} {response.getheaders()}" for note in found]


@pytest.mark.parametrize("name", EXCHANGES)
def test_no_answer_is_warned_about(wire, name):
    assert warnings_about(wire, *EXCHANGES[name]) == []


def test_each_link_to_a_static_file_leads_to_one_that_is_kept_forever(wire):
    page = wire.ask("GET", "/login").text
    path = page.partition('href="/static/')[2].partition('"')[0]
    assert wire.ask("GET", f"/static/{path}").header("Cache-Control").endswith("immutable")
    assert warnings_about(wire, "GET", f"/static/{path}", {}) == []


def test_the_linter_finds_what_is_wrong(wire):
    linter = httplint.HttpResponseLinter()
    linter.process_response_topline(b"1.1", b"200", b"OK")
    linter.process_headers([(b"Date", b"yesterday"), (b"Cache-Control", b"max-age=soon")])
    linter.finish_content(True)
    assert {note.level for note in linter.notes} & {httplint.levels.WARN, httplint.levels.BAD}
