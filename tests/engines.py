"""Every engine that keeps a database, started for tests: a PostgreSQL per run, a ZEO server per test."""

import os
import pwd
import queue
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from contextlib import contextmanager
from contextlib import ExitStack
from contextlib import suppress
from pathlib import Path

import psycopg2
import pytest

from objpub.database import storage_server
from objpub.database.embedded import open_demo
from objpub.database.engines import engine_of

#: What the URI of a test names, and what each can do beside keeping objects and blobs.
ENGINES = ("file", "sqlite", "sqlite-plain", "zeo", "postgresql", "postgresql-plain")
WITH_HISTORY = {"file", "sqlite", "zeo", "postgresql"}
SEVERAL_PROCESSES = {"sqlite", "sqlite-plain", "zeo", "postgresql", "postgresql-plain"}
OPTIONS = (
    "-k {folder} -c listen_addresses='' -c max_connections=80 -c fsync={fsync} -c full_page_writes={fsync}"
)


@contextmanager
def served_uri(engine, folder, postgresql=None):
    """Give the URI of an empty database of *engine* whose files lie in *folder*.

    postgresql: a running `Cluster`; only those engines need it.
    """
    if engine == "file":
        yield f"file:{folder}/site.fs"
    elif engine.startswith("sqlite"):
        yield f"sqlite:{folder}/site.sqlite{'?history=no' * engine.endswith('plain')}"
    elif engine == "zeo":
        with zeo_server(f"zeo:{folder}/zeo.sock") as uri:
            yield uri
    else:
        with postgresql.database() as dsn:
            yield f"postgresql:{dsn}?blobs={folder}/blobs{'&history=no' * engine.endswith('plain')}"


@contextmanager
def in_place_of_memory(engine, postgresql=None):
    """Give what opens a new, empty database of *engine* wherever a test asks for one in memory."""
    with ExitStack() as stack:
        above = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="objpub-engine-")))

        def open_fresh(address):
            if address.place or address.options:
                return open_demo(address)  # it says what is wrong with it
            folder = Path(tempfile.mkdtemp(dir=above))
            uri = stack.enter_context(served_uri(engine, folder, postgresql))
            open_it, address = engine_of(uri, folder, create=True)
            return open_it(address)

        yield open_fresh


@contextmanager
def zeo_server(uri):
    """Serve *uri* in a thread of this process."""
    servers = queue.SimpleQueue()

    def run():  # made in this thread too: a browser of the tests has a loop of events in the first one
        server = storage_server(uri)
        servers.put(server)
        server.run()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    server = servers.get(timeout=60)
    try:
        yield uri
    finally:
        server.stop()
        thread.join(20)


class Cluster:
    """A throw-away PostgreSQL that listens on a socket in a folder of its own."""

    def __init__(self, *, fsync=False):
        """fsync: do commits wait for the disk, as in earnest?"""
        programs = self.programs = program_folder()
        self.folder = Path(tempfile.mkdtemp(prefix="objpub-pg-", dir="/tmp"))
        self.folder.chmod(0o755)
        self._as = {}
        if os.getuid() == 0:  # it refuses to run as root
            user = pwd.getpwnam("nobody")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        words = ["-U", "objpub", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
        self._call(programs / "initdb", "-D", self.folder / "data", *words)
        self._options = OPTIONS.format(folder=self.folder, fsync="on" if fsync else "off")
        self.start()

    def start(self):
        """Start the server, and wait until it answers."""
        data, log = self.folder / "data", self.folder / "log"
        self._call(self.programs / "pg_ctl", "-D", data, "-l", log, "-w", "-o", self._options, "start")

    def stop(self):
        """Stop the server at once, as a crash does."""
        self._call(self.programs / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")

    def close(self):
        """Stop the server, and remove all it kept."""
        with suppress(subprocess.CalledProcessError):
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def database(self):
        """Give the words that lead to a new, empty database."""
        name = f"site_{secrets.token_hex(6)}"
        self.say(f"create database {name}")
        try:
            yield f"user=objpub host={self.folder} dbname={name}"
        finally:
            self.say(f"drop database {name} with (force)")

    def say(self, sentence):
        """Run one command of SQL."""
        with closing(psycopg2.connect(f"user=objpub host={self.folder} dbname=postgres")) as connection:
            connection.autocommit = True
            connection.cursor().execute(sentence)

    def one(self, question):
        """Return the one value that a question in SQL is answered with, or None."""
        with closing(psycopg2.connect(f"user=objpub host={self.folder} dbname=postgres")) as connection:
            cursor = connection.cursor()
            cursor.execute(question)
            found = cursor.fetchone()
            return found and found[0]

    def _call(self, *words):
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(self.folder)}
        subprocess.run(
            words,
            cwd="/",
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            **self._as,
        )


def program_folder():
    """Return where the programs of PostgreSQL are; without them the test is skipped, and fails in CI."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    alone = shutil.which("initdb")
    if alone is None:
        message = "There is no PostgreSQL: apt-get install postgresql"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    return Path(os.path.realpath(alone)).parent


def in_another_process(code, *words):
    """Run *code* with Python, and return what it prints. words: sys.argv from 1 on."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
