import pickle
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from datetime import timezone
from datetime import tzinfo
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from objpub.errors import DeclarationError
from objpub.errors import Invalid
from objpub.schema import Field
from objpub.schema import field
from objpub.schema import Surroundings

BERLIN = Surroundings(zone=ZoneInfo("Europe/Berlin"))


def refusal(call, *arguments):
    """Return the sentence with which *call*, a method of a field, refuses its arguments."""
    with pytest.raises(Invalid) as caught:
        call(*arguments)
    return caught.value.errors["value"]


def test_a_date_is_a_day_and_not_a_moment():
    class Day(date):
        pass

    declared = Field("value", date, field())
    assert type(declared.check(Day(2026, 11, 1))) is date
    assert declared.check(date(2026, 11, 1)) == date(2026, 11, 1)
    assert refusal(declared.check, datetime(2026, 11, 1, tzinfo=UTC)).startswith(
        "wanted a date, not datetime"
    )
    assert refusal(declared.check, "2026-11-01") == "wanted a date, not '2026-11-01'"


def test_a_date_is_read_from_what_browsers_send():
    declared = Field("value", date, field())
    assert declared.from_text(" 2026-11-01 ") == date(2026, 11, 1)
    assert declared.to_text(date(2026, 11, 1)) == declared.to_json(date(2026, 11, 1)) == "2026-11-01"
    assert declared.from_json("2026-11-01") == date(2026, 11, 1)
    assert refusal(declared.from_json, 20261101) == "wanted a date, not 20261101"


@pytest.mark.parametrize(
    "text", ["20261101", "2026-W44-7", "01.11.2026", "2026-11-01T00:00", "x", "٢026-11-01"]
)
def test_other_texts_are_no_date(text):
    sentence = refusal(Field("value", date, field()).from_text, text)
    assert sentence == f"wanted a date such as '2026-11-01', not {text!r}"


def test_a_date_that_does_not_exist_is_refused():
    sentence = refusal(Field("value", date, field()).from_text, "2026-02-30")
    assert sentence.startswith("wanted a date that exists, not '2026-02-30': day is out of range")


def test_bounds_of_dates_are_named_in_words():
    declared = Field("value", date, field(ge=date(2026, 1, 1), le=date(2026, 12, 31)))
    assert declared.wanted == "a date from 2026-01-01 to 2026-12-31"
    assert refusal(declared.check, date(2027, 1, 1)).endswith(", not 2027-01-01")
    assert Field("value", date, field(ge=date(2026, 1, 1))).wanted == "a date from 2026-01-01 on"
    assert Field("value", date, field(le=date(2026, 1, 1))).wanted == "a date up to 2026-01-01"
    with pytest.raises(DeclarationError, match="ge='2026': wanted a date, not '2026'"):
        Field("value", date, field(ge="2026"))


def test_a_moment_is_stored_in_utc():
    declared = Field("value", datetime, field())
    stored = declared.check(datetime(2026, 11, 1, 12, tzinfo=ZoneInfo("America/New_York")))
    assert stored == datetime(2026, 11, 1, 17, tzinfo=UTC)
    assert stored.tzinfo is UTC
    assert b"zoneinfo" not in pickle.dumps(stored)


def test_a_moment_of_a_derived_class_is_stored_as_a_plain_one():
    class Stamp(datetime):
        pass

    assert type(Field("value", datetime, field()).check(Stamp(2026, 11, 1, tzinfo=UTC))) is datetime


def test_a_moment_without_its_time_zone_is_refused():
    class Vague(tzinfo):
        def utcoffset(self, moment):
            return None

    declared = Field("value", datetime, field())
    for value in (datetime(2026, 11, 1), datetime(2026, 11, 1, tzinfo=Vague())):
        assert refusal(declared.check, value).startswith(
            "wanted a date and time with its time zone, not datet"
        )
    assert refusal(declared.check, date(2026, 11, 1)).startswith("wanted a date and time, not ")


def test_a_moment_outside_the_calendar_is_refused():
    early = datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))
    assert refusal(Field("value", datetime, field()).check, early).startswith("wanted a date and time, not ")


@pytest.mark.parametrize(
    "text",
    ["2026-11-01T12:00Z", "2026-11-01 12:00:00z", "2026-11-01T13:00+01:00", "2026-11-01T12:00:00.000+0000"],
)
def test_a_moment_is_read_with_its_offset(text):
    declared = Field("value", datetime, field())
    assert declared.from_text(text) == datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert declared.from_json(text) == datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_without_an_offset_a_text_needs_a_time_zone():
    declared = Field("value", datetime, field())
    sentence = refusal(declared.from_text, "2026-11-01T12:00")
    assert sentence == (
        "wanted a date and time with its offset, such as '2026-11-01T12:00Z', not '2026-11-01T12:00'"
    )
    assert declared.from_text("2026-11-01T13:00", BERLIN) == datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-11-01", "12:00Z", "now", "2026-11-01T12:00:00 UTC", "2026-11-01T12"])
def test_other_texts_are_no_moment(text):
    sentence = refusal(Field("value", datetime, field()).from_text, text)
    assert sentence == f"wanted a date and time such as '2026-11-01T12:00Z', not {text!r}"


def test_a_moment_that_does_not_exist_is_refused():
    declared = Field("value", datetime, field())
    assert refusal(declared.from_text, "2026-11-31T12:00Z").startswith("wanted a date and time that exist")
    sentence = refusal(declared.from_text, "2026-03-29T02:30", BERLIN)
    assert sentence == "wanted a time that exists in Europe/Berlin, not '2026-03-29T02:30:00'"
    assert refusal(declared.from_text, "0001-01-01T00:00", BERLIN).startswith("wanted a date and time within")
    assert refusal(declared.from_json, 1_700_000_000) == "wanted a date and time, not 1700000000"


def test_a_moment_is_shown_in_the_time_zone_and_comes_back():
    declared = Field("value", datetime, field())
    moment = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert declared.to_text(moment) == "2026-07-01T12:00:00Z"
    assert declared.to_json(moment, BERLIN) == "2026-07-01T12:00:00Z"
    assert declared.to_text(moment, BERLIN) == "2026-07-01T14:00:00"
    assert declared.from_text("2026-07-01T14:00:00", BERLIN) == moment


def test_the_hour_that_a_clock_shows_twice_is_not_mixed_up():
    declared = Field("value", datetime, field())
    earlier = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    later = earlier + timedelta(hours=1)
    assert declared.to_text(earlier, BERLIN) == "2026-10-25T02:30:00"
    assert declared.to_text(later, BERLIN) == "2026-10-25T01:30:00Z"
    for moment in (earlier, later):
        assert declared.from_text(declared.to_text(moment, BERLIN), BERLIN) == moment


def test_the_ends_of_the_calendar_are_shown_in_utc():
    last = datetime.combine(date.max, time(23, 30), UTC)
    assert Field("value", datetime, field()).to_text(last, BERLIN) == "9999-12-31T23:30:00Z"


def test_bounds_of_moments_are_named_in_words():
    declared = Field("value", datetime, field(ge=datetime(2026, 1, 1, tzinfo=UTC)))
    assert declared.wanted == "a date and time from 2026-01-01T00:00:00Z on"
    with pytest.raises(DeclarationError, match="with its time zone"):
        Field("value", datetime, field(ge=datetime(2026, 1, 1)))


def test_json_schema_says_what_is_checked():
    assert Field("value", date, field()).json_schema() == {
        "type": "string",
        "format": "date",
        "title": "Value",
    }
    assert Field("value", datetime, field()).json_schema()["format"] == "date-time"
