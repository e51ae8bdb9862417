"""Broken links: references and links of the whole site that lead nowhere, with the pages they are on."""

from typing import Any

from objpub.content import Site
from objpub.errors import Busy
from objpub.operations import Broken
from objpub.operations import broken_links
from objpub.settings import secret_of
from objpub.views import view

from .cursors import Cursor
from .cursors import read_cursor
from .cursors import sign_cursor
from .frame import AREA
from .frame import framed

ABOUT = "broken links"


@view(Site, "links", area=AREA, permission="edit", template="links.pt")
def show(site: Site, request: Any, after: str = "") -> dict[str, Any]:
    """List what leads nowhere, as far as one page has room. after: the cursor of a further page."""
    secret = secret_of(request.settings)
    cursor = read_cursor(secret, after, ABOUT) if after else None
    found: list[Broken] = []
    last: str | None = None
    complete = True
    try:
        found, last = broken_links(request.identity, site, cursor.key[0] if cursor else "")
    except Busy:
        complete = False
    following = None if last is None else sign_cursor(secret, Cursor(False, (last,)), ABOUT)
    return framed(
        request, "links", "Broken links", found=found, following=following, after=after, complete=complete
    )
