"""From a connection to the site, and from a resource to what its database knows."""

from typing import Any

from ZODB.utils import z64

from objpub.lineage import lineage
from objpub.registry import Registry

#: The oid of the root mapping, and the name of the site in it.
ROOT = z64
SITE = "site"


def site_of(connection: Any) -> Any:
    """Return the site that *connection* sees, or None in an empty database."""
    return connection.get(ROOT).data.get(SITE)


def put_site(connection: Any, site: Any) -> None:
    """Make *site* the site of the database; the caller commits."""
    connection.root()[SITE] = site


def connection_of(resource: Any) -> Any:
    """Return the connection of the first of the lineage that has one; None for a loose tree."""
    for step in lineage(resource):
        connection = getattr(step, "_p_jar", None)
        if connection is not None:
            return connection
    return None


def registry_of(resource: Any) -> Registry | None:
    """Return the registry of the database that *resource* is in; None for a loose tree.

    A folder made in the running transaction has no connection of its own yet: its lineage has.
    """
    connection = connection_of(resource)
    registry: Registry | None = None if connection is None else connection.db().registry
    return registry


def revision_of(resource: Any) -> str:
    """Return the id of the transaction that stored *resource* last, 16 hex digits; "" if none did."""
    resource._p_activate()
    serial: bytes = resource._p_serial
    return serial.hex() if any(serial) else ""


def user_of_revision(resource: Any) -> str:
    """Return the user of the transaction that stored *resource* last, as it was noted there; "" for none.

    It costs a look into the storage, not a load: what a list may do for each of its lines.
    """
    connection = getattr(resource, "_p_jar", None)
    if connection is None or resource._p_oid is None:
        return ""
    try:
        revisions = connection._normal_storage.history(resource._p_oid, size=1)
    except KeyError:  # made in the running transaction, or packed away
        return ""
    user: str | bytes = revisions[0]["user_name"] if revisions else ""
    return user.decode("utf-8", "replace") if isinstance(user, bytes) else user
