"""What is remembered of right passwords: for a minute, under a key that nobody has."""

from datetime import datetime
from datetime import timedelta
from datetime import UTC

import pytest

from objpub.content import Site
from objpub.security import Authenticator
from objpub.security import make_users
from objpub.security import Passwords
from objpub.security.proofs import MOST_PROOFS
from objpub.security.proofs import Proofs

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECRETS = ("ann", "drifting amber kettle", "stamp")
CHEAP = Passwords(time_cost=1, memory_cost=8, parallelism=1)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_only_the_very_same_is_remembered(number):
    proofs = Proofs()
    proofs.put(*SECRETS, NOON)
    assert proofs.has(*SECRETS, NOON)
    changed = [each + "x" if index == number else each for index, each in enumerate(SECRETS)]
    assert not proofs.has(*changed, NOON)


def test_it_is_forgotten_after_a_minute_and_by_a_clock_that_goes_back():
    proofs = Proofs()
    proofs.put(*SECRETS, NOON)
    for seconds, remembered in ((59, True), (60, False), (-1, False)):
        assert proofs.has(*SECRETS, NOON + timedelta(seconds=seconds)) is remembered


def test_no_other_process_could_know_what_is_remembered():
    one, other = Proofs(), Proofs()
    one.put(*SECRETS, NOON)
    other.put(*SECRETS, NOON)
    assert set(one._until).isdisjoint(other._until)
    for secret in SECRETS:
        assert secret not in repr(vars(one))


def test_what_is_remembered_is_bounded():
    proofs = Proofs()
    for number in range(3 * MOST_PROOFS):
        proofs.put(str(number), "x", "y", NOON)
    assert len(proofs._until) <= MOST_PROOFS


def test_what_was_said_elsewhere_is_remembered_with_it():
    proofs = Proofs()
    proofs.put(*SECRETS, NOON, "a claim")
    assert proofs.claim(*SECRETS) == "a claim"
    assert proofs.claim("tom", *SECRETS[1:]) is None


def test_a_role_that_is_taken_is_gone_with_the_next_request():
    site = Site()
    users = make_users(site)
    users.add("ann", SECRETS[1], "editor", passwords=CHEAP)
    here = Authenticator(passwords=CHEAP)
    credentials = "YW5uOmRyaWZ0aW5nIGFtYmVyIGtldHRsZQ=="
    assert "editor" in here.by_basic(site, credentials, "192.0.2.7", NOON).roles
    users.set_roles("user:ann", [])
    again = here.by_basic(site, credentials, "192.0.2.7", NOON)
    assert again.authenticated and "editor" not in again.roles
