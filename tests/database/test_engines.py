"""Opening a database by URI."""

import os
import pathlib
import re
import subprocess
import sys

import pytest
from persistent.mapping import PersistentMapping
from ZODB.blob import Blob

from objpub.database import files_named
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.database.embedded import in_use
from objpub.errors import DatabaseError
from objpub.errors import DatabaseInUse

HOLDER = """
import sys
from objpub.database import open_database
database = open_database("file:var/site.fs", root=sys.argv[1])
(database.temporary_folder / "upload").write_text("being written")
print("open", flush=True)
sys.stdin.readline()
database.close()
"""


def keep(database, value):
    with transaction_for(database) as pair:
        put_site(pair.connection, PersistentMapping(value=value, blob=Blob(b"bytes")))
        pair.manager.commit()


def kept(database):
    with transaction_for(database, read_only=True) as pair:
        site = site_of(pair.connection)
        if site is None:
            return None
        with site["blob"].open("r") as file:
            return site["value"], file.read()


def test_a_file_keeps_what_was_committed(tmp_path):
    database = open_database("file:var/site.fs?blobs=var/bytes", root=tmp_path)
    assert kept(database) is None
    keep(database, 1)
    database.close()
    assert (tmp_path / "var/site.fs").exists()
    assert list((tmp_path / "var/bytes").rglob("*.blob"))
    again = open_database("file:var/site.fs?blobs=var/bytes", root=tmp_path, create=False)
    assert kept(again) == (1, b"bytes")
    again.close()


def test_blobs_lie_beside_the_file_where_nothing_else_is_said(tmp_path):
    database = open_database("file:data/site.fs", root=tmp_path)
    keep(database, 1)
    database.close()
    assert list((tmp_path / "data/blobs").rglob("*.blob"))


def test_a_path_may_be_absolute_and_quoted(tmp_path):
    database = open_database(f"file:{tmp_path}/my%20site.fs?blobs={tmp_path}/my%20blobs", root="/nowhere")
    keep(database, 1)
    database.close()
    assert (tmp_path / "my site.fs").exists()
    assert (tmp_path / "my blobs").is_dir()


@pytest.mark.parametrize("uri", ["demo:", "memory:"])
def test_a_database_in_memory_has_blobs_and_is_gone_when_closed(uri):
    database = open_database(uri)
    keep(database, 1)
    assert kept(database) == (1, b"bytes")
    folder = database.temporary_folder
    assert folder.is_dir()
    database.close()
    assert not folder.exists()
    again = open_database(uri)
    assert kept(again) is None
    again.close()


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("fiel:x.fs", "No engine for 'fiel:x.fs': a database URI begins with one of demo:, file:, memory:"),
        ("var/site.fs", "No engine for 'var/site.fs'"),
        ("", "No engine for ''"),
        ("file:", "'file:' names no file, wanted such as file:var/site.fs?blobs=var/blobs"),
        ("file:x.fs?blob=y", "Unknown option 'blob' in 'file:x.fs?blob=y'; did you mean 'blobs'?"),
        ("file:x.fs?zzz=y", "Unknown option 'zzz' in 'file:x.fs?zzz=y', known: blobs"),
        ("demo:?blobs=x", "Unknown option 'blobs' in 'demo:?blobs=x', known: none"),
        ("demo:site.fs", "'demo:site.fs' names 'site.fs', but a database in memory has no place"),
    ],
)
def test_a_uri_that_no_engine_takes_is_refused_with_what_was_wanted(uri, message, tmp_path):
    with pytest.raises(DatabaseError) as refused:
        open_database(uri, root=tmp_path)
    assert str(refused.value).startswith(message)
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_is_not_there_is_not_made_where_it_should_exist(tmp_path):
    with pytest.raises(DatabaseError, match=r"There is no database at .*site\.fs"):
        open_database("file:var/site.fs", root=tmp_path, create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_refused_by_name(tmp_path):
    (tmp_path / "site.fs").write_text("<html>not a database</html>")
    with pytest.raises(DatabaseError, match=r"Cannot open the database at .*site\.fs"):
        open_database("file:site.fs", root=tmp_path)
    assert (tmp_path / "site.fs").read_text() == "<html>not a database</html>"
    (tmp_path / "site.fs").unlink()
    open_database("file:site.fs", root=tmp_path).close()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_written_is_refused_by_name(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(DatabaseError, match="Cannot open the database at"):
        open_database("file:var/site.fs", root=tmp_path)


def test_a_second_process_is_told_who_holds_the_file_and_how_to_go_on(tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(pathlib.Path(__file__).parents[2])},
    )
    with holder:
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(DatabaseInUse) as refused:
            open_database("file:var/site.fs", root=tmp_path)
        message = str(refused.value)
        assert str(tmp_path / "var/site.fs") in message
        assert f"process {holder.pid}," in message
        assert "Stop that process first, `objpub serve` or `objpub zeo` with Ctrl-C" in message
        # The files of its requests are still there.
        assert (tmp_path / "var/tmp/site.fs/upload").exists()
        holder.communicate("\n")
    database = open_database("file:var/site.fs", root=tmp_path)
    assert list(database.temporary_folder.iterdir()) == []
    database.close()


def test_the_holder_is_called_another_process_where_its_lock_cannot_be_read(tmp_path):
    first = open_database("file:site.fs", root=tmp_path)
    (tmp_path / "site.fs.lock").write_bytes(b"\xff")
    with pytest.raises(DatabaseInUse, match="in use by another process, and"):
        open_database("file:site.fs", root=tmp_path)
    first.close()


def test_the_holder_is_called_another_process_where_there_is_no_lock_to_read(tmp_path):
    assert "in use by another process, and" in in_use(tmp_path / "site.fs")


def test_what_a_killed_process_left_in_the_temporary_folder_is_removed(tmp_path):
    left = tmp_path / "var/tmp/site.fs/deep/upload"
    left.parent.mkdir(parents=True)
    left.write_text("half a file")
    others = tmp_path / "var/tmp/other.fs/upload"
    others.parent.mkdir(parents=True)
    others.write_text("of another database")
    database = open_database("file:var/site.fs", root=tmp_path)
    assert database.temporary_folder == tmp_path / "var/tmp/site.fs"
    assert list(database.temporary_folder.iterdir()) == []
    assert others.exists()
    database.close()
    assert database.temporary_folder.is_dir()


def test_a_file_is_free_again_when_its_database_could_not_be_made(tmp_path):
    with pytest.raises(TypeError):
        open_database("file:site.fs", root=tmp_path, cache_bytes="64MB")
    open_database("file:site.fs", root=tmp_path).close()


def test_the_files_that_a_uri_names_are_known_without_opening_it(tmp_path):
    assert files_named("file:my%20site.fs", tmp_path) == (tmp_path / "my site.fs", tmp_path / "blobs")
    assert files_named("file:a/b.fs?blobs=c", tmp_path) == (tmp_path / "a/b.fs", tmp_path / "c")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("demo:", "The database 'demo:' is not kept in a file"),
        ("file:", "'file:' names no file"),
        ("fiel:x", "No engine for 'fiel:x'"),
        ("file:x?blob=y", "did you mean 'blobs'"),
    ],
)
def test_a_uri_without_files_is_refused(uri, message):
    with pytest.raises(DatabaseError, match=re.escape(message)):
        files_named(uri)
