"""Addresses of the whole site, static files, the access log."""

import gzip
import io
import json
import re

import pytest

from objpub import Content
from objpub import field
from objpub import Site
from objpub import testing
from objpub.publisher.access_log import AccessLog
from objpub.publisher.access_log import JsonAccessLog
from objpub.publisher.static import StaticFiles
from objpub.security import override_permission
from objpub.views import view
from tests.publisher.model import fill
from tests.publisher.model import model_site


@pytest.fixture(scope="module")
def site():
    with model_site() as site:
        yield fill(site)


@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [
        ("/health", "text/plain", "ok"),
        ("/ready", "text/plain", "ready"),
        ("/robots.txt", "text/plain", "Disallow: /manage"),
        ("/favicon.ico", "image/svg+xml", "<svg"),
    ],
)
def test_services_answer(site, path, kind, words):
    response = site.client.get(path)
    assert (response.status, response.content_type) == (200, kind)
    assert words in response.body.decode()
    assert site.client.head(path).raw == b""
    assert site.client.get(path + "/").status == 404
    assert site.client.post(path).headers["Allow"] == "GET, HEAD"


def test_health_answers_without_the_storage_and_ready_says_that_it_is_gone():
    with testing.site() as site:
        site.database.close()
        assert site.client.get("/health").status == 200
        response = site.client.get("/ready")
        assert (response.status, response.text) == (503, "not ready: DatabaseError\n")


def test_what_a_service_is_called_cannot_be_a_child_of_the_site(site):
    client = site.browser().login("mia")
    for name in ("health", "ready", "static", "robots.txt", "login", "manage", "api"):
        assert client.post("/add", {"name": name, "title": "x"}).status == 422


# Static files


def test_a_static_file_is_cached_forever_under_its_fingerprint(site):
    link = re.search(r'href="(/static/[^"]+)"', site.client.get("/").text)[1]
    response = site.client.get(link)
    assert response.headers["Cache-Control"] == "max-age=31536000, immutable"
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    plain = site.client.get("/static/objpub-publisher/plain.css")
    assert plain.headers["Cache-Control"] == "max-age=60"
    old = site.client.get("/static/objpub-publisher/0123456789/plain.css")
    assert (old.status, old.headers["Cache-Control"]) == (200, "max-age=60")


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5"])
def test_a_static_text_is_compressed_once_for_who_takes_it(site, accepted):
    path = "/static/objpub-publisher/plain.css"
    whole = site.client.get(path)
    packed = site.client.get(path, headers={"Accept-Encoding": accepted})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.body == whole.body
    assert int(packed.headers["Content-Length"]) == len(packed.raw) < len(whole.raw) / 2
    assert packed.headers["Vary"] == whole.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["ETag"] != whole.headers["ETag"]
    asked = {"Accept-Encoding": accepted, "If-None-Match": packed.headers["ETag"]}
    assert site.client.get(path, headers=asked).status == 304
    assert site.client.get(path, headers={**asked, "Accept-Encoding": "gzip;q=0"}).status == 200


def test_a_static_text_that_changed_is_compressed_anew(tmp_path):
    file = tmp_path / "page.css"
    file.write_text("b { color: red }\n" * 100)
    static = StaticFiles({"part": tmp_path})
    path = ("static", "part", "page.css")
    first = static.answer(path, "gzip").body
    file.write_text("b { color: tan }\n" * 200)
    assert gzip.decompress(first) != gzip.decompress(static.answer(path, "gzip").body)


def test_a_picture_among_static_files_is_left_as_it_is(tmp_path):
    tmp_path.joinpath("page.woff2").write_bytes(bytes(5_000))
    answer = StaticFiles({"part": tmp_path}).answer(("static", "part", "page.woff2"), "gzip")
    assert "Content-Encoding" not in answer.headers
    assert answer.body == bytes(5_000)


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/objpub-publisher",
        "/static/objpub-publisher/",
        "/static/objpub-publisher/x.css",
        "/static/objpub-publisher/../services.py",
        "/static/objpub-publisher/%2e%2e/services.py",
        "/static/objpub-publisher/..%2fservices.py",
        "/static/objpub-publisher/%2fetc%2fpasswd",
        "/static//etc/passwd",
        "/static/nothing/plain.css",
        "/static/objpub-publisher/a/b/plain.css",
    ],
)
def test_there_are_no_other_static_files(site, path):
    assert site.client.get(path).status in (404, 308)
    assert b"root:" not in site.client.get(path).body


# The access log

BROWSER = {"Referer": "http://elsewhere.example/x?token=4711", "User-Agent": "Heron/1.0"}


def logged(client, log, method, path, **options):
    """Return the line that a request leaves."""
    log.seek(0)
    log.truncate()
    response = client.request(method, path, **options)
    return response, log.getvalue()


def test_each_request_leaves_a_line():
    log = io.StringIO()
    with model_site() as site:
        fill(site)
        site.application.access_log = AccessLog(log)
        client = site.browser(address="10.1.2.3").login("mia")
        response, line = logged(client, log, "GET", "/box/page?a=b", headers=BROWSER)
        pattern = (
            r"10\.1\.2\.3 - mia \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\] "
            r'"GET /box/page HTTP/1\.[01]" 200 '
            + response.headers["Content-Length"]
            + r' "http://elsewhere\.example/x" "Heron/1\.0" \d+\.\d{4} '
            + re.escape(response.headers["X-Request-Id"])
            + "\n"
        )
        assert re.fullmatch(pattern, line), line
        for method, path, status in (
            ("GET", "/nothing", 404),
            ("POST", "/box/page", 405),
            ("BREW", "/", 501),
            ("GET", "/health", 200),
            ("GET", "/%ff", 400),
            ("GET", "/static/objpub-publisher/plain.css", 200),
            ("GET", "/box/page/fails", 500),
        ):
            _, line = logged(client, log, method, path)
            assert f'"{method} ' in line and f'" {status} ' in line
            assert line.count("\n") == 1


@pytest.mark.parametrize(
    "path", ["/a%0Ab", "/a%22b", "/a%5Cb", "/%1B[31m", "/a%7F", "/%00", "/a%E2%80%A8b", "/%C2%85"]
)
def test_nobody_can_write_a_line_of_the_log(path):
    log = io.StringIO()
    with testing.site() as site:
        site.application.access_log = AccessLog(log)
        site.client.get(path)
    line = log.getvalue()
    assert line.count("\n") == 1
    assert line.count('"') == 6
    assert "\x1b" not in line and "\x7f" not in line


def test_a_method_cannot_write_a_line_either():
    log = io.StringIO()
    with testing.site() as site:
        site.application.access_log = AccessLog(log)
        site.client.request('G"E\nT', "/")
    assert log.getvalue().count("\n") == 1


@pytest.mark.parametrize("header", ["Referer", "User-Agent"])
def test_a_header_cannot_write_a_line_either(header):
    log = io.StringIO()
    with testing.site() as site:
        site.application.access_log = AccessLog(log)
        site.client.get("/", headers={header: 'a" 200 "\\x1b[31m'})
    assert log.getvalue().count('"') == 6 and "\\" not in log.getvalue().replace("\\u{", "")


def test_as_json_each_line_is_an_object():
    log = io.StringIO()
    with model_site(settings={"log.access": True, "log.form": "json"}) as site:
        fill(site)
        assert type(site.application.access_log) is JsonAccessLog
        site.application.access_log = JsonAccessLog(log)
        client = site.browser(address="10.1.2.3").login("mia")
        response, line = logged(client, log, "GET", "/box/page?a=b", headers=BROWSER)
        told = json.loads(line)
        assert told.pop("seconds") < 60 and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told.pop("time"))
        assert told == {
            "level": "info",
            "logger": "objpub.access",
            "request": response.headers["X-Request-Id"],
            "address": "10.1.2.3",
            "user": "mia",
            "method": "GET",
            "path": "/box/page",
            "status": 200,
            "bytes": int(response.headers["Content-Length"]),
            "referer": "http://elsewhere.example/x",
            "agent": "Heron/1.0",
        }
        _, line = logged(client, log, "GET", '/a%0A"b')
        assert json.loads(line)["path"] == '/a\n"b' and line.count("\n") == 1


def test_without_the_setting_there_is_no_log():
    with testing.site() as site:
        assert site.application.access_log is None
    with testing.site(settings={"log.access": True}) as site:
        assert site.application.access_log is not None


# Pages for what has no view


def test_a_type_without_any_view_has_a_readable_page(site):
    with site.work() as root:
        root["box"]["other"].body = "<p>Rich <b>text</b></p>"
        root["box"]["other"].link = "https://example.org/?a=b&c=d"
        root["box"]["other"].tags = {"one"}
    text = site.client.get("/box/other").text
    assert "<h1>Other</h1>" in text
    assert "<dt>Body</dt><dd><p>Rich <b>text</b></p></dd>" in text
    assert "https://example.org/?a=b&amp;c=d" in text
    assert "<dt>Tags</dt><dd>one</dd>" in text
    assert "Day" not in text


def test_a_folder_lists_what_may_be_seen_page_by_page():
    with model_site() as site:
        fill(site)
        with site.work() as root:
            for number in range(120):
                root["box"]["inner"].add(
                    f"page{number:03}", type(root["box"]["page"])(title=f"Title {number}")
                )
        page, seen = site.client.get("/box/inner/"), []
        while True:
            seen += [text for text, _ in page.page.links if text.startswith("Title")]
            if "More" not in dict(page.page.links):
                break
            page = page.click("More")
        assert seen == [f"Title {number}" for number in range(120)]


class Paid(Content, addable="anywhere"):
    title: str
    salary: int = field(default=0, read="manage")


def test_a_default_page_leaves_out_fields_and_children_that_may_not_be_seen():
    with testing.site(Paid) as site:
        site.add_user("chief", roles=["manager"])
        with site.work() as root:
            root.add("ann", Paid(title="Ann", salary=4321))
            root.add("bob", Paid(title="Bob"))
            override_permission(root["bob"], "view", ["manager"])
        visitor, chief = site.browser(), site.browser().login("chief")
        assert "4321" in chief.get("/ann").text
        assert "4321" not in visitor.get("/ann").text and "Salary" not in visitor.get("/ann").text
        assert "Bob" in chief.get("/").text
        assert "Ann" in visitor.get("/").text and "Bob" not in visitor.get("/").text


def test_a_default_page_can_be_given_by_the_site():
    @view(Site)
    def home(root, request):
        return "home"

    with testing.site(home) as site:
        assert site.client.get("/").text == "home"
