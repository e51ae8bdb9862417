"""A wrong word behind one of the programs that take an engine costs one line, and the status 2."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    ("words", "mistake"),
    [
        (["tests.scenario.kills", "--help"], "engine is '--help', wanted one of file, sqlite, zeo, "),
        (["tests.scenario.kills", "file", "many"], "number is 'many', wanted a number"),
        (["tests.scenario.kills", "file", "5", "late"], "control is 'late', wanted one of no-sync, early"),
        (["tests.scenario.clock", "zoe"], "engine is 'zoe', wanted one of file, sqlite, zeo, "),
        (["tests.scenario.full", "postgresql"], "engine is 'postgresql', wanted one of file, sqlite, zeo"),
        (["tests.scenario.money", "file"], "engine is 'file', wanted one of sqlite, zeo, postgresql"),
        (["tests.scenario.scheduled", "zeo"], "number is 'zeo', wanted a number"),
        (["bench.processes", "zeo", "5", "5", "5"], "'5' is one word too many"),
    ],
)
def test_a_wrong_word_is_told_in_one_line(words, mistake):
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"python -m {words[0]} [") and mistake in done.stderr
    assert done.stderr.count("\n") == 1 and done.stdout == ""
