"""A client keeps cookies, follows redirects, and sends what a browser or a program sends."""

import pytest

from objpub import Site
from objpub import testing
from objpub.testing import Client
from objpub.testing import Cookies
from objpub.testing import Unexpected
from objpub.views import Response
from objpub.views import view


@view(Site, "said", permission="public", method=["GET", "POST"])
def said(site, request):
    return request.json(
        {
            "method": request.method,
            "query": request.query_string,
            "json": request.form.json,
            "cookies": dict(request.cookies),
            "headers": dict(request.headers),
            "address": request.remote_addr,
        }
    )


@view(Site, "bounce", permission="public", method=["GET", "POST"])
def bounce(site, request, status: int = 303, to: str = "/said"):
    response = Response(status=status, location=to, content_type=None)
    response.set_cookie("tasted", "yes")
    return response


@view(Site, "forever", permission="public")
def forever(site, request):
    return request.redirect("/forever")


def test_cookies_are_kept_by_one_browser_only():
    with testing.site(said, bounce) as site:
        assert site.client.get("/bounce").status == 303
        assert site.client.get("/said").json["cookies"] == {"tasted": "yes"}
        assert site.browser().get("/said").json["cookies"] == {}


@pytest.mark.parametrize(
    ("status", "method"), [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")]
)
def test_redirects_are_followed_as_browsers_do(status, method):
    with testing.site(said, bounce) as site:
        page = site.client.post(f"/bounce?status={status}", {"a": "1"}, follow=True)
        assert page.path == "/said"
        assert page.json["method"] == method


def test_a_redirect_can_be_followed_later():
    with testing.site(said, bounce) as site:
        response = site.client.get("/bounce", query={"to": "/said?x=1"})
        assert response.location == "/said?x=1" or response.location.endswith("/said?x=1")
        assert response.follow().json["query"] == "x=1"
        with pytest.raises(Unexpected, match="no redirect"):
            site.client.get("/said").follow()


def test_redirects_without_end_and_to_other_sites_are_errors():
    with testing.site(forever, bounce) as site:
        with pytest.raises(Unexpected, match="more than 10"):
            site.client.get("/forever", follow=True)
        with pytest.raises(Unexpected, match="another site"):
            site.client.get("/bounce?to=http://elsewhere.example/", follow=True)


def test_a_program_sends_json():
    with testing.site(said) as site:
        answer = site.client.request("POST", "/said", json={"a": [1, None]}).json
        assert answer["json"] == {"a": [1, None]}
        assert answer["headers"]["Content-Type"] == "application/json"
        assert answer["headers"]["Accept"] == "application/json"


def test_headers_can_be_given_and_left_out():
    with testing.site(said) as site:
        client = site.browser(address="10.1.2.3")
        answer = client.post("/said", headers={"Origin": None, "X-Colour": "red"}).json
        assert "Origin" not in answer["headers"]
        assert (answer["headers"]["X-Colour"], answer["address"]) == ("red", "10.1.2.3")


def test_a_sign_in_that_fails_is_an_error():
    with testing.site() as site:
        with pytest.raises(Unexpected, match="could not sign in"):
            site.client.login("nobody")
        site.add_user("anna")
        assert site.client.login("anna").cookies["objpub_session"]
        assert "objpub_session" not in site.client.logout().cookies


def test_an_answer_that_breaks_the_rules_of_wsgi_is_found():
    def broken(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return ["text"]

    with pytest.raises(AssertionError):
        Client(broken).get("/")


def test_cookies_end_and_have_paths():
    cookies = Cookies()
    cookies.take("a=1; Path=/x; HttpOnly")
    cookies.take("b=2")
    assert cookies.header("/x/y") == "a=1; b=2"
    assert cookies.header("/xy") == "b=2"
    assert "httponly" in cookies.find("a").attributes
    cookies.take("a=; Max-Age=0; Path=/x")
    cookies.take("b=; expires=Thu, 01-Jan-1970 00:00:00 GMT")
    assert len(cookies) == 0
    with pytest.raises(KeyError, match="no cookie 'a'"):
        cookies["a"]
