"""What the side of a page keeps for a browser, in cookies: opened branches of the tree, colours, density."""

from typing import Any
from typing import Literal

from objpub.content import Folder
from objpub.content import Site
from objpub.lineage import path_of
from objpub.publisher import own_path
from objpub.views import PUBLIC
from objpub.views import Response
from objpub.views import see_other
from objpub.views import view

from .frame import AREA
from .frame import framed
from .frame import LOOK_COOKIE
from .permission import See
from .tree import branch_of
from .tree import COOKIE
from .tree import cookie_from
from .tree import state_from

YEAR_SECONDS = 366 * 24 * 3600


@view(Folder, "branch", area=AREA, permission=See, template="branch.pt")
def branch(
    folder: Folder, request: Any, state: Literal["open", "closed"] = "open", back: str = ""
) -> Response:
    """Open or close a branch of the tree in this browser, and go back; nothing but a cookie changes.

    back: the page to go back to; "": the branch itself is wanted, as HTML for a page that has a script, which
    writes the cookie itself.
    """
    target = own_path(back)
    if target is None:
        return request.page(framed(request, top=branch_of(request, folder)))
    response = see_other(target)
    known = state_from(request.cookies.get(COOKIE, ""))
    known.pop(path_of(folder), None)  # what was said last stands last
    keep(
        request, response, COOKIE, cookie_from({**known, path_of(folder): state == "open"}), for_scripts=True
    )
    return response


@view(Site, "look", area=AREA, method="POST", permission=PUBLIC)
def look(
    site: Site,
    request: Any,
    theme: Literal["auto", "light", "dark"] = "auto",
    density: Literal["comfortable", "compact"] = "comfortable",
    back: str = "",
) -> Response:
    """Choose colours and density for this browser."""
    response = see_other(own_path(back) or request.url(request.root, area=AREA))
    keep(request, response, LOOK_COOKIE, f"{theme}.{density}")
    return response


def keep(request: Any, response: Response, name: str, value: str, for_scripts: bool = False) -> None:
    """Let the browser keep *value* for the management interface, for a year."""
    response.set_cookie(
        name,
        value,
        max_age=YEAR_SECONDS,
        httponly=not for_scripts,
        samesite="Lax",
        secure=request.origin.startswith("https:"),
        path=f"{request.prefix}/{AREA}",
    )
