"""What a database URI says, and what is said of one that nobody can open."""

import importlib
import re
import socket
import ssl
import subprocess
import sys
import time
from contextlib import closing
from contextlib import contextmanager
from pathlib import Path

import pytest
from persistent.mapping import PersistentMapping

from objpub.database import convert
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import storage_server
from objpub.database import transaction_for
from objpub.database.addresses import address_from
from objpub.database.relational import database_name
from objpub.errors import DatabaseError
from objpub.errors import DatabaseInUse
from tests.engines import zeo_server

CERTIFICATES = Path(__file__).parents[1] / "certificates"
TLS = f"authority={CERTIFICATES}/localhost.pem&certificate={CERTIFICATES}/localhost.pem"
OWN_KEY = f"key={CERTIFICATES}/localhost-key.pem"


def keeps(uri, root="."):
    """Store something, and read it after opening the database again."""
    with closing(open_database(uri, root=root)) as database, transaction_for(database) as pair:
        put_site(pair.connection, PersistentMapping(kept=True))
        pair.manager.commit()
    with closing(open_database(uri, root=root)) as database, transaction_for(database) as pair:
        return site_of(pair.connection)["kept"]


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("postgresql://site:s3cr@t@db/coast", "postgresql://site:...@db/coast"),
        ("postgresql://site@db:5432/coast", "postgresql://site@db:5432/coast"),
        ("postgresql:host=db password=secret dbname=x", "postgresql:host=db password=... dbname=x"),
        ("postgresql:password='a b' dbname=x", "postgresql:password=... dbname=x"),
        ("postgresql://db/x?password=secret&blobs=b", "postgresql://db/x?password=...&blobs=b"),
        ("file:var/site.fs", "file:var/site.fs"),
    ],
)
def test_a_password_is_never_shown(uri, shown):
    assert address_from(uri, Path(), True).uri == shown


@pytest.mark.parametrize(
    ("dsn", "name"),
    [
        ("postgresql://site:pw@db:5432/coast?sslmode=require", "coast"),
        ("user=x dbname=coast host=db", "coast"),
        ("dbname='my coast'", "my coast"),
        ("postgresql:///coast", "coast"),
        ("host=db", ""),
    ],
)
def test_the_name_of_a_database_is_found(dsn, name):
    assert database_name(dsn) == name


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("sqlite:", "'sqlite:' names no folder, wanted such as sqlite:var/site.sqlite"),
        ("sqlite:x?histroy=no", "Unknown option 'histroy' in 'sqlite:x?histroy=no'; did you mean 'history'?"),
        ("sqlite:x?history=perhaps", "history is 'perhaps' in 'sqlite:x?history=perhaps', wanted yes or no"),
        ("postgresql:", "'postgresql:' names no database, wanted such as postgresql://user@host/name"),
        ("postgresql:coast", "'postgresql:coast' names no database"),
        ("zeo:", "'zeo:' names no socket, wanted such as zeo:var/zeo.sock"),
        ("zeo:x.sock?blob=y", "Unknown option 'blob'"),
        (
            "zeo:host:8100",
            "'zeo:host:8100' names a socket in a file called 'host:8100'; wanted a path such as"
            " zeo:var/zeo.sock, or zeo://host:8100 for a host and a port",
        ),
        ("zeo://host:99999", "'zeo://host:99999' names no host and port"),
        ("zeo://host", "'zeo://host' names no host and port"),
        ("zeo://host:port", "'zeo://host:port' names no host and port"),
        ("zeo://host:8100", "'zeo://host:8100' has no 'authority': over a network both sides need"),
        (
            "zeo://h:1?authority=a&certificate=b&key=c",
            "Cannot read the certificates of 'zeo://h:1?authority=a&certificate=b&key=c': authority names no",
        ),
        ("zconfig:", "'zconfig:' names no file, wanted such as zconfig:etc/storage.conf"),
        ("zconfig:no.conf", "Cannot open the storage that"),
    ],
)
def test_a_uri_that_cannot_be_is_refused_with_what_was_wanted(uri, message, tmp_path):
    with pytest.raises(DatabaseError) as refused:
        open_database(uri, root=tmp_path)
    assert str(refused.value).startswith(message)


def test_a_file_is_no_database_of_sqlite(tmp_path):
    tmp_path.joinpath("passwords").write_text("secret")
    with pytest.raises(DatabaseError, match=r"passwords is a file: an SQLite database is kept in a folder$"):
        open_database("sqlite:passwords", root=tmp_path)


@pytest.mark.parametrize("uri", ["zeo:", "zeo:host:8100", "zeo:x.sock?blob=y"])
def test_nothing_is_copied_to_an_address_that_no_server_could_have(uri, tmp_path):
    open_database("file:site.fs", root=tmp_path).close()
    before = sorted(tmp_path.iterdir())
    with pytest.raises(DatabaseError, match=r"names|Unknown option 'blob'"):
        convert("file:site.fs", uri, root=tmp_path)
    assert sorted(tmp_path.iterdir()) == before


def test_a_server_of_postgresql_that_is_not_there_is_said_without_the_password(tmp_path):
    with pytest.raises(DatabaseError) as refused:
        open_database("postgresql://site:s3cret@127.0.0.1:9/coast", root=tmp_path)
    assert str(refused.value).startswith("Cannot open the database PostgreSQL coast: ")
    assert "s3cret" not in str(refused.value)


def test_nobody_at_the_socket_is_said_with_what_to_start(tmp_path, monkeypatch):
    monkeypatch.setattr("objpub.database.networked.WAIT_SECONDS", 0.1)
    with pytest.raises(DatabaseError, match=r"Nobody serves the database at .*none\.sock .*`objpub zeo`"):
        open_database("zeo:none.sock", root=tmp_path)


def test_a_database_of_sqlite_that_is_not_there_is_not_made_where_it_should_exist(tmp_path):
    with pytest.raises(DatabaseError, match="There is no database at"):
        open_database("sqlite:site.sqlite", root=tmp_path, create=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("uri", "module", "extra"),
    [
        ("sqlite:x", "relstorage", "sqlite"),
        ("postgresql:dbname=x", "relstorage", "postgresql"),
        ("postgresql:dbname=x", "psycopg2", "postgresql"),
        ("zeo:x.sock", "ZEO", "zeo"),
    ],
)
def test_a_library_that_is_missing_is_named(uri, module, extra, tmp_path, monkeypatch):
    found = importlib.import_module

    def import_module(name, *rest):
        if name.split(".")[0] == module:
            raise ImportError(name)
        return found(name, *rest)

    monkeypatch.setattr(importlib, "import_module", import_module)
    with pytest.raises(DatabaseError, match=re.escape(f"pip install 'objpub[{extra}]'")):
        open_database(uri, root=tmp_path)


def test_any_storage_of_zodb_by_a_file_of_zconfig(tmp_path):
    (tmp_path / "storage.conf").write_text(
        f"<filestorage>\n  path {tmp_path}/site.fs\n  blob-dir {tmp_path}/bytes\n</filestorage>\n"
    )
    assert keeps("zconfig:storage.conf", tmp_path)
    (tmp_path / "storage.conf").write_text("<nothing/>")
    with pytest.raises(DatabaseError, match="Cannot open the storage that"):
        open_database("zconfig:storage.conf", root=tmp_path)


# Over a network


@contextmanager
def over_tls(folder):
    """Serve a database with TLS on a free port; give the URI without the key of the client."""
    uri = f"zeo://localhost:{free_port()}?{TLS}&file={folder}/data/site.fs&copies={folder}/copies"
    with zeo_server(f"{uri}&{OWN_KEY}"):
        yield uri


def free_port():
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


def test_over_a_network_both_sides_show_a_certificate(tmp_path):
    with over_tls(tmp_path) as uri:
        assert keeps(f"{uri}&{OWN_KEY}")
    assert (tmp_path / "data/site.fs").exists()


def test_who_has_no_certificate_gets_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("objpub.database.networked.WAIT_SECONDS", 1)
    with over_tls(tmp_path) as uri:
        port = int(re.search(r":(\d+)\?", uri)[1])
        zeo = importlib.import_module("ZEO.ClientStorage")
        disconnected = importlib.import_module("ZEO.Exceptions").ClientDisconnected
        context = ssl.create_default_context(cafile=CERTIFICATES / "localhost.pem")
        for options in ({"ssl": context}, {}):
            with pytest.raises(disconnected):
                zeo.ClientStorage(("localhost", port), wait_timeout=1, **options)


# The command


ZEO = [sys.executable, "-m", "objpub.command", "zeo"]


@contextmanager
def running(folder):
    """Run `objpub zeo` in *folder*, and give the process and what it said first."""
    process = subprocess.Popen(
        ZEO,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin:/bin"},
    )
    try:
        yield process, process.stdout.readline()
    finally:
        process.kill()
        process.communicate()


def test_the_command_serves_the_file_of_the_settings_and_ends_when_it_is_told(tmp_path):
    place = tmp_path / "var/zeo.sock"
    with running(tmp_path) as (process, said):
        assert said == f"Serving the database {tmp_path}/var/site.fs at {place}\n"
        assert process.stdout.readline() == f'For the processes of the site: [database] uri = "zeo:{place}"\n'
        assert place.stat().st_mode & 0o777 == 0o600
        assert keeps(f"zeo:{place}")
        with pytest.raises(DatabaseInUse):
            storage_server("file:var/site.fs", tmp_path)
        process.terminate()
        assert process.wait(20) == 0
    assert keeps("file:var/site.fs", tmp_path)


def test_a_client_goes_on_with_the_next_server_after_one_was_killed(tmp_path):
    (tmp_path / "objpub.toml").write_text('[database]\nuri = "zeo:var/zeo.sock"\n')
    with running(tmp_path) as (process, _):
        database = open_database("zeo:var/zeo.sock", root=tmp_path)
        with transaction_for(database) as pair:
            put_site(pair.connection, PersistentMapping(kept=1))
            pair.manager.commit()
        process.kill()
        process.wait()
    with running(tmp_path), closing(database):
        end = time.monotonic() + 30
        while True:
            try:
                with transaction_for(database) as pair:
                    site_of(pair.connection)["kept"] += 1
                    pair.manager.commit()
                break
            except Exception:
                assert time.monotonic() < end
        with transaction_for(database, read_only=True) as pair:
            assert site_of(pair.connection)["kept"] == 2


def test_what_needs_no_server_is_refused(tmp_path):
    with pytest.raises(DatabaseError, match="A server serves a file, and 'sqlite:x' is none"):
        storage_server("sqlite:x", tmp_path)
