"""The page of errors: grouped, one of them whole, removed, and only for those who look after the site."""

import pytest

from objpub import Site
from objpub import testing
from objpub.publisher import tickets_of
from objpub.publisher.tickets import TicketDesk
from objpub.security import entries_of
from objpub.views import view

PAGE = "/manage/@@errors"


@view(Site, "fails", permission="public")
def fails(site, request, word: str = ""):
    raise RuntimeError(f"<b>the heron</b> is {word}")


@view(Site, "sinking", permission="public", template="sinking.pt")
def sinking(site, request):
    return {"depth": 10}


@pytest.fixture
def site():
    with testing.site(fails, sinking, settings={"log.tickets": True}) as running:
        running.application.tickets = TicketDesk(0.0)
        running.add_user("mia", roles=["manager"])
        running.add_user("leo", roles=["editor"])
        yield running


def kept(site):
    with site.work() as root:
        return [(group.count, group.first.number) for group in tickets_of(root)]


def test_alike_errors_are_one_line_with_times_request_and_place(site):
    for word in ("grey", "white", "grey"):
        assert site.client.get(f"/fails?word={word}").status == 500
    page = site.browser().login("mia").get("/manage/@@database").click("Errors")
    ((count, number),) = kept(site)
    assert count == 3
    assert "RuntimeError: &lt;b&gt;the heron&lt;/b&gt; is grey" in page.text
    assert "<b>the heron" not in page.text
    assert page.text.partition("<tbody>")[2].count("<tr>") == 1
    for words in ("GET /fails?word=grey", "in fails", f"@@errors?ticket={number}", ">3</td>"):
        assert words in page.text, words


def test_of_a_template_the_line_and_the_expression_are_told(site):
    assert site.client.get("/sinking").status == 500
    page = site.browser().login("mia").get(PAGE)
    assert "AttributeError: &#39;int&#39; object has no attribute" in page.text.replace("'", "&#39;")
    assert "templates/sinking.pt:3, depth.fathoms" in page.text


def test_one_is_shown_whole_by_any_of_its_numbers_and_removed(site):
    told = site.client.get("/fails?word=grey", headers={"Accept": "application/json"}).json["ticket"]
    site.client.get("/fails?word=white")
    browser = site.browser().login("mia")
    page = browser.get(PAGE).form("finding").fill(ticket=told).submit()
    for words in ("is grey", "is white", "Traceback", "Raised at", "2 times since"):
        assert words in page.text, words
    ((_, number),) = kept(site)
    after = page.form(f"removing-{number}").submit().follow()
    assert "None: nothing unforeseen has happened" in after.text
    assert kept(site) == []
    with site.work() as root:
        _, entry = next(iter(entries_of(root)))
        assert entry.sentence == f"Removed the error {number}, which came 2 times"
    again = browser.post(PAGE, {"ticket": number})
    assert again.status == 409
    assert "There is no such error any more" in again.text


@pytest.mark.parametrize("ticket", ["3fa9c107", "<script>", "x" * 1_000])
def test_a_number_that_is_none_is_told_at_its_field(site, ticket):
    page = site.browser().login("mia").get(PAGE, query={"ticket": ticket})
    assert page.status == 422
    assert "anted the number of a ticket that is kept here, not" in page.text
    assert "<script>&#39;" not in page.text and "'<script>" not in page.text


def test_nobody_else_sees_or_removes_them(site):
    site.client.get("/fails")
    before = kept(site)
    leo = site.browser().login("leo")
    assert leo.get(PAGE).status == 403
    assert leo.post(PAGE, {"ticket": before[0][1]}).status == 403
    assert kept(site) == before


def test_without_tickets_it_is_said_where_errors_are(site):
    with testing.site(fails, settings={"log.tickets": False}) as other:
        other.add_user("mia", roles=["manager"])
        page = other.browser().login("mia").get(PAGE)
    assert "the setting log.tickets is off" in page.text
