"""The audit record as CSV and as JSON lines."""

import csv
import io
import json
from datetime import datetime
from datetime import UTC

import pytest

from objpub.security import as_csv
from objpub.security import as_json_lines
from objpub.security import AuditEntry

ENTRY = AuditEntry(
    datetime(2026, 11, 20, 12, 0, 0, 5_000, tzinfo=UTC),
    "ann",
    "token “Build, nightly”",
    "192.0.2.7",
    "delete",
    "done",
    "/news",
    'A "quoted" title',
    "Deleted",
)


def test_csv_has_the_names_first_and_quotes_what_needs_it():
    names, row = list(csv.reader(io.StringIO("".join(as_csv([ENTRY])))))
    assert names == ["when", "who", "way", "address", "what", "outcome", "path", "title", "sentence"]
    assert row[0] == "2026-11-20T12:00:00.005Z"
    assert row[1:3] == ["ann", "token “Build, nightly”"]
    assert row[7] == 'A "quoted" title'


@pytest.mark.parametrize(
    "title",
    ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\u3000=1", "\t=1", "\r=1", "\uff1d1", "\uff0b1", "|x", "%x"],
)
def test_no_cell_of_csv_is_a_formula(title):
    entry = AuditEntry(ENTRY.when, *[title] * 8)
    _, row = list(csv.reader(io.StringIO("".join(as_csv([entry])), newline="")))
    assert row[1:] == [f"'{title}"] * 8


@pytest.mark.parametrize(
    ("title", "written"), [("Tides;=1", "Tides;'=1"), ('a"; @x; 1', "a\"; '@x; 1"), ("=1;+1", "'=1;'+1")]
)
def test_nor_is_a_part_of_one_where_spreadsheets_end_cells_with_semicolons(title, written):
    entry = AuditEntry(ENTRY.when, *[title] * 8)
    _, row = list(csv.reader(io.StringIO("".join(as_csv([entry])), newline="")))
    assert row[1:] == [written] * 8


@pytest.mark.parametrize("title", ["", " ", "Tides", "1-1", "'=1", "Low; high; and 3 more"])
def test_other_cells_stay_as_they_are(title):
    entry = AuditEntry(ENTRY.when, *[title] * 8)
    _, row = list(csv.reader(io.StringIO("".join(as_csv([entry])), newline="")))
    assert row[1:] == [title] * 8


def test_json_lines_keep_every_text_as_it_is():
    (line,) = as_json_lines([AuditEntry(ENTRY.when, *["=1"] * 8)])
    assert line.endswith("}\n")
    assert json.loads(line)["title"] == "=1"
