"""`?find=`: what a query finds below a resource, in pages that a cursor leads through."""

from typing import Any

from objpub.catalog import Results
from objpub.content import Content
from objpub.errors import Invalid
from objpub.views import Response
from objpub.views import view

from .showing import brief
from .showing import shown

LIMIT = 20
#: Values of one facet at most.
MOST_VALUES = 100
MOST_FACETS = 10


@view(Content, area="api")
def show(
    resource: Content,
    request: Any,
    find: str = "",
    text: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = LIMIT,
    facets: tuple[str, ...] = (),
) -> Response:
    """Give a resource as JSON; with *find* or *text*, what is found below it.

    find: a query in the language; "" is everything. text: words. sort: names of indexes with commas
    between them, "-" before what goes down. after: the cursor of a page. limit: results on a page. facets:
    names of indexes whose values are counted.
    """
    if "find" not in request.form and text is None:
        response: Response = request.json(shown(resource, request))
        return response
    names = dict.fromkeys(facets)
    if len(names) > MOST_FACETS:
        raise Invalid({"facets": f"wanted at most {MOST_FACETS} names of indexes, not {len(names):,}"})
    found = request.find(request.query_from(find), text=text, within=resource, sort=sort)
    page = found.page(after, limit)
    answer: Response = request.json(
        {
            "query": str(found.query),
            "sort": found.sort,
            "count": found.count,
            "items": [item_of(each, found, request) for each in page],
            "next": page.next,
            "next_url": next_address(resource, request, page.next),
            "facets": {name: values_of(found, name, request) for name in names},
            "suggestion": found.suggestion,
        }
    )
    return answer


def item_of(resource: Any, found: Results, request: Any) -> dict[str, Any]:
    """Return one of the results; with a snippet, as HTML, where words were asked for."""
    item = brief(resource, request)
    snippet = found.snippet(resource)
    return {**item, "snippet": str(snippet)} if snippet else item


def next_address(resource: Any, request: Any, cursor: str | None) -> str | None:
    """Return the address of the page that *cursor* leads to: the same question, from there on."""
    if cursor is None:
        return None
    names = ("find", "text", "sort", "limit", "facets")
    asked = {name: values for name in names if (values := request.form.all(name))}
    address: str = request.url(resource, area="api", absolute=True, **asked, after=cursor)
    return address


def values_of(found: Results, name: str, request: Any) -> list[dict[str, Any]]:
    """Return the values of the index *name* with their counts, the most frequent first."""
    return [
        {"value": plain_value(facet.value, request), "count": facet.count}
        for facet in found.facets(name, MOST_VALUES)
    ]


def plain_value(value: Any, request: Any) -> Any:
    """Return the value of a facet as JSON; of a resource, its address."""
    if isinstance(value, Content):
        return request.url(value, absolute=True)
    return value if isinstance(value, str | int | float | bool) else str(value)
