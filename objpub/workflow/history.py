"""Who decided what about a resource: kept with it, apart from its fields, and never changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from persistent import Persistent

#: The oldest decisions beyond so many are forgotten; the audit record has them too.
MOST = 200


@dataclass(frozen=True, slots=True)
class Decided:
    """One transition that was made.

    when: in UTC. who: the id of a user, "" for the command line and what was scheduled by it. who_title: for
    people. transition: its name. before, after: names of states. comment: "" for none.
    """

    when: datetime
    who: str
    who_title: str
    transition: str
    before: str
    after: str
    comment: str


class Decisions(Persistent):
    """All decisions about one resource, as plain values; read only when they are asked for."""

    def __init__(self) -> None:
        self.made: tuple[tuple[Any, ...], ...] = ()

    def add(self, decided: Decided) -> None:
        """Keep *decided*, the newest."""
        values = tuple(getattr(decided, name) for name in Decided.__slots__)
        self.made = (*self.made, values)[-MOST:]


def decisions_of(resource: Any) -> tuple[Decided, ...]:
    """Return what was decided about *resource*, the newest first; () for nothing yet."""
    kept = getattr(resource, "_decisions", None)
    return () if kept is None else tuple(Decided(*values) for values in reversed(kept.made))
