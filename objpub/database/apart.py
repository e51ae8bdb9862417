"""What stands apart from the site: kept in the same database and the same transactions, out of reach of undo.

    keep_apart(connection, "audit", trail)
    kept_apart(connection, "audit")

It lies beside the site in the root mapping, under a name of its own: no URL leads there, and no operation on
content meets it. Its persistent objects are all of classes that are `Apart`, so whatever takes a transaction
back, or puts an object into an earlier state, knows by the class what it has to leave alone: `is_apart`.
"""

from collections.abc import Iterable
from typing import Any

from ZODB.utils import get_pickle_metadata

from objpub.errors import DatabaseError

from .iterating import transactions_of
from .site import ROOT
from .site import SITE

REFUSED = (
    "Transaction {tid} also wrote what nobody takes back, such as the audit record: the storage knows only"
    " whole transactions, so this way of undo is closed"
)


class Apart:
    """A mixin for persistent classes whose objects are never taken back to an earlier state."""


def keep_apart(connection: Any, name: str, thing: Any) -> None:
    """Keep *thing*, of a class that is `Apart`, beside the site under *name*; the caller commits."""
    if not isinstance(thing, Apart) or name == SITE:
        raise DatabaseError(f"{type(thing).__name__} cannot be kept apart as {name!r}")
    connection.root()[name] = thing


def kept_apart(connection: Any, name: str) -> Any:
    """Return what is kept beside the site under *name*, or None."""
    found = connection.get(ROOT).data.get(name)
    return found if isinstance(found, Apart) else None


def is_apart(kind: type) -> bool:
    """Does an undo leave objects of class *kind* as they are?"""
    return issubclass(kind, Apart)


def check_undoable(database: Any, tids: Iterable[bytes]) -> None:
    """Raise DatabaseError if one of the transactions *tids* wrote something that stands apart."""
    for tid in tids:
        transactions = transactions_of(database.storage, tid, tid)
        records = [record.data for transaction in transactions for record in transaction]
        if any(data and is_apart(class_of(database, data)) for data in records):
            raise DatabaseError(REFUSED.format(tid=tid.hex()))


def class_of(database: Any, data: bytes) -> type:
    """Return the class of the object that was stored as *data*."""
    found: type = database.classFactory(None, *get_pickle_metadata(data))
    return found
