"""What a transaction changes, and who wants to know before it is committed."""

from collections.abc import Callable
from typing import Any


class BeforeCommit(list[Callable[[Any], None]]):
    """Functions that are called with the connection before each commit that changes something.

    They run inside the transaction: what they change is committed with it, what they raise stops it.
    """


def changed_in(connection: Any) -> list[Any]:
    """Return the objects that the running transaction has changed or added to *connection* so far.

    New objects that are only referred to are not among them. What was stored by a savepoint is.
    """
    found = list(connection._registered_objects)
    stored = connection._savepoint_storage
    if stored is not None:
        known = {each._p_oid for each in found}
        found += [connection.get(oid) for oid in list(stored.index) if oid not in known]
    return found
