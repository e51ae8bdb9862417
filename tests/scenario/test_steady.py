"""A minute's part of the steady load that `python -m tests.scenario.steady 30` runs for half an hour."""

from tests.scenario.steady import drawn
from tests.scenario.steady import growth
from tests.scenario.steady import Look
from tests.scenario.steady import steady


def test_a_short_load_is_answered_and_looked_at(tmp_path):
    most, load, looks = steady(0.03, tmp_path, say=lambda look: None)
    assert most > 0 and load.done and load.wrong == []
    assert all(each.memory > 1_000_000 and each.descriptors and each.connections for each in looks)


def test_growth_is_told_apart_from_noise_and_drawn():
    def look(number, memory):
        return Look(10.0 * number, memory, 40, 8, 2.0, 9.0, 0)

    level = [look(number, 60_000_000 + 100_000 * (number % 3)) for number in range(1, 60)]
    leak = [look(number, 60_000_000 + 50_000 * number) for number in range(1, 60)]
    assert abs(growth(level)) < 100_000
    assert round(growth(leak)) == 3_000_000
    picture = drawn(leak, 100.0, "so many minutes")
    assert picture.count("<polyline") == 5 and "so many minutes" in picture
