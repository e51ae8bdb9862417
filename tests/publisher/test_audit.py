"""What requests leave in the audit record: sign-ins and tries, also refused ones; never what was typed."""

import base64
import threading
from datetime import datetime
from datetime import timedelta
from datetime import UTC
from pathlib import Path

import pytest

from objpub import testing
from objpub.operations import end_sessions
from objpub.operations import make_reset_link
from objpub.operations import make_token
from objpub.security import AuditRules
from objpub.security import entries_of
from objpub.security import Policy
from objpub.security import SYSTEM
from tests.publisher.model import fill
from tests.publisher.model import model_site

TYPED = "amber-drifting-kettle"  # what somebody types where it does not belong


@pytest.fixture
def site():
    with model_site(settings={"security.account_failures": 3}, file=True) as site:
        yield fill(site)


def entries(site, what="sign-in"):
    with site.work() as root:
        return [each for _, each in entries_of(root) if each.what == what]


def signed(site, name, password=testing.PASSWORD, address="192.0.2.7"):
    """Send the form to sign in, and return the answer."""
    browser = site.browser()
    browser.address = address
    return browser.post("/login", {"name": name, "password": password})


def basic(name, password):
    """Return the header that a program sends."""
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def test_a_sign_in_is_written_with_who_and_from_where(site):
    assert signed(site, "mia").status == 303
    (entry,) = entries(site)
    assert (entry.who, entry.way, entry.address, entry.outcome) == ("mia", "form", "192.0.2.7", "done")
    assert entry.path == "user:mia"
    assert timedelta() <= datetime.now(UTC) - entry.when < timedelta(minutes=5)


def test_a_wrong_password_is_written_although_the_request_is_refused(site):
    assert signed(site, "mia", TYPED).status == 401
    (entry,) = entries(site)
    assert (entry.who, entry.path, entry.address) == ("", "user:mia", "192.0.2.7")
    assert entry.outcome == "refused"
    assert entry.sentence.startswith("Wrong password for")


def test_what_was_typed_is_nowhere_in_the_database(site):
    signed(site, "mia", TYPED)
    signed(site, TYPED, "x")
    signed(site, TYPED, TYPED)
    site.client.get("/box/page/secret", headers=basic(TYPED, "x"))
    site.client.get("/box/page/secret", headers=basic("mia", TYPED))
    assert len(entries(site)) == 5
    file = Path(site.application.database.storage._file_name)
    assert TYPED.encode() not in file.read_bytes()


def test_who_has_to_wait_is_written_once_in_a_while(site):
    for _ in range(3):
        assert signed(site, "mia", TYPED).status == 401
    for _ in range(20):
        assert signed(site, "mia", TYPED).status == 429
    outcomes = [each.outcome for each in entries(site)]
    assert outcomes == ["throttled", "refused", "refused", "refused"]
    assert signed(site, "mia", TYPED, "198.51.100.1").status == 429
    assert entries(site)[0].address == "198.51.100.1"


def test_who_has_to_wait_writes_nothing_more(site):
    for _ in range(5):
        signed(site, "mia", TYPED)
    before = site.last_transaction()
    for _ in range(20):
        assert signed(site, "mia", TYPED).status == 429
    assert site.last_transaction() == before


def test_a_sign_out_is_written_and_one_that_is_none_is_not(site):
    client = site.browser().login("mia")
    client.post("/logout")
    client.post("/logout")
    (entry,) = entries(site, "sign-out")
    assert (entry.who, entry.way) == ("mia", "session")


def test_a_program_that_sends_a_password_is_written_once(site):
    for _ in range(3):
        assert site.client.get("/box/page/secret", headers=basic("mia", testing.PASSWORD)).status == 200
    (entry,) = entries(site)
    assert (entry.who, entry.way, entry.outcome) == ("mia", "password", "done")


def test_a_token_that_is_not_valid_is_written_once_in_a_while_without_it(site):
    headers = {"Authorization": f"Bearer objpub_{TYPED}"}
    for _ in range(3):
        assert site.client.get("/box/page/secret", headers=headers).status == 401
    (entry,) = entries(site)
    assert (entry.who, entry.way, entry.outcome) == ("", "token", "refused")
    assert TYPED not in entry.sentence


def test_a_new_password_by_a_link_says_whose_and_from_where(site):
    with site.work() as root:
        token = make_reset_link(SYSTEM, root, "mia")
    form = {"token": token, "new_password": TYPED, "new_password_again": TYPED}
    assert site.client.post("/reset", form).status == 303
    (entry,) = entries(site, "password.set")
    assert (entry.who, entry.way, entry.address) == ("mia", "link", "127.0.0.1")
    assert [each.path for each in entries(site, "password.link")] == ["user:mia"]
    assert token not in repr(entries(site, "password.link"))


def test_what_a_token_did_says_which_token_it_was(site):
    site.add_user("boss", roles=["manager"])
    with site.work() as root:
        text = make_token(SYSTEM, root, "boss", "Nightly", permissions=None)
    headers = {"Authorization": f"Bearer {text}"}
    answer = site.client.post("/manage/@@groups-add", {"name": "staff"}, headers=headers)
    if answer.status == 404:
        pytest.skip("needs the management interface")
    (entry,) = entries(site, "group.add")
    assert (entry.who, entry.way) == ("boss", "token “Nightly”")


def test_sessions_that_somebody_ends_are_written(site):
    site.browser().login("mia")
    with site.work() as root:
        end_sessions(SYSTEM, root, "mia")
    assert [each.path for each in entries(site, "session.end")] == ["user:mia"]


def test_a_refused_operation_leaves_no_entry(site):
    client = site.browser().login("mia")
    before = len(entries(site, "token.make"))
    client.post("/manage/@@token-add", {"title": "", "what": "all"})
    assert len(entries(site, "token.make")) == before


def test_many_who_sign_in_at_a_time_are_all_written_and_the_record_is_no_cause_of_a_conflict(site):
    names = [f"user{number}" for number in range(8)]
    with site.work() as root:
        hashing = site.registry[Policy].authenticator.passwords
        for name in names:
            root.users.add(name, testing.PASSWORD, passwords=hashing)
    barrier, statuses = threading.Barrier(8), []

    def work(name):
        for _ in range(4):
            barrier.wait(60)
            while (status := signed(site, name).status) == 429:  # too many at a time: he is told to come back
                pass
            statuses.append(status)

    workers = [threading.Thread(target=work, args=(name,)) for name in names]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert statuses == [303] * 32
    found = [each.who for each in entries(site)]
    assert sorted(found) == sorted(names * 4)


def test_the_settings_say_how_long_it_is_kept():
    with testing.site(settings={"audit.days": 7, "audit.entries": 99}) as site:
        assert (site.registry[AuditRules].days, site.registry[AuditRules].entries) == (7, 99)
