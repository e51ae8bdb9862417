"""People: who can sign in, found by name, and how somebody new is added."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from objpub.content import Site
from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.errors import Refused
from objpub.operations import add_user
from objpub.operations import set_password
from objpub.security import known_roles
from objpub.security import Policy
from objpub.security import Users
from objpub.views import Response
from objpub.views import view

from .frame import framed
from .picking import chosen_of
from .picking import text_of
from .picking import texts_of
from .typed import refused
from .typed import Typed

ON_A_PAGE = 50
READ_AT_ONCE = 500


@dataclass(frozen=True)
class Choice:
    """A role or a group to choose. by: titles of the groups that bring it anyway. free: may it be changed?"""

    name: str
    title: str
    chosen: bool = False
    by: tuple[str, ...] = ()
    free: bool = True


@view(Site, "users", area="manage", permission="manage", template="users.pt")
def list_people(site: Site, request: Any, q: str = "", after: str = "") -> dict[str, Any]:
    """List the people of the site, fifty at a time. q: a part of a name or an e-mail address."""
    users = users_for(request)
    found, following = people_like(users, q, after)
    rows = [(user, roles_in_words(request, users, f"user:{user.__name__}")) for user in found]
    total = len(users)
    return framed(
        request, "users", "People", users=users, rows=rows, total=total, q=q, after=after, following=following
    )


@view(Site, "users-add", area="manage", permission="manage", template="users-add.pt")
def adding(site: Site, request: Any) -> dict[str, Any]:
    """Show the form for somebody new."""
    users_for(request)
    return add_page(request, Typed())


@view(Site, "users-add", area="manage", method="POST", permission="manage", template="users-add.pt")
def add(site: Site, request: Any) -> Response:
    """Add somebody who can sign in."""
    users_for(request)
    password = text_of(request, "new_password")
    options = {name: text_of(request, name).strip() for name in ("title", "email")}
    try:
        check_twice(request)
        user = add_user(
            request.identity,
            site,
            text_of(request, "name"),
            password or None,
            roles=texts_of(request, "roles"),
            passwords=request.registry[Policy].authenticator.passwords,
            **options,
        )
    except Refused as error:
        field = "roles" if isinstance(error, Forbidden) else "name"
        return refused(request, renamed(error), lambda typed: add_page(request, typed), field)
    title, page = user.title or user.__name__, request.url(site, "@@user", area="manage", id=user.__name__)
    request.if_repeated = (page, f"{title} was added already")
    return request.redirect(page, message=f"Added {title}")


def add_page(request: Any, typed: Typed) -> dict[str, Any]:
    """Return what the form for somebody new shows."""
    roles = role_choices(request, request.site.users, None)
    return framed(request, "users", "Add somebody", roles=roles, typed=typed)


def users_for(request: Any) -> Users:
    """Return the users of the site. Raises Forbidden for who may not manage them."""
    users: Users = request.site.users
    request.registry[Policy].require(request.identity, "manage", users)
    return users


def people_like(users: Users, q: str, after: str) -> tuple[list[Any], str]:
    """Return the users behind the cursor *after* whose name, title or address has *q* in it.

    The second value is the cursor of the page after this one, "" at the end.
    """
    words = q.casefold().split()
    found: list[Any] = []
    cursor: str | None = after
    while cursor is not None:
        page = users.people.page(cursor, READ_AT_ONCE)
        for user in page:
            text = " ".join((user.__name__, user.title, user.email or "")).casefold()
            if all(word in text for word in words):
                if len(found) == ON_A_PAGE:
                    return found, found[-1].__name__
                found.append(user)
        cursor = page.next
    return found, ""


def role_choices(request: Any, users: Users, principal: str | None) -> list[Choice]:
    """Return the roles that can be given, for *principal*; None for somebody who is not there yet.

    A role that the one who asks lacks is shown, and is not free.
    """
    given = frozenset[str]() if principal is None else users.roles_given(principal)
    inherited = {} if principal is None else roles_by_group(users, principal)
    mine = giveable(request, users)
    return [
        Choice(role.name, role.title, role.name in given, inherited.get(role.name, ()), role.name in mine)
        for role in sorted(known_roles(request.site), key=lambda role: role.name)
        if role.given
    ]


def giveable(request: Any, place: Any) -> frozenset[str]:
    """Return the roles that the one who asks may give and take at *place*."""
    policy = request.registry[Policy]
    if not policy.can(request.identity, "grant", place):
        return frozenset()
    mine = policy.roles_of(request.identity, place)
    return frozenset(known_roles(request.site).names()) if "manager" in mine else mine


def wanted_roles(request: Any, before: Iterable[str], place: Any) -> set[str]:
    """Return the roles that the form chose, with those of *before* that it could not have taken away.

    Raises Invalid for a form that says nothing about roles.
    """
    return {*chosen_of(request, "roles"), *(frozenset(before) - giveable(request, place))}


def roles_by_group(users: Users, principal: str) -> dict[str, tuple[str, ...]]:
    """Return the roles that *principal* has by way of groups: name → titles of these groups."""
    found: dict[str, tuple[str, ...]] = {}
    met = {principal}
    waiting = [principal]
    while waiting:
        for group in sorted(f"group:{each}" for each in users.groups_of(waiting.pop())):
            if group not in met:
                met.add(group)
                waiting.append(group)
                for role in users.roles_given(group):
                    found[role] = (*found.get(role, ()), users.title_of_principal(group))
    return found


def roles_in_words(request: Any, users: Users, principal: str) -> str:
    """Return the roles that *principal* has everywhere, by itself and by groups: "Editor, Reviewer"."""
    names = users.roles_given(principal) | roles_by_group(users, principal).keys()
    table = known_roles(request.site)
    return ", ".join(table[name].title if name in table else name for name in sorted(names))


def give_password(request: Any, user: Any, **more: Any) -> None:
    """Give *user* the new password, which the form has twice. more: of `set_password`. Raises Refused."""
    check_twice(request)
    passwords = request.registry[Policy].authenticator.passwords
    new = text_of(request, "new_password")
    set_password(request.identity, request.site, user.__name__, new, passwords=passwords, **more)


def check_twice(request: Any) -> None:
    """Raise Invalid unless the new password was typed the same way twice."""
    if text_of(request, "new_password") != text_of(request, "new_password_again"):
        raise Invalid({"new_password_again": "The two passwords differ; type both anew"})


def renamed(error: Refused) -> Refused:
    """Return *error* with the names that the controls have: of a password it says "new_password"."""
    if isinstance(error, Invalid) and "password" in error.errors:
        others = {name: text for name, text in error.errors.items() if name != "password"}
        return Invalid({**others, "new_password": error.errors["password"]})
    return error
