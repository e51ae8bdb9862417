"""How long visitors may be shown an answer without asking, and that nobody else ever is."""

from datetime import timedelta

import pytest

from objpub import App
from objpub import Site
from objpub import testing
from objpub.errors import DeclarationError
from objpub.errors import Forbidden
from objpub.publisher import Markup
from objpub.views import view


@view(Site, "hourly", permission="public", cache=timedelta(hours=1))
def hourly(site, request):
    return Markup(f"<p>{request.identity.user_id or 'nobody'} {request.messages}</p>")


@view(Site, "minutely", permission="public", cache=60)
def minutely(site, request):
    return "minutely"


@view(Site, "never", permission="public", cache="never")
def never(site, request):
    return "never"


@view(Site, "usual", permission="public")
def usual(site, request):
    return "usual"


@view(Site, "refuses", permission="public", cache=60)
def refuses(site, request):
    raise Forbidden("not you")


@view(Site, "moves", permission="public", cache=60)
def moves(site, request):
    return request.redirect(site)


@view(Site, "tells", method="POST", permission="public")
def tells(site, request):
    return request.redirect(site, message="Told")


@view(Site, "own", permission="public", cache=60)
def own(site, request):
    response = request.json({})
    response.headers["Cache-Control"] = "max-age=5"
    return response


@pytest.fixture(scope="module")
def site():
    with testing.site(hourly, minutely, never, usual, refuses, moves, tells, own) as site:
        site.add_user("mia")
        yield site


def control(client, path, **options):
    return client.get(path, **options).headers["Cache-Control"]


@pytest.mark.parametrize(
    ("path", "visitor", "viewer"),
    [
        ("/hourly", "max-age=3600", "private, no-cache"),
        ("/minutely", "max-age=60", "private, no-cache"),
        ("/usual", "no-cache", "private, no-cache"),
        ("/never", "no-store", "no-store"),
        ("/own", "max-age=5", "max-age=5"),
        ("/moves", "no-cache", "private, no-cache"),
    ],
)
def test_a_view_declares_for_visitors_and_each_viewer_has_his_own(site, path, visitor, viewer):
    assert control(site.client, path) == visitor
    assert control(site.browser().login("mia"), path) == viewer
    vary = site.client.get(path).headers["Vary"]
    assert {"Authorization", "Cookie", "Accept-Encoding"} == set(vary.split(", "))


def test_a_part_of_a_page_that_is_for_one_visitor_makes_it_private(site):
    client = site.browser()
    client.post("/tells")
    answer = client.get("/hourly")
    assert "Told" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert control(client, "/hourly") == "max-age=3600"


def test_a_refusal_is_not_kept_for_long(site):
    assert control(site.client, "/refuses") == "no-cache"  # a redirect to the sign-in
    assert control(site.client, "/refuses", headers={"Accept": "application/json"}) == "no-store"
    assert control(site.browser().login("mia"), "/refuses") == "no-store"


@pytest.mark.parametrize("cache", [0, -1, 0.5, "public", "", True, timedelta(0), [60]])
def test_other_words_are_an_error_that_says_what_was_wanted(cache):
    @view(Site, "wrong", cache=cache)
    def wrong(site, request):
        return ""

    app = App()
    app.include(wrong)
    with pytest.raises(DeclarationError, match="wanted seconds, a timedelta, or 'never'") as caught:
        with testing.site(app):
            pass
    assert "test_caching.py" in str(caught.value)
