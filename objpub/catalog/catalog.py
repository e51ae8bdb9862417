"""The catalog of a site: what every index holds, and where each resource hangs in the tree.

Of the tree it keeps the parent of each resource, no paths: what is below something that moves stays as it is.
Of rights it keeps at which resources something is set, not who may what: a change of grants writes nothing
here but whether there is something set now.
"""

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from BTrees.LLBTree import LLBTree
from BTrees.LLBTree import LLSet
from BTrees.LLBTree import LLTreeSet
from BTrees.LLBTree import multiunion
from BTrees.LOBTree import LOBTree
from BTrees.OOBTree import OOBTree
from persistent import Persistent

from objpub.content import dotted_name
from objpub.errors import Busy
from objpub.lineage import lineage
from objpub.workflow import state_of

from .declarations import Indexes
from .declarations import IndexSpec
from .identifiers import id_of
from .identifiers import NOWHERE
from .ledger import stamp_of
from .trees import SetIndex
from .trees import TREES


class Builds(Persistent):
    """How far the catalog is what the declarations want.

    signature: what it was built for, see `Indexes`; {} before the first build. batches: how many there were.
    holder, until: which process builds, and until when (seconds since the epoch) it has said so.
    """

    def __init__(self) -> None:
        self.signature: dict[str, tuple[str, ...]] = {}
        self.batches = 0
        self.holder = ""
        self.until = 0.0


class Catalog(Persistent):
    """Every resource of a site, by what is indexed of it.

    parents: id → id of the folder, NOWHERE for the site. owners: id → who owns it, where that is said.
    places: ids of the resources at which grants, permissions or cuts are set. states: id → class and state
    of a resource with a workflow, see `state_key`; None before the first. kinds: dotted name of a class
    → ids. indexes: key → index. texts: id → stamp of its texts; see `Ledger`.
    """

    states: Any = None  # as in a catalog from before there were workflows

    def __init__(self) -> None:
        self.parents = LLBTree()
        self.owners = LOBTree()
        self.places = LLTreeSet()
        self.kinds = OOBTree()
        self.indexes = OOBTree()
        self.texts = LLBTree()
        self.builds = Builds()

    def __contains__(self, number: int) -> bool:
        return number in self.parents

    def __len__(self) -> int:
        """Count the resources; this reads all of the tree of parents."""
        return len(self.parents)

    def put(self, resource: Any, indexes: Indexes) -> int:
        """Let what is kept of *resource*, which is in the tree of the site, be what it is now; return its id.

        Where nothing changes, nothing is written.
        """
        number = id_of(resource)
        parent = NOWHERE if resource.__parent__ is None else id_of(resource.__parent__)
        if self.parents.get(number) != parent:
            self.parents[number] = parent
        self._put_kind(number, type(resource))
        self._put_rights(number, resource)
        specs = indexes.of(type(resource))
        self._put_values(number, resource, specs)
        held = {spec.key for spec in specs.values()}
        for key in self.indexes:
            if key not in held:
                self.indexes[key].put(number, ())
        if not any(spec.kind == "text" for spec in specs.values()):
            self.texts.pop(number, None)
        return number

    def renew(self, resource: Any, indexes: Indexes) -> None:
        """Do as `put` for *resource*, which is known by its present class and hangs where it did.

        What is indexed of other classes only is not looked at, so the cost does not grow with them.
        """
        number = id_of(resource)
        self._put_rights(number, resource)
        self._put_values(number, resource, indexes.of(type(resource)))

    def forget(self, number: int) -> None:
        """Keep nothing of the resource *number*. One that is not there is no error."""
        if self.parents.pop(number, None) is None:
            return
        for found in self.kinds.values():
            if number in found:
                found.remove(number)
        self.owners.pop(number, None)
        if self.states is not None:
            self.states.pop(number, None)
        if number in self.places:
            self.places.remove(number)
        for found in self.indexes.values():
            found.put(number, ())
        self.texts.pop(number, None)

    def index_for(self, spec: IndexSpec) -> SetIndex:
        """Return the index of *spec*; it is made where there is none."""
        found = self.indexes.get(spec.key)
        if found is None:
            found = self.indexes[spec.key] = TREES[spec.kind]()
        return found

    def of_kind(self, kind: type) -> Any:
        """Return the ids of the resources of just this class, by the name it has now."""
        return self.kinds.get(dotted_name(kind), ())

    def of_kinds(self, dotted: Iterable[str]) -> Any:
        """Return the ids of the resources of the classes with these names."""
        sets = [found for name in dotted if (found := self.kinds.get(name)) is not None]
        return sets[0] if len(sets) == 1 else multiunion(sets)

    def all(self) -> Any:
        """Return all ids."""
        return LLSet(self.parents.keys())

    def below(self, number: int) -> list[int]:
        """Return the ids of what is below *number* by the catalog; this reads all of the tree of parents."""
        children: dict[int, list[int]] = {}
        for each, parent in self.parents.items():
            children.setdefault(parent, []).append(each)
        found, waiting = [], [number]
        while waiting:
            inside = children.get(waiting.pop(), [])
            found += inside
            waiting += inside
        return found

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

    def _put_kind(self, number: int, kind: type) -> None:
        dotted = dotted_name(kind)
        found = self.kinds.get(dotted)
        if found is None:
            found = self.kinds[dotted] = LLTreeSet()
        if number not in found:
            for name, others in self.kinds.items():  # it may be known by the name its class had before
                if name != dotted and number in others:
                    others.remove(number)
            found.insert(number)

    def _put_values(self, number: int, resource: Any, specs: Mapping[str, IndexSpec]) -> None:
        has_text = False
        for spec in specs.values():
            if spec.kind == "text":
                has_text = True
            else:
                self.index_for(spec).put(number, spec.keys_of(resource))
        if has_text:
            stamp = stamp_of(resource, specs.values())
            if stamp is None:
                self.texts.pop(number, None)
            elif self.texts.get(number) != stamp:
                self.texts[number] = stamp

    def _put_rights(self, number: int, resource: Any) -> None:
        owner = resource._owner
        if self.owners.get(number) != owner:
            if owner is None:
                del self.owners[number]
            else:
                self.owners[number] = owner
        is_set = bool(resource._grants or resource._permissions or resource._cut)
        if is_set and number not in self.places:
            self.places.insert(number)
        elif not is_set and number in self.places:
            self.places.remove(number)
        if self.states or resource._workflow is not None:
            self._put_state(number, resource)

    def _put_state(self, number: int, resource: Any) -> None:
        key = state_key(resource)
        if self.states is None:
            self.states = LOBTree()
        if self.states.get(number) != key:
            if key is None:
                del self.states[number]
            else:
                self.states[number] = key


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
