"""The temporary folder of a database, on the same disk as its blobs, and empty at each start."""

import fcntl
import os
import secrets
import shutil
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Any

from ZODB.blob import _blob_close_refs
from ZODB.blob import Blob

from objpub.settings import private_folder


def empty_folder(folder: Path) -> None:
    """Make *folder* exist and be empty; what a killed process left behind there goes."""
    shutil.rmtree(folder, ignore_errors=True)
    private_folder(folder)


class ProcessFolder:
    """A folder of this process alone, beside those of the others that use the same database.

    path: where it is, empty. While it is open it is locked, and the lock ends with the process: the first
    that comes afterwards removes what a killed one left behind.
    """

    def __init__(self, above: Path):
        """above: the folder that those of all processes lie in; it is made if it is not there."""
        private_folder(above)
        gate = os.open(above, os.O_RDONLY)
        try:
            fcntl.flock(gate, fcntl.LOCK_EX)  # nobody takes a folder that is not locked yet for a left one
            for other in above.iterdir():
                if other.is_dir() and is_unlocked(other):
                    remove_folder(other)
            self.path = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=above))
            self._handle: int | None = os.open(self.path, os.O_RDONLY)
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        finally:
            os.close(gate)

    def close(self) -> None:
        """Remove the folder. Closing again does nothing."""
        if self._handle is not None:
            remove_folder(self.path)
            os.close(self._handle)
            self._handle = None

    def detach(self) -> None:
        """Leave the folder to the process that this one was forked from."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def is_unlocked(folder: Path) -> bool:
    """Is there no process any more that *folder* belongs to?"""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True


def own_folder() -> Path:
    """Return a new folder of the system for temporary files, for a database without one."""
    return Path(tempfile.mkdtemp(prefix="objpub-"))


def remove_folder(folder: Path) -> None:
    """Remove *folder* and all in it."""
    shutil.rmtree(folder, ignore_errors=True)


def blob_in(folder: Path, source: Path | None = None) -> Blob:
    """Return a new blob whose bytes lie in *folder* until the commit.

    source: a file on the same disk whose bytes it has, and which nobody changes any more: the blob is another
    name of that file, not a copy, so that the next attempt at the transaction finds the file too. None: the
    blob is empty. Raises OSError where the disk gives a file one name only.

    A blob that is not yet in a database otherwise writes to the system's folder for temporary files: it would
    be copied to the disk of the database while the commit lock is held, and stay behind when the process is
    killed.
    """
    blob = Blob()
    private: Any = blob
    path = folder / f"blob-{secrets.token_hex(8)}"
    if source is None:
        path.touch(0o600, exist_ok=False)
    else:
        path.hardlink_to(source)

    def forget(reference: Any) -> None:
        path.unlink(missing_ok=True)
        with suppress(ValueError):
            _blob_close_refs.remove(reference)

    # ZODB's own way for such a file: at the commit it drops the reference, and leaves the file alone.
    private._p_blob_uncommitted = str(path)
    private._p_blob_ref = weakref.ref(blob, forget)
    _blob_close_refs.append(private._p_blob_ref)
    return blob


def forget_blob(blob: Blob) -> None:
    """Remove the file of *blob* if it was not committed: its transaction is over, and took nothing of it.

    Otherwise that happens when Python finds that nobody has the blob any more, on an idle server much later.
    """
    private: Any = blob
    path = private._p_blob_uncommitted
    if path is not None:
        private._p_blob_uncommitted = None
        Path(path).unlink(missing_ok=True)
