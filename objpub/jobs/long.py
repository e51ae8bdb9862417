"""Long operations: what takes longer than somebody waits for an answer, in the database until it is over.

A record says what, by whom, since when, how far it is and how it ended. One process takes it, and says every
second that it still lives; where it does not, another one takes it up, so a process may be killed. Of one
subject, such as the database that is packed, there is one at a time: who begins a second is told whose.

The records stand apart from the site: no URL leads to them, and no undo takes one back.
"""

import json
import secrets
from collections.abc import Iterator
from datetime import datetime
from datetime import timedelta
from typing import Any

from BTrees.OOBTree import OOBTree
from persistent import Persistent

from objpub.database import Apart
from objpub.database import connection_of
from objpub.database import keep_apart
from objpub.database import kept_apart
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.lineage import top

from .queue import EPOCH
from .queue import ERROR_LENGTH
from .queue import microseconds
from .queue import text_of

NAME = "operations"  # beside the site, in the root mapping
KEPT = 50  # of those that are over
SECOND = 1_000_000

#: Who carries one out says so for so many seconds at a time; one that waits is looked for by then.
CLAIM_SECONDS = 20

#: What a long operation can be. Where its process was killed too often, it is broken off.
WAITING, RUNNING = "waiting", "running"
DONE, CANCELLED, FAILED, BROKEN_OFF = "done", "cancelled", "failed", "broken off"


class Notes(Apart, Persistent):
    """What a long operation remembers from batch to batch. text: JSON. Each batch writes it, each claim too,
    so that of two processes one is done."""

    def __init__(self) -> None:
        self.text = "{}"

    def touch(self) -> None:
        """Let a transaction that writes them meanwhile meet a conflict."""
        self._p_activate()
        self._p_changed = True


class LongOperation(Apart, Persistent):
    """Work that takes long.

    id: its own. name: of the declared function; arguments: JSON for it. subject: there is one at a time of
    each. sentence: what it is, for people. who: id of a user, "" for the command line; who_title, roles: as
    in `begin_long`. back: the path of the page it was begun at. here: is it carried out by who began it, and
    by nobody else? put, begun, ended: microseconds since the epoch, 0 for not yet. state: one of the above.
    done, total: steps; a total of 0 is not known. holder, until: who carries it out, and until when it has
    said so. tries: how often it was taken. is_cancelled: did somebody ask to stop it? told: how it ended, a
    sentence. notes: see `Notes`.
    """

    def __init__(self, name: str, arguments: str, subject: str, sentence: str, **more: Any) -> None:
        """more: the attributes who, who_title, roles, back and here."""
        self.name = name
        self.arguments = arguments
        self.subject = subject
        self.sentence = sentence
        self.who: str = more["who"]
        self.who_title: str = more["who_title"]
        self.roles: tuple[str, ...] = tuple(more.get("roles", ()))
        self.back: str = more.get("back", "")
        self.here: bool = more.get("here", False)
        self.put = microseconds()
        self.id = f"{self.put:016d}-{secrets.token_hex(4)}"
        self.begun = self.ended = self.until = 0
        self.state = WAITING
        self.done = self.total = self.tries = 0
        self.holder = self.told = ""
        self.is_cancelled = False
        self.notes = Notes()

    @property
    def values(self) -> dict[str, Any]:
        """The arguments."""
        found: dict[str, Any] = json.loads(self.arguments)
        return found

    @property
    def since(self) -> datetime:
        """When it was asked for, in UTC."""
        return moment_at(self.put)

    @property
    def over(self) -> datetime:
        """When it ended, in UTC."""
        return moment_at(self.ended)

    @property
    def is_open(self) -> bool:
        """Does it wait, or run?"""
        return self.state in {WAITING, RUNNING}

    @property
    def is_lost(self) -> bool:
        """Has nobody said for a while that it is carried out, though it should be?"""
        heard = self.until if self.state == RUNNING else self.put + CLAIM_SECONDS * SECOND
        return self.is_open and heard < microseconds()

    @property
    def percent(self) -> int | None:
        """How far it is, at most 99 before its end; None where nobody knows."""
        return min(100 * self.done // self.total, 99) if self.total else None


class LongOperations(Apart, Persistent):
    """Every long operation of a site. open: id → one; subjects: subject → its id. past: (when, id) → one."""

    def __init__(self) -> None:
        self.open = OOBTree()
        self.subjects = OOBTree()
        self.past = OOBTree()

    def find(self, operation_id: str) -> LongOperation | None:
        """Return the one called *operation_id*, open or past, or None."""
        found: LongOperation | None = self.open.get(operation_id)
        return found or next((each for each in self.past.values() if each.id == operation_id), None)

    def of_subject(self, subject: str) -> LongOperation | None:
        """Return the one about *subject* that is open, or None."""
        return self.open.get(self.subjects.get(subject))

    def add(self, operation: LongOperation) -> None:
        """Let *operation* wait; there is none of its subject. Two that do so at a time meet a conflict."""
        self.open[operation.id] = operation
        self.subjects[operation.subject] = operation.id

    def end(self, operation: LongOperation, state: str, told: str) -> None:
        """Let *operation*, which is open, be over."""
        del self.open[operation.id]
        del self.subjects[operation.subject]
        operation.state, operation.told, operation.holder = state, told[:ERROR_LENGTH], ""
        operation.ended = microseconds()
        operation.notes.touch()  # a batch of it that is about to be committed is too late
        self.past[operation.ended, operation.id] = operation
        for key in list(self.past.keys())[:-KEPT]:
            del self.past[key]

    def all(self) -> Iterator[LongOperation]:
        """Yield those that are open, in their order, then those that are over, the latest first."""
        yield from self.open.values()
        yield from reversed(list(self.past.values()))


def moment_at(number: int) -> datetime:
    """Return a moment in microseconds since the epoch as an aware datetime."""
    return EPOCH + timedelta(microseconds=number)


def long_operations_of(place: Any) -> LongOperations | None:
    """Return the long operations of the site that *place* is in; None where there was none yet."""
    connection = connection_of(top(place))
    return None if connection is None else kept_apart(connection, NAME)


def begin_long(
    place: Any, name: str, subject: str, sentence: str, arguments: dict[str, Any], **more: Any
) -> LongOperation:
    """Let the long operation *name* be carried out after the running transaction is committed; return it.

    place: something in the site. subject: what it is about; there is one at a time. sentence: what it is,
    such as "Pack the database". more: who, the id of the user in whose name it is done, who_title, and, where
    they are not those of the user, roles; back, the path of a page; here, see `LongOperation`.
    Raises NotPossible, which says who began it and when, where one about *subject* is under way. One that
    nobody carries out any more is broken off.
    """
    connection = connection_of(top(place))
    if connection is None:
        raise NotPossible("The site is in no database")
    operations: LongOperations | None = kept_apart(connection, NAME)
    if operations is None:
        operations = LongOperations()
        keep_apart(connection, NAME, operations)
    other = operations.of_subject(subject)
    if other is not None and not other.is_lost:
        raise NotPossible(begun_already(other))
    if other is not None:
        operations.end(other, BROKEN_OFF, "Its process ended, and it was begun again")
    operation = LongOperation(name, text_of(arguments), subject, sentence, **more)
    operations.add(operation)
    return operation


def begun_already(operation: LongOperation, *, is_shown: bool = True) -> str:
    """Return why nothing more can be begun beside *operation*. is_shown: may one see what it is?"""
    what = f"“{operation.sentence}”" if is_shown else "Something else with this"
    when = f"{operation.since:%Y-%m-%d %H:%M} UTC"
    end = ", or cancel it" if is_shown else ""
    return f"{what} is under way: {operation.who_title} began it on {when}. Wait until it is over{end}"


def cancel_long(place: Any, operation_id: str) -> LongOperation:
    """Let the long operation *operation_id* end as soon as it can, and return it.

    One that nobody carries out ends at once. Raises NotFound, and NotPossible where it is over.
    """
    operations, found = require_long(place, operation_id)
    if not found.is_open:
        raise NotPossible(f"“{found.sentence}” is over already")
    if found.state == WAITING or found.is_lost:
        operations.end(found, CANCELLED, "")
    else:
        found.is_cancelled = True
    return found


def require_long(place: Any, operation_id: str) -> tuple[LongOperations, LongOperation]:
    """Return the long operations of a site, and the one called *operation_id*. Raises NotFound."""
    operations = long_operations_of(place)
    found = None if operations is None else operations.find(operation_id)
    if operations is None or found is None:
        raise NotFound(f"long operation {operation_id!r:.80}", missing=operation_id)
    return operations, found
