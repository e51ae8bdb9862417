"""A kept order of names: each has a 64-bit position with gaps around it, so that changes write little."""

import random
from collections.abc import Iterator

from BTrees.LOBTree import LOBTree
from BTrees.OLBTree import OLBTree
from persistent import Persistent

#: How far apart two neighbours are put, at most. 2**63 / 2**31 leaves room for four billion of them.
GAP = 2**31

#: No position lies farther from 0.
FARTHEST = 2**62

#: The room that a crowd of neighbours is spread to, each.
ROOM = 2**12


class Order(Persistent):
    """Names in an order of their own.

    Its own record never changes: positions and names are two BTrees. A new name goes a random step behind the
    last one, so that two transactions that append at the same time write different positions.
    """

    def __init__(self) -> None:
        self._names = LOBTree()
        self._positions = OLBTree()

    def __iter__(self) -> Iterator[str]:
        """Yield the names in order."""
        return iter(self._names.values())

    def __contains__(self, name: str) -> bool:
        return name in self._positions

    @property
    def by_position(self) -> LOBTree:
        """The names by position, for reading."""
        return self._names

    def position_of(self, name: str) -> int:
        """Return the position of *name*. Raises KeyError if it is not there."""
        return self._positions[name]

    def append(self, name: str) -> None:
        """Put *name* behind all others."""
        last = self._names.maxKey() if self._names else 0
        self._put(name, last + step())

    def remove(self, name: str) -> None:
        """Take *name* out. Raises KeyError if it is not there."""
        del self._names[self._positions.pop(name)]

    def rename(self, old: str, new: str) -> None:
        """Let *new* stand where *old* stood."""
        self._put(new, self._positions.pop(old))

    def move_first(self, name: str) -> None:
        """Put *name* before all others."""
        self.remove(name)
        self._put(name, (self._names.minKey() if self._names else 0) - step())

    def move_last(self, name: str) -> None:
        """Put *name* behind all others."""
        self.remove(name)
        self.append(name)

    def move_before(self, name: str, other: str) -> None:
        """Put *name* right before *other*. Raises KeyError if one of them is not there."""
        high = self._positions[other]
        self.remove(name)
        if high == self._names.minKey():
            self._put(name, high - step())
        else:
            self._put_between(name, self._names.maxKey(high - 1))

    def move_after(self, name: str, other: str) -> None:
        """Put *name* right behind *other*. Raises KeyError if one of them is not there."""
        low = self._positions[other]
        self.remove(name)
        if low == self._names.maxKey():
            self._put(name, low + step())
        else:
            self._put_between(name, low)

    def _put(self, name: str, position: int) -> None:
        self._names[position] = name
        self._positions[name] = position

    def _put_between(self, name: str, low: int) -> None:
        """Put *name* between the position *low* and the one that follows it."""
        room = self._names.minKey(low + 1) - low
        if room > 3:
            self._put(name, low + random.randint(room // 4, room // 4 * 3))
        else:
            self._put(name, self._spread_behind(low))

    def _spread_behind(self, low: int) -> int:
        """Make room behind the position *low* by moving as few of those that follow as it takes."""
        crowd: list[str] = []
        high = None
        for position, name in self._names.items(min=low + 1):
            if position - low > ROOM * (len(crowd) + 2):
                high = position
                break
            crowd.append(name)
        width = GAP if high is None else (high - low) // (len(crowd) + 2)
        for name in crowd:
            del self._names[self._positions[name]]
        for number, name in enumerate(crowd, 2):
            self._put(name, low + width * number)
        return low + width


def step() -> int:
    """Return how far behind its neighbour a name is put."""
    return random.randint(GAP // 2, GAP)
