"""Arbitrary requests: none is an error of the site, and none that only reads changes anything.

python -m tests.publisher.fuzz          5,000 of them, half of them over a socket
python -m tests.publisher.fuzz 200      so many
"""

import contextlib
import io
import json
import socket
import sys
import threading
from dataclasses import dataclass
from http.client import HTTPResponse
from urllib.parse import quote
from urllib.parse import quote_from_bytes
from urllib.parse import unquote_to_bytes

from hypothesis import given
from hypothesis import HealthCheck
from hypothesis import settings
from hypothesis import strategies as st

from objpub import Content
from objpub import File
from objpub import Folder
from objpub import Image
from objpub import Site
from objpub.publisher import Server
from objpub.testing import Client
from objpub.views import view
from objpub.views import Views
from tests.changes import is_changed_since
from tests.publisher import model

EXAMPLES = 5_000
QUIET = {"suppress_health_check": list(HealthCheck), "print_blob": False}
SAFE = {"GET", "HEAD", "OPTIONS"}
METHODS = ["GET", "GET", "POST", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "X"]
BREAKING = (model.fails, model.writes, model.quietly)  # they are errors by intent
THINGS = [thing for thing in model.THINGS if thing not in BREAKING]
SEGMENTS = [
    *(
        "box",
        "page",
        "other",
        "inner",
        "file",
        "picture",
        "scale",
        "small",
        "2026",
        "0",
        "-1",
        "99999999999999999999",
    ),
    *(
        "typed",
        "wanted",
        "save",
        "count",
        "rename",
        "move",
        "copy",
        "add",
        "secret",
        "streams",
        "html",
        "upload",
    ),
    *(
        "body",
        "planted",
        "login",
        "logout",
        "health",
        "ready",
        "static",
        "objpub-publisher",
        "plain.css",
        "favicon.ico",
    ),
    *(
        "@@typed",
        "@@",
        "@@@@",
        "++at++now",
        "++",
        "_users",
        "users",
        "__parent__",
        "__class__",
        ".",
        "..",
        "",
        "%2e%2e",
    ),
    *("%00", "%ff", "%C3%BC", "a%2Fb", "+", "%", "%zz", "manage", "api", "robots.txt", "trash"),
]
NAMES = [
    *(
        "size",
        "ratio",
        "on",
        "day",
        "moment",
        "price",
        "level",
        "colour",
        "numbers",
        "email",
        "link",
        "text",
        "number",
    ),
    *(
        "title",
        "count",
        "body",
        "tags",
        "by",
        "name",
        "to",
        "after",
        "blocks",
        "came_from",
        "password",
        "again",
    ),
    *("started", "photo", "_checkboxes", "_token", "kept.title", ""),
]
VALUES = [
    *(
        "1",
        "-1",
        "x",
        "",
        "0",
        "1e999",
        "nan",
        "9" * 400,
        "2026-11-01",
        "2026-11-01T12:00:00Z",
        "0001-01-01",
        "on",
    ),
    *(
        "red",
        "low",
        "a@b.example",
        "http://x",
        "javascript:1",
        "/",
        "/box",
        "//x",
        "\x00",
        "\ud7ff",
        "é" * 50,
        "١",
    ),
    *("<b>", "\r\nX: y", "a" * 6000, "true", "None", "..", "@@x", "page", "mia"),
]
HEADERS = [
    ("Accept", ["application/json", "text/html", "*/*", "", "q=;;,,"]),
    ("Accept-Encoding", ["gzip", "gzip;q=0", "br, gzip;q=1.0", "*", ";"]),
    (
        "Authorization",
        ["Basic", "Basic x", "Basic bWlhOng=", "Basic " + "A" * 3000, "Bearer x", "Digest a=b"],
    ),
    ("Content-Encoding", ["gzip", "identity"]),
    (
        "Cookie",
        [
            "objpub_session=x.y",
            "objpub_session=",
            "objpub_message=e30.x",
            "a=b; =; ;",
            "objpub_mark=" + "m" * 900,
        ],
    ),
    ("Host", ["localhost", "", "evil.example:99", "[::1]:80", "a b"]),
    ("If-Modified-Since", ["Sat, 29 Oct 1994 19:43:31 GMT", "x"]),
    ("If-None-Match", ['"x"', "*", "x"]),
    ("Origin", ["http://localhost", "null", "x", ""]),
    ("Range", ["bytes=0-1", "bytes=-", "x"]),
    ("Sec-Fetch-Site", ["same-origin", "cross-site", "none", ""]),
    ("X-Csrf-Token", ["x"]),
]
KINDS = [
    *(
        "application/x-www-form-urlencoded",
        "application/json",
        "application/problem+json",
        "text/plain",
        "",
        ";",
        "x",
    ),
    *(
        "multipart/form-data; boundary=b",
        'multipart/form-data; boundary="',
        "multipart/form-data",
        "text/html; charset=x",
    ),
]


@dataclass(frozen=True)
class Sent:
    """A request as it goes over a wire. user: who has signed in before, "" for nobody."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    user: str


texts = st.one_of(st.sampled_from(VALUES), st.text(max_size=20))
segments = st.one_of(
    st.sampled_from(SEGMENTS),
    st.sampled_from(SEGMENTS),
    st.text(max_size=8).map(lambda text: quote(text, safe="")),
    st.binary(max_size=4).map(quote_from_bytes),
)
places = st.sampled_from([[], ["box"], ["box", "page"], ["box", "page"], ["box", "page"], ["box", "inner"]])
paths = st.builds(lambda start, more: "/" + "/".join([*start, *more]), places, st.lists(segments, max_size=3))
any_names = st.one_of(st.sampled_from(NAMES), st.text(max_size=5))


def pairs(names):
    """Return values of a form by some of *names*."""
    return st.lists(st.tuples(names, texts), max_size=4)


def encoded(names):
    """Return a form as browsers write it."""
    return pairs(names).map(
        lambda found: "&".join(
            f"{quote(name, errors='replace')}={quote(text, errors='replace')}" for name, text in found
        )
    )


def queries(names):
    """Return what stands behind a question mark, often nothing."""
    junk = st.one_of(st.binary(max_size=10).map(quote_from_bytes), st.just("&=&;%"))
    return st.one_of(st.just(""), encoded(names), encoded(names), junk)


def json_values(names):
    """Return anything that JSON can say, NaN included."""
    leaves = [
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=10),
        st.sampled_from(VALUES),
    ]
    return st.recursive(
        st.one_of(leaves),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
        max_leaves=6,
    )


@st.composite
def parts(draw, names):
    """Return the body of a multipart form, mostly a right one."""
    body = b""
    for name, text in draw(pairs(names)):
        file = draw(st.sampled_from(["", '; filename="a.txt"', '; filename=""', "; filename*=x''y"]))
        head = f'Content-Disposition: form-data; name="{name}"{file}\r\n\r\n{text}\r\n'
        body += b"--b\r\n" + head.encode("utf-8", "replace")
    return body + draw(st.sampled_from([b"--b--\r\n", b"--b--", b"--b", b""]))


@st.composite
def bodies(draw, names):
    """Return a body and its media type, which mostly fit."""
    kind = draw(st.sampled_from(KINDS))
    if draw(st.integers(0, 5)) == 0:
        return draw(st.binary(max_size=60)), kind
    if kind.startswith("multipart"):
        return draw(parts(names)), kind
    if "json" in kind:
        value = draw(st.one_of(st.dictionaries(names, json_values(names), max_size=4), json_values(names)))
        return json.dumps(value).encode(), kind
    return draw(encoded(names)).encode(), kind


@st.composite
def headers(draw):
    """Return some headers that somebody may send."""
    free = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=10)
    chosen = draw(st.lists(st.sampled_from(HEADERS), max_size=3, unique_by=lambda header: header[0]))
    return [(name, draw(st.one_of(st.sampled_from(values), free)).strip()) for name, values in chosen]


@st.composite
def requests(draw, aim=None):
    """Return a request of anything, or one that *aim*s at a view: its path, its methods, its names."""
    path, methods, known = aim or (draw(paths), METHODS, [])
    method = draw(st.sampled_from(METHODS if draw(st.integers(0, 3)) == 0 else methods))
    names = st.one_of(st.sampled_from(known), st.sampled_from(known), any_names) if known else any_names
    query = draw(st.one_of(encoded(names), queries(names)))
    sent = draw(headers()) if draw(st.booleans()) else []
    body, kind = draw(bodies(names)) if method not in SAFE or not draw(st.integers(0, 9)) else (b"", "")
    if kind:
        sent.append(("Content-Type", kind))
    user = draw(st.sampled_from(["", "paul", "mia", "mia"]))
    return Sent(method, f"{path}?{query}" if query else path, tuple(sent), body, user)


def aims_of(registry):
    """Return (path, methods, names) of the views there are; the names are those in the text of their code."""
    places = {
        model.Page: "/box/page/",
        model.Box: "/box/",
        Site: "/",
        File: "/box/file/",
        Image: "/box/picture/",
    }
    places |= {Content: "/box/page/", Folder: "/box/"}
    return [
        (f"{places[each.kind]}{each.name}", each.methods, names_in(each.function))
        for each in registry[Views].all()
        if each.kind in places
    ]


def names_in(function):
    """Return what *function* may ask the form for: its arguments, and its constants that are words."""
    code = function.__code__
    words = (word for word in code.co_consts if isinstance(word, str) and word.isidentifier())
    return [*code.co_varnames[2 : code.co_argcount], *words]


@contextlib.contextmanager
def running(*more, server=True):
    """Run the site of the model and give what sends a request to it: Sent → status, or None for no answer."""
    with model.testing.site(*THINGS, *more, settings=model.LIMITS) as site:
        model.fill(site)
        cookies = {"": "", **{name: cookie_of(site, name) for name in ("paul", "mia")}}
        if not server:
            yield site, lambda sent: ask_in_process(site, sent, cookies[sent.user])
            return
        served = Server(site.application, "127.0.0.1", 0, 2)
        close, site.application.close = site.application.close, lambda: None  # the site closes it itself
        thread = threading.Thread(target=served.run)
        thread.start()
        try:
            yield site, lambda sent: ask_over_socket(served.port, sent, cookies[sent.user])
        finally:
            served.stop()
            thread.join()
            site.application.close = close


def cookie_of(site, name):
    """Return the Cookie header of somebody who has signed in."""
    client = site.browser().login(name)
    return client.cookies.header("/")


def headers_of(sent, cookie):
    """Return the headers to send."""
    known = dict(sent.headers)
    if cookie:
        known.setdefault("Origin", "http://localhost")
        known["Cookie"] = cookie if "Cookie" not in known else f"{cookie}; {known['Cookie']}"
    return known


def ask_in_process(site, sent, cookie):
    """Return the status that the application answers."""
    path, _, query = sent.target.partition("?")
    known = headers_of(sent, cookie)
    client = Client(site.application)
    environ = client.environ("GET", "/", known, b"", "")
    environ.update(REQUEST_METHOD=sent.method, QUERY_STRING=query)
    environ["PATH_INFO"] = unquote_to_bytes(path).decode("latin-1")
    environ["wsgi.input"] = io.BytesIO(sent.body)
    if sent.body:
        environ["CONTENT_LENGTH"] = str(len(sent.body))
    answered = []
    body = site.application(environ, lambda status, headers: answered.append(status))
    for _ in body:
        pass
    if hasattr(body, "close"):
        body.close()
    return int(answered[0][:3])


def ask_over_socket(port, sent, cookie):
    """Return the status that the server answers."""
    known = {"Host": "localhost", **headers_of(sent, cookie), "Connection": "close"}
    if sent.body or sent.method not in SAFE:
        known["Content-Length"] = str(len(sent.body))
    lines = [f"{sent.method} {sent.target} HTTP/1.1", *(f"{name}: {value}" for name, value in known.items())]
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + sent.body)
        response = HTTPResponse(connection, method=sent.method)
        response.begin()
        response.read()
        return response.status


def check(site, ask, sent):
    """Send a request. Raises AssertionError if it is an error of the site or changes what it may not."""
    with site.work() as root:
        gone = "box" not in root or "page" not in root["box"]
    if gone:  # a manager may delete and rename
        model.fill_content(site)
    before = site.last_transaction()
    status = ask(sent)
    assert status != 500, f"{sent} answered 500"
    counted = "login" in sent.target or any(name == "Authorization" for name, _ in sent.headers)
    if (sent.method in SAFE or status >= 400) and not counted:  # wrong passwords are counted
        changed = is_changed_since(site, before)  # of refusals the audit record may tell
        assert not changed, f"{sent} answered {status} and changed the database"
    return status


def fuzz(examples, server, more=(), **options):
    """Send so many arbitrary requests, half of them to views that are there.

    Returns how many answers there were of each status.
    """
    statuses = {}
    with running(*more, server=server) as (site, ask):

        def send(sent):
            status = check(site, ask, sent)
            statuses[status] = statuses.get(status, 0) + 1

        aims = aims_of(site.registry)
        share = max(1, examples // 2 // len(aims))
        for aim in [None, *aims]:
            limit = share if aim else max(1, examples - share * len(aims))
            limits = settings(max_examples=limit, deadline=None, database=None, **QUIET, **options)
            limits(given(requests(aim))(send))()
    return dict(sorted(statuses.items()))


@view(model.Page, "planted", permission="public")
def planted(page, request):
    """Crash for what is no number: the mistake that the fuzzing has to find."""
    return str(int(request.form.get("number", "0")))


def main(examples=EXAMPLES):
    """Run what the command line asks for; print what was answered."""
    for server in (False, True):
        where = "over a socket" if server else "in process"
        print(f"{examples // 2} requests {where}:", fuzz(examples // 2, server), flush=True)


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:2]))
