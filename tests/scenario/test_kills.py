"""Processes are killed while others write; the full form is `python -m tests.scenario.kills ENGINE 200`."""

import pytest

from tests.scenario.kills import kills

LARGE_BYTES = 3_000_000

#: How the loss of something shows itself; the last: of the whole site, which was made once more.
LOSS = r"lost of|missing object|damaged|password: [^\0]*password: "


@pytest.mark.slow
@pytest.mark.parametrize(("engine", "number"), [("file", 3), ("zeo", 2), ("postgresql", 2)])
def test_nothing_that_was_acknowledged_is_lost_and_nothing_is_half_done(engine, number, tmp_path):
    trial = kills(engine, number, tmp_path, large_bytes=LARGE_BYTES, restores=False)
    assert len(trial.gaps) == number
    assert all(trial.acknowledged)


@pytest.mark.slow
@pytest.mark.parametrize("control", ["no-sync", "early"])
def test_a_storage_that_loses_something_is_caught(control, tmp_path):
    with pytest.raises(AssertionError, match=LOSS):
        kills("file", 3, tmp_path, large_bytes=LARGE_BYTES, control=control)
