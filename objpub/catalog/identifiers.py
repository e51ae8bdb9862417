"""The number by which indexes know a resource: its oid, so that nothing has to be kept to find it again."""

from typing import Any

from ZODB.POSException import POSKeyError

from objpub.content import Content
from objpub.database import connection_of

#: The parent of the site; no resource has this id, as the root mapping has it.
NOWHERE = 0


def id_of(resource: Any) -> int:
    """Return the id of *resource*. One that is new gets it here, and is stored with this transaction.

    Of a loose one, in no database, it is NOWHERE.
    """
    oid = resource._p_oid
    if oid is None:
        connection = connection_of(resource)
        if connection is None:
            return NOWHERE
        connection.add(resource)
        oid = resource._p_oid
    return int.from_bytes(oid, "big")


def resource_of(connection: Any, number: int) -> Any:
    """Return the resource with the id *number*; None where it is gone, or its class is missing."""
    try:
        found = connection.get(number.to_bytes(8, "big"))
    except POSKeyError:
        return None
    return found if isinstance(found, Content) else None
