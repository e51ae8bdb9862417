"""Where references and links lead: of one resource, and of the whole site those that lead nowhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from typing import NamedTuple

from objpub.catalog import Indexes
from objpub.catalog import keys_after
from objpub.catalog import number_in
from objpub.catalog import references_of
from objpub.catalog import resource_of
from objpub.catalog import tops_of
from objpub.catalog import Use
from objpub.catalog import uses
from objpub.content import Content
from objpub.database import connection_of
from objpub.database import registry_of
from objpub.lineage import top
from objpub.schema import Field
from objpub.security import Identity
from objpub.security import Policy

from .asking import is_trashed
from .linking import Sights
from .referring import may_see

#: What is wrong with where something leads.
NOWHERE, DELETED, HIDDEN = "nowhere", "deleted", "hidden"
LOOKED_AT = 5_000  # places that are looked at for one page of those that are broken
NAMED = 5  # of what refers to one of them


class Outgoing(NamedTuple):
    """A field refers to *target*.

    address: as it is written, in a text. wrong: "", or NOWHERE, DELETED or HIDDEN: then there is no target.
    """

    field: Field
    target: Any
    address: str
    wrong: str


@dataclass(frozen=True)
class Broken:
    """A place that is referred to, and is not there. address: of a link; "" for what was deleted.

    uses: at most NAMED of those that may be seen. others: are there more, or some that may not be seen?
    """

    address: str
    uses: tuple[Use, ...]
    others: bool


def leading_from(identity: Identity, resource: Any) -> Iterator[Outgoing]:
    """Yield what *resource* refers to within the site, in each field that *identity* may read, each once.

    For those who may not view what is there, a link in a text leads nowhere.
    """
    connection, site, registry = connection_of(resource), top(resource), registry_of(resource)
    if connection is None or registry is None:
        return
    references = references_of(registry[Indexes], resource)
    if references is None:
        return
    sights, policy = Sights(identity, site), registry[Policy]
    for field in references.fields:
        if field.read is None or policy.can(identity, field.read, resource):
            for key in dict.fromkeys(references.keys_in(resource, field)):
                number = number_in(key)
                if number is None:
                    yield by_address(field, key, sights)
                    continue
                target = resource_of(connection, number)
                wrong = DELETED if is_gone(target, site) else ""
                wrong = wrong or ("" if policy.can(identity, "view", target) else HIDDEN)
                yield Outgoing(field, None if wrong else target, "", wrong)


def by_address(field: Field, path: str, sights: Sights) -> Outgoing:
    """Return where the address *path*, in a text of *field*, leads."""
    target = sights.target(path)
    if target is not None:
        return Outgoing(field, target.resource, path, "")
    return Outgoing(field, None, path, "" if sights.leads(path) else NOWHERE)


def is_gone(resource: Any, site: Any) -> bool:
    """Is *resource* None, in the trash, or in no site any more?"""
    return not isinstance(resource, Content) or top(resource) is not site or is_trashed(resource)


def keys_in_all(site: Any, after: str) -> Iterator[tuple[Any, str, str]]:
    """Yield (top of a database, key of what something in it refers to, cursor), those behind *after* only."""
    path, _, behind = after.rpartition("\n")
    for place in tops_of(site):
        own = place._p_jar.db().mounted_at
        if own >= path:
            for key in keys_after(place, behind if own == path else ""):
                yield place, key, f"{own}\n{key}" if own else key


def broken_links(
    identity: Identity, site: Any, after: str = "", most: int = 50
) -> tuple[list[Broken], str | None]:
    """Return what is referred to in *site* and is not there, and where the next page begins, None at the end.

    after: where this page begins, as the one before said. For those who may not view what is there, an
    address leads nowhere. Only what refers in a resource and a field that *identity* may see is named.
    Raises Busy while the site is being indexed.
    """
    registry = registry_of(site)
    if registry is None:
        return [], None
    sights = Sights(identity, site)
    found: list[Broken] = []
    last = None
    for count, (place, key, cursor) in enumerate(keys_in_all(site, after)):
        if len(found) == most or count == LOOKED_AT:
            return found, last
        last = cursor
        number = number_in(key)
        there = sights.leads(key) if number is None else not is_gone(resource_of(place._p_jar, number), site)
        if there:
            continue
        every = list(islice(uses(place, {key: key}), LOOKED_AT))
        seen = [use for use in every if may_see(registry[Policy], identity, use)]
        if seen:
            address = "" if number is not None else key
            found.append(Broken(address, tuple(seen[:NAMED]), len(every) > len(seen[:NAMED])))
    return found, None
