"""However many try to sign in at a time: threads are left, the owner gets in, nobody guesses more often."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from datetime import timedelta
from datetime import UTC

import pytest

from objpub.content import Site
from objpub.errors import SettingsError
from objpub.registry import Registry
from objpub.security import Authenticator
from objpub.security import authenticator_for
from objpub.security import BackOff
from objpub.security import make_users
from objpub.security import Passwords
from objpub.security import Refusal
from objpub.security import ThrottleRules
from objpub.security.elsewhere import Elsewhere
from objpub.security.turns import CROWDED
from objpub.security.turns import MOST_UNDERWAY
from objpub.security.turns import Turns
from objpub.security.turns import Underway
from objpub.settings import load_settings

CHEAP = Passwords(time_cost=1, memory_cost=8, parallelism=1)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
GOOD = "drifting amber kettle"
HOME = "192.0.2.7"
STRANGE = "203.0.113.9"


class Slow(Passwords):
    """Passwords that take as long as somebody wants; `inside` is how many are hashed now."""

    def __init__(self):
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.go_on = threading.Event()
        self.started = threading.Semaphore(0)

    def check(self, password, stored):
        self.started.release()
        assert self.go_on.wait(30)
        return super().check(password, stored)


@pytest.fixture
def site():
    """A loose site with one user, who signed in at home before."""
    site = Site()
    make_users(site).add("ann", GOOD, "editor", "Ann Lee", passwords=CHEAP)
    assert Authenticator(passwords=CHEAP).sign_in(site, "ann", GOOD, HOME, NOON)
    return site


@pytest.fixture(autouse=True)
def no_patience(monkeypatch):
    """Whoever has to wait for a turn does so for a moment only."""
    monkeypatch.setattr("objpub.security.turns.BUSY_SECONDS", 0.01)


@contextmanager
def busy(slow, *tries):
    """Let each of *tries*, functions, come to where its password is hashed; they end with the block."""
    with ThreadPoolExecutor(len(tries)) as pool:
        begun = []
        for each in tries:
            begun.append(pool.submit(each))
            assert slow.started.acquire(timeout=30)
        try:
            yield begun
        finally:
            slow.go_on.set()


def test_one_stranger_is_looked_at_while_the_next_ones_are_told_to_come_back(site):
    slow = Slow()
    here = Authenticator(passwords=slow)
    with busy(slow, lambda: here.sign_in(site, "ann", "wrong", STRANGE, NOON)) as begun:
        crowded = here.sign_in(site, "bob", "wrong", STRANGE, NOON)
    assert (crowded.refusal.text, crowded.refusal.retry_after, crowded.records) == (CROWDED, 1, ())
    assert begun[0].result().refusal.text == "The name or the password is wrong."


def test_whom_strangers_would_keep_waiting_has_a_turn_where_he_signed_in_before(site):
    slow = Slow()
    here = Authenticator(passwords=slow)
    strange = lambda: here.sign_in(site, "ann", "wrong", STRANGE, NOON)  # noqa: E731
    with busy(slow, strange, lambda: here.sign_in(site, "ann", GOOD, HOME, NOON)) as begun:
        pass
    assert [bool(each.result()) for each in begun] == [False, True]


def test_who_waits_holds_no_more_places_than_there_are():
    turns = Turns(at_once=2, most=3)
    with turns.place(False) as first, turns.place(False) as second, turns.place(False) as third:
        assert (first, second, third) == (True, True, False), "one place is for those who are known"
        with turns.place(True) as known, turns.place(True) as more:
            assert (known, more) == (True, False)
    with turns.place(False) as again:
        assert again


@pytest.mark.parametrize("known", [True, False])
def test_with_one_thread_there_is_one_turn_for_all(known):
    turns = Turns(at_once=1, most=0)
    with turns.place(known) as placed, turns.hashing(known) as came:
        assert (placed, came) == (True, True)
        with turns.place(True) as more:
            assert not more


def test_a_turn_that_ends_by_an_error_is_free_again():
    turns = Turns(at_once=1, most=1)
    with pytest.raises(SettingsError), turns.place(False), turns.hashing(False):
        raise SettingsError("anything")
    with turns.place(False) as placed, turns.hashing(False) as came:
        assert (placed, came) == (True, True)


@pytest.mark.parametrize(
    ("threads", "strangers", "known"), [(1, 1, 1), (2, 1, 1), (3, 1, 2), (4, 2, 3), (8, 5, 6)]
)
def test_a_thread_is_left_for_others_where_there_is_more_than_one(tmp_path, threads, strangers, known):
    settings = load_settings(None, {"OBJPUB_SERVER_THREADS": str(threads), "OBJPUB_SECRET": "not one" * 9})
    turns = authenticator_for(settings, Registry())._turns
    assert [places(turns, each) for each in (False, True)] == [strangers, known]


def places(turns, known):
    """Return how many get a place at the same time."""
    with turns.place(known) as placed:
        return 1 + places(turns, known) if placed else 0


# Tries that are underway


def test_of_many_tries_at_one_moment_only_the_free_ones_are_looked_at(site):
    """None of them is in the database yet when the others are looked at."""
    here = Authenticator(passwords=CHEAP, throttle=ThrottleRules(account=BackOff(free=5)))
    outcomes = [here.sign_in(site, "ann", "wrong", STRANGE, NOON) for _ in range(20)]
    looked_at = [outcome for outcome in outcomes if outcome.records]
    assert (len(looked_at), len(outcomes) - len(looked_at)) == (5, 15)
    for outcome in looked_at:
        outcome.records[0](site)
    later = NOON + timedelta(seconds=5)
    outcomes = [here.sign_in(site, "ann", "wrong", STRANGE, later) for _ in range(20)]
    assert sum(bool(outcome.records) for outcome in outcomes) == 1, "after a wait there is one"


def test_strangers_who_try_take_nothing_from_those_who_are_known(site):
    here = Authenticator(passwords=CHEAP)
    for _ in range(20):
        here.sign_in(site, "ann", "wrong", STRANGE, NOON)
    assert here.sign_in(site, "ann", GOOD, HOME, NOON)


def test_right_passwords_and_errors_are_not_underway(site):
    here = Authenticator(passwords=CHEAP)
    for _ in range(20):
        assert here.sign_in(site, "ann", GOOD, HOME, NOON)
    broken = Authenticator(passwords=CHEAP, elsewhere=Elsewhere((lambda name, password: 1 / 0,)))
    for _ in range(20):
        with pytest.raises(ZeroDivisionError):
            broken.sign_in(site, "bob", "wrong", STRANGE, NOON)
    assert (len(here._underway), len(broken._underway)) == (0, 0)


def test_a_wrong_password_counts_also_while_nobody_can_be_asked_elsewhere(site):
    here = Authenticator(passwords=CHEAP, elsewhere=Elsewhere((lambda *question: Refusal("Silent"),)))
    outcome = here.sign_in(site, "ann", "wrong", STRANGE, NOON)
    assert (outcome.refusal.text, len(outcome.records)) == ("Silent", 1)


def test_a_try_that_never_ends_is_forgotten():
    underway = Underway()
    assert underway.begin({"key": 1}, NOON) is not None
    assert underway.begin({"key": 1}, NOON + timedelta(seconds=59)) is None
    assert underway.begin({"key": 1}, NOON + timedelta(seconds=61)) is not None
    for number in range(MOST_UNDERWAY + 1):
        underway.begin({str(number): 1}, NOON)
    underway.begin({"key": 1}, NOON + timedelta(hours=1))
    assert len(underway) == 1


def test_a_try_ends_once():
    underway = Underway()
    first, second = (underway.begin({"key": 2}, NOON) for _ in range(2))
    first()
    first()
    assert underway.begin({"key": 2}, NOON) is not None
    assert underway.begin({"key": 2}, NOON) is None
    second()
