"""Who may deal with whom: nobody gives or takes a role that he lacks, nor gets at it by way of people."""

from typing import Any

from objpub.content import walk
from objpub.errors import Forbidden
from objpub.security import grants_of
from objpub.security import Identity
from objpub.security import Users

from .asking import policy_for
from .sentences import quoted_text
from .trash import whole_trash


def require_giving(identity: Identity, roles: frozenset[str], place: Any) -> None:
    """Raise Forbidden unless *identity* may give, or take, each of *roles* at *place*; none needs nothing."""
    if roles:
        policy_for(place).require_giving(identity, roles, place)


def require_standing(identity: Identity, users: Users, principal: str) -> None:
    """Raise Forbidden unless *identity* may give, or take, each role of *principal*, also at places.

    All places of the site are looked at, also those in the trash; for managers, who have every role, none is.
    """
    require_giving(identity, all_roles(users, principal), users)
    if "manager" in identity.roles:
        return
    site, principals, policy = users.__parent__, above(users, principal), policy_for(users)
    for part in (site, users, *(entry.resource for entry in whole_trash(site) or ())):
        for place in walk(part):
            grants = grants_of(place)
            granted = frozenset().union(*(grants.get(each, ()) for each in principals))
            mine = policy.roles_of(identity, place) if granted else granted
            if not granted <= mine and "manager" not in mine:
                raise Forbidden(f"{identity} lacks a role that {named(users, principal)} has somewhere")


def all_roles(users: Users, principal: str) -> frozenset[str]:
    """Return the roles that *principal* has everywhere: its own, and those of all groups that it is in."""
    return frozenset().union(*(users.roles_given(each) for each in above(users, principal)))


def above(users: Users, principal: str) -> set[str]:
    """Return *principal*, and every group that it is in, directly or not."""
    met = {principal}
    waiting = [principal]
    while waiting:
        groups = {f"group:{group}" for group in users.groups_of(waiting.pop())} - met
        met |= groups
        waiting.extend(groups)
    return met


def named(users: Users, principal: str) -> str:
    """Return how a sentence calls a user or group: “Ann Lee” (ann)."""
    name = principal.partition(":")[2]
    title = users.title_of_principal(principal)
    return quoted_text(title) + (f" ({name})" if title != name else "")
