"""No answer leads to another site, whatever names another one, and only hosts of the list are answered."""

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from objpub import Site
from objpub import testing
from objpub.content import Image
from objpub.operations import add_new
from objpub.publisher.request import own_path
from objpub.security import SYSTEM
from objpub.views import view
from tests.manage.conftest import settle
from tests.manage.pages import Page
from tests.manage.test_attacks_exposure import addresses_of
from tests.publisher.running import served
from tests.publisher.test_attacks_input import raw
from tests.publisher.test_attacks_sessions import ELSEWHERE
from tests.publisher.test_attacks_sessions import lands_here
from tests.publisher.test_defaults import png

#: Names under which programs like to be told where to go next.
NAMES = """
back came_from next url to target redirect return_to returnUrl goto continue dest destination
location page place redirect_uri rurl href path HTTP_REFERER
""".split()
TRICKS = ["//evil.example", "/\\evil.example", "https:evil.example", "/..;//evil.example"]
MORE = [
    "/\t//evil.example",
    "//good@evil.example",
    "/／evil.example",
    "//evil。example",
    "\u2028//evil.example",
]


@view(Site, "seen", permission="public")
def seen(site, request):
    return json.dumps([request.url(site, absolute=True), request.host])


@view(Site, "go", permission="public")
def go(site, request, where: str):
    return request.redirect(where)


@pytest.fixture(scope="module")
def site():
    with testing.site("objpub.manage", "tests.manage.pages", seen, go) as site:
        settle(site)
        with site.work() as root:
            for folder in (root, root["news"]):
                folder.add("map", Image.from_bytes(png(64), "map.png", title="A map"))
            add_new(SYSTEM, root, Page, {"title": "About"})
            root.users.add_group("staff", title="All staff")
        yield site


@pytest.fixture(scope="module")
def wire(site):
    with served(site) as wire:
        yield wire


@pytest.mark.parametrize("target", TRICKS)
def test_no_entry_leads_to_another_site(site, wire, target):
    cookie = wire.sign_in("ines")
    led = 0
    for method, path in [
        *addresses_of(site)[0],
        ("GET", "/../login"),
        ("GET", "/../"),
        ("POST", "/../logout"),
    ]:
        address = f"/manage{path}".replace("/manage/..", "")
        sent = urlencode([(name, target) for name in NAMES])
        if method == "GET":
            answer = wire.ask("GET", f"{address}{'&' if '?' in path else '?'}{sent}", Cookie=cookie)
        elif "logout" in path or "session" in path:
            continue
        else:
            answer = wire.ask("POST", address, sent, Cookie=cookie, Origin=wire.origin, Referer=target[:9])
        assert answer.status < 500, address
        location = answer.header("Location")
        assert location is None or lands_here(wire, location), (address, location)
        led += location is not None
    assert led > 5


@pytest.mark.parametrize("target", [*ELSEWHERE, *TRICKS, *MORE])
def test_a_view_that_takes_its_way_from_a_form_leads_to_no_other_site(wire, target):
    answer = wire.ask("GET", f"/go?{urlencode({'where': target})}")
    location = answer.header("Location")
    assert answer.status in {303, 400, 500}
    assert location is None or lands_here(wire, location), location


SIGNS = st.sampled_from(
    [
        *"""/ \\ . .. %2e %2f %5c @ : ; ? # evil.example http https: javascript: ／ ＼ a""".split(),
        *("\t", "\n", "\r", "\x00", "\x1f", " ", "\u2028"),
    ]
)


class Here:
    """A site as browsers see it."""

    origin = "http://127.0.0.1:8080"
    port = 8080


@given(st.lists(SIGNS, max_size=8).map("".join))
def test_no_path_that_is_taken_for_our_own_leads_away(target):
    path = own_path(target)
    assert path is None or lands_here(Here, path), path


# Hosts

ANSWERED = [
    "good.example",
    "GOOD.example",
    "good.example:80",
    "Good.Example:8080",
    "[::1]",
    "[::1]:8080",
    "[2001:DB8::1]",
]
REFUSED = [
    *"""
. good.example. .good.example evil.example good.example: good.example:x good.example:-1 good.example:80:80
good.example,evil.example good.example\\evil ::1 [::1 ::1] [::1]x [::1]:x [::ffff:127.0.0.1] 127.1 2130706433
good.example%00 good%2eexample xn--good.example gооd.example user@good.example good.example/ good.example?x
""".split(),
    *("", "evil.example good.example", "good.example\t.evil"),
]


@pytest.fixture(scope="module")
def strict():
    hosts = ["good.example", "[::1]", "[2001:db8::1]"]
    with testing.site(seen, settings={"server.hosts": hosts}) as site, served(site) as wire:
        yield wire


def head(first, *lines):
    return "\r\n".join((first, *lines, "Connection: close", "", "")).encode("utf-8")


@pytest.mark.parametrize("host", ANSWERED)
def test_a_host_is_answered_if_it_is_one_of_the_list_however_it_is_written(strict, host):
    assert raw(strict, head("GET /seen HTTP/1.1", f"Host: {host}")).split(b" ")[1] == b"200"


@pytest.mark.parametrize("host", REFUSED)
def test_any_other_host_is_refused(strict, host):
    answer = raw(strict, head("GET /seen HTTP/1.1", f"Host: {host}"))
    assert answer.split(b" ")[1] == b"400"
    assert b"http://" not in answer


@pytest.mark.parametrize(
    "lines",
    [
        ["GET /seen HTTP/1.1"],
        ["GET /seen HTTP/1.0"],
        ["GET /seen HTTP/1.1", "Host: good.example", "Host: good.example"],
        ["GET /seen HTTP/1.1", "Host: good.example", "Host: evil.example"],
        ["GET /seen HTTP/1.1", "Host: good.example", "Host: "],
        ["GET /seen HTTP/1.1", "Host: good.example", " evil.example"],
        ["GET /seen HTTP/1.1", "X-Forwarded-Host: good.example"],
        ["GET http://evil.example/seen HTTP/1.1", "Host: good.example"],
        ["GET http://good.example/seen HTTP/1.1", "Host: evil.example"],
        ["GET http://good.example/seen HTTP/1.1"],
        ["GET http://good.example@evil.example/seen HTTP/1.1", "Host: good.example"],
        ["GET https://evil.example:443/seen HTTP/1.1", "Host: good.example"],
        ["GET //evil.example/seen HTTP/1.1", "Host: evil.example"],
    ],
)
def test_a_request_without_one_certain_host_is_refused(strict, lines):
    answer = raw(strict, head(*lines))
    assert answer.split(b" ")[1] == b"400"
    assert answer.count(b"HTTP/1.") == 1


def test_a_target_with_the_host_that_is_asked_is_answered(strict):
    answer = raw(strict, head("GET http://good.example/seen HTTP/1.1", "Host: good.example"))
    assert answer.split(b" ")[1] == b"200"
    assert b'"http://good.example/"' in answer


@pytest.mark.parametrize(
    "host", ['a"><script>alert(1)</script>', "a b", "a/b", "a\\b", "a@b", "a%41", "é.example"]
)
def test_what_is_no_host_is_refused_also_where_every_host_is_answered(wire, host):
    answer = raw(wire, head("GET /seen HTTP/1.1", f"Host: {host}"))
    assert answer.split(b" ")[1] == b"400"
    assert b"<script>alert" not in answer
