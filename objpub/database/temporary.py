"""The temporary folder of a database, on the same disk as its blobs, and empty at each start."""

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


def own_folder() -> Path:
    """Return a new folder of the system for temporary files, for a database without one."""
    return Path(tempfile.mkdtemp(prefix="objpub-"))


def remove_folder(folder: Path) -> None:
    """Remove *folder* and all in it."""
    shutil.rmtree(folder, ignore_errors=True)


def blob_in(folder: Path) -> Blob:
    """Return a new, empty blob whose bytes lie in *folder* until the commit.

    A blob that is not yet in a database otherwise writes to the system's folder for temporary files: it would
    be copied to the disk of the database while the commit lock is held, and stay behind when the process is
    killed.
    """
    blob = Blob()
    private: Any = blob
    with tempfile.NamedTemporaryFile(dir=folder, prefix="blob-", delete=False) as file:
        path = Path(file.name)

    def forget(reference: Any) -> None:
        path.unlink(missing_ok=True)
        with suppress(ValueError):
            _blob_close_refs.remove(reference)

    # ZODB's own way for such a file: at the commit it drops the reference, and leaves the file alone.
    private._p_blob_uncommitted = str(path)
    private._p_blob_ref = weakref.ref(blob, forget)
    _blob_close_refs.append(private._p_blob_ref)
    return blob
