"""What keeps the database, by URI: `file:var/site.fs?blobs=var/blobs`, `postgresql://…`, `demo:`."""

from collections.abc import Callable
from pathlib import Path

from objpub.errors import DatabaseError
from objpub.registry import Registry

from .addresses import Address
from .addresses import address_from
from .addresses import Opened
from .configured import open_configured
from .database import Database
from .embedded import file_places
from .embedded import open_demo
from .embedded import open_file
from .networked import open_client
from .relational import open_postgresql
from .relational import open_sqlite

ENGINES: dict[str, Callable[[Address], Opened]] = {
    "demo": open_demo,
    "file": open_file,
    "memory": open_demo,
    "postgresql": open_postgresql,
    "sqlite": open_sqlite,
    "zconfig": open_configured,
    "zeo": open_client,
}


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

    uri: "file:var/site.fs?blobs=var/blobs", paths relative to *root*; the other engines are in the reference.
    "demo:" or "memory:" is kept in memory and gone at the end. registry: see Database. cache_bytes: for the
    objects of all pairs together. pool_size: how many pairs may wait for work. create: make it if it is not
    there.
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
            held=opened.held,
            connect_server=opened.connect,
        )
    except BaseException:
        opened.storage.close()  # else the file stays locked
        if opened.held is not None:
            opened.held.close()
        raise


def engine_of(uri: str, root: Path, create: bool) -> tuple[Callable[[Address], Opened], Address]:
    """Return what opens *uri*, and the URI taken apart. Raises DatabaseError where no engine does."""
    address = address_from(uri, root, create)
    engine = ENGINES.get(address.scheme)
    if engine is None:
        known = ", ".join(f"{name}:" for name in sorted(ENGINES))
        raise DatabaseError(f"No engine for {uri!r}: a database URI begins with one of {known}")
    return engine, address


def files_named(uri: str, root: str | Path = ".") -> tuple[Path, Path]:
    """Return the file that *uri* names and the folder of its blobs; neither has to be there.

    Raises DatabaseError for a URI that no engine takes, and for a database that is not kept in a file.
    """
    engine, address = engine_of(uri, Path(root), create=False)
    if engine is not open_file:
        raise DatabaseError(f"The database {address.uri!r} is not kept in a file")
    return file_places(address)


def serves_several(uri: str) -> bool:
    """May several processes have the database *uri* open at the same time? Raises DatabaseError."""
    engine, _ = engine_of(uri, Path(), create=False)
    return engine not in {open_file, open_demo}
