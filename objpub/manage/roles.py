"""Roles: what each may do at the top of the site, who has it everywhere, and those that are made here."""

from typing import Any

from objpub.content import Site
from objpub.errors import Refused
from objpub.operations import add_role
from objpub.operations import remove_role
from objpub.security import known_roles
from objpub.security import own_roles
from objpub.security import Permissions
from objpub.security import Policy
from objpub.views import Response
from objpub.views import view

from .frame import framed
from .people import users_for
from .picking import text_of
from .typed import refused
from .typed import Typed

HOLDERS_SHOWN = 20
RANKS = {"everyone": 0, "authenticated": 1, "owner": 2, "manager": 9}  # all other roles: between


@view(Site, "roles", area="manage", permission="manage", template="roles.pt")
def overview(site: Site, request: Any) -> dict[str, Any]:
    """Show all roles and permissions in one table, who has which role, and those that were made here."""
    return page_of(request, Typed())


@view(Site, "roles", area="manage", method="POST", permission="manage", template="roles.pt")
def make(site: Site, request: Any) -> Response:
    """Make a role: `name`, and `title` for people."""
    users_for(request)
    name, title = text_of(request, "name").strip(), text_of(request, "title").strip()
    try:
        role = add_role(request.identity, site, name, title=title)
    except Refused as error:
        return refused(request, error, lambda typed: page_of(request, typed), "name")
    answer = back_to(request, f"Made the role {role.title}")
    request.if_repeated = (answer.location, f"The role {role.title} was made already")
    return answer


@view(Site, "role-remove", area="manage", method="POST", permission="manage", template="roles.pt")
def remove(site: Site, request: Any) -> Response:
    """Remove the role `remove`, which was made here and is in use nowhere."""
    users_for(request)
    name = text_of(request, "remove")
    title = known_roles(site)[name].title if name in known_roles(site) else name
    try:
        remove_role(request.identity, site, name)
    except Refused as error:
        return refused(request, error, lambda typed: page_of(request, typed), "remove")
    return back_to(request, f"Removed the role {title}")


def back_to(request: Any, message: str) -> Response:
    """Return to the overview."""
    response: Response = request.redirect(request.site, "@@roles", area="manage", message=message)
    return response


def page_of(request: Any, typed: Typed) -> dict[str, Any]:
    """Return what the overview shows: what each role may at the top of the site, and who has it."""
    users = users_for(request)
    policy = request.registry[Policy]
    roles = roles_in_order(request)
    permissions = sorted(request.registry[Permissions], key=lambda each: each.title.casefold())
    rows = []
    for each in permissions:
        names = policy.holders(each, request.site)
        rows.append((each, [role.name == "manager" or role.name in names for role in roles]))
    holders = [(role, *held(users, role.name)) for role in roles if role.given]
    return framed(
        request,
        "groups",
        "Roles",
        roles=roles,
        rows=rows,
        holders=holders,
        users=users,
        own=own_roles(users),
        typed=typed,
    )


def roles_in_order(request: Any) -> list[Any]:
    """Return the roles from the most common to the mightiest."""
    return sorted(known_roles(request.site), key=lambda role: (RANKS.get(role.name, 5), role.name))


def held(users: Any, role: str) -> tuple[list[str], bool]:
    """Return some principals that have *role* everywhere themselves, and whether there are more."""
    found = users.principals_with([role], HOLDERS_SHOWN + 1)
    return found[:HOLDERS_SHOWN], len(found) > HOLDERS_SHOWN
