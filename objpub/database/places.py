"""Where a database lies on the disk: its file, and the folder of its blobs."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from typing import NamedTuple

from ZODB.blob import FilesystemHelper


class BlobFile(NamedTuple):
    """The bytes of one revision of a blob. oid, tid: 8 bytes each."""

    path: Path
    oid: bytes
    tid: bytes


def files_of(storage: Any) -> tuple[Path | None, Path | None]:
    """Return the file of *storage* and the folder of its blobs; None for what it does not have.

    A folder with copies of blobs that a server keeps is none of them.
    """
    file = getattr(storage, "_file_name", None)
    keeper = getattr(storage, "blobhelper", storage)  # RelStorage has an object of its own for blobs
    if getattr(getattr(keeper, "options", storage), "shared_blob_dir", True):
        blobs = getattr(getattr(keeper, "fshelper", None), "base_dir", None)
    else:
        blobs = None
    return (Path(file) if file else None), (Path(blobs) if blobs else None)


def blob_files(folder: Path) -> Iterator[BlobFile]:
    """Yield every committed blob file in *folder*, and nothing else that lies there."""
    if not folder.is_dir():
        return
    helper = FilesystemHelper(str(folder))
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                oid, tid = helper.splitBlobFilename(os.path.join(os.path.abspath(place), name))
            except ValueError:
                continue
            if oid is not None:
                yield BlobFile(Path(place, name), oid, tid)
