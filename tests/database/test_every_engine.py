"""What a site relies on, with every engine: a file, SQLite, a ZEO server and PostgreSQL."""

import subprocess
import sys
from pathlib import Path

import pytest
from BTrees.OOBTree import OOBTree
from persistent import Persistent
from persistent.mapping import PersistentMapping
from ZODB.blob import Blob
from ZODB.POSException import ConflictError
from ZODB.POSException import ReadConflictError

from objpub.database import blob_in
from objpub.database import check
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import retryable
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import DatabaseInUse
from objpub.errors import WriteOnRead
from tests.engines import in_another_process
from tests.engines import SEVERAL_PROCESSES
from tests.engines import WITH_HISTORY


class Counter(Persistent):
    value = 0


class Merged(Persistent):
    """A number to which several may add at the same time."""

    value = 0

    def _p_resolveConflict(self, old, saved, mine):  # noqa: N802
        return {"value": saved["value"] + mine["value"] - old.get("value", 0)}


def change(database, act, note=""):
    """Commit what *act* does to the site."""
    with transaction_for(database) as pair:
        found = act(site_of(pair.connection))
        pair.manager.get().note(note)
        pair.manager.commit()
    return found


def read(database, act):
    with transaction_for(database, read_only=True) as pair:
        return act(site_of(pair.connection))


@pytest.fixture
def site(opened):
    """The database of each engine, with a site of some parts."""
    with transaction_for(opened) as pair:
        parts = {"counter": Counter(), "merged": Merged(), "tree": OOBTree(), "file": Blob(b"first")}
        put_site(pair.connection, PersistentMapping(parts))
        pair.manager.commit()
    return opened


def bytes_in(site):
    with site["file"].open("r") as file:
        return file.read()


def test_what_was_committed_is_there_after_a_restart(site, uri):
    change(site, lambda root: setattr(root["counter"], "value", 7))
    site.close()
    again = open_database(uri, create=False)
    assert read(again, lambda root: (root["counter"].value, bytes_in(root))) == (7, b"first")
    again.close()


def test_a_transaction_sees_one_moment(site):
    with transaction_for(site, read_only=True) as pair:
        root = site_of(pair.connection)
        assert root["counter"].value == 0
        change(site, lambda other: (setattr(other["counter"], "value", 1), other.update(added=1)))
        assert "added" not in root
    assert read(site, lambda root: (root["counter"].value, root["added"])) == (1, 1)


def test_the_second_writer_of_an_object_meets_a_conflict_that_is_worth_another_attempt(site):
    with transaction_for(site) as pair:
        site_of(pair.connection)["counter"].value = 1
        change(site, lambda root: setattr(root["counter"], "value", 2))
        with pytest.raises(ConflictError) as met:
            pair.manager.commit()
        assert retryable(met.value, pair.manager.get())
    assert read(site, lambda root: root["counter"].value) == 2


def test_what_was_only_read_can_be_guarded(site):
    with transaction_for(site) as pair:
        root = site_of(pair.connection)
        assert root["counter"].value == 0
        pair.connection.readCurrent(root["counter"])
        root["merged"].value = 5
        change(site, lambda other: setattr(other["counter"], "value", 1))
        with pytest.raises(ReadConflictError) as met:
            pair.manager.commit()
        assert retryable(met.value, pair.manager.get())
    assert read(site, lambda root: root["merged"].value) == 0


def test_classes_of_the_site_merge_what_two_did(site):
    with transaction_for(site) as pair:
        site_of(pair.connection)["merged"].value += 10
        change(site, lambda root: setattr(root["merged"], "value", root["merged"].value + 1))
        pair.manager.commit()
    assert read(site, lambda root: root["merged"].value) == 11


def test_two_add_to_one_tree(site):
    change(site, lambda root: root["tree"].update({f"k{number}": number for number in range(100)}))
    with transaction_for(site) as pair:
        site_of(pair.connection)["tree"]["mine"] = 1
        change(site, lambda root: root["tree"].update({"theirs": 2}))
        pair.manager.commit()
    assert read(site, lambda root: (root["tree"]["mine"], root["tree"]["theirs"], len(root["tree"]))) == (
        1,
        2,
        102,
    )


def test_a_savepoint_takes_back_what_came_after_it(site):
    with transaction_for(site) as pair:
        root = site_of(pair.connection)
        root["counter"].value = 1
        point = pair.manager.savepoint()
        root["counter"].value = 2
        root["file"] = blob = blob_in(site.temporary_folder)
        with blob.open("w") as file:
            file.write(b"second")
        point.rollback()
        pair.manager.commit()
    assert read(site, lambda root: (root["counter"].value, bytes_in(root))) == (1, b"first")


def test_bytes_are_kept_and_those_before_them_as_long_as_somebody_reads_them(site):
    with transaction_for(site, read_only=True) as pair:
        before = site_of(pair.connection)["file"]
        before._p_activate()

        def replace(root):
            with root["file"].open("w") as file:
                file.write(b"second " * 100_000)

        change(site, replace)
        with before.open("r") as file:
            assert file.read() == b"first"
    assert read(site, bytes_in) == b"second " * 100_000


def test_bytes_that_wait_in_the_temporary_folder_are_taken_from_there(site):
    def add(root):
        root["upload"] = blob = blob_in(site.temporary_folder)
        with blob.open("w") as file:
            file.write(b"bytes of an upload")

    change(site, add)
    assert list(site.temporary_folder.iterdir()) == []
    with transaction_for(site, read_only=True) as pair, site_of(pair.connection)["upload"].open("r") as file:
        assert file.read() == b"bytes of an upload"


def test_who_only_reads_is_refused_a_change_and_nothing_of_it_stays(site):
    with pytest.raises(WriteOnRead), transaction_for(site, read_only=True) as pair:
        site_of(pair.connection)["counter"].value = 1
    assert read(site, lambda root: root["counter"].value) == 0


def test_history_reaches_back_where_the_engine_keeps_it(site, engine):
    for number in (1, 2, 3):
        change(site, lambda root, number=number: setattr(root["counter"], "value", number), f"To {number}")
    oid = read(site, lambda root: root["counter"]._p_oid)
    told = [each["description"] for each in site.history(oid, 10)]
    said = [each["description"] for each in site.latest()]
    if engine in WITH_HISTORY:
        assert told == ["To 3", "To 2", "To 1", ""]
        assert said[:3] == ["To 3", "To 2", "To 1"]
    else:
        assert len(told) == 1
        assert said == []


def test_the_past_is_opened_where_the_engine_keeps_it(site, engine):
    change(site, lambda root: setattr(root["counter"], "value", 1))
    moment = site.lastTransaction()
    change(site, lambda root: setattr(root["counter"], "value", 2))
    assert bool(site.supportsUndo()) is (engine in WITH_HISTORY)
    if engine in WITH_HISTORY:
        connection = site.open(at=moment)
        assert site_of(connection)["counter"].value == 1
        connection.close()


def test_a_pack_removes_what_was_replaced_and_deleted(site, engine, uri):
    change(site, lambda root: root.update(gone=Counter()))
    oid = read(site, lambda root: root["gone"]._p_oid)
    change(site, lambda root: root.pop("gone"))
    site.pack(days=0)
    fresh = site if engine == "file" else open_database(uri)  # a process may remember what it read before
    with transaction_for(fresh, read_only=True) as pair:
        pair.connection.cacheMinimize()
        with pytest.raises(KeyError):
            pair.connection.get(oid)
        assert bytes_in(site_of(pair.connection)) == b"first"
    if fresh is not site:
        fresh.close()
    assert list(check(site)) == []
    change(site, lambda root: setattr(root["counter"], "value", 3))
    assert read(site, lambda root: root["counter"].value) == 3


def test_a_check_finds_what_is_missing(site):
    assert list(check(site)) == []
    with transaction_for(site) as pair:
        stranger = Counter()
        stranger._p_oid, stranger._p_jar = b"\0\0\0\0\0\0\xff\xff", pair.connection
        site_of(pair.connection)["stranger"] = stranger
        pair.manager.commit()
    assert [each.kind for each in check(site)] == ["missing object"]


def test_the_figures_name_the_engine_and_no_password(site, engine):
    figures = site.figures()
    assert figures["undo"] is (engine in WITH_HISTORY)
    assert figures["bytes"] > 0
    words = {"file": "site.fs", "sqlite": "SQLite", "zeo": "zeo.sock", "postgresql": "PostgreSQL site_"}
    assert words[engine.removesuffix("-plain")] in figures["storage"]


READER = """
import sys
from objpub.database import open_database, site_of, transaction_for
database = open_database(sys.argv[1], create=False)
for line in sys.stdin:
    with transaction_for(database) as pair:
        counter = site_of(pair.connection)["counter"]
        counter.value += 1
        print(counter.value, flush=True)
        pair.manager.commit()
    print("done", flush=True)
database.close()
"""


def test_another_process_sees_each_commit_in_its_next_transaction(site, engine, uri):
    if engine not in SEVERAL_PROCESSES:
        with pytest.raises(DatabaseInUse):
            open_database(uri)
        return
    words = [sys.executable, "-c", READER, uri]
    other = subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": f"{Path(__file__).parents[2]}"},
    )
    with other:
        for number in range(0, 60, 2):
            other.stdin.write("\n")
            other.stdin.flush()
            assert other.stdout.readline() == f"{number + 1}\n"
            assert other.stdout.readline() == "done\n"
            assert (
                change(site, lambda root: setattr(root["counter"], "value", root["counter"].value + 1))
                is None
            )
            assert read(site, lambda root: root["counter"].value) == number + 2
        other.stdin.close()


LEAVES_A_FILE = """
import os, sys
from objpub.database import open_database
database = open_database(sys.argv[1], create=False)
(database.temporary_folder / "upload").write_text("half")
print(database.temporary_folder, flush=True)
os._exit(9) if sys.argv[2] == "killed" else database.close()
"""


def test_the_folder_of_a_killed_process_is_removed_and_no_other(site, engine, uri):
    if engine not in SEVERAL_PROCESSES:
        site.close()
    else:
        (site.temporary_folder / "mine").write_text("in use")
    left = Path(
        subprocess.run(
            [sys.executable, "-c", LEAVES_A_FILE, uri, "killed"],
            env={"PYTHONPATH": f"{Path(__file__).parents[2]}"},
            capture_output=True,
            text=True,
            check=False,
        ).stdout.strip()
    )
    assert (left / "upload").exists()
    again = open_database(uri, create=False)
    assert not (left / "upload").exists()
    if engine in SEVERAL_PROCESSES:
        assert (site.temporary_folder / "mine").exists()
        folder = again.temporary_folder
        again.close()
        assert not folder.exists()
    else:
        again.close()


def test_a_closed_process_leaves_no_folder(site, engine, uri):
    if engine in SEVERAL_PROCESSES:
        folder = Path(in_another_process(LEAVES_A_FILE, uri, "closed").strip())
        assert not folder.exists()
