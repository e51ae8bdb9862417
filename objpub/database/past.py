"""The past of one object: who stored it when, and what it was then."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from datetime import UTC
from typing import Any

from transaction import TransactionManager

from .site import connection_of


@dataclass(frozen=True)
class Revision:
    """One time that an object was stored.

    tid: of the transaction. moment: when, in UTC. user: the id of who did it, "" if nobody is known.
    sentence: what the transaction did, in words. about: the oids of what the words name, as far as noted.
    """

    tid: bytes
    moment: datetime
    user: str
    sentence: str
    about: tuple[bytes, ...] = ()


def revisions_of(resource: Any, most: int = 20) -> list[Revision]:
    """Return up to *most* revisions of *resource*, the newest first; none of one that was never stored.

    What a pack has removed is not among them.
    """
    connection, oid = connection_of(resource), getattr(resource, "_p_oid", None)
    if connection is None or oid is None or not any(resource._p_serial or b""):
        return []
    return [
        Revision(
            each["tid"],
            datetime.fromtimestamp(each["time"], UTC),
            each["user_name"].strip(),
            "; ".join(filter(None, each["description"].split("\n"))),
            (each.get("extension") or each).get("about", ()),  # where it stands differs with the engine
        )
        for each in connection.db().history(oid, most)
    ]


@contextmanager
def as_of(resource: Any, revision: Revision) -> Iterator[Any]:
    """Give *resource* as it was stored by *revision*, read-only, as long as the block runs.

    Take plain values out of it; an object of it must not be kept.
    """
    manager = TransactionManager()
    connection = connection_of(resource).db().open(manager, at=revision.tid)
    try:
        yield connection.get(resource._p_oid)
    finally:
        manager.abort()
        connection.close()
