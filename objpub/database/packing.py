"""Packing: what was replaced or deleted long ago leaves the file."""

import shutil
from typing import Any
from typing import NamedTuple

from ZODB.FileStorage.FileStorage import FileStorageError

from objpub.errors import DatabaseError

from .places import files_of
from .watching import NOBODY
from .watching import Watch
from .watching import WatchedReferences

DAY_SECONDS = 86_400
#: What a ZEO server says, in an error of its own, while another of its clients packs.
PACKING = "Already packing"


class Packed(NamedTuple):
    """What a pack did. Sizes of the file in bytes, without blobs."""

    bytes_before: int
    bytes_after: int


def pack(database: Any, moment: float, days: float, watch: Watch = NOBODY) -> Packed:
    """Pack *database* up to *days* before *moment*, seconds since the epoch. Raises DatabaseError.

    watch: hears how far it is, and may stop it until the new file takes the place of the old one.
    """
    if not days >= 0:
        raise DatabaseError(f"days is {days!r}, wanted 0 or more")
    before = database.getSize()
    refuse_without_room(database, before)
    file, _ = files_of(database.storage)
    references: Any = database.references
    if watch is not NOBODY:
        references = WatchedReferences(references, watch, database.objectCount() if file else 0)
    try:
        database.storage.pack(max(moment - days * DAY_SECONDS, 0.0), references)
    except FileStorageError as error:
        raise DatabaseError(f"Cannot pack: {error}") from error
    except Exception as error:
        if PACKING not in str(error):
            raise
        raise DatabaseError("Cannot pack: another process packs this database") from error
    return Packed(before, database.getSize())


def refuse_without_room(database: Any, wanted: int) -> None:
    """Raise DatabaseError if the disk of a file has not *wanted* bytes for the copy that a pack writes."""
    file, _ = files_of(database.storage)
    if file is not None:
        free = shutil.disk_usage(file.parent).free
        if free < wanted:
            raise DatabaseError(
                f"Cannot pack: a copy of up to {wanted} bytes is written beside {file}, and the disk has"
                f" {free} left"
            )
