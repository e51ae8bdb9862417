"""Roles and permissions at a place, and where each comes from."""

from dataclasses import dataclass
from typing import Any

from objpub.content import title_of
from objpub.lineage import lineage
from objpub.security import cuts_of
from objpub.security import grants_of
from objpub.security import known_roles
from objpub.security import overrides_of
from objpub.security import Permissions
from objpub.security import Policy

from .people import giveable
from .permission import visible
from .roles import RANKS

EVERYWHERE_SHOWN = 20


@dataclass(frozen=True)
class Holder:
    """Somebody with a role at a place.

    principal, role: who and which; title, word: for people. place: where from, None for everywhere; url,
    where: of that, "" where it may not be seen. removable: can it be taken away here? stopped: does it not
    come down? is_group: is it a group?
    """

    principal: str
    title: str
    role: str
    word: str
    place: Any = None
    url: str = ""
    where: str = ""
    removable: bool = False
    stopped: bool = False

    @property
    def is_group(self) -> bool:
        """Is it a group?"""
        return self.principal.startswith("group:")

    @property
    def id(self) -> str:
        """The id of the user or the group."""
        return self.principal.partition(":")[2]


@dataclass(frozen=True)
class Held:
    """A permission at a place. here: the roles that the place itself names, or None. above: those without it.

    free: may the one who asks change it?
    """

    name: str
    title: str
    above: tuple[str, ...]
    here: tuple[str, ...] | None
    free: bool


def held_here(request: Any, content: Any, may_grant: bool) -> list[Holder]:
    """Return who has which role at *content*: granted there, then what comes from above, then everywhere."""
    rows: list[Holder] = []
    mine = giveable(request, content) if may_grant else frozenset()
    stopped = False
    for place in lineage(content):
        is_here = place is content
        for principal, roles in sorted(grants_of(place).items()):
            for role in sorted(roles):
                removable = is_here and role in mine
                rows.append(holder(request, principal, role, place, removable, stopped, is_here))
        if getattr(place, "_owner", None) and not any(row.role == "owner" for row in rows):
            rows.append(holder(request, f"user:{place._owner}", "owner", place, False, stopped, is_here))
        stopped = stopped or "grants" in cuts_of(place)
    users = request.site.users
    for role in sorted(each.name for each in known_roles(request.site) if each.given):
        for principal in users.principals_with([role], EVERYWHERE_SHOWN):
            rows.append(holder(request, principal, role, None, False, False, False))
    return rows


def holder(
    request: Any, principal: str, role: str, place: Any, removable: bool, stopped: bool, is_here: bool
) -> Holder:
    """Return one row. is_here: is it granted at the place that the page is about?"""
    roles = known_roles(request.site)
    word = roles[role].title if role in roles else role
    title = request.site.users.title_of_principal(principal)
    url = where = ""
    if place is not None and not is_here and visible(request, place):
        url = request.url(place, "@@security", area="manage") if request.shows(place) else ""
        where = title_of(place) or "/"
    return Holder(principal, title, role, word, place, url, where, removable, stopped)


def permissions_here(request: Any, content: Any) -> list[Held]:
    """Return every permission with the roles that have it at *content*, by title."""
    policy = request.registry[Policy]
    found = []
    for permission in sorted(request.registry[Permissions], key=lambda each: each.title.casefold()):
        name = permission.name
        here = overrides_of(content).get(name)
        declared = (type(content)._permissions or {}).get(name)
        here = None if here == declared else here
        above = declared or roles_above(policy, name, content)
        free = bool(request.can("grant", content)) and bool(request.can(name, content))
        titles = in_order(request, above), None if here is None else in_order(request, here)
        found.append(Held(name, permission.title, *titles, free))
    return found


def roles_above(policy: Any, name: str, content: Any) -> frozenset[str]:
    """Return the roles that have the permission *name* at *content* apart from what it says itself."""
    above = content.__parent__
    if above is None or "permissions" in cuts_of(content):
        default: frozenset[str] = policy.default_holders(name)
        return default
    found: frozenset[str] = policy.holders(name, above)
    return found


def in_order(request: Any, names: frozenset[str]) -> tuple[str, ...]:
    """Return the titles of roles from the most common to the mightiest."""
    roles = known_roles(request.site)
    ordered = sorted(names, key=lambda name: (RANKS.get(name, 5), name))
    return tuple(roles[name].title if name in roles else name for name in ordered)
