import signal
import subprocess
import sys
import threading

import pytest

from objpub.database import transaction_for
from objpub.errors import Busy
from objpub.importing.turns import ATTEMPTS
from objpub.importing.turns import turns_on


def test_a_write_that_meets_a_conflict_is_done_again(database, look):
    tries = []

    def write(site):
        tries.append(site)
        site.title = f"attempt {len(tries)}"
        if len(tries) == 1:
            look(lambda other: setattr(other, "title", "somebody was faster"), commit=True)
        return site.title

    assert turns_on(database).write(write) == "attempt 2"
    assert look(lambda site: site.title) == "attempt 2"


def test_conflicts_without_end_are_given_up(database, look):
    tries = []

    def write(site):
        tries.append(site)
        site.title = "mine"
        look(lambda other: setattr(other, "title", f"theirs {len(tries)}"), commit=True)

    with pytest.raises(Busy):
        turns_on(database).write(write)
    assert len(tries) == ATTEMPTS


def test_an_error_writes_nothing(database, look):
    def write(site):
        site.title = "half"
        raise KeyError("x")

    with pytest.raises(KeyError):
        turns_on(database).write(write)
    assert look(lambda site: site.title) == "Saltmarsh"


def test_two_imports_of_one_folder_at_once(run, look):
    files = {f"{number:02}.md": f"# Page {number}" for number in range(30)}
    run({"x.md": "# X"})
    reports = []

    def work():
        reports.append(run(batch=5))

    run_files = threading.Thread(target=work)
    run(files, target="/other")
    other = threading.Thread(target=work)
    run_files.start()
    other.start()
    run_files.join(60)
    other.join(60)
    assert look(lambda site: sorted(site["docs"])) == sorted([*(f"{number:02}" for number in range(30)), "x"])
    assert len(reports) == 2
    assert run().written == 0
    assert all(report.problems == [] for report in reports)


def test_reading_changes_nothing(database):
    with transaction_for(database) as pair:
        assert pair.manager.get() is not None
    before = database.lastTransaction()
    assert turns_on(database).read(lambda site: site.title) == "Saltmarsh"
    assert database.lastTransaction() == before


IMPORT = """
import sys
from objpub.configuration import Configuration
from objpub.content import Site
from objpub.database import open_database, put_site, site_of, transaction_for
from objpub.importing import import_folder
from objpub.security import SYSTEM

configuration = Configuration()
configuration.include("objpub.content", "objpub.security", "objpub.operations", "objpub.importing")
database = open_database(sys.argv[1], registry=configuration.freeze())
with transaction_for(database) as pair:
    if site_of(pair.connection) is None:
        put_site(pair.connection, Site(title="Saltmarsh"))
        pair.manager.commit()
report = import_folder(
    database, sys.argv[2], "/docs", identity=SYSTEM, batch=2, progress=lambda *step: print(step, flush=True)
)
with transaction_for(database, read_only=True) as pair:
    docs = site_of(pair.connection)["docs"]
    print([(name, docs[name].title, docs[name].html) for name in docs], flush=True)
database.close()
"""


def test_an_import_killed_by_the_system_goes_on_to_the_same_tree(source, tmp_path):
    folder = source(
        {f"{number:02}.md": f"# P{number}\n\n[next]({(number + 1) % 40:02}.md)" for number in range(40)}
    )

    def start(name):
        command = [
            sys.executable,
            "-c",
            IMPORT,
            f"file:{tmp_path}/{name}.fs?blobs={tmp_path}/{name}",
            str(folder),
        ]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    with start("whole") as whole:
        wanted = whole.stdout.read().splitlines()[-1]
    with start("killed") as killed:
        for _ in range(7):
            killed.stdout.readline()
        killed.send_signal(signal.SIGKILL)
    with start("killed") as resumed:
        lines = resumed.stdout.read().splitlines()
    assert lines[-1] == wanted
    assert 1 < len(lines) < 16  # what was committed before was not done again
