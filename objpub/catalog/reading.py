"""What the catalog says in one transaction: its trees, but what is pending of a resource comes before them.

Where nothing is pending these are the trees themselves, at no cost. Else each is a small thing that looks
like the tree, asks it, and leaves out or puts in what the entries say; made when it is first looked at.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from heapq import merge
from typing import Any
from typing import TYPE_CHECKING

from BTrees.LLBTree import difference
from BTrees.LLBTree import LLSet
from BTrees.LLBTree import multiunion
from BTrees.LLBTree import union

from objpub.content import dotted_name

from .declarations import Indexes
from .pending import Entries
from .trees import between_among
from .trees import RangeIndex

if TYPE_CHECKING:
    from .catalog import Catalog


class Reading:
    """What *catalog* says, with the pending *entries*.

    parents, owners, places, states, kinds, indexes and texts are as in the catalog, for reading.
    """

    def __init__(self, catalog: "Catalog", entries: Entries) -> None:
        self.catalog = catalog
        self.entries = entries
        self.parents: Any = catalog.parents
        self.owners: Any = catalog.owners
        self.places: Any = catalog.places
        self.states: Any = {} if catalog.states is None else catalog.states
        self.kinds: Any = catalog.kinds
        self.indexes: Any = catalog.indexes
        self.texts: Any = catalog.texts
        if entries:
            self._put_before(entries)

    def _put_before(self, entries: Entries) -> None:
        self.parents = Values(self.parents, entries, "parent")
        self.owners = Values(self.owners, entries, "owner")
        self.states = Values(self.states, entries, "state")
        self.texts = Values(self.texts, entries, "stamp")
        placed = LLSet([number for number, entry in entries.items() if entry is not None and entry.is_set])
        self.places = union(difference(self.places, LLSet(entries)), placed)
        self.kinds = Kinds(self.kinds, entries)
        self.indexes = IndexesBefore(self.indexes, entries)

    def __contains__(self, number: int) -> bool:
        return number in self.parents

    def __len__(self) -> int:
        """Count the resources; this reads all of the tree of parents."""
        return len(self.parents)

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
        return self.catalog.is_ready(indexes)

    def check_built(self, indexes: Indexes, names: Iterable[str]) -> None:
        """Raise Busy where an index called one of *names* is still being built, or all are."""
        self.catalog.check_built(indexes, names)


class Values:
    """A tree of values by id, with those of entries before it. name: of what an entry has there, or None."""

    def __init__(self, tree: Any, entries: Entries, name: str) -> None:
        self._tree = tree
        self._entries = entries
        self._name = name

    def get(self, number: int, default: Any = None) -> Any:
        """Return the value of *number*."""
        if number not in self._entries:
            return self._tree.get(number, default)
        found = getattr(self._entries[number], self._name, None)  # what is to be forgotten has none
        return default if found is None else found

    def keys(self) -> Any:
        """Return the ids that have a value."""
        known = difference(LLSet(self._tree), LLSet(self._entries))
        return union(known, LLSet([number for number in self._entries if number in self]))

    def items(self) -> Iterator[tuple[int, Any]]:
        """Yield (id, value) for all that have one."""
        return ((number, self[number]) for number in self.keys())

    def __getitem__(self, number: int) -> Any:
        found = self.get(number)
        if found is None:
            raise KeyError(number)
        return found

    def __contains__(self, number: int) -> bool:
        return self.get(number) is not None

    def __iter__(self) -> Iterator[int]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())

    def __bool__(self) -> bool:
        return bool(self.keys())


class Lazy:
    """A table by text, of which each row is made when it is looked at."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted(names)
        self._made: dict[str, Any] = {}

    def make(self, name: str) -> Any:
        """Return what is in the row *name*; None for no row."""
        raise NotImplementedError

    def get(self, name: str, default: Any = None) -> Any:
        """Return what is in the row *name*."""
        if name not in self._made:
            self._made[name] = self.make(name)
        found = self._made[name]
        return default if found is None else found

    def items(self) -> Iterator[tuple[str, Any]]:
        """Yield (name, what is in the row)."""
        return ((name, self[name]) for name in self._names)

    def __getitem__(self, name: str) -> Any:
        found = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)


class Kinds(Lazy):
    """The ids of each class."""

    def __init__(self, trees: Any, entries: Entries) -> None:
        self._trees = trees
        self._there: dict[str, list[int]] = {}
        self._elsewhere = []  # what may be of another class in the trees, or be gone
        for number, entry in entries.items():
            if entry is not None:
                self._there.setdefault(entry.kind, []).append(number)
            if entry is None or entry.whole:
                self._elsewhere.append(number)
        super().__init__({*trees, *self._there})

    def make(self, name: str) -> Any:
        """Return the ids of the class called *name*; None for none."""
        found = self._trees.get(name)
        there = self._there.get(name)
        if found is None:
            return None if there is None else LLSet(there)
        gone = [number for number in self._elsewhere if number in found]
        if gone:
            found = difference(found, LLSet(gone))
        new = [number for number in there or () if number not in found]
        return union(found, LLSet(new)) if new else found


class IndexesBefore(Lazy):
    """The indexes, each with what is pending before it."""

    def __init__(self, trees: Any, entries: Entries) -> None:
        super().__init__(trees)
        self._trees = trees
        self._entries = entries

    def make(self, name: str) -> Any:
        """Return the index with the key *name*; None where there is none."""
        index = self._trees.get(name)
        if index is None:
            return None
        before = {
            number: () if entry is None else entry.keys.get(name, ())
            for number, entry in self._entries.items()
            if entry is None or entry.whole or name in entry.keys
        }
        if not before:
            return index
        return (RangeBefore if isinstance(index, RangeIndex) else IndexBefore)(index, before)


class IndexBefore:
    """An index with the keys of some resources before it, which it may have other keys of."""

    def __init__(self, index: Any, before: dict[int, tuple[Any, ...]]) -> None:
        self._index = index
        self._before = before
        self._touched = LLSet(before)
        self._new = type(index)()  # in no database
        for number, keys in before.items():
            self._new.put(number, keys)

    def keys_of(self, number: int) -> tuple[Any, ...]:
        """Return the keys that the resource *number* has; () for none."""
        found = self._before.get(number)
        kept: tuple[Any, ...] = self._index.keys_of(number) if found is None else found
        return kept

    def equal(self, keys: Iterable[Any]) -> Any:
        """Return the ids of what has any of *keys*."""
        keys = tuple(keys)
        return self._both(self._index.equal(keys), self._new.equal(keys))

    def having(self) -> Any:
        """Return the ids of what has a value."""
        return self._both(self._index.having(), self._new.having())

    def numbers(self) -> Any:
        """Return the ids of what has a value."""
        return self.having()

    def values_between(self, low: Any, high: Any) -> Iterator[Any]:
        """Yield the keys that there are, or were, from *low* up to and without *high*; some of them twice."""
        return merge(self._index.values_between(low, high), self._new.values_between(low, high))

    def _both(self, known: Any, new: Any) -> Any:
        return union(difference(known, self._touched), new)


class RangeBefore(IndexBefore):
    """The same for an index with an order."""

    def between(self, *limits: Any) -> Any:
        """Return the ids of values between *limits*, as an index does."""
        return self._both(self._index.between(*limits), self._new.between(*limits))

    def between_among(self, numbers: Iterable[int], *limits: Any) -> list[int]:
        """Return those of *numbers* that `between` would return, in their order."""
        return between_among(self.keys_of, numbers, *limits)
