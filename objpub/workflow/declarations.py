"""Workflows as declared values: states, transitions, and the check of what they name."""

import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from objpub.configuration import Declaration
from objpub.configuration import note
from objpub.configuration import Source
from objpub.configuration import source_here
from objpub.content import content_types
from objpub.errors import DeclarationError
from objpub.registry import Registry
from objpub.schema import did_you_mean
from objpub.security import Permission
from objpub.security import Permissions
from objpub.security import Roles

NAME = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*")
ONLY_MANAGERS = frozenset({"manager"})
ARROW = "->"

#: A function of (resource, identity) that returns None, or Deny("why the transition cannot be made now").
Guard = Callable[[Any, Any], Any]


class State:
    """One state of a workflow, and who may do what in it.

    name: small letters, digits, - and _. title: for people; default: made from the name. Each keyword is the
    name of a permission, and its value the roles that have it: `view="owner editor"`. permissions: the same
    for names with dots, {"blog.moderate": "editor"}. waits: is what is in it for somebody to decide about, as
    the list of reviews shows it? None: see `Workflow.waiting`. A permission that is not named is as it would
    be without a workflow. Managers may everything.
    """

    def __init__(
        self,
        name: str,
        permissions: Mapping[str, str | Iterable[str]] = MappingProxyType({}),
        *,
        title: str = "",
        waits: bool | None = None,
        **roles: str | Iterable[str],
    ):
        self.waits = waits
        self.source = source_here()
        self.name = checked_name("State", name, self.source)
        self.title = title or title_from(name)
        said = {**permissions, **roles}
        self.roles: Mapping[str, frozenset[str]] = MappingProxyType(
            {str(each): names_in(given) | ONLY_MANAGERS for each, given in said.items()}
        )

    def __repr__(self) -> str:
        return f"State({self.name!r})"


class Transition:
    """A way from one state, or one of several, to another.

    way: "draft pending -> published". needs: the permission that it takes. title: for people, a verb;
    default: made from the name. guard: says whether it can be made now, see `Guard`. comment: whether one
    must say why.
    """

    def __init__(
        self,
        name: str,
        way: str,
        *,
        needs: Permission | str = "edit",
        title: str = "",
        guard: Guard | None = None,
        comment: bool = False,
    ):
        self.source = source_here()
        self.name = checked_name("Transition", name, self.source)
        start, arrow, end = way.partition(ARROW) if isinstance(way, str) else ("", "", "")
        self.starts = tuple(start.split())
        if not (arrow and self.starts and len(end.split()) == 1):
            raise DeclarationError(
                f"Transition {name!r} wants a way such as 'draft -> published', not {way!r}", self.source
            )
        self.end = end.strip()
        self.needs = needs
        self.title = title or title_from(name)
        self.guard = guard
        self.comment = comment

    @property
    def permission(self) -> str:
        """The name of the permission that it takes."""
        return str(self.needs)

    def __repr__(self) -> str:
        return f"Transition({self.name!r}, '{' '.join(self.starts)} -> {self.end}')"


class Workflow:
    """States and the transitions between them. The first state is the one that new content has.

    states, transitions: by name, in their order. Raises DeclarationError for two of one name, and for a way
    that leads from or to a state that there is not.
    """

    def __init__(self, *parts: State | Transition):
        self.source = source_here()
        self.states: dict[str, State] = {}
        self.transitions: dict[str, Transition] = {}
        for part in parts:
            if not isinstance(part, State | Transition):
                raise DeclarationError(
                    f"A Workflow is made of State and Transition, not {part!r}", self.source
                )
            known: dict[str, Any] = self.states if isinstance(part, State) else self.transitions
            if part.name in known:
                raise DeclarationError(f"A workflow has one {known[part.name]!r}, not two", part.source)
            known[part.name] = part
        if not self.states:
            raise DeclarationError("A Workflow wants at least one State", self.source)
        for transition in self.transitions.values():
            check_way(transition, self.states)
        named = {permission for state in self.states.values() for permission in state.roles}
        self._closed = MappingProxyType(dict.fromkeys(sorted(named), ONLY_MANAGERS))
        self._roles = {None: self.states[self.initial].roles} | {
            name: state.roles for name, state in self.states.items()
        }

    @property
    def initial(self) -> str:
        """The name of the state that new content has, and content from before its type had a workflow."""
        return next(iter(self.states))

    def roles_in(self, state: str | None) -> Mapping[str, frozenset[str]]:
        """Return permission → roles in the state called *state*; None: the first one.

        In a state that is not declared any more managers alone may do what other states speak about.
        """
        return self._roles.get(state, self._closed)

    def waiting(self) -> dict[str, frozenset[str]]:
        """Return the states in which content waits for a decision, with the permissions of those who decide.

        Where a state does not say `waits`: those, except the first, that one comes to with another permission
        than one gets out of them. Who decides has a permission that it did not take to come there.
        """
        found = {}
        for state in self.states.values():
            into = {each.permission for each in self.transitions.values() if each.end == state.name}
            out = frozenset(each.permission for each in self.leading_from(state.name))
            deciding = (out - into) if state.waits is None else out
            if deciding and (state.waits or (state.waits is None and state.name != self.initial)):
                found[state.name] = deciding
        return found

    def title_of(self, state: str) -> str:
        """Return what people call the state *state*, also where it is not declared any more."""
        found = self.states.get(state)
        return found.title if found is not None else title_from(state)

    def leading_from(self, state: str) -> Iterator[Transition]:
        """Yield the transitions that lead from *state*, in their order."""
        return (each for each in self.transitions.values() if state in each.starts)


def check_way(transition: Transition, states: Mapping[str, State]) -> None:
    """Raise DeclarationError for a *transition* that leads from or to something that is none of *states*."""
    for name in (*transition.starts, transition.end):
        if name not in states:
            hint = did_you_mean(name, states) or f"; there are {', '.join(states)}"
            text = f"{transition!r} names a state {name!r} that there is not{hint}"
            raise DeclarationError(text, transition.source)


def checked_name(word: str, name: Any, source: Source) -> str:
    """Return *name*. Raises DeclarationError where it cannot be that of a state or a transition."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise DeclarationError(
            f"{word} wants a name of small letters, digits, - and _, such as 'draft', not {name!r}", source
        )
    return name


def names_in(roles: str | Iterable[str]) -> frozenset[str]:
    """Return *roles*, a list of names or one text with spaces between them, as a set."""
    return frozenset(roles.split() if isinstance(roles, str) else roles)


def title_from(name: str) -> str:
    """Return a title made of *name*: "in-review" → "In review"."""
    return name.replace("-", " ").replace("_", " ").capitalize()


class Workflows:
    """The table of the workflows that content types have."""

    def __init__(self) -> None:
        self._known: dict[int, Workflow] = {}

    def learn(self, registry: Registry) -> None:
        """Take the workflows of all content types, and check them. Raises DeclarationError."""
        for content_type in content_types(registry):
            workflow = content_type.workflow
            if workflow is None or id(workflow) in self._known:
                continue
            if not isinstance(workflow, Workflow):
                raise DeclarationError(
                    f"{content_type.name}: workflow is a Workflow, not {workflow!r}", content_type.source
                )
            self._known[id(workflow)] = workflow
            check_roles(registry, workflow)

    def __len__(self) -> int:
        return len(self._known)

    def __iter__(self) -> Iterator[Workflow]:
        """Yield each workflow once."""
        return iter(self._known.values())


def check_roles(registry: Registry, workflow: Workflow) -> None:
    """Raise DeclarationError for a role or a permission of *workflow* that nobody declared."""
    for transition in workflow.transitions.values():  # first: what they need may be declared by that
        at_place(registry[Permissions].resolve, transition.needs, transition)
    for state in workflow.states.values():
        for permission, roles in state.roles.items():
            at_place(registry[Permissions].resolve, permission, state)
            for role in sorted(roles):
                at_place(registry[Roles].__getitem__, role, state)


def at_place(look_up: Callable[[Any], Any], name: Any, part: State | Transition) -> None:
    """Call *look_up* with *name*; the error that it raises tells the line of *part*."""
    try:
        look_up(name)
    except DeclarationError as error:
        raise DeclarationError(f"{part!r}: {error.message}", part.source) from error


note(
    Workflows,
    Declaration(
        "workflows",
        ("workflows",),
        lambda registry: registry[Workflows].learn(registry),
        source_here(0),
        phase=1,
    ),
)
