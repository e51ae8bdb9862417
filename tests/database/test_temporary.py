"""Files that are there for a while."""

import gc
from contextlib import closing

from persistent.mapping import PersistentMapping
from ZODB.POSException import ConflictError

from objpub.database import blob_in
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for


def test_the_bytes_of_a_new_blob_lie_in_the_folder_until_the_commit(tmp_path):
    database = open_database("file:var/site.fs", root=tmp_path)
    blob = blob_in(database.temporary_folder)
    with blob.open("w") as file:
        file.write(b"bytes")
    (uncommitted,) = database.temporary_folder.iterdir()
    inode = uncommitted.stat().st_ino
    with transaction_for(database) as pair:
        put_site(pair.connection, PersistentMapping(blob=blob))
        pair.manager.commit()
    # Moved, not copied.
    assert list(database.temporary_folder.iterdir()) == []
    (committed,) = (tmp_path / "var/blobs").rglob("*.blob")
    assert committed.stat().st_ino == inode
    with transaction_for(database) as pair:
        with site_of(pair.connection)["blob"].open("r") as file:
            assert file.read() == b"bytes"
    database.close()


def test_the_bytes_of_a_blob_that_nobody_wanted_are_removed(tmp_path):
    blob = blob_in(tmp_path)
    with blob.open("w") as file:
        file.write(b"bytes")
    blob.itself = blob  # in a circle, as resources and their parents are
    assert len(list(tmp_path.iterdir())) == 1
    del blob, file
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_the_bytes_of_a_commit_that_met_a_conflict_are_removed_at_once(tmp_path):
    def conflicts(database):
        with transaction_for(database) as first, transaction_for(database) as second:
            site_of(first.connection)["one"] = 1
            site_of(second.connection)["two"] = PersistentMapping(blob=blob_in(database.temporary_folder))
            first.manager.commit()
            try:
                second.manager.commit()
            except ConflictError:
                return True

    with closing(open_database("file:var/site.fs", root=tmp_path)) as database:
        with transaction_for(database) as pair:
            put_site(pair.connection, PersistentMapping())
            pair.manager.commit()
        gc.disable()
        try:
            assert conflicts(database)
            assert list(database.temporary_folder.iterdir()) == []
        finally:
            gc.enable()


def test_an_empty_blob_may_be_committed(tmp_path):
    database = open_database("file:var/site.fs", root=tmp_path)
    with transaction_for(database) as pair:
        put_site(pair.connection, PersistentMapping(blob=blob_in(database.temporary_folder)))
        pair.manager.commit()
        pair.manager.begin()
        with site_of(pair.connection)["blob"].open("r") as file:
            assert file.read() == b""
    database.close()


def test_a_folder_of_a_database_in_memory_goes_with_it_even_unclosed():
    database = open_database("demo:")
    folder = database.temporary_folder
    (folder / "upload").write_text("half")
    database.storage.close()
    del database
    gc.collect()
    assert not folder.exists()
