"""Rules that a type adds to its permissions: what roles and grants cannot say.

    @rule(Article, "edit")
    def not_in_press(article, identity):
        if article.in_press:
            return Deny("It is being printed; it can be edited again tomorrow.")

A rule can only take away. Those of the type and of its bases all count; managers are above them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from objpub.configuration import Declaration
from objpub.configuration import note
from objpub.configuration import source_here
from objpub.errors import DeclarationError
from objpub.registry import ByClass
from objpub.registry import Registry

from .permissions import Permission
from .permissions import Permissions

RuleFunction = Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Deny:
    """What a rule returns to say no. text: the reason, for the person who is refused."""

    text: str


class Rules(ByClass[RuleFunction]):
    """The table of rules by (class, permission name)."""

    def permissions(self) -> frozenset[str]:
        """Return the names of the permissions that have rules."""
        return frozenset(str(name) for _, name, _ in self.items())


def rule(kind: type, permission: Permission | str) -> Callable[[RuleFunction], RuleFunction]:
    """Declare a rule for resources of class *kind* and *permission*: a function of (resource, identity).

    It returns None for no opinion, or `Deny`; anything else is an error when it is asked.
    """
    source = source_here()

    def declare(function: RuleFunction) -> RuleFunction:
        def apply(registry: Registry) -> None:
            if not isinstance(kind, type):
                raise DeclarationError(f"@rule wants a class as its first argument, not {kind!r}")
            name = registry[Permissions].resolve(permission).name
            registry[Rules].put(kind, name, function)

        key = ("rule", kind, str(permission))
        note(function, Declaration("rule", (key,), apply, source, target=function))
        return function

    return declare


def denial(rules: Rules, identity: Any, name: str, context: Any) -> tuple[RuleFunction, Deny] | None:
    """Return the first rule that says no to *identity*, with what it says; None if none does.

    Raises DeclarationError when a rule returns something that is neither None nor a Deny.
    """
    for function in rules.every(type(context), name):
        opinion = function(context, identity)
        if isinstance(opinion, Deny):
            return function, opinion
        if opinion is not None:
            raise DeclarationError(
                f"The rule {function.__name__} returned {opinion!r}; a rule returns None or Deny('why')"
            )
    return None
