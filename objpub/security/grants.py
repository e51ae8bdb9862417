"""Setting what holds at a place: grants, permissions, cuts.

These functions do not ask whether somebody may: operations do. `places` says what follows.
"""

from collections.abc import Iterable
from typing import Any

from objpub.database import registry_of
from objpub.errors import Invalid

from .own_roles import hold_roles
from .own_roles import known_roles
from .permissions import Permission
from .permissions import Permissions
from .permissions import role_names
from .permissions import unknown
from .places import GRANTS
from .places import grants_of
from .places import ONLY_MANAGERS
from .places import overrides_of
from .places import PERMISSIONS

KINDS_OF_PRINCIPAL = ("user", "group")


def grant(resource: Any, principal: str, roles: str | Iterable[str]) -> None:
    """Give *principal*, "user:ID" or "group:ID", *roles* at *resource* and below; earlier ones stay.

    Raises Invalid for something that is no principal, and for a role that is unknown or follows from
    who somebody is (everyone, authenticated, owner).
    """
    check_principal(principal)
    given = checked_roles(resource, roles, given=True)
    if given:
        grants = grants_of(resource)
        _put(resource, "_grants", {**grants, principal: grants.get(principal, frozenset()) | given})


def revoke(resource: Any, principal: str, roles: str | Iterable[str] | None = None) -> None:
    """Take *roles* at *resource* from *principal*; None: all of them. What is not there is no error."""
    grants = dict(grants_of(resource))
    left = grants.pop(principal, frozenset()) - (role_names(roles) if roles is not None else frozenset())
    if left and roles is not None:
        grants[principal] = left
    _put(resource, "_grants", grants)


def override_permission(resource: Any, permission: Permission | str, roles: str | Iterable[str]) -> None:
    """Let *roles*, and managers, have *permission* at *resource* and below, and nobody else.

    Raises Invalid for an unknown permission or role.
    """
    name = str(permission)
    registry = registry_of(resource)
    if registry is not None and name not in registry[Permissions]:
        raise Invalid({"permission": unknown("permission", name, registry[Permissions].names())})
    holders = checked_roles(resource, roles, given=False) | ONLY_MANAGERS
    _put(resource, "_permissions", {**overrides_of(resource), name: holders})


def restore_permission(resource: Any, permission: Permission | str) -> None:
    """Let *permission* at *resource* be what its class says, or what comes down from above.

    What is not set is no error.
    """
    name = str(permission)
    declared = type(resource)._permissions or {}
    overrides = {each: roles for each, roles in overrides_of(resource).items() if each != name}
    _put(resource, "_permissions", overrides | {each: declared[each] for each in {name} & declared.keys()})


def set_cuts(resource: Any, cuts: Iterable[str]) -> None:
    """Say what does not come down to *resource*: "grants", "permissions", both, or with () nothing.

    Raises Invalid for anything else.
    """
    wanted = frozenset(cuts)
    strange = wanted - {GRANTS, PERMISSIONS}
    if strange:
        raise Invalid({"cut": f"'grants' or 'permissions' can be cut, not {sorted(strange)[0]!r}"})
    _put(resource, "_cut", wanted)


def check_principal(principal: str) -> None:
    """Raise Invalid unless *principal* is "user:" or "group:" and an id."""
    kind, _, name = str(principal).partition(":")
    if kind not in KINDS_OF_PRINCIPAL or not name:
        raise Invalid({"principal": f"'user:ID' or 'group:ID' is wanted, not {principal!r}"})


def checked_roles(resource: Any, roles: str | Iterable[str], given: bool) -> frozenset[str]:
    """Return *roles* as a set. Raises Invalid for unknown ones, and if *given* for those nobody can give."""
    names = role_names(roles)
    if registry_of(resource) is None:
        return names
    known = known_roles(resource)
    for name in sorted(names):
        if name not in known:
            raise Invalid({"roles": unknown("role", name, known.names())})
        if given and not known[name].given:
            raise Invalid({"roles": f"The role {name!r} cannot be given: it follows from who somebody is"})
    hold_roles(resource, names)
    return names


def _put(resource: Any, attribute: str, value: Any) -> None:
    """Set *attribute*, or let the default of the class show again when there is nothing to say."""
    current = getattr(resource, attribute)  # wakes a ghost: vars() alone would not
    if value and value != getattr(type(resource), attribute):
        if current != value:
            setattr(resource, attribute, dict(sorted(value.items())) if isinstance(value, dict) else value)
    elif attribute in vars(resource):
        delattr(resource, attribute)
