"""What type checkers make of fields. `tests/test_typing.py` tries the same with objpub installed."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent.parent
SITE = """\
from datetime import date
from objpub.content import Content
from objpub.schema import Email
from objpub.schema import field
from objpub.schema import mixin
from objpub.schema import Ref


@mixin
class Dated:
    published_on: date | None = field(default=None)


class Person(Content):
    email: Email


class Report(Dated, Content):
    title: str
    author: "Ref[Person] | None" = field(default=None)


report = Report(title="x", published_on=date(2026, 11, 1), author=Person(email="ada@example.org"))
when: date | None = report.published_on
who: Person | None = report.author
address: str = Person(email="ada@example.org").email
"""
MISTAKES = [
    "Report()",
    'Report(title="x", published=None)',
    'Report(title="x", published_on="now")',
    'Report(title="x", author="ada")',
    "field(defualt=1)",
]


def mypy(folder):
    """Check the site in *folder* with mypy; return its output."""
    environ = os.environ | {"MYPYPATH": f"{ROOT}:{ROOT / 'stubs'}"}
    command = [sys.executable, "-m", "mypy", "--cache-dir=.cache", "--follow-imports=silent", "site.py"]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True).stdout


def pyright(folder):
    """Check the site in *folder* with pyright; return its output."""
    folder.joinpath("pyrightconfig.json").write_text(
        f'{{"extraPaths": ["{ROOT}"], "stubPath": "{ROOT / "stubs"}", "pythonVersion": "3.11"}}'
    )
    environ = os.environ | {"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "site.py"]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True).stdout


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_fields_of_mixins_and_references_are_known(tmp_path, checker):
    if checker is pyright and not shutil.which("node") and not os.environ.get("CI"):
        pytest.skip("pyright needs node: apt-get install nodejs")
    tmp_path.joinpath("site.py").write_text(SITE + "\n".join(MISTAKES) + "\n")
    output = checker(tmp_path)
    first = SITE.count("\n") + 1
    for number, mistake in enumerate(MISTAKES, first):
        assert f"site.py:{number}:" in output, f"{mistake} was not found in:\n{output}"
    for number in range(1, first):
        assert f"site.py:{number}:" not in output, output
