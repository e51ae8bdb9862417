"""What keeps the database, by URI: `file:var/site.fs?blobs=var/blobs`, `demo:`, `memory:`."""

import difflib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from urllib.parse import unquote

from zc.lockfile import LockError
from ZODB.DemoStorage import DemoStorage
from ZODB.FileStorage import FileStorage

from objpub.errors import DatabaseError
from objpub.errors import DatabaseInUse
from objpub.registry import Registry

from .database import Database


def open_database(
    uri: str,
    *,
    registry: Registry | None = None,
    cache_bytes: int = 64_000_000,
    pool_size: int = 8,
    create: bool = True,
    root: str | Path = ".",
) -> Database:
    """Open the database that *uri* names.

    uri: "file:var/site.fs?blobs=var/blobs", paths relative to *root*; "demo:" or "memory:" is kept in
    memory and gone at the end. registry: see Database. cache_bytes: for the objects of all pairs
    together. pool_size: how many pairs may wait for work. create: make it if it is not there.
    Raises DatabaseInUse when another process holds the file, DatabaseError for a URI that no engine takes.
    """
    scheme, colon, rest = uri.partition(":")
    opener = ENGINES.get(scheme) if colon else None
    if opener is None:
        known = ", ".join(f"{name}:" for name in sorted(ENGINES))
        raise DatabaseError(f"No engine for {uri!r}: a database URI starts with one of {known}")
    place, _, query = rest.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
    storage, temporary_folder = opener(uri, unquote(place), options, Path(root), create)
    return Database(
        storage,
        registry=registry,
        cache_bytes=cache_bytes,
        pool_size=pool_size,
        temporary_folder=temporary_folder,
    )


def open_file(uri: str, place: str, options: dict[str, str], root: Path, create: bool) -> Any:
    """Open a FileStorage with blobs: one process, any number of threads."""
    known_options(uri, options, {"blobs"})
    if not place:
        raise DatabaseError(f"{uri!r} names no file: say file:var/site.fs?blobs=var/blobs")
    path = root / place
    blobs = root / options["blobs"] if options.get("blobs") else path.parent / "blobs"
    if not create and not path.exists():
        raise DatabaseError(f"There is no database at {path}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        storage = FileStorage(str(path), blob_dir=str(blobs))
    except LockError as error:
        raise DatabaseInUse(in_use(path)) from error
    return storage, path.parent / "tmp"


def open_demo(uri: str, place: str, options: dict[str, str], root: Path, create: bool) -> Any:
    """Open a database in memory, with blobs, for tests and trials."""
    known_options(uri, options, set())
    return DemoStorage(), None


ENGINES: dict[str, Callable[[str, str, dict[str, str], Path, bool], Any]] = {
    "demo": open_demo,
    "file": open_file,
    "memory": open_demo,
}


def known_options(uri: str, options: dict[str, str], known: set[str]) -> None:
    """Raise DatabaseError if *uri* has an option that its engine does not know."""
    for name in options:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise DatabaseError(f"Unknown option {name!r} in {uri!r}{hint}")


def in_use(path: Path) -> str:
    """Return the sentence for a file that another process holds."""
    lock = Path(f"{path}.lock")
    found = re.search(r"\d+", lock.read_text()) if lock.exists() else None
    holder = f"process {found[0]}" if found else "another process"
    return (
        f"{path} is in use by {holder}. A file database serves one process at a time:\n"
        "stop that process (probably `objpub serve`), then try again."
    )
