"""The catalog: what is indexed, whether it is right, building it again, and a query to try."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from objpub.catalog import check_catalog
from objpub.catalog import Indexes
from objpub.catalog import Texts
from objpub.content import Site
from objpub.database import connection_of
from objpub.errors import Invalid
from objpub.errors import Refused
from objpub.operations import begin_reindex
from objpub.views import view

from .frame import framed
from .operations import lead_to_operation
from .picking import text_of
from .typed import refused
from .typed import Typed

#: Results of a query that are shown, mistakes that are told, and how long they are looked for.
SHOWN = 10
MOST_MISTAKES = 20
CHECK_SECONDS = 10
LONGEST = 2_000


@dataclass(frozen=True)
class Row:
    """An index. kinds: the content types that have it. resources: how many have a value; None for words."""

    name: str
    kind: str
    kinds: tuple[str, ...]
    resources: int | None
    built: bool


@dataclass(frozen=True)
class Checked:
    """What a comparison found. looked: at how many resources. whole: was it at all of them?"""

    mistakes: tuple[str, ...]
    looked: int
    whole: bool


class Enough(Exception):
    """The time for a comparison is over."""


@view(Site, "catalog", area="manage", permission="manage", template="catalog.pt")
def show(site: Site, request: Any, find: str = "", sort: str = "", check: bool = False) -> Any:
    """Show the indexes. find, sort: a query to try, and its order. check: compare them with the site."""
    typed = Typed(request.form)
    tried = None
    if "find" in request.form:
        try:
            tried = try_query(request, find[:LONGEST], sort)
        except Invalid as error:
            return refused(request, error, lambda typed: catalog_page(request, typed), "find")
    return catalog_page(request, typed, tried, compare(site) if check else None)


@view(Site, "catalog", area="manage", method="POST", permission="manage", template="catalog.pt")
def rebuild(site: Site, request: Any) -> Any:
    """Begin to build the index again that `index` names, "" for all, and lead to where it is told how far."""
    name = text_of(request, "index").strip()
    try:
        begun = begin_reindex(request.identity, site, (name,) if name else ())
    except Refused as error:
        return refused(request, error, lambda typed: catalog_page(request, typed), "index")
    return lead_to_operation(request, begun)


def catalog_page(
    request: Any, typed: Typed, tried: Any = None, checked: Checked | None = None
) -> dict[str, Any]:
    """Return what the page shows."""
    site = request.site
    database = connection_of(site).db()
    indexes: Indexes = database.registry[Indexes]
    texts = database.registry[Texts].of(database)
    catalog = site.catalog
    reading = None if catalog is None else catalog.reading()
    return framed(
        request,
        "database",
        "Catalog",
        typed=typed,
        ready=catalog is not None and catalog.is_ready(indexes),
        building=catalog is not None and catalog.builds.until > time.time(),
        progress=request.application.builder.progress,
        resources=0 if reading is None else len(reading),
        places=0 if reading is None else len(reading.places),
        rows=[] if catalog is None else list(rows_of(catalog, reading, indexes)),
        texts=texts.figures(),
        tried=tried,
        checked=checked,
    )


def rows_of(catalog: Any, reading: Any, indexes: Indexes) -> Iterator[Row]:
    """Yield the indexes, by name."""
    for name in indexes.names():
        for spec in sorted(indexes.named(name), key=lambda each: each.key):
            kinds = [dotted for dotted, keys in indexes.signature.items() if spec.key in keys]
            index = reading.indexes.get(spec.key)
            built = all(spec.key in catalog.builds.signature.get(dotted, ()) for dotted in kinds)
            count = None if spec.kind == "text" else 0 if index is None else len(index.numbers())
            titles = tuple(dotted.rpartition(".")[2] for dotted in kinds)
            yield Row(name, spec.kind, titles, count, built)


def try_query(request: Any, text: str, sort: str) -> dict[str, Any]:
    """Return what a query finds for the one who asks, and how long that took. Raises Invalid."""
    begun = time.perf_counter()
    found = request.find(request.query_from(text), sort=sort or None)
    first = list(found.page(None, SHOWN))
    return {"found": found, "first": first, "seconds": time.perf_counter() - begun}


def compare(site: Site) -> Checked:
    """Compare the indexes with the resources, for a while."""
    begun, looked = time.monotonic(), 0

    def go_on(number: int) -> None:
        nonlocal looked
        looked = number
        if time.monotonic() - begun > CHECK_SECONDS:
            raise Enough

    mistakes: list[str] = []
    try:
        for sentence in islice(check_catalog(connection_of(site), go_on), MOST_MISTAKES):
            mistakes.append(sentence)
    except Enough:
        return Checked(tuple(mistakes), looked, False)
    return Checked(tuple(mistakes), looked, len(mistakes) < MOST_MISTAKES)
