"""Users and groups, passwords, and who has which role where. Nobody gives or takes a role that he lacks."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from objpub.content import Site
from objpub.errors import Invalid
from objpub.errors import NameTaken
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.schema import schema_of
from objpub.security import check_new_password
from objpub.security import check_user_id
from objpub.security import Group
from objpub.security import Identity
from objpub.security import make_users
from objpub.security import Passwords
from objpub.security import User
from objpub.security import user_id_from
from objpub.security import Users

from .asking import all_of
from .asking import require
from .asking import require_person
from .editing import edit
from .editing import Edited
from .giving import above
from .giving import named
from .giving import require_giving
from .giving import require_standing
from .sentences import all_or_nothing
from .sentences import quoted
from .sentences import say


def add_user(
    identity: Identity,
    site: Site,
    user_id: str,
    password: str | None,
    *,
    roles: Iterable[str] = (),
    title: str = "",
    email: str = "",
    passwords: Passwords | None = None,
) -> User:
    """Add somebody who can sign in, and return the user.

    password: None for somebody who cannot sign in yet. roles: held everywhere. passwords: how to hash;
    None takes the default cost. Needs "manage" on the users of the site, and "grant" for *roles*.
    Raises Invalid with every error at once, NameTaken, or Forbidden for a role that *identity* lacks.
    """
    users = users_of(site)
    roles = frozenset(roles)
    require(identity, "manage", users)
    require_giving(identity, roles, users)
    values = {"title": title, "email": email or None}
    all_of(
        lambda: check_user_id(user_id),
        lambda: schema_of(User).check(values),
        lambda: None if password is None else check_new_password(password, user_id_from(user_id)),
    )
    if user_id in users:
        raise NameTaken(user_id, "the users")
    user = users.add(user_id, password, roles, title, email, passwords)
    principal = f"user:{user.__name__}"
    words, more = f"Added the user {named(users, principal)}", f", with the roles: {listed(roles)}"
    say(identity, users, words, what="user.add", about=about(users, principal), more=more)
    return user


def remove_user(identity: Identity, site: Site, user_id: str) -> None:
    """Remove a user for good; the id will not be given to somebody else. Needs "manage" on the users.

    Raises NotFound; NotPossible for the last manager; Forbidden where the user has a role that *identity*
    lacks.
    """
    users = users_of(site)
    principal = principal_of(users, user_id)
    require(identity, "manage", users)
    require_standing(identity, users, principal)
    check_manager_left(users, lambda who, source: who == principal)
    words, whom = f"Removed the user {named(users, principal)}", about(users, principal)
    with all_or_nothing(users):
        users.remove(user_id)
        say(identity, users, words, what="user.remove", about=whom)


def set_password(
    identity: Identity,
    site: Site,
    user_id: str,
    password: str | None,
    *,
    current: str | None = None,
    passwords: Passwords | None = None,
) -> None:
    """Give a user another password; all sessions of the user end.

    password: None for no password, so no sign-in. current: the password until now; one's own is changed by
    saying it, that of others needs "manage" on the users, and every role that the user has.
    Raises Invalid for a password that will not do and for a wrong *current*; NotFound; Forbidden.
    """
    users = users_of(site)
    principal = principal_of(users, user_id)
    require_person(identity)
    if principal == f"user:{identity.user_id}":
        right, _ = users.verify(user_id, current or "", passwords or Passwords())
        if not right:
            raise Invalid({"current": "This is not your password"})
    else:
        require(identity, "manage", users)
        require_standing(identity, users, principal)
    users.set_password(user_id, password, passwords)
    words = f"Set another password for {named(users, principal)}"
    more = "" if password is not None else ": none"
    say(identity, users, words, what="password.set", about=about(users, principal), more=more)


def give_roles(identity: Identity, site: Site, principal: str, roles: Iterable[str]) -> None:
    """Let *principal*, "user:ID" or "group:ID", have *roles* everywhere, and no other.

    Needs "grant" on the users, and each role that changes. Raises Invalid for an unknown role, NotFound,
    NotPossible for the last manager, Forbidden.
    """
    users = users_of(site)
    check_principal(users, principal)
    before, wanted = users.roles_given(principal), frozenset(roles)
    require_giving(identity, before ^ wanted, users)
    if before != wanted:
        if "manager" in before - wanted:
            check_manager_left(users, lambda who, source: who == principal and not source)
        users.set_roles(principal, wanted)
        words = f"Set the roles of {named(users, principal)}: {listed(wanted)}"
        say(identity, users, words, what="roles", about=about(users, principal))


def add_group(
    identity: Identity, site: Site, group_id: str, *, roles: Iterable[str] = (), title: str = ""
) -> Group:
    """Add a group of users, and return it. Needs and raises what `add_user` does."""
    users = users_of(site)
    roles = frozenset(roles)
    require(identity, "manage", users)
    require_giving(identity, roles, users)
    all_of(lambda: check_user_id(group_id), lambda: schema_of(Group).check({"title": title}))
    group = users.add_group(group_id, title, roles)
    principal = f"group:{group.__name__}"
    words, more = f"Added the group {named(users, principal)}", f", with the roles: {listed(roles)}"
    say(identity, users, words, what="group.add", about=about(users, principal), more=more)
    return group


def remove_group(identity: Identity, site: Site, group_id: str) -> None:
    """Remove a group for good; its members lose what they had by it. Raises as `remove_user` does."""
    users = users_of(site)
    principal = f"group:{user_id_from(group_id)}"
    check_principal(users, principal)
    require(identity, "manage", users)
    require_standing(identity, users, principal)
    check_manager_left(users, lambda who, source: f"group:{source}" == principal or who == principal)
    words, whom = f"Removed the group {named(users, principal)}", about(users, principal)
    with all_or_nothing(users):
        users.remove_group(group_id)
        say(identity, users, words, what="group.remove", about=whom)


def set_groups(identity: Identity, site: Site, principal: str, groups: Iterable[str]) -> None:
    """Let a user or a group be in the groups with the ids *groups*, and in no other.

    Needs "manage" on the users, and each role that the groups have which change. Raises NotFound,
    NotPossible for a group that would come to be in itself and for the last manager, Forbidden.
    """
    users = users_of(site)
    check_principal(users, principal)
    before, wanted = users.groups_of(principal), frozenset(map(user_id_from, groups))
    require(identity, "manage", users)
    for group in sorted(before ^ wanted):
        if group in wanted:
            check_principal(users, f"group:{group}")
            check_no_loop(users, principal, group)
        require_standing(identity, users, f"group:{group}")
    if before == wanted:
        return
    check_manager_left(users, lambda who, source: who == principal and source in before - wanted)
    for group in before - wanted:
        users.leave(principal, group)
    for group in wanted - before:
        users.join(principal, group)
    words = f"Set the groups of {named(users, principal)}: {listed(wanted)}"
    say(identity, users, words, what="groups", about=about(users, principal))


def set_site_fields(
    identity: Identity, site: Site, values: Mapping[str, Any], started_from: Mapping[str, str] | None = None
) -> Edited:
    """Change the site's own fields, such as title and time zone; `edit` says how. Needs "manage"."""
    if not isinstance(site, Site):
        raise NotPossible(f"{quoted(site)} is not the site")
    return edit(identity, site, values, started_from)


def users_of(site: Any) -> Users:
    """Return the users of *site*. Raises NotPossible for what is no site."""
    if not isinstance(site, Site):
        raise NotPossible(f"{quoted(site)} is in no site, so it has no users")
    return make_users(site)


def principal_of(users: Users, user_id: str) -> str:
    """Return the principal "user:ID" for what somebody typed. Raises NotFound."""
    principal = f"user:{user_id_from(user_id)}"
    check_principal(users, principal)
    return principal


def check_principal(users: Users, principal: str) -> None:
    """Raise NotFound unless there is a user or group that *principal* means."""
    if users.principal(principal) is None:
        raise NotFound(principal)


def check_no_loop(users: Users, principal: str, group: str) -> None:
    """Raise NotPossible if *principal*, being in *group*, would be in itself."""
    if principal in above(users, f"group:{group}"):
        raise NotPossible(f"{named(users, principal)} would come to be in itself")


def check_manager_left(users: Users, lost: Callable[[str, str], bool]) -> None:
    """Raise NotPossible if a site that has a manager would have none any more.

    lost: says of a principal and a source, the id of a group or "" for its own roles, whether it will not
    have what comes from there.
    """
    if has_manager(users, lambda principal, source: False) and not has_manager(users, lost):
        raise NotPossible("This would leave the site without any manager")


def has_manager(users: Users, lost: Callable[[str, str], bool]) -> bool:
    """Is there a user with the role "manager" everywhere, apart from what is *lost*?"""
    waiting = [each for each in users.principals_with({"manager"}, len(users) + 1) if not lost(each, "")]
    met = set(waiting)
    while waiting:
        kind, _, name = waiting.pop().partition(":")
        if kind == "user":
            return True
        members = {each for each in users.members_of(name) if not lost(each, name)} - met
        met |= members
        waiting.extend(members)
    return False


def about(users: Users, principal: str) -> tuple[str, str]:
    """Return path and title of a user or a group for the audit record."""
    return principal, users.title_of_principal(principal)


def listed(names: Iterable[str]) -> str:
    """Return names in a sentence, sorted: "editor, reviewer"; "none"."""
    return ", ".join(sorted(names)) or "none"
