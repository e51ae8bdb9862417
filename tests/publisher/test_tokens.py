"""Programs that sign in with a token, over HTTP."""

import pytest

from objpub.operations import make_token
from objpub.security import SYSTEM
from tests.publisher.model import fill
from tests.publisher.model import model_site


@pytest.fixture
def site():
    with model_site() as site:
        yield fill(site)


def token(site, user="mia", permissions=None, place=None, **more):
    with site.work() as root:
        where = None if place is None else root[place]
        return make_token(SYSTEM, root, user, "Deploy", permissions=permissions, place=where, **more)


def bearer(text, **more):
    return {"Authorization": f"Bearer {text}", "Origin": None, **more}


def uses(site):
    with site.work() as root:
        return dict(root.users.tokens._used)


def test_a_program_reads_and_changes_with_a_token(site):
    headers = bearer(token(site))
    assert site.client.get("/box/page/secret", headers=headers).text == "the secret"
    assert site.client.post("/box/page/secret", headers=headers).text == "the secret"
    assert site.client.post("/box/page/save", {"title": "Changed"}, headers=headers).status == 303
    assert "objpub_session" not in site.client.cookies


def test_a_token_that_is_not_valid_is_refused_also_where_everybody_may_read(site):
    answer = site.client.get("/box/page", headers=bearer(token(site)[:-1]))
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="objpub", error="invalid_token"'


def test_what_a_token_was_not_made_for_is_refused_with_its_reason(site):
    headers = bearer(token(site, permissions=["view"]))
    assert site.client.get("/box/page", headers=headers).status == 200
    answer = site.client.post("/box/page/save", {"title": "x"}, headers=headers)
    assert answer.status == 403
    assert "The token “Deploy” was not made for that." in answer.text


def test_a_token_goes_before_the_session_of_a_browser(site):
    client = site.browser().login("mia")
    assert client.get("/box/page/secret", headers=bearer(token(site, "paul"))).status == 403
    assert client.get("/box/page/secret", headers=bearer("objpub_x")).status == 401


def test_a_token_does_not_help_a_page_of_another_site(site):
    headers = bearer(token(site), Origin="https://evil.example")
    assert site.client.post("/box/page/secret", headers=headers).status == 403


def test_many_uses_are_written_once_and_after_the_answer(site):
    headers = bearer(token(site))
    assert uses(site) == {}
    site.client.get("/box/page", headers=headers)
    noted = uses(site)
    assert len(noted) == 1
    before = site.last_transaction()
    for _ in range(5):
        site.client.get("/box/page", headers=headers)
    assert site.last_transaction() == before


def test_the_answer_to_a_token_is_for_nobody_else(site):
    answer = site.client.get("/box/page", headers=bearer(token(site)))
    assert "private" in answer.headers["Cache-Control"]
