"""One transaction: a pair taken, begun, committed by its user or else aborted, and given back."""

import errno
from types import TracebackType
from typing import Any
from typing import TYPE_CHECKING

from transaction.interfaces import TransientError

from .pairs import Pair
from .pairs import Pairs

if TYPE_CHECKING:
    from .database import Database


def transaction_for(database: "Database", *, read_only: bool = False) -> "TransactionFor":
    """Return a context manager that gives a Pair with a transaction begun.

        with transaction_for(database) as pair:
            site_of(pair.connection).title = "Home"
            pair.manager.commit()

    What is not committed at the end is aborted. read_only: a change raises WriteOnRead. Nothing that is
    raised inside is converted.
    """
    return TransactionFor(database.pairs, read_only)


class TransactionFor:
    """The context manager of `transaction_for`."""

    __slots__ = ("pair", "pairs", "read_only")

    def __init__(self, pairs: Pairs, read_only: bool) -> None:
        self.pairs = pairs
        self.read_only = read_only

    def __enter__(self) -> Pair:
        """Take a pair and begin."""
        pair = self.pair = self.pairs.take()
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
            transaction = pair.manager._txn
            if transaction is not None:
                transaction.abort()
        finally:
            self.pairs.give_back(pair)


def retryable(error: BaseException, transaction: Any = None) -> bool:
    """Would the same work succeed when it is done again, as after a conflict?

    transaction: in which it failed, `pair.manager.get()`. Ask before it is aborted: an abort forgets who took
    part, and they have a say.
    """
    if isinstance(error, TransientError):
        return True
    if transaction is None or not isinstance(error, Exception):
        return False
    return bool(transaction.isRetryableError(error))


#: What the libraries of the engines raise when their server is gone; the libraries need not be here.
GONE = frozenset(
    {
        ("ZEO.Exceptions", "ClientDisconnected"),
        ("psycopg2", "InterfaceError"),
        ("psycopg2", "OperationalError"),
    }
)
#: What the system says of a disk without room.
FULL = frozenset({errno.EDQUOT, errno.EFBIG, errno.ENOSPC})
#: A ZEO server that was started between vote and finish of a commit knows nothing of it, and says it so.
ASKED_ANOTHER = ("ZEO.Exceptions", "ServerException"), "finished called wo lock"
#: Of a connection that broke while a command ran, psycopg2 has no class of its own: this is its base for all.
BROKEN = ("psycopg2", "DatabaseError")


def disk_is_full(error: BaseException) -> bool:
    """Does *error* say that a disk of the database has no room, on this machine or that of a ZEO server?"""
    if isinstance(error, OSError):
        return error.errno in FULL
    kind, _ = ASKED_ANOTHER
    return (type(error).__module__, type(error).__name__) == kind and any(
        f"OSError', ({number}," in str(error) for number in FULL
    )


def storage_is_gone(error: BaseException) -> bool:
    """Does *error* say that the server of the database is away? Whether it did what was asked is unknown."""
    if type(error) is Exception and error.__context__ is not None:
        error = error.__context__  # RelStorage wraps what it met when it lets go of a connection
    names = [(each.__module__, each.__name__) for each in type(error).__mro__]
    kind, words = ASKED_ANOTHER
    return names[0] == BROKEN or not GONE.isdisjoint(names) or (names[0] == kind and words in str(error))
