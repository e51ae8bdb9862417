"""Turns: who waits for whom, and for how long."""

import threading

import pytest
from ZODB.POSException import ConflictError

from objpub.publisher import lanes
from objpub.publisher.lanes import attempts
from objpub.publisher.lanes import Lanes
from objpub.publisher.lanes import NOTHING
from objpub.publisher.lanes import URGENT

# Paths and objects whose lanes differ whatever the hash of a text is in this process.
HERE = "/here"
ELSEWHERE = next(f"/{n}" for n in range(100) if hash(f"/{n}") % lanes.LANES != hash(HERE) % lanes.LANES)
ONE = ConflictError(oid=b"\0" * 8)
OTHER = next(
    ConflictError(oid=bytes([n] * 8))
    for n in range(1, 100)
    if hash(bytes([n] * 8)) % lanes.LANES != hash(ONE.oid) % lanes.LANES
)


@pytest.fixture
def turns():
    return Lanes()


def waits(turns, *arguments):
    """Does somebody in another thread, who asks for a turn like this, wait for those who hold theirs?"""
    entered = threading.Event()

    def enter():
        with turns.turn(*arguments):
            entered.set()

    thread = threading.Thread(target=enter)
    thread.start()
    through = entered.wait(0.2)
    waiting.append(thread)
    return not through


waiting = []


@pytest.fixture(autouse=True)
def ended():
    yield
    while waiting:
        waiting.pop().join(5)


def test_the_first_attempt_waits_for_nobody(turns):
    assert turns.turn(0, None, HERE) is NOTHING
    with turns.turn(1, ONE, HERE):
        assert turns.turn(0, None, HERE) is NOTHING


def test_those_who_conflicted_over_one_object_go_one_after_the_other(turns):
    with turns.turn(1, ONE, HERE):
        assert waits(turns, 1, ONE, ELSEWHERE)
        assert not waits(turns, 1, OTHER, HERE)


def test_nobody_at_the_same_address_goes_before_one_that_keeps_failing(turns):
    with turns.turn(URGENT, ONE, HERE):
        assert waits(turns, 0, None, HERE)
        assert waits(turns, 1, OTHER, HERE)
        assert not waits(turns, 0, None, ELSEWHERE)
        assert not waits(turns, 1, OTHER, ELSEWHERE)
    assert turns.turn(0, None, HERE) is NOTHING


def test_a_turn_that_failed_is_given_back(turns):
    with pytest.raises(RuntimeError), turns.turn(URGENT, ONE, HERE):
        raise RuntimeError
    assert turns.turn(0, None, HERE) is NOTHING
    assert not waits(turns, URGENT, ONE, HERE)


def test_who_waited_long_enough_goes_out_of_turn(turns, monkeypatch):
    monkeypatch.setattr(lanes, "PATIENCE_SECONDS", 0.02)
    with turns.turn(1, ONE, HERE):
        assert not waits(turns, 1, ONE, HERE)
        monkeypatch.setattr(lanes, "PATIENCE_SECONDS", 5)  # the lane is still held by the first
        assert waits(turns, 1, ONE, HERE)


def test_one_attempt_with_no_time_for_others_is_a_single_one():
    assert list(attempts(1, 0)) == [0]


def test_at_least_so_many_attempts_are_made_and_more_until_the_time_is_over():
    assert list(attempts(4, 0)) == [0, 1, 2, 3]
    assert len(list(attempts(1, 0.1))) > 3
