"""Workflow: the states that content of a type goes through, who may do what in each, and who decided what.

    publishing = Workflow(
        State("draft", view="owner editor", edit="owner editor"),
        State("published", view="everyone", edit="editor"),
        Transition("publish", "draft -> published", needs="edit"),
    )

    class Article(Content, addable="anywhere", workflow=publishing): ...

A resource keeps the name of its state; who may do what follows from the declaration whenever it is asked, so
that another declaration holds for all content at once. What a state says comes down to what is below, as what
is set at a place does, and both must allow. This module is the face of the part; the rest is private.
"""

from .declarations import Guard
from .declarations import State
from .declarations import Transition
from .declarations import Workflow
from .declarations import Workflows
from .history import Decided
from .history import decisions_of
from .states import change_state
from .states import reset_state
from .states import state_of
from .states import workflow_of

__all__ = [
    "Decided",
    "Guard",
    "State",
    "Transition",
    "Workflow",
    "Workflows",
    "change_state",
    "decisions_of",
    "reset_state",
    "state_of",
    "workflow_of",
]
