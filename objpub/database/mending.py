"""Repair of a database file whose end, or middle, is damaged. What is cut off is kept beside it."""

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from typing import BinaryIO

from zc.lockfile import LockError
from zc.lockfile import LockFile
from ZODB.FileStorage import FileStorage
from ZODB.FileStorage.FileStorage import FileIterator
from ZODB.FileStorage.FileStorage import FileStorageError
from ZODB.POSException import POSKeyError

from objpub.errors import DatabaseError
from objpub.errors import DatabaseInUse
from objpub.settings import private_file

from .embedded import file_places
from .embedded import in_use
from .embedded import open_file
from .engines import engine_of
from .networked import served_file
from .tails import begins_as_one
from .tails import START
from .tails import Tail
from .tails import tail_of


@dataclass(frozen=True)
class Mended:
    """What a repair did. tail: what was found. kept: the copy of it, or of the whole file; None for none."""

    tail: Tail
    kept: Path | None


def mend_file(uri: str, root: str | Path = ".") -> Mended:
    """Cut off what stands behind the last whole transaction of the file that *uri* names, and keep a copy.

    Where whole transactions come again behind the damage, nothing is cut off: the file is written anew from
    all of them, and the old one is kept. Raises DatabaseError for other engines, DatabaseInUse while it is
    open.
    """
    engine, address = engine_of(uri, Path(root), create=False)
    if address.scheme == "zeo" and not address.place.startswith("//"):
        address = served_file(address)
    elif engine is not open_file:
        raise DatabaseError(f"The database {address.uri!r} is no file: its engine looks after its end itself")
    path, _ = file_places(address)
    if not path.exists():
        raise DatabaseError(f"There is no database at {path}")
    try:
        lock = LockFile(f"{path}.lock")
    except LockError as error:
        raise DatabaseInUse(in_use(path)) from error
    try:
        with path.open("r+b") as file:
            if not begins_as_one(file):
                raise DatabaseError(f"{path} is no database file: it does not begin as one")
            tail = tail_of(file, closely=True)
            if not tail.size:
                return Mended(tail, None)
            kept = cut_off(path, file, tail) if tail.behind is None else write_anew(path, file)
        Path(f"{path}.index").unlink(missing_ok=True)
        return Mended(tail, kept)
    finally:
        lock.close()


def cut_off(path: Path, file: BinaryIO, tail: Tail) -> Path:
    """Cut *tail* off, after a copy of it is on the disk; return the copy."""
    copy = beside(path, "cut")
    with private_file(copy).open("r+b") as kept:
        file.seek(tail.position)
        shutil.copyfileobj(file, kept)
        kept.flush()
        os.fsync(kept.fileno())
    file.truncate(tail.position)
    os.fsync(file.fileno())
    return copy


def write_anew(path: Path, file: BinaryIO) -> Path:
    """Put a file of all whole transactions in the place of *path*; return where the old one is."""
    made = private_file(path.with_name(path.name + ".mended"))
    made.write_bytes(b"")
    target = FileStorage(str(made), pack_keep_old=False)
    try:
        for transaction in whole_transactions(path, file):
            target.tpc_begin(transaction, transaction.tid, transaction.status)
            for record in whole_records(transaction):
                # The files of blobs stay where they are: nothing but the records was in the damaged file.
                target.restore(record.oid, record.tid, record.data, "", record.data_txn, transaction)
            target.tpc_vote(transaction)
            target.tpc_finish(transaction)
    finally:
        target.close()
    for ending in (".index", ".lock", ".tmp"):
        made.with_name(made.name + ending).unlink(missing_ok=True)
    kept = beside(path, "damaged")
    path.replace(kept)
    made.replace(path)
    return kept


def whole_transactions(path: Path, file: BinaryIO) -> Iterator[Any]:
    """Yield every whole transaction in *file*, before, between and behind what is damaged."""
    position: int | None = START
    last = b"\0" * 8
    while position is not None:
        tail = tail_of(file, position, last, closely=True)
        found = FileIterator(str(path), pos=position)
        try:
            while found._pos < tail.position:
                yield next(found)
        finally:
            found.close()
        last = tail.last
        position = tail.behind


def whole_records(transaction: Any) -> Iterator[Any]:
    """Yield the records of *transaction*, but for those whose data was where the damage is."""
    records = iter(transaction)
    while True:
        try:
            yield next(records)
        except StopIteration:
            return
        except (POSKeyError, FileStorageError):
            continue


def beside(path: Path, word: str) -> Path:
    """Return a new name beside *path* that says what it is and when it was made, UTC."""
    moment = time.strftime("%Y-%m-%d-%H-%M-%S", time.gmtime())
    wanted = path.with_name(f"{path.name}.{word}-{moment}")
    number = 1
    while wanted.exists():
        number += 1
        wanted = path.with_name(f"{path.name}.{word}-{moment}-{number}")
    return wanted
