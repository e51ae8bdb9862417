"""Seeing the site as somebody else does: how that begins and ends. See `objpub.security` for the rest."""

from objpub.content import Site
from objpub.errors import Forbidden
from objpub.errors import NotPossible
from objpub.security import Identity
from objpub.security import SEEN_AS
from objpub.security import VISITOR

from .asking import require_person
from .giving import named
from .people import about
from .people import principal_of
from .people import users_of
from .sentences import say

VISITORS = "a visitor who is not signed in"


def begin_viewing(identity: Identity, site: Site, user_id: str | None) -> None:
    """Let *identity* see the site as the user *user_id* does, or for None as a visitor, in this session.

    It takes a manager of the whole site, who is signed in with a browser. Until `end_viewing`, or the end of
    the session, nothing can be changed with it. Raises Forbidden, NotFound, and NotPossible for oneself.
    """
    users = users_of(site)
    require_person(identity)
    if "manager" not in identity.roles:
        raise Forbidden("Only a manager of the whole site may see it as somebody else")
    if identity.session is None or identity.viewer is not None:
        raise NotPossible("This takes a session of a browser, with which one sees the site as oneself")
    if user_id is None:
        told, whom = ("", "Visitors"), VISITORS
    else:
        principal = principal_of(users, user_id)
        user_id = principal.partition(":")[2]
        if user_id == identity.user_id:
            raise NotPossible("You see the site as yourself already")
        told, whom = about(users, principal), named(users, principal)
    users.sessions.note(identity.session.key, SEEN_AS, (VISITOR if user_id is None else user_id,))
    say(identity, users, f"Began to see the site as {whom}", what="view-as.begin", about=told)


def end_viewing(identity: Identity, site: Site) -> bool:
    """Let *identity* see the site as himself again; False where he did not see it as anybody else."""
    if identity.session is None:
        return False
    require_person(identity)
    users, session = users_of(site), identity.session
    noted = users.sessions.notes(session.key, SEEN_AS)
    if not noted:
        return False
    principal = f"user:{noted[0]}"
    told, whom = ("", "Visitors"), VISITORS
    if noted[0] != VISITOR:
        told, whom = (principal, users.title_of_principal(principal)), named(users, principal)
    users.sessions.note(session.key, SEEN_AS, ())
    say(identity, users, f"Ended seeing the site as {whom}", what="view-as.end", about=told)
    return True
