"""Commands that take long, beside what was begun in the management interface."""

import os
import signal
import subprocess
import sys

import pytest

from objpub.database import open_database
from objpub.database import transaction_for
from objpub.jobs import begin_long
from objpub.jobs import long_operations_of

from .conftest import one_line

BEGIN = """
from objpub.jobs import begin_long
begin_long(site, "{name}", "{subject}", "{sentence}", {arguments}, who="", who_title="Ines")
commit()
"""
COMMANDS = [
    (("pack",), "objpub.pack", "database", {"days": 1}),
    (("reindex",), "objpub.reindex", "catalog", {"names": []}),
    (("import", "docs", "/docs"), "objpub.other", "import", {}),
]


@pytest.mark.parametrize(
    ("words", "name", "subject", "arguments"), COMMANDS, ids=["pack", "reindex", "import"]
)
def test_what_is_under_way_is_not_begun_by_a_command_too(objpub, folder, words, name, subject, arguments):
    folder.joinpath("docs").mkdir()
    folder.joinpath("docs", "tides.md").write_text("# Tides\n")
    text = {"name": name, "subject": subject, "arguments": arguments, "sentence": "This and that"}
    objpub("shell", stdin=BEGIN.format(**text))
    refused = one_line(objpub(*words, status=1))
    assert "“This and that” is under way: Ines began it on" in refused
    objpub("tick")
    if subject != "import":  # nobody has declared that one
        objpub(*words)


def test_what_commands_did_is_in_the_list(objpub, folder):
    folder.joinpath("docs").mkdir()
    folder.joinpath("docs", "tides.md").write_text("# Tides\n")
    for words, *_ in COMMANDS:
        objpub(*words)
    told = objpub(
        "shell",
        stdin="from objpub.jobs import long_operations_of\n"
        "for each in long_operations_of(site).all(): print(each.sentence, each.state, each.told, sep='|')\n",
    ).output
    assert "Import docs to /docs|done|" in told
    assert "Build indexes again|done|Indexed 1 resource: all indexes" in told
    assert "Pack the database|done|Packed" in told


WORKER = """
import sys, threading
from types import SimpleNamespace
from objpub.configuration import Configuration
from objpub.database import open_database
from objpub.jobs import LongWorker, long_operation

@long_operation("test.count", "Count", lane="content")
def count(work, most):
    def change(site):
        work.notes["number"] = work.notes.get("number", 0) + 1
        site.title = f"{site.title} {work.notes['number']}".strip()
        return work.notes["number"]
    while work.notes.get("number", 0) < most:
        if work.change(change) == 2 and sys.argv[2] == "stay":
            print("two", flush=True)
            threading.Event().wait()
    return f"Counted to {most}"

configuration = Configuration()
configuration.include("objpub.content", "objpub.security", "objpub.jobs", "objpub.catalog", count)
database = open_database(sys.argv[1], registry=configuration.freeze())
LongWorker(database, None, "other").wait()
database.close()
"""


@pytest.mark.parametrize("engine", ["file", "sqlite"])
def test_after_its_process_was_killed_another_one_goes_on_where_it_was(objpub, folder, engine):
    if engine == "sqlite":
        with folder.joinpath("objpub.toml").open("a") as file:
            file.write('[database]\nuri = "sqlite:var/site.sqlite"\n')
    objpub("shell", stdin="site.title = ''\ncommit()")
    uri = {"file": "file:var/site.fs?blobs=var/blobs", "sqlite": "sqlite:var/site.sqlite"}[engine]
    with site_at(uri) as site:
        begin_long(site, "test.count", "count", "Count", {"most": 4}, who="", who_title="Ines")
    words = [sys.executable, "-c", WORKER, uri]
    with subprocess.Popen([*words, "stay"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "two\n"
        os.kill(process.pid, signal.SIGKILL)
    with site_at(uri) as site:
        (killed,) = long_operations_of(site).all()
        assert (site.title, killed.state, killed.tries) == ("1 2", "running", 1)
        killed.until = 1  # it is over by itself after twenty seconds
    subprocess.run([*words, "go on"], check=True)
    with site_at(uri) as site:
        (done,) = long_operations_of(site).all()
        assert (site.title, done.state, done.told) == ("1 2 3 4", "done", "Counted to 4")


class site_at:
    """The site in the database *uri*, in a transaction that is committed."""

    def __init__(self, uri):
        self.database = open_database(uri)

    def __enter__(self):
        self.turn = transaction_for(self.database)
        self.pair = self.turn.__enter__()
        return self.pair.connection.root()["site"]

    def __exit__(self, *error):
        self.pair.manager.commit()
        self.turn.__exit__(*error)
        self.database.close()
