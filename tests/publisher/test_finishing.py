"""What every answer gets at the end: headers of security, an id, compression."""

import gzip

import pytest

from objpub import Site
from objpub import testing
from objpub.publisher import Markup
from objpub.views import Response
from objpub.views import view
from tests.publisher.model import fill
from tests.publisher.model import model_site

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.fixture(scope="module")
def site():
    with model_site() as site:
        yield fill(site)


PATHS = [
    *("/", "/box", "/box/page", "/nothing", "/box/page/save", "/box/page/typed?size=x", "/box/page/busy"),
    *(
        "/box/page/fails",
        "/box/file",
        "/box/picture",
        "/health",
        "/robots.txt",
        "/favicon.ico",
        "/login",
        "/logout",
    ),
    *(
        "/static/objpub-publisher/plain.css",
        "/static/nothing",
        "/box/page/secret",
        "/%ff",
        "/box/page/streams",
    ),
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "BREW"])
def test_every_answer_has_the_headers_of_security_once_and_an_id(site, path, method):
    headers = site.client.request(method, path).headers
    for name, value in SECURITY.items():
        assert headers.all(name) == [value]
    assert len(headers.all("Content-Security-Policy")) == 1
    assert len(headers.all("X-Request-Id")) == 1
    assert "Server" not in headers


def test_the_policy_lets_no_script_or_style_stand_in_a_page(site):
    policy = site.client.get("/").headers["Content-Security-Policy"]
    directives = dict(each.strip().split(" ", 1) for each in policy.split(";"))
    assert directives["default-src"] == "'self'"
    assert directives["object-src"] == "'none'"
    assert directives["frame-ancestors"] == "'self'"
    assert directives["base-uri"] == directives["form-action"] == "'self'"
    assert "unsafe" not in policy and "script-src" not in directives and "style-src" not in directives


def test_a_file_that_somebody_sent_may_do_nothing(site):
    response = site.client.get("/box/file")
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.content_type == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment; ")
    assert site.client.get("/box/picture").headers["Content-Disposition"].startswith("inline; ")


def test_ids_are_different(site):
    ids = {site.client.get("/").headers["X-Request-Id"] for _ in range(20)}
    assert len(ids) == 20


def test_pages_of_somebody_who_signed_in_are_not_kept_by_proxies(site):
    assert site.client.get("/box/page").headers["Cache-Control"] == "no-cache"
    assert site.browser().login("paul").get("/box/page").headers["Cache-Control"] == "private, no-cache"


# Compression


@pytest.mark.parametrize(
    "accepted",
    [
        "gzip",
        "gzip, deflate, br",
        "deflate;q=0.5, gzip;q=1.0",
        "*;q=0.1, gzip",
        "gzip;q=0.5",
        "gzip ; q=0.01",
        "GZIP",
    ],
)
def test_a_long_page_is_compressed_for_who_takes_it(site, accepted):
    response = site.client.get("/box/page/html", headers={"Accept-Encoding": accepted})
    assert response.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response.headers["Vary"]
    assert int(response.headers["Content-Length"]) == len(response.raw) < len(response.body)
    assert gzip.decompress(response.raw) == site.client.get("/box/page/html").raw


@pytest.mark.parametrize(
    "accepted", [None, "", "br", "gzip;q=0", "gzip; q=0", "gzip;Q=0", "identity", "gzip;q=0.0, identity"]
)
def test_a_page_is_not_compressed_for_who_does_not(site, accepted):
    response = site.client.get("/box/page/html", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize("path", ["/health", "/box/picture", "/box/file", "/box", "/favicon.ico"])
def test_what_is_short_or_packed_already_is_left_alone(site, path):
    assert "Content-Encoding" not in site.client.get(path, headers={"Accept-Encoding": "gzip"}).headers


def test_a_view_may_have_packed_it_itself():
    @view(Site, "packed", permission="public")
    def packed(site, request):
        response = Response(gzip.compress(b"x" * 5000), content_type="text/plain")
        response.headers["Content-Encoding"] = "gzip"
        return response

    with testing.site(packed) as site:
        assert site.client.get("/packed", headers={"Accept-Encoding": "gzip"}).body == b"x" * 5000


def test_head_of_a_compressed_page_tells_the_same_length(site):
    headers = {"Accept-Encoding": "gzip"}
    got = site.client.get("/box/page/html", headers=headers)
    head = site.client.head("/box/page/html", headers=headers)
    assert head.headers["Content-Length"] == got.headers["Content-Length"]


def test_a_view_may_set_a_policy_of_its_own():
    @view(Site, "own", permission="public")
    def own(site, request):
        response = Response("<p>own</p>")
        response.headers["Content-Security-Policy"] = "default-src 'none'"
        return response

    with testing.site(own) as site:
        headers = site.client.get("/own").headers
        assert headers.all("Content-Security-Policy") == ["default-src 'none'"]
        assert headers["X-Content-Type-Options"] == "nosniff"


# Messages


def test_a_message_is_shown_once_on_the_next_page_of_the_same_browser():
    @view(Site, "say", method="POST", permission="public")
    def say(site, request, text: str):
        return request.redirect(site, message=text)

    with testing.site(say) as site:
        response = site.client.post("/say", {"text": "<Saved> ü"})
        cookie = site.client.cookies.find("objpub_message")
        assert cookie.attributes["httponly"] and cookie.attributes["samesite"] == "Lax"
        assert "&lt;Saved&gt; ü" not in site.browser().get("/").text
        assert "&lt;Saved&gt; ü" in response.follow().text
        assert "objpub_message" not in site.client.cookies
        assert "Saved" not in site.client.get("/").text


def test_a_message_that_was_not_shown_waits():
    @view(Site, "say", method="POST", permission="public")
    def say(site, request):
        return request.redirect(site, message="Saved")

    @view(Site, "other", permission="public")
    def other(site, request):
        return Markup("<p>no messages here</p>")

    with testing.site(say, other) as site:
        site.client.post("/say")
        site.client.get("/other")
        site.client.get("/static/objpub-publisher/plain.css")
        assert "Saved" in site.client.get("/").text


@pytest.mark.parametrize("cookie", ["", "x", "e30.x", "W10=.AAAA", "....", "ü.ü", "eyJ0ZXh0IjoieCJ9.forged"])
def test_a_message_that_nobody_signed_is_not_shown(cookie):
    with testing.site() as site:
        response = site.client.get("/", headers={"Cookie": f"objpub_message={cookie}"})
        assert response.status == 200
        assert 'role="status"' not in response.text


def test_many_long_messages_do_not_make_a_header_too_long():
    @view(Site, "say", method="POST", permission="public")
    def say(site, request):
        for number in range(100):
            request.message(f"{number} " + "x" * 100)
        return request.redirect(site)

    with testing.site(say) as site:
        response = site.client.post("/say")
        assert len(response.headers["Set-Cookie"]) < 2_500
        assert "99 x" in response.follow().text


def test_cookies_are_secure_over_https():
    @view(Site, "say", method="POST", permission="public")
    def say(site, request):
        return request.redirect(site, message="Saved")

    with testing.site(say) as site:
        headers = {"Origin": "https://localhost"}
        site.client.post("/say", headers=headers, environ={"wsgi.url_scheme": "https"})
        assert "secure" in site.client.cookies.find("objpub_message").attributes
