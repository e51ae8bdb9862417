"""What a long operation is carried out with: how it says how far it is, changes, and is stopped."""

import itertools
import json
import logging
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from typing import TypeVar

from objpub.database import Database
from objpub.database import kept_apart
from objpub.database import QUIET
from objpub.database import retryable
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.database import Watch
from objpub.database import watch_with

from .long import CANCELLED
from .long import CLAIM_SECONDS
from .long import LongOperation
from .long import LongOperations
from .long import NAME
from .long import SECOND
from .long import WAITING
from .queue import microseconds

LOG = logging.getLogger("objpub.jobs")
TRIES = 50  # of a transaction that meets conflicts
PULSE_SECONDS = 1.0
LONGEST_PULSE = 5.0  # of one that runs for long
#: Others get a turn: after so many seconds of work it rests for so long.
WORK_SECONDS, REST_SECONDS = 0.02, 0.004

T = TypeVar("T")


class Stopped(BaseException):
    """The work is to end now. It is no Exception, so that nothing on its way takes it for a mistake.

    state: what becomes of the long operation; "" where another process says that.
    """

    state = ""


class Cancelled(Stopped):
    """Somebody asked for it."""

    state = CANCELLED


class Lost(Stopped):
    """Another process carries it out: this one was silent for too long."""


class Leaving(Stopped):
    """This process ends; another one goes on."""

    state = WAITING


class Work(Watch):
    """What the function of a long operation is called with.

    database, settings: of the site. id: of the operation. notes: what JSON can hold, kept with each `change`;
    a function that is called again begins with it. done, total: how far it is.
    """

    def __init__(self, database: Database, settings: Any, operation: LongOperation, holder: str) -> None:
        """operation: claimed by *holder*; it is read here, and not kept."""
        self.database = database
        self.settings = settings
        self.id, self.name = operation.id, operation.name
        self.sentence = operation.sentence
        self.values = operation.values
        self.who, self.who_title, self.roles = operation.who, operation.who_title, operation.roles
        self.notes: dict[str, Any] = json.loads(operation.notes.text)
        self.done, self.total = operation.done, operation.total
        self.on_progress: Callable[[int, int], None] | None = None
        self._holder = holder
        self._stop: Stopped | None = None
        self._measure: Callable[[], tuple[int, int]] | None = None
        self._over = threading.Event()
        self._rested = time.monotonic()

    # What the function calls

    def step(self, count: int = 1) -> None:
        """Say that *count* more was done. Raises Stopped."""
        self.done += count
        if self._stop is not None:
            raise self._stop
        if time.monotonic() - self._rested > WORK_SECONDS:
            time.sleep(REST_SECONDS)  # the answers of this process are more urgent
            self._rested = time.monotonic()

    def reach(self, done: int, total: int) -> None:
        """Say that *done* of *total* is done. Raises Stopped."""
        self.done, self.total = done, total
        self.step(0)

    def measure(self, measure: Callable[[], tuple[int, int]] | None) -> None:
        """Ask *measure* once a second for (done, of how many); None: no more."""
        self._measure = measure

    def look(self, function: Callable[[Any], T]) -> T:
        """Return what *function* of the site returns, which changes nothing."""
        with transaction_for(self.database, read_only=True) as pair:
            return function(site_of(pair.connection))

    def change(self, function: Callable[[Any], T], *, watched: bool = False) -> T:
        """Call *function* with the site, and commit what it changed with the notes; return what it returned.

        It is called again where it meets a conflict; what it notes has to bear that. watched: do its steps
        count? See `Watch`. Raises Stopped; nothing of this transaction is changed then.
        """
        before, done = dict(self.notes), self.done
        for number in itertools.count(1):
            self.step(0)
            with transaction_for(self.database) as pair:
                try:
                    operation = self.own(pair.connection)
                    if watched:
                        watch_with(pair.connection, self)
                    result = function(site_of(pair.connection))
                    operation.notes.text = json.dumps(self.notes)
                    transaction = pair.manager.get()
                    if watched:  # what is new is written out now, not while others wait for the commit
                        transaction.savepoint(optimistic=True)
                    if not transaction.user:
                        transaction.user = self.who or "system"
                    pair.manager.commit()
                    return result
                except BaseException as error:
                    self.notes = dict(before)
                    if number >= TRIES or not retryable(error, pair.manager._txn):
                        raise
            self.done = done
            time.sleep(random.uniform(0.001, 0.02 * number))  # nothing secret
        raise AssertionError("never reached")

    def own(self, connection: Any) -> LongOperation:
        """Return the record. Raises Lost where this process does not hold it any more."""
        operations: LongOperations | None = kept_apart(connection, NAME)
        found = None if operations is None else operations.open.get(self.id)
        if found is None or found.holder != self._holder:
            raise Lost
        return found

    # Its pulse

    def stop(self, reason: Stopped) -> None:
        """Let the next step raise *reason*."""
        self._stop = self._stop or reason

    def beat(self) -> None:
        """Say that it is carried out, until it is over. It runs in a thread of its own."""
        pause = PULSE_SECONDS
        while not self._over.wait(pause):
            pause = min(pause * 1.05, LONGEST_PULSE)
            try:
                self._pulse()
            except Lost as lost:
                self.stop(lost)
                return
            except Exception as error:
                LOG.info("How far “%s” is was not written: %s", self.sentence, error)

    def end_pulse(self) -> None:
        """Let `beat` return."""
        self._over.set()

    def _pulse(self) -> None:
        if self._measure is not None:
            with suppress(OSError):
                self.done, self.total = self._measure()
        if self.on_progress is not None:
            self.on_progress(self.done, self.total)
        with transaction_for(self.database) as pair:
            operation = self.own(pair.connection)
            if operation.is_cancelled:
                self.stop(Cancelled())
            operation.done, operation.total = self.done, self.total
            operation.until = microseconds() + CLAIM_SECONDS * SECOND
            quietly(pair)


def quietly(pair: Any) -> None:
    """Commit what no list of what was done has to show."""
    pair.manager.get().extension[QUIET] = True
    pair.manager.commit()
