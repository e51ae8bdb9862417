"""The answer to "may they?": true or false, and able to explain itself."""

from typing import Any

from .explanation import explain
from .explanation import Explanation
from .explanation import Need
from .explanation import Step


class Decision:
    """Whether *identity* may do *permission* at *context*; true or false in an `if`.

    allowed: the same as a bool. identity, permission (its name), context: what was asked.
    denial: what a rule said, (function, Deny), or None.
    The explanation is made when first asked for, and holds plain values only; it reads the objects of
    the lineage, so ask before their connection closes.
    """

    __slots__ = ("_explanation", "allowed", "context", "denial", "identity", "permission", "policy")

    def __init__(
        self, policy: Any, identity: Any, permission: str, context: Any, allowed: bool, denial: Any = None
    ):
        self.policy = policy
        self.identity = identity
        self.permission = permission
        self.context = context
        self.allowed = allowed
        self.denial = denial

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def explanation(self) -> Explanation:
        """Steps, needs and sentence together."""
        try:
            return self._explanation
        except AttributeError:
            self._explanation: Explanation = explain(self)
            return self._explanation

    @property
    def steps(self) -> tuple[Step, ...]:
        """How the answer was found, for those who may see who has which role; the last one decides."""
        return self.explanation.steps

    @property
    def needs(self) -> tuple[Need, ...]:
        """What would make a no into a yes; empty after a yes."""
        return self.explanation.needs

    @property
    def sentence(self) -> str:
        """The answer for the person who asked: it names nothing that this person may not view."""
        return self.explanation.sentence

    def __str__(self) -> str:
        return self.sentence

    def __repr__(self) -> str:
        word = "Allowed" if self.allowed else "Denied"
        return f"<{word}: {self.identity.title!r} {self.permission} {type(self.context).__name__}>"
