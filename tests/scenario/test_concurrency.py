"""Eight people who write to one place over HTTP; `make stress` sends several times as much."""

import threading
import time

import pytest

from tests.scenario.stress import children
from tests.scenario.stress import crowd
from tests.scenario.stress import increments
from tests.scenario.stress import ONE_ATTEMPT
from tests.scenario.stress import served
from tests.scenario.stress import stress

EACH = 50


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_fails(tmp_path, capsys):
    with capsys.disabled():
        print()
        total = stress(tmp_path, EACH, EACH, 15)
    assert total.total() >= 100
    assert max(total) > 1  # some had to try a third time


def test_with_one_attempt_only_changes_fail(tmp_path):
    with served(tmp_path, **ONE_ATTEMPT) as running:
        statuses, texts = crowd(running, "/here/increment", lambda thread: [{}] * EACH)
        assert set(statuses) == {200, 503}
        assert int(running.get("/here")) == statuses[200]  # and what was answered is there
        assert running.conflicts() == {1: statuses[503]}
        with pytest.raises(AssertionError):
            increments(running, EACH)
        with pytest.raises(AssertionError):
            children(running, "plain", EACH)


def test_a_write_that_takes_two_seconds_delays_no_write_elsewhere(tmp_path):
    sign = tmp_path / "sign"
    ends = []

    def slowly():
        assert running.post("/here/slowly", seconds=2, sign=sign) == (200, "2")
        ends.append("slow")

    with served(tmp_path, PYTHONHASHSEED="0") as running:  # so that the two counters have lanes of their own
        slow = threading.Thread(target=slowly)
        slow.start()
        wait_for(sign, 1)
        assert running.post("/here/increment") == (200, "1")
        ends.append("same place")  # the slow one will meet a conflict, and take two seconds more
        for attempt in (1, 2):
            wait_for(sign, attempt)
            statuses, _ = crowd(running, "/elsewhere/increment", lambda thread: [{}] * 10)
            assert statuses == {200: 80}
            ends.append("elsewhere")
        slow.join()
        assert ends == ["same place", "elsewhere", "elsewhere", "slow"]
        assert sign.read_text() == "begun\n" * 2
        assert int(running.get("/elsewhere")) == 160


def wait_for(sign, attempts):
    """Wait until the slow view was called so often."""
    end = time.monotonic() + 30
    while not sign.exists() or len(sign.read_text().split()) < attempts:
        assert time.monotonic() < end
        time.sleep(0.01)
