"""A host that is rooted at a place in the tree: where its paths lead, and what the address of the rest is."""

from typing import Any
from urllib.parse import quote

from objpub.catalog import id_of
from objpub.content import KEPT
from objpub.content import kept_in
from objpub.content import kept_link
from objpub.content import parted
from objpub.content import RICH_TEXT
from objpub.content import with_links
from objpub.errors import NotFound
from objpub.importing import with_prefix
from objpub.lineage import find_resource
from objpub.operations import Sights
from objpub.registry import Registry
from objpub.traversal import Areas
from objpub.traversal import Found
from objpub.traversal import walk
from objpub.views import views_in


def walk_from_root(registry: Registry, site: Any, segments: tuple[str, ...], request: Any) -> Found:
    """Walk *segments* down from the root of the host that *request* came to.

    A view that the site has and the root has not, such as the sign-in, is the site's on every host. Raises
    NotFound, also where there is nothing at the place that the host is rooted at.
    """
    if not request.incoming.root:
        return walk(registry, site, segments, request)
    root = enter(request)
    area = segments[0] if segments and segments[0] in registry[Areas] else ""
    steps = segments[1:] if area else segments
    forced = bool(steps) and steps[0].startswith("@@")
    name = steps[0].removeprefix("@@") if steps else ""
    if name and (forced or not area) and is_only_of_site(registry, site, root, name, area):
        if forced or root.get(name) is None:
            return Found(site, name, steps[1:], forced, area)
    return walk(registry, root, segments, request)


def is_only_of_site(registry: Registry, site: Any, root: Any, name: str, area: str) -> bool:
    """Has *site* a view *name* that *root* has not?"""
    views = views_in(registry, area)
    return bool(views.methods_of(type(site), name)) and not views.methods_of(type(root), name)


def enter(request: Any) -> Any:
    """Return the root of the host that *request* came to, and let its addresses begin there.

    Raises NotFound where there is nothing.
    """
    site = request.site
    request._paths[id(site)] = (request.application.arrivals.main_address(request.environ), site)
    root = request._root = find_resource(site, request.incoming.root)
    request._paths[id(root)] = (f"{request.prefix}/", root)
    return root


def enter_or_stay(request: Any) -> Any:
    """Return the root of the host, or the site where there is nothing at its place."""
    try:
        return enter(request)
    except NotFound:
        return request.site


def with_addresses(html: str, request: Any) -> str:
    """Return the *html* of a document, whose links are paths from the top of the site, for this host."""
    html = with_moved_kept(html, request)
    if not request.incoming.root:
        return with_links_of_today(with_prefix(html, request.prefix), request)
    main = request.application.arrivals.main_address(request.environ).rstrip("/")
    root = quote("/" + "/".join(request.incoming.root))
    return with_links_of_today(with_prefix(html, request.prefix, root, main), request)


def with_moved_kept(html: str, request: Any) -> str:
    """Return *html* in which links to where something was that is elsewhere now are kept by identity."""
    redirects = request.site.redirects
    if not redirects:
        return html
    sights = Sights(request.identity, request.site)

    def keep(link: str) -> str:
        parts = None if kept_in(link) else parted(link)
        target = sights.target(link) if parts is not None and redirects.covers(parts[0]) else None
        return link if target is None else kept_link(id_of(target.resource), target.rest)

    return with_links(RICH_TEXT, html, keep)


def with_links_of_today(html: str, request: Any) -> str:
    """Return *html* with links that are kept by identity as the addresses that they have at this request.

    One to what the one who asks may not view keeps its number, which tells nothing.
    """
    if KEPT not in html:
        return html
    sights = Sights(request.identity, request.site)

    def show(link: str) -> str:
        target = sights.target(link) if kept_in(link) else None
        if target is None:
            return request.prefix + link if kept_in(link) else link
        address = request.url(target.resource)
        return (address.rstrip("/") if target.rest[:1] == "/" else address) + target.rest

    return with_links(RICH_TEXT, html, show)


def address_outside(request: Any, resource: Any, address: str, view: str, area: str) -> str:
    """Return the address of a *view* of what is outside of the root of this host.

    address: of the resource on the site's own host. A view that only the site has is on every host.
    """
    name, prefix = view.removeprefix("@@").partition("/")[0], request.prefix
    site, root = request.site, request.root
    if resource is site and name and is_only_of_site(request.registry, site, root, name, area):
        address = f"{prefix}/{area}/" if area else f"{prefix}/"
    elif area:
        main = request.application.arrivals.main_address(request.environ)
        address = f"{main}{area}/{address[len(main) :]}"
    if view:
        address = f"{address if address[-1] == '/' else address + '/'}{quote(view, safe='/@+:~')}"
    return address
