"""The views: feeds of a query below a folder, and the sitemap."""

from collections.abc import Callable
from typing import Any

from objpub.catalog import find
from objpub.catalog import Indexes
from objpub.catalog import kind
from objpub.catalog import Results
from objpub.content import File
from objpub.content import Folder
from objpub.content import modified_of
from objpub.content import Site
from objpub.content import title_of
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.security import NO_IDENTITY
from objpub.security import Policy
from objpub.views import octets
from objpub.views import Response
from objpub.views import view

from .entries import description_of
from .entries import entry_of
from .entries import NEVER
from .entries import PUBLISHED
from .entries import urn_of
from .writing import atom
from .writing import Feed
from .writing import rss
from .writing import sitemap
from .writing import sitemap_index

LIMIT, MOST = 20, 100
#: Addresses in one sitemap; where there are more, the first one leads to others. The protocol allows 50,000.
PART = 5_000
#: After so many resources memory is given back.
BATCH = 1_000

WRITERS: dict[str, tuple[Callable[[Feed], bytes], str]] = {
    "atom": (atom, "application/atom+xml; charset=utf-8"),
    "rss": (rss, "application/rss+xml; charset=utf-8"),
}


@view(Folder, "atom.xml")
def atom_feed(
    folder: Folder, request: Any, find: str = "", text: str = "", sort: str = "", limit: int = LIMIT
) -> Response:
    """Give what the public may see below *folder* as Atom, the newest first.

    find: a query in the language. text: words. sort: as for `find`. limit: how many entries.
    """
    return asked_feed("atom", folder, request, find, text, sort, limit)


@view(Folder, "rss.xml")
def rss_feed(
    folder: Folder, request: Any, find: str = "", text: str = "", sort: str = "", limit: int = LIMIT
) -> Response:
    """Give the same as RSS."""
    return asked_feed("rss", folder, request, find, text, sort, limit)


def asked_feed(form: str, folder: Any, request: Any, find: str, text: str, sort: str, limit: int) -> Response:
    """Return the feed of what a request asks for. Raises Invalid."""
    if not 1 <= limit <= MOST:
        raise Invalid({"limit": f"{limit} is not between 1 and {MOST}"})
    found = public(
        request, ~kind(File), request.query_from(find), text=text, within=folder, sort=sort, limit=limit
    )
    return feed_of(form, folder, request, found)


def public(request: Any, *conditions: Any, sort: str = "", **arguments: Any) -> Results:
    """Return what the public may see of what is asked for, the newest first unless *sort* says otherwise."""
    order = sort or newest_first(request.registry[Indexes])
    return find(NO_IDENTITY, request.site, *conditions, sort=order, **arguments)


def newest_first(indexes: Indexes) -> str:
    """Return what sorts by when something was published where that is indexed, then by when it was made."""
    names = [f"-{name}" for name in PUBLISHED if any(spec.kind == "range" for spec in indexes.named(name))]
    return ",".join([*names, "-created"])


def feed_of(form: str, resource: Any, request: Any, found: Results, title: str = "") -> Response:
    """Return the answer that is a feed of *found*, about the page of *resource*.

    form: "atom" or "rss". found: what is sure to be for the public, as `find(NO_IDENTITY, …)` gives it.
    title: "" for that of the resource.
    """
    write, media_type = WRITERS[form]
    entries = tuple(entry_of(each, request) for each in found)
    own = request.canonical or request.url(resource, f"{form}.xml", absolute=True)
    updated = max((each.updated for each in entries), default=modified_of(resource) or NEVER)
    title = title or title_of(resource)
    query = "" if own.find("?") < 0 else own[own.find("?") :]
    feed = Feed(
        id=f"{urn_of(resource)}{query}",
        title=title if resource is request.site else f"{title} | {title_of(request.site)}",
        address=request.url(resource, absolute=True),
        own=own,
        author=title_of(request.site),
        updated=updated,
        entries=entries,
        subtitle=description_of(resource),
        language=request.site.locale.replace("_", "-"),
    )
    return octets(write(feed), media_type)


@view(Site, "sitemap.xml", permission="public")
def site_map(site: Site, request: Any, part: int = 0) -> Response:
    """Give the addresses of everything that the public may see, with when it was changed.

    part: of a large site, from 1; without it the answer leads to the parts. Raises NotFound for a part that
    there is not.
    """
    root = request.root
    found = find(NO_IDENTITY, site, ~kind(File), within=root)
    parts = -(-found.count // PART)
    if part < 0 or part > max(parts, 1):
        raise NotFound(f"{request.url(site, 'sitemap.xml')}?part={part}")
    if not part and parts > 1:
        address = request.url(site, "sitemap.xml", absolute=True)
        return given(sitemap_index(f"{address}?part={each}" for each in range(1, parts + 1)))
    first = max(part - 1, 0) * PART
    own = [root] if not first and request.registry[Policy].can(NO_IDENTITY, "view", root) else []
    places = []
    for number, each in enumerate([*own, *found[first : first + PART]], 1):
        places.append((request.url(each, absolute=True), modified_of(each)))
        if not number % BATCH:
            request.connection.cacheGC()
    return given(sitemap(places))


def given(text: bytes) -> Response:
    """Return XML as an answer."""
    return octets(text, "application/xml; charset=utf-8")
