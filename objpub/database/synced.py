"""What reaches the disk before a commit is acknowledged, besides the file that ZODB syncs itself.

ZODB syncs its file at each commit, but neither the files of blobs nor the new file that a pack writes: after
a loss of power an upload that was acknowledged could be empty, and a packed database gone.
"""

import logging
import os
from contextlib import closing
from pathlib import Path
from typing import Any

from zc.lockfile import LockFile
from ZODB.FileStorage.fspack import FileStoragePacker

LOG = logging.getLogger("objpub.database")


def sync_file(path: str | Path) -> None:
    """Return when the bytes of the file at *path* are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


#: The names in a folder are synced like the bytes of a file.
sync_folder = sync_file


class SitePacker(FileStoragePacker):  # type: ignore[misc]
    """Packs as ZODB does, and says how much of the file it has copied, where somebody wants to know."""

    def __init__(self, storage: Any, references: Any, stop: bytes, gc: bool):
        super().__init__(storage, references, stop, gc)
        self._references = references

    def copyDataRecords(self, position: int, header: Any) -> Any:  # noqa: N802
        """Copy the records of one transaction."""
        copied = getattr(self._references, "copied", None)
        if copied is not None:
            copied(position / self.gc.packpos)
        return super().copyDataRecords(position, header)


def pack_synced(storage: Any, references: Any, stop: bytes, gc: bool) -> Any:
    """Pack as ZODB does, and return when the new file, which then takes the old one's place, is on the disk.

    The index goes first: a process that is killed before it has written a new one would leave the old one
    beside the new file.
    """
    packer = SitePacker(storage, references, stop, gc)
    path = Path(f"{storage._file_name}.pack")
    try:
        end = packer.pack()
    except BaseException:
        path.unlink(missing_ok=True)  # somebody stopped it
        raise
    finally:
        packer.close()
    if end is None:
        return None
    sync_file(path)
    Path(f"{storage._file_name}.index").unlink(missing_ok=True)
    return end, packer.index


def finish_pack(path: Path) -> None:
    """Put the database at *path* back when a pack was killed between its two renamings, or do nothing.

    Else the next start would make a new, empty one. Raises LockError while another process packs.
    """
    old = path.with_name(f"{path.name}.old")
    if has_bytes(path) or not has_bytes(old):
        return
    with closing(LockFile(f"{path}.lock")):
        if not has_bytes(path) and has_bytes(old):
            old.replace(path)
            sync_folder(path.parent)
            LOG.warning("%s: put back what a pack had moved away when its process was killed", path)


def has_bytes(path: Path) -> bool:
    """Is there a file at *path*, and anything in it?"""
    return path.is_file() and path.stat().st_size > 0


def synced_blobs(kind: Any) -> Any:
    """Return the class *kind*, a keeper of shared blobs of RelStorage, which syncs what it is given."""

    class SyncedBlobs(kind):  # type: ignore[misc]
        """Keeps the files of blobs in a folder."""

        def storeBlob(  # noqa: N802
            self, cursor: Any, store: Any, oid: bytes, serial: bytes, data: bytes, file: str, *rest: Any
        ) -> None:
            """Keep *file*, once it is on the disk."""
            sync_file(file)
            super().storeBlob(cursor, store, oid, serial, data, file, *rest)

        def vote(self, tid: Any = None) -> None:
            """Give the files their names, and see to it that these are on the disk too."""
            super().vote(tid)
            for file in (self._txn_blobs or {}).values():
                sync_folder(Path(file).parent)

    return SyncedBlobs
