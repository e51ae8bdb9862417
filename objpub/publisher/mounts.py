"""The databases that the setting `mounts` puts into the tree, opened with the site's own."""

from typing import Any

from objpub.catalog import give_catalog
from objpub.content import Folder
from objpub.content import Mounted
from objpub.content import MountPoint
from objpub.database import Database
from objpub.database import mount
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.database import with_own_blobs
from objpub.errors import DatabaseError
from objpub.errors import NotFound
from objpub.errors import SettingsError
from objpub.lineage import find_resource
from objpub.registry import Registry
from objpub.settings import Settings


def mount_databases(database: Database, registry: Registry, settings: Settings) -> None:
    """Open the databases of the setting `mounts`, and let each stand at its place in *database*.

    A place that the setting does not name any more is empty again; the other database keeps what is in it.
    Raises SettingsError for a place that is taken, or in no folder; DatabaseError for what cannot be mounted.
    """
    for path, uri in sorted(settings.mounts):
        mounted = open_database(
            with_own_blobs(uri),
            registry=registry,
            cache_bytes=settings.database.cache_bytes,
            root=settings.folder,
        )
        try:
            mount(database, path, mounted)
            make_top(mounted, path)
        except BaseException:
            mounted.close()
            raise
    with transaction_for(database) as pair:
        site = site_of(pair.connection)
        wanted = tuple(sorted(path for path, _ in settings.mounts))
        if site._mounts == wanted:
            return
        for path in set(site._mounts) - set(wanted):
            take_down(site, path)
        for path in wanted:
            put_up(site, path)
        site._mounts = wanted
        transaction = pair.manager.get()
        transaction.user = "system"
        transaction.note(f"Mounted {', '.join(wanted) or 'nothing'}")
        pair.manager.commit()


def make_top(mounted: Database, path: str) -> None:
    """Put a folder at the top of an empty database. Raises DatabaseError for one with a site of its own."""
    with transaction_for(mounted) as pair:
        found = site_of(pair.connection)
        if found is None:
            name = path.rpartition("/")[2]
            top = Mounted(title=name[:1].upper() + name[1:])
            put_site(pair.connection, top)
            pair.connection.add(top)
            give_catalog(top)
            transaction = pair.manager.get()
            transaction.user = "system"
            transaction.note(f"Made for {path}")
            pair.manager.commit()
        elif not isinstance(found, Mounted):
            raise DatabaseError(f"The database for {path} holds a site of its own, and cannot be mounted")


def put_up(site: Any, path: str) -> None:
    """Let the database of *path* stand there. Raises SettingsError where it cannot."""
    above, _, name = path.rpartition("/")
    try:
        folder = find_resource(site, above)
    except NotFound:
        folder = None
    if not isinstance(folder, Folder):
        raise SettingsError(f"mounts: there is no folder {above} to mount {path} in")
    there = folder._children.get(name)
    if there is None:
        folder.attach(name, MountPoint(path))
    elif not isinstance(there, MountPoint):
        raise SettingsError(f"mounts: there is something else at {path}; move it away first")


def take_down(site: Any, path: str) -> None:
    """Let nothing stand at *path*, where a database was mounted."""
    above, _, name = path.rpartition("/")
    try:
        folder = find_resource(site, above)
    except NotFound:
        return
    if isinstance(folder, Folder) and isinstance(folder._children.get(name), MountPoint):
        folder.detach(name)
