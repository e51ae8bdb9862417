"""Errors that nobody foresaw: grouped, bounded, kept for all processes, and without secrets."""

import base64
import logging

import pytest

from objpub import Site
from objpub import testing
from objpub.database import open_database
from objpub.publisher import found_tickets
from objpub.publisher import remove_tickets
from objpub.publisher import tickets_of
from objpub.publisher.tickets import LAST
from objpub.publisher.tickets import MOST_GROUPS
from objpub.publisher.tickets import TicketDesk
from objpub.views import view
from tests.engines import served_uri
from tests.engines import SEVERAL_PROCESSES

SECRET = "seaweed-and-foam"
JSON = {"Accept": "application/json"}


@view(Site, "fails", method=["GET", "POST"], permission="public")
def fails(site, request, word: str = ""):
    raise RuntimeError(f"the word was {word}")


@view(Site, "fails-elsewhere", permission="public")
def fails_elsewhere(site, request):
    raise RuntimeError("the word was")


@view(Site, "repeats", method=["GET", "POST"], permission="public")
def repeats(site, request):
    brought = [*request.headers.values(), request.query_string]
    brought += [str(value) for name in request.form for value in request.form.all(name)]
    raise RuntimeError(" ".join([*brought, repr(request.form.json)]))


def failing_site(uri="demo:", seconds=0.0):
    return Failing(testing.site(fails, fails_elsewhere, repeats, settings={"database.uri": uri}), seconds)


class Failing:
    """A site whose every error is written, unless *seconds* say otherwise."""

    def __init__(self, manager, seconds):
        self.manager, self.seconds = manager, seconds

    def __enter__(self):
        site = self.manager.__enter__()
        site.application.tickets = TicketDesk(self.seconds)
        return site

    def __exit__(self, *arguments):
        return self.manager.__exit__(*arguments)


def groups(site):
    """Return what is kept, as plain values: count, number and title of the last one."""
    with site.work() as root:
        return [(group.count, group.last[0].number, group.last[0].title) for group in tickets_of(root)]


def ticket(site, path):
    answer = site.client.get(path, headers=JSON)
    assert answer.status == 500
    return answer.json["ticket"]


def test_alike_errors_are_one_group_whatever_they_say():
    with failing_site() as site:
        numbers = [ticket(site, f"/fails?word={word}") for word in ("one", "two", "three", "four", "five")]
        other = ticket(site, "/fails-elsewhere")
        assert len({number[:5] for number in numbers}) == 1 != len(set(numbers))
        assert groups(site) == [
            (1, other, "RuntimeError: the word was"),
            (5, numbers[-1], "RuntimeError: the word was five"),
        ]
        with site.work() as root:
            for number in numbers:
                (group,) = found_tickets(root, f" {number.upper()} ")
                assert group.first.title == "RuntimeError: the word was one"
                assert [each.number for each in group.last] == numbers[: -LAST - 1 : -1]
            assert found_tickets(root, "00000000") == []
            told = group.last[0]
            assert told.place.endswith("in fails") and __file__ in told.place
            assert 'raise RuntimeError(f"the word was {word}")' in told.text
            assert dict(told.rows)["Request"] == "GET /fails?word=five"
            assert told.request == dict(told.rows)["Number"]
            assert remove_tickets(root) == 2
        assert groups(site) == []


def test_an_error_in_each_request_is_not_a_transaction_in_each_request():
    with failing_site(seconds=1000) as site:
        first = ticket(site, "/fails")
        before = site.last_transaction()
        for _ in range(9):
            last = ticket(site, "/fails")
        assert site.last_transaction() == before
        assert groups(site) == [(1, first, "RuntimeError: the word was")]
        with site.work() as root:
            assert len(found_tickets(root, last)) == 1
        (rest,) = site.application.tickets.left()
        assert (rest.count, rest.told.number) == (9, last)


def test_what_was_not_written_yet_is_written_at_the_end(tmp_path):
    uri = f"file:{tmp_path}/site.fs"
    with failing_site(uri, seconds=1000) as site:
        for _ in range(7):
            last = ticket(site, "/fails")
    with failing_site(uri) as site:
        assert groups(site) == [(7, last, "RuntimeError: the word was")]


def test_no_more_than_so_many_groups_are_kept(monkeypatch):
    monkeypatch.setattr("objpub.publisher.tickets.MOST_GROUPS", 2)
    assert MOST_GROUPS == 200
    with failing_site() as site:
        for path in ("/fails", "/fails-elsewhere", "/fails", "/repeats"):
            ticket(site, path)
        assert [count for count, _, _ in groups(site)] == [1, 2]


@pytest.mark.parametrize("engine", sorted(SEVERAL_PROCESSES))
def test_all_processes_write_to_the_same_groups(engine, tmp_path, request):
    cluster = request.getfixturevalue("postgresql") if engine.startswith("postgresql") else None
    with (
        served_uri(engine, tmp_path, cluster) as uri,
        failing_site(uri) as first,
        failing_site(uri) as second,
    ):
        for site in (first, second, first, second):
            last = ticket(site, "/fails")
        for site in (first, second):
            assert groups(site) == [(4, last, "RuntimeError: the word was")]


def test_undo_does_not_meet_them_and_they_are_no_part_of_the_site(tmp_path):
    with failing_site(f"file:{tmp_path}/site.fs") as site:
        ticket(site, "/fails")
        with site.work() as root:
            assert "tickets" not in root
        tid = site.database.lastTransaction()
        with pytest.raises(Exception, match="what nobody takes back"):
            site.database.undoMultiple([tid])
        said = site.database.latest(1)[0]["description"]
        assert said == "Kept an error ticket"


# Secrets

BASIC = base64.b64encode(f"mia:{SECRET}".encode()).decode()
CARRIED = [
    ("GET", {"headers": {"Cookie": f"session={SECRET}"}}),
    ("GET", {"headers": {"Authorization": f"Bearer {SECRET}"}}),
    ("GET", {"headers": {"X-Api-Key": SECRET}}),
    ("GET", {"headers": {"X-Auth-Token": SECRET}}),
    ("GET", {"headers": {"Referer": f"http://coast.example/reset?token={SECRET}"}}),
    ("GET", {"query": f"password={SECRET}"}),
    ("GET", {"query": f"a=1&reset_token={SECRET}&b=2"}),
    ("POST", {"data": {"password": SECRET}}),
    ("POST", {"data": {"new_password": SECRET, "new_password_again": SECRET}}),
    ("POST", {"data": {"api_key": SECRET}}),
    ("POST", {"json": {"login": {"passphrase": SECRET}}}),
    ("GET", {"query": f"state=x&code={SECRET}"}),
    ("GET", {"headers": {"Referer": f"http://coast.example/callback?a=1&code={SECRET}"}}),
    ("POST", {"data": {"verification-code": SECRET, "id": "7"}}),
    ("POST", {"data": {"card_number": SECRET}}),
    ("POST", {"json": {"buy": {"creditCard": {"holder": SECRET}}}}),
]


@pytest.mark.parametrize("number", range(len(CARRIED)))
def test_what_is_secret_in_a_request_is_in_no_ticket_and_no_log(number, caplog):
    method, options = CARRIED[number]
    query = options.get("query", "")
    rest = {name: value for name, value in options.items() if name != "query"}
    with failing_site() as site, caplog.at_level(logging.DEBUG):
        answer = site.client.request(method, f"/repeats?{query}", **rest)
        assert answer.status in {500, 401}
        with site.work() as root:
            written = [
                repr((each.title, each.rows, each.text)) for group in tickets_of(root) for each in group.last
            ]
        assert written or answer.status == 401
    assert not any(SECRET in text for text in written), written
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    "text", ["4111111111111111", "4111 1111 1111 1111", "3782-822463-10005", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIi"]
)
def test_what_looks_like_a_card_or_a_signed_token_is_in_no_ticket_whatever_its_name(text):
    with failing_site() as site:
        site.client.post("/repeats", {"remark": f"take {text} please", "number": "4111111111111112"})
        with site.work() as root:
            written = repr([(each.rows, each.text) for group in tickets_of(root) for each in group.last])
    assert text not in written
    assert "take •••••• please" in written
    assert "4111111111111112" in written  # of no card: its last digit is wrong


def test_the_bytes_of_the_database_hold_no_secret(tmp_path):
    with failing_site(f"file:{tmp_path}/site.fs") as site:
        site.client.post("/repeats", {"password": SECRET}, headers={"Cookie": f"a={SECRET}x"})
        assert len(groups(site)) == 1
    assert SECRET.encode() not in (tmp_path / "site.fs").read_bytes()


def test_an_error_that_cannot_be_told_has_a_ticket_all_the_same(caplog):
    class Untold(Exception):
        def __str__(self):
            raise RuntimeError("twice")

    @view(Site, "untold", permission="public")
    def untold(site, request):
        raise Untold

    with testing.site(untold, settings={"log.tickets": True}) as site:
        assert site.client.get("/untold").status == 500
        assert len(groups(site)) == 1


def test_a_database_without_tickets_has_none():
    with testing.site() as site:
        assert groups(site) == []
        with site.work() as root:
            assert remove_tickets(root) == 0 and found_tickets(root, "3fa9c107") == []


def test_they_are_read_by_another_version_as_plain_values(tmp_path):
    """Nothing but the two classes of groups is named in their records."""
    with failing_site(f"file:{tmp_path}/site.fs") as site:
        ticket(site, "/fails")
    database = open_database(f"file:{tmp_path}/site.fs")
    data = (tmp_path / "site.fs").read_bytes()
    database.close()
    assert b"objpub.publisher.tickets" in data and b"Told" not in data


def test_without_the_setting_they_are_in_the_log_only(caplog):
    with testing.site(fails, settings={"log.tickets": False}) as site:
        number = ticket(site, "/fails")
        assert groups(site) == [] and f"ticket {number}" in caplog.text
    with testing.site(fails, settings={"log.tickets": True}) as site:
        ticket(site, "/fails")
        assert len(groups(site)) == 1
