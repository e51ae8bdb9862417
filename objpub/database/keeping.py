"""Backup and restore of a database by its URI, whatever its engine."""

import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ZODB.utils import z64

from objpub.errors import DatabaseError

from .backup import back_up
from .backup import BackedUp
from .backup import moments_in
from .backup import records_in
from .backup import restore
from .converting import source_at
from .converting import target_at
from .copies import copies_in
from .copies import copy_storage
from .copies import restore_copies
from .copying import copy_transactions
from .copying import last_of
from .digests import Digest
from .digests import digest_of
from .embedded import file_places
from .embedded import open_file
from .engines import engine_of
from .moments import second_of

Progress = Callable[[int, bytes], None]


@dataclass(frozen=True)
class Restored:
    """What a restore did.

    until: id of the last transaction, 16 hex digits. moment: when that was, UTC, "2026-11-21-12-00-00".
    digest: of the database then.
    """

    until: str
    moment: str
    digest: Digest


def back_up_database(
    uri: str,
    folder: Path,
    *,
    root: str | Path = ".",
    full: bool = False,
    progress: Progress | None = None,
) -> BackedUp:
    """Add a backup of the database *uri*, as of now, to *folder*; it may be served meanwhile.

    full: copy everything, not only what is new since the last one there. root: what paths are relative to.
    progress: called with the number of transactions and the id of the last; not for a file, whose end is
    copied. Raises DatabaseError.
    """
    engine, address = engine_of(uri, Path(root), create=False)
    if engine is open_file:
        file, blobs = file_places(address)
        if folder.is_dir() and copies_in(folder):
            raise DatabaseError(f"{folder} has backups of another engine: name another folder")
        return back_up(file, blobs, folder, full=full)
    with source_at(uri, Path(root)) as storage:
        return copy_storage(storage, folder, full=full, progress=progress)


def backups_in(folder: Path) -> list[str]:
    """Return the moments of the backups in *folder*, the oldest first: UTC, "2026-11-21-12-00-00".

    Those whose list of checksums is gone are none. Raises DatabaseError where there is none.
    """
    if not folder.is_dir():
        raise DatabaseError(f"There is no folder {folder}")
    found = sorted({*moments_in(folder), *(copy.moment for copy in copies_in(folder))})
    if not found:
        gone = " with its list of checksums, a .dat file," if records_in(folder) else ""
        raise DatabaseError(f"There is no backup{gone} in {folder}")
    return found


def restore_database(
    folder: Path,
    uri: str,
    *,
    root: str | Path = ".",
    moment: str | None = None,
    progress: Progress | None = None,
) -> Restored:
    """Write the last backup in *folder* to the empty database *uri*, of any engine, and look at all of it.

    moment: the state of that second, UTC, "2026-11-21-12-00-00", where a backup that is not older holds it:
    an engine that keeps the past was backed up, and what was needed then was not packed away meanwhile. Else
    the last backup not after it. Of a beginning, "2026-11-21", only backups are looked for. Checksums are
    compared first. Raises DatabaseError for a target that is not empty, a backup that is damaged or gone.
    """
    backups_in(folder)
    engine, address = engine_of(uri, Path(root), create=True)
    with ExitStack() as stack:
        if not copies_in(folder):
            if engine is open_file:
                file, blobs = file_places(address)
                restore(folder, file, blobs, moment=moment)
            else:
                beside = (
                    folder if os.access(folder, os.W_OK) else None
                )  # a backup may lie on a disk for reading
                place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="restore-", dir=beside)))
                restore(folder, place / "site.fs", place / "blobs", moment=moment)
                source = stack.enter_context(source_at("file:site.fs", place))
        target = stack.enter_context(target_at(uri, Path(root)))
        if copies_in(folder):
            until = restore_copies(folder, target, moment=moment, progress=progress)
        elif engine is open_file:
            until = last_of(target)
        else:
            refuse_filled(target)
            until = last_of(source)
            copy_transactions(source, target, until=until, progress=progress)
        last_of(target)
        return Restored(until.hex(), second_of(until), digest_of(target, until))


def refuse_filled(target: Any) -> None:
    """Raise DatabaseError if there is anything in *target*."""
    if last_of(target) != z64:
        raise DatabaseError(
            f"There is something in {target.getName()} already: a restore does not overwrite, name a database"
            " that is empty"
        )
