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
