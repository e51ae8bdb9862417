"""The buttons “Save and publish” of a form: what was typed is saved, and a transition is made behind it."""

from typing import Any

from objpub.content import Content
from objpub.errors import NotPossible
from objpub.operations import choices
from objpub.operations import transition as make_transition
from objpub.security import Policy
from objpub.workflow import state_of
from objpub.workflow import Transition
from objpub.workflow import Workflow
from objpub.workflow import workflow_of

#: Before the name of a transition in the value of a button.
WAY = "way."
NOTHING = "Nothing was changed"


def ways_on(request: Any, content: Content) -> list[Transition]:
    """Return the transitions that a form for *content* offers: those forward that one may make.

    A guard is not asked yet: what is typed may be what it wants. Those that want a comment have a page.
    """
    workflow, state = workflow_of(content), state_of(content)
    if workflow is None or state is None:
        return []
    found = [each.transition for each in choices(request.identity, content)]
    return [each for each in found if leads_on(workflow, state, each)]


def first_ways(request: Any, workflow: Workflow | None) -> list[Transition]:
    """Return the same for something that is to be added to the context, and has *workflow*."""
    if workflow is None:
        return []
    policy, state = request.registry[Policy], workflow.initial
    found = [each for each in workflow.leading_from(state) if leads_on(workflow, state, each)]
    return [each for each in found if policy.can(request.identity, each.permission, request.context)]


def leads_on(workflow: Workflow, state: str, way: Transition) -> bool:
    """Does *way* lead from *state* to one that is declared behind it, and want no comment?"""
    states = list(workflow.states)
    return not way.comment and state in states and states.index(way.end) > states.index(state)


def wrong_way(workflow: Workflow | None, state: str | None, then: str) -> str:
    """Return what is wrong with the button *then*; "" for nothing, and for one that is no transition."""
    if not then.startswith(WAY):
        return ""
    name = then.removeprefix(WAY)
    if workflow is None or state is None:
        return f"This has no workflow, and so no transition {name!r:.60}."
    if any(each.name == name for each in workflow.leading_from(state)):
        return ""
    return f"Nothing is saved: from “{workflow.title_of(state)}” no transition {name!r:.60} leads on."


def decided(request: Any, content: Content, then: str, said: str) -> str:
    """Make the transition that the button *then* asks for; return *said* with a sentence about it.

    said: what was saved; "" where nothing had to be. What a guard refuses is told, and what was typed is
    saved nevertheless. Raises Forbidden.
    """
    if not then.startswith(WAY):
        return said or NOTHING
    try:
        make_transition(request.identity, content, then.removeprefix(WAY))
    except NotPossible as error:
        return f"{said or NOTHING}, but no more: {error}"
    workflow = workflow_of(content)
    assert workflow is not None
    now = f"It is “{workflow.title_of(str(state_of(content)))}” now"
    return f"{said}. {now}" if said else now
