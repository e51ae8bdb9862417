"""A thousand mixed requests and a kill in the middle leave nothing behind; `make soak` sends ten thousand."""

import pytest

from tests.scenario.soak import KINDS
from tests.scenario.soak import soak


@pytest.mark.slow
def test_nothing_is_left_behind(tmp_path):
    seen = soak(tmp_path, 1_000)
    assert {name for name, _ in seen["answers"]} == set(KINDS)
    assert seen["held"]["descriptors"] < 30
