"""What keeps the database, by URI: `file:var/site.fs?blobs=var/blobs`, `demo:`, `memory:`."""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from urllib.parse import unquote

from zc.lockfile import LockError
from ZODB.DemoStorage import DemoStorage
from ZODB.FileStorage import FileStorage
from ZODB.FileStorage.FileStorage import FileStorageError

from objpub.errors import DatabaseError
from objpub.errors import DatabaseInUse
from objpub.registry import Registry
from objpub.settings import private_file
from objpub.settings import private_folder

from .database import Database
from .temporary import empty_folder


@dataclass(frozen=True)
class Address:
    """A database URI, taken apart.

    uri: the whole. place: what stands between the colon and the question mark. options: behind that.
    root: the folder that paths are relative to. create: make the database if it is not there.
    """

    uri: str
    place: str
    options: dict[str, str]
    root: Path
    create: bool


@dataclass(frozen=True)
class Opened:
    """What an engine opened. temporary_folder: for the files of requests, already empty, or None."""

    storage: Any
    temporary_folder: Path | None = None


def open_database(
    uri: str,
    *,
    registry: Registry | None = None,
    cache_bytes: int = 64_000_000,
    pool_size: int = 256,
    create: bool = True,
    root: str | Path = ".",
) -> Database:
    """Open the database that *uri* names.

    uri: "file:var/site.fs?blobs=var/blobs", paths relative to *root*; "demo:" or "memory:" is kept in
    memory and gone at the end. registry: see Database. cache_bytes: for the objects of all pairs
    together. pool_size: how many pairs may wait for work. create: make it if it is not there.
    Raises DatabaseInUse when another process holds the file, DatabaseError for what cannot be opened.
    """
    engine, address = engine_of(uri, Path(root), create)
    opened = engine(address)
    try:
        return Database(
            opened.storage,
            registry=registry,
            cache_bytes=cache_bytes,
            pool_size=pool_size,
            temporary_folder=opened.temporary_folder,
        )
    except BaseException:
        opened.storage.close()  # else the file stays locked
        raise


def engine_of(uri: str, root: Path, create: bool) -> tuple[Callable[[Address], Opened], Address]:
    """Return what opens *uri*, and the URI taken apart. Raises DatabaseError where no engine does."""
    scheme, colon, rest = uri.partition(":")
    engine = ENGINES.get(scheme) if colon else None
    if engine is None:
        known = ", ".join(f"{name}:" for name in sorted(ENGINES))
        raise DatabaseError(f"No engine for {uri!r}: a database URI begins with one of {known}")
    place, _, query = rest.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    return engine, Address(uri, unquote(place), options, root, create)


def files_named(uri: str, root: str | Path = ".") -> tuple[Path, Path]:
    """Return the file that *uri* names and the folder of its blobs; neither has to be there.

    Raises DatabaseError for a URI that no engine takes, and for a database that is not kept in a file.
    """
    engine, address = engine_of(uri, Path(root), create=False)
    if engine is not open_file:
        raise DatabaseError(f"The database {uri!r} is not kept in a file")
    return file_places(address)


class SiteFile(FileStorage):  # type: ignore[misc]
    """A FileStorage whose files only their owner reads, and that lets go of them when it cannot be opened.

    ZODB opens them to write, and leaves the rights of what is there already.
    """

    def __init__(self, path: str, **options: Any) -> None:
        for ending in ("", ".lock", ".tmp"):
            private_file(Path(path + ending))
        try:
            super().__init__(path, **options)
        except BaseException:
            for name in ("_file", "_files", "_tfile", "_lock_file"):
                file = getattr(self, name, None)
                if file is not None:
                    file.close()
            raise

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
    if not address.create and not path.exists():
        raise DatabaseError(f"There is no database at {path}")
    try:
        if not path.parent.is_dir() or is_below(path.parent, address.root):
            private_folder(path.parent)
        private_folder(blobs)
        storage = SiteFile(str(path), blob_dir=str(blobs), pack_keep_old=False)
    except LockError as error:
        raise DatabaseInUse(in_use(path)) from error
    except (OSError, FileStorageError) as error:
        raise DatabaseError(f"Cannot open the database at {path}: {error}") from error
    # Only now that the file is locked: the folder could be that of another process.
    folder = path.parent / "tmp" / path.name
    empty_folder(folder)
    return Opened(storage, folder)


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


ENGINES: dict[str, Callable[[Address], Opened]] = {
    "demo": open_demo,
    "file": open_file,
    "memory": open_demo,
}


def refuse_unknown_options(address: Address, known: set[str]) -> None:
    """Raise DatabaseError if *address* has an option that its engine does not know."""
    for name in address.options:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = (
                f"; did you mean {near[0]!r}?" if near else f", known: {', '.join(sorted(known)) or 'none'}"
            )
            raise DatabaseError(f"Unknown option {name!r} in {address.uri!r}{hint}")


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
        f"Stop that process first, `objpub serve` with Ctrl-C{stop}, and try again."
    )
