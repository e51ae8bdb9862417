"""Seeing the site as somebody else does: noted with a session, and over with it.

A manager looks, and can change nothing meanwhile: the publisher refuses it. What is asked for is answered to
the person, or the visitor, as whom he sees the site, with nothing of the manager but who he is; whatever
comes of it in a record is his. The note holds only as long as he is a manager, and the person is there.
"""

from dataclasses import replace
from typing import Any

from .identity import Identity
from .identity import NO_IDENTITY

#: Under which a session notes as whom its user sees the site: the id of a user, or VISITOR.
SEEN_AS = "seen as"
VISITOR = ""


def seen_as(users: Any, viewer: Identity) -> Identity:
    """Return the identity as which *viewer*, who came with a session, sees the site: most are themselves.

    Changes nothing. Roles that somebody has from outside for a sign-in of his own are not known here.
    """
    noted = users.sessions.notes(viewer.session.key, SEEN_AS)
    if not noted or "manager" not in viewer.roles:
        return viewer
    (user_id,) = noted
    found = NO_IDENTITY if user_id == VISITOR else users.identity(user_id)
    return viewer if found is None else replace(found, records=viewer.records, viewer=viewer)
