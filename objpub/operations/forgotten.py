"""Passwords that are set without the old one: by a link that a mail or a manager gave."""

from dataclasses import replace
from datetime import datetime
from datetime import UTC

from objpub.content import Site
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.security import check_new_password
from objpub.security import Identity
from objpub.security import Passwords
from objpub.security import record
from objpub.security import SYSTEM

from .asking import policy_for
from .asking import require
from .asking import require_person
from .giving import named
from .giving import require_standing
from .people import principal_of
from .people import users_of
from .sentences import say

LINK_SECONDS = 3 * 86_400.0  # for which a link holds that a manager makes


def make_reset_link(identity: Identity, site: Site, user_id: str, seconds: float = LINK_SECONDS) -> str:
    """Return the token of a link with which somebody else sets a password, once, within *seconds*.

    It works for who has no password yet too. Nothing is stored. Needs "manage" on the users, and every role
    that the user has. Raises NotFound; NotPossible for oneself, who says the old password; Forbidden.
    """
    users = users_of(site)
    principal = principal_of(users, user_id)
    name = principal.partition(":")[2]
    require_person(identity)
    require(identity, "manage", users)
    require_standing(identity, users, principal)
    if name == identity.user_id:
        raise NotPossible("Your own password is changed in your profile, by saying the old one")
    token = policy_for(site).authenticator.links.make(users, name, datetime.now(UTC), seconds)
    if not token:
        raise NotPossible(f"{named(users, principal)} has no account that could have a password")
    words = f"Made a link to set a password for {named(users, principal)}"
    record(users, identity, "password.link", words, path=principal, title=users.title_of_principal(principal))
    return token


def set_forgotten_password(
    site: Site, token: str, password: str, *, passwords: Passwords | None = None, address: str = ""
) -> str:
    """Set the password of whom the link with *token* is for, and return the id; sessions and tokens end.

    address: where it comes from, for the audit record.
    Raises NotFound for a link that is used, is over, or is not ours, and Invalid for a password that will
    not do, after which the link still holds.
    """
    users = users_of(site)
    user_id = policy_for(site).authenticator.links.user_of(users, token, datetime.now(UTC))
    if user_id is None:
        raise NotFound("what this link leads to", missing="link")
    check_new_password(password, user_id)
    users.set_password(user_id, password, passwords)
    identity = users.identity(user_id) or SYSTEM
    words = f"Set another password for {named(users, f'user:{user_id}')}, by a link"
    say(identity, users, words)
    title = users.title_of_principal(f"user:{user_id}")
    came = replace(identity, address=address)
    record(users, came, "password.set", words, path=f"user:{user_id}", title=title, way="link")
    return user_id
