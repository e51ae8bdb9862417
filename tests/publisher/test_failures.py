"""Errors on their way to an answer: pages for people, problems for programs, tickets for the log."""

import re

import pytest

from objpub import Site
from objpub import testing
from objpub.errors import Forbidden
from objpub.errors import NotFound
from objpub.errors import ObjpubError
from objpub.errors import Refused
from objpub.publisher import App
from objpub.publisher import Failure
from objpub.publisher import Markup
from objpub.views import view
from tests.publisher.model import fill
from tests.publisher.model import model_site

JSON = {"Accept": "application/json"}


@view(Site, "fails", method=["GET", "POST"], permission="public")
def fails(site, request):
    raise RuntimeError("a secret of the programmer")


def test_an_error_that_nobody_foresaw_has_a_ticket_and_tells_nothing_else(caplog):
    with testing.site(fails) as site:
        page, problem = site.client.get("/fails"), site.client.get("/fails", headers=JSON)
    assert (page.status, problem.status) == (500, 500)
    for response, ticket in (
        (page, re.search(r"in the log as (\w{8})\.", page.text)[1]),
        (problem, problem.json["ticket"]),
    ):
        assert "secret" not in response.text and "Traceback" not in response.text
        assert f"ticket {ticket}" in caplog.text
    assert "a secret of the programmer" in caplog.text
    assert page.headers["X-Request-Id"] in caplog.text


@pytest.mark.parametrize(
    ("headers", "is_json"),
    [
        ({"Accept": "text/html"}, False),
        ({"Accept": "application/json"}, True),
        ({"Accept": "application/problem+json"}, True),
        ({"Accept": "text/html, application/json"}, False),
        ({"Accept": "*/*"}, False),
        ({"Accept": None}, False),
        ({"Accept": "*/*", "Content-Type": "application/json"}, True),
    ],
)
def test_programs_get_a_problem_and_people_a_page(headers, is_json):
    with testing.site() as site:
        response = site.client.get("/nothing", headers=headers)
        wanted = "application/problem+json" if is_json else "text/html"
        assert (response.status, response.content_type) == (404, wanted)
        api = site.client.get("/api/nothing", headers={"Accept": "*/*"})
        assert api.content_type == "application/problem+json"


def test_a_problem_names_every_field():
    with model_site() as site:
        fill(site)
        problem = site.client.get("/box/page/typed?size=x&day=y", headers=JSON).json
        assert set(problem) == {"type", "title", "status", "detail", "errors"}
        assert set(problem["errors"]) == {"size", "day"}


def test_a_page_says_once_what_is_wrong_with_each_field():
    @view(Site, "walk", permission="public")
    def walk(site, request, start: int, end: int):
        return "walked"

    with testing.site(walk) as site:
        page = site.client.get("/walk?start=dawn&end=dusk")
    assert page.status == 400
    assert page.text.count("dawn") == page.text.count("dusk") == 1
    assert "<dt>start</dt><dd>wanted a whole number, not 'dawn'</dd>" in page.text


def test_a_site_may_have_pages_of_its_own_for_errors():
    @view(NotFound)
    def lost(failed, request):
        assert failed.error.missing == "nothing"
        return Markup(f"<p>Lost: {failed.message} on {request.site.title}</p>")

    @view(Forbidden)
    def forbidden(failed, request):
        return Markup("<p>No</p>")

    with testing.site(lost, forbidden) as site:
        with site.work() as root:
            root.title = "Home"
        response = site.client.get("/nothing")
        assert response.status == 404
        assert response.text.startswith("<p>Lost: ") and "on Home" in response.text


def test_a_page_for_errors_sees_committed_state_only():
    @view(Site, "fail", method="POST", permission="public")
    def fail(site, request):
        site.title = "Half done"
        raise NotFound("/x")

    @view(NotFound)
    def lost(failed, request):
        return Markup(f"<p>{request.site.title}</p>")

    with testing.site(lost, fail) as site:
        with site.work() as root:
            root.title = "Whole"
        assert site.client.post("/fail").text == "<p>Whole</p>"


def test_a_page_for_errors_that_writes_or_fails_gives_way_to_plain_text(caplog):
    @view(NotFound)
    def lost(failed, request):
        if request.GET:
            request.site.title = "Changed"
        raise RuntimeError("the page itself")

    with testing.site(lost) as site:
        before = site.last_transaction()
        for path in ("/nothing", "/nothing?write"):
            response = site.client.get(path)
            assert (response.status, response.content_type) == (404, "text/plain")
            assert "Nothing at '/nothing'" in response.text
        assert site.last_transaction() == before
    assert "the page itself" in caplog.text


def test_a_site_may_replace_the_page_of_all_errors():
    @view(Failure)
    def oops(failed, request):
        return Markup(f"<p>{failed.status} {failed.title}</p>")

    app = App()
    app.include(fails)
    app.override(oops)
    with testing.site(app) as site:
        assert site.client.get("/fails").text == "<p>500 Something went wrong</p>"
        assert site.client.get("/nothing").text == "<p>404 Nothing here</p>"


def test_an_error_class_of_a_site_has_the_status_of_its_base():
    class Closed(Refused):
        pass

    class Strange(ObjpubError):
        pass

    @view(Site, "closed", permission="public")
    def closed(site, request):
        raise Closed("Closed on Sundays")

    @view(Site, "strange", permission="public")
    def strange(site, request):
        raise Strange("no message for people")

    with testing.site(closed, strange) as site:
        response = site.client.get("/closed")
        assert response.status == 409
        assert "Closed on Sundays" in response.text
        assert site.client.get("/strange").status == 500


def test_in_development_a_page_shows_what_went_wrong():
    with testing.site(fails, settings={"development": True}) as site:
        response = site.client.get("/fails")
        assert response.status == 500
        assert "a secret of the programmer" in response.text
        assert "raise RuntimeError" in response.text
        assert site.client.get("/nothing").status == 404


def test_what_is_typed_in_a_url_does_no_harm_on_the_page():
    with testing.site() as site:
        text = site.client.get("/%3Cscript%3Ealert(1)%3C/script%3E").text
        assert "<script>" not in text
        assert "&lt;script&gt;" in text
