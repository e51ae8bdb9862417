"""The state that a resource is in."""

from typing import Any

from .declarations import Workflow
from .history import Decided
from .history import Decisions


def workflow_of(resource: Any) -> Workflow | None:
    """Return the workflow of the type of *resource*; None for none."""
    found: Workflow | None = getattr(resource, "_workflow", None)
    return found


def state_of(resource: Any) -> str | None:
    """Return the name of the state of *resource*; None for what has no workflow.

    Content that is older than the workflow of its type is in the first state.
    """
    workflow = workflow_of(resource)
    if workflow is None:
        return None
    state: str | None = resource._state
    return workflow.initial if state is None else state


def change_state(resource: Any, decided: Decided) -> None:
    """Let *resource* be in the state that was *decided*, and keep who did. Nobody is asked or told."""
    if resource._decisions is None:
        resource._decisions = Decisions()
    resource._state = decided.after
    resource._decisions.add(decided)


def reset_state(resource: Any) -> None:
    """Let *resource* be as new: in the first state, nothing decided. Without a workflow nothing is done."""
    workflow = workflow_of(resource)
    if workflow is not None:
        resource._state = workflow.initial
        if resource._decisions is not None:
            resource._decisions = None
        if resource._scheduled is not None:
            resource._scheduled = None
