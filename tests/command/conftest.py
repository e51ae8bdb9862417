"""A site of objpub's own types in a folder, and the command line to work on it."""

import subprocess
import sys
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from objpub.command import main

SETTINGS = """\
[security]
argon2_passes = 1
argon2_memory_bytes = 8192
argon2_lanes = 1
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The working directory: a folder with settings of a site, where passwords are hashed cheaply."""
    place = tmp_path / "here"
    place.mkdir()
    place.joinpath("objpub.toml").write_text(SETTINGS)
    monkeypatch.chdir(place)
    path, known = list(sys.path), set(sys.modules)
    yield place
    sys.path[:] = path
    for name in set(sys.modules) - known:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture
def objpub(folder):
    """Run the command line in `folder`: objpub("user", "list"); stdin: what comes through the pipe."""

    def run(*words, stdin="", status=0):
        result = CliRunner().invoke(main, [str(word) for word in words], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == status, result.output
        return result

    return run


HOLD = """
from objpub.database import open_database
database = open_database("file:var/site.fs?blobs=var/blobs")
print("open", flush=True)
input()
database.close()
"""


@contextmanager
def held():
    """Let another process hold the database of the working directory."""
    command = [sys.executable, "-c", HOLD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        yield
        process.communicate(b"\n")


def one_line(result):
    """Return what went to the error stream, which must be a single line."""
    text = result.stderr
    assert text.startswith("objpub: "), text
    assert text.count("\n") == 1, text
    assert "Traceback" not in text
    return text
