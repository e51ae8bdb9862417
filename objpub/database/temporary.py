"""The temporary folder of a database, on the same disk as its blobs, and empty at each start."""

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
