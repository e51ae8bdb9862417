"""Roles: what each may do where no place says otherwise, and who has it everywhere."""

from typing import Any

from objpub.content import Site
from objpub.security import Permissions
from objpub.security import Roles
from objpub.views import view

from .frame import framed
from .people import users_for

HOLDERS_SHOWN = 20
RANKS = {"everyone": 0, "authenticated": 1, "owner": 2, "manager": 9}  # all other roles: between


@view(Site, "roles", area="manage", permission="manage", template="roles.pt")
def overview(site: Site, request: Any) -> dict[str, Any]:
    """Show all roles and permissions in one table, and who has which role."""
    users = users_for(request)
    roles = roles_in_order(request)
    permissions = sorted(request.registry[Permissions], key=lambda each: each.title.casefold())
    rows = [
        (each, [role.name == "manager" or role.name in each.roles for role in roles]) for each in permissions
    ]
    holders = [(role, *held(users, role.name)) for role in roles if role.given]
    return framed(request, "groups", "Roles", roles=roles, rows=rows, holders=holders, users=users)


def roles_in_order(request: Any) -> list[Any]:
    """Return the roles from the most common to the mightiest."""
    return sorted(request.registry[Roles], key=lambda role: (RANKS.get(role.name, 5), role.name))


def held(users: Any, role: str) -> tuple[list[str], bool]:
    """Return some principals that have *role* everywhere themselves, and whether there are more."""
    found = users.principals_with([role], HOLDERS_SHOWN + 1)
    return found[:HOLDERS_SHOWN], len(found) > HOLDERS_SHOWN
