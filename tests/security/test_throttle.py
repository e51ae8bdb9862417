from datetime import datetime
from datetime import timedelta
from datetime import UTC

import pytest

from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.security import BackOff
from objpub.security import Throttle
from objpub.security import ThrottleRules
from objpub.security.throttle import network_of
from objpub.security.throttle import places_of

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
RULES = ThrottleRules()
HOME = places_of("192.0.2.7")


def after(seconds):
    return NOON + timedelta(seconds=seconds)


def fail(throttle, times, account="ann", places=HOME, now=NOON):
    for _ in range(times):
        throttle.failed(account, places, now, RULES)


def test_the_first_wrong_passwords_cost_nothing():
    throttle = Throttle()
    fail(throttle, 4)
    assert throttle.wait("ann", HOME, NOON, RULES) == 0


def test_then_there_is_a_wait_that_doubles_up_to_a_limit():
    throttle = Throttle()
    waits = []
    for _ in range(20):
        fail(throttle, 1)
        waits.append(throttle.wait("ann", HOME, NOON, RULES))
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900, 900]


def test_a_wait_ends():
    throttle = Throttle()
    fail(throttle, 8)
    assert throttle.wait("ann", HOME, NOON, RULES) == 8
    assert throttle.wait("ann", HOME, after(7.5), RULES) == 1
    assert throttle.wait("ann", HOME, after(8), RULES) == 0


def test_counts_are_forgotten_after_some_hours():
    throttle = Throttle()
    fail(throttle, 30)
    later = after(RULES.account.forgotten + 1)
    fail(throttle, 1, now=later)
    assert throttle.wait("ann", HOME, later, RULES) == 0


def test_an_account_waits_wherever_the_passwords_come_from():
    throttle = Throttle()
    for number in range(10):
        fail(throttle, 1, places=places_of(f"198.51.100.{number}"))
    assert throttle.wait("ann", HOME, NOON, RULES) > 0
    assert throttle.wait("bob", HOME, NOON, RULES) == 0


def test_an_address_waits_whatever_the_account():
    throttle = Throttle()
    for number in range(40):
        fail(throttle, 1, account=f"user{number}")
    assert throttle.wait("somebody else", HOME, NOON, RULES) > 0
    assert throttle.wait("somebody else", places_of("203.0.113.1"), NOON, RULES) == 0


def test_the_owner_gets_in_from_a_known_address_during_an_attack():
    throttle = Throttle()
    throttle.succeeded("ann", HOME, NOON)
    for number in range(200):
        fail(throttle, 1, places=places_of(f"198.51.100.{number % 50}"))
    assert throttle.wait("ann", HOME, NOON, RULES) == 0
    assert throttle.wait("ann", places_of("203.0.113.1"), NOON, RULES) == 900


def test_the_owner_gets_in_with_a_known_browser_even_beside_the_attacker():
    throttle = Throttle()
    throttle.succeeded("ann", places_of("192.0.2.7", "secret mark"), NOON)
    fail(throttle, 100)
    assert throttle.wait("ann", HOME, NOON, RULES) == 900
    assert throttle.wait("ann", places_of("192.0.2.7", "secret mark"), NOON, RULES) == 0
    assert throttle.wait("ann", places_of("203.0.113.1", "secret mark"), NOON, RULES) == 0


def test_a_known_place_is_slowed_down_too():
    throttle = Throttle()
    throttle.succeeded("ann", HOME, NOON)
    fail(throttle, RULES.known.free - 1)
    assert throttle.wait("ann", HOME, NOON, RULES) == 0
    fail(throttle, 3)
    assert throttle.wait("ann", HOME, NOON, RULES) == 4
    throttle.succeeded("ann", HOME, NOON)
    assert throttle.wait("ann", HOME, NOON, RULES) == 0


def test_a_place_is_known_for_its_account_and_for_some_time_only():
    throttle = Throttle()
    throttle.succeeded("ann", HOME, NOON)
    fail(throttle, 10, places=places_of("203.0.113.1"))
    fail(throttle, 10, account="bob", places=places_of("203.0.113.1"))
    assert throttle.wait("bob", HOME, NOON, RULES) > 0
    much_later = NOON + timedelta(days=200)
    fail(throttle, 10, places=places_of("203.0.113.1"), now=much_later)
    assert throttle.wait("ann", HOME, much_later, RULES) > 0


def test_success_elsewhere_does_not_help_the_attacker():
    throttle = Throttle()
    throttle.succeeded("ann", HOME, NOON)
    attacker = places_of("203.0.113.1")
    fail(throttle, 20, places=attacker)
    throttle.succeeded("ann", HOME, NOON)
    assert throttle.wait("ann", attacker, NOON, RULES) == 900


def test_success_from_a_new_place_begins_anew():
    throttle = Throttle()
    fail(throttle, 4)
    throttle.succeeded("ann", HOME, NOON)
    fail(throttle, 4)
    assert throttle.wait("ann", HOME, NOON, RULES) == 0


def test_known_places_are_bounded():
    throttle = Throttle()
    for number in range(60):
        throttle.succeeded("ann", places_of(f"198.51.100.{number}", f"mark{number}"), after(number))
    assert throttle.knows_mark("ann", "mark59", NOON)
    assert not throttle.knows_mark("ann", "mark1", NOON)
    assert not throttle.knows_mark("ann", "", NOON)
    assert len(throttle._known.values()[0]) == 20


def test_forgetting_an_account():
    throttle = Throttle()
    throttle.succeeded("ann", HOME, NOON)
    fail(throttle, 20)
    throttle.forget("ann")
    throttle.forget("nobody")
    assert not throttle.is_quiet("ann", HOME, NOON)
    fail(throttle, 1)
    assert throttle.wait("ann", HOME, NOON, RULES) == 0


def test_there_is_nothing_to_note_for_a_known_place_without_wrong_passwords():
    throttle = Throttle()
    assert not throttle.is_quiet("ann", HOME, NOON)
    throttle.succeeded("ann", HOME, NOON)
    assert throttle.is_quiet("ann", HOME, NOON)
    fail(throttle, 1)
    assert not throttle.is_quiet("ann", HOME, NOON)


def test_a_clock_that_goes_back_does_not_lock_for_long():
    throttle = Throttle()
    fail(throttle, 50, now=after(3600 * 24 * 365))
    assert throttle.wait("ann", HOME, NOON, RULES) == 0
    throttle = Throttle()
    fail(throttle, 50, now=after(60))
    assert throttle.wait("ann", HOME, NOON, RULES) == 900


def test_old_counts_go_as_new_ones_come():
    throttle = Throttle()
    for number in range(3000):
        fail(throttle, 1, account=f"user{number}", now=after(number * 60))
    assert len(throttle) < 1500, "six hours of one each minute are 360, and as many not swept yet"


def test_nothing_stored_shows_what_was_typed():
    throttle = Throttle()
    fail(throttle, 1, account="my secret password")
    throttle.succeeded("my secret password", places_of("192.0.2.7", "mark"), NOON)
    fail(throttle, 1, account="my secret password")
    stored = repr([dict(throttle._counts), dict(throttle._known)])
    assert "secret" not in stored
    assert "192.0.2" not in stored


def test_counts_survive_a_restart(tmp_path):
    uri = "file:site.fs?blobs=blobs"
    for run in range(2):
        database = open_database(uri, root=tmp_path)
        pair = database.pairs.take()
        pair.manager.begin()
        if run == 0:
            throttle = Throttle()
            put_site(pair.connection, throttle)
            fail(throttle, 10)
            pair.manager.commit()
        else:
            assert site_of(pair.connection).wait("ann", HOME, NOON, RULES) == 32
            pair.manager.abort()
        database.pairs.give_back(pair)
        database.close()


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
        ("unix:", "unix:"),
        ("x" * 500, "x" * 100),
    ],
)
def test_what_counts_as_one_address(address, network):
    assert network_of(address) == network


def test_back_off_has_no_limit_of_failures():
    assert BackOff(free=5).wait(10**9) == 900
