"""From front matter to the fields of a page."""

import json
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from datetime import time
from datetime import UTC
from typing import Any

from .frontmatter import plain_text
from .frontmatter import short

Texts = tuple[str, ...]

LONGEST_OTHER = 10_000  # characters; what a line of text can hold


@dataclass
class Fields:
    """What front matter says about a page.

    values: field name → value. wrong: (name in the front matter, what is wrong with it), one for each value
    that is not what its name promises; it is kept among `extra`, as are those that no field is for.
    """

    values: dict[str, Any] = field(default_factory=dict)
    wrong: list[tuple[str, str]] = field(default_factory=list)


def read_fields(values: Mapping[str, Any]) -> Fields:
    """Return the fields that front matter *values* give, names in lower case; unknown ones go to `extra`."""
    found = Fields()
    extra: list[str] = []
    for name, value in values.items():
        wanted, convert = FIELDS.get(name, ("", one_line))
        if not wanted:
            keep_other(found, extra, name, value)
        elif value is not None:
            try:
                found.values.setdefault(wanted, convert(value))
            except ValueError as error:
                found.wrong.append((name, f"{name}: {error}"))
                keep_other(found, extra, name, value)
    found.values["extra"] = tuple(sorted(extra))
    return found


def keep_other(found: Fields, extra: list[str], name: str, value: Any) -> None:
    """Keep a value that no field is for as a line of text; what is more than a line as JSON."""
    line = plain_text(value)
    if not line.isprintable():
        line = json.dumps(line)
    line = f"{name}: {line}"
    if len(line) <= LONGEST_OTHER:
        extra.append(line)
    else:
        found.wrong.append((name, f"{name}: more than {LONGEST_OTHER:,} characters are not kept"))


def one_line(value: Any) -> str:
    """Return *value* as one line. Raises ValueError for lists and the like."""
    if isinstance(value, (dict, list)):
        raise ValueError(f"wanted a text, not {short(value)}")
    return " ".join(line.strip() for line in plain_text(value).strip().splitlines())


def many_lines(value: Any) -> str:
    """Return *value* as text of one or more lines. Raises ValueError for lists and the like."""
    if isinstance(value, (dict, list)):
        raise ValueError(f"wanted a text, not {short(value)}")
    return plain_text(value).strip()


def texts(value: Any) -> Texts:
    """Return texts, given as a list or as one text with commas. Raises ValueError for names with values."""
    if isinstance(value, dict):
        raise ValueError(f"wanted a list of texts, not {short(value)}")
    parts = value if isinstance(value, list) else plain_text(value).split(",")
    found = [one_line(part) for part in parts if part is not None]
    return tuple(dict.fromkeys(part for part in found if part))


def words(value: Any) -> frozenset[str]:
    """Return a set of texts, given as `texts` takes them."""
    return frozenset(texts(value))


def number(value: Any) -> int:
    """Return a whole number. Raises ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(f"wanted a whole number, not {short(value)}")
    try:
        return int(value)
    except (ValueError, OverflowError):
        raise ValueError(f"wanted a whole number, not {short(value)}") from None


def moment(value: Any) -> datetime:
    """Return a moment in UTC; a day begins at midnight there. Raises ValueError for what is neither."""
    if isinstance(value, str):
        value = moment_in_text(value.strip())
    if isinstance(value, datetime):
        try:
            return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        except OverflowError:
            raise ValueError(f"wanted a date, not {short(value)}") from None
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC)
    raise ValueError(f"wanted a date such as 2026-11-01 or 2026-11-01T12:00:00Z, not {short(value)}")


def moment_in_text(value: str) -> datetime:
    """Return the moment that *value* writes in ISO form. Raises ValueError."""
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(
            f"wanted a date such as 2026-11-01 or 2026-11-01T12:00:00Z, not {short(value)}"
        ) from None


FIELDS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "aliases": ("aliases", texts),
    "categories": ("categories", words),
    "date": ("date", moment),
    "description": ("description", many_lines),
    "keywords": ("keywords", words),
    "lastmod": ("lastmod", moment),
    "linktitle": ("link_title", one_line),
    "tags": ("tags", words),
    "title": ("title", one_line),
    "weight": ("weight", number),
}
