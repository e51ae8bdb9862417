"""Finding: from arguments to results, for somebody."""

from collections.abc import Sequence
from typing import Any

from objpub.content import Content
from objpub.database import connection_of
from objpub.errors import Invalid
from objpub.security import Identity

from .catalog import Catalog
from .collecting import update_catalog
from .declarations import Indexes
from .evaluating import Evaluation
from .joining import join
from .joining import tops_of
from .queries import And
from .queries import any_of
from .queries import Below
from .queries import Everything
from .queries import OfKind
from .queries import Query
from .queries import Words
from .queries import words_of
from .results import RELEVANCE
from .results import Results
from .sight import Sight
from .texts import Texts


def find(
    identity: Identity,
    site: Any,
    *conditions: Any,
    within: Any = None,
    text: str | None = None,
    sort: str | Sequence[str] | None = None,
    limit: int | None = None,
    permission: str = "view",
    **values: Any,
) -> Results:
    """Return what *identity* may see of what the conditions find in *site*.

    conditions: classes of content, of which one will do, and queries. within: a resource; only what is below
    it. text: words. values: by the name of an index; a set, list or tuple is any of its values, None is no
    condition. sort: names of indexes, several with commas between them or in a list, "-" before what goes
    down; None: by relevance where words are asked for, else from the oldest to the newest. limit: how many
    resources are given at most. permission: what *identity* needs on each.
    Raises Invalid for a condition that no index knows, and for a value that cannot be one.
    """
    connection = connection_of(site)
    catalog: Catalog | None = getattr(site, "catalog", None)
    if connection is None or catalog is None:
        raise Invalid({"find": "This site has no catalog"})
    query = query_of(conditions, within, text, values)
    if sort is None and words_of(query):
        sort = RELEVANCE

    def found_in(top: Any, asked: Query) -> Results:
        return results_in(top, asked, identity, permission, sort, limit)

    if len(connection.db().databases) > 1:
        return join(list(tops_of(site)), query, found_in)
    return found_in(site, query)


def results_in(
    top: Any,
    query: Query,
    identity: Identity,
    permission: str,
    sort: str | Sequence[str] | None,
    limit: int | None,
) -> Results:
    """Return what *query* finds in the database with *top*, which has a catalog, at its top."""
    connection, catalog = connection_of(top), top.catalog
    if connection.is_changed and not (connection.main or connection).read_only:
        update_catalog(connection)  # what this transaction did can be found by itself
    indexes: Indexes = connection.db().registry[Indexes]
    ranked = sort is not None and RELEVANCE in (sort if isinstance(sort, str) else ",".join(sort))
    reading = catalog.reading()
    evaluation = Evaluation(reading, indexes, lambda texts: scores_of(connection, catalog, texts, ranked))
    sight = Sight(reading, connection, identity, permission)
    return Results(evaluation, sight, query, sort, limit)


def scores_of(connection: Any, catalog: Catalog, texts: Sequence[str], ranked: bool) -> dict[int, float]:
    """Return how well resources fit one of *texts*, by id; what was committed until now takes part.

    ranked: False where nobody looks at how well.
    Raises Invalid for a site as of the past.
    """
    if connection.before is not None:
        raise Invalid({"text": "Words are looked for in the site of today only"})
    database = connection.db()
    table: Texts = database.registry[Texts]
    return table.of(database).search(connection, catalog, texts, ranked)


def query_of(conditions: Sequence[Any], within: Any, text: str | None, values: dict[str, Any]) -> Query:
    """Return the query that the arguments of `find` mean. Raises Invalid for what is no condition."""
    kinds = tuple(each for each in conditions if isinstance(each, type) and issubclass(each, Content))
    queries = [each for each in conditions if each is not None and each not in kinds]
    strange = next((each for each in queries if not isinstance(each, Query)), None)
    if strange is not None:
        raise Invalid({"find": f"wanted a content type or a query, not {strange!r}"})
    parts: list[Query] = [
        *([OfKind(kinds)] if kinds else ()),
        *queries,
        *([place_of(within)] if within is not None else ()),
        *([Words(text)] if text is not None and text.strip() else ()),
        *(any_of(name, value) for name, value in values.items() if value is not None),
    ]
    if not parts:
        return Everything()
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def place_of(place: Any) -> Query:
    """Return the query for what is below *place*. Raises Invalid for what is no resource."""
    if not isinstance(place, Content):
        raise Invalid({"within": f"wanted a resource, not {place!r}"})
    return Below(place)
