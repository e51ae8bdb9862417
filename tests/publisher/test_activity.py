"""What was asked, loaded and committed in each minute of the last hour, by all processes of a machine."""

import pytest

from objpub.publisher.activity import Activity
from objpub.publisher.activity import MINUTES
from objpub.publisher.activity import Sums
from objpub.publisher.counters import Counters
from objpub.publisher.measures import Measures
from tests.publisher.test_slowest import Clock


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def activity(clock):
    return Activity(clock)


def test_each_minute_has_what_happened_in_it(activity, clock):
    activity.note(Sums(1_000, 50, 7))
    for requests, commits in ((60, 1), (0, 0), (120, 3)):
        clock.now += 60
        sums = activity._last
        activity.note(Sums(sums.requests + requests, sums.loads, sums.commits + commits))
    minutes = activity.minutes(activity._last)
    assert len(minutes) == MINUTES
    assert [each.requests for each in minutes[-4:]] == pytest.approx([0, 60, 0, 120])
    assert [each.commits for each in minutes[-3:]] == pytest.approx([1, 0, 3])
    assert sum(each.requests for each in minutes) == pytest.approx(180), "and nothing of before it began"


def test_what_nobody_looked_at_for_long_is_spread_evenly(activity, clock):
    activity.note(Sums(0, 0, 0))
    clock.now += 600
    minutes = activity.minutes(Sums(100, 0, 20))
    assert [each.requests for each in minutes[-10:]] == pytest.approx([10] * 10)
    assert minutes[-11].requests == 0


def test_a_process_that_ends_takes_nothing_back(activity, clock):
    activity.note(Sums(10, 5_000, 0))
    clock.now += 60
    activity.note(Sums(12, 100, 0))
    clock.now += 60
    assert [each.loads for each in activity.minutes(Sums(12, 130, 0))[-2:]] == pytest.approx([0, 30])


def test_it_reaches_as_far_back_however_often_somebody_looks(activity, clock):
    for number in range(MINUTES + 1):
        activity.note(Sums(10 * number, 0, 0))
        for _ in range(20):
            activity.minutes(Sums(10 * number, 0, 0))
        clock.now += 60
    clock.now -= 60
    assert [each.requests for each in activity.minutes(activity._last)] == pytest.approx([10] * MINUTES)


def test_it_is_looked_at_once_a_minute_and_what_is_older_than_an_hour_is_let_go(activity, clock):
    assert activity.is_due()
    for number in range(500):
        activity.note(Sums(number, 0, 0))
        assert not activity.is_due()
        clock.now += 59
        assert not activity.is_due()
        clock.now += 1
        assert activity.is_due()
    assert len(activity._known) == 2 * MINUTES
    assert sum(each.requests for each in activity.minutes(Sums(500, 0, 0))) == pytest.approx(MINUTES)


def test_all_processes_of_the_machine_are_in_it(database, clock, tmp_path):
    first, second = (Measures(Counters(tmp_path), database) for _ in range(2))
    first.activity = Activity(clock)
    first.minutes()
    for measures in (first, second, second):
        measures.count("x", "200 OK", 0.0, committed=True)
        measures.fold(0.0)
    clock.now += 60
    assert [round(number) for number in first.minutes()[-1]][::2] == [3, 3]
    first.close()
    second.close()
