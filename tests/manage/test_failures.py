"""Refusals and errors in the frame."""

import re

import pytest

from objpub import manage
from objpub.errors import Busy
from objpub.errors import Invalid
from objpub.errors import NotPossible
from objpub.security import Deny
from objpub.security import override_permission
from objpub.security import rule
from objpub.views import view
from tests.manage.pages import Page

ERRORS = {
    "invalid": Invalid({"title": "is too long <b>"}),
    "not-possible": NotPossible("This cannot be <b>moved</b> into itself"),
    "broken": RuntimeError("the secret is 42"),
    "busy": Busy("Conflicts persisted"),
}


@view(Page, "fail", area="manage", permission=manage.See)
def fail(page, request, how: str):
    """Raise one of the errors."""
    raise ERRORS[how]


@view(Page, "secret", area="manage", permission="manage")
def secret(page, request):
    """For managers only."""
    return "secret"


@rule(Page, "delete")
def not_on_mondays(identity, page):
    """Nobody deletes anything."""
    return Deny("Nothing is deleted on Mondays")


@view(Page, "doomed", area="manage", permission="delete")
def doomed(page, request):
    """What the rule forbids."""
    return "gone"


THINGS = (fail, secret, not_on_mondays, doomed)


def heading_of(answer):
    """Return the heading of a page."""
    return re.search(r"<h1>(.*?)</h1>", answer.text)[1]


@pytest.mark.parametrize(
    ("how", "status", "heading", "text"),
    [
        ("invalid", 422, "Something is not valid", "is too long &lt;b&gt;"),
        ("not-possible", 409, "This did not work", "This cannot be &lt;b&gt;moved&lt;/b&gt; into itself"),
        ("broken", 500, "Something went wrong", "that nobody foresaw"),
        ("busy", 503, "Too busy just now", "Conflicts persisted"),
    ],
)
def test_an_error_keeps_its_status_and_stands_in_the_frame(site, how, status, heading, text):
    answer = site.browser().login("ines").get(f"/manage/news/tides/@@fail?how={how}")
    assert answer.status == status
    assert heading_of(answer) == heading
    assert text in answer.text
    assert 'id="tree"' in answer.text
    assert "secret is 42" not in answer.text


def test_an_error_nobody_foresaw_has_the_number_that_is_in_the_log(site, caplog):
    answer = site.browser().login("ines").get("/manage/news/tides/@@fail?how=broken")
    ticket = re.search(r"<b>([0-9a-f]{8})</b>", answer.text)[1]
    assert ticket in caplog.text


def test_a_bad_argument_is_a_400_in_the_frame(site):
    answer = site.browser().login("ines").get("/manage/news/tides/@@fail")
    assert answer.status == 400
    assert "<dt>how</dt>" in answer.text


def test_a_refusal_says_what_it_takes_and_offers_to_read_instead(site):
    answer = site.browser().login("ines").get("/manage/news/tides/@@secret")
    assert answer.status == 403
    assert heading_of(answer) == "This is for managers"
    assert "ines may not" in answer.text
    assert ("Read it instead", "/news/tides") in answer.page.links
    assert answer.click("Sign in as someone else").status == 200


def test_the_rule_that_refuses_is_told(site):
    answer = site.browser().login("ines").get("/manage/news/tides/@@doomed")
    assert answer.status == 403
    assert heading_of(answer) == "You may not delete this"
    assert "Nothing is deleted on Mondays" in answer.text


def test_how_the_answer_was_found_is_for_those_who_may_grant(site):
    with site.work() as root:
        override_permission(root["news"], "grant", "editor")
    assert "Why not?" not in site.browser().login("nora").get("/manage/news/tides").text
    answer = site.browser().login("ines").get("/manage/news/tides/@@secret")
    assert "Why not?" in answer.text
    assert "So the answer is no." in answer.text


def test_what_may_not_be_viewed_is_not_named_by_a_refusal(site):
    with site.work() as root:
        root["news"]["tides"].title = "The merger"
        override_permission(root["news"]["tides"], "view", "manager")
        override_permission(root["news"]["tides"], "see", "manager")
    answer = site.browser().login("ines").get("/manage/news/tides")
    assert answer.status == 403
    assert "merger" not in answer.text
    assert "Read it instead" not in answer.text


@pytest.mark.parametrize(
    ("path", "text", "link"),
    [
        ("/manage/news/nothing/at/all", "There is no “nothing” in News.", "To News"),
        ("/manage/news/@@nothing", "There is no “nothing” in News.", "To News"),
        ("/manage/nothing", "There is no “nothing” in Site.", "To Site"),
        ("/manage/news/%3Cb%3E", "There is no “&lt;b&gt;” in News.", "To News"),
    ],
)
def test_an_address_that_leads_nowhere_leads_to_what_is_nearest(site, path, text, link):
    answer = site.browser().login("ines").get(path)
    assert answer.status == 404
    assert heading_of(answer) == "Nothing here"
    assert text in answer.text
    assert link in [words for words, _ in answer.page.links]


def test_nothing_below_a_hidden_folder_is_named(site):
    with site.work() as root:
        override_permission(root["news"], "view", "manager")
        override_permission(root["news"], "see", "manager")
    answer = site.browser().login("ines").get("/manage/news/nothing")
    assert answer.status in {403, 404}
    assert "News" not in answer.text


def test_nothing_leads_to_a_place_that_one_does_not_manage(site):
    answer = site.browser().login("tomas").get("/manage/archive/nothing")
    assert answer.status == 404
    assert "There is nothing at this address." in answer.text
    assert "/manage/archive/" not in [target for _, target in answer.page.links]


def test_the_way_back_leads_to_where_one_came_from(site):
    client = site.browser().login("ines")
    path = "/manage/news/tides/@@fail?how=busy"
    assert ("Go back", "/manage/news/?sort=title") in client.get(
        path, referer="/manage/news/?sort=title"
    ).page.links
    for referer in ("https://example.org/news/", "http://localhost/manage/news/tides/@@fail?how=other", "%"):
        answer = client.get(path, headers={"Referer": referer})
        assert "Go back" not in answer.text


def test_a_visitor_meets_a_page_without_anything_of_the_site(site):
    answer = site.browser().get("/manage/nothing-here-at-all")
    assert answer.status == 404
    assert "News" not in answer.text
    assert "Sign out" not in answer.text
    assert ("Sign in", "/login?came_from=%2Fmanage%2Fnothing-here-at-all") in answer.page.links


def test_programs_get_no_page(site):
    answer = site.browser().login("ines").get("/manage/nothing", headers={"Accept": "application/json"})
    assert answer.content_type == "application/problem+json"
