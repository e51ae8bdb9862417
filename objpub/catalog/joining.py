"""Finding in several databases at once: that of a site, and those that are mounted in it.

Each has its own catalog, as no object of one refers to an object of another. A query is asked of each, as far
as it can mean something there, and what they find is put together: in one order, with one count.
"""

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from itertools import zip_longest
from typing import Any

from objpub.content import Content
from objpub.content import Page
from objpub.database import connection_of
from objpub.database import mounts_of
from objpub.database import site_of
from objpub.lineage import inside

from .queries import And
from .queries import AnyOf
from .queries import Below
from .queries import Everything
from .queries import Not
from .queries import Or
from .queries import Query
from .results import Counted
from .results import Results
from .results import Term
from .wording import Snippet

#: Of what was found: the path of the database in the tree of the site, and the id there.
Hit = tuple[str, int]

NOTHING = Or(())


def tops_of(site: Any) -> Iterator[Any]:
    """Yield *site*, and what stands at the top of each database that is mounted in it and has a catalog."""
    yield site
    connection = site._p_jar
    if connection is None or len(connection.db().databases) == 1:
        return
    for path in sorted(mounts_of(connection.db())):
        top = site_of(connection.get_connection(path))
        if getattr(top, "catalog", None) is not None and top.__parent__ is not None:
            yield top


def localized(query: Query, top: Any) -> Query:
    """Return what *query* means in the database with *top* at its top: resources of others are not in it."""
    if isinstance(query, And | Or):
        return replace(query, parts=tuple(localized(each, top) for each in query.parts))
    if isinstance(query, Not):
        return Not(localized(query.part, top))
    if isinstance(query, Below) and not is_of(query.place, top):
        return Everything() if inside(top, query.place) else NOTHING
    if isinstance(query, AnyOf) and any(isinstance(each, Content) for each in query.values):
        values = tuple(each for each in query.values if not isinstance(each, Content) or is_of(each, top))
        return replace(query, values=values) if values else NOTHING
    return query


def is_of(resource: Any, top: Any) -> bool:
    """Is *resource* in the database with *top* at its top? A loose one is as good as in any."""
    connection = connection_of(resource)
    return connection is None or connection is top._p_jar


class JoinedResults(Results):
    """What *query* finds in several databases. parts: what it finds in each, by its path."""

    def __init__(self, parts: dict[str, Results], query: Query) -> None:
        first = next(iter(parts.values()))
        self.query = query
        self.limit = first.limit
        self._parts = parts
        self._sort = first._sort
        self._on_page: list[Any] = []

    def page(self, after: str | None = None, limit: int | None = None) -> Page:
        """Return some results behind the cursor *after*; see `Results.page`."""
        found = super().page(after, limit)
        for path, part in self._parts.items():
            part._on_page = [number for each, number in self._on_page if each == path]
        return found

    def snippet(self, resource: Any) -> Snippet:
        """Return the piece of the texts of *resource* that fits best; see `Results.snippet`."""
        connection = connection_of(resource)
        part = None if connection is None else self._parts.get(connection.db().mounted_at)
        return Snippet() if part is None else part.snippet(resource)

    @cached_property
    def _seen(self) -> list[Any]:
        return [(path, number) for path, part in self._parts.items() for number in part._seen]

    def _finds(self, text: str) -> bool:
        return any(part._finds(text) for part in self._parts.values())

    def _near(self, word: str) -> list[str]:
        near = zip_longest(*(part._near(word) for part in self._parts.values()))
        return list(dict.fromkeys(word for some in near for word in some if word is not None))

    def _counted(self, name: str) -> Counted:
        found: Counted = {}
        for path, part in self._parts.items():
            for (place, key), (value, count) in part._counted(name).items():
                whole = (path if place is not None else None), key
                found[whole] = value, count + found.get(whole, (value, 0))[1]
        return found

    def _scorer(self) -> Callable[[Any], float]:
        scorers = {path: part._scorer() for path, part in self._parts.items()}
        return lambda hit: scorers[hit[0]](hit[1])

    def _ranker(self, term: Term) -> Callable[[Any], Any]:
        tables: dict[str, list[tuple[int, Callable[[int], Any]]]] = {}
        for path, part in self._parts.items():
            indexes = enumerate(part._catalog.indexes.get(spec.key) for spec in term.specs)
            tables[path] = [(place, index.keys_of) for place, index in indexes if index is not None]

        def rank(hit: Hit) -> Any:
            for place, keys_of in tables[hit[0]]:
                if keys := keys_of(hit[1]):
                    return place, keys[0]
            return None

        return rank

    def _resource(self, number: Any) -> Any:
        path, own = number
        return self._parts[path]._resource(own)

    def _number_from(self, value: Any) -> Any:
        path, number = value
        if type(path) is not str or type(number) is not int:
            raise ValueError(value)
        return path, number


def join(tops: list[Any], query: Query, results_of: Callable[[Any, Query], Results]) -> Results:
    """Return what *query* finds in all databases with *tops* at their top. results_of: finds in one."""
    parts = {top._p_jar.db().mounted_at: results_of(top, localized(query, top)) for top in tops}
    return JoinedResults(parts, query)
