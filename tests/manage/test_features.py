"""The table of features in docs/reference/management.md: whole, and nothing in it is said without a test."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "management.md"
ROW = re.compile(
    r"^\| (\d+) \| (.+?) \| ([MSCN]) \| (Done|Partly|No)(?:: (.+?))? \| (.+?) \| (.+?) \|$", re.M
)
NAMED = re.compile(r"`(\w+): (test_\w+)`")
FEATURES = 55
ROWS = ROW.findall(PAGE.read_text("utf-8"))


def functions_of(name):
    """Return the names of the tests in tests/manage/test_<name>.py."""
    path = Path(__file__).parent / f"test_{name}.py"
    assert path.exists(), path.name
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_feature_has_one_row():
    assert [int(row[0]) for row in ROWS] == list(range(1, FEATURES + 1))
    assert PAGE.read_text("utf-8").count("\n| ") == FEATURES + PAGE.read_text("utf-8").count("| No. |")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_is_there_has_tests_and_what_is_missing_is_said(row):
    _, _, letter, state, missing, where, tests = row
    named = NAMED.findall(tests)
    assert bool(named) == (state != "No")
    assert (where != "–") == (state != "No")
    assert not (state == "Done" and missing)
    assert missing or state == "Done" or letter in "CN"
    for name, test in named:
        assert test in functions_of(name), (name, test)


def test_the_sum_is_right():
    wanted = [row for row in ROWS if row[2] in "MS"]
    counts = [sum(row[3] == state for row in wanted) for state in ("Done", "Partly", "No")]
    said = "Of what is **M** or **S**, {} are done, {} partly, {} not.".format(*counts)
    assert said in PAGE.read_text("utf-8")
