"""The pool of pairs: a connection and its transaction manager, opened once and kept together."""

from collections.abc import Callable
from contextlib import suppress

from .connection import Connection
from .manager import PairManager

#: After so many uses the pool looks for pairs that nobody needs any more,
LOOK_EVERY = 256
#: and these are pairs that were not used while others were used so often.
IDLE_USES = 4_096


class Pair:
    """A connection and the explicit transaction manager that it belongs to.

    used: the count of uses in the pool when this pair was given back last.
    """

    __slots__ = ("connection", "manager", "used")

    def __init__(self, connection: Connection, manager: PairManager) -> None:
        self.connection = connection
        self.manager = manager
        self.used = 0

    def is_clean(self) -> bool:
        """Is no transaction open and nothing left of the one before?"""
        return self.manager._txn is None and not self.manager.tainted and self.connection.is_clean()


class Pairs:
    """Pairs that wait for work; the one given back last is taken first, because its cache is warmest.

    Taking and giving back need no lock: popping from a list and appending to it are atomic.
    """

    def __init__(self, make: Callable[[], Pair], throw_away: Callable[[Pair], None], limit: int) -> None:
        """make: opens a new pair. throw_away: closes one for good. limit: how many may wait."""
        self._make = make
        self._throw_away = throw_away
        self._idle: list[Pair] = []
        self._uses = 0
        self.limit = limit

    def take(self) -> Pair:
        """Return a clean pair, without a transaction: one that waits, or a new one."""
        try:
            return self._idle.pop()
        except IndexError:
            return self._make()

    def give_back(self, pair: Pair) -> None:
        """Take *pair* back; one that is not clean, and one too many, is thrown away."""
        idle = self._idle
        pair.connection.read_only = False
        if len(idle) < self.limit and pair.is_clean():
            self._uses = pair.used = self._uses + 1
            idle.append(pair)
            if not pair.used % LOOK_EVERY:
                self._throw_away_unused()
        else:
            self._throw_away(pair)

    def close(self) -> None:
        """Throw away every pair that waits; those in use are thrown away when they come back."""
        self.limit = 0
        self.empty()

    def empty(self) -> None:
        """Throw away every pair that waits, but go on."""
        while self._idle:
            self._throw_away(self._idle.pop())

    def forget(self) -> None:
        """Drop every pair that waits without closing it: it belongs to the process that forked this one."""
        self._idle.clear()

    def __len__(self) -> int:
        """Return how many pairs wait."""
        return len(self._idle)

    def _throw_away_unused(self) -> None:
        """Throw away pairs that were needed in a rush long ago: the others can use their memory."""
        idle = self._idle
        with suppress(IndexError):  # another thread took the last one meanwhile
            while len(idle) > 1 and idle[0].used < self._uses - IDLE_USES:
                self._throw_away(idle.pop(0))
