"""The edit bar at the end of public pages: for those who manage what the page is about."""

from typing import Any

from objpub.content import Content
from objpub.content import Folder
from objpub.security import NO_IDENTITY
from objpub.security import Policy
from objpub.views import page_bar
from objpub.views import view
from objpub.views import views_in

from .frame import AREA
from .frame import Frame
from .permission import See
from .permission import visible


@page_bar
def bar_for(context: Any, request: Any) -> str | None:
    """Return the bar for a public page about *context*; None where the one who asks has nothing to do."""
    if not isinstance(context, Content) or not visible(request, context):
        return None
    found = views_in(request.registry, AREA).find(type(context), ("bar", "GET"))
    if found is None or found.render is None:
        return None
    return found.render(context, request, found.call(context, request))


@view(Content, "bar", area=AREA, permission=See, template="bar.pt")
def bar(content: Content, request: Any) -> dict[str, Any]:
    """What the bar leads to. On a page that tells of an error it is the way into the interface only."""
    frame = Frame(request)
    failed = getattr(request, "failure", None) is not None
    preview = request.area == AREA  # a public page that is shown there is one
    folder = content if isinstance(content, Folder) else content.__parent__
    adds = isinstance(folder, Folder) and not failed and frame.may_open(folder, "add")
    return {
        "frame": frame,
        "contents": folder if folder is not None and visible(request, folder) else None,
        "may_edit": not failed and frame.may_open(content, "edit"),
        "adding": folder if adds else None,
        "preview": preview,
        "failed": failed,
        "is_public": bool(request.registry[Policy].can(NO_IDENTITY, "view", content)),
    }
