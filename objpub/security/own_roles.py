"""Roles that somebody made while the site ran, in the browser: kept with its users, beside the declared ones.

They are given like any other. What they may do is said at places: no permission has one of them by default.
"""

from collections.abc import Iterable
from typing import Any

from objpub.database import registry_of
from objpub.errors import DeclarationError
from objpub.errors import Invalid
from objpub.errors import NameTaken
from objpub.errors import NotFound
from objpub.lineage import top

from .permissions import Role
from .permissions import Roles

LONGEST = 50
LONGEST_TITLE = 200


def known_roles(resource: Any) -> Roles:
    """Return the roles of the site that *resource* is in: those declared, and those made in the browser.

    Without a registry, as in a loose tree, there are none.
    """
    registry = registry_of(resource)
    declared = registry[Roles] if registry is not None else Roles()
    own = own_roles(getattr(top(resource), "users", None))
    if not own:
        return declared
    found = Roles()
    for role in (*own, *declared):  # of two with the same name the declared one counts
        found.put(role)
    return found


def own_roles(users: Any) -> tuple[Role, ...]:
    """Return the roles that were made in the browser, by name; none where there are no *users*."""
    stored = {} if users is None else users._own_roles or {}
    return tuple(Role(name, title) for name, title in sorted(stored.items()))


def hold_roles(resource: Any, names: Iterable[str]) -> None:
    """Let the transaction fail, and be tried again, if another one removes a role made in the browser.

    It gives *names* at *resource*; a role that is gone would stay there as a name, and pass to a later one.
    """
    users: Any = getattr(top(resource), "users", None)
    own: Any = getattr(users, "_own_roles", None) or {}
    if not own.keys().isdisjoint(names) and users._p_jar is not None and users._p_oid is not None:
        users._p_jar.readCurrent(users)


def make_role(users: Any, name: str, title: str = "") -> Role:
    """Make a role that can be given on the site of *users*, and return it.

    Raises NameTaken, or Invalid for a name or a title that does not fit.
    """
    if len(name) > LONGEST or len(title) > LONGEST_TITLE:
        raise Invalid({"name" if len(name) > LONGEST else "title": "This is too long"})
    try:
        role = Role(name, " ".join(title.split()))
    except DeclarationError:
        raise Invalid(
            {"name": f"Small letters, digits and single dots or hyphens, such as press-editor, not {name!r}"}
        ) from None
    if name in known_roles(users):
        raise NameTaken(name, "the roles")
    users._own_roles = {**(users._own_roles or {}), name: role.title}
    return role


def drop_role(users: Any, name: str) -> None:
    """Remove a role that was made in the browser. Raises NotFound.

    Whoever still has it would go on having it, and get what another role of that name may: ask first.
    """
    if name not in (users._own_roles or {}):
        raise NotFound(f"role {name!r}")
    users._own_roles = {each: title for each, title in users._own_roles.items() if each != name}
