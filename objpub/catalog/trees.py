"""Indexes over BTrees: which resources have a value, and which value a resource has.

What transactions index waits in `Pending`, so that one at a time changes these trees. No counter is kept, and
no set is thrown away when it becomes empty: another transaction may be adding to it.
"""

from collections.abc import Callable
from collections.abc import Iterable
from typing import Any

from BTrees.LLBTree import LLSet
from BTrees.LLBTree import LLTreeSet
from BTrees.LLBTree import multiunion
from BTrees.LOBTree import LOBTree
from BTrees.OOBTree import OOBTree
from BTrees.OOBTree import OOTreeSet
from persistent import Persistent

#: Above every id.
END = 2**63


class SetIndex(Persistent):
    """For equality: value → ids. What is declared as "value" and "keyword"."""

    def __init__(self) -> None:
        self._keys = LOBTree()  # id → its keys, sorted
        self._ids = OOBTree()  # key → ids

    def keys_of(self, number: int) -> tuple[Any, ...]:
        """Return the keys that the resource *number* has; () for none."""
        return self._keys.get(number, ())

    def put(self, number: int, keys: tuple[Any, ...]) -> None:
        """Let the resource *number* have *keys*, and no others. Where nothing changes, nothing is written."""
        before = self.keys_of(number)
        if before == keys:
            return
        for key in before:
            if key not in keys:
                self._remove(number, key)
        for key in keys:
            if key not in before:
                self._add(number, key)
        if keys:
            self._keys[number] = keys
        else:
            del self._keys[number]

    def equal(self, keys: Iterable[Any]) -> Any:
        """Return the ids of what has any of *keys*."""
        sets = [found for key in keys if (found := self._ids.get(key)) is not None]
        return sets[0] if len(sets) == 1 else multiunion(sets)

    def having(self) -> Any:
        """Return the ids of what has a value."""
        return LLSet(self._keys.keys())

    def values(self) -> Any:
        """Return the keys that there are, or were."""
        return self._ids.keys()

    def values_between(self, low: Any, high: Any) -> Any:
        """Return the keys that there are, or were, from *low* up to and without *high*."""
        return self._ids.keys(low, high, excludemax=True)

    def numbers(self) -> Any:
        """Return the ids of what has a value, without a set of them."""
        return self._keys.keys()

    def _add(self, number: int, key: Any) -> None:
        ids = self._ids.get(key)
        if ids is None:
            ids = self._ids[key] = LLTreeSet()
        ids.insert(number)

    def _remove(self, number: int, key: Any) -> None:
        self._ids[key].remove(number)


class RangeIndex(SetIndex):
    """For an order: pairs of (value, id). What is declared as "range"."""

    def __init__(self) -> None:
        self._keys = LOBTree()
        self._pairs = OOTreeSet()

    def equal(self, keys: Iterable[Any]) -> Any:
        """Return the ids of what has any of *keys*."""
        return multiunion([self.between(key, key) for key in keys])

    def between(self, low: Any = None, high: Any = None, above: bool = False, below: bool = False) -> Any:
        """Return the ids of values from *low* to *high*; None is no limit.

        above, below: leave out *low*, *high* itself.
        """
        least = None if low is None else (low, END) if above else (low,)
        most = None if high is None else (high,) if below else (high, END)
        return LLSet([number for _, number in self._pairs.keys(least, most)])

    def between_among(self, numbers: Iterable[int], *limits: Any) -> list[int]:
        """Return those of *numbers* that `between` would return, in their order."""
        return between_among(self._keys.get, numbers, *limits)

    def values(self) -> Any:
        """Return the keys that there are, each as often as it occurs."""
        return [key for key, _ in self._pairs]

    def _add(self, number: int, key: Any) -> None:
        self._pairs.insert((key, number))

    def _remove(self, number: int, key: Any) -> None:
        self._pairs.remove((key, number))


class PathIndex(RangeIndex):
    """For paths, "/a/b": a query for one finds what is below it too. What is declared as "path"."""

    def equal(self, keys: Iterable[Any]) -> Any:
        """Return the ids of what is at or below any of *keys*."""
        found = []
        for key in keys:
            path = str(key).rstrip("/")
            found += [self.between(path, path), self.between(f"{path}/", f"{path}0", below=True)]
        return multiunion(found)


def between_among(
    keys_of: Callable[[int], tuple[Any, ...] | None],
    numbers: Iterable[int],
    low: Any = None,
    high: Any = None,
    above: bool = False,
    below: bool = False,
) -> list[int]:
    """Return those of *numbers* whose key lies between the limits, as those of `RangeIndex.between`."""
    found = []
    for number in numbers:
        keys = keys_of(number)
        if not keys:
            continue
        key = keys[0]  # of an order, each has one
        if low is not None and (key < low or (above and key == low)):
            continue
        if high is None or key < high or (key == high and not below):
            found.append(number)
    return found


TREES = {"value": SetIndex, "keyword": SetIndex, "range": RangeIndex, "path": PathIndex}
