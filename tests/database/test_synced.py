"""What has to be on the disk before a commit is acknowledged, and what a killed pack leaves."""

import os
import time
from contextlib import closing

import pytest

from objpub import File
from objpub import Site
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.database.embedded import SiteFile


@pytest.fixture
def synced(monkeypatch):
    """The files that were synced so far, by inode, with how long they were then."""
    found, sync = {}, os.fsync

    def noting(descriptor):
        state = os.fstat(descriptor)
        sync(descriptor)
        found[state.st_ino] = state.st_size

    monkeypatch.setattr(os, "fsync", noting)
    return found


def kept(uri):
    """Keep a site with a file in the database *uri*."""
    with closing(open_database(uri)) as database, transaction_for(database) as pair:
        site = Site()
        put_site(pair.connection, site)
        site.add("tide", File.from_bytes(b"tide table" * 10_000, "tide.txt"))
        pair.manager.commit()


def whole(database):
    with transaction_for(database, read_only=True) as pair, site_of(pair.connection)["tide"].open() as file:
        return file.read() == b"tide table" * 10_000


@pytest.mark.parametrize("uri", ["file:{}/site.fs", "sqlite:{}/site"])
def test_the_bytes_of_an_upload_and_its_name_are_on_the_disk_when_it_is_committed(uri, tmp_path, synced):
    kept(uri.format(tmp_path))
    (blob,) = tmp_path.rglob("*.blob")
    assert synced[blob.stat().st_ino] == 100_000
    assert blob.parent.stat().st_ino in synced


def test_sqlite_waits_for_the_disk_before_it_acknowledges_a_commit(tmp_path):
    with closing(open_database(f"sqlite:{tmp_path}/site")) as database:
        connection, cursor = database.storage._adapter.connmanager.open_for_store()
        with closing(connection):
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone() == (2,)  # FULL


def test_what_a_pack_wrote_is_on_the_disk_when_it_takes_its_place(tmp_path, synced):
    kept(f"file:{tmp_path}/site.fs")
    with closing(open_database(f"file:{tmp_path}/site.fs")) as database:
        database.pack(time.time() + 1)
        state = (tmp_path / "site.fs").stat()
        assert synced[state.st_ino] == state.st_size


@pytest.mark.parametrize("empty", [False, True])
def test_a_pack_that_was_killed_between_its_renamings_loses_nothing(empty, tmp_path):
    kept(f"file:{tmp_path}/site.fs")
    os.rename(tmp_path / "site.fs", tmp_path / "site.fs.old")
    (tmp_path / "site.fs.pack").write_bytes(b"FS21")
    if empty:
        (tmp_path / "site.fs").touch()
    with closing(open_database(f"file:{tmp_path}/site.fs", create=False)) as database:
        assert whole(database)
    assert not (tmp_path / "site.fs.old").exists()


def test_a_pack_that_was_killed_after_its_renamings_leaves_no_index_of_another_file(tmp_path, monkeypatch):
    kept(f"file:{tmp_path}/site.fs")
    with closing(open_database(f"file:{tmp_path}/site.fs")) as database:
        monkeypatch.setattr(SiteFile, "_save_index", lambda storage: None)
        database.pack(time.time() + 1)
        assert not (tmp_path / "site.fs.index").exists()
    with closing(open_database(f"file:{tmp_path}/site.fs")) as database:
        assert whole(database)
