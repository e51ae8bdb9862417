"""The search page: words, or a query in the language of `?find=`; what comes is what its reader may see."""

from typing import Any

from objpub.catalog import BadQuery
from objpub.catalog import parse
from objpub.catalog import words
from objpub.errors import NotFound
from objpub.importing import Page
from objpub.importing import Section
from objpub.lineage import find_resource
from objpub.views import view

from .content import Documentation
from .navigation import Guide
from .navigation import short_title
from .navigation import trail_of

ON_A_PAGE = 10
LONGEST = 200
MOST_WORDS = 12


@view(Documentation, "search")
def search(
    site: Documentation, request: Any, q: str = "", find: str = "", within: str = "", after: str | None = None
) -> Any:
    """Look for pages.

    q: words. find: a query in the language, for those who know it. within: the path of a chapter. after: the
    cursor of a page of results.
    """
    q = q.strip()[:LONGEST]
    chapters = Guide(request).chapters_of(site)
    chapter = next((each for each in chapters if request.path_to(each) == within), None)
    found, problem, some = None, "", False
    try:
        if q or find:
            query = parse(find, request.registry, seen_at(request), site.zone)
            found = look(request, query, text=q, within=chapter)
            some = not found.count and not found.suggestion and " " in q
            found = look(request, query, any_word(q), within=chapter) if some else found
    except BadQuery as error:
        problem = error.errors["find"]
    result = {
        "q": q,
        "query": find,
        "found": found,
        "page": found.page(after, ON_A_PAGE) if found is not None else None,
        "some": some and bool(found),
        "problem": problem,
        "chapter": chapter,
        "counts": counts(request, chapters, q) if q and not find and not some else [],
        "short_title": short_title,
        "trail_of": trail_of,
    }
    if not problem:
        return result
    response = request.page(result)
    response.status = 422
    return response


def look(request: Any, *conditions: Any, **values: Any) -> Any:
    """Return the pages and sections that are found."""
    return request.find(Page, Section, *conditions, **values)


def any_word(text: str) -> Any:
    """Return the query for pages that have one of the words of *text*, or several."""
    first, *others = text.split()[:MOST_WORDS]
    query = words(first)
    for each in others:
        query |= words(each)
    return query


def counts(request: Any, chapters: list[Any], q: str) -> list[tuple[Any, int]]:
    """Return (chapter, how many pages of it are found), without those in which there is none."""
    found = [
        (each, look(request, text=q, within=each).count) for each in chapters if isinstance(each, Section)
    ]
    return [(each, count) for each, count in found if count]


def seen_at(request: Any) -> Any:
    """Return what finds a resource by its path, for a query: nothing that may not be seen."""

    def resource_at(path: str) -> Any:
        found = find_resource(request.root, path)
        if not request.can("view", found):
            raise NotFound(path)
        return found

    return resource_at
