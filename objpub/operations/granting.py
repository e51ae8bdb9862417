"""What holds at a place: who has which role there, what comes down to it, and which roles may do what.

Nobody gives or takes a role that he lacks, and nobody opens what is closed to himself.
"""

from collections.abc import Iterable
from typing import Any

from objpub.errors import Invalid
from objpub.lineage import lineage
from objpub.lineage import top
from objpub.security import cuts_of
from objpub.security import grant
from objpub.security import grants_of
from objpub.security import Identity
from objpub.security import override_permission
from objpub.security import overrides_of
from objpub.security import Permission
from objpub.security import restore_permission
from objpub.security import revoke
from objpub.security import set_cuts

from .asking import policy_for
from .asking import require
from .giving import named
from .giving import require_giving
from .people import check_principal
from .people import listed
from .people import users_of
from .sentences import quoted
from .sentences import say

GRANTS = "grants"
PERMISSIONS = "permissions"
WORDS = {GRANTS: "roles", PERMISSIONS: "permissions"}


def set_grants(identity: Identity, resource: Any, principal: str, roles: Iterable[str]) -> None:
    """Let *principal*, "user:ID" or "group:ID", have *roles* at *resource* and below, besides inherited ones.

    Needs "grant" at the resource, and each role that changes there. Raises Invalid for an unknown role,
    NotFound, Forbidden.
    """
    users = users_of(top(resource))
    before, wanted = grants_of(resource).get(principal, frozenset()), frozenset(roles)
    if wanted:
        check_principal(users, principal)
    require_giving(identity, before ^ wanted, resource)
    if before != wanted:
        grant(resource, principal, wanted - before)
        revoke(resource, principal, before - wanted)
        words = f"Set the roles of {named(users, principal)} in {quoted(resource)}: {listed(wanted)}"
        say(identity, resource, words, what="grant")


def set_inheritance(identity: Identity, resource: Any, cuts: Iterable[str]) -> None:
    """Say what does not come down to *resource* from above: "grants", "permissions", both, or () for nothing.

    Needs "grant" at the resource, each role that stops or begins to come down, and each permission of which
    other roles decide then. Raises Invalid for anything else, and Forbidden.
    """
    before, wanted = cuts_of(resource), frozenset(cuts)
    for strange in sorted(wanted - WORDS.keys()):
        raise Invalid({"cut": f"'grants' or 'permissions' can be cut, not {strange!r}"})
    require(identity, "grant", resource)
    changed = before ^ wanted
    if GRANTS in changed:
        require_giving(identity, roles_from_above(resource), resource)
    for name in sorted(overrides_from_above(resource)) if PERMISSIONS in changed else ():
        require(identity, name, resource)
    if changed:
        set_cuts(resource, wanted)
        words = " and ".join(WORDS[each] for each in sorted(wanted)).capitalize()
        words = f"{words} no longer come down" if wanted else "Roles and permissions come down"
        say(identity, resource, f"{words} to {quoted(resource)} from above", what="cut")


def set_holders(
    identity: Identity, resource: Any, permission: Permission | str, roles: Iterable[str] | None
) -> None:
    """Let *roles*, and managers, have *permission* at *resource* and below, and nobody else.

    roles: None for what comes down from above again. Needs "grant" at the resource, and the permission
    itself. Raises Invalid for an unknown permission or role, and Forbidden.
    """
    name = str(permission)
    policy = policy_for(resource)
    if name not in policy.permissions:
        raise Invalid({"permission": f"There is no permission {name!r}"})
    require(identity, "grant", resource)
    require(identity, name, resource)
    title = policy.permissions[name].title
    before = overrides_of(resource).get(name)
    if roles is None:
        restore_permission(resource, name)
        words = f"Let what comes from above decide about “{title}” in {quoted(resource)}"
    else:
        override_permission(resource, name, roles)
        words = f"Set the roles for “{title}” in {quoted(resource)}: {listed(overrides_of(resource)[name])}"
    if overrides_of(resource).get(name) != before:
        say(identity, resource, words, what="permission")


def roles_from_above(resource: Any) -> frozenset[str]:
    """Return the roles that are granted above *resource*, as far as they would come down to it."""
    found: set[str] = set()
    for place in places_above(resource, GRANTS):
        found = found.union(*grants_of(place).values())
    return frozenset(found)


def overrides_from_above(resource: Any) -> frozenset[str]:
    """Return the permissions that are set above *resource*, as far as that would come down to it."""
    return frozenset(name for place in places_above(resource, PERMISSIONS) for name in overrides_of(place))


def places_above(resource: Any, what: str) -> list[Any]:
    """Return the places above *resource*, the nearest first, up to one that takes no *what* from above."""
    found = []
    for place in list(lineage(resource))[1:]:
        found.append(place)
        if what in cuts_of(place):
            break
    return found
