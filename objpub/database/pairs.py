"""The pool of pairs: a connection and its transaction manager, opened once and kept together."""

from collections.abc import Callable
from typing import Any

from transaction import TransactionManager


class Pair:
    """A connection and the explicit transaction manager that it belongs to."""

    __slots__ = ("connection", "manager")

    def __init__(self, connection: Any, manager: TransactionManager) -> None:
        self.connection = connection
        self.manager = manager

    def is_clean(self) -> bool:
        """Is no transaction open and nothing left of the one before?"""
        return self.manager._txn is None and self.connection.is_clean()


class Pairs:
    """Pairs that wait for work; the one given back last is taken first, because its cache is warmest."""

    def __init__(self, make: Callable[[], Pair], throw_away: Callable[[Pair], None], limit: int) -> None:
        """make: opens a new pair. throw_away: closes one. limit: how many may wait."""
        self._make = make
        self._throw_away = throw_away
        self._idle: list[Pair] = []
        self.limit = limit

    def take(self) -> Pair:
        """Return a clean pair, without a transaction."""
        try:
            return self._idle.pop()
        except IndexError:
            return self._make()

    def give_back(self, pair: Pair) -> None:
        """Take *pair* back; one that is not clean is thrown away."""
        connection = pair.connection
        connection.read_only = False
        if connection.violation is None and pair.is_clean() and len(self._idle) < self.limit:
            self._idle.append(pair)
        else:
            self._throw_away(pair)

    def close(self) -> None:
        """Throw away every pair that waits; those in use are thrown away when they come back."""
        self.limit = 0
        while self._idle:
            self._throw_away(self._idle.pop())
