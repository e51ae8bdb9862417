"""Seeing the site as somebody else does: the page where a manager begins. The publisher has its end."""

from typing import Any

from objpub.content import Site
from objpub.errors import Invalid
from objpub.errors import Refused
from objpub.operations import begin_viewing
from objpub.publisher import own_path
from objpub.views import Response
from objpub.views import view

from .frame import framed
from .groups import offered
from .people import users_for
from .picking import text_of
from .typed import refused
from .typed import Typed


@view(Site, "view-as", area="manage", permission="manage", template="view-as.pt")
def choose(site: Site, request: Any) -> dict[str, Any]:
    """Ask as whom to see the site. Of the query: who, an id; back, where to begin."""
    return page_of(request, Typed())


@view(Site, "view-as", area="manage", method="POST", permission="manage", template="view-as.pt")
def begin(site: Site, request: Any) -> Any:
    """See the site as `who`, or with `visitor` as somebody who is not signed in, from `back` on."""
    who = text_of(request, "who").strip()
    visitor = bool(text_of(request, "visitor"))
    try:
        if not who and not visitor:
            raise Invalid({"who": "Say as whom: what the person signs in as"})
        begin_viewing(request.identity, site, None if visitor else who)
    except Refused as error:
        return refused(request, error, lambda typed: page_of(request, typed), "who")
    response: Response = request.redirect(own_path(text_of(request, "back")) or request.root)
    return response


def page_of(request: Any, typed: Typed) -> dict[str, Any]:
    """Return what the page shows."""
    people = [each for each in offered(users_for(request)) if each[0].startswith("user:")]
    return framed(
        request,
        "users",
        "See the site as somebody else",
        typed=typed,
        people=people,
        who=typed.text("who", text_of(request, "who")),
        back=typed.text("back", text_of(request, "back")),
    )
