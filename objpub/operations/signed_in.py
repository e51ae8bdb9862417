"""Ending sessions: one's own, one by one or all, and all of somebody else."""

from datetime import datetime
from datetime import UTC

from objpub.content import Site
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.security import Identity

from .asking import policy_for
from .asking import require
from .asking import require_person
from .giving import named
from .giving import require_standing
from .people import about
from .people import principal_of
from .people import users_of
from .sentences import say

SHORTEST_MARK = 8


def end_sessions(identity: Identity, site: Site, user_id: str) -> None:
    """Sign a user out everywhere: all sessions end, in every browser.

    One's own need nothing; those of others "manage" on the users, and every role that the user has.
    Raises NotFound, Forbidden.
    """
    users = users_of(site)
    principal = principal_of(users, user_id)
    require_person(identity)
    if principal != f"user:{identity.user_id}":
        require(identity, "manage", users)
        require_standing(identity, users, principal)
    users.sign_out_everywhere(user_id)
    words = f"Signed {named(users, principal)} out everywhere"
    say(identity, users, words, what="session.end", about=about(users, principal))


def end_session(identity: Identity, site: Site, mark: str) -> None:
    """End one of the sessions of *identity* itself.

    mark: how the key of the session begins, at least eight characters of it. Raises NotFound where there is
    no such session any more, and NotPossible for who is no user.
    """
    users = users_of(site)
    if identity.user_id is None:
        raise NotPossible(f"{identity} is no user, and so signed in nowhere")
    require_person(identity)
    rules = policy_for(site).authenticator.sessions
    mine = users.sessions.of(identity.user_id, datetime.now(UTC), rules)
    found = [each for each in mine if len(mark) >= SHORTEST_MARK and each.key.startswith(mark)]
    if not found:
        raise NotFound("this session", missing="session")
    users.sessions.end(found[0].key)
    principal = f"user:{identity.user_id}"
    words = f"Signed {named(users, principal)} out in one browser"
    say(identity, users, words, what="session.end", about=about(users, principal))
