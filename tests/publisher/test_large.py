"""Large files go up and down, cut and resumed, without their bytes in memory."""

from tests.publisher.large import MEGABYTES
from tests.publisher.large import run


def test_a_large_file_comes_back_as_it_went_and_costs_no_memory():
    run(MEGABYTES)
