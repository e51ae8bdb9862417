"""The audit record as text for other programs: CSV for tables, and one JSON object on each line."""

import csv
import io
import json
import re
from collections.abc import Iterable
from collections.abc import Iterator

from .audit import AuditEntry

NAMES = tuple(AuditEntry.__dataclass_fields__)

#: What a spreadsheet takes for the beginning of a formula, also in the wide forms of East Asian keyboards.
FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20|%")
#: The same behind what many of them take for the end of a cell, where commas are in numbers.
WITHIN = re.compile("(;\\s*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20|%])")


def as_csv(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Yield lines of CSV, the names of the columns first. No cell is a formula for whoever opens it."""
    yield csv_line(NAMES)
    for entry in entries:
        yield csv_line([harmless(text) for text in texts_of(entry).values()])


def as_json_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Yield lines with a JSON object each."""
    for entry in entries:
        yield json.dumps(texts_of(entry), ensure_ascii=False) + "\n"


def texts_of(entry: AuditEntry) -> dict[str, str]:
    """Return *entry* as texts by name; the moment is as in ISO 8601, in UTC."""
    texts = {name: getattr(entry, name) for name in NAMES[1:]}
    return {"when": entry.when.isoformat(timespec="milliseconds").replace("+00:00", "Z"), **texts}


def csv_line(cells: Iterable[str]) -> str:
    """Return a line of CSV."""
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def harmless(text: str) -> str:
    """Return *text* so that a spreadsheet takes it for text: an apostrophe goes before a formula."""
    begins = FORMULA.intersection(text[:1] + text.lstrip()[:1])
    return WITHIN.sub(r"\1'", f"'{text}" if begins else text)
