"""Changes are taken from pages of this site only, also behind a server that speaks TLS for it."""

import pytest

from objpub import Site
from objpub import testing
from objpub.publisher.incoming import origin_of
from objpub.views import view
from tests.publisher.running import served


@view(Site, "change", method=["POST", "PUT", "PATCH", "DELETE"], permission="public")
def change(site, request):
    site.title = "Changed"
    return "changed"


@pytest.fixture(scope="module")
def behind():
    """A site that browsers know as https://good.example, and that is asked without TLS."""
    with testing.site(change, settings={"server.url": "https://Good.example:443/site"}) as site:
        with served(site) as wire:
            yield site, wire


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("origin", ["https://good.example", "HTTPS://GOOD.EXAMPLE"])
def test_the_origin_that_browsers_know_is_our_own(behind, method, origin):
    assert behind[1].ask(method, "/change", Origin=origin, Host="good.example").status == 200


FOREIGN = [
    "null",
    "",
    "https://evil.example",
    "https://good.example.evil.example",
    "https://good.example:444",
    "https://good.example/",
    "https://good.example@evil.example",
    "https://evil.example/https://good.example",
    "https://sub.good.example",
    "ftp://good.example",
    "https://good.example https://evil.example",
    "good.example",
]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded"])
def test_another_origin_is_refused_and_nothing_is_changed(behind, method, origin, kind):
    site, wire = behind
    before = site.last_transaction()
    answer = wire.ask(method, "/change", "{}", Origin=origin, Content_Type=kind, Host="good.example")
    assert answer.status == 403
    assert site.last_transaction() == before


@pytest.mark.parametrize("sent", ["cross-site", "same-site", "", "Same-Origin", "none, cross-site"])
def test_what_the_browser_says_of_the_page_goes_before_its_origin(behind, sent):
    site, wire = behind
    before = site.last_transaction()
    answer = wire.ask("POST", "/change", Origin="https://good.example", Sec_Fetch_Site=sent)
    assert answer.status == 403
    assert site.last_transaction() == before


@pytest.mark.parametrize("name", ["method", "_method", "X-HTTP-Method-Override"])
def test_no_parameter_makes_a_get_into_a_change(behind, name):
    site, wire = behind
    before = site.last_transaction()
    answer = wire.ask("GET", f"/change?{name}=POST", **({name: "POST"} if name[0] == "X" else {}))
    assert answer.status == 405
    assert site.last_transaction() == before


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("", ""),
        ("http://a.example", "http://a.example"),
        ("http://a.example:80/b", "http://a.example"),
        ("https://a.example:8443", "https://a.example:8443"),
        ("https://[::1]:8443/", "https://[::1]:8443"),
    ],
)
def test_the_origin_of_a_url_is_what_browsers_write(url, origin):
    assert origin_of(url) == origin
