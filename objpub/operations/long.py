"""What takes long is begun, cancelled and begun again here, each in the name of who asks for it.

Who may is asked when it is begun, and again when it is carried out, with the rights of that moment.
"""

from dataclasses import replace
from typing import Any

from objpub.content import Site
from objpub.errors import Forbidden
from objpub.errors import NotPossible
from objpub.jobs import begin_long
from objpub.jobs import begun_already
from objpub.jobs import cancel_long
from objpub.jobs import long_operations_of
from objpub.jobs import LongOperation
from objpub.jobs import require_long
from objpub.lineage import top
from objpub.security import Identity
from objpub.security import SYSTEM

from .asking import policy_for
from .asking import require
from .asking import require_person
from .scheduling import roles_from_outside
from .sentences import say


def begin(
    identity: Identity,
    place: Any,
    name: str,
    subject: str,
    sentence: str,
    /,
    *,
    back: str = "",
    **arguments: Any,
) -> LongOperation:
    """Let the long operation *name* be carried out in the name of *identity*; return its record.

    What each takes is asked before. subject, sentence, back: see `LongOperation`. Raises Forbidden for
    visitors and tokens, NotPossible where one about the same is under way; what it is, such as where it
    leads to, is told to those who see it in the list.
    """
    require_person(identity)
    if identity.user_id is None and identity is not SYSTEM:
        raise Forbidden(
            "Only somebody who is signed in can begin what takes long: it is asked again who it was"
        )
    site = top(place)
    kept = long_operations_of(site)
    other = None if kept is None else kept.of_subject(subject)
    if other is not None and not other.is_lost and not is_shown(identity, site, other):
        raise NotPossible(begun_already(other, is_shown=False))
    operation = begin_long(
        site,
        name,
        subject,
        sentence,
        arguments,
        who=identity.user_id or "",
        who_title=identity.title,
        roles=roles_from_outside(identity, site),
        back=back,
    )
    say(identity, site, f"Began: {sentence}")
    return operation


def who_began(site: Any, work: Any) -> Identity:
    """Return who began what is carried out, with the rights of today. Raises Forbidden for who is gone.

    work: has who, who_title and roles, as a record has.
    """
    if not work.who:
        return SYSTEM
    found: Identity | None = site.users.identity(work.who)
    if found is None:
        raise Forbidden(f"{work.who_title}, who began this, is no user of the site any more")
    return replace(found, roles=found.roles | frozenset(work.roles))


def cancel_operation(identity: Identity, site: Site, operation_id: str) -> LongOperation:
    """Let a long operation end as soon as it can, and return it.

    Who began it may, and who may "manage" the site. Raises NotFound, Forbidden, NotPossible for one that is
    over.
    """
    _, found = require_long(site, operation_id)
    if not is_own(identity, found):
        require(identity, "manage", site)
    cancel_long(site, operation_id)
    say(identity, site, f"Cancelled: {found.sentence}")
    return found


def begin_again(identity: Identity, site: Site, operation_id: str) -> LongOperation:
    """Begin what was cancelled, broken off or refused again, in the name of *identity*; return its record.

    Who began it may, and who may "manage" the site. Raises NotFound, Forbidden, NotPossible for one that is
    not over, and for one of the command line.
    """
    _, found = require_long(site, operation_id)
    if not is_own(identity, found):
        require(identity, "manage", site)
    if found.is_open or found.here:
        raise NotPossible(f"“{found.sentence}” cannot be begun again from here")
    return begin(identity, site, found.name, found.subject, found.sentence, back=found.back, **found.values)


def operations_shown(identity: Identity, site: Site) -> list[LongOperation]:
    """Return the long operations that *identity* may see: its own, or all with "manage" on the site."""
    kept = long_operations_of(site)
    found = list(kept.all()) if kept is not None else []
    if policy_for(site).can(identity, "manage", site):
        return found
    return [each for each in found if is_own(identity, each)]


def is_shown(identity: Identity, site: Site, operation: LongOperation) -> bool:
    """May *identity* see what *operation* is?"""
    return is_own(identity, operation) or bool(policy_for(site).can(identity, "manage", site))


def is_own(identity: Identity, operation: LongOperation) -> bool:
    """Did *identity* begin *operation*? A token of who did is another thing: it may be for less than that."""
    if identity is SYSTEM:
        return True
    return identity.scope is None and identity.user_id is not None and identity.user_id == operation.who
