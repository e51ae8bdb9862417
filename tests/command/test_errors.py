"""`objpub errors`: the tickets of a site on the command line."""

import pytest

from objpub import Site
from objpub import testing
from objpub.publisher.tickets import TicketDesk
from objpub.views import view

from .conftest import one_line


@view(Site, "fails", permission="public")
def fails(site, request, password: str = ""):
    raise RuntimeError(f"the word was {password}")


@pytest.fixture
def number(folder):
    """The ticket of the second of two errors in the site of the working directory."""
    uri = f"file:{folder}/var/site.fs?blobs={folder}/var/blobs"
    with testing.site(fails, settings={"database.uri": uri}) as site:
        site.application.tickets = TicketDesk(0)
        for _ in range(2):
            answer = site.client.get("/fails?password=seaweed", headers={"Accept": "application/json"})
    return answer.json["ticket"]


def test_kinds_of_errors_are_listed_and_shown_and_removed(objpub, number):
    _, line = objpub("errors").output.splitlines()
    assert f" 2 {number} RuntimeError: the word was •" in " ".join(line.split())
    shown = objpub("errors", number).output
    assert shown.startswith("2 times, first ")
    assert f"Ticket {number}, " in shown and "raise RuntimeError(" in shown
    assert "Request: GET /fails?password=••••••" in shown and "seaweed" not in shown
    assert objpub("errors", "--remove").output == "Removed 1 kinds of errors\n"
    assert len(objpub("errors").output.splitlines()) == 1


def test_a_ticket_that_is_not_there_is_said(objpub, number):
    assert "no ticket 'ffffffff'" in one_line(objpub("errors", "ffffffff", status=1))
    assert "without a number" in one_line(objpub("errors", number, "--remove", status=1))
