"""Backup and restore with every engine: what was committed, transaction by transaction, in files.

A folder of copies holds, for each backup, one file of transactions (`.copy`, which is a FileStorage of those
that came since the one before) with a list beside it (`.json`: what it holds, and checksums), and under
`blobs` the files of all blobs. The list is written last: without it there was no backup. A database that is
a file is backed up by `backup` instead, which needs no look at its records.
"""

import fcntl
import json
import os
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ZODB.blob import is_blob_record
from ZODB.FileStorage import FileStorage
from ZODB.utils import z64

from objpub.errors import DatabaseError
from objpub.settings import close_for_others
from objpub.settings import private_file
from objpub.settings import private_folder

from .backup import BackedUp
from .backup import folder_for_backups
from .backup import records_in
from .backup import sha256_of
from .copying import copy_transactions
from .copying import last_of
from .digests import blob_hash
from .iterating import keeps_history
from .iterating import transactions_of
from .moments import end_of
from .moments import holds_state
from .moments import NAME as MOMENT
from .moments import told

ENDING = ".copy"
LIST = ".json"
PART = "part" + ENDING


class CopyFile(FileStorage):  # type: ignore[misc]
    """A FileStorage of transactions; blobs that are in its folder already are not asked for again."""

    def has_blob(self, oid: bytes, tid: bytes) -> bool:
        """Is the file of this revision of a blob there?"""
        return os.path.exists(self.fshelper.getBlobFilename(oid, tid))


@dataclass(frozen=True)
class Copy:
    """One backup in a folder of copies.

    moment: when it was made, UTC, as in the names of its files. full: does it begin with the first
    transaction? after, until: ids as 16 hex digits, it holds the transactions behind one, up to the other.
    sha256: of its file. blobs: SHA-256 by "oid.tid" of the blobs in its transactions. history: does it hold
    every transaction there was, as far as none was packed away?
    """

    moment: str
    full: bool
    after: str
    until: str
    sha256: str
    blobs: dict[str, str]
    history: bool = False


def copy_storage(
    storage: Any, folder: Path, *, full: bool = False, progress: Callable[[int, bytes], None] | None = None
) -> BackedUp:
    """Add a backup of *storage*, as of now, to *folder*. What was copied before is not copied again.

    full: copy every transaction. So it is too where *storage* is another database than that of the last
    backup, or keeps no history: it does not know any more what came since. Raises DatabaseError.
    """
    folder_for_backups(folder)
    with alone_in(folder):
        if records_in(folder):
            raise DatabaseError(f"{folder} has backups of a file: name another folder")
        until = last_of(storage)
        before = copies_in(folder)
        last = bytes.fromhex(before[-1].until) if before else z64
        if before and until == last and not full:
            return BackedUp((), 0, full=False)
        if full or not keeps_history(storage) or not has_transaction(storage, last):
            last = z64
        try:
            return write_copy(storage, folder, next_moment(before), last, until, progress)
        except OSError as error:
            raise DatabaseError(f"Cannot back up to {folder}: {error}") from error
        finally:
            remove_part(folder)


def write_copy(
    storage: Any,
    folder: Path,
    moment: str,
    after: bytes,
    until: bytes,
    progress: Callable[[int, bytes], None] | None,
) -> BackedUp:
    """Write the transactions of *storage* behind *after*, up to *until*, then the list of them."""
    path = folder / PART
    remove_part(folder)
    private_file(path)
    blobs_before = set((folder / "blobs").rglob("*.blob"))
    target = CopyFile(str(path), blob_dir=str(private_folder(folder / "blobs")))
    try:
        copy_transactions(storage, target, after=after, until=until, progress=progress)
        blobs = dict(blobs_of(target))
    finally:
        target.close()
    history = keeps_history(storage)
    copy = Copy(moment, after == z64, after.hex(), until.hex(), sha256_of(path), blobs, history)
    done = folder / f"{moment}{ENDING}"
    path.replace(done)
    close_for_others(done)
    write_list(folder, copy)
    added = len(set((folder / "blobs").rglob("*.blob")) - blobs_before)
    return BackedUp((done,), added, full=copy.full)


def blobs_of(storage: Any) -> Iterator[tuple[str, str]]:
    """Yield name and SHA-256, as in a Copy, of every blob in *storage*."""
    for transaction in transactions_of(storage):
        for record in transaction:
            if record.data is not None and is_blob_record(record.data):
                name = f"{record.oid.hex()}.{record.tid.hex()}"
                yield name, blob_hash(storage, record.oid, record.tid).hex()


def write_list(folder: Path, copy: Copy) -> None:
    """Write the list of *copy*, complete before it has its name."""
    part = private_file(folder / f"{copy.moment}{LIST}.part")
    with part.open("w", encoding="utf-8") as file:
        json.dump(asdict(copy), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / f"{copy.moment}{LIST}")


def copies_in(folder: Path) -> list[Copy]:
    """Return the backups in *folder*, the oldest first. Raises DatabaseError for a list that is damaged."""
    found = []
    for path in sorted(folder.glob(f"*{LIST}")):
        try:
            found.append(Copy(**json.loads(path.read_text("utf-8"))))
        except (OSError, ValueError, TypeError) as error:
            raise DatabaseError(f"The list {path} is damaged: {error}") from error
    return found


def copies_up_to(folder: Path, moment: str | None) -> list[Copy]:
    """Return the backups that together are the last one not after *moment*, the full one first.

    Raises DatabaseError if there is none.
    """
    wanted = [copy for copy in copies_in(folder) if moment is None or copy.moment <= moment]
    begin = max((place for place, copy in enumerate(wanted) if copy.full), default=None)
    if begin is None:
        first = "".join(f"; the first is of {told(copy.moment)}" for copy in copies_in(folder)[:1])
        before = f" from before {told(moment)}{first}" if moment else ""
        raise DatabaseError(f"There is no backup in {folder}{before}")
    return wanted[begin:]


def copies_for(folder: Path, moment: str | None) -> tuple[list[Copy], bytes]:
    """Return the backups in *folder* that hold the state of *moment*, and the id of its last transaction.

    Where none does, those that together are the last backup not after it. Raises DatabaseError.
    """
    last = end_of(moment) if moment is not None else None
    there = copies_in(folder)
    later = next((copy for copy in there if moment is not None and copy.moment > moment), None)
    if (
        last is not None
        and later is not None
        and later.history
        and all(moment != each.moment for each in there)
    ):
        chain = copies_up_to(folder, later.moment)
        check_sums(folder, chain)
        with opened_copies(folder, chain) as storages:
            if holds_state((each for storage in storages for each in transactions_of(storage)), last):
                ids = (each.tid for storage in storages for each in transactions_of(storage))
                return chain, max(tid for tid in ids if tid <= last)
    chain = copies_up_to(folder, moment)
    check_sums(folder, chain)
    return chain, bytes.fromhex(chain[-1].until)


def restore_copies(
    folder: Path,
    target: Any,
    *,
    moment: str | None = None,
    progress: Callable[[int, bytes], None] | None = None,
) -> bytes:
    """Write the state of *moment* to the storage *target*, as far as the backups in *folder* hold it.

    It is that of the last backup not after it where the past was not kept, or packed away. The target must be
    empty, or have the beginning of that, as after a restore that was stopped. Everything is compared with its
    checksum before. Returns the id of the last transaction. Raises DatabaseError.
    """
    copies, until = copies_for(folder, moment)
    with opened_copies(folder, copies) as storages:
        last = last_of(target)
        if last != z64 and not any(has_transaction(each, last) for each in storages):
            raise DatabaseError(
                f"There is something else in {target.getName()} already: a restore does not overwrite, name a"
                " database that is empty"
            )
        for storage in storages:
            copy_transactions(storage, target, after=last_of(target), until=until, progress=progress)
    return until


@contextmanager
def opened_copies(folder: Path, copies: list[Copy]) -> Iterator[list[Any]]:
    """Give the storages of *copies*, to read from."""
    storages: list[Any] = []
    try:
        for copy in copies:
            path = folder / f"{copy.moment}{ENDING}"
            storages.append(CopyFile(str(path), blob_dir=str(folder / "blobs"), read_only=True))
        yield storages
    finally:
        for storage in storages:
            storage.close()


def verify_copies(folder: Path, moment: str | None = None) -> None:
    """Compare the last backup in *folder*, and what it builds on, with its checksums; else DatabaseError."""
    check_sums(folder, copies_up_to(folder, moment))


def check_sums(folder: Path, copies: list[Copy]) -> None:
    """Raise DatabaseError if a file of *copies* is gone, or is not what it was."""
    blobs: dict[str, str] = {}
    for copy in copies:
        path = folder / f"{copy.moment}{ENDING}"
        if not path.exists() or sha256_of(path) != copy.sha256:
            raise DatabaseError(f"The backup in {folder} is damaged: {path.name} is not what was written")
        blobs |= copy.blobs
    with opened_copies(folder, copies[:1]) as (storage,):
        for name, sum_ in blobs.items():
            oid, tid = (bytes.fromhex(part) for part in name.split("."))
            path = Path(storage.fshelper.getBlobFilename(oid, tid))
            if not path.exists() or sha256_of(path) != sum_:
                raise DatabaseError(f"The backup in {folder} is damaged: {path} is not what was written")


def has_transaction(storage: Any, tid: bytes) -> bool:
    """Is the transaction *tid* in *storage*?"""
    return any(each.tid == tid for each in transactions_of(storage, tid, tid))


def next_moment(copies: list[Copy]) -> str:
    """Return the name of this second, and wait for it where the last backup has that name already."""
    newest = max((copy.moment for copy in copies), default="")
    while (moment := time.strftime(MOMENT, time.gmtime())) <= newest:
        time.sleep(0.05)
    return moment


def remove_part(folder: Path) -> None:
    """Remove what a backup that was stopped left behind, and what a FileStorage keeps beside its file."""
    for path in folder.glob(f"{PART}*"):
        path.unlink(missing_ok=True)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Raise DatabaseError if another process backs up to *folder*."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise DatabaseError(f"Another backup to {folder} is running") from error
    finally:
        os.close(handle)
