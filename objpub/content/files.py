"""Files: bytes kept in a blob, with a name, a media type and a size.

A `File` is content of its own in a folder, and also the value of a field: `manual: File | None`. Each upload
makes a new blob, so that the past keeps its bytes.
"""

import dataclasses
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from pathlib import PurePosixPath
from typing import Any
from typing import IO
from typing import Self

from ZODB.blob import Blob
from ZODB.interfaces import BlobError

from objpub.database import blob_in
from objpub.errors import Invalid
from objpub.schema import field
from objpub.schema import Kind
from objpub.schema import Options
from objpub.schema import Surroundings

from .content import Content
from .media_types import HEAD_BYTES
from .media_types import is_inline
from .media_types import media_type_of
from .names import fitting
from .pixels import MAXIMUM_PIXELS

BLOCK_BYTES = 1_000_000


class UploadKind(Kind):
    """The bytes of a file, as a field of it."""

    name = "upload"
    uploads = True
    repeatable = False
    wanted = "an uploaded file"

    def check(self, value: Any) -> Any:
        """Return the upload itself. Raises ValueError for anything else."""
        if not isinstance(value, Upload):
            raise self.refuse(value)
        return value

    def to_text(self, value: Any, surroundings: Surroundings) -> str:
        """Return the name of the file: a form shows it beside the place for another one."""
        return str(value.filename)

    def to_json(self, value: Any, surroundings: Surroundings) -> dict[str, Any]:
        """Return what there is to say of the bytes."""
        return {"filename": value.filename, "media_type": value.media_type, "size": value.size}

    def from_json(self, value: Any, surroundings: Surroundings) -> Any:
        """Raise ValueError: JSON carries no files."""
        raise self.refuse(value)

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of what `to_json` gives."""
        types = {"filename": "string", "media_type": "string", "size": "integer"}
        properties = {name: {"type": kind} for name, kind in types.items()}
        return {"type": "object", "properties": properties, "readOnly": True}

    def canonical(self, value: Any) -> str:
        """Return the digest of the bytes, and the name."""
        return f"{value.sha256 or sha256_of(value.path)} {clean_filename(value.filename)}"


class FileKind(UploadKind):
    """A file as the value of a field."""

    name = "file"

    def __init__(self, annotation: Any, options: Options, nullable: bool = False):
        super().__init__(annotation, options, nullable)
        self.wanted = f"an uploaded {annotation.__name__}"

    def check(self, value: Any) -> Any:
        """Return the file, made here of an upload. Raises ValueError."""
        if isinstance(value, Upload):
            try:
                return self.annotation.of(value)
            except Invalid as error:
                raise ValueError("; ".join(error.errors.values())) from error
        if not isinstance(value, self.annotation):
            raise self.refuse(value)
        return value

    def canonical(self, value: Any) -> str:
        """Return the digest of the bytes, and the name."""
        return f"{value.sha256} {value.filename}"


@dataclass(frozen=True)
class Upload:
    """Bytes that came from outside, spooled to a file.

    filename: as the sender called it. media_type: what the sender calls it, or None. path: the file; it is
    read, never moved or changed. size: in bytes. sha256: the digest of the bytes where it is known, or "".
    scratch: a folder on the disk of the database, such as its `temporary_folder`, where the bytes wait for
    the commit; None: that of the system. is_final: nobody changes the file any more, and it is on that disk,
    so that a blob may be another name of it in place of a copy. pixels: the most that it may have, if it is
    an image. taken: collects the blobs that took the bytes, for whoever removes what was not committed;
    None: nobody does.
    """

    filename: str
    media_type: str | None
    path: Path
    size: int
    sha256: str = ""
    scratch: Path | None = None
    is_final: bool = False
    pixels: int = MAXIMUM_PIXELS
    taken: list[Blob] | None = dataclasses.field(default=None, repr=False, compare=False)

    field_kind = UploadKind

    def real_media_type(self) -> str:
        """Return the media type that the bytes themselves tell."""
        with self.path.open("rb") as source:
            head = source.read(HEAD_BYTES)
        return media_type_of(head, clean_filename(self.filename), self.media_type)

    @classmethod
    def from_path(
        cls, path: str | Path, media_type: str | None = None, scratch: Path | None = None
    ) -> "Upload":
        """Return an upload of the file at *path*, under the name it has there."""
        path = Path(path)
        return cls(path.name, media_type, path, path.stat().st_size, scratch=scratch)


class File(Content, addable="anywhere", icon="file"):
    """A file of any kind, for download."""

    field_kind = FileKind

    upload: Upload = field(title="File")
    title: str = field(default="", index="text")
    filename: str = field(default="", title="File name", max_length=255)

    _media_type = "application/octet-stream"
    _size = 0
    _sha256 = hashlib.sha256().hexdigest()
    _blob: Any = None

    @classmethod
    def of(cls, upload: Upload, **values: Any) -> Self:
        """Return a new file with the bytes of *upload*; *values* are those of its other fields."""
        return cls(upload=upload, **values)

    @classmethod
    def from_bytes(
        cls, data: bytes, filename: str = "", media_type: str | None = None, **values: Any
    ) -> Self:
        """Return a new file with the bytes *data*. media_type: a hint; the bytes themselves decide."""
        with spooled(data) as path:
            return cls.of(Upload(filename, media_type, path, len(data)), **values)

    @classmethod
    def from_path(cls, path: str | Path, media_type: str | None = None, **values: Any) -> Self:
        """Return a new file with the bytes of the file at *path*, which is left as it is."""
        return cls.of(Upload.from_path(path, media_type), **values)

    @property
    def media_type(self) -> str:
        """What the bytes are, such as "application/pdf"; told from themselves, not from the sender's word."""
        return self._media_type

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return self._size

    @property
    def sha256(self) -> str:
        """The SHA-256 digest of the bytes, 64 hex digits."""
        return self._sha256

    @property
    def is_inline(self) -> bool:
        """May a browser show it on a page of its own? All else is sent as an attachment."""
        return is_inline(self._media_type)

    @property
    def is_image(self) -> bool:
        """Is there a picture with scales?"""
        return False

    def open(self) -> IO[bytes]:
        """Return a handle on the bytes, for reading; close it yourself.

        Of a committed file it stays good after the connection is closed.
        """
        try:
            return self._blob.open("c")
        except BlobError:
            return self._blob.open("r")

    def read(self) -> bytes:
        """Return all bytes. Stream large files from `open()` instead."""
        with self.open() as handle:
            return handle.read()

    def __getattr__(self, name: str) -> Any:
        """Return, as `upload`, the bytes there are now."""
        if name != "upload" or self._blob is None:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        with self.open() as handle:
            return Upload(self.filename, self._media_type, Path(str(handle.name)), self._size, self._sha256)

    def _store(self, declared: Any, name: str, value: Any) -> None:
        if name == "upload":
            self._take_bytes(value)
        elif name != "filename" or value or not self.filename:  # an empty name keeps that of the upload
            super()._store(declared, name, value)

    def _take_bytes(self, upload: Upload) -> None:
        """Make a new blob of *upload*, and remember what it is."""
        for name, value in self._measure(upload, upload.real_media_type()).items():
            setattr(self, name, value)
        self._blob, self._size, self._sha256 = stored(upload)
        filename = clean_filename(upload.filename)
        if filename:
            self.filename = filename

    def _measure(self, upload: Any, media_type: str) -> dict[str, Any]:
        """Return the private attributes that describe the bytes of *upload*."""
        return {"_media_type": media_type}


def stored(upload: Upload) -> tuple[Blob, int, str]:
    """Return a new blob with the bytes of *upload*, their number, and their SHA-256 digest."""
    found = _stored(upload)
    if upload.taken is not None:
        upload.taken.append(found[0])
    return found


def _stored(upload: Upload) -> tuple[Blob, int, str]:
    if upload.is_final and upload.scratch is not None and upload.sha256:
        with suppress(OSError):  # not every disk gives a file two names
            return blob_in(upload.scratch, upload.path), upload.size, upload.sha256
    blob = Blob() if upload.scratch is None else blob_in(upload.scratch)
    digest, size = hashlib.sha256(), 0
    with upload.path.open("rb") as source, blob.open("w") as target:
        while block := source.read(BLOCK_BYTES):
            target.write(block)
            digest.update(block)
            size += len(block)
    return blob, size, digest.hexdigest()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 digest of the file at *path*, 64 hex digits."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def clean_filename(filename: str) -> str:
    """Return the last part of a sender's path, without what no file name should have; "" if nothing stays."""
    last = PurePosixPath(filename.replace("\\", "/")).name
    plain = "".join(character for character in last if character.isprintable()).strip(" .")
    return fitting(plain, 255)


@contextmanager
def spooled(data: bytes) -> Iterator[Path]:
    """Keep *data* in a temporary file as long as the block runs."""
    with tempfile.NamedTemporaryFile(prefix="objpub-") as file:
        file.write(data)
        file.flush()
        yield Path(file.name)
