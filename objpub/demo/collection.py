"""Collections: a saved query as a page. An editor writes the query; each reader sees of it what he may."""

from functools import partial
from typing import Any

from objpub.catalog import BadQuery
from objpub.catalog import find
from objpub.catalog import kind
from objpub.catalog import parse
from objpub.catalog import Query
from objpub.catalog import Results
from objpub.content import Content
from objpub.content import Site
from objpub.database import registry_of
from objpub.errors import Invalid
from objpub.events import Added
from objpub.events import Modified
from objpub.events import on
from objpub.feeds import feed_of
from objpub.importing import Page
from objpub.importing import Section
from objpub.lineage import top
from objpub.schema import field
from objpub.security import NO_IDENTITY
from objpub.views import Response
from objpub.views import view

from .navigation import short_title
from .navigation import trail_of
from .searching import look
from .searching import ON_A_PAGE
from .searching import ways_from

IN_A_FEED = 30


class Collection(Content, addable="anywhere", icon="search"):
    """A page of what a query finds, whenever somebody looks."""

    title: str = field(index="text", max_length=200)
    description: str = field(default="", multiline=True, max_length=1_000, index="text")
    query: str = field(
        default="",
        max_length=2_000,
        read="edit",  # it may name what not everybody may see
        description="Such as: tags = sea & date >= 2026-01-01, or: within = /docs/howto & form.",
    )
    sort: str = field(
        default="",
        max_length=100,
        folded=True,
        description="Names of indexes with commas between them, - before what goes down: -date.",
    )


@on(Added, Collection)
def check_added(event: Added) -> None:
    """Refuse a new collection whose query cannot be read."""
    check(event.resource)


@on(Modified, Collection)
def check_modified(event: Modified) -> None:
    """Refuse a query that cannot be read."""
    if event.changed & {"query", "sort"}:
        check(event.resource)


def check(collection: Collection) -> None:
    """Raise Invalid, at the field, for a query or an order that means nothing.

    Whether there is anything at a path in the query is found when it is asked, by who asks: here it would
    tell of what somebody may not see.
    """
    site, registry = top(collection), registry_of(collection)
    if not isinstance(site, Site) or registry is None:
        return
    errors = {}
    try:
        parse(collection.query, registry, lambda path: site, site.zone)
    except BadQuery as error:
        errors["query"] = error.errors["find"]
    try:
        find(NO_IDENTITY, site, sort=collection.sort)
    except Invalid as error:
        errors["sort"] = "; ".join(error.errors.values())
    if errors:
        raise Invalid(errors)


@view(Collection)
def show(collection: Collection, request: Any, after: str | None = None) -> dict[str, Any]:
    """Show what the query finds. after: the cursor of a page of results."""
    found, page, problem = None, None, ""
    try:
        found = look(request, request.query_from(collection.query), sort=collection.sort or None)
        page = found.page(None, ON_A_PAGE)
    except Invalid as error:  # a place in it is gone, or hidden, or an index is; or it asks for too much
        found, problem = None, "; ".join(error.errors.values()) if request.can("edit") else ""
    if found is not None and after:
        page = found.page(after, ON_A_PAGE)
    return {
        "found": found,
        "page": page,
        "problem": problem,
        "ways": ways_from(page, partial(request.url, collection)),
        "short_title": short_title,
        "trail_of": trail_of,
    }


@view(Collection, "atom.xml")
def atom(collection: Collection, request: Any) -> Response:
    """Give what the public may see of it as Atom."""
    return feed("atom", collection, request)


@view(Collection, "rss.xml")
def rss(collection: Collection, request: Any) -> Response:
    """Give the same as RSS."""
    return feed("rss", collection, request)


def feed(form: str, collection: Collection, request: Any) -> Response:
    """Return the feed of what the query finds for the public."""
    try:
        found = for_the_public(request, request.query_from(collection.query), collection.sort or "-created")
    except Invalid:
        found = for_the_public(request, ~kind(Content), "-created")  # nothing, as on its page
    return feed_of(form, collection, request, found)


def for_the_public(request: Any, query: Query, sort: str) -> Results:
    """Return what *query* finds for the public, looked for already. Raises Invalid."""
    found = find(NO_IDENTITY, request.site, Page, Section, query, sort=sort, limit=IN_A_FEED)
    len(found)
    return found
