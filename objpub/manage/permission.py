"""Who uses the management interface, and what they see in it."""

from typing import Any

from objpub.errors import Forbidden
from objpub.security import Permission

See = Permission(
    "see",
    title="Use the management interface",
    roles=("owner", "editor", "reviewer", "manager"),
)


def visible(request: Any, resource: Any) -> bool:
    """Does the one who asks see *resource* in the management interface?

    What may not be viewed is not shown here either: not its title, and not in a number.
    """
    return bool(request.can(See, resource)) and bool(request.can("view", resource))


def sees_all(request: Any) -> bool:
    """Is nothing hidden from the one who asks, so that things can be counted without looking at each?"""
    return "manager" in request.identity.roles and request.identity.scope is None


def check_oneself(request: Any) -> None:
    """Raise Forbidden for who sees the site as somebody else: what is a person's own stays closed to him."""
    if request.identity.viewer is not None:
        raise Forbidden("You see the site as somebody else at the moment: what is private stays closed")


def check_signed_in(request: Any) -> None:
    """Raise Forbidden for a visitor: a browser is led to the sign-in then."""
    check_oneself(request)
    if not request.identity.authenticated:
        raise Forbidden("Sign in to manage the site")
