"""Other databases in the tree of a site: each is opened, packed, backed up and checked by itself.

    mount(database, "/archive", other)

What a transaction changes in several of them is committed in all or in none. No object of one database ever
refers to an object of another: the place of what stands at the top of a mounted one is not stored, it follows
from the path of the mount.
"""

from pathlib import PurePath
from typing import Any
from typing import TYPE_CHECKING

from objpub.errors import DatabaseError
from objpub.lineage import find_resource

from .places import files_of
from .site import connection_of
from .site import site_of

if TYPE_CHECKING:
    from .database import Database


#: As many as pairs may wait: each has its own connection to what is mounted.
MOST_CONNECTIONS = 256


def mount(database: "Database", path: str, mounted: "Database") -> None:
    """Let *mounted*, which nobody has used yet, be reached from *database* by its *path* in the tree.

    Raises DatabaseError where both would keep their blobs in one folder.
    """
    blobs = files_of(mounted.storage)[1]
    for each in database.databases.values():
        if blobs is not None and files_of(each.storage)[1] == blobs:
            raise DatabaseError(f"The database at {path} needs a folder of its own for blobs, not {blobs}")
    mounted.database_name = mounted.mounted_at = path
    mounted.databases = database.databases
    mounted.databases[path] = mounted
    for each in (database, mounted):
        each.xrefs = False  # type: ignore[attr-defined]  # the stubs lack it
    mounted.setPoolSize(MOST_CONNECTIONS)


def with_own_blobs(uri: str) -> str:
    """Return *uri* with a folder for blobs beside its file: two databases cannot share one."""
    scheme, _, rest = uri.partition(":")
    if scheme not in {"file", "sqlite"} or "blobs=" in uri:
        return uri
    place, question, options = rest.partition("?")
    blobs = PurePath(place).with_suffix("").as_posix() + "-blobs"
    return f"{scheme}:{place}?{options}{'&' if question else ''}blobs={blobs}"


def mounts_of(database: "Database") -> dict[str, "Database"]:
    """Return the databases that are mounted in *database*, by path."""
    return {each.mounted_at: each for each in database.databases.values() if each.mounted_at}


def close_all(database: "Database") -> None:
    """Close *database* and what is mounted in it."""
    mounted = mounts_of(database).values()
    database.close()
    for each in mounted:
        each.close()


def database_of(resource: Any) -> "Database | None":
    """Return the database that *resource* is in; None for a loose tree."""
    connection = connection_of(resource)
    found: Database | None = None if connection is None else connection.db()
    return found


def mounted_top(folder: Any, path: str) -> Any:
    """Return what stands at the top of the database mounted at *path*, as *folder* sees it; None for none."""
    connection = folder._p_jar
    return site_of(connection.get_connection(path)) if path in connection.db().databases else None


def place_of_mount(resource: Any) -> tuple[Any, str | None]:
    """Return (folder, name) of what stands at the top of a mounted database.

    (None, None) while it is not mounted, as when its file is looked at alone.
    """
    connection = resource._p_jar
    main = getattr(connection, "main", None)
    if main is None:
        return None, None
    above, _, name = connection.db().mounted_at.rpartition("/")
    return find_resource(site_of(main), above), name
