"""The search page: words, or a query in the language of `?find=`; what comes is what its reader may see."""

from collections.abc import Callable
from functools import partial
from typing import Any

from objpub.catalog import some_words
from objpub.content import Page as ResultPage
from objpub.errors import Invalid
from objpub.importing import Page
from objpub.importing import Section
from objpub.views import view

from .content import Documentation
from .navigation import Guide
from .navigation import short_title
from .navigation import trail_of

ON_A_PAGE = 10
LONGEST = 200


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
    found, page, problem, some = None, None, "", False
    try:
        if within and chapter is None:
            raise Invalid({"within": f"There is no chapter at {within!r:.60}"})
        if q or find:
            query = request.query_from(find)
            found = look(request, query, text=q, within=chapter)
            some = not found.count and not found.suggestion and " " in q
            found = look(request, query, some_words(q), within=chapter) if some else found
            page = found.page(after, ON_A_PAGE)
    except Invalid as error:
        problem = "; ".join(error.errors.values())
    address = partial(
        request.url,
        site,
        "search",
        q=q or None,
        find=find or None,
        within=request.path_to(chapter) if chapter is not None else None,
    )
    result = {
        "q": q,
        "query": find,
        "found": found if page is not None else None,
        "page": page,
        "ways": ways_from(page, address),
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


def ways_from(page: ResultPage | None, address: Callable[..., str]) -> tuple[str | None, str | None]:
    """Return the addresses of the pages before and after *page*. address: makes one for a cursor."""
    if page is None:
        return None, None
    back = None if page.previous is None else address(after=page.previous or None)
    return back, address(after=page.next) if page.next else None


def counts(request: Any, chapters: list[Any], q: str) -> list[tuple[Any, int]]:
    """Return (chapter, how many pages of it are found), without those in which there is none."""
    found = [
        (each, look(request, text=q, within=each).count) for each in chapters if isinstance(each, Section)
    ]
    return [(each, count) for each, count in found if count]
