"""Where a database lies on the disk."""

from ZODB.blob import FilesystemHelper
from ZODB.utils import p64

from objpub.database import open_database
from objpub.database.places import blob_files
from objpub.database.places import files_of


def test_a_file_database_has_a_file_and_a_folder_of_blobs(tmp_path):
    database = open_database("file:var/site.fs?blobs=var/bytes", root=tmp_path)
    assert files_of(database.storage) == (tmp_path / "var/site.fs", tmp_path / "var/bytes")
    database.close()


def test_a_database_in_memory_has_neither(database):
    assert files_of(database.storage) == (None, None)


def test_only_committed_blob_files_are_found(tmp_path):
    helper = FilesystemHelper(str(tmp_path / "blobs"))
    helper.create()
    helper.createPathForOID(p64(7))
    path = helper.getBlobFilename(p64(7), p64(9))
    for name in (path, f"{path}.part", tmp_path / "blobs/tmp/upload.blob", tmp_path / "blobs/readme.txt"):
        with open(name, "w") as file:
            file.write("bytes")
    (found,) = blob_files(tmp_path / "blobs")
    assert (str(found.path), found.oid, found.tid) == (path, p64(7), p64(9))


def test_a_folder_that_is_not_there_has_no_blobs(tmp_path):
    assert list(blob_files(tmp_path / "blobs")) == []
