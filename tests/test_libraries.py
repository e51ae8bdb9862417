"""What is imported when it is used, and not before."""

import subprocess
import sys

import pytest

from objpub.libraries import later

SELDOM = {
    "PIL",
    "ZConfig",
    "argon2",
    "asyncio",
    "code",
    "concurrent.futures",
    "email.headerregistry",
    "hupper",
    "markdown_it",
    "nh3",
    "objpub.command.python",
    "objpub.importing.folder",
    "pickletools",
    "pwdlib",
    "pydantic",
    "pyexpat",
    "pygments",
    "rich",
    "smtplib",
    "sqlite3",
    "xml.etree",
    "yaml",
}
START = """
import sys

import objpub.command
from objpub import Content
from objpub import field
from objpub import RichText
from objpub.command.serving import listening
from objpub.command.serving import settings_for
from objpub.command.sites import opened
from objpub.schema import schema_of
from objpub.testing import Client


class Note(Content):
    body: RichText = field(default="")


schema_of(Note)
objpub.command.main.commands["serve"]
with opened(settings_for(None, "127.0.0.1", 0, False)) as application:
    server = listening(application)
    assert Client(application).get("/").status == 200
    print(*{name for name in SELDOM if name in sys.modules})
    server.close()
"""


def test_a_module_is_imported_when_a_name_of_it_is_used(tmp_path, monkeypatch):
    tmp_path.joinpath("seldom_used.py").write_text("answer = 42\n")
    monkeypatch.syspath_prepend(tmp_path)
    module = later("seldom_used")
    assert repr(module) == "<seldom_used, imported when it is used>"
    assert "seldom_used" not in sys.modules
    assert module.answer == 42
    assert "seldom_used" in sys.modules
    del sys.modules["seldom_used"]


def test_what_a_module_does_not_have_is_an_error_of_attributes():
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = later("json").nothing_of_the_kind


def test_a_library_that_is_not_there_is_missed_when_it_is_used():
    module = later("there_is_no_such_library")
    with pytest.raises(ImportError, match="there_is_no_such_library"):
        _ = module.anything


def test_a_start_imports_nothing_that_a_site_may_never_need(tmp_path):
    program = START.replace("SELDOM", repr(SELDOM))
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == ""
