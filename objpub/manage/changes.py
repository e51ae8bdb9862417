"""What was done lately, in sentences: read from the end of the database's own log, never from the site."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from objpub.content import Folder
from objpub.database import connection_of
from objpub.database import revisions_of
from objpub.lineage import top
from objpub.operations import sentence_of

from .permission import sees_all
from .permission import visible

LOOKED_AT = 300  # transactions
OF_SITE = 50  # revisions of the site itself


@dataclass(frozen=True)
class Change:
    """One transaction. user: the id of who did it, "". resource: what it was about, None where it is gone."""

    moment: datetime
    user: str
    who: str
    sentence: str
    resource: Any


def latest_changes(request: Any) -> Iterator[Change]:
    """Yield what was done of late, the latest first, as far as all that it names may be seen.

    What is about the site and did not store it, such as a sign-in, is no change of it; what nobody did to
    nothing, as when the database was made, is none either.
    """
    site = request.site
    connection = connection_of(site)
    whole = sees_all(request)
    stored = {each.moment for each in revisions_of(site, OF_SITE)}
    for each in connection.db().latest(LOOKED_AT):
        sentence, about = sentence_of(each), each.get("about") or ()
        if (
            not sentence
            or not (about or each["user"])
            or (tuple(about) == (site._p_oid,) and each["moment"] not in stored)
        ):
            continue
        named = [found for oid in about if (found := named_by(connection, oid)) is not None]
        seen = bool(named) and len(named) == len(about) and all(visible(request, found) for found in named)
        if whole or seen:
            first = named[0] if named and is_there(request, named[0]) else None
            yield Change(each["moment"], each["user"], who(request, each["user"]), sentence, first)


def named_by(connection: Any, oid: bytes) -> Any:
    """Return the object with the id *oid*; None where it was packed away, or is in another database."""
    try:
        return connection.get(oid)
    except KeyError:
        return None


def is_there(request: Any, resource: Any) -> bool:
    """Is *resource* in the tree, on this host, and seen by the one who asks? No user is, nor is the trash."""
    if resource is not request.site:
        parent = getattr(resource, "__parent__", None)
        if not isinstance(parent, Folder) or parent.get(resource.__name__) is not resource:
            return False
    at_home = top(resource) is request.site and request.path_to(resource)[0] == "/"
    return at_home and visible(request, resource)


def who(request: Any, user: str) -> str:
    """Return what people call the user with the id *user*."""
    users = request.site.users
    return user if not user or users is None else str(users.title_of_principal(f"user:{user}"))
