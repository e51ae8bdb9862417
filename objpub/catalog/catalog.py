"""The catalog of a site: what every index holds, and where each resource hangs in the tree.

Of the tree it keeps the parent of each resource, no paths: what is below something that moves stays as it is.
Of rights it keeps at which resources something is set, not who may what: a change of grants writes nothing
here but whether there is something set now.
"""

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from BTrees.LLBTree import LLBTree
from BTrees.LLBTree import LLTreeSet
from BTrees.LOBTree import LOBTree
from BTrees.OOBTree import OOBTree
from persistent import Persistent

from objpub.content import dotted_name
from objpub.content import Mounted
from objpub.errors import Busy
from objpub.lineage import lineage
from objpub.workflow import state_of

from .declarations import Indexes
from .identifiers import id_of
from .identifiers import NOWHERE
from .ledger import stamp_of
from .pending import ABSENT
from .pending import Absent
from .pending import Entry
from .pending import Pending
from .reading import Reading
from .trees import TREES

#: Under this a connection keeps what the catalog says, until something is committed or changed.
#: Under this it notes how many entries the fullest slot has that the running transaction has written.
WAITING = "objpub.catalog.waiting"


class Builds(Persistent):
    """How far the catalog is what the declarations want.

    signature: what it was built for, see `Indexes`; {} before the first build. batches: how many there were.
    holder, until: which process builds, and until when (seconds since the epoch) it has said so. anew: key →
    what takes the place of an index when the build that makes it ends; None while none is made.
    """

    anew: Any = None

    def __init__(self) -> None:
        self.signature: dict[str, tuple[str, ...]] = {}
        self.batches = 0
        self.holder = ""
        self.until = 0.0


class Catalog(Persistent):
    """Every resource of a site, by what is indexed of it.

    parents: id → id of the folder, NOWHERE for the site. owners: id → who owns it, where that is said.
    places: ids of the resources at which grants, permissions or cuts are set. states: id → class and state
    of a resource with a workflow, see `state_key`. kinds: dotted name of a class
    → ids. indexes: key → index. texts: id → stamp of its texts; see `changes_since`. pending: what is not in
    these trees yet, None before the first; so who asks looks at a `reading`.
    """

    states: Any = None  # as in a catalog from before there were workflows

    pending: Any = None  # as in one from before changes were kept together

    def __init__(self) -> None:
        self.parents = LLBTree()
        self.owners = LOBTree()
        self.places = LLTreeSet()
        self.states = LOBTree()
        self.kinds = OOBTree()
        self.indexes = OOBTree()
        self.texts = LLBTree()
        self.builds = Builds()
        self.pending = Pending()

    def __contains__(self, number: int) -> bool:
        entry = self._pending_of(number)
        return number in self.parents if isinstance(entry, Absent) else entry is not None

    def __len__(self) -> int:
        """Count the resources; this reads all of the tree of parents."""
        return len(self.reading())

    def reading(self) -> Reading:
        """Return what the catalog says now. What is indexed afterwards needs another one."""
        jar = self._p_jar
        if self.pending is None or jar is None:
            return Reading(self, {} if self.pending is None else self.pending.entries())
        found: Reading | None = jar.lasting.get(self)
        if found is None or found.catalog is not self:
            found = jar.lasting[self] = Reading(self, self.pending.entries())
        return found

    def put(self, resource: Any, indexes: Indexes) -> int:
        """Let what is kept of *resource*, which is in the tree of the site, be what it is now; return its id.

        Where nothing changes, nothing is written.
        """
        number = id_of(resource)
        pending = self._pending_of(number)
        whole = not isinstance(pending, Absent) or number in self.parents
        if isinstance(pending, Entry) and pending.kind == dotted_name(type(resource)):
            whole = pending.whole
        self._put_entry(number, pending, self._entry_of(resource, indexes, whole))
        return number

    def renew(self, resource: Any, indexes: Indexes) -> None:
        """Do as `put` for *resource*, which is known by its present class and hangs where it did.

        What is indexed of other classes only is not looked at, so the cost does not grow with them.
        """
        number = id_of(resource)
        pending = self._pending_of(number)
        whole = isinstance(pending, Entry) and pending.whole
        self._put_entry(number, pending, self._entry_of(resource, indexes, whole))

    def forget(self, number: int) -> None:
        """Keep nothing of the resource *number*. One that is not there is no error."""
        if number in self:
            self._write(number, None)

    def hangs(self, number: int, parent: int, kind: type) -> bool:
        """Is the resource *number* known as one of class *kind* in the folder with the id *parent*?"""
        entry = self._pending_of(number)
        if isinstance(entry, Absent):
            known = self.parents.get(number) == parent and number in self.kinds.get(dotted_name(kind), ())
        else:
            known = entry is not None and (entry.parent, entry.kind) == (parent, dotted_name(kind))
        return known and parent in self

    def settle(self) -> int:
        """Take what is pending into the trees; return of how many resources."""
        entries = {} if self.pending is None else self.pending.entries()
        trees = Trees(self)
        for number in sorted(entries):
            entry = entries[number]
            if entry is None:
                trees.forget(number)
            else:
                trees.put(number, entry)
        if entries:
            self.pending.empty()
            self._forget_reading()
        return len(entries)

    def is_ready(self, indexes: Indexes) -> bool:
        """Is everything that *indexes* declares built?"""
        return covers(self.builds.signature, indexes.signature)

    def check_built(self, indexes: Indexes, names: Iterable[str]) -> None:
        """Raise Busy where an index called one of *names* is still being built, or all are."""
        if self.is_ready(indexes):
            return
        built = self.builds.signature
        if not built:
            raise Busy("The site is being indexed; try again in a moment")
        wanted = indexes.signature.items()
        missing = {key for name, keys in wanted for key in keys if key not in built.get(name, ())}
        for name in names:
            if any(spec.key in missing for spec in indexes.named(name)):
                raise Busy(f"The index {name!r} is being built; try again in a moment")

    def _entry_of(self, resource: Any, indexes: Indexes, whole: bool) -> Entry:
        """Return all that is to be kept of *resource*. whole: may other indexes have keys of it?"""
        specs = indexes.of(type(resource)).values()
        keys = {}
        for spec in specs:
            if spec.kind != "text":
                if spec.key not in self.indexes:
                    self.indexes[spec.key] = TREES[spec.kind]()
                keys[spec.key] = spec.keys_of(resource)
        return Entry(
            kind=dotted_name(type(resource)),
            parent=parent_of(resource),
            owner=resource._owner,
            is_set=is_place(resource),
            state=None if resource._workflow is None else state_key(resource),
            stamp=stamp_of(resource, specs),
            keys=keys,
            whole=whole,
            again=False,
        )

    def _put_entry(self, number: int, pending: Entry | Absent | None, entry: Entry) -> None:
        """Let *entry* wait, unless it is what is kept of the resource *number*. pending: what waits of it."""
        if isinstance(pending, Absent):
            if not Trees(self).have(number, entry):
                self._write(number, entry)
        elif pending is None or entry._replace(again=pending.again) != pending:
            self._write(number, entry._replace(again=True))

    def _pending_of(self, number: int) -> Entry | Absent | None:
        return ABSENT if self.pending is None else self.pending.get(number)

    def _write(self, number: int, entry: Entry | None) -> None:
        if self.pending is None:
            self.pending = Pending()
        count = self.pending.put(number, entry)
        self._forget_reading()
        if (jar := self._p_jar) is not None:
            jar.notes[WAITING] = max(jar.notes.get(WAITING, 0), count)

    def _forget_reading(self) -> None:
        if self._p_jar is not None:
            self._p_jar.lasting.pop(self, None)


class Trees:
    """The trees of *catalog*, into which entries are taken and compared with."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def have(self, number: int, entry: Entry) -> bool:
        """Do the trees say of the resource *number* what *entry* does?"""
        catalog = self.catalog
        if (
            catalog.parents.get(number) != entry.parent
            or catalog.owners.get(number) != entry.owner
            or (number in catalog.places) is not entry.is_set
            or (None if catalog.states is None else catalog.states.get(number)) != entry.state
            or catalog.texts.get(number) != entry.stamp
            or number not in catalog.kinds.get(entry.kind, ())
        ):
            return False
        return all(
            index.keys_of(number) == entry.keys.get(key, ())
            for key in self._indexes_of(entry)
            for index in self._called(key)
        )

    def put(self, number: int, entry: Entry) -> None:
        """Let the trees say of the resource *number* what *entry* does. What is right is not written."""
        catalog = self.catalog
        if entry.state is not None and catalog.states is None:
            catalog.states = LOBTree()
        put_value(catalog.parents, number, entry.parent)
        put_value(catalog.owners, number, entry.owner)
        if catalog.states is not None:
            put_value(catalog.states, number, entry.state)
        if entry.again and catalog.texts.get(number) == entry.stamp:
            store_anew(catalog.texts, number)
        else:
            put_value(catalog.texts, number, entry.stamp)
        if entry.is_set and number not in catalog.places:
            catalog.places.insert(number)
        elif not entry.is_set and number in catalog.places:
            catalog.places.remove(number)
        self._put_kind(number, entry)
        for key in self._indexes_of(entry):
            for index in self._called(key):
                index.put(number, entry.keys.get(key, ()))

    def forget(self, number: int) -> None:
        """Let the trees say nothing of the resource *number*. One that is not there is no error."""
        catalog = self.catalog
        for found in catalog.kinds.values():
            if number in found:
                found.remove(number)
        if number not in catalog.texts:
            store_anew(catalog.texts, number)
        for tree in (catalog.parents, catalog.owners, catalog.states, catalog.texts):
            if tree is not None:
                tree.pop(number, None)
        if number in catalog.places:
            catalog.places.remove(number)
        for key in catalog.indexes:
            for index in self._called(key):
                index.put(number, ())

    def _indexes_of(self, entry: Entry) -> list[str]:
        """Return the keys of the indexes that there are and may have to say what *entry* does."""
        indexes = self.catalog.indexes
        return list(indexes) if entry.whole else [key for key in entry.keys if key in indexes]

    def _called(self, key: str) -> list[Any]:
        """Return the index *key*, and the one that is being made to take its place."""
        made = (self.catalog.builds.anew or {}).get(key)
        found = self.catalog.indexes[key]
        return [found] if made is None else [found, made]

    def _put_kind(self, number: int, entry: Entry) -> None:
        kinds = self.catalog.kinds
        found = kinds.get(entry.kind)
        if found is None:
            found = kinds[entry.kind] = LLTreeSet()
        if entry.whole:
            for name, others in kinds.items():  # it may be known by the name its class had before
                if name != entry.kind and number in others:
                    others.remove(number)
        if number not in found:
            found.insert(number)


def put_value(tree: Any, number: int, value: Any) -> None:
    """Let the resource *number* have *value* in a *tree* of values by id; None: nothing."""
    before = tree.get(number)
    if before == value:
        return
    if value is None:
        del tree[number]
    else:
        tree[number] = value


def store_anew(stamps: Any, number: int) -> None:
    """Let the bucket of the tree of *stamps* that *number* belongs into be stored, as it is.

    A machine that reads it then looks whether it has taken in something that waited only.
    """
    kept = stamps.get(number)
    stamps[number] = 0 if kept is None else kept ^ 1
    if kept is None:
        del stamps[number]
    else:
        stamps[number] = kept


def parent_of(resource: Any) -> int:
    """Return the id of what *resource* is in; NOWHERE for the site, and for the top of another database."""
    parent = None if isinstance(resource, Mounted) else resource.__parent__
    return NOWHERE if parent is None else id_of(parent)


def is_place(resource: Any) -> bool:
    """Have rights to be asked at *resource*? At the top of a mounted database what comes from above it is."""
    return bool(resource._grants or resource._permissions or resource._cut or isinstance(resource, Mounted))


def state_key(resource: Any) -> str | None:
    """Return what is kept of the state of *resource*, "blog.Article:draft"; None for no workflow."""
    state = state_of(resource)
    return None if state is None else f"{dotted_name(type(resource))}:{state}"


def covers(built: Mapping[str, tuple[str, ...]], wanted: Mapping[str, tuple[str, ...]]) -> bool:
    """Is each content type built with the indexes that are wanted for it?"""
    return built == wanted or all(built.get(name) == keys for name, keys in wanted.items())


def catalog_of(resource: Any) -> Catalog | None:
    """Return the catalog of the site that *resource* is in; None where there is none."""
    found = list(lineage(resource))[-1]
    catalog: Catalog | None = getattr(found, "catalog", None)
    return catalog
