"""Redirects: old addresses and where they lead, added by moves and by hand, and removed."""

from itertools import islice
from typing import Any

from objpub.content import Site
from objpub.errors import NotFound
from objpub.errors import Refused
from objpub.lineage import find_resource
from objpub.lineage import path_of
from objpub.operations import add_redirect
from objpub.operations import Redirect
from objpub.operations import remove_redirect
from objpub.views import Response
from objpub.views import view

from .frame import AREA
from .frame import framed
from .picking import text_of
from .typed import refused
from .typed import Typed

SHOWN = 50


@view(Site, "redirects", area=AREA, permission="manage", template="redirects.pt")
def show(site: Site, request: Any, at: str = "", after: str = "") -> dict[str, Any]:
    """List old addresses. at: how they begin; "" for all. after: the last one of the page before."""
    return page(site, request, Typed(), at, after)


@view(Site, "redirects", area=AREA, method="POST", permission="manage", template="redirects.pt")
def add(site: Site, request: Any) -> Any:
    """Let an address lead to what is at the path `target`."""
    try:
        target = site_has(site, text_of(request, "target").strip())
        path = add_redirect(request.identity, site, text_of(request, "path"), target)
    except Refused as error:
        return refused(request, error, lambda typed: page(site, request, typed), "path")
    return back_to(request, f"{path} leads on now")


@view(Site, "redirect-remove", area=AREA, method="POST", permission="manage")
def remove(site: Site, request: Any, path: str) -> Response:
    """Forget an old address; one that is gone already is no mistake."""
    try:
        remove_redirect(request.identity, site, path)
    except NotFound:
        return back_to(request, "This redirect was gone already")
    return back_to(request, f"{path} leads nowhere now")


def page(site: Site, request: Any, typed: Typed, at: str = "", after: str = "") -> dict[str, Any]:
    """Return what the page shows."""
    at = at.strip()
    rows: list[Redirect] = []
    if site.redirects:
        rows = list(islice(site.redirects.listed(after, at), SHOWN + 1))
    return framed(
        request,
        "redirects",
        "Redirects",
        typed=typed,
        rows=[(each, site_has(site, each.path)) for each in rows[:SHOWN]],
        following=rows[SHOWN - 1].path if len(rows) > SHOWN else None,
        after=after,
        at=at,
        path_of=path_of,
    )


def site_has(site: Site, path: str) -> Any:
    """Return what is at *path* now; None for nothing, and for what is no path."""
    try:
        return find_resource(site, path) if path.startswith("/") else None
    except NotFound:
        return None


def back_to(request: Any, message: str) -> Response:
    """Return to the list."""
    response: Response = request.redirect(request.site, "@@redirects", area=AREA, message=message)
    return response
