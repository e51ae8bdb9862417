"""A clock that goes back, and a disk that fills; the full forms are `tests.scenario.clock` and `.full`."""

import os
import subprocess

import pytest

from tests.scenario import clock
from tests.scenario import full


@pytest.mark.slow
def test_a_clock_that_goes_back_an_hour_loses_nothing(tmp_path):
    if not clock.LIBRARIES:
        message = "There is no libfaketime: apt-get install faketime"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    trial = clock.clock("file", 2, tmp_path)
    assert clock.moved(trial) >= 8


@pytest.mark.slow
def test_a_disk_that_fills_and_empties_loses_nothing(tmp_path):
    try:
        with full.small_disk(tmp_path / "trial"):
            pass
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small disk can be made by root only, and not in every container")
    trial = full.full("file", 2, tmp_path)
    assert trial.answers[507]
