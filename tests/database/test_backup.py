"""Backup and restore, proven by restoring."""

import os
import threading

import pytest
from persistent.mapping import PersistentMapping

from objpub.database import back_up
from objpub.database import backups_in
from objpub.database import check
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import restore
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.database import verify_backup
from objpub.database.backup import last_transaction_of
from objpub.database.moments import second_of
from objpub.errors import DatabaseError
from tests.database.keeping import content
from tests.database.keeping import keep

repozo_leaves_files_open = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def held_by(root, uri="file:site.fs"):
    """Return everything in the database, which must be sound."""
    database = open_database(uri, root=root, create=False)
    assert list(check(database)) == []
    with transaction_for(database, read_only=True) as pair:
        site = site_of(pair.connection)
        held = {"number": site["number"]}
        for name in sorted(site.keys() - {"number"}):
            with site[name].open("r") as file:
                held[name] = file.read()
    last = database.lastTransaction()
    database.close()
    return held, last


@pytest.fixture
def database(tmp_path):
    database = open_database("file:site.fs", root=tmp_path)
    keep(database, 1)
    yield database
    database.close()


@pytest.mark.parametrize("name", ["backup", "my backup/of the site"])
def test_what_was_backed_up_can_be_restored(database, tmp_path, name):
    folder = tmp_path / name
    first = database.backup(folder)
    assert (first.full, len(first.files), first.blobs) == (True, 1, 1)
    last = database.lastTransaction()
    verify_backup(folder)
    keep(database, 2)
    restore(folder, tmp_path / "new/site.fs", tmp_path / "new/blobs")
    assert held_by(tmp_path / "new") == (content(1), last)
    assert len(list((tmp_path / "new/blobs").rglob("*.blob"))) == 1


def test_the_second_backup_holds_what_is_new(database, tmp_path):
    folder = tmp_path / "backup"
    full = database.backup(folder)
    nothing = database.backup(folder)
    assert (nothing.files, nothing.blobs, nothing.full) == ((), 0, False)
    keep(database, 2)
    more = database.backup(folder)
    assert (more.full, len(more.files), more.blobs) == (False, 1, 1)
    assert more.files[0].stat().st_size < full.files[0].stat().st_size + 1_000
    verify_backup(folder)
    restore(folder, tmp_path / "new/site.fs", tmp_path / "new/blobs")
    assert held_by(tmp_path / "new") == (content(1, 2), database.lastTransaction())


def test_an_earlier_backup_can_be_restored(database, tmp_path):
    folder = tmp_path / "backup"
    (first,) = database.backup(folder).files
    last = database.lastTransaction()
    keep(database, 2)
    database.backup(folder)
    restore(folder, tmp_path / "new/site.fs", tmp_path / "new/blobs", moment=first.stem)
    assert held_by(tmp_path / "new") == (content(1), last)
    assert len(list((tmp_path / "new/blobs").rglob("*.blob"))) == 1


def test_a_full_backup_can_be_asked_for(database, tmp_path):
    folder = tmp_path / "backup"
    database.backup(folder)
    assert database.backup(folder, full=True).full
    assert len(list(folder.glob("*.fs"))) == 2


def test_after_a_pack_the_next_backup_is_full_and_the_one_before_can_still_be_restored(database, tmp_path):
    folder = tmp_path / "backup"
    keep(database, 2)
    (first,) = database.backup(folder).files
    before = database.lastTransaction()
    with transaction_for(database) as pair:
        del site_of(pair.connection)["blob1"]
        pair.manager.commit()
    database.pack()
    assert len(list((tmp_path / "blobs").rglob("*.blob"))) == 1
    assert database.backup(folder).full
    restore(folder, tmp_path / "old/site.fs", tmp_path / "old/blobs", moment=first.stem)
    assert held_by(tmp_path / "old") == (content(1, 2), before)
    restore(folder, tmp_path / "new/site.fs", tmp_path / "new/blobs")
    assert held_by(tmp_path / "new")[0] == {"number": 2, "blob2": b"bytes of 2"}


def test_blobs_are_linked_in_the_backup_and_copied_by_the_restore(database, tmp_path):
    folder = tmp_path / "backup"
    database.backup(folder)
    (blob,) = (tmp_path / "blobs").rglob("*.blob")
    (copy,) = (folder / "blobs").rglob("*.blob")
    assert copy.stat().st_ino == blob.stat().st_ino
    restore(folder, tmp_path / "new/site.fs", tmp_path / "new/blobs")
    (restored,) = (tmp_path / "new/blobs").rglob("*.blob")
    assert restored.stat().st_ino != blob.stat().st_ino


def test_blobs_are_copied_where_links_are_not_possible(database, tmp_path, monkeypatch):
    def refuse(source, target):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    database.backup(tmp_path / "backup")
    (copy,) = (tmp_path / "backup/blobs").rglob("*.blob")
    assert copy.read_bytes() == b"bytes of 1"
    assert not list((tmp_path / "backup").rglob("*.part"))


def test_a_backup_may_run_while_others_write(database, tmp_path):
    folder = tmp_path / "backup"
    numbers, stop = [1], threading.Event()

    def work():
        while not stop.is_set() and len(numbers) < 400:
            keep(database, numbers[-1] + 1)
            numbers.append(numbers[-1] + 1)

    worker = threading.Thread(target=work)
    worker.start()
    for _ in range(2):
        database.backup(folder)
    stop.set()
    worker.join()
    verify_backup(folder)
    restore(folder, tmp_path / "new/site.fs", tmp_path / "new/blobs")
    held, _ = held_by(tmp_path / "new")
    assert held == content(*range(1, held["number"] + 1))
    assert len(list((tmp_path / "new/blobs").rglob("*.blob"))) == held["number"]


@repozo_leaves_files_open
def test_a_pack_by_another_process_in_the_middle_makes_it_begin_anew(database, tmp_path, monkeypatch):
    folder = tmp_path / "backup"
    keep(database, 2)
    database.backup(folder)
    kept = {path: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.stem != "blobs"}
    keep(database, 3)
    packs = []

    def replace_the_file(storage_class):
        class Packing(storage_class):
            def close(self):
                super().close()
                if self._is_read_only and len(packs) < packs_wanted:
                    packs.append(database.pack())
                    keep(database, 3 + len(packs))

        return Packing

    packs_wanted = 1
    monkeypatch.setattr("ZODB.scripts.repozo.FileStorage", replace_the_file(type(database.storage)))
    done = back_up(tmp_path / "site.fs", tmp_path / "blobs", folder)
    assert (len(packs), done.full) == (1, True)
    assert all(path.read_bytes() == content for path, content in kept.items())
    verify_backup(folder)
    restore(folder, tmp_path / "new/site.fs", tmp_path / "new/blobs")
    assert held_by(tmp_path / "new")[0] == content(1, 2, 3, 4)

    packs_wanted = 100
    keep(database, 5)
    with pytest.raises(DatabaseError, match="was packed 3 times while it was backed up; try again later"):
        back_up(tmp_path / "site.fs", tmp_path / "blobs", folder)
    verify_backup(folder)


@repozo_leaves_files_open
def test_a_disk_that_is_full_leaves_the_backups_before_as_they_were(database, tmp_path, monkeypatch):
    folder = tmp_path / "backup"
    database.backup(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    keep(database, 2)

    def refuse(file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ZODB.scripts.repozo.fsync", refuse)
    with pytest.raises(DatabaseError, match="Cannot back up to .*No space left on device"):
        database.backup(folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_what_stands_there_is_never_overwritten(database, tmp_path):
    folder = tmp_path / "backup"
    database.backup(folder)
    with pytest.raises(DatabaseError, match=r"site\.fs exists: a restore does not overwrite"):
        restore(folder, tmp_path / "site.fs", tmp_path / "new")
    with pytest.raises(DatabaseError, match="blobs exists: a restore does not overwrite"):
        restore(folder, tmp_path / "new.fs", tmp_path / "blobs")
    assert not (tmp_path / "new.fs").exists()
    (tmp_path / "empty").mkdir()
    restore(folder, tmp_path / "new.fs", tmp_path / "empty")


def test_a_damaged_backup_is_not_restored(database, tmp_path):
    folder = tmp_path / "backup"
    (records,) = database.backup(folder).files
    damaged = bytearray(records.read_bytes())
    damaged[60] ^= 1
    records.write_bytes(damaged)
    with pytest.raises(DatabaseError, match="The backup in .* is damaged: .* has checksum"):
        verify_backup(folder)
    with pytest.raises(DatabaseError, match="Cannot restore from .* has checksum"):
        restore(folder, tmp_path / "new/site.fs", tmp_path / "new/blobs")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_backup_whose_checksums_are_missing_is_not_restored(database, tmp_path):
    folder = tmp_path / "backup"
    database.backup(folder)
    (sums,) = folder.glob("*.dat")
    sums.write_text("")
    with pytest.raises(DatabaseError, match="Cannot restore from"):
        restore(folder, tmp_path / "new/site.fs")
    assert not (tmp_path / "new/site.fs").exists()


@pytest.mark.parametrize("make", [False, True])
def test_a_folder_without_backups_is_refused(tmp_path, make):
    if make:
        (tmp_path / "backup").mkdir()
    with pytest.raises(DatabaseError, match="Cannot restore from .*backup"):
        restore(tmp_path / "backup", tmp_path / "site.fs")
    with pytest.raises(DatabaseError, match="is damaged"):
        verify_backup(tmp_path / "backup")


def test_a_moment_before_the_first_backup_is_refused(database, tmp_path):
    database.backup(tmp_path / "backup")
    with pytest.raises(
        DatabaseError,
        match=r"no backup from before 1999-01-01T12:00:00; the first is of 2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d$",
    ):
        restore(tmp_path / "backup", tmp_path / "new.fs", moment="1999-01-01-12-00-00")


def test_there_must_be_something_to_back_up(tmp_path):
    with pytest.raises(DatabaseError, match="There is no database at"):
        back_up(tmp_path / "site.fs", None, tmp_path / "backup")
    memory = open_database("demo:")
    with pytest.raises(DatabaseError, match="is in memory: there is nothing to back up"):
        memory.backup(tmp_path / "backup")
    memory.close()
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_blobs_is_backed_up_too(tmp_path):
    database = open_database("file:site.fs", root=tmp_path)
    with transaction_for(database) as pair:
        put_site(pair.connection, PersistentMapping(number=1))
        pair.manager.commit()
    database.close()
    back_up(tmp_path / "site.fs", None, tmp_path / "backup")
    assert not (tmp_path / "backup/blobs").exists()
    restore(tmp_path / "backup", tmp_path / "new/site.fs")
    assert held_by(tmp_path / "new")[0] == {"number": 1}


def test_a_blob_that_a_pack_removes_in_the_middle_is_left_out(database, tmp_path, monkeypatch):
    keep(database, 2)
    link = os.link

    def vanish(source, target):
        if not list((tmp_path / "backup/blobs").rglob("*.blob")):
            raise FileNotFoundError(source)
        link(source, target)

    monkeypatch.setattr(os, "link", vanish)
    assert database.backup(tmp_path / "backup").blobs == 0
    monkeypatch.undo()
    keep(database, 3)
    assert database.backup(tmp_path / "backup").blobs == 3


def test_a_blob_that_is_not_what_was_written_is_found(database, tmp_path):
    folder = tmp_path / "backup"
    database.backup(folder)
    keep(database, 2)
    database.backup(folder)
    assert len((folder / "blobs.sha256").read_text().splitlines()) == 2
    verify_backup(folder)
    blob = max((folder / "blobs").rglob("*.blob"))
    content_before = blob.read_bytes()
    blob.unlink()
    blob.write_bytes(b"other")
    with pytest.raises(DatabaseError, match=r"damaged: .*\.blob is not what was written"):
        verify_backup(folder)
    with pytest.raises(DatabaseError, match=r"Cannot restore .*\.blob is not what was written"):
        restore(folder, tmp_path / "new/site.fs", tmp_path / "new/blobs")
    assert list((tmp_path / "new").iterdir()) == []
    blob.write_bytes(content_before)
    restore(folder, tmp_path / "new/site.fs", tmp_path / "new/blobs")
    assert held_by(tmp_path / "new")[0] == content(1, 2)


def test_a_file_without_a_transaction_ends_before_the_first(tmp_path):
    (tmp_path / "site.fs").write_bytes(b"FS21")
    assert last_transaction_of(tmp_path / "site.fs") == b"\0" * 8


def test_a_backup_into_the_folder_of_the_database_itself_is_refused(database, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DatabaseError, match="holds the files of the database itself: name another folder"):
        database.backup(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


# Moments between backups


@pytest.fixture
def between(database, tmp_path):
    """A moment between two backups in the folder `backups`, at which 1 and 2 were kept."""
    file, blobs, folder = tmp_path / "site.fs", tmp_path / "blobs", tmp_path / "backups"

    def let_a_second_pass():
        for _ in range(2):  # each is called by a second of its own
            back_up(file, blobs, tmp_path / "others", full=True)

    back_up(file, blobs, folder)
    let_a_second_pass()
    keep(database, 2)
    moment = second_of(database.lastTransaction())
    let_a_second_pass()
    keep(database, 3)
    return moment


def test_a_moment_between_two_backups_is_restored(between, tmp_path):
    back_up(tmp_path / "site.fs", tmp_path / "blobs", tmp_path / "backups")
    restore(tmp_path / "backups", tmp_path / "then/site.fs", tmp_path / "then/blobs", moment=between)
    held, last = held_by(tmp_path, "file:then/site.fs")
    assert held == content(1, 2)
    assert second_of(last) == between


def test_where_the_past_was_packed_away_it_is_the_backup_before(between, database, tmp_path):
    database.pack(days=0)
    back_up(tmp_path / "site.fs", tmp_path / "blobs", tmp_path / "backups")
    restore(tmp_path / "backups", tmp_path / "then/site.fs", tmp_path / "then/blobs", moment=between)
    assert held_by(tmp_path, "file:then/site.fs")[0] == content(1)


def test_before_the_first_backup_its_own_past_is_taken(between, tmp_path):
    back_up(tmp_path / "site.fs", tmp_path / "blobs", tmp_path / "later")
    restore(tmp_path / "later", tmp_path / "then/site.fs", tmp_path / "then/blobs", moment=between)
    assert held_by(tmp_path, "file:then/site.fs")[0] == content(1, 2)


def test_a_backup_without_its_list_of_checksums_is_none(database, tmp_path):
    back_up(tmp_path / "site.fs", tmp_path / "blobs", tmp_path / "backups")
    (listed,) = (tmp_path / "backups").glob("*.dat")
    listed.unlink()
    with pytest.raises(DatabaseError, match=r"no backup with its list of checksums, a \.dat file, in"):
        backups_in(tmp_path / "backups")
    with pytest.raises(DatabaseError, match="no backup with its list of checksums"):
        restore(tmp_path / "backups", tmp_path / "then/site.fs")


def test_a_folder_that_is_a_file_is_refused(database, tmp_path):
    (tmp_path / "backups").write_text("")
    with pytest.raises(DatabaseError, match=r"Cannot back up to .*backups: "):
        back_up(tmp_path / "site.fs", tmp_path / "blobs", tmp_path / "backups")
