"""What servers in front say of a request: believed from trusted ones, and only what they set themselves."""

import pytest

from objpub import testing
from objpub import view
from objpub.content import Site
from objpub.errors import SettingsError
from objpub.publisher.forwarded import Forwarding
from objpub.publisher.problems import BadRequest

PROXIES = ["10.0.0.0/8", "192.0.2.7"]
ALL = ["Forwarded", *(f"X-Forwarded-{part}" for part in ("For", "Proto", "Host", "Port", "Prefix"))]
CLIENT = "203.0.113.9"


@view(Site, "whence", permission="view")
def whence(site, request):
    """Say where the request came from, as the site understands it."""
    found = [
        request.remote_addr,
        request.url(site, "whence", absolute=True),
        request.environ.get("objpub.peer"),
    ]
    return "\n".join(map(str, found))


def asked(headers, address="10.0.0.1", *, believed=ALL, path="/whence", **settings):
    """Return the lines that the view says, or the status of a refusal."""
    values = {"server.proxies": PROXIES, "server.proxy_headers": list(believed), **settings}
    with testing.site(whence, settings=values) as site:
        answer = site.browser(address=address).get(path, headers=headers)
        return answer.text.splitlines() if answer.status == 200 else answer.status


def test_each_part_is_taken_from_a_trusted_peer():
    headers = {
        "X-Forwarded-For": CLIENT,
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "coast.example.org",
        "X-Forwarded-Port": "8443",
        "X-Forwarded-Prefix": "/cms/",
    }
    assert asked(headers) == [CLIENT, "https://coast.example.org:8443/cms/whence", "10.0.0.1"]


def test_the_standard_header_says_the_same():
    headers = {"Forwarded": 'for="[2001:db8::1]:4711";proto=https; host="coast.example.org:8443";by=_me'}
    assert asked(headers) == ["2001:db8::1", "https://coast.example.org:8443/whence", "10.0.0.1"]


@pytest.mark.parametrize(
    "headers", [{"X-Forwarded-For": CLIENT}, {"Forwarded": f"for={CLIENT};host=evil.example"}]
)
def test_from_anybody_else_nothing_is_taken(headers):
    found = asked({**headers, "X-Forwarded-Host": "evil.example"}, "198.51.100.1")
    assert found == ["198.51.100.1", "http://localhost/whence", "198.51.100.1"]


def test_headers_that_are_not_named_count_for_nothing():
    headers = {
        "X-Forwarded-For": CLIENT,
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "host=evil.example",
    }
    found = asked(headers, believed=["X-Forwarded-For", "X-Forwarded-Proto"])
    assert found == [CLIENT, "http://localhost/whence", "10.0.0.1"]


def test_headers_that_nobody_believes_reach_nobody():
    forwarding = Forwarding(("10.0.0.1",), ("X-Forwarded-For",))
    for peer, left in (("10.0.0.1", {"HTTP_X_FORWARDED_FOR"}), ("10.0.0.2", set())):
        environ = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": CLIENT, "HTTP_FORWARDED": "host=evil.example"}
        environ |= {"HTTP_X_FORWARDED_HOST": "evil.example", "wsgi.url_scheme": "http"}
        forwarding.correct(environ)
        assert {name for name in environ if "FORWARDED" in name} == left


@pytest.mark.parametrize(
    ("chain", "address"),
    [
        (f"1.1.1.1, {CLIENT}", CLIENT),
        (f"1.1.1.1, {CLIENT}, 10.2.2.2, 192.0.2.7", CLIENT),
        (f"10.9.9.9, {CLIENT}, 10.2.2.2", CLIENT),
        ("10.9.9.9, 10.2.2.2", "10.9.9.9"),
        (f"unknown, {CLIENT}:4711", CLIENT),
        ("1.1.1.1, [2001:db8::7]:80, 10.2.2.2", "2001:db8::7"),
    ],
)
def test_the_rightmost_address_that_is_not_trusted_is_the_one_who_asked(chain, address):
    assert asked({"X-Forwarded-For": chain})[0] == address
    elements = ", ".join(f'for="{each.strip()}"' for each in chain.split(","))
    assert asked({"Forwarded": elements})[0] == address


def test_what_stands_beside_that_address_counts_and_not_what_the_client_wrote():
    forwarded = (
        f"for=10.9.9.9;host=evil.example, for={CLIENT};host=coast.example.org;proto=https, for=10.2.2.2"
    )
    assert asked({"Forwarded": forwarded})[1] == "https://coast.example.org/whence"
    headers = {"X-Forwarded-For": f"1.1.1.1, {CLIENT}", "X-Forwarded-Host": "evil.example, coast.example.org"}
    assert asked(headers)[1] == "http://coast.example.org/whence"


@pytest.mark.parametrize(
    "headers",
    [
        {"Forwarded": f"for={CLIENT}", "X-Forwarded-For": "203.0.113.10"},
        {"Forwarded": "proto=http", "X-Forwarded-Proto": "https"},
        {"Forwarded": "host=a.example", "X-Forwarded-Host": "b.example"},
    ],
)
def test_two_headers_that_contradict_each_other_are_refused(headers):
    assert asked(headers) == 400


def test_two_headers_that_agree_are_taken():
    headers = {
        "Forwarded": f"for={CLIENT};proto=https",
        "X-Forwarded-For": CLIENT,
        "X-Forwarded-Host": "a.example",
    }
    assert asked(headers)[:2] == [CLIENT, "https://a.example/whence"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Forwarded": "for"},
        {"Forwarded": "for=1.1.1.1;"},
        {"Forwarded": "for=1.1.1.1,"},
        {"Forwarded": "for=1.1.1.1;for=2.2.2.2"},
        {"Forwarded": 'for="1.1.1.1'},
        {"Forwarded": ","},
        {"Forwarded": ", ".join(["for=10.0.0.2"] * 40)},
        {"X-Forwarded-Proto": "javascript"},
        {"X-Forwarded-Proto": "https, http"},
        {"X-Forwarded-For": CLIENT, "X-Forwarded-Host": "evil.example, coast.example.org"},
        {"X-Forwarded-Host": "a b"},
        {"X-Forwarded-Host": "a/b"},
        {"X-Forwarded-Port": "-1"},
        {"X-Forwarded-Port": "65536"},
        {"X-Forwarded-Port": "9" * 5_000},
        {"X-Forwarded-Prefix": "//evil.example"},
        {"X-Forwarded-Prefix": "cms"},
        {"X-Forwarded-Prefix": "/a/../b"},
        {"X-Forwarded-Prefix": '/"><script>'},
        {"X-Forwarded-For": ", ".join(["10.0.0.2"] * 40)},
    ],
)
def test_what_cannot_be_true_is_refused(headers):
    assert asked(headers) == 400


def test_a_host_that_servers_name_must_be_one_of_the_site():
    assert asked({"X-Forwarded-Host": "evil.example"}, **{"server.hosts": ["localhost"]}) == 400
    assert asked({"X-Forwarded-Host": "sea.example"}, **{"server.hosts": ["sea.example"]})[0] == "10.0.0.1"


def test_who_is_believed_about_people_is_the_peer_and_not_who_it_speaks_for():
    with testing.site(
        settings={"server.proxies": PROXIES, "outside.user": "X-Remote-User", "outside.peers": [CLIENT]}
    ) as site:
        headers = {"X-Forwarded-For": CLIENT, "X-Remote-User": "ann"}
        assert site.browser(address="10.0.0.1").get("/", headers=headers).status == 401


def test_without_trusted_servers_the_request_is_taken_as_it_came():
    with testing.site(whence) as site:
        found = site.client.get(
            "/whence", headers={"X-Forwarded-For": CLIENT, "X-Forwarded-Host": "evil.example"}
        )
        assert found.text.splitlines() == ["127.0.0.1", "http://localhost/whence", "None"]
        assert site.application.arrivals is None


def test_an_unknown_header_stops_the_start():
    with pytest.raises(SettingsError, match="x-real-ip"):
        Forwarding(("10.0.0.1",), ("X-Real-IP",))


def test_a_quoted_value_may_hold_what_separates():
    forwarding = Forwarding(("10.0.0.1",), ("Forwarded",))
    assert forwarding.from_standard(r'for="_a\"b,;c"').address == '_a"b,;c'
    with pytest.raises(BadRequest, match="ends too early"):
        forwarding.from_standard("for=a,")
