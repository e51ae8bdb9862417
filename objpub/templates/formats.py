"""Dates, times and numbers for people: pure functions, and `Format`, which knows zone and locale."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from datetime import tzinfo
from datetime import UTC
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo
from zoneinfo import ZoneInfoNotFoundError

from objpub.security import harmless

from .languages import direction_of
from .languages import language_of

Day = date  # the classes, under names that the methods of Format do not have
Moment = datetime
STYLES = ("long", "short", "iso")
SECONDS = {"year": 31_557_600, "month": 2_629_800, "day": 86_400, "hour": 3_600, "minute": 60}
BYTE_UNITS = ("kB", "MB", "GB", "TB", "PB")
JUST_NOW_SECONDS = 60


def format_date(value: date, style: str = "long", locale: str = "en") -> str:
    """Return *value* as "21 November 2026"; style "short": "21 Nov 2026", "iso": "2026-11-21"."""
    if style == "iso":
        return f"{value.year:04}-{value.month:02}-{value.day:02}"
    if style not in STYLES:
        raise ValueError(f"style is one of {', '.join(STYLES)}, not {style!r}")
    language = language_of(locale)
    pattern, months = (
        (language.long_date, language.months)
        if style == "long"
        else (language.short_date, language.short_months)
    )
    return pattern.format(day=value.day, month=months[value.month - 1], year=value.year)


@lru_cache(maxsize=4_096)
def written_day(value: datetime, zone: str, style: str, locale: str) -> str:
    """Return the date of *value*, a moment in UTC, in *zone*: in a list the same few come again and again."""
    return format_date(in_zone(value, zone), style, locale)


def format_time(value: datetime, zone: tzinfo | str) -> str:
    """Return the time of *value*, an aware datetime, in *zone*, as "09:05"."""
    here = in_zone(value, zone)
    return f"{here.hour:02}:{here.minute:02}"


def format_datetime(value: datetime, zone: tzinfo | str, style: str = "long", locale: str = "en") -> str:
    """Return *value*, an aware datetime, in *zone*, as "21 November 2026, 09:05".

    style: as of `format_date`; "iso" gives "2026-11-21T09:05:00+01:00", for <time datetime="…">.
    """
    here = in_zone(value, zone)
    if style == "iso":
        return here.isoformat(timespec="seconds")
    day = format_date(here, style, locale)
    return language_of(locale).moment.format(date=day, time=f"{here.hour:02}:{here.minute:02}")


def format_number(value: int | float | Decimal, digits: int | None = None, locale: str = "en") -> str:
    """Return *value* as "1,234.5". digits: how many stand after the point; None: as many as there are."""
    language = language_of(locale)
    exact = value if isinstance(value, int) else Decimal(str(value))
    if isinstance(exact, Decimal) and not exact.is_finite():
        return str(exact)
    text = f"{exact:,d}" if isinstance(exact, int) and digits is None else f"{exact:,f}"
    if digits is not None:
        text = f"{Decimal(exact):,.{digits}f}"
    whole, point, fraction = text.partition(".")
    return whole.replace(",", language.group) + (language.decimal if point else "") + fraction


def format_bytes(value: int, locale: str = "en") -> str:
    """Return a size in bytes as "512 bytes" or "1.2 MB"; a kB has 1,000 bytes."""
    if value < 1000:
        return f"{value} {language_of(locale).byte[value != 1]}"
    size, unit = value / 1000, 0
    while size >= 999.95 and unit + 1 < len(BYTE_UNITS):
        size, unit = size / 1000, unit + 1
    return f"{format_number(size, 0 if size >= 99.95 else 1, locale)} {BYTE_UNITS[unit]}"


def format_relative(value: datetime, now: datetime, locale: str = "en") -> str:
    """Return how long *value* is before or after *now*, both aware: "3 minutes ago", "in 2 days"."""
    language = language_of(locale)
    seconds = (in_zone(now, timezone.utc) - in_zone(value, timezone.utc)) // timedelta(seconds=1)
    distance = abs(seconds)
    if distance < JUST_NOW_SECONDS:
        return language.now
    unit, length = next((unit, length) for unit, length in SECONDS.items() if distance >= length)
    count = distance // length
    said = f"{count} {language.units[unit][count != 1]}"
    return (language.past if seconds > 0 else language.future).format(said)


def format_row(cells: Iterable[Any]) -> str:
    """Return one line of CSV without its end: each cell quoted if it must be, None empty.

    A text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    line = io.StringIO()
    csv.writer(line).writerow([harmless(cell) if isinstance(cell, str) else cell for cell in cells])
    return line.getvalue().removesuffix("\r\n")


def in_zone(value: datetime, zone: tzinfo | str) -> datetime:
    """Return *value*, an aware datetime, in *zone*, a tzinfo or a name such as "Europe/Berlin"."""
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise ValueError(f"wanted a datetime with a time zone, not {value!r}")
    return value.astimezone(zone_of(zone) if isinstance(zone, str) else zone)


def zone_of(name: str) -> tzinfo:
    """Return the time zone called *name*. Raises ValueError if there is none."""
    if name == "UTC":
        return timezone.utc
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"There is no time zone called {name!r}") from error


@dataclass(frozen=True, slots=True)
class Format:
    """The variable `format` of templates: the functions of this module, for one zone and locale.

    zone: the name of a time zone. locale: such as "en" or "de-AT". now: what "3 minutes ago" counts from;
    None: the clock. A value of None gives an empty text.
    """

    zone: str = "UTC"
    locale: str = "en"
    now: Moment | None = None

    def date(self, value: Day | None, style: str = "long") -> str:
        """Return a date, or the date of an aware datetime in the zone: "21 November 2026"."""
        if value is None:
            return ""
        if type(value) is Moment and value.tzinfo is UTC:  # as what is stored
            return written_day(value, self.zone, style, self.locale)
        day = in_zone(value, self.zone) if isinstance(value, Moment) else value
        return format_date(day, style, self.locale)

    def time(self, value: Moment | None) -> str:
        """Return the time of an aware datetime in the zone: "09:05"."""
        return "" if value is None else format_time(value, self.zone)

    def datetime(self, value: Moment | None, style: str = "long") -> str:
        """Return an aware datetime in the zone: "21 November 2026, 09:05"."""
        return "" if value is None else format_datetime(value, self.zone, style, self.locale)

    def number(self, value: int | float | Decimal | None, digits: int | None = None) -> str:
        """Return a number: "1,234.5"."""
        return "" if value is None else format_number(value, digits, self.locale)

    def bytes(self, value: int | None) -> str:
        """Return a size: "1.2 MB"."""
        return "" if value is None else format_bytes(value, self.locale)

    def direction(self, locale: str | None = None) -> str:
        """Return "rtl" where *locale*, or that of the format, is written from right to left, else "ltr"."""
        return direction_of(self.locale if locale is None else locale)

    def row(self, cells: Iterable[Any]) -> str:
        """Return a line of CSV without its end."""
        return format_row(cells)

    def relative(self, value: Moment | None) -> str:
        """Return how long ago an aware datetime was, or when it will be: "3 minutes ago"."""
        if value is None:
            return ""
        return format_relative(value, self.now or datetime.now(timezone.utc), self.locale)
