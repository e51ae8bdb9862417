"""Who refers to something: asked of the index of references, told with the field."""

from collections.abc import Iterator
from collections.abc import Mapping
from heapq import merge
from typing import Any
from typing import NamedTuple

from objpub.database import connection_of
from objpub.schema import Field

from .catalog import Catalog
from .collecting import update_catalog
from .declarations import Indexes
from .identifiers import resource_of
from .referring import item_of
from .referring import REFERENCE
from .referring import REFERENCES
from .referring import References

END = "g"  # behind all keys: numbers in hex, and addresses that begin with "/"


class Use(NamedTuple):
    """A resource refers to *target* in its *field*."""

    resource: Any
    field: Field
    target: Any


def uses(site: Any, wanted: Mapping[str, Any], rules: frozenset[str] | None = None) -> Iterator[Use]:
    """Yield what in *site* refers to what has one of the keys *wanted*, key → target, whoever may see it.

    The oldest of what refers comes first. rules: only references by fields with one of these rules on
    deletion. What the running transaction has changed counts. Raises Busy while the index is being built.
    """
    connection = connection_of(site)
    catalog: Catalog | None = site.catalog
    if connection is None or catalog is None:
        return
    indexes: Indexes = connection.db().registry[Indexes]
    keys = keys_with(indexes, rules)
    if not keys or not wanted:
        return
    catalog.check_built(indexes, (REFERENCES,))
    if connection.is_changed and not connection.read_only:
        update_catalog(connection)
    numbers: set[int] = set()
    reading = catalog.reading()
    for key in keys:
        if (index := reading.indexes.get(key)) is not None:
            numbers.update(index.equal(wanted))
    for number in sorted(numbers):
        resource = resource_of(connection, number)
        references = None if resource is None else references_of(indexes, resource)
        if references is not None:
            yield from uses_by(resource, references, wanted, rules)


def uses_by(
    resource: Any, references: References, wanted: Mapping[str, Any], rules: frozenset[str] | None
) -> Iterator[Use]:
    """Yield each use of what is *wanted* by *resource*: once for each field and target."""
    for field in references.fields:
        if rules is not None and (item_of(field).name != REFERENCE or field.on_delete not in rules):
            continue
        found = (wanted.get(key) for key in references.keys_in(resource, field))
        for target in {id(each): each for each in found if each is not None}.values():
            yield Use(resource, field, target)


def references_of(indexes: Indexes, resource: Any) -> References | None:
    """Return what finds the references of *resource*; None where its type can have none."""
    spec = indexes.of(type(resource)).get(REFERENCES)
    found: Any = None if spec is None else spec.function
    return found


def has_rules(site: Any, rules: frozenset[str]) -> bool:
    """Has any type of *site* a reference with one of *rules* on deletion?"""
    connection = connection_of(site)
    return connection is not None and bool(keys_with(connection.db().registry[Indexes], rules))


def keys_with(indexes: Indexes, rules: frozenset[str] | None) -> set[str]:
    """Return the keys of the indexes of types that have a field with one of *rules*; None: of all."""
    return {
        spec.key
        for spec in indexes.each_called(REFERENCES)
        if rules is None or not rules.isdisjoint(getattr(spec.function, "rules", ()))
    }


def keys_below(site: Any, path: str) -> Iterator[str]:
    """Yield the keys of addresses below *path*, "/a/b", that texts in *site* link to."""
    connection = connection_of(site)
    catalog: Catalog | None = site.catalog
    if connection is None or catalog is None:
        return
    if connection.is_changed and not connection.read_only:
        update_catalog(connection)
    reading = catalog.reading()
    for key in keys_with(connection.db().registry[Indexes], None):
        if (index := reading.indexes.get(key)) is not None:
            yield from index.values_between(f"{path}/", f"{path}0")


def keys_after(site: Any, key: str = "") -> Iterator[str]:
    """Yield the keys of all that something in *site* refers to, in their order, those behind *key* only.

    Addresses come first. Raises Busy while this is being indexed.
    """
    connection = connection_of(site)
    catalog: Catalog | None = site.catalog
    if connection is None or catalog is None:
        return
    indexes: Indexes = connection.db().registry[Indexes]
    catalog.check_built(indexes, (REFERENCES,))
    kept = catalog.reading().indexes
    found = [kept[each] for each in keys_with(indexes, None) if each in kept]
    before = key
    for each in merge(*(index.values_between(f"{key}\0", END) for index in found)):
        if each != before and any(index.equal((each,)) for index in found):
            yield each
        before = each
