"""Tickets: errors that nobody foresaw, kept in the database of the site, alike ones together.

    tickets_of(site)              groups, the one that came last first
    found_tickets(site, number)   the groups that a number belongs to
    remove_ticket(site, number)   takes away the group whose first ticket had the number

A ticket is eight digits; the first five say which error it was, so each number that a visitor reads out leads
to its group, also one of which nothing more was written. Every error is in the log with its traceback. In the
database a group is written when its error comes for the first time, and then at most every ten seconds for
each process, with how many came meanwhile: an error in each request costs no transaction in each request.

What is secret is taken out before anything is written: passwords, tokens and cookies, in whatever text they
stand. The tickets lie apart from the site: undo and past states do not meet them.
"""

import hashlib
import logging
import secrets
import threading
import time
import traceback
from dataclasses import dataclass
from datetime import datetime
from datetime import UTC
from typing import Any

from BTrees.OOBTree import OOBTree
from persistent import Persistent

from objpub.database import Apart
from objpub.database import connection_of
from objpub.database import keep_apart
from objpub.database import kept_apart
from objpub.errors import TemplateFailure

from .development import carried_rows
from .development import traceback_lines

LOG = logging.getLogger("objpub.errors")
NAME = "tickets"  # beside the site, in the root mapping
PREFIX = 5  # digits of a ticket that say which error it is
MOST_GROUPS = 200
SECONDS = 10.0
#: What is kept of an error: the first time, and the last ones,
LAST = 3
#: each with so much of its traceback, in characters.
LONGEST = 12_000
#: Of the rows of what a request brought: its address, and where a template failed.
REQUEST, TEMPLATE = "Request", "Template"
FAILED = "TemplateFailure: A template failed: "


@dataclass(frozen=True, slots=True)
class Told:
    """One time that an error came.

    number: the ticket. when: in UTC. request: its id. title: of the error, in a line. place: "file:line, in
    function". rows: (title, text) of what the request brought. text: the traceback.
    """

    number: str
    when: datetime
    request: str
    title: str
    place: str
    rows: tuple[tuple[str, str], ...]
    text: str

    @property
    def asked(self) -> str:
        """Method and address of the request; "" if they are not known."""
        return dict(self.rows).get(REQUEST, "")

    @property
    def template(self) -> str:
        """The line of the template that failed, "file:line, expression"; "" for another error."""
        return dict(self.rows).get(TEMPLATE, "")

    def stored(self) -> tuple[Any, ...]:
        """Return what is kept: plain values."""
        moment = self.when.timestamp()
        return self.number, moment, self.request, self.title, self.place, self.rows, self.text


class TicketGroup(Apart, Persistent):
    """Errors of one class at one place. count: how many came. first, last: some of them, see `Told`."""

    def __init__(self, told: Told):
        self.count = 0
        self._first = told.stored()
        self._last: tuple[tuple[Any, ...], ...] = ()

    def add(self, told: Told, count: int) -> None:
        """Note that the error came *count* times more, the last time as *told*."""
        self.count += count
        self._last = (told.stored(), *self._last)[:LAST]

    @property
    def first(self) -> Told:
        """The first time."""
        return told_from(self._first)

    @property
    def last(self) -> list[Told]:
        """The last times, the latest first."""
        return [told_from(each) for each in self._last]


def told_from(stored: tuple[Any, ...]) -> Told:
    """Return what was stored."""
    number, moment, *rest = stored
    return Told(number, datetime.fromtimestamp(moment, UTC), *rest)


class Tickets(Apart, Persistent):
    """The groups of a site, by the digest of class and place."""

    def __init__(self) -> None:
        self.groups = OOBTree()

    def add(self, key: str, told: Told, count: int) -> None:
        """Note *told* in the group *key*; when there are many, the one that was quiet the longest goes."""
        group = self.groups.get(key)
        if group is None:
            while len(self.groups) >= MOST_GROUPS:
                del self.groups[min(self.groups, key=lambda each: self.groups[each].last[0].when)]
            group = self.groups[key] = TicketGroup(told)
        group.add(told, count)


def tickets_of(site: Any) -> list[TicketGroup]:
    """Return the groups of *site*, the one that came last first."""
    kept = kept_apart(connection_of(site), NAME)
    groups = [] if kept is None else list(kept.groups.values())
    return sorted(groups, key=lambda group: group.last[0].when, reverse=True)


def found_tickets(site: Any, number: str) -> list[TicketGroup]:
    """Return the groups that the ticket *number* can belong to: mostly one, none when it has been removed."""
    wanted = number.strip().lower()[:PREFIX]
    return [group for group in tickets_of(site) if group.first.number[:PREFIX] == wanted]


def remove_tickets(site: Any) -> int:
    """Remove all groups; return how many there were."""
    kept = kept_apart(connection_of(site), NAME)
    count = 0 if kept is None else len(kept.groups)
    if count:
        kept.groups.clear()
    return count


def remove_ticket(site: Any, number: str) -> TicketGroup | None:
    """Remove the group whose first ticket was *number*, and return it; None if there is none."""
    kept = kept_apart(connection_of(site), NAME)
    for key, group in () if kept is None else list(kept.groups.items()):
        if group.first.number == number:
            del kept.groups[key]
            return group
    return None


class TicketDesk:
    """Gives tickets out, in one process; it decides what is worth a transaction.

    seconds: between two. keep: False for tickets that are in the log only.
    """

    def __init__(self, seconds: float = SECONDS, *, keep: bool = True):
        self._seconds = seconds
        self._keep = keep
        self._lock = threading.Lock()
        self._waiting: dict[str, tuple[float, int, Told]] = {}

    def write(self, request: Any, error: BaseException) -> str:
        """Log *error*, see to it that it is kept after the answer to *request*, and return its number."""
        key, place = key_of(error)
        number = key[:PREFIX] + secrets.token_hex(4)[: 8 - PREFIX]
        text, title, rows = texts_of(request, error)
        asked = f"{request.method} {request.incoming.path}"
        LOG.error("%s %s failed, ticket %s\n%s", request.incoming.id, asked, number, text)
        told = Told(number, datetime.now(UTC), request.incoming.id, title, place, rows, text[-LONGEST:])
        count = self._due(key, told) if self._keep else 0
        if count:
            request.records.append(Kept(key, told, count))
        return number

    def left(self) -> list["Kept"]:
        """Return what has come since it was written last."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        return [Kept(key, told, count) for key, (_, count, told) in waiting.items() if count]

    def _due(self, key: str, told: Told) -> int:
        """Return how many came and were not written, or 0 while they wait for more."""
        now = time.monotonic()
        with self._lock:
            last, count, _ = self._waiting.get(key, (now - self._seconds, 0, None))
            due = now - last >= self._seconds
            self._waiting[key] = (now if due else last, 0 if due else count + 1, told)
            if len(self._waiting) > MOST_GROUPS:
                del self._waiting[next(iter(self._waiting))]
        return count + 1 if due else 0


@dataclass(frozen=True, slots=True)
class Kept:
    """Writes to the database, in a transaction after the answer, what came *count* times."""

    key: str
    told: Told
    count: int
    sentence = "Kept an error ticket"

    def __call__(self, site: Any) -> None:
        """Write it."""
        connection = connection_of(site)
        tickets = kept_apart(connection, NAME)
        if tickets is None:
            tickets = Tickets()
            keep_apart(connection, NAME, tickets)
        tickets.add(self.key, self.told, self.count)


def key_of(error: BaseException) -> tuple[str, str]:
    """Return a digest of the class of *error* and where it was raised, and that place in words."""
    cause = getattr(error, "cause", None)
    inner = cause if isinstance(cause, BaseException) else error  # what failed in a template
    frames = traceback.extract_tb(inner.__traceback__)
    spots = [f"{frame.filename}:{frame.lineno}, in {frame.name}" for frame in frames]
    own = [spot for spot, frame in zip(spots, frames, strict=True) if "site-packages" not in frame.filename]
    words = [f"{type(inner).__module__}.{type(inner).__qualname__}", *spots[-1:], *own[-1:]]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:32], (own or spots or [""])[-1]


def texts_of(request: Any, error: BaseException) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """Return the traceback, its last line, and what the request brought, all without secrets."""
    kind = type(error).__name__
    try:
        lines = traceback_lines(request, error)
        rows = carried_rows(request)
        if isinstance(error, TemplateFailure) and error.file:
            rows.append((TEMPLATE, f"{error.file}:{error.line}, {error.expression}"))
        return "\n".join(lines), title_of(lines)[:300], tuple(rows)
    except Exception:  # whatever the code of an error does when it is asked for its text
        LOG.exception("%s: what is told of a %s failed itself", request.incoming.id, kind)
        return kind, kind, ()


def title_of(lines: list[str]) -> str:
    """Return the line of a traceback that says what the error is."""
    failed = [line.partition(FAILED)[2] for line in lines if FAILED in line]
    return failed[-1] if failed else lines[-1]
