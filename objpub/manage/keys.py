"""The list of the keys, and the switch that turns them off in this browser (WCAG 2.1.4)."""

from typing import Any
from typing import Literal

from objpub.content import Site
from objpub.publisher import own_path
from objpub.views import PUBLIC
from objpub.views import Response
from objpub.views import see_other
from objpub.views import view

from .frame import AREA
from .frame import Frame
from .frame import framed
from .permission import check_signed_in
from .shortcuts import COOKIE
from .shortcuts import EVERYWHERE
from .shortcuts import LIST
from .shortcuts import OBJECT
from .shortcuts import OFF
from .shortcuts import PAGES
from .shortcuts import Shortcut
from .shortcuts import TREE
from .sidebar import keep


@view(Site, "keys", area=AREA, permission=PUBLIC, template="keys.pt")
def show(site: Site, request: Any) -> dict[str, Any]:
    """List the keys that work somewhere, with those of the pages that the one who asks may open."""
    check_signed_in(request)
    groups = (
        ("Everywhere", EVERYWHERE),
        ("What the page is about", OBJECT),
        ("In a list", LIST),
        ("In the tree", TREE),
        ("To a page of the site", ways(request)),
    )
    return framed(request, "keys", "Keyboard shortcuts", groups=groups)


def ways(request: Any) -> tuple[Shortcut, ...]:
    """Return the keys that lead to a page of the site."""
    frame = Frame(request, "keys")
    found = [Shortcut(tuple(each.keys.split()), each.title) for each in frame.every_page if each.keys]
    contents = Shortcut(tuple(PAGES[""].split()), "Contents of the site")
    profile = Shortcut(tuple(PAGES["profile"].split()), "Profile")
    return (contents, *found, *([profile] if frame.profile else []))


@view(Site, "keys", area=AREA, method="POST", permission=PUBLIC)
def switch(site: Site, request: Any, keys: Literal["on", "off"] = "on", back: str = "") -> Response:
    """Switch the keys that are a letter or a sign by themselves on or off, in this browser."""
    check_signed_in(request)
    response = see_other(own_path(back) or request.url(site, "@@keys", area=AREA))
    keep(request, response, COOKIE, OFF if keys == OFF else "on")
    request.message(
        "Keyboard shortcuts are off in this browser" if keys == OFF else "Keyboard shortcuts are on"
    )
    return response
