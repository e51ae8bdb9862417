"""A link for somebody who cannot sign in: it leads to a page where a new password is set, once."""

from typing import Any

from objpub.content import Site
from objpub.errors import Refused
from objpub.operations import make_reset_link
from objpub.publisher import reset_url
from objpub.views import view

from .frame import framed
from .person import named
from .person import person
from .typed import refused
from .typed import Typed


@view(Site, "user-link", area="manage", permission="manage", template="user-link.pt")
def offer(site: Site, request: Any) -> dict[str, Any]:
    """Say what a link is, and offer one."""
    return link_page(request, person(request), Typed())


@view(Site, "user-link", area="manage", method="POST", permission="manage", template="user-link.pt")
def make(site: Site, request: Any) -> Any:
    """Make a link, and show it this once."""
    user = person(request)
    try:
        token = make_reset_link(request.identity, site, user.__name__)
    except Refused as error:
        return refused(request, error, lambda typed: link_page(request, user, typed))
    response = request.page(link_page(request, user, Typed(), reset_url(request, token)))
    response.headers["Cache-Control"] = "no-store"
    return response


def link_page(request: Any, user: Any, typed: Typed, link: str = "") -> dict[str, Any]:
    """Return what the page shows; *link*: the address that was made."""
    return framed(
        request, "users", f"A link for {named(user)}", user=user, who=named(user), typed=typed, link=link
    )
