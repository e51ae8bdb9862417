"""Wrong requests: the right status, a message that names field and value, and nothing written.

Each case is sent twice, by a person and by a program: the one gets a page, the other problem+json.
"""

import html
from dataclasses import dataclass
from dataclasses import field

import pytest

from tests.changes import is_changed_since
from tests.changes import last_change
from tests.publisher.model import fill
from tests.publisher.model import model_site

TYPED = "/box/page/typed"
DEEP_JSON = b'{"by": ' + b"[" * 60 + b"]" * 60 + b"}"
PARTS = [(f"part{number}", "x") for number in range(21)]
JSON = "application/json"
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
LONG_HEADER = PART[:-4] + b"X: " + b"y" * 5_000 + b"\r\n\r\n1\r\n--b--\r\n"
CHUNKED = {"HTTP_TRANSFER_ENCODING": "chunked"}


@dataclass
class Wrong:
    """A wrong request. words: all of them stand in the message. options: for `Client.request`."""

    status: int
    method: str
    path: str
    words: list[str]
    user: str = ""
    options: dict = field(default_factory=dict)

    def __str__(self):
        sent = next(iter(self.options.values()), "")
        return f"{self.status}-{self.method[:10]}-{self.path[:30]}-{str(sent)[:30]}".replace("::", ":")


def wrong(status, request, *words, user="", **options):
    method, _, path = request.partition(" ")
    return Wrong(status, method, path, list(words), user, options)


CASES = [
    # 400: it cannot be read, or an argument cannot be converted
    wrong(400, f"GET {TYPED}?size=x", "size", "whole number", "'x'"),
    wrong(400, f"GET {TYPED}?size=1.5", "size", "'1.5'"),
    wrong(400, f"GET {TYPED}?size=" + "9" * 5000, "size", "999"),
    wrong(400, f"GET {TYPED}?ratio=nan", "ratio", "'nan'"),
    wrong(400, f"GET {TYPED}?on=perhaps", "on", "'perhaps'"),
    wrong(400, f"GET {TYPED}?day=2026-02-30", "day", "'2026-02-30'"),
    wrong(400, f"GET {TYPED}?moment=2026-11-01T12:00:00x", "moment", "'2026-11-01T12:00:00x'"),
    wrong(400, f"GET {TYPED}?price=dear", "price", "'dear'"),
    wrong(400, f"GET {TYPED}?level=middle", "level", "'low' or 'high'", "'middle'"),
    wrong(400, f"GET {TYPED}?colour=green", "colour", "'red' or 'blue'", "'green'"),
    wrong(400, f"GET {TYPED}?numbers=1&numbers=two", "numbers", "'two'"),
    wrong(400, f"GET {TYPED}?email=nobody", "email", "'nobody'"),
    wrong(400, f"GET {TYPED}?link=javascript:alert(1)", "link", "'javascript:alert(1)'"),
    wrong(400, f"GET {TYPED}?text=a%00b", "text", "\\x00"),
    wrong(400, f"GET {TYPED}?size=a&day=b", "size", "'a'", "day", "'b'"),
    wrong(400, "GET /box/page/wanted", "number", "missing"),
    wrong(400, "GET /box/page/wanted?number=", "number", "whole number"),
    wrong(400, "POST /box/page/count", "by", "'many'", data={"by": "many"}),
    wrong(400, "POST /box/page/count", "by", "'many'", json={"by": "many"}),
    wrong(400, "POST /box/page/count", "by", "None", json={"by": None}),
    wrong(400, "POST /box/page/count", "by", "x.txt", files={"by": ("x.txt", b"1")}),
    wrong(400, "GET /%ff", "path", "UTF-8", "ÿ"),
    wrong(400, "GET /a%00b", "control characters", "\\x00"),
    wrong(400, "GET /?a=%ff", "UTF-8", "\\xff"),
    wrong(400, "POST /box/page/count", "line 1", "column 2", data=b"{", content_type=JSON),
    wrong(400, "POST /box/page/count", "list", "wanted an object", data=b"[1]", content_type=JSON),
    wrong(400, "POST /box/page/count", "NaN", data=b'{"by": NaN}', content_type=JSON),
    wrong(400, "POST /box/page/count", "UTF-8", data=b'{"by": "\xff"}', content_type=JSON),
    wrong(400, "POST /box/page/count", "UTF-8", data=b'{"by": "\\ud800"}', content_type=JSON),
    wrong(400, "POST /box/page/count", "50 levels", data=DEEP_JSON, content_type=JSON),
    wrong(400, "POST /box/page/count", "0xff", data=b"by=\xff", content_type=URLENCODED),
    wrong(400, "POST /box/page/count", "boundary", data=b"x", content_type="multipart/form-data"),
    wrong(400, "POST /box/page/count", "cannot be read", data=b"rubbish", content_type=MULTIPART),
    wrong(400, "POST /box/page/count", "cannot be read", data=PART + b"1", content_type=MULTIPART),
    wrong(400, "POST /box/page/count", "Content-Length", "'-1'", environ={"CONTENT_LENGTH": "-1"}),
    wrong(400, "POST /box/page/count", "Content-Length", "'ten'", environ={"CONTENT_LENGTH": "ten"}),
    wrong(400, "POST /box/page/count", "10 bytes before",
          environ={"CONTENT_LENGTH": "10"}, content_type=JSON),
    wrong(400, "POST /box/page/count", "Transfer-Encoding", data={"by": "1"}, environ=CHUNKED),
    # 401: nobody is signed in; reading gets 303, see below
    wrong(401, "POST /box/page/save", "sign-in"),
    wrong(401, "POST /box/page/secret", "sign-in"),
    wrong(401, "POST /box/page/rename", "sign-in", data={"name": "new"}),
    wrong(401, "POST /box/page/delete", "sign-in"),
    wrong(401, "POST /box/page/move", "sign-in", data={"to": "/"}),
    wrong(401, "POST /box/add", "sign-in", data={"title": "New"}),
    wrong(401, "POST /box/add", "sign-in", json={"title": "New"}),
    wrong(401, "POST /box/page/save", "sign-in", files={"title": ("x.txt", b"x")}),
    wrong(401, "POST /box/page/secret", "sign-in", headers={"Cookie": "objpub_session=made.up"}),
    wrong(401, "POST /login", "wrong", data={"name": "nobody", "password": ""}, user="records"),
    # 403: somebody, but not allowed to; or sent by a page of another site
    wrong(403, "GET /box/page/secret", "secret", user="edith"),
    wrong(403, "HEAD /box/page/secret", user="edith"),
    wrong(403, "POST /box/page/secret", "secret", user="edith"),
    wrong(403, "POST /box/page/save", "edit", user="paul", data={"title": "New"}),
    wrong(403, "POST /box/page/delete", user="paul"),
    wrong(403, "POST /box/page/move", user="paul", data={"to": "/"}),
    wrong(403, "POST /box/add", "add", user="paul", data={"title": "New"}),
    wrong(403, "POST /box/page/rename", user="paul", json={"name": "new"}),
    wrong(403, "POST /box/page/count", "http://evil.example", headers={"Origin": "http://evil.example"}),
    wrong(403, "POST /box/page/count", "'null'", headers={"Origin": "null"}),
    wrong(403, "POST /box/page/count", "https://localhost", headers={"Origin": "https://localhost"}),
    wrong(403, "POST /box/page/count", "cross-site", headers={"Sec-Fetch-Site": "cross-site"}),
    wrong(403, "POST /box/page/count", "same-site", headers={"Sec-Fetch-Site": "same-site"}),
    wrong(403, "POST /box/page/count", "Origin", "_token", user="edith", headers={"Origin": None}),
    wrong(403, "POST /login", "evil", headers={"Origin": "http://evil.example"}, data={"name": "mia"}),
    wrong(403, "PUT /box/page/body", "http://evil.example", headers={"Origin": "http://evil.example"}),
    wrong(403, "PATCH /box/page", "http://evil.example", headers={"Origin": "http://evil.example"}),
    wrong(403, "DELETE /box/page", "cross-site", headers={"Sec-Fetch-Site": "cross-site"}),
    # 404: no such resource, view or file
    wrong(404, "GET /nothing", "/nothing"),
    wrong(404, "GET /box/page/nothing", "'/box/page' has no 'nothing'"),
    wrong(404, "GET /box/nothing/more", "'/box' has no 'nothing'"),
    wrong(404, "GET /box/page/typed/more", "'more'"),
    wrong(404, "GET /box/page/@@nothing", "'nothing'"),
    wrong(404, "GET /box/@@page", "'page'"),
    wrong(404, "GET /..", "'..'"),
    wrong(404, "GET /box/../../x", "'..'"),
    wrong(404, "GET /++at++now/", "++at++now"),
    wrong(404, "GET /_users", "'_users'"),
    wrong(404, "GET /box/__class__", "__class__"),
    wrong(404, "GET /box/9999", "'9999'"),
    wrong(404, "GET /health/x", "/health/x"),
    wrong(404, "GET /static/objpub-publisher/none.css", "none.css"),
    wrong(404, "GET /static/objpub-publisher/../../app.py", "app.py"),
    wrong(404, "POST /nothing", "/nothing"),
    wrong(404, "HEAD /nothing"),
    wrong(404, "OPTIONS /nothing", "/nothing"),
    # 405: the view is there, for another method
    wrong(405, "GET /box/page/save", "GET", "POST"),
    wrong(405, "HEAD /box/page/save"),
    wrong(405, "POST /box/page/typed", "POST", "GET, HEAD, OPTIONS"),
    wrong(405, "POST /box/page", "POST", "GET"),
    wrong(405, "PUT /box/page", "PUT"),
    wrong(405, "PATCH /box/page/typed", "PATCH"),
    wrong(405, "DELETE /box/page", "DELETE"),
    wrong(405, "DELETE /", "DELETE"),
    wrong(405, "POST /box/", "POST"),
    wrong(405, "PATCH /box/page/body", "PATCH", "POST, PUT"),
    wrong(405, "POST /health", "POST", "GET, HEAD"),
    wrong(405, "POST /static/objpub-publisher/plain.css", "POST"),
    # 409: it cannot be done as things are
    wrong(409, "POST /box/page/rename", "'other'", user="mia", data={"name": "other"}),
    wrong(409, "POST /box/page/rename", "'other'", user="mia", json={"name": "other"}),
    wrong(409, "POST /box/add", "'page'", user="mia", data={"name": "page", "title": "x"}),
    wrong(409, "POST /box/move", user="mia", data={"to": "/box/inner"}),
    wrong(409, "POST /box/move", user="mia", data={"to": "/box"}),
    wrong(409, "POST /box/copy", user="mia", data={"to": "/box/inner"}),
    wrong(409, "POST /box/page/move", "'other'", user="mia", data={"to": "/box", "name": "other"}),
    wrong(409, "POST /move", user="mia", data={"to": "/box"}),
    wrong(409, "POST /delete", user="mia"),
    wrong(409, "POST /box/page/save", "title", user="mia", data={"title": "New", "started": "other"}),
    # 413: too large, or too many of them
    wrong(413, "POST /box/page/count", "20,001", "20,000", data=b"x" * 20_001),
    wrong(413, "POST /box/page/upload", "20,000", files={"photo": b"x" * 20_000}),
    wrong(413, "POST /box/page/count", "6,003", "5,000", data=b"by=" + b"1" * 6_000, content_type=URLENCODED),
    wrong(413, "POST /box/page/count", "5,000", json={"by": "1" * 6_000}),
    wrong(413, "POST /box/page/count", "5,000", data=[("by", "1" * 6_000)], files={"f": b""}),
    wrong(413, "POST /box/page/count", "51 fields", data=[(f"f{number}", "") for number in range(51)]),
    wrong(413, "GET /box/page/typed?" + "&".join(f"f{number}=" for number in range(51)), "51 fields"),
    wrong(413, "POST /box/page/count", "more than 20 parts", data=PARTS, files={"f": b""}),
    wrong(413, "POST /box/page/count", "head of a part", "4,096", data=LONG_HEADER, content_type=MULTIPART),
    wrong(413, "POST /box/page/count", "999,999,999,999", environ={"CONTENT_LENGTH": "999999999999"}),
    # 414: the path is too long or too deep
    wrong(414, "GET /" + "a" * 400, "401", "400"),
    wrong(414, "POST /" + "a" * 400, "401", "400"),
    wrong(414, "GET /" + "%C3%BC" * 200, "401", "400"),
    wrong(414, "GET " + "/a" * 21, "21 segments", "20"),
    wrong(414, "GET " + "/a" * 21 + "/", "21 segments"),
    wrong(414, "DELETE " + "/a" * 30, "30 segments"),
    wrong(414, "HEAD " + "/a" * 21),
    wrong(414, "OPTIONS " + "/a" * 21, "21 segments"),
    wrong(414, "GET /static" + "/a" * 21, "22 segments"),
    # 415: a body of a kind that nobody reads here
    wrong(415, "POST /box/page/count", "text/plain", "application/json",
          data=b"by=1", content_type="text/plain"),
    wrong(415, "POST /box/page/count", "application/xml", data=b"<by>1</by>", content_type="application/xml"),
    wrong(415, "POST /box/page/count", "no stated type", data=b"by=1"),
    wrong(415, "POST /box/page/count", "image/png", data=b"\x89PNG", content_type="image/png"),
    wrong(415, "POST /box/page/count", "text/csv", data=b"by\n1\n", content_type="text/csv; charset=utf-8"),
    wrong(415, "POST /box/page/rename", "text/plain", user="mia", data=b"name=x", content_type="text/plain"),
    wrong(415, "POST /box/page/count", "gzip", data={"by": "1"}, headers={"Content-Encoding": "gzip"}),
    wrong(415, "POST /box/page/count", "br", json={"by": 1}, headers={"Content-Encoding": "br"}),
    wrong(415, "POST /box/page/count", "utf-16", data=b'{"by": 1}', content_type=f"{JSON}; charset=utf-16"),
    wrong(415, "POST /box/page/count", "latin-1",
          data=b"by=1", content_type=f"{URLENCODED}; charset=latin-1"),
    # 422: values that do not fit their declaration
    wrong(422, "POST /box/page/save", "count", "'many'", user="mia", data={"count": "many"}),
    wrong(422, "POST /box/page/save", "count", "from 0 to 1000", "1001", user="mia", data={"count": "1001"}),
    wrong(422, "POST /box/page/save", "count", "-1", user="mia", json={"count": -1}),
    wrong(422, "POST /box/page/save", "title", "40", user="mia", data={"title": "x" * 41}),
    wrong(422, "POST /box/page/save", "title", user="mia", data={"title": ""}),
    wrong(422, "POST /box/page/save", "day", "'soon'", user="mia", data={"day": "soon"}),
    wrong(422, "POST /box/page/save", "link", "'ftp://x'", user="mia", data={"link": "ftp://x"}),
    wrong(422, "POST /box/page/save", "titel", "did you mean 'title'", user="mia", json={"titel": "x"}),
    wrong(422, "POST /box/page/save", "count", "'x'", "day", "'y'", user="mia",
          data={"count": "x", "day": "y"}),
    wrong(422, "POST /box/page/rename", "name", "'_x'", user="mia", data={"name": "_x"}),
    wrong(422, "POST /box/page/rename", "name", "'a/b'", user="mia", data={"name": "a/b"}),
    wrong(422, "POST /box/page/rename", "name", "add", user="mia", data={"name": "add"}),
    wrong(422, "POST /box/add", "title", user="mia", data={"title": "x" * 41}),
    # 501: a method that nobody knows
    *(wrong(501, f"{method} /box/page", method[:40]) for method in
      ("BREW", "TRACE", "CONNECT", "PROPFIND", "LOCK", "get", "GETS", "M-SEARCH", "X" * 100)),
    # 503: somebody else is always faster
    wrong(503, "GET /box/page/busy", "Others are changing"),
    wrong(503, "HEAD /box/page/busy"),
    wrong(503, "POST /box/page/busy", "Others are changing"),
    wrong(503, "POST /box/page/busy", "Others are changing", data={"a": "b"}),
    wrong(503, "POST /box/page/busy", "Others are changing", json={"a": "b"}),
    wrong(503, "POST /box/page/busy", "Others are changing", files={"a": b"b"}),
    wrong(503, "GET /box/page/@@busy", "Others are changing"),
    wrong(503, "GET /box/page/busy", "Others are changing", user="mia"),
    wrong(503, "POST /box/page/busy", "Others are changing", user="mia"),
]  # fmt: skip
PROGRAM = {"Accept": "application/json"}
PERSON = {"Accept": "text/html,*/*;q=0.8"}


@pytest.fixture(scope="module")
def site():
    with model_site() as site:
        site.browsers = {name: fill_once(site, name) for name in ("", "mia", "edith", "paul")}
        yield site


def fill_once(site, name):
    if not name:
        fill(site)
    return site.browser().login(name) if name else site.browser()


@pytest.fixture(params=[PERSON, PROGRAM], ids=["person", "program"])
def asks(request):
    return request.param


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_wrong_request_is_refused(site, case, asks):
    client = site.browsers.get(case.user) or site.browser()
    before = site.last_transaction()
    options = {**case.options, "headers": {**asks, **case.options.get("headers", {})}}
    response = client.request(case.method, case.path, **options)
    assert response.status == case.status, response.text
    assert response.headers["Cache-Control"] == "no-store"
    if case.user != "records":  # a wrong password is counted
        assert not is_changed_since(site, before)
    if case.method == "HEAD":
        assert response.raw == b""
    elif asks is PROGRAM:
        problem = response.json
        assert response.content_type == "application/problem+json"
        assert problem["status"] == case.status
        assert [word for word in case.words if word not in problem["detail"]] == [], problem
    else:
        assert response.content_type == "text/html"
        text = html.unescape(response.text)
        assert [word for word in case.words if word not in text] == [], text


def test_there_are_at_least_eight_cases_of_each_status():
    statuses = [case.status for case in CASES]
    assert {status for status in set(statuses) if statuses.count(status) < 8} == set()
    assert set(statuses) == {400, 401, 403, 404, 405, 409, 413, 414, 415, 422, 501, 503}


@pytest.mark.parametrize(
    "path",
    [
        "/box/page/secret",
        "/box/page/secret?a=b",
        "/box/page/@@secret",
        "/box/page/secret/",
        "/box//page/secret",
        "/box/page/secret?a=%C3%BC&b=/x",
        "/box/other/secret",
        "/box/page/secret?came_from=//evil.example",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_only_reads_is_sent_to_sign_in_and_comes_back(site, path, method):
    client = site.browser()
    before = site.last_transaction()
    response = client.request(method, path)
    assert response.status == 303
    assert response.location.startswith("/login?came_from=%2Fbox")
    assert site.last_transaction() == before
    form = client.get(response.location).form(0)
    form.fill(name="mia", password="good for tests only")
    back = form.submit()
    assert back.location == path
    assert client.get(back.location, follow=True).text == "the secret"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("form", ["page", "json", "strange", "token", "made-up"])
def test_a_program_is_told_to_sign_in(site, method, form):
    headers = {"Accept": "application/json"}
    if form == "made-up":
        headers["Cookie"] = "objpub_session=made.up"
    if form in {"strange", "token"}:
        headers["Authorization"] = f"{'Bearer' if form == 'token' else 'Strange'} nothing"
    before = last_change(site)
    response = site.browser().request(method, "/box/page/secret", headers=headers)
    assert (response.status, response.json["status"]) == (401, 401)
    assert response.headers["WWW-Authenticate"].startswith("Bearer " if form == "token" else "Basic ")
    assert last_change(site) == before


BASIC = {"Authorization": "Basic ZWRpdGg6d3Jvbmc="}  # edith:wrong


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("POST", "/login", {"data": {"name": "edith", "password": "good for tests only"}}),
        ("POST", "/login", {"data": {"name": "edith", "password": "wrong again"}}),
        ("POST", "/login", {"data": {"name": "EDITH", "password": "wrong again"}}),
        ("POST", "/login", {"json": {"name": "edith", "password": "wrong again"}}),
        ("POST", "/login", {"data": {"name": "edith", "password": ""}}),
        ("GET", "/box/page/secret", {"headers": BASIC}),
        ("HEAD", "/box/page/secret", {"headers": BASIC}),
        ("POST", "/box/page/save", {"headers": BASIC, "data": {"title": "x"}}),
        ("POST", "/box/page/secret", {"headers": {**BASIC, "Origin": None}}),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_after_too_many_wrong_passwords_nobody_looks_at_another(method, path, options, accept):
    with model_site() as site:
        fill(site)
        for _ in range(3):
            wrong_one = site.client.post("/login", {"name": "edith", "password": "wrong"})
            assert wrong_one.status == 401
        before = last_change(site)
        headers = {"Accept": accept, **options.get("headers", {})}
        response = site.client.request(method, path, **{**options, "headers": headers})
        assert response.status == 429
        assert int(response.headers["Retry-After"]) > 0
        assert method == "HEAD" or "Try again in" in response.text
        assert last_change(site) == before


def test_405_says_what_is_allowed(site):
    response = site.browser().post("/box/page/typed")
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_503_says_when_to_come_back(site):
    assert site.browser().get("/box/page/busy").headers["Retry-After"] == "1"


@pytest.mark.parametrize("host", ["evil.example", "good.example.evil.example", "", "good.example@x", "[::1]"])
def test_a_host_that_is_not_ours_is_refused(host):
    with model_site(settings={"server.hosts": ["good.example"]}) as site:
        response = site.browser(host=host).get("/")
        assert response.status == 400
        assert html.escape(f"{host!r}", quote=False) in response.text
        assert site.browser(host="good.example:8080").get("/").status == 200
