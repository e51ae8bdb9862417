from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from decimal import Decimal

import pytest

from objpub.templates import Format
from objpub.templates import format_bytes
from objpub.templates import format_date
from objpub.templates import format_datetime
from objpub.templates import format_number
from objpub.templates import format_relative
from objpub.templates import format_time

NOON = datetime(2026, 11, 21, 12, 5, 7, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("style", "locale", "wanted"),
    [
        ("long", "en", "3 May 2026"),
        ("short", "en-GB", "3 May 2026"),
        ("iso", "de", "2026-05-03"),
        ("long", "de", "3. Mai 2026"),
        ("long", "fr_CA", "3 mai 2026"),
        ("long", "es", "3 de mayo de 2026"),
        ("long", "xx", "3 May 2026"),
    ],
)
def test_dates(style, locale, wanted):
    assert format_date(date(2026, 5, 3), style, locale) == wanted


def test_years_of_less_than_four_digits():
    assert format_date(date(26, 5, 3), "iso") == "0026-05-03"


def test_a_style_that_does_not_exist():
    with pytest.raises(ValueError, match="style is one of long, short, iso, not 'medium'"):
        format_date(date(2026, 5, 3), "medium")


def test_datetimes_are_shown_in_the_zone():
    assert format_datetime(NOON, "Europe/Berlin") == "21 November 2026, 13:05"
    assert format_datetime(NOON, timezone(timedelta(hours=14)), "short") == "22 Nov 2026, 02:05"
    assert format_datetime(NOON, "Europe/Berlin", "iso") == "2026-11-21T13:05:07+01:00"
    assert format_datetime(NOON, "UTC", locale="de") == "21. November 2026, 12:05"
    assert format_time(NOON, "America/New_York") == "07:05"


def test_naive_datetimes_and_unknown_zones_are_refused():
    with pytest.raises(ValueError, match="wanted a datetime with a time zone"):
        format_datetime(datetime(2026, 5, 3), "UTC")
    for zone in ("Europe/Berlinn", "../etc/passwd", ""):
        with pytest.raises(ValueError, match="There is no time zone called"):
            format_time(NOON, zone)


@pytest.mark.parametrize(
    ("value", "digits", "locale", "wanted"),
    [
        (0, None, "en", "0"),
        (1234567, None, "en", "1,234,567"),
        (-1234.5, None, "en", "-1,234.5"),
        (1234.5, 2, "de", "1.234,50"),
        (1234, 2, "fr", "1\u202f234,00"),
        (Decimal("1234.50"), None, "es", "1.234,50"),
        (0.1, None, "en", "0.1"),
        (1e-7, None, "en", "0.0000001"),
        (2.5, 0, "en", "2"),
        (float("inf"), None, "en", "Infinity"),
        (float("nan"), 2, "en", "NaN"),
    ],
)
def test_numbers(value, digits, locale, wanted):
    assert format_number(value, digits, locale) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (1234567, "1.2 MB"),
        (99_949_999, "99.9 MB"),
        (99_950_000, "100 MB"),
        (999_949_999, "1,000 MB"),
        (999_950_000, "1.0 GB"),
        (10**18, "1,000 PB"),
    ],
)
def test_sizes(value, wanted):
    assert format_bytes(value) == wanted


@pytest.mark.parametrize(
    ("delta", "wanted"),
    [
        (timedelta(seconds=-59), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=-60), "1 minute ago"),
        (timedelta(minutes=-59, seconds=-59), "59 minutes ago"),
        (timedelta(hours=-1), "1 hour ago"),
        (timedelta(hours=23), "in 23 hours"),
        (timedelta(days=-1), "1 day ago"),
        (timedelta(days=45), "in 1 month"),
        (timedelta(days=-800), "2 years ago"),
    ],
)
def test_relative_times(delta, wanted):
    assert format_relative(NOON + delta, NOON) == wanted


def test_relative_times_in_german():
    assert format_relative(NOON - timedelta(days=3), NOON, "de") == "vor 3 Tagen"
    assert format_relative(NOON + timedelta(days=1), NOON, "de") == "in 1 Tag"


def test_format_in_a_template(page):
    german = Format("Europe/Berlin", "de", NOON)
    text = (
        "${format.date(d)} ${format.date(m)} ${format.datetime(m)} ${format.time(m)} ${format.number(1.5)}"
        " ${format.bytes(1500)} ${format.relative(m)}"
    )
    late = datetime(2026, 11, 20, 23, 30, tzinfo=timezone.utc)
    assert page(text, format=german, d=date(2026, 1, 2), m=late) == (
        "2. Januar 2026 21. November 2026 21. November 2026, 00:30 00:30 1,5 1,5 kB vor 12 Stunden"
    )


def test_nothing_is_formatted_as_nothing():
    nothing = Format()
    methods = (nothing.date, nothing.time, nothing.datetime, nothing.number, nothing.bytes, nothing.relative)
    assert [method(None) for method in methods] == [""] * 6


def test_format_has_a_clock_of_its_own():
    assert Format().relative(datetime.now(timezone.utc) - timedelta(hours=3)) == "3 hours ago"


DIRECTIONS = {
    "en": "ltr",
    "de-CH": "ltr",
    "he": "rtl",
    "he_IL": "rtl",
    "ar-EG": "rtl",
    "fa": "rtl",
    "UR": "rtl",
}
SCRIPTS = {"az-Arab": "rtl", "ks-Deva": "ltr", "uz_Arab_AF": "rtl", "pa-Guru": "ltr", "de-1996": "ltr"}


@pytest.mark.parametrize(("locale", "direction"), [*DIRECTIONS.items(), *SCRIPTS.items()])
def test_a_language_goes_from_left_to_right_or_from_right_to_left(locale, direction):
    assert Format(locale=locale).direction() == direction
    assert Format().direction(locale) == direction


def test_directions_are_those_of_the_locale_data():
    babel = pytest.importorskip("babel")
    known = babel.localedata.locale_identifiers()
    wrong = [
        name
        for name in known
        if not name.startswith("mn_Mong")  # upright, from top to bottom
        and (babel.Locale.parse(name).text_direction, name) != (Format().direction(name), name)
    ]
    assert len(known) > 500
    assert wrong == []
