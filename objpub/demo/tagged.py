"""Pages by what they are about: one page for each tag, and on each document what is related to it."""

from collections import Counter
from functools import partial
from typing import Any

from objpub.catalog import Query
from objpub.catalog import some_words
from objpub.catalog import where
from objpub.errors import NotFound
from objpub.importing import Document
from objpub.views import view

from .content import Documentation
from .navigation import short_title
from .navigation import trail_of
from .searching import look
from .searching import ON_A_PAGE
from .searching import ways_from

#: The fields whose values are tags here.
FIELDS = ("tags", "categories", "keywords")
MOST_TAGS = 500
MOST_RELATED = 5
#: So many pages with a tag, or with words of a title, are compared; a tag that more have says little.
MOST_COMPARED = 30


@view(Documentation, "tags", subpath=True)
def tags(site: Documentation, request: Any, after: str | None = None) -> dict[str, Any]:
    """Show all tags; at `tags/soup` the pages with the tag "soup". Raises NotFound where nobody has it.

    after: the cursor of a page of results.
    """
    tag = "/".join(request.subpath)
    found = page = None
    if tag:
        found = look(request, having(tag))
        if not found:
            raise NotFound(request.url(site, f"tags/{tag}"), request.url(site, "tags"), tag, site)
        page = found.page(after, ON_A_PAGE)
    return {
        "tag": tag,
        "found": found,
        "page": page,
        "ways": ways_from(page, partial(request.url, site, f"tags/{tag}")),
        "feed": f"tags = {quoted(tag)} | categories = {quoted(tag)} | keywords = {quoted(tag)}",
        "counts": [] if tag else counted(request),
        "short_title": short_title,
        "trail_of": trail_of,
    }


def having(tag: str) -> Query:
    """Return the query for what has the *tag* in one of FIELDS."""
    query: Query = where.tags == tag
    return query | (where.categories == tag) | (where.keywords == tag)


def quoted(tag: str) -> str:
    """Return *tag* as a value in the language of queries."""
    escaped = tag.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def tags_of(document: Any) -> list[str]:
    """Return the tags of *document*, sorted."""
    return sorted({each for name in FIELDS for each in getattr(document, name, ())}, key=str.casefold)


def counted(request: Any) -> list[tuple[str, int]]:
    """Return (tag, how many pages have it) for the most frequent ones, by the alphabet."""
    found, seen = look(request), Counter[str]()
    counts: dict[str, int] = {}
    for name in FIELDS:
        for facet in found.facets(name, MOST_TAGS):
            seen[facet.value] += 1
            counts[facet.value] = facet.count
    for tag, number in seen.items():
        if number > 1:  # one page may have it in several fields
            counts[tag] = look(request, having(tag)).count
    most = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:MOST_TAGS]
    return sorted(most, key=lambda each: each[0].casefold())


def related(document: Document, request: Any, near: Any = ()) -> list[Any]:
    """Return the pages that have most in common with *document*: rare tags first, then words of its title.

    near: resources that the page leads to anyway.
    """
    scores: Counter[Any] = Counter()
    kept: dict[Any, Any] = {}
    alike = [look(request, having(tag), limit=MOST_COMPARED) for tag in tags_of(document)]
    alike.append(look(request, some_words(document.title), limit=MOST_COMPARED // 2))
    for found in alike:
        for place, each in enumerate(found):
            kept[each._p_oid] = each
            scores[each._p_oid] += 1 / (1 + found.count) + 1 / (1_000 + place)
    for each in (document, *near):
        scores.pop(getattr(each, "_p_oid", None), None)
    return [kept[oid] for oid, _ in scores.most_common(MOST_RELATED)]
