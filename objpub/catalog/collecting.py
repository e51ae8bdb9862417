"""Bringing the catalog up to date, once for each resource that a transaction changes.

Before the commit all changed objects are looked at, by whatever code they were changed. New resources have
nothing that says they changed: folders tell of them with Added. Where a resource is decides the rest: in the
tree of the site it is indexed, with what is below it if it was not before; elsewhere, in the trash for
instance, it is forgotten with what is below it. A move needs no more than the new parent of what moved.
"""

from typing import Any
from typing import NamedTuple

from objpub.configuration import Declaration
from objpub.configuration import note
from objpub.configuration import source_here
from objpub.content import BrokenResource
from objpub.content import Content
from objpub.content import Folder
from objpub.content import Site
from objpub.content import walk
from objpub.database import BeforeCommit
from objpub.database import changed_in
from objpub.database import connection_of
from objpub.database import registry_of
from objpub.database import site_of
from objpub.database import watch_in
from objpub.events import Added
from objpub.events import on
from objpub.events import Removed
from objpub.events import SiteCreated
from objpub.registry import Registry

from .catalog import Catalog
from .declarations import Indexes
from .identifiers import id_of
from .settling import settle_after

#: Where a connection keeps what folders told of in the running transaction.
TOLD = "objpub.catalog"


class Told(NamedTuple):
    """new: resources that came into the tree. gone: ids of broken resources that left it."""

    new: list[Any]
    gone: list[int]


NOTHING = Told([], [])


@on(SiteCreated, Site)
def make_catalog(event: SiteCreated) -> None:
    """Give a new site its catalog."""
    give_catalog(event.resource)


def give_catalog(site: Any) -> None:
    """Give a new *site*, or a new database, its catalog: built, as there is nothing yet to build it from."""
    registry = registry_of(site)
    if registry is not None:
        site.catalog = catalog = Catalog()
        catalog.builds.signature = dict(registry[Indexes].signature)


@on(Added, Content)
def remember(event: Added) -> None:
    """Remember a resource that came into the tree."""
    told_of(event.resource).new.append(event.resource)


@on(Removed, BrokenResource)
def remember_broken(event: Removed) -> None:
    """Remember a broken resource that left the tree: nothing of its own says so."""
    oid = getattr(event.resource.remains, "_p_oid", None)
    if oid is not None:
        told_of(event.resource).gone.append(int.from_bytes(oid, "big"))


def told_of(resource: Any) -> Told:
    """Return what was told of in the running transaction, for somebody to add to."""
    found: Told = connection_of(resource).notes.setdefault(TOLD, Told([], []))
    return found


def update_catalog(connection: Any) -> None:
    """Let the catalog of the site in *connection* be what the running transaction makes of the site.

    It can be called at any time: what was found before is looked at again, and costs little.
    """
    new, gone = connection.notes.get(TOLD, NOTHING)
    changed = changed_resources(connection)
    if not (changed or new or gone):
        return
    site = site_of(connection)
    catalog = getattr(site, "catalog", None)
    if catalog is None:
        if site is not None and site._p_jar is connection:
            connection.readCurrent(site)  # else the one that is made meanwhile would lack what is done here
        return
    update = Update(site, catalog, connection)
    for number in gone:
        update.drop(number)
    update.take_all(*changed, *new)
    settle_after(connection)


def changed_resources(connection: Any) -> list[Any]:
    """Return the resources with changes that a catalog could keep: most changes are of what is not indexed.

    A resource tells whether something else was set, as long as it stays in memory: with a savepoint it may
    have been stored and let go meanwhile.
    """
    changed = changed_in(connection)
    if connection._savepoint_storage is not None:
        return [each for each in changed if isinstance(each, Content)]
    computed = connection.db().registry[Indexes].computed
    return [
        each for each in changed if isinstance(each, Content) and (each._v_reindex or type(each) in computed)
    ]


class Update:
    """One run over what has changed. site, catalog, connection: of one database."""

    def __init__(self, site: Any, catalog: Catalog, connection: Any) -> None:
        self.site = site
        self.catalog = catalog
        self.connection = connection
        self.indexes = connection.db().registry[Indexes]
        self.has_dropped = False
        self._done: set[int] = set()
        self._inside: dict[int, tuple[bool, Any]] = {}

    def take_all(self, *resources: Any) -> None:
        """Take each of *resources*; all once more if one was dropped, with what had moved out of it."""
        self.has_dropped = False
        for resource in resources:
            self.take(resource)
        if self.has_dropped:
            self._done.clear()
            for resource in resources:
                self.take(resource)

    def take(self, resource: Any) -> None:
        """Index *resource*, or forget it, as its place says."""
        if id(resource) in self._done:
            return
        if self.hangs_where_it_did(resource):
            self._done.add(id(resource))
            self.catalog.renew(resource, self.indexes)
        elif not self.is_in_site(resource):
            if resource._p_oid is not None and resource._p_jar is self.connection:
                self.drop(id_of(resource))
        elif resource._p_oid is not None and id_of(resource) in self.catalog:
            self.put(resource)
        else:
            for step in walk(resource):
                if isinstance(step, Content) and step._p_jar in {None, self.connection}:
                    self.put(step)

    def hangs_where_it_did(self, resource: Any) -> bool:
        """Is *resource* known by its class, below the folder it is in? What is above it tells of itself."""
        parent, oid = resource.__parent__, resource._p_oid
        if not isinstance(parent, Folder) or oid is None or parent._p_oid is None:
            return False
        number, above = id_of(resource), id_of(parent)
        return (
            resource._p_jar is parent._p_jar is self.connection
            and parent.get(resource.__name__) is resource
            and self.catalog.hangs(number, above, type(resource))
        )

    def put(self, resource: Any) -> None:
        """Index *resource* as it is now."""
        if id(resource) not in self._done:
            self._done.add(id(resource))
            self.catalog.put(resource, self.indexes)

    def drop(self, number: int) -> None:
        """Forget the resource *number* and what is below it, by the catalog."""
        if number not in self.catalog:
            return
        self.has_dropped = True
        kind = self.connection.get(number.to_bytes(8, "big"))
        may_hold = not isinstance(kind, Content) or isinstance(kind, Folder)
        watch = watch_in(self.connection)
        for each in (number, *(self.catalog.reading().below(number) if may_hold else ())):
            if watch is not None:
                watch.step()
            self.catalog.forget(each)

    def is_in_site(self, resource: Any) -> bool:
        """Is *resource* in the tree of the site, in this database, with nothing but folders above it?"""
        way = []
        found = True
        step = resource
        while step is not self.site:
            known = self._inside.get(id(step))
            if known is not None:
                found = known[0]
                break
            way.append(step)
            above = step.__parent__
            if (
                not isinstance(above, Folder)
                or step._p_jar not in {None, self.connection}
                or above.get(step.__name__) is not step
            ):
                found = False
                break
            step = above
        for each in way:
            self._inside[id(each)] = found, each  # kept, so that its id stays its own
        return found


def join_commits(registry: Registry) -> None:
    """Let the catalog be brought up to date before each commit."""
    registry[BeforeCommit].append(update_catalog)


note(join_commits, Declaration("catalog", ("catalog",), join_commits, source_here(0)))
