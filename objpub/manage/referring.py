"""What refers to something, for the page that deletes it: named as far as there is room, and counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from objpub.errors import Busy
from objpub.operations import used_by
from objpub.schema import CLEAR

NAMED = 20  # resources


@dataclass(frozen=True)
class Reference:
    """A resource, the title of its field, and the resource that this refers to.

    cleared: is the field emptied when that is deleted?
    """

    resource: Any
    field: str
    target: Any
    cleared: bool = False


@dataclass(frozen=True)
class Referring:
    """What refers to some resources. found: those that are named. count: of resources that may be seen.

    others: how many of these are not named. hidden: does one refer to them that may not be seen? How many
    do is not told. complete: is it known of the whole site?
    """

    found: tuple[Reference, ...]
    count: int
    others: int
    hidden: bool
    complete: bool = True

    def __bool__(self) -> bool:
        """Does anything refer to them?"""
        return self.hidden or self.count > 0


def referring_to(request: Any, targets: Iterable[Any]) -> Referring:
    """Return what refers, from outside, to *targets* or something in them: by reference, or in a text."""
    found: list[Reference] = []
    seen: dict[int, Any] = {}
    hidden = False
    try:
        for use in used_by(request.identity, targets, prefix=request.prefix):
            if use is None:
                hidden = True
                continue
            seen.setdefault(id(use.resource), use.resource)
            if len(seen) <= NAMED:
                found.append(
                    Reference(use.resource, use.field.title, use.target, use.field.on_delete == CLEAR)
                )
    except Busy:
        return Referring((), 0, 0, False, complete=False)
    return Referring(tuple(found), len(seen), max(len(seen) - NAMED, 0), hidden)
