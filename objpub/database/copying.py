"""Transactions copied from one storage to another of any engine: objects, blobs, and who did what."""

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ZODB.blob import is_blob_record
from ZODB.POSException import POSKeyError
from ZODB.utils import p64
from ZODB.utils import u64
from ZODB.utils import z64

from objpub.errors import DatabaseError

from .iterating import transactions_of

#: How the names of blobs begin that are on their way.
PREFIX = "copy-"


def last_of(storage: Any) -> bytes:
    """Return the id of the last transaction in *storage*, looked up now; zeros for an empty one."""
    poll = getattr(storage, "poll_invalidations", None)
    if poll is not None:
        poll()
    last: bytes = storage.lastTransaction() or z64
    return last


def copy_transactions(
    source: Any,
    target: Any,
    *,
    after: bytes = z64,
    until: bytes,
    progress: Callable[[int, bytes], None] | None = None,
) -> int:
    """Copy the transactions of *source* behind *after*, up to *until*, to *target*; return how many.

    Each is committed by itself, so whoever stops in between goes on where *target* ends. progress: called
    after each with the number of those copied and the id of the last.
    """
    count = 0
    if until <= after:
        return count
    for left in Path(target.temporaryDirectory()).glob(f"{PREFIX}*"):
        left.unlink(missing_ok=True)  # by a copy that was killed
    for transaction in transactions_of(source, p64(u64(after) + 1), until):
        copy_transaction(source, target, transaction)
        count += 1
        if progress is not None:
            progress(count, transaction.tid)
    return count


def copy_transaction(source: Any, target: Any, transaction: Any) -> None:
    """Store *transaction*, with its id, in *target*, or nothing of it."""
    files: list[Path] = []
    try:
        target.tpc_begin(transaction, transaction.tid, transaction.status)
        for record in transaction:
            if record.data is not None and is_blob_record(record.data) and not has_blob(target, record):
                files.append(copied_blob(source, target, record))
                target.restoreBlob(
                    record.oid, record.tid, record.data, str(files[-1]), record.data_txn, transaction
                )
            else:
                target.restore(record.oid, record.tid, record.data, "", record.data_txn, transaction)
        target.tpc_vote(transaction)
        target.tpc_finish(transaction)
    except BaseException:
        with suppress(Exception):  # what stopped the copy is what counts
            target.tpc_abort(transaction)
        raise
    finally:
        for file in files:
            file.unlink(missing_ok=True)


def has_blob(target: Any, record: Any) -> bool:
    """Does *target* say that it has the bytes of this revision of a blob already?"""
    known = getattr(target, "has_blob", None)
    return known is not None and bool(known(record.oid, record.tid))


def copied_blob(source: Any, target: Any, record: Any) -> Path:
    """Return a copy of the file of a blob, on the disk of *target*."""
    try:
        path = source.loadBlob(record.oid, record.tid)
    except POSKeyError as error:
        raise DatabaseError(
            f"The file of the blob 0x{u64(record.oid):x}, revision {record.tid.hex()}, is gone: `objpub check"
            " --repair` makes it an empty one"
        ) from error
    handle, name = tempfile.mkstemp(prefix=PREFIX, dir=target.temporaryDirectory())
    os.close(handle)
    shutil.copyfile(path, name)
    return Path(name)
