"""Name and password with each request: accepted wherever they are right, and never left out silently."""

import pytest

from objpub import Site
from objpub import testing
from objpub.views import view
from tests.publisher.running import basic
from tests.publisher.running import served


@view(Site, "who", method=["GET", "POST"], permission="public")
def who(site, request):
    return request.identity.user_id or "nobody"


@view(Site, "change", method="POST")
def change(site, request):
    return "changed"


@pytest.fixture(scope="module")
def site():
    with testing.site(who, change) as site:
        site.add_user("mia", roles=["manager"])
        site.add_user("paul", password="plötzlich im Garten: Rauch")
        yield site


@pytest.fixture(scope="module")
def wire(site):
    with served(site) as wire:
        yield wire


BODIES = {
    "form": ("application/x-www-form-urlencoded", "a=b"),
    "json": ("application/json", '{"a": "b"}'),
    "raw": ("text/plain", "ab"),
}


@pytest.mark.parametrize("accept", ["text/html", "application/json", None])
@pytest.mark.parametrize("kind", ["get", *BODIES])
def test_a_right_password_is_accepted_with_every_kind_of_request(wire, kind, accept):
    content_type, body = BODIES.get(kind, (None, None))
    method = "POST" if body else "GET"
    answer = wire.ask(
        method, "/who", body, Content_Type=content_type, Accept=accept, Authorization=basic("mia")
    )
    assert (answer.status, answer.text) == (200, "mia")


@pytest.mark.parametrize("cookie", ["objpub_session=made.up", "objpub_session=", 'x="\\303"', "a=b"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_cookie_that_is_no_session_does_not_stand_in_the_way(wire, method, cookie):
    answer = wire.ask(method, "/who", Cookie=cookie, Authorization=basic("mia"))
    assert (answer.status, answer.text) == (200, "mia")


@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_a_password_in_another_alphabet_and_with_a_colon_is_accepted(wire, charset):
    credentials = basic("paul", "plötzlich im Garten: Rauch", charset)
    assert wire.ask("GET", "/who", Authorization=credentials).text == "paul"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("name", ["mia", "nobody"])
def test_a_wrong_password_is_refused_also_where_everybody_may(method, name):
    with testing.site(who) as site, served(site) as wire:
        site.add_user("mia")
        answer = wire.ask(method, "/who", Authorization=basic(name, "wrong"))
        assert answer.status == 401
        assert answer.header("WWW-Authenticate").startswith("Basic ")


def test_who_has_to_wait_is_told_so_also_where_everybody_may():
    with testing.site(who, settings={"security.account_failures": 1}) as site, served(site) as wire:
        site.add_user("mia")
        for _ in range(2):
            wire.ask("GET", "/who", Authorization=basic("mia", "wrong"))
        answer = wire.ask("GET", "/who", Authorization=basic("mia"))
        assert answer.status == 429
        assert int(answer.header("Retry-After")) > 0
        assert wire.ask("GET", "/who").text == "nobody"


def test_a_browser_is_not_made_to_ask_by_a_window_of_its_own(wire):
    people = {"Accept": "text/html", "Origin": wire.origin}
    script = {"Accept": "application/json", "Sec_Fetch_Site": "same-origin"}
    for sent in (people, script):
        answer = wire.ask("POST", "/change", "a=b", **sent)
        assert answer.status == 401
        assert answer.header("WWW-Authenticate").startswith("Session ")
