"""Changing the state of a resource: who may, whether it makes sense, and who decided it."""

from dataclasses import dataclass
from datetime import datetime
from datetime import UTC
from typing import Any

from objpub.database import registry_of
from objpub.errors import DeclarationError
from objpub.errors import Invalid
from objpub.errors import NotPossible
from objpub.events import notify
from objpub.events import Transitioned
from objpub.schema import did_you_mean
from objpub.security import Deny
from objpub.security import Identity
from objpub.workflow import change_state
from objpub.workflow import Decided
from objpub.workflow import state_of
from objpub.workflow import Transition
from objpub.workflow import Workflow
from objpub.workflow import workflow_of

from .asking import is_trashed
from .asking import policy_for
from .asking import require
from .sentences import all_or_nothing
from .sentences import one_line
from .sentences import quoted
from .sentences import quoted_text
from .sentences import say

COMMENT_LENGTH = 1_000
SAID_OF_COMMENT = 200  # characters of a comment in the audit record


@dataclass(frozen=True)
class Choice:
    """A transition that somebody could make.

    end: title of the state that it leads to. why_not: what its guard says against it now, or "".
    """

    transition: Transition
    end: str
    why_not: str = ""

    @property
    def is_possible(self) -> bool:
        """Can it be made now?"""
        return not self.why_not


def choices(identity: Identity, resource: Any) -> list[Choice]:
    """Return the transitions from the state of *resource* that *identity* may make, in their order.

    One that a guard stops is among them, with its reason. [] for what has no workflow, and in the trash.
    """
    workflow, state = workflow_of(resource), state_of(resource)
    if workflow is None or state is None or is_trashed(resource):
        return []
    policy = policy_for(resource)
    return [
        Choice(each, workflow.title_of(each.end), stopped_by(each, resource, identity))
        for each in workflow.leading_from(state)
        if policy.can(identity, each.permission, resource)
    ]


def transition(identity: Identity, resource: Any, name: str, comment: str = "") -> None:
    """Make the transition *name* of *resource*, and remember who decided it.

    comment: why, at most 1,000 characters. Needs "view", and the permission that the transition names.
    Raises NotPossible where the workflow has none of that name that leads from the present state, and where a
    guard says no; Invalid for a comment that is missing or too long; Forbidden.
    """
    require(identity, "view", resource)  # first: nobody else is told what state it is in
    found = transition_called(resource, name)
    require(identity, found.permission, resource)
    comment = checked_comment(found, comment)
    refused = stopped_by(found, resource, identity)
    if refused:
        raise NotPossible(refused)
    make_transition(identity, resource, found, comment)


def make_transition(identity: Identity, resource: Any, found: Transition, comment: str) -> None:
    """Make the transition *found*, about which everything was asked, and tell of it."""
    workflow, before = require_workflow(resource), str(state_of(resource))
    who, title = identity.user_id or "", identity.title
    decided = Decided(datetime.now(UTC), who, title, found.name, before, found.end, comment)
    with all_or_nothing(resource):
        change_state(resource, decided)
        notify(registry_of(resource), Transitioned(resource, found.name, before, found.end, comment))
        ways = f"from {workflow.title_of(before).lower()} to {workflow.title_of(found.end).lower()}"
        more = f": {one_line(comment)[:SAID_OF_COMMENT]}" if comment else ""
        say(identity, resource, f"Changed {quoted(resource)} {ways}", what="transition", more=more)


def transition_called(resource: Any, name: str) -> Transition:
    """Return the transition *name* of *resource* from the state that it is in. Raises NotPossible."""
    if is_trashed(resource):
        raise NotPossible(f"{quoted(resource)} is in the trash; restore it first")
    workflow, state = require_workflow(resource), state_of(resource)
    found = workflow.transitions.get(name)
    if found is None:
        hint = did_you_mean(name, workflow.transitions) or f"; there are {', '.join(workflow.transitions)}"
        raise NotPossible(f"There is no transition {name!r}{hint}")
    if state not in found.starts:
        now = workflow.title_of(str(state)).lower()
        starts = " or ".join(workflow.title_of(each).lower() for each in found.starts)
        raise NotPossible(
            f"{quoted(resource)} is {now} now; {quoted_text(found.title)} is for what is {starts}"
        )
    return found


def require_workflow(resource: Any) -> Workflow:
    """Return the workflow of *resource*. Raises NotPossible where its type has none."""
    workflow = workflow_of(resource)
    if workflow is None:
        raise NotPossible(f"{quoted(resource)} has no workflow, so it is in no state")
    return workflow


def checked_comment(found: Transition, comment: str) -> str:
    """Return *comment* without spaces around it. Raises Invalid where it is missing or too long."""
    comment = comment.strip()
    if found.comment and not comment:
        raise Invalid({"comment": "wanted a comment that says why"})
    if len(comment) > COMMENT_LENGTH:
        raise Invalid({"comment": f"wanted at most {COMMENT_LENGTH:,} characters, not {len(comment):,}"})
    return comment


def stopped_by(found: Transition, resource: Any, identity: Identity) -> str:
    """Return why the guard of *found* does not let *resource* through now; "" if nothing stops it.

    Raises DeclarationError for a guard that returns something that is neither None nor a Deny.
    """
    if found.guard is None:
        return ""
    said = found.guard(resource, identity)
    if said is None:
        return ""
    if isinstance(said, Deny):
        return said.text
    raise DeclarationError(
        f"The guard of {found!r} returned {said!r}; a guard returns None or Deny('why')", found.source
    )
