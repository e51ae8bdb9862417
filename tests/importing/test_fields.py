from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import timezone

import pytest

from objpub.importing.fields import moment
from objpub.importing.fields import read_fields

DAY = datetime(2026, 11, 1, tzinfo=timezone.utc)


def test_known_names_become_fields():
    found = read_fields(
        {
            "title": " A\n b ",
            "linktitle": "B",
            "description": "c",
            "date": date(2026, 11, 1),
            "tags": ["x", "y", "x"],
            "keywords": "a, b,",
            "categories": [],
            "weight": 3,
            "aliases": ["/old/", None],
        }
    )
    assert found.values == {
        "title": "A b",
        "link_title": "B",
        "description": "c",
        "date": DAY,
        "tags": frozenset({"x", "y"}),
        "keywords": frozenset({"a", "b"}),
        "categories": frozenset(),
        "weight": 3,
        "aliases": ("/old/",),
        "extra": (),
    }
    assert found.wrong == []


def test_unknown_names_are_kept_as_text():
    found = read_fields(
        {"params": {"a": [1, True]}, "layout": "list", "note": "two\nlines", "when": date(2026, 1, 2)}
    )
    assert found.values["extra"] == (
        "layout: list",
        'note: "two\\nlines"',
        'params: {"a": [1, true]}',
        "when: 2026-01-02",
    )


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("date", "soon", "wanted a date such as 2026-11-01"),
        ("date", 5, "wanted a date"),
        ("weight", "heavy", "wanted a whole number, not 'heavy'"),
        ("weight", True, "wanted a whole number"),
        ("weight", float("inf"), "wanted a whole number"),
        ("title", ["a"], "wanted a text"),
        ("tags", {"a": 1}, "wanted a list of texts"),
        ("big", "x" * 10_001, "more than 10,000 characters"),
    ],
)
def test_a_value_that_does_not_fit_is_named(name, value, message):
    found = read_fields({name: value})
    assert name not in found.values
    assert found.wrong[0][0] == name
    assert message in found.wrong[0][1]


def test_none_is_no_value():
    assert read_fields({"title": None, "date": None}).values == {"extra": ()}


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("2026-11-01", DAY),
        ("2026-11-01T00:00:00Z", DAY),
        ("2026-11-01T02:00:00+02:00", DAY),
        (datetime(2026, 11, 1), DAY),
        (datetime(2026, 11, 1, 5, tzinfo=timezone(timedelta(hours=5))), DAY),
        (date(2026, 11, 1), DAY),
    ],
)
def test_moments_are_in_utc(value, wanted):
    assert moment(value) == wanted
    assert moment(value).tzinfo is timezone.utc
