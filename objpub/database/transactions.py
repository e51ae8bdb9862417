"""One transaction: a pair taken, begun, committed by its user or else aborted, and given back."""

from types import TracebackType
from typing import Any

from transaction.interfaces import TransientError

from .pairs import Pair


def transaction_for(database: Any, *, read_only: bool = False) -> "TransactionFor":
    """Return a context manager that gives a pair with a transaction begun.

    The caller commits, `pair.manager.commit()`; what is not committed at the end is aborted.
    read_only: a change raises WriteOnRead. Nothing that is raised inside is converted.
    """
    return TransactionFor(database.pairs, read_only)


class TransactionFor:
    """The context manager of `transaction_for`."""

    __slots__ = ("pair", "pairs", "read_only")

    def __init__(self, pairs: Any, read_only: bool) -> None:
        self.pairs = pairs
        self.read_only = read_only

    def __enter__(self) -> Pair:
        """Take a pair and begin."""
        pair: Pair = self.pairs.take()
        self.pair = pair
        try:
            pair.connection.read_only = self.read_only
            pair.manager.begin()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return pair

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Abort what is still open and give the pair back."""
        pair = self.pair
        try:
            if pair.manager._txn is not None:
                pair.manager.abort()
        finally:
            self.pairs.give_back(pair)


def retryable(error: BaseException, pair: Pair | None = None) -> bool:
    """Would the same work succeed when it is done again, as after a conflict?

    pair: where it failed; ask before it is aborted, because an abort forgets who took part.
    """
    if isinstance(error, TransientError):
        return True
    if pair is None or pair.manager._txn is None:
        return False
    return bool(pair.manager._txn.isRetryableError(error))
