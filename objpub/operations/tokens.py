"""Tokens for programs: made and revoked by their owner, or by whoever may manage that user."""

from collections.abc import Iterable
from datetime import datetime
from datetime import timedelta
from datetime import UTC
from typing import Any

from objpub.content import Content
from objpub.content import Site
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.lineage import top
from objpub.schema import did_you_mean
from objpub.security import Identity
from objpub.security import Permissions
from objpub.security import Users

from .asking import all_of
from .asking import is_trashed
from .asking import policy_for
from .asking import registry_for
from .asking import require
from .asking import require_person
from .giving import named
from .giving import require_standing
from .people import about
from .people import listed
from .people import principal_of
from .people import users_of
from .sentences import quoted
from .sentences import quoted_text
from .sentences import say

LONGEST_DAYS = 366
LONGEST_TITLE = 100
MOST_TOKENS = 50  # of one user
SHORTEST_MARK = 8


def make_token(
    identity: Identity,
    site: Site,
    user_id: str,
    title: str,
    *,
    permissions: Iterable[str] | None,
    place: Any = None,
    days: int = 90,
) -> str:
    """Make a token that programs act with as *user_id*, and return its text, which is told only here.

    title: what it is for. permissions: the names of those that it may use, whenever its owner has them;
    None for all. place: a resource, which and what is below it the token reaches; None for the whole site.
    days: after which it ends.
    One's own need nothing; those of others "manage" on the users, and every role that the user has.
    Raises Invalid with every error at once, NotFound, NotPossible for too many, Forbidden.
    """
    users = users_of(site)
    name = may_deal(identity, users, user_id)
    wanted = None if permissions is None else frozenset(permissions)
    all_of(
        lambda: check_title(title),
        lambda: check_permissions(site, wanted),
        lambda: check_place(identity, site, place),
        lambda: check_days(days),
    )
    if len(users.tokens.of(name)) >= MOST_TOKENS:
        raise NotPossible(f"{named(users, f'user:{name}')} has {MOST_TOKENS} tokens; revoke some first")
    lasting = timedelta(days=days)
    text = users.make_token(name, title.strip(), wanted, place, datetime.now(UTC), lasting)
    more = f": {'everything' if wanted is None else listed(wanted)}, {days} day{'s' if days > 1 else ''}"
    more += "" if place is None else f", in {quoted(place)}"
    words = f"Made the token {quoted_text(title.strip())} of {named(users, f'user:{name}')}"
    say(identity, users, words, what="token.make", about=about(users, f"user:{name}"), more=more)
    return text


def revoke_token(identity: Identity, site: Site, user_id: str, mark: str) -> None:
    """End the token of *user_id* whose key begins with *mark*, at least eight characters.

    Needs what `make_token` does. Raises NotFound where there is no such token any more, and Forbidden.
    """
    users = users_of(site)
    name = may_deal(identity, users, user_id)
    found = [
        token for token in users.tokens.of(name) if len(mark) >= SHORTEST_MARK and token.key.startswith(mark)
    ]
    if not found:
        raise NotFound("this token", missing="token")
    users.tokens.revoke(found[0].key)
    words = f"Revoked the token {quoted_text(found[0].title)} of {named(users, f'user:{name}')}"
    say(identity, users, words, what="token.revoke", about=about(users, f"user:{name}"))


def may_deal(identity: Identity, users: Users, user_id: str) -> str:
    """Return the id of the user whose tokens *identity* may make and revoke. Raises NotFound, Forbidden."""
    principal = principal_of(users, user_id)
    require_person(identity)
    if principal != f"user:{identity.user_id}":
        require(identity, "manage", users)
        require_standing(identity, users, principal)
    return principal.partition(":")[2]


def check_title(title: str) -> None:
    """Raise Invalid unless *title* is a line that says something."""
    text = title.strip()
    if not text or len(text) > LONGEST_TITLE or not text.isprintable():
        raise Invalid({"title": f"wanted up to {LONGEST_TITLE} characters that say what it is for"})


def check_permissions(site: Site, wanted: frozenset[str] | None) -> None:
    """Raise Invalid for no permission, and for one that nobody declared."""
    if wanted is None:
        return
    known = registry_for(site)[Permissions].names()
    unknown = sorted(wanted - set(known))
    if unknown:
        name = unknown[0]
        raise Invalid({"permissions": f"there is no permission {name!r}{did_you_mean(name, known)}"})
    if not wanted:
        raise Invalid({"permissions": "choose at least one"})


def check_place(identity: Identity, site: Site, place: Any) -> None:
    """Raise Invalid unless *place* is in the tree of the site; what one may not view is not there."""
    if place is None:
        return
    there = isinstance(place, Content) and top(place) is site and not is_trashed(place)
    if not there or not policy_for(site).can(identity, "view", place):
        raise Invalid({"place": "there is nothing at this path"})


def check_days(days: int) -> None:
    """Raise Invalid unless a token may last so long."""
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= LONGEST_DAYS:
        raise Invalid({"days": f"wanted a whole number of days from 1 to {LONGEST_DAYS}, not {days!r}"})
