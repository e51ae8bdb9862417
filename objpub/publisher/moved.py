"""Old addresses, asked for only where nothing is, and numbers in place of one: both lead to what is there."""

import re
from typing import Any

from objpub.catalog import resource_of
from objpub.configuration import Declaration
from objpub.configuration import note
from objpub.configuration import source_here
from objpub.content import is_reachable
from objpub.errors import Forbidden
from objpub.errors import MethodNotAllowed
from objpub.errors import NotFound
from objpub.operations import redirected
from objpub.registry import Registry
from objpub.security import Policy
from objpub.traversal import Found
from objpub.traversal import Namespaces
from objpub.views import find_view
from objpub.views import Response

from .authorizing import authorize
from .authorizing import concealed
from .options import moved_to

NUMBER = re.compile(r"[0-9a-f]{1,16}")
HIDDEN = "You may not see what is kept under this number"
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
    if area and not incoming.is_safe:  # there what was typed is kept, and shown with what became of it
        return None
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


def by_number(context: Any, name: str, request: Any) -> Any:
    """Return what `/++id++1f` leads to: the resource of that number, in hex; None where there is none.

    What is not reached by an address has no other one. The answer leads on to the address. Raises Forbidden,
    in the same words for all, where the one who asks may not see it.
    """
    if request is None or context is not request.root or NUMBER.fullmatch(name) is None:
        return None
    found = resource_of(request.connection, int(name, 16))
    if found is None or not is_reachable(found, request.site):
        return None
    if not request.can("view", found):
        raise Forbidden(HIDDEN)
    request.incoming.plain = False  # so it is no address that anything is shown at
    return found


def add_namespace(registry: Registry) -> None:
    """Let `++id++` lead to resources by their numbers."""
    registry[Namespaces]["id"] = by_number


note(by_number, Declaration("namespace", (("namespace", "id"),), add_namespace, source_here(0)))
