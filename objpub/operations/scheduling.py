"""Transitions that are made later: published at six on Monday, taken back at the end of the year."""

import secrets
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from datetime import timedelta
from datetime import UTC
from typing import Any

from objpub.content import Content
from objpub.content import title_of
from objpub.database import connection_of
from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.jobs import cancel_job
from objpub.jobs import job
from objpub.jobs import put_job
from objpub.lineage import top
from objpub.security import Identity
from objpub.security import SYSTEM
from objpub.workflow import state_of
from objpub.workflow import Transition
from objpub.workflow import workflow_of

from .asking import in_tree
from .asking import is_trashed
from .asking import policy_for
from .asking import require
from .sentences import all_or_nothing
from .sentences import quoted
from .sentences import quoted_text
from .sentences import say
from .transitions import checked_comment
from .transitions import make_transition
from .transitions import require_workflow
from .transitions import stopped_by

JOB = "objpub.transition"
MOST = 10  # transitions that wait for one resource
LONGEST = timedelta(days=36_500)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A transition that will be made. job: its id. who: the id of a user, "" for the command line.

    roles: those that came with the sign-in of a user from outside, and that the site does not know of.
    """

    id: str
    job: str
    transition: str
    when: datetime
    who: str
    who_title: str
    comment: str
    roles: tuple[str, ...] = ()


def schedule(identity: Identity, resource: Any, name: str, when: datetime, comment: str = "") -> Scheduled:
    """Let the transition *name* of *resource* be made at the moment *when*, in the name of *identity*.

    when: an aware datetime to come, within a hundred years. Needs what the transition takes, now; that too,
    whether it leads from the state that the resource is in then, and what its guard says, is asked then.
    Raises Invalid for a moment that is over, too far or without a time zone, NotPossible, Forbidden, also for
    visitors.
    """
    require(identity, "view", resource)
    if identity.user_id is None and identity is not SYSTEM:
        raise Forbidden("Only somebody who is signed in can schedule something: it is asked again who it was")
    found = transition_named(resource, name)
    require(identity, found.permission, resource)
    comment = checked_comment(found, comment)
    now = datetime.now(UTC)
    if when.tzinfo is None or not now < when < now + LONGEST:
        raise Invalid({"when": f"wanted a moment to come, within a hundred years, not {when:%Y-%m-%d %H:%M}"})
    waiting = scheduled_for(resource)
    if len(waiting) >= MOST:
        raise NotPossible(f"There are {MOST} transitions that wait for {quoted(resource)} already")
    with all_or_nothing(resource):
        number, mark = number_of(resource), secrets.token_hex(8)
        what = f"{found.title}: {title_of(resource)}"
        made = Scheduled(
            mark,
            put_job(top(resource), JOB, when, oid=number, mark=mark, what=what),
            found.name,
            when.astimezone(UTC),
            identity.user_id or "",
            identity.title,
            comment,
            roles_from_outside(identity, top(resource)),
        )
        keep(resource, (*waiting, made))
        moment = f"{made.when:%Y-%m-%d %H:%M} UTC"
        say(identity, resource, f"Scheduled {quoted_text(found.title)} of {quoted(resource)} for {moment}")
    return made


def unschedule(identity: Identity, resource: Any, mark: str) -> None:
    """Let a transition that was scheduled not be made. mark: its id. Needs what the transition takes, now.

    Raises NotFound, Forbidden.
    """
    require(identity, "view", resource)
    waiting = scheduled_for(resource)
    found = next((each for each in waiting if each.id == mark), None)
    if found is None:
        raise NotFound(f"scheduled transition {mark!r}", missing=mark)
    require(identity, transition_named(resource, found.transition).permission, resource)
    with all_or_nothing(resource):
        keep(resource, tuple(each for each in waiting if each is not found))
        cancel_job(top(resource), found.job, found.when)
        title = transition_named(resource, found.transition).title
        say(identity, resource, f"Cancelled {quoted_text(title)} of {quoted(resource)}")


def schedulable(identity: Identity, resource: Any) -> list[Transition]:
    """Return the transitions of *resource*, from whatever state, that *identity* may schedule."""
    workflow = workflow_of(resource)
    if workflow is None or is_trashed(resource):
        return []
    policy = policy_for(resource)
    return [each for each in workflow.transitions.values() if policy.can(identity, each.permission, resource)]


def scheduled_for(resource: Any) -> tuple[Scheduled, ...]:
    """Return the transitions that wait for *resource*, the next first."""
    kept = getattr(resource, "_scheduled", None) or ()
    return tuple(sorted((Scheduled(*each) for each in kept), key=lambda each: each.when))


def keep(resource: Any, waiting: tuple[Scheduled, ...]) -> None:
    """Remember with *resource* what waits for it, as plain values."""
    values = tuple(tuple(getattr(each, name) for name in Scheduled.__slots__) for each in waiting)
    resource._scheduled = values or None


def transition_named(resource: Any, name: str) -> Transition:
    """Return the transition *name*, from whatever state. Raises NotPossible."""
    if is_trashed(resource):
        raise NotPossible(f"{quoted(resource)} is in the trash; restore it first")
    found = require_workflow(resource).transitions.get(name)
    if found is None:
        raise NotPossible(f"There is no transition {name!r}")
    return found


def number_of(resource: Any) -> int:
    """Return the id of *resource* in its database; one that is new gets it now. Raises NotPossible."""
    connection = connection_of(resource)
    if connection is None or connection is not connection_of(top(resource)):
        raise NotPossible(f"{quoted(resource)} is in another database of the site, or in none")
    if resource._p_oid is None:
        connection.add(resource)
    return int.from_bytes(resource._p_oid, "big")


@job(JOB, title="Make a scheduled transition", tries=3)
def make_scheduled(site: Any, oid: int, mark: str, what: str = "") -> None:
    """Make the transition of the resource *oid* that was scheduled as *mark*. what: for people.

    What was deleted or cancelled meanwhile, or is in another state, is left as it is. Raises NotPossible
    where a guard says no, and Forbidden where who scheduled it may not make it now, in the state that it
    leaves: that puts the job aside in the end, where people see it.
    """
    resource = resource_in(site, oid)
    waiting = scheduled_for(resource) if resource is not None else ()
    planned = next((each for each in waiting if each.id == mark), None)
    if planned is None:
        return
    keep(resource, tuple(each for each in waiting if each is not planned))
    found = require_workflow(resource).transitions.get(planned.transition)
    if found is None or state_of(resource) not in found.starts:
        return
    identity = who_scheduled(site, planned)
    require(identity, "view", resource)
    require(identity, found.permission, resource)
    refused = stopped_by(found, resource, identity)
    if refused:
        raise NotPossible(f"{quoted(resource)}: {refused}")
    make_transition(identity, resource, found, planned.comment)


def roles_from_outside(identity: Identity, site: Any) -> tuple[str, ...]:
    """Return the roles that *identity* has everywhere, and not by what *site* knows of its user."""
    if identity.user_id is None:
        return ()
    known = site.users.identity(identity.user_id)
    return tuple(sorted(identity.roles - (known.roles if known is not None else frozenset())))


def who_scheduled(site: Any, planned: Scheduled) -> Identity:
    """Return who scheduled what is *planned*, with the rights of today. Raises Forbidden for who is gone."""
    if not planned.who:
        return SYSTEM
    found: Identity | None = site.users.identity(planned.who)
    if found is None:
        raise Forbidden(f"{planned.who_title}, who scheduled this, is no user of the site any more")
    return replace(found, roles=found.roles | frozenset(planned.roles))


def resource_in(site: Any, oid: int) -> Any:
    """Return the resource with the id *oid*, if it is in the tree of *site*, and has a state; else None."""
    try:
        found = connection_of(site).get(oid.to_bytes(8, "big"))
    except KeyError:
        return None
    if not isinstance(found, Content) or top(found) is not site or not in_tree(found.__parent__ or found):
        return None
    return found if state_of(found) is not None else None
