"""The engines of one process: a file with a folder for blobs, and memory."""

import logging
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from zc.lockfile import LockError
from ZODB.DemoStorage import DemoStorage
from ZODB.FileStorage import FileStorage
from ZODB.FileStorage.FileStorage import FileStorageError
from ZODB.FileStorage.FileStorage import FileStorageFormatError
from ZODB.utils import z64

from objpub.errors import DatabaseDamaged
from objpub.errors import DatabaseError
from objpub.errors import DatabaseInUse
from objpub.settings import private_file
from objpub.settings import private_folder

from .addresses import Address
from .addresses import Opened
from .addresses import refuse_unknown_options
from .synced import finish_pack
from .synced import pack_synced
from .synced import sync_file
from .synced import sync_folder
from .tails import begins_as_one
from .tails import START
from .tails import Tail
from .tails import tail_of
from .temporary import empty_folder

#: How often a file that is written to is looked at before it is called damaged.
LOOKS = 3
NO_DATABASE = "it is the file of something else, a database begins with FS21 or FS30"

LOG = logging.getLogger("objpub.database")


class SiteFile(FileStorage):  # type: ignore[misc]
    """A FileStorage whose files only their owner reads, and that lets go of them when it cannot be opened.

    ZODB opens them to write, and leaves the rights of what is there already.
    """

    def __init__(self, path: str, **options: Any) -> None:
        for ending in ("", ".lock", ".tmp"):
            private_file(Path(path + ending))
        try:
            super().__init__(path, packer=pack_synced, **options)
        except BaseException:
            for name in ("_file", "_files", "_tfile", "_lock_file"):
                file = getattr(self, name, None)
                if file is not None:
                    file.close()
            raise

    def _blob_storeblob(self, oid: bytes, serial: bytes, file: str) -> None:
        """Keep *file*, once it is on the disk, with its name."""
        sync_file(file)
        super()._blob_storeblob(oid, serial, file)
        sync_folder(Path(self.fshelper.getBlobFilename(oid, serial)).parent)

    def _abort(self) -> None:
        """Give up a commit. ZODB forgets its files when it was given up before the vote, as by a conflict."""
        super()._abort()
        self._blob_tpc_abort()

    def _restore_index(self) -> Any:
        """Look at the end of the file, now that it is locked, before ZODB does: that one cuts off what it
        does not understand.
        """
        found = super()._restore_index()
        _, start, last = found or (None, START, z64)
        if not begins_as_one(self._file):
            return found  # ZODB says what it is not
        tail = tail_of(self._file, start, last)
        if tail.kind == "unfinished" and tail.behind is None:
            LOG.warning(
                "%s: the last transaction was not finished when its process ended; nobody was told that it is"
                " stored, and it is left out (%s bytes)",
                self._file_name,
                tail.size,
            )
            self._keep_unfinished(tail.position)
            self._file.truncate(tail.position)
        elif tail.kind:
            raise damaged(self._file_name, tail)
        return found

    def _keep_unfinished(self, position: int) -> None:
        """Copy what stands from *position* on to a file beside; where there is no room for it, go on."""
        with suppress(OSError):
            self._file.seek(position)
            private_file(Path(f"{self._file_name}.unfinished")).write_bytes(self._file.read())

    def pack(self, *args: Any, **options: Any) -> None:
        """Pack, as in ZODB: into a new file, which takes the place of the old one."""
        private_file(Path(self._file_name + ".pack"))
        super().pack(*args, **options)

    def _save_index(self) -> None:
        private_file(Path(self._file_name + ".index.index_tmp"))
        super()._save_index()


def open_file(address: Address) -> Opened:
    """Open a FileStorage with blobs: one process, any number of threads."""
    path, blobs = file_places(address)
    try:
        finish_pack(path)
        if not address.create and not path.exists():
            raise DatabaseError(f"There is no database at {path}")
        if not path.parent.is_dir() or is_below(path.parent, address.root):
            private_folder(path.parent)
        private_folder(blobs)
        storage = SiteFile(str(path), blob_dir=str(blobs), pack_keep_old=False)
    except LockError as error:
        raise DatabaseInUse(in_use(path)) from error
    except (OSError, FileStorageError) as error:
        raise DatabaseError(f"Cannot open the database at {path}: {reason_of(error)}") from error
    # Only now that the file is locked: the folder could be that of another process.
    folder = path.parent / "tmp" / path.name
    empty_folder(folder)
    return Opened(storage, folder)


def open_file_to_read(address: Address) -> Opened:
    """Open a FileStorage as of now, also beside the process that has its lock. Nothing is changed."""
    path, blobs = file_places(address)
    if not path.exists():
        raise DatabaseError(f"There is no database at {path}")
    try:
        refuse_damaged(path)
        return Opened(FileStorage(str(path), blob_dir=str(blobs), read_only=True))
    except (OSError, FileStorageError) as error:
        raise DatabaseError(f"Cannot read the database at {path}: {reason_of(error)}") from error


def reason_of(error: Exception) -> str:
    """Return why a file cannot be opened, without its name: ZODB says nothing else of what is no database."""
    if isinstance(error, FileStorageFormatError):
        return NO_DATABASE
    return str(getattr(error, "strerror", None) or error)


def refuse_damaged(path: Path) -> None:
    """Raise DatabaseDamaged for a file with more at its end than a transaction that is being written."""
    for _ in range(LOOKS):  # a transaction may have been finished while it was looked at
        with path.open("rb") as file:
            if not begins_as_one(file):
                raise DatabaseError(f"Cannot read the database at {path}: {NO_DATABASE}")
            tail = tail_of(file)
        if tail.kind in {"", "unfinished"} and tail.behind is None:
            return
    raise damaged(path, tail)


def damaged(path: Path | str, tail: Tail) -> DatabaseDamaged:
    """Return the error for a file with the damage *tail*."""
    return DatabaseDamaged(
        f"The database {path} is damaged: {tail.sentence}.\nNothing was changed. `objpub repair` makes it"
        " whole, and keeps a copy of what it takes away."
    )


def is_below(folder: Path, root: Path) -> bool:
    """Is *folder* one inside *root*, and so the site's alone?"""
    return root.resolve() in folder.resolve().parents


def file_places(address: Address) -> tuple[Path, Path]:
    """Return the file and the folder of blobs that a `file:` URI names. Raises DatabaseError."""
    refuse_unknown_options(address, {"blobs"})
    if not address.place:
        raise DatabaseError(f"{address.uri!r} names no file, wanted such as file:var/site.fs?blobs=var/blobs")
    path = address.root / address.place
    return path, address.root / (address.options.get("blobs") or path.parent / "blobs")


def open_demo(address: Address) -> Opened:
    """Open a database in memory, with blobs, for tests and trials; there is no undo."""
    refuse_unknown_options(address, set())
    if address.place:
        raise DatabaseError(f"{address.uri!r} names {address.place!r}, but a database in memory has no place")
    return Opened(DemoStorage())


def in_use(path: Path) -> str:
    """Return the sentence for a file that another process holds."""
    try:
        found = re.search(rb"\d+", Path(f"{path}.lock").read_bytes())
    except OSError:
        found = None
    number = int(found[0]) if found else None
    holder, stop = (f"process {number}", f" or `kill {number}`") if number else ("another process", "")
    return (
        f"The database {path} is in use by {holder}, and a file serves one process at a time.\n"
        f"Stop that process first, `objpub serve` or `objpub zeo` with Ctrl-C{stop}, and try again."
    )
