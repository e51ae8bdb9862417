"""Old addresses: asked for only where nothing is, they lead on to where it is now."""

from typing import Any

from objpub.errors import Forbidden
from objpub.errors import MethodNotAllowed
from objpub.errors import NotFound
from objpub.operations import redirected
from objpub.security import Policy
from objpub.traversal import Found
from objpub.views import find_view
from objpub.views import Response

from .authorizing import authorize
from .authorizing import concealed
from .options import moved_to

REFUSAL = "What was at this address has been moved, and you may not see it"


def led_on(policy: Policy, request: Any, error: Forbidden | MethodNotAllowed | NotFound) -> Response:
    """Return the way to where something is now, if nothing is at its address; else raise as *error* says."""
    response = way_from_here(policy, request) if isinstance(error, NotFound) else None
    if response is None:
        raise concealed(policy, request, error) from None
    return response


def way_from_here(policy: Policy, request: Any) -> Response | None:
    """Return a 308 to where something is now that was at the address asked for; None where nothing was.

    Browsers ask again each time: something new may come to the old address. Raises Forbidden, in the same
    words whatever it is, where the one who asks may not see it, or something on the way to it.
    """
    incoming = request.incoming
    if not request.site.redirects:
        return None
    area = request.area
    led = redirected(request.site, (*incoming.root, *(incoming.segments[1:] if area else incoming.segments)))
    if led is None:
        return None
    if not all(policy.can(request.identity, "view", step) for step in led.passed):
        raise Forbidden(REFUSAL)
    name, *subpath = led.rest or ("",)
    forced = name.startswith("@@")
    found = Found(led.resource, name.removeprefix("@@"), tuple(subpath), forced, area)
    try:
        if area and name and not forced:
            return None  # there a view is asked for as @@view only
        authorize(policy, request, find_view(request.registry, found, incoming.method), found)
    except (MethodNotAllowed, NotFound):
        return None
    request.connection.transaction_manager.get().doom()  # nothing was done that could be committed
    return moved_to(request, found)
