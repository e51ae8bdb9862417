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


#: Fixtures with which a test looks with Chromium.
BROWSERS = {"live", "page", "way"}
#: What belongs to the history, to files and to translations, which come next.
LATER = {"21", *map(str, range(23, 29)), "48", "52"}


def functions_of(name):
    """Return the functions in tests/manage/test_<name>.py: name → names of its arguments."""
    path = Path(__file__).parent / f"test_{name}.py"
    assert path.exists(), path.name
    tree = ast.parse(path.read_text("utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {node.name: [each.arg for each in node.args.args] for node in functions}


def opens_a_browser(name, test):
    """Does a test look with Chromium, itself or by a fixture of its module?"""
    functions = functions_of(name)

    def opens(word):
        return word in BROWSERS or any(opens(each) for each in functions.get(word, ()) if each != word)

    return opens(test)


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


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_is_expected_is_tried_in_a_browser(row):
    number, _, letter, state, _, _, tests = row
    if letter in "MS" and number not in LATER:
        assert state == "Done"
        assert any(opens_a_browser(name, test) for name, test in NAMED.findall(tests))


def test_the_sum_is_right():
    wanted = [row for row in ROWS if row[2] in "MS"]
    counts = [sum(row[3] == state for row in wanted) for state in ("Done", "Partly", "No")]
    said = "Of what is **M** or **S**, {} are done, {} partly, {} not.".format(*counts)
    assert said in PAGE.read_text("utf-8")
