"""Does the catalog say what is in the tree?"""

from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

from objpub.content import walk
from objpub.database import site_of
from objpub.lineage import path_of

from .building import own
from .catalog import Catalog
from .catalog import is_place
from .catalog import parent_of
from .catalog import state_key
from .declarations import Indexes
from .declarations import IndexSpec
from .identifiers import id_of
from .identifiers import resource_of
from .ledger import stamp_of
from .reading import Reading

#: After so many resources memory is given back.
BATCH = 1_000


def check_catalog(connection: Any, progress: Callable[[int], None] | None = None) -> Iterator[str]:
    """Compare the catalog of the site in *connection* with every resource; yield what is wrong, in sentences.

    Nothing is changed: `objpub reindex` mends it. progress: called with the number of resources now and then.
    """
    site = site_of(connection)
    catalog: Catalog | None = getattr(site, "catalog", None)
    if catalog is None:
        yield "The site has no catalog; `objpub reindex` makes it"
        return
    indexes: Indexes = connection.db().registry[Indexes]
    reading = catalog.reading()
    if not catalog.is_ready(indexes):
        yield "The catalog is not built as it is declared; `objpub reindex` builds it"
        return
    seen = set()
    for count, resource in enumerate(each for each in walk(site) if own(each, connection)):
        seen.add(id_of(resource))
        for sentence in differences(reading, resource, indexes):
            yield f"{path_of(resource)}: {sentence}; `objpub reindex` mends it"
        if not count % BATCH:
            connection.cacheGC()
            if progress is not None:
                progress(count)
    yield from strays(reading, connection, seen)


def differences(catalog: Reading, resource: Any, indexes: Indexes) -> Iterator[str]:
    """Yield what the catalog says otherwise about *resource*."""
    number = id_of(resource)
    if number not in catalog:
        yield "it is not in the catalog"
        return
    if catalog.parents[number] != parent_of(resource):
        yield "the catalog has it in another folder"
    if catalog.owners.get(number) != resource._owner:
        yield f"the catalog has {catalog.owners.get(number)!r} as its owner, not {resource._owner!r}"
    if is_place(resource) is not (number in catalog.places):
        yield "the catalog is wrong about whether rights are set at it"
    if catalog.states.get(number) != state_key(resource):
        yield "the catalog has it in another state"
    if number not in catalog.of_kind(type(resource)):
        yield "the catalog does not know its type"
    yield from value_differences(catalog, number, resource, indexes)


def value_differences(catalog: Reading, number: int, resource: Any, indexes: Indexes) -> Iterator[str]:
    """Yield what the indexes say otherwise about *resource*, whose id is *number*."""
    specs = indexes.of(type(resource)).values()
    for spec in specs:
        if spec.kind != "text":
            yield from index_differences(catalog.indexes.get(spec.key), spec, resource)
    if catalog.texts.get(number) != stamp_of(resource, specs):
        yield "the index of texts has another text"


def index_differences(index: Any, spec: IndexSpec, resource: Any) -> Iterator[str]:
    """Yield what *index*, None where there is none, says otherwise about *resource*."""
    number = id_of(resource)
    wanted = spec.keys_of(resource)
    kept = index.keys_of(number) if index is not None else ()
    if kept != wanted:
        yield f"the index {spec.name!r} has {kept!r:.80}, not {wanted!r:.80}"
    elif any(number not in index.equal((key,)) for key in wanted):
        yield f"the index {spec.name!r} does not find it by {wanted!r:.80}"


def strays(catalog: Reading, connection: Any, seen: set[int]) -> Iterator[str]:
    """Yield what the catalog or an index has besides the resources *seen*."""
    for number in catalog.parents:
        if number not in seen and resource_of(connection, number) is not None:
            yield f"oid 0x{number:x}: in the catalog, and not in the site; `objpub reindex` mends it"
    for key, index in catalog.indexes.items():
        stray = [number for number in index.numbers() if number not in catalog]
        if stray:
            name = key.partition(":")[0]
            yield f"The index {name!r} has {len(stray):,} resources that the catalog has not"
