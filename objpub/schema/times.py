"""Kinds of time: a date, and a moment with its time zone."""

import re
from datetime import date
from datetime import datetime
from datetime import tzinfo
from datetime import UTC
from typing import Any

from .kind import Bounded
from .kind import NOWHERE
from .kind import Surroundings
from .wording import shown

# fromisoformat() alone takes more: weeks, no dashes, digits without an end.
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,6})?)?"
    r"(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)


class Date(Bounded):
    """A day of the calendar."""

    name = "date"
    noun = "a date"
    at_least = "from {} on"
    at_most = "up to {}"

    def plain(self, value: Any) -> date:
        """Return *value* as a date. A datetime is refused: it is a day only in some time zone."""
        if type(value) is date:
            return value
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.refuse(value)
        return date(value.year, value.month, value.day)

    def said(self, value: Any) -> str:
        """Return "2026-11-01"."""
        return str(value.isoformat())

    def to_text(self, value: Any, surroundings: Surroundings) -> str:
        """Return "2026-11-01"."""
        return str(value.isoformat())

    def from_text(self, text: Any, surroundings: Surroundings) -> date:
        """Return the date that *text* writes as "2026-11-01"."""
        text = text.strip()
        try:
            if DATE.fullmatch(text) is not None:
                return date.fromisoformat(text)
        except ValueError as error:
            raise ValueError(f"wanted a date that exists, not {text!r}: {error}") from None
        raise ValueError(f"wanted a date such as '2026-11-01', not {shown(text)}")

    def to_json(self, value: Any, surroundings: Surroundings) -> str:
        """Return "2026-11-01"."""
        return str(value.isoformat())

    def from_json(self, value: Any, surroundings: Surroundings) -> Any:
        """Return the date of a text."""
        if type(value) is not str:
            raise self.refuse(value)
        return self.from_text(value, surroundings)

    def json_schema(self) -> dict[str, Any]:
        """Return "string" in the format "date"."""
        return {"type": "string", "format": "date"}

    def canonical(self, value: Any) -> str:
        """Return "2026-11-01"."""
        return str(value.isoformat())


class Moment(Bounded):
    """A moment, stored in UTC. Without a time zone it is refused."""

    placed = True
    name = "datetime"
    noun = "a date and time"
    at_least = "from {} on"
    at_most = "up to {}"

    def plain(self, value: Any) -> datetime:
        """Return *value* in `datetime.timezone.utc`, whatever class its own time zone has."""
        if not isinstance(value, datetime):
            raise self.refuse(value)
        if value.utcoffset() is None:
            raise ValueError(f"wanted a date and time with its time zone, not {value!r}")
        try:
            value = value.astimezone(UTC)
        except (OverflowError, ValueError):
            raise self.refuse(value) from None
        day, time = (value.year, value.month, value.day), (value.hour, value.minute, value.second)
        return datetime(*day, *time, value.microsecond, UTC)

    def said(self, value: Any) -> str:
        """Return "2026-11-01T12:00:00Z"."""
        return self.to_json(value, NOWHERE)

    def to_text(self, value: Any, surroundings: Surroundings) -> str:
        """Return "2026-11-01T12:00:00Z"; in a time zone "2026-11-01T13:00:00", as browsers write it.

        The hour that a clock shows twice is written in UTC, so that nothing is lost on the way back.
        """
        if surroundings.zone is not None:
            try:
                naive = value.astimezone(surroundings.zone).replace(tzinfo=None, fold=0)
                if in_zone(naive, surroundings.zone) == value:
                    return str(naive.isoformat())
            except (OverflowError, ValueError):  # the first and the last day of the calendar
                pass
        return self.to_json(value, NOWHERE)

    def from_text(self, text: Any, surroundings: Surroundings) -> datetime:
        """Return the moment of "2026-11-01T12:00Z", or of "2026-11-01T13:00" in the time zone."""
        text = text.strip()
        if MOMENT.fullmatch(text) is None:
            raise ValueError(f"wanted a date and time such as '2026-11-01T12:00Z', not {shown(text)}")
        try:
            moment = datetime.fromisoformat(text.upper())
        except ValueError as error:
            raise ValueError(f"wanted a date and time that exist, not {text!r}: {error}") from None
        if moment.tzinfo is not None:
            return moment
        if surroundings.zone is None:
            raise ValueError(f"wanted a date and time with its offset, such as '{text}Z', not {text!r}")
        return in_zone(moment, surroundings.zone)

    def to_json(self, value: Any, surroundings: Surroundings) -> str:
        """Return "2026-11-01T12:00:00Z"."""
        return str(value.isoformat()).removesuffix("+00:00") + "Z"

    def from_json(self, value: Any, surroundings: Surroundings) -> Any:
        """Return the moment of a text."""
        if type(value) is not str:
            raise self.refuse(value)
        return self.from_text(value, surroundings)

    def json_schema(self) -> dict[str, Any]:
        """Return "string" in the format "date-time"."""
        return {"type": "string", "format": "date-time"}

    def canonical(self, value: Any) -> str:
        """Return "2026-11-01T12:00:00+00:00"."""
        return str(value.isoformat())


def in_zone(naive: datetime, zone: tzinfo) -> datetime:
    """Return the moment at which clocks in *zone* show *naive*; the earlier where they do so twice.

    Raises ValueError where they never do, because the clocks were put forward.
    """
    try:
        moment = naive.replace(tzinfo=zone).astimezone(UTC)
        back = moment.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        raise ValueError(f"wanted a date and time within the calendar, not {naive.isoformat()!r}") from None
    if back != naive:
        raise ValueError(f"wanted a time that exists in {zone}, not {naive.isoformat()!r}")
    return moment
