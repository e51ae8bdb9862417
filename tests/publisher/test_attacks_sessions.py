"""Sessions over a socket: nothing is written by reading, nobody is led away, and what ends has ended."""

import re
from html import unescape
from urllib.parse import urlencode
from urllib.parse import urljoin
from urllib.parse import urlsplit

import pytest

from objpub import Site
from objpub import testing
from objpub.testing import PASSWORD
from objpub.views import view
from tests.changes import is_changed_since
from tests.publisher.running import basic
from tests.publisher.running import served


@view(Site, "secret", method=["GET", "POST"], permission="manage")
def secret(site, request):
    return f"the secret, {request.identity.user_id}"


@pytest.fixture(scope="module")
def site():
    with testing.site(secret, settings={"security.account_failures": 1_000}) as site:
        site.add_user("mia", roles=["manager"])
        yield site


@pytest.fixture(scope="module")
def wire(site):
    with served(site) as wire:
        yield wire


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/secret", "/login", "/logout", "/nothing"])
def test_reading_with_a_session_or_a_password_writes_nothing(site, wire, method, path):
    cookie = wire.sign_in("mia")
    with site.work() as root:  # as if the session was used last some time ago
        records = root.users.sessions._records
        for key, (user, stamp, made, used, csrf) in list(records.items()):
            records[key] = (user, stamp, made, used - 1_000, csrf)
    wire.ask(method, path, Authorization=basic("mia"))  # a program is written to the audit record once
    before = site.last_transaction()
    assert wire.ask(method, path, Cookie=cookie).status < 500
    assert wire.ask(method, path, Authorization=basic("mia")).status < 500
    assert not is_changed_since(site, before)


ELSEWHERE = [
    "http://evil.example/",
    "https://evil.example",
    "//evil.example/",
    "///evil.example/",
    "////evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "\\/evil.example",
    "/\t/evil.example/",
    "/\n/evil.example/",
    "\t//evil.example/",
    " //evil.example/",
    "/%09/evil.example",
    "http:evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "evil.example",
    "@evil.example/",
    "/\r\nLocation: http://evil.example/",
    "/\r\nSet-Cookie: objpub_session=planted",
    "/\x00//evil.example",
    "/\u2028//evil.example",
    "/\u00ad/evil.example",
    "http://127.0.0.1@evil.example/",
    "http:///evil.example",
    "//evil%2eexample/",
    "/..//evil.example",
    "/.//evil.example",
    "/a/..//evil.example/",
    "/%2e%2e//evil.example/",
    "/%2E//evil.example/",
    "/;@evil.example",
    "?x=//evil.example",
]


def lands_here(wire, location):
    """Does a browser, which drops tabs and takes a backslash for a slash, stay on this site?"""
    plain = "".join(each for each in location if each not in "\t\r\n").strip().replace("\\", "/")
    target = urlsplit(urljoin(f"{wire.origin}/login", plain))
    return target.scheme == "http" and target.netloc == f"127.0.0.1:{wire.port}"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_a_sign_in_leads_to_no_other_site(wire, target):
    form = urlencode({"name": "mia", "password": PASSWORD, "came_from": target})
    answer = wire.ask("POST", "/login", form, Origin=wire.origin)
    assert answer.status in {303, 400}
    if answer.status == 303:
        assert lands_here(wire, answer.header("Location")), answer.header("Location")
    assert "planted" not in (answer.header("Set-Cookie") or "")


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("name", ["came_from", "next", "return_to", "url"])
def test_the_page_to_sign_in_offers_no_way_to_another_site(wire, target, name):
    answer = wire.ask("GET", f"/login?{urlencode({name: target})}")
    assert answer.status in {200, 400}
    for value in re.findall(r'name="came_from" value="([^"]*)"', answer.text):
        assert lands_here(wire, unescape(value)), value
        assert not value.startswith("//") and "/.//" not in value and "/..//" not in value
    assert answer.header("Location") is None


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/..",
        "///evil.example",
        "/\\evil.example/",
        "//evil.example//secret",
        "/%5cevil.example",
    ],
)
def test_no_address_is_moved_to_another_site(wire, path):
    answer = wire.ask("GET", path)
    location = answer.header("Location")
    assert location is None or lands_here(wire, location)


def test_a_session_that_was_planted_is_not_taken_over(wire):
    planted = "objpub_session=planted.value"
    answer = wire.ask("POST", "/login", f"name=mia&password={PASSWORD}", Origin=wire.origin, Cookie=planted)
    assert "planted" not in answer.cookies()
    assert wire.ask("GET", "/secret", Cookie=planted).status == 303


def test_the_cookies_of_a_session_are_kept_from_scripts_and_other_sites(wire):
    answer = wire.ask("POST", "/login", f"name=mia&password={PASSWORD}", Origin=wire.origin)
    for cookie in answer.header("Set-Cookie").splitlines():
        assert "httponly" in cookie.lower()
        assert "samesite=lax" in cookie.lower()
    assert PASSWORD not in repr(answer.headers)


def test_a_session_ends_at_the_server_when_its_user_signs_out(wire):
    cookie = wire.sign_in("mia")
    assert wire.ask("GET", "/secret", Cookie=cookie).text == "the secret, mia"
    wire.ask("POST", "/logout", "", Origin=wire.origin, Cookie=cookie)
    assert wire.ask("GET", "/secret", Cookie=cookie).status == 303


def test_every_session_ends_with_another_password(site, wire):
    site.add_user("ann", roles=["manager"])
    cookies = [wire.sign_in("ann"), wire.sign_in("ann")]
    with site.work() as root:
        root.users.set_password("ann", "another long password")
    assert [wire.ask("GET", "/secret", Cookie=each).status for each in cookies] == [303, 303]
    assert wire.ask("GET", "/secret", Authorization=basic("ann")).status == 401


def test_a_sign_in_gives_the_same_answer_for_a_wrong_name_and_a_wrong_password(wire):
    answers = [
        wire.ask("POST", "/login", f"name={name}&password=wrong", Origin=wire.origin)
        for name in ("mia", "nix")
    ]
    left, right = ((each.status, each.text.replace("mia", "?").replace("nix", "?")) for each in answers)
    assert left == right
    assert not [each for each in answers if each.header("Set-Cookie")]


def test_what_somebody_signed_in_sees_is_in_no_shared_cache(wire):
    cookie = wire.sign_in("mia")
    for path in ("/", "/secret", "/nothing", "/login"):
        control = wire.ask("GET", path, Cookie=cookie).header("Cache-Control")
        assert control and ("private" in control or "no-store" in control), path


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Referer": "/"},
    ],
)
def test_a_session_alone_changes_nothing_from_elsewhere(site, wire, method, headers):
    cookie = wire.sign_in("mia")
    before = site.last_transaction()
    assert wire.ask(method, "/secret", "a=b", Cookie=cookie, **headers).status in {403, 405}
    assert not is_changed_since(site, before)
