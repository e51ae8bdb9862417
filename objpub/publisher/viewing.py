"""While a manager sees the site as somebody else: nothing changes, each page says so, no cache keeps it."""

from pathlib import Path
from typing import Any

from objpub.errors import Forbidden
from objpub.templates import Templates
from objpub.traversal import Found
from objpub.views import Response

#: The one view of the site that takes a change: it ends this, or the whole session.
WAY_OUT = "logout"
SEEN_AS = "objpub.seen_as"  # in the environment of a change: the title of the other one
BANNER = Path(__file__).parent / "templates" / "viewing.pt"
REFUSED = "You see the site as {} at the moment, and can change nothing. End that first."


def look_behind(request: Any) -> None:
    """Let a change come from the one who sees the site as somebody else: nothing is done as that person."""
    if request.identity.viewer is not None and not request.incoming.is_safe:
        request.environ[SEEN_AS] = request.identity.title
        request.identity = request.identity.viewer.at(request.environ.get("REMOTE_ADDR", ""))


def check_way_out(request: Any, found: Found) -> None:
    """Raise Forbidden for a change by somebody who sees the site as somebody else, but to end that."""
    title = request.environ.get(SEEN_AS)
    if title is None:
        return
    if found.context is not request.site or found.view_name != WAY_OUT or found.area:
        raise Forbidden(REFUSED.format(title))


def show_viewing(request: Any, response: Response) -> None:
    """Say on a page as whom it is seen, and let nobody keep the answer."""
    response.headers["Cache-Control"] = "no-store"
    body = response._app_iter
    if type(body) is not list or response.content_type != "text/html":
        return
    before, tag, after = b"".join(body).partition(b"<body")
    rest, end, content = after.partition(b">")
    if not end:
        return
    banner = request.registry[Templates].load(BANNER).render(request=request, who=request.identity)
    response._app_iter = [b"".join((before, tag, rest, end, banner.encode(), content))]
    response.headers["Content-Length"] = str(len(response._app_iter[0]))
