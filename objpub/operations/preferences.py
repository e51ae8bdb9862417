"""What a person likes otherwise than others: how lists are shown to him, and the like."""

from collections.abc import Sequence

from objpub.content import Site
from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.security import Identity
from objpub.security import keep_preference

from .asking import require_person
from .people import users_of
from .sentences import say

MOST_VALUES = 40
MOST_LETTERS = 100


def set_preference(identity: Identity, site: Site, name: str, values: Sequence[str] | None) -> None:
    """Keep what *identity* likes under *name*, for himself and no other; None: as everybody has it.

    Raises Forbidden for who is no user of the site, and Invalid for too much.
    """
    users = users_of(site)
    require_person(identity)
    if identity.user_id is None or users.get(identity.user_id) is None:
        raise Forbidden("Only those who are signed in can keep what they like")
    if values is not None and (len(values) > MOST_VALUES or max(map(len, (*values, name))) > MOST_LETTERS):
        raise Invalid({"values": f"At most {MOST_VALUES} values of {MOST_LETTERS} characters can be kept"})
    keep_preference(users, identity.user_id, name, None if values is None else tuple(values))
    say(identity, users, "Changed how lists are shown to oneself")
