"""From one engine to another and back: equal digests, and the past where both keep it."""

import pickle
import pickletools
import subprocess
import sys
from contextlib import ExitStack
from itertools import pairwise

import pytest
from BTrees.OOBTree import OOBTree
from persistent.mapping import PersistentMapping
from ZODB.blob import Blob

from objpub.database import check
from objpub.database import convert
from objpub.database import digest
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.database.digests import canonical
from objpub.errors import DatabaseError
from objpub.errors import DatabaseInUse
from tests.engines import ENGINES
from tests.engines import served_uri
from tests.engines import WITH_HISTORY
from tests.engines import zeo_server

SOURCE = "file:site.fs"


def change(database, act, note="Changed"):
    with transaction_for(database) as pair:
        act(site_of(pair.connection))
        pair.manager.get().note(note)
        pair.manager.get().user = "ann"
        pair.manager.get().setExtendedInfo("path", "/tides")
        pair.manager.commit()


def write(site, content):
    with site["file"].open("w") as file:
        file.write(content)


def made(root, uri=SOURCE):
    """Make a database with a tree, blobs of several revisions, and an object whose making was taken back."""
    database = open_database(uri, root=root)
    with transaction_for(database) as pair:
        tree = OOBTree({f"k{number}": PersistentMapping(number=number) for number in range(120)})
        put_site(pair.connection, PersistentMapping(tree=tree, file=Blob(b"first")))
        pair.manager.commit()
    for number in range(5):
        change(database, lambda site, number=number: site.update(number=number), f"To {number}")
        change(database, lambda site, number=number: write(site, b"bytes %d" % number))
    change(database, lambda site: site.update(gone=PersistentMapping()))
    if database.supportsUndo():
        with transaction_for(database) as pair:
            database.undo(database.undoLog(0, 1)[0]["id"], pair.manager.get())
            pair.manager.commit()
    database.close()
    return root


@pytest.fixture
def folder(tmp_path):
    return made(tmp_path)


def works(uri, root, *, history):
    """Is the database sound, with what was made, and does it take changes?"""
    database = open_database(uri, root=root, create=False)
    assert list(check(database)) == []
    if history:
        assert "To 4" in [each["description"] for each in database.latest(9)]
        assert database.latest(9)[2]["user"].endswith("ann")
        assert database.latest(9)[2]["path"] == "/tides"
    change(database, lambda site: site.update(fresh=PersistentMapping()))
    with transaction_for(database, read_only=True) as pair:
        site = site_of(pair.connection)
        assert (site["number"], len(site["tree"]), site["tree"]["k7"]["number"]) == (4, 120, 7)
        with site["file"].open("r") as file:
            assert file.read() == b"bytes 4"
    assert list(check(database)) == []
    database.close()


def test_from_a_file_through_every_engine_and_back(folder, postgresql):
    first = digest(SOURCE, folder)
    with ExitStack() as stack:
        dsn = stack.enter_context(postgresql.database())
        postgres = f"postgresql:{dsn}?blobs={folder}/pg/blobs"
        steps = [SOURCE, postgres, f"zeo:{folder}/z/zeo.sock", "sqlite:lite", "file:back/back.fs"]
        for source, target in pairwise(steps):
            done = convert(source, target, root=folder)
            assert (done.digest, done.history, done.transactions) == (first, True, 14)
            if target.startswith("zeo:"):
                stack.enter_context(zeo_server(target))
            assert digest(target, folder) == first
        for uri in steps:
            works(uri, folder, history=True)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_is_converted_to_a_file(engine, tmp_path, request):
    cluster = request.getfixturevalue("postgresql") if engine.startswith("postgresql") else None
    place = tmp_path / "place"
    place.mkdir()
    with served_uri(engine, place, cluster) as uri:
        made(tmp_path, uri)
        done = convert(uri, "file:copy/site.fs", root=tmp_path)
        assert done.history is (engine in WITH_HISTORY)
        assert done.digest == digest(uri, tmp_path) == digest("file:copy/site.fs", tmp_path)
        works("file:copy/site.fs", tmp_path, history=engine in WITH_HISTORY)


def test_an_engine_without_history_takes_the_present(folder):
    done = convert(SOURCE, "sqlite:plain?history=no", root=folder)
    assert (done.history, done.digest) == (False, digest(SOURCE, folder))
    works("sqlite:plain?history=no", folder, history=False)


@pytest.mark.parametrize("target", ["file:copy/site.fs", "sqlite:lite", "sqlite:plain?history=no"])
@pytest.mark.parametrize("stop", [1, 7, 13])
def test_what_was_stopped_goes_on(folder, target, stop):
    def interrupt(doing, number):
        if number == stop:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        convert(SOURCE, target, root=folder, progress=interrupt)
    done = convert(SOURCE, target, root=folder)
    assert (done.transactions, bool(done.before)) == (14 - stop, True)
    assert done.digest == digest(SOURCE, folder)
    works(target, folder, history="history=no" not in target)


def test_a_site_that_runs_is_converted_and_later_changes_are_brought_over(folder):
    database = open_database(SOURCE, root=folder)
    convert(SOURCE, "sqlite:lite", root=folder)
    change(database, lambda site: write(site, b"late"))
    done = convert(SOURCE, "sqlite:lite", root=folder)
    assert done.transactions == 1
    database.close()
    assert digest("sqlite:lite", folder) == digest(SOURCE, folder) == done.digest


KILLED = """
import os, sys
from objpub.database import convert
from objpub.database.embedded import SiteFile
from relstorage.storage import RelStorage

finished = [0]
for kind in (SiteFile, RelStorage):
    def dying(self, *arguments, finish=kind.tpc_finish, **options):
        finished[0] += 1
        if finished[0] == 7:
            os._exit(9)
        return finish(self, *arguments, **options)
    kind.tpc_finish = dying
convert(sys.argv[1], sys.argv[2], root=sys.argv[3])
"""


@pytest.mark.parametrize("target", ["file:copy/site.fs", "sqlite:lite"])
def test_what_was_killed_between_vote_and_finish_goes_on(folder, target):
    command = [sys.executable, "-c", KILLED, SOURCE, target, str(folder)]
    assert subprocess.run(command, check=False).returncode == 9
    done = convert(SOURCE, target, root=folder)
    assert (done.transactions, done.history) == (8, True)
    assert done.digest == digest(SOURCE, folder)
    works(target, folder, history=True)


def test_what_a_killed_conversion_left_behind_goes(folder):
    left = folder / "copy/blobs/tmp/copy-left"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    convert(SOURCE, "file:copy/site.fs", root=folder)
    assert list(left.parent.iterdir()) == []


def test_something_else_in_the_target_is_left_alone(folder, tmp_path):
    made(tmp_path, "sqlite:other")
    before = digest("sqlite:other", folder)
    with pytest.raises(DatabaseError, match="There is something else in SQLite .*other already"):
        convert(SOURCE, "sqlite:other", root=folder)
    assert digest("sqlite:other", folder) == before


def test_a_target_that_was_changed_since_is_left_alone(folder):
    convert(SOURCE, "file:copy/site.fs", root=folder)
    works("file:copy/site.fs", folder, history=True)
    with pytest.raises(DatabaseError, match="is not in .*site.fs. Name a database that is empty"):
        convert(SOURCE, "file:copy/site.fs", root=folder)


@pytest.mark.parametrize(
    ("source", "target", "sentence"),
    [
        ("file:none.fs", "file:copy/site.fs", "There is no database at"),
        (SOURCE, SOURCE, "are the same database"),
        ("demo:", "file:copy/site.fs", "'demo:' is in the memory of one process"),
        (SOURCE, "demo:", "'demo:' is gone with the process"),
        (SOURCE, "nonsense", "No engine for 'nonsense'"),
        (SOURCE, "zeo://data.example:8100", "kept by a server on another machine"),
    ],
)
def test_what_cannot_be_converted_is_said(folder, source, target, sentence):
    with pytest.raises(DatabaseError, match=sentence):
        convert(source, target, root=folder)
    assert not (folder / "copy/site.fs").exists() or (folder / "copy/site.fs").stat().st_size < 5


def test_an_empty_source_is_refused(tmp_path):
    (tmp_path / "site.fs").write_bytes(b"FS30")
    with pytest.raises(DatabaseError, match="There is nothing in the database"):
        convert(SOURCE, "sqlite:lite", root=tmp_path)


def test_a_target_that_a_server_has_open_is_refused(folder):
    with zeo_server(f"zeo:{folder}/z/zeo.sock"), pytest.raises(DatabaseInUse):
        convert(SOURCE, f"zeo:{folder}/z/zeo.sock", root=folder)


def test_a_blob_that_is_missing_stops_the_conversion(folder):
    next((folder / "blobs").rglob("*.blob")).unlink()
    with pytest.raises(DatabaseError, match="The file of the blob 0x.* is gone"):
        convert(SOURCE, "sqlite:lite", root=folder)


def test_a_copy_that_differs_is_found(folder):
    convert(SOURCE, "file:copy/site.fs", root=folder)
    newest = max((folder / "copy/blobs").rglob("*.blob"))
    newest.chmod(0o600)
    newest.write_bytes(b"other")
    with pytest.raises(DatabaseError, match="is not equal to .* its digest is [0-9a-f]{64}, wanted"):
        convert(SOURCE, "file:copy/site.fs", root=folder)


def test_a_past_that_differs_is_found(folder):
    convert(SOURCE, "file:copy/site.fs", root=folder)
    oldest = min((folder / "copy/blobs").rglob("*.blob"))
    oldest.chmod(0o600)
    oldest.write_bytes(b"other")
    with pytest.raises(DatabaseError, match="The past in .* is not that of"):
        convert(SOURCE, "file:copy/site.fs", root=folder)


def record(kind, state, write=bytes):
    """Return a record as it is stored: the class, then the state."""
    return b"".join(write(pickle.dumps(each, 3)) for each in (kind, state))


def test_a_record_has_one_canonical_form():
    state = {"a": "x" * 300, "number": 70_000, "c": ["y", 2.5, b"bytes", None]}
    state["b"] = state["a"]
    stored = record(PersistentMapping, state)
    places_unused = record(PersistentMapping, state, pickletools.optimize)
    assert len(places_unused) < len(stored)
    assert canonical(places_unused) == canonical(stored)
    assert canonical(record(PersistentMapping, state | {"number": 70_001})) != canonical(stored)
    assert canonical(record(OOBTree, state)) != canonical(stored)
    assert canonical(b"no pickle") == b"no pickle"


def test_a_file_beside_the_blobs_of_another_one_is_refused(folder):
    convert(SOURCE, "file:copies/one.fs", root=folder)
    with pytest.raises(DatabaseError, match=r"files of another database in .*: name another .*two\.blobs"):
        convert(SOURCE, "file:copies/two.fs", root=folder)
    assert not (folder / "copies/two.fs").exists()
    convert(SOURCE, "file:copies/two.fs?blobs=copies/two.blobs", root=folder)
    assert digest("file:copies/one.fs", folder) == digest(SOURCE, folder)


@pytest.mark.parametrize("uri", ["file:no/such/site.fs", "sqlite:no/such"])
def test_folders_that_are_not_there_are_not_made(folder, uri):
    with pytest.raises(DatabaseError, match="There is no folder .*/no to make such in: make it first"):
        convert(SOURCE, uri, root=folder)
    assert not (folder / "no").exists()


def test_why_a_file_is_no_database_is_said(tmp_path):
    (tmp_path / "notes.txt").write_text("Notes of the tide")
    reason = "notes.txt: it is the file of something else, a database begins with"
    with pytest.raises(DatabaseError, match=reason):
        digest("file:notes.txt", tmp_path)
    with pytest.raises(DatabaseError, match=reason):
        open_database("file:notes.txt", root=tmp_path)
