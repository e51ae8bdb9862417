"""The page about attacks names tests that exist, each file of attacks, and no row twice."""

import ast
import re
from pathlib import Path

from tests.parts import HAS_INTERFACE

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reference" / "attacks.md"
LEAST_ROWS = {"Attacks": 56, "Faults": 12, "Not yet": 6}


def rows():
    """Return (section, cells) of each row of the tables, without their heads."""
    found, section = [], ""
    for line in PAGE.read_text().splitlines():
        if line.startswith("## "):
            section = line[3:]
        elif line.startswith("| ") and not line.startswith(("| what ", "|---")):
            found.append((section, [cell.strip() for cell in line.strip("|").split(" | ")]))
    return found


def names_in(path):
    """Return the names of the tests in the file at *path*."""
    tree = ast.parse(path.read_text())
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}


def test_every_row_names_tests_and_each_exists():
    missing = []
    for section, cells in rows():
        if section == "Not yet":
            assert len(cells) == 2, cells
            continue
        assert len(cells) == 3, cells
        named = re.findall(r"`([^`]+)::([^`]+)`", cells[2])
        assert named, cells[0]
        for file, name in named:
            path = ROOT / file
            if not HAS_INTERFACE and file.startswith("tests/manage/"):
                continue
            if not path.exists() or name not in names_in(path):
                missing.append(f"{cells[0]}: {file}::{name}")
    assert missing == []


def test_no_row_is_gone_and_none_is_there_twice():
    names = [cells[0] for _, cells in rows()]
    assert len(names) == len(set(names))
    for section, least in LEAST_ROWS.items():
        assert sum(each == section for each, _ in rows()) >= least, section


def test_each_file_of_attacks_is_named():
    text = PAGE.read_text()
    files = [str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_attacks_*.py")]
    assert len(files) > 12
    assert [each for each in files if f"{each}::" not in text and each != "tests/test_attacks_table.py"] == []
