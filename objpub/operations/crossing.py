"""From one database of a site into another: what crosses is copied, as nothing can refer across."""

from typing import Any

from objpub.content import copy_of
from objpub.content import Mounted
from objpub.database import database_of
from objpub.database import mounts_of
from objpub.errors import NotPossible
from objpub.lineage import path_of
from objpub.lineage import top

from .linking import release_links
from .sentences import quoted


def crosses(resource: Any, folder: Any) -> bool:
    """Is *folder* in another database than *resource*?"""
    database = database_of(resource)
    return database is not None and database is not database_of(folder)


def carried(resource: Any, folder: Any) -> Any:
    """Return what is put into *folder* for *resource*, which leaves its own: itself, or a whole copy of it.

    A copy, where the folder is in another database, has the same owners, grants and dates, and no history.
    Raises NotPossible where something of it refers to what stays behind.
    """
    if not crosses(resource, folder):
        return resource
    copied = copy_of(resource, whole=True, apart=True)
    release_links(copied, top(resource))
    return copied


def into(folder: Any) -> str:
    """Return the end of a sentence about something that crossed into the database of *folder*."""
    database = database_of(folder)
    place = database.mounted_at if database is not None else ""
    return f", into the database at {place}" if place else ", into the database of the site"


def check_no_mount(resource: Any) -> None:
    """Raise NotPossible for the top of a mounted database, and for what holds one: the settings place it."""
    database = database_of(resource)
    if database is None or len(database.databases) < 2:
        return
    if isinstance(resource, Mounted):
        raise NotPossible(f"{quoted(resource)} is a database of its own: the settings say where it stands")
    start = f"{path_of(resource)}/"
    for path in mounts_of(database):
        if path.startswith(start):
            raise NotPossible(f"{quoted(resource)} has to stay: a database is mounted in it, at {path}")
