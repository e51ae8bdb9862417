"""Files that bytes from outside are written to as they come, with their digest."""

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from ZODB.blob import Blob

from objpub.content import Upload
from objpub.database import forget_blob


class Spool:
    """A new file in *folder*, on the disk of the database. path: where. size: in bytes so far."""

    __slots__ = ("_digest", "_file", "_taken", "folder", "path", "size")

    def __init__(self, folder: Path):
        # Closed and removed by name: what takes it over may do so after the request has broken off.
        self._file = tempfile.NamedTemporaryFile(dir=folder, prefix="body-", delete=False)
        self._digest = hashlib.sha256()
        self._taken: list[Blob] = []
        self.folder = folder
        self.path = Path(self._file.name)
        self.size = 0

    def write(self, block: Any) -> None:
        """Add *block*. Raises OSError where the disk is full."""
        self._file.write(block)
        self._digest.update(block)
        self.size += len(block)

    def close(self) -> None:
        """Write what is left; nothing is added any more."""
        self._file.close()

    def upload(self, filename: str, media_type: str | None) -> Upload:
        """Return what came, as an upload that a blob may take without a copy."""
        return Upload(
            filename,
            media_type,
            self.path,
            self.size,
            sha256=self._digest.hexdigest(),
            scratch=self.folder,
            is_final=True,
            taken=self._taken,
        )

    def remove(self) -> None:
        """Close the file and remove it. A blob that took it keeps the bytes, if it was committed."""
        self._file.close()
        while self._taken:
            forget_blob(self._taken.pop())
        self.path.unlink(missing_ok=True)
