"""Stored data of an older shape, made to fit today's classes: step by step, when it is loaded.

    @evolve(Article, version=2)
    def name_the_author(state):
        state["author"] = state.pop("writer", "")
        return state

A record carries the version of its class. Loading an older one runs the steps it lacks on its state, in
memory: nothing is written until the resource is changed for another reason, and a connection to the past
shows its resources in today's shape.
"""

import logging
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ZODB.POSException import StateLoadError

from objpub.configuration import Declaration
from objpub.configuration import note
from objpub.configuration import Source
from objpub.configuration import source_here
from objpub.errors import DeclarationError
from objpub.registry import Registry

from .content_types import ContentTypes
from .content_types import dotted_name

State = dict[str, Any]
LOG = logging.getLogger("objpub.content")

#: Where a state keeps its versions: a dict of class name → number. A class without an entry is at version 1.
VERSION = "_version"


@dataclass(frozen=True)
class Step:
    """One step: from the version before to *version* of the state of *kind*."""

    kind: type
    version: int
    change: Callable[[State], State | None]
    source: Source


@dataclass(frozen=True)
class Line:
    """All steps of one class. names: its dotted name, and those it had before. version: the last one."""

    names: tuple[str, ...]
    version: int
    steps: tuple[Step, ...]

    def version_in(self, versions: Mapping[str, int]) -> int:
        """Return the version that a state with *versions* has of this class."""
        return max((versions[name] for name in self.names if name in versions), default=1)


class Evolutions:
    """The table of steps by class; the steps of a base class hold for its subclasses."""

    def __init__(self) -> None:
        self._steps: dict[type, list[Step]] = {}
        self._lines: dict[type, Line] = {}
        self._found: dict[type, tuple[Line, ...]] = {}

    def put(self, step: Step, names: tuple[str, ...]) -> None:
        """Keep *step*. names: the dotted names of its class, today's first."""
        steps = self._steps.setdefault(step.kind, [])
        steps.append(step)
        steps.sort(key=lambda each: each.version)
        self._lines[step.kind] = Line(names, steps[-1].version, tuple(steps))
        self._found.clear()

    def of(self, kind: type) -> tuple[Line, ...]:
        """Return the lines of steps for the class *kind*, its bases' first; () for most classes."""
        found = self._found.get(kind)
        if found is None:
            bases = reversed(kind.__mro__)
            found = self._found[kind] = tuple(self._lines[each] for each in bases if each in self._lines)
        return found

    def freeze(self) -> None:
        """Check that no step is missing. Raises DeclarationError that names the first gap."""
        for kind, line in self._lines.items():
            for expected, step in enumerate(line.steps, 2):
                if step.version != expected:
                    raise DeclarationError(
                        f"@evolve({kind.__name__}, version={step.version}): there is no step to version"
                        f" {expected}. Steps count from 2, without gaps",
                        step.source,
                    )


def evolve(kind: type, *, version: int) -> Callable[[Callable[[State], State | None]], Any]:
    """Declare the step that brings the stored state of *kind* to *version*, from the version before.

    version: 2 for the first step. The function gets the state, a dict of attribute names and values, and
    returns the new one; it may also change the one it got and return nothing. It reads no other resource and
    no clock: the same step runs on load, in batch and in views of the past.
    """
    source = source_here()

    def declare(change: Callable[[State], State | None]) -> Callable[[State], State | None]:
        def apply(registry: Registry) -> None:
            if not isinstance(kind, type):
                raise DeclarationError(f"@evolve wants a class as its first argument, not {kind!r}")
            if not isinstance(version, int) or version < 2:
                raise DeclarationError(f"@evolve wants a version from 2 on, not {version!r}")
            content_type = registry[ContentTypes].get(kind)
            names = (dotted_name(kind), *(content_type.was if content_type else ()))
            registry[Evolutions].put(Step(kind, version, change, source), names)

        keys = (("evolve", kind, version),)
        note(change, Declaration("evolve", keys, apply, source, target=change))
        return change

    return declare


def evolve_state(registry: Registry, kind: type, state: State) -> State:
    """Return *state*, a record of the class *kind*, in today's shape; itself where nothing is to be done.

    The given dict is not changed. What a step raises passes, with a note that names the step.
    """
    return evolve_along(registry[Evolutions].of(kind), state)


def evolve_along(lines: tuple[Line, ...], state: State) -> State:
    """Return *state* after the steps of *lines* that it lacks; itself where there are no lines."""
    versions: Mapping[str, int] = state.get(VERSION) or {}
    for line in lines:
        have = line.version_in(versions)
        if have < line.version:
            state = run(line.steps[have - 1 :], dict(state))
    return state if not lines else {**state, VERSION: versions_of(lines)}


def needs_evolving(registry: Registry, kind: type, state: State) -> bool:
    """Is *state*, a record of the class *kind*, of an older shape than today's?"""
    versions: Mapping[str, int] = state.get(VERSION) or {}
    return any(line.version_in(versions) < line.version for line in registry[Evolutions].of(kind))


def versions_of(lines: tuple[Line, ...]) -> dict[str, int]:
    """Return what today's state of a class with these *lines* has under VERSION."""
    return {line.names[0]: line.version for line in lines}


def run(steps: tuple[Step, ...], state: State) -> State:
    """Return *state* after all *steps*."""
    for step in steps:
        with Naming(step):
            changed = step.change(state)
        state = state if changed is None else changed
    return state


class Naming:
    """Adds to whatever a step raises which step it was; a conflict stays a conflict."""

    def __init__(self, step: Step) -> None:
        self.step = step

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type | None, error: BaseException | None, traceback: Any) -> None:
        """Put the note on *error*, if there is one, and let it pass."""
        if error is not None:
            step = self.step
            error.add_note(f"while evolving {step.kind.__name__} to version {step.version}:\n{step.source}")


def lines_of(resource: Any) -> tuple[Line, ...]:
    """Return the lines of steps for *resource*, as the registry of its own connection has them."""
    connection = resource._p_jar
    registry = None if connection is None else getattr(connection.db(), "registry", None)
    return () if registry is None else registry[Evolutions].of(type(resource))


def evolves(resource: Any) -> bool:
    """Can *resource* be brought into today's shape? One whose class has no steps is not loaded to find out.

    Raises what the database raises, such as a conflict; what a step raises is logged, with the step.
    """
    if not lines_of(resource):
        return True
    try:
        resource._p_activate()
    except StateLoadError as error:  # ZODB has logged it: an author's code may raise anything
        cause = error.__cause__
        step = "; ".join(note.replace("\n", " ") for note in getattr(cause, "__notes__", ()))
        LOG.error("A %s is shown as broken: %r %s", type(resource).__name__, cause, step)
        return False
    return True


def evolve_on_load(resource: Any, state: Any) -> Any:
    """Return the *state* that *resource* is loaded with, in today's shape; nothing is marked as changed."""
    lines = lines_of(resource)
    return evolve_along(lines, state) if lines and isinstance(state, dict) else state


def stamp(resource: Any, state: Any) -> Any:
    """Return the *state* that *resource* is stored with, carrying the versions of its classes."""
    lines = lines_of(resource)
    return {**state, VERSION: versions_of(lines)} if lines and isinstance(state, dict) else state
