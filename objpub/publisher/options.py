"""Answers that need no view: which methods there are, and where the one URL of a resource is."""

from typing import Any

from objpub.content import Folder
from objpub.registry import Registry
from objpub.traversal import Found
from objpub.views import not_found
from objpub.views import Response
from objpub.views import views_in


def allowed_methods(registry: Registry, found: Found) -> Response:
    """Return the answer to OPTIONS: 204 with `Allow`. Raises NotFound where there is no view."""
    methods = views_in(registry, found.area).methods_of(type(found.context), found.view_name)
    if not methods:
        raise not_found(found)
    allow = ", ".join(sorted(methods | {"OPTIONS"}))
    return Response(status="204 No Content", content_type=None, headerlist=[("Allow", allow)])


def moved_to(request: Any, found: Found) -> Response:
    """Return a 308 to the URL of what was found, with the same query."""
    context = found.context
    name = f"@@{found.view_name}" if found.forced else found.view_name
    location = request.url(context, area=found.area)
    if name or found.subpath:
        rest = "/".join((name, *found.subpath)) if name else "/".join(found.subpath)
        location = location if isinstance(context, Folder) else f"{location}/"
        location = request.url(context, rest, area=found.area) if "/" not in rest else f"{location}{rest}"
    query = request.environ.get("QUERY_STRING", "")
    return Response(
        status="308 Permanent Redirect",
        location=f"{location}?{query}" if query else location,
        content_type=None,
    )
