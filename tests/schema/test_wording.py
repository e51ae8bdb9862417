import pytest

from objpub.schema import did_you_mean
from objpub.schema import shown


class Broken:
    def __repr__(self):
        raise RuntimeError("no")


def endless():
    value = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    "value",
    [
        "x" * 10_000,
        ["y" * 1_000] * 1_000,
        {"a" * 100: "b" * 100},
        10**200,
        b"x" * 10_000,
        Broken(),
        endless(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_is_shown_in_a_line(value):
    assert 0 < len(shown(value)) < 320


def test_short_values_are_shown_whole():
    assert [shown(value) for value in ("a", 1, None, ["a", 2])] == ["'a'", "1", "None", "['a', 2]"]
    assert shown([10**5000]) == "a very long list"


def test_the_nearest_name_is_offered():
    assert did_you_mean("titel", ["summary", "title"]) == "; did you mean 'title'?"
    assert did_you_mean(3, ["title"]) == ""
