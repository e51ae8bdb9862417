"""Roles of a site that are made while it runs, beside those that its code declares."""

from typing import Any

from objpub.content import Site
from objpub.content import walk
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.lineage import path_of
from objpub.security import drop_role
from objpub.security import grants_of
from objpub.security import Identity
from objpub.security import make_role
from objpub.security import overrides_of
from objpub.security import own_roles
from objpub.security import Role

from .asking import require
from .people import users_of
from .sentences import quoted_text
from .sentences import say
from .trash import whole_trash


def add_role(identity: Identity, site: Site, name: str, *, title: str = "") -> Role:
    """Make a role that can be given, and return it. No permission has it until a place says so.

    name: of small letters, such as "press-editor". title: for people. Needs "manage" on the users of the
    site. Raises NameTaken, Invalid, Forbidden.
    """
    users = users_of(site)
    require(identity, "manage", users)
    role = make_role(users, name, title)
    words = f"Made the role {quoted_text(role.title)}"
    say(identity, users, words, what="role.add", about=(f"role:{name}", role.title))
    return role


def remove_role(identity: Identity, site: Site, name: str) -> None:
    """Remove a role that was made with `add_role`. Needs "manage" on the users of the site.

    Raises NotFound, Forbidden, and NotPossible while anybody has the role or any place speaks of it: it would
    go on there, and pass to another role of that name. All places of the site are looked at.
    """
    users = users_of(site)
    require(identity, "manage", users)
    found = {each.name: each for each in own_roles(users)}.get(name)
    if found is None:
        raise NotFound(f"role {name!r}")
    holders = users.principals_with([name], 1)
    if holders:
        raise NotPossible(f"{users.title_of_principal(holders[0])} has this role; take it away first")
    trashed = [entry.resource for entry in whole_trash(site) or ()]
    for part in (site, users, *trashed):
        for place in walk(part):
            if speaks_of(place, name):
                raise NotPossible(f"The role is still in use at {path_of(place)}; take it away there first")
    drop_role(users, name)
    words = f"Removed the role {quoted_text(found.title)}"
    say(identity, users, words, what="role.remove", about=(f"role:{name}", found.title))


def speaks_of(place: Any, role: str) -> bool:
    """Is *role* granted at *place*, or does it say what the role may?"""
    return any(role in roles for said in (grants_of(place), overrides_of(place)) for roles in said.values())
