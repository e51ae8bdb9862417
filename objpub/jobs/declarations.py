"""The functions that jobs can name."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from objpub.configuration import Declaration
from objpub.configuration import note
from objpub.configuration import source_here
from objpub.errors import DeclarationError
from objpub.errors import Invalid
from objpub.registry import Registry
from objpub.schema import did_you_mean

NAME = re.compile(r"[a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)+")


@dataclass(frozen=True)
class JobFunction:
    """A declared job. title: for people. outside: does it reach outside of the database? tries: at most."""

    name: str
    function: Callable[..., Any]
    title: str
    outside: bool
    tries: int


@dataclass(frozen=True)
class LongFunction:
    """A declared long operation. title: for people. lane: one of a lane runs at a time. unit: of its steps.

    left: what is there where one was cancelled, a sentence.
    """

    name: str
    function: Callable[..., Any]
    title: str
    lane: str
    unit: str
    left: str


class LongFunctions:
    """The table of declared long operations, by name."""

    def __init__(self) -> None:
        self._known: dict[str, LongFunction] = {}

    def put(self, declared: LongFunction) -> None:
        """Keep *declared*."""
        self._known[declared.name] = declared

    def get(self, name: str) -> LongFunction | None:
        """Return the long operation called *name*, or None."""
        return self._known.get(name)

    def lanes(self) -> list[str]:
        """Return the names of the lanes, sorted."""
        return sorted({each.lane for each in self._known.values()})


class Jobs:
    """The table of declared jobs, by name."""

    def __init__(self) -> None:
        self._known: dict[str, JobFunction] = {}

    def put(self, declared: JobFunction) -> None:
        """Keep *declared*."""
        self._known[declared.name] = declared

    def get(self, name: str) -> JobFunction | None:
        """Return the job called *name*, or None."""
        return self._known.get(name)

    def require(self, name: str) -> JobFunction:
        """Return the job called *name*. Raises Invalid, which names the nearest, where there is none."""
        found = self._known.get(name)
        if found is None:
            hint = (
                did_you_mean(name, self._known) or f"; there are {', '.join(sorted(self._known)) or 'none'}"
            )
            raise Invalid({"job": f"There is no job {name!r}{hint}"})
        return found


def job(name: str, *, title: str = "", outside: bool = False, tries: int = 12) -> Callable[..., Any]:
    """Declare a job: a function of (site, **arguments), whose changes are committed with its end.

    name: with a dot, such as "blog.count"; it is stored, so it stays. title: for people; default: made from
    the name. outside: a function of (outside, **arguments) that changes nothing in the database, and reaches
    what is outside of it; see `Outside`. tries: how often one that fails is tried before it is put aside.
    """
    source = source_here()

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        def apply(registry: Registry) -> None:
            if not isinstance(name, str) or not NAME.fullmatch(name):
                raise DeclarationError(f"@job wants a name with a dot, such as 'blog.count', not {name!r}")
            if type(tries) is not int or tries < 1:
                raise DeclarationError(f"@job tries={tries!r}: wanted a number from 1 on")
            shown = title or name.rpartition(".")[2].replace("-", " ").replace("_", " ").capitalize()
            registry[Jobs].put(JobFunction(name, function, shown, outside, tries))

        note(function, Declaration("job", (("job", name),), apply, source, target=function))
        return function

    return declare


def long_operation(name: str, title: str, *, lane: str, unit: str = "", left: str = "") -> Callable[..., Any]:
    """Declare a long operation: a function of (work, **arguments) that returns what it did, a sentence.

    name: with a dot; it is stored, so it stays. title: for people. lane: of those in one lane one runs at a
    time, so "content" does not wait for "upkeep". unit: what its steps are, in the plural; "" where people
    would not know them. left: what is there after it was cancelled, a sentence.
    The function runs in a thread of its own, outside of any transaction; see `Work`.
    """
    source = source_here()

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        def apply(registry: Registry) -> None:
            if not isinstance(name, str) or not NAME.fullmatch(name):
                raise DeclarationError(f"@long_operation wants a name with a dot, not {name!r}")
            registry[LongFunctions].put(LongFunction(name, function, title, lane, unit, left))

        about = (("long_operation", name),)
        note(function, Declaration("long_operation", about, apply, source, target=function))
        return function

    return declare
