"""The transaction manager of a pair: as in the transaction library, without what one request cannot need.

A request pays for beginning and ending its transaction. The library's manager keeps its synchronizers in a
weak set, finds a logger for each transaction and logs twice; together that costs more than everything a
small view does. Here the one connection is told directly, and a transaction in which nobody took part ends
at once. A commit, and an abort with participants, hooks or savepoints, are the library's own.
"""

import logging
from collections.abc import Callable
from typing import Any

from transaction import Transaction
from transaction import TransactionManager
from transaction._transaction import Status
from transaction.interfaces import AlreadyInTransaction
from ZODB.POSException import ConflictError

LOG = logging.getLogger("objpub.database")

#: FileStorage keeps at most 65,535 bytes of description, and a character has at most 4.
DESCRIPTION_LENGTH = 16_000


class Synchronizers(list[Any]):
    """Who is told when a transaction begins and ends: nearly always one connection."""

    def add(self, synchronizer: Any) -> None:
        """Tell *synchronizer* too."""
        self.append(synchronizer)

    def remove(self, synchronizer: Any) -> None:
        """Tell *synchronizer* no more. Raises KeyError if it was not told."""
        for position, each in enumerate(self):
            if each is synchronizer:
                del self[position]
                return
        raise KeyError(synchronizer)

    def map(self, function: Callable[[Any], Any]) -> None:
        """Call *function* with each."""
        for each in list(self):
            function(each)


NOBODY = Synchronizers()


class PairTransaction(Transaction):
    """A transaction that ends quickly when nobody took part in it."""

    _description: str
    _savepoint2index: Any

    def __init__(self, synchronizers: Synchronizers, manager: "PairManager") -> None:
        # Everything that the library sets, but the logger is shared instead of sought by thread.
        self.status = Status.ACTIVE
        self._resources: list[Any] = []
        self._synchronizers = synchronizers
        self._manager: PairManager | None = manager
        self._adapters: dict[Any, Any] = {}
        self._voted: dict[int, bool] = {}
        self.extension = {}
        self.log = LOG
        self._failure_traceback = None
        self._before_commit: list[Any] = []
        self._after_commit: list[Any] = []
        self._before_abort: list[Any] = []
        self._after_abort: list[Any] = []

    def commit(self) -> None:
        """Store all changes.

        A description that the storage would refuse is made acceptable: it is no reason to lose the changes.
        """
        self._description = storable(self._description)
        manager = self._manager
        self.__dict__.setdefault("_data", {})  # else the library finds out by an error that it is not there
        try:
            super().commit()
        except ConflictError:
            raise
        except BaseException:
            if manager is not None:
                manager.tainted = True
            raise

    def _commitResources(self) -> None:  # noqa: N802
        """Let those who took part store their changes: for one alone without what is done for many."""
        if len(self._resources) != 1:
            super()._commitResources()
            return
        only = self._resources[0]
        try:
            only.tpc_begin(self)
            only.commit(self)
            only.tpc_vote(self)
            self._voted[id(only)] = True
            only.tpc_finish(self)
        except BaseException:
            try:
                self._cleanup([only])
            finally:
                self._synchronizers.map(lambda each: each.afterCompletion(self))
            raise

    def abort(self) -> None:
        """Forget all changes."""
        manager = self._manager
        if (
            manager is None
            or self._resources
            or self._before_abort
            or self._after_abort
            or self._savepoint2index
        ):
            super().abort()
            return
        synchronizers = self._synchronizers
        for each in synchronizers:
            each.beforeCompletion(self)
        manager.free(self)
        self._manager = None
        self._synchronizers = NOBODY
        for each in synchronizers:
            each.afterCompletion(self)


def storable(text: str) -> str:
    """Return *text* as a storage can keep it: short enough, and without halves of characters."""
    if not text.isprintable():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= DESCRIPTION_LENGTH else text[: DESCRIPTION_LENGTH - 1] + "…"


class PairManager(TransactionManager):
    """The explicit transaction manager of one connection: nothing begins by itself.

    tainted: did a commit fail by something else than a conflict? Nobody knows what the storage has of it, so
    the connection, which could hold objects that are not stored, is not used again.
    """

    tainted = False

    def __init__(self) -> None:
        super().__init__(explicit=True)
        self._synchs = Synchronizers()

    def begin(self) -> PairTransaction:
        """Begin a transaction and return it. Raises AlreadyInTransaction if one is open."""
        if self._txn is not None:
            raise AlreadyInTransaction
        synchronizers = self._synchs
        begun = self._txn = PairTransaction(synchronizers, self)
        for each in synchronizers:
            each.newTransaction(begun)
        return begun
