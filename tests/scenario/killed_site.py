"""A site whose every change is of several objects, in processes that are going to be killed.

`instrument` makes the processes of a trial tell two things: the moment between vote and finish of a commit,
and what has reached the disk. They say it by files in the folder of the trial, which outlive any kill.
"""

import errno
import importlib
import os
import struct
import time
from pathlib import Path

from objpub import Content
from objpub import File
from objpub import Folder
from objpub import Site
from objpub.views import view

FOLDER, CONTROL = "OBJPUB_TEST_KILLS", "OBJPUB_TEST_KILLS_CONTROL"
PROGRAM = """\
import os

from objpub import App
from tests.scenario import killed_site

killed_site.instrument(os.environ)
app = App()
app.include("tests.scenario.killed_site")
"""
FILES = importlib.import_module("ZODB.FileStorage.FileStorage")  # the name leads to its class otherwise
WAIT_SECONDS = 2.0  # so long a commit that was announced waits for its end, or until its note is taken away
SIZE = struct.Struct("=Q")


class Account(Content, addable="anywhere"):
    balance: int = 0


class Purse(Folder, addable="anywhere"):
    moves: int = 0


@view(Purse, "move", method="POST", permission="public")
def move(purse, request, id: str, amount: int):
    """Take from one account, put to the other, write it down; a file may come along."""
    purse["here"].balance -= amount
    purse["there"].balance += amount
    purse["ledger"].add(id, Account(balance=amount))
    upload = request.form.get("file")
    if upload:
        purse["files"].add(id, File.of(upload))
    purse.moves += 1
    return "moved"


@view(Purse, "turn", method="POST", permission="public")
def turn(purse, request, amount: int):
    """Take from one account, put to the other, and nothing else: the site does not grow."""
    purse["here"].balance -= amount
    purse["there"].balance += amount
    return "turned"


@view(Purse, "sums", permission="public")
def sums(purse, request):
    """Say what the accounts hold and how much was moved: what a reader can check."""
    return request.json({name: purse[name].balance for name in ("here", "there")} | {"moves": purse.moves})


@view(Site, "who", permission="public")
def who(site, request):
    return request.identity.user_id or "nobody"


@view(Site, "pack", method="POST", permission="public")
def pack(site, request):
    note = Path(os.environ[FOLDER]) / f"packs-{os.getpid()}"
    note.touch()
    try:
        request.application.database.pack(days=0)
    finally:
        note.unlink(missing_ok=True)
    return "packed"


def filled(site, writers):
    """Make the purses of so many writers."""
    for number in range(writers):
        purse = site.add(f"purse{number}", Purse())
        for name in ("here", "there"):
            purse.add(name, Account())
        for name in ("ledger", "files"):
            purse.add(name, Folder())


def instrument(environ):
    """Make this process announce its commits and note what it has synced; break it as a control wants."""
    if "faketime" in environ.get("LD_PRELOAD", ""):
        time.sleep = at_least_none(time.sleep)
    folder = environ.get(FOLDER)
    if not folder:
        return
    folder = Path(folder)
    for kind in storages():
        kind.tpc_finish = announcing(kind.tpc_finish, folder)
    if environ.get(CONTROL) == "no-sync":
        FILES.fsync = None
        os.fsync = lambda descriptor: None
    else:
        FILES.fsync = os.fsync = noting(os.fsync, folder)
    if environ.get(CONTROL) == "early":
        FILES.FileStorage._finish = finish_early


def at_least_none(sleep):
    """Return *sleep* for times that are over when it begins: libfaketime 0.9.10 takes them amiss."""

    def slept(seconds):
        try:
            sleep(seconds)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise

    return slept


def storages():
    """Yield the classes of the storages that this process may use."""
    yield FILES.FileStorage
    yield importlib.import_module("ZEO.ClientStorage").ClientStorage
    yield importlib.import_module("relstorage.storage").RelStorage


def announcing(finish, folder):
    """Return *finish*, which says that it begins, and waits a moment, when somebody has armed the trial."""

    def tpc_finish(self, *arguments, **options):
        note = folder / f"voted-{os.getpid()}"
        try:
            os.rename(folder / "armed", note)
        except OSError:
            pass
        else:
            end = time.monotonic() + WAIT_SECONDS
            while note.exists() and time.monotonic() < end:
                time.sleep(0.002)
        return finish(self, *arguments, **options)

    return tpc_finish


def noting(fsync, folder):
    """Return *fsync*, which notes for each file how long it was when it was synced."""
    (folder / "synced").mkdir(exist_ok=True)

    def noted(descriptor):
        before = os.fstat(descriptor)
        fsync(descriptor)
        note = os.open(folder / "synced" / str(before.st_ino), os.O_WRONLY | os.O_CREAT, 0o600)
        os.pwrite(note, SIZE.pack(before.st_size), 0)
        os.close(note)

    return noted


def finish_early(self, tid, user, description, extension):
    """Finish the transaction before this one; this one is called committed, and is not."""
    for place in self.__dict__.setdefault("_early", []):
        self._file.seek(place)
        self._file.write(b" ")
    self._early = [self._pos + 16]
    self._finish_finish(tid)
