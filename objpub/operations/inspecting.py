"""Looking at one record of the database, and giving it away: what is secret stays hidden.

Texts are shown of resources only, which hold nothing that signs in; of other records, such as those with
passwords and sessions, no more than their shape. What somebody may not view is not shown at all.
"""

import re
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from itertools import islice
from typing import Any

from objpub.catalog import catalog_of
from objpub.content import BrokenResource
from objpub.content import Content
from objpub.content import Folder
from objpub.content import Site
from objpub.database import connection_of
from objpub.database import leading_to
from objpub.database import Record
from objpub.database import record_at
from objpub.database import state_in
from objpub.errors import Forbidden
from objpub.errors import NotFound
from objpub.lineage import path_of
from objpub.schema import schema_of
from objpub.security import Identity

from .asking import policy_for
from .asking import require
from .sentences import say

SECRET = re.compile("passw|secret|token|credential|hash|csrf|salt|cookie|api_?key|private_?key", re.I)
HIDDEN = "hidden"
DEEP = 4
MOST_ROWS = 200
MOST_LOOKED_AT = 20_000  # rows, to see whether something is hidden
MOST_ITEMS = 30
LONGEST = 200
LOOKED_AT = 20_000  # records, to find what refers to one


@dataclass(frozen=True)
class Row:
    """One value of a record. name: such as "tags[0]". number: of the object that it leads to, or None."""

    name: str
    text: str
    number: int | None = None


@dataclass(frozen=True)
class Inspected:
    """A record. resource: what it is of, where that is a resource. address: its path on the site, or "".

    rows: its values. is_cut: are there more? is_open: are its texts shown, so that it can be given away?
    """

    record: Record
    resource: Any
    address: str
    rows: tuple[Row, ...]
    is_cut: bool
    is_open: bool


def inspect(identity: Identity, site: Site, number: int) -> Inspected:
    """Return what there is to see of the record *number*. Needs "manage" on the site.

    Raises NotFound where there is none, and for what *identity* may not view.
    """
    require(identity, "manage", site)
    connection = connection_of(site)
    record = record_at(connection, number)
    if record is None:
        raise NotFound(f"{number:x}", "the database", f"{number:x}")
    state = state_in(connection, record)
    resource = resource_in(connection, number, state)
    policy = policy_for(site)
    if resource is not None and not policy.can(identity, "view", resource):
        raise NotFound(f"{number:x}", "the database", f"{number:x}")
    closed = closed_fields(policy, identity, resource)
    rows = list(islice(rows_of("", state, resource is not None, closed), MOST_LOOKED_AT))
    is_open = resource is not None and not closed and all(row.text is not HIDDEN for row in rows)
    catalog = catalog_of(site)
    known = resource is not None and catalog is not None and number in catalog
    return Inspected(
        record,
        resource,
        path_of(resource) if known or isinstance(resource, BrokenResource) else "",
        tuple(rows[:MOST_ROWS]),
        len(rows) > MOST_ROWS,
        is_open and len(rows) < MOST_LOOKED_AT,
    )


def referrers(identity: Identity, site: Site, number: int) -> tuple[list[tuple[int, str]], bool]:
    """Return (number, class) of the records that refer to the one with *number*; are they all?

    At most `LOOKED_AT` records are looked at. Needs "manage" on the site.
    """
    require(identity, "manage", site)
    return leading_to(connection_of(site), number, LOOKED_AT)


def export_record(identity: Identity, site: Site, number: int) -> bytes:
    """Return the bytes of the record *number*, and write down who took them. Needs "manage" on the site.

    Raises NotFound, and Forbidden for a record that may hold what is secret.
    """
    found = inspect(identity, site, number)
    if not found.is_open:
        raise Forbidden("Only records of resources are given away, by those who may see all of their fields")
    words = f"Took the record {number:x} of the class {found.record.class_name}"
    say(identity, site, words, what="record.export", about=(found.address, words[:200]))
    return found.record.data


def resource_in(connection: Any, number: int, state: Any) -> Any:
    """Return the resource that the record *number* is of, broken ones too; None for what is none."""
    try:
        found = connection.get(number.to_bytes(8, "big"))
    except Exception:  # its class may fail in any way
        found = None
    if isinstance(found, Content):
        return found
    if not isinstance(state, Mapping):
        return None
    parent, name = state.get("__parent__"), state.get("__name__")
    broken = parent.get(name) if isinstance(parent, Folder) and isinstance(name, str) else None
    is_same = isinstance(broken, BrokenResource) and broken.remains._p_oid == number.to_bytes(8, "big")
    return broken if is_same else None


def closed_fields(policy: Any, identity: Identity, resource: Any) -> frozenset[str]:
    """Return the names of the fields of *resource* that *identity* may not read."""
    fields = schema_of(type(resource)).values() if isinstance(resource, Content) else ()
    closed = (each for each in fields if each.read is not None)
    return frozenset(each.name for each in closed if not policy.can(identity, each.read, resource))


def rows_of(name: str, value: Any, shows_texts: bool, closed: frozenset[str], deep: int = 0) -> Iterator[Row]:
    """Yield the rows of *value*, which is called *name*."""
    if isinstance(value, Mapping) and deep < DEEP:
        yield from rows_by_name(name, value, shows_texts, closed, deep)
    elif isinstance(value, list | tuple | set | frozenset) and deep < DEEP:
        items = value if isinstance(value, list | tuple) else sorted(value, key=str)
        for place, each in enumerate(islice(items, MOST_ITEMS)):
            yield from rows_of(f"{name}[{place}]", each, shows_texts, closed, deep + 1)
        if len(value) > MOST_ITEMS:
            yield Row(f"{name}[…]", f"{len(value) - MOST_ITEMS:,} more")
    elif getattr(value, "_p_oid", None) is not None:
        kind = type(value)
        yield Row(name, f"{kind.__module__}.{kind.__qualname__}", int.from_bytes(value._p_oid, "big"))
    else:
        yield Row(name, written(value) if shows_texts else shape(value))


def rows_by_name(
    name: str, values: Mapping[Any, Any], shows_texts: bool, closed: frozenset[str], deep: int
) -> Iterator[Row]:
    """Yield the rows of *values* by their names; those that are secret, or *closed*, are hidden."""
    for key, each in islice(sorted(values.items(), key=lambda item: str(item[0])), MOST_ITEMS * 2):
        own = str(key) if shows_texts or deep == 0 else shape(key)
        inner = f"{name}.{own}" if name else own
        if str(key) in closed or SECRET.search(str(key)):
            yield Row(inner, HIDDEN)
        else:
            yield from rows_of(inner, each, shows_texts, closed, deep + 1)


def written(value: Any) -> str:
    """Return a value as text."""
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    if value is None or isinstance(value, str | int | float | datetime | date):
        text = repr(value) if isinstance(value, str) or value is None else str(value)
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text):,} characters)"
    return f"{type(value).__module__}.{type(value).__qualname__}"


def shape(value: Any) -> str:
    """Return what kind of value it is; of numbers, which sign nobody in, the value."""
    if isinstance(value, str):
        return f"a text of {len(value):,} characters"
    return written(value)
