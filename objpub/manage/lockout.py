"""Nobody takes from himself what he may do without being told so first."""

from collections.abc import Callable
from typing import Any

from objpub.security import Permissions
from objpub.security import Policy

from .typed import Unsure

SURE = "sure"


def told(request: Any, place: Any, change: Callable[[], Any]) -> Any:
    """Do *change*, and return what it returns.

    Raises Unsure, and takes the change back, where the one who asks may do less at *place* after it and has
    not said that he is sure.
    """
    before = abilities(request, request.identity, place)
    begun = request.connection.transaction_manager.get().savepoint(optimistic=True)
    result = change()
    lost = before - abilities(request, identity_now(request), place)
    if lost and request.form.get(SURE) != "yes":
        begun.rollback()
        raise Unsure(f"You would take this from yourself: {in_words(request, lost)}.")
    return result


def identity_now(request: Any) -> Any:
    """Return who asks, with the roles that the running transaction has given; None for who is gone."""
    identity = request.identity
    return identity if identity.user_id is None else request.site.users.identity(identity.user_id)


def abilities(request: Any, identity: Any, place: Any) -> frozenset[str]:
    """Return the names of the permissions that *identity* has at *place*; None has none."""
    if identity is None:
        return frozenset()
    policy = request.registry[Policy]
    names = request.registry[Permissions].names()
    return frozenset(name for name in names if policy.can(identity, name, place))


def in_words(request: Any, names: frozenset[str]) -> str:
    """Return permissions as a person lists them: "Edit, Grant roles and Manage"."""
    table = request.registry[Permissions]
    titles = [table[name].title for name in sorted(names)]
    return " and ".join(filter(None, [", ".join(titles[:-1]), titles[-1]]))
