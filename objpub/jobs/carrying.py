"""Carrying out long operations: each process that serves the site looks for them, and one of them does it.

The function of an operation runs in a thread. Beside it another one, its pulse, says every second that the
process lives, how far the work is, and hears whether somebody wants to stop it. After a kill the claim is
over within seconds: another process, or the same one started again, calls the function again, with what it
had noted; what was not committed is as if it had not been.
"""

import itertools
import logging
import random
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any
from typing import TypeVar

from objpub.database import Database
from objpub.database import kept_apart
from objpub.database import retryable
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import Invalid
from objpub.errors import NotPossible
from objpub.errors import ObjpubError

from .declarations import LongFunctions
from .long import begin_long
from .long import BROKEN_OFF
from .long import CANCELLED
from .long import CLAIM_SECONDS
from .long import DONE
from .long import FAILED
from .long import LongOperation
from .long import LongOperations
from .long import NAME
from .long import RUNNING
from .long import SECOND
from .long import WAITING
from .queue import microseconds
from .work import Leaving
from .work import Lost
from .work import quietly
from .work import Stopped
from .work import TRIES
from .work import Work

LOG = logging.getLogger("objpub.jobs")
TAKEN = 3  # one whose process was killed so often is not taken up again

#: What is told of what nobody foresaw: its own words, such as the path of a file, are for the log.
UNFORESEEN = "{}: a mistake of the program, or of the machine; the log says more"

T = TypeVar("T")


def carry_out(work: Work, function: Callable[..., str], *, raises: bool = False) -> tuple[str, str]:
    """Call *function* with *work*, and write down how it ended; return (state, sentence).

    The state is WAITING where this process leaves it to another one, and "" where another one has it.
    raises: whatever the function raises is raised again.
    """
    pulse = threading.Thread(target=work.beat, name="objpub pulse", daemon=True)
    pulse.start()
    state, told = DONE, ""
    problem: BaseException | None = None
    try:
        told = function(work, **work.values) or ""
    except Stopped as reason:
        state = reason.state
    except ObjpubError as error:
        state, told, problem = FAILED, words_of(error), error
    except KeyboardInterrupt as error:
        state, problem = CANCELLED, error
    except Exception as error:
        state, told, problem = FAILED, UNFORESEEN.format(type(error).__name__), error
        if not raises:
            LOG.exception("“%s” failed", work.sentence)
    finally:
        work.end_pulse()
        pulse.join()
    if state and not write_end(work, state, told):
        state = ""
    if problem is not None and raises:
        raise problem
    return state, told


def words_of(error: ObjpubError) -> str:
    """Return what *error* says to people."""
    return "; ".join(error.errors.values()) if isinstance(error, Invalid) else str(error)


def write_end(work: Work, state: str, told: str) -> bool:
    """Write down how *work* ended, or that another process may take it; False where one has it already."""

    def write(operations: LongOperations) -> None:
        operation = work.own(operations._p_jar)
        if state == WAITING:
            operation.state, operation.holder, operation.put = WAITING, "", microseconds()
            operation.tries -= 1
            return
        if state == DONE:
            operation.done = operation.total = max(work.total, work.done)
        else:
            operation.done, operation.total = work.done, work.total
        operations.end(operation, state, told)

    try:
        in_turn(work.database, write, f"{work.sentence}: {state}", "system")
    except Lost:
        return False
    return True


def in_turn(
    database: Database, function: Callable[[LongOperations], T], sentence: str, user: str
) -> T | None:
    """Return what *function* of the long operations returns, once that is committed; None without any."""
    for number in itertools.count(1):
        with transaction_for(database) as pair:
            try:
                operations = kept_apart(pair.connection, NAME)
                if operations is None:
                    return None
                result = function(operations)
                pair.manager.get().user = user
                pair.manager.get().note(sentence)
                quietly(pair)
                return result
            except Exception as error:
                if number >= TRIES or not retryable(error, pair.manager._txn):
                    raise
        time.sleep(random.uniform(0.001, 0.02 * number))  # nothing secret
    raise AssertionError("never reached")


def claim(database: Database, settings: Any, lane: str, holder: str) -> Work | None:
    """Take the next long operation of *lane* that nobody carries out; None where there is none."""
    functions = functions_of(database)

    def take(operations: LongOperations) -> Work | None:
        put_right(operations)
        operation = takeable(operations, functions).get(lane)
        return None if operation is None else hold(database, settings, operation, holder)

    return in_turn(database, take, "Began a long operation", "system")


def put_right(operations: LongOperations) -> None:
    """Let those be over that nobody will carry out."""
    for operation in list(operations.open.values()):
        if not operation.is_lost or operation.state != RUNNING:
            continue
        if operation.is_cancelled:
            operations.end(operation, CANCELLED, "")
        elif operation.here:
            operations.end(operation, BROKEN_OFF, "Its process ended")
        elif operation.tries >= TAKEN:
            operations.end(operation, BROKEN_OFF, f"Its process ended {TAKEN} times before it was done")


def takeable(operations: LongOperations, functions: LongFunctions) -> dict[str, LongOperation]:
    """Return lane → what can be taken there. In a lane where one runs nothing can."""
    found: dict[str, LongOperation | None] = {}
    for operation in operations.open.values():
        declared = functions.get(operation.name)
        if declared is None or operation.here:
            continue
        runs = operation.state == RUNNING and not operation.is_lost
        if runs or declared.lane not in found:
            found[declared.lane] = None if runs else operation
    return {lane: operation for lane, operation in found.items() if operation is not None}


def hold(database: Database, settings: Any, operation: LongOperation, holder: str) -> Work:
    """Note that *holder* carries *operation* out; the caller commits."""
    operation.state, operation.holder = RUNNING, f"{holder} {secrets.token_hex(4)}"
    operation.until = microseconds() + CLAIM_SECONDS * SECOND
    operation.begun = operation.begun or microseconds()
    operation.tries += 1
    operation.notes.touch()
    return Work(database, settings, operation, operation.holder)


def functions_of(database: Database) -> LongFunctions:
    """Return the long operations that are declared for the site in *database*."""
    registry: Any = database.registry
    found: LongFunctions = registry[LongFunctions]
    return found


def carry_out_here(
    database: Database,
    settings: Any,
    function: Callable[..., str],
    on_progress: Callable[[int, int], None] | None = None,
    **more: Any,
) -> str:
    """Begin a long operation, carry it out in this thread, and return what it did, a sentence.

    on_progress: called now and then with (done, of how many). more: what `begin_long` wants. It is in the
    list of the interface, where it can be cancelled; no other process takes it up. Raises NotPossible where
    one about the same is under way, and where it was cancelled; else what the function raises.
    """
    with transaction_for(database) as pair:
        operation = begin_long(site_of(pair.connection), here=True, **more)
        work = hold(database, settings, operation, "command")
        quietly(pair)
    work.on_progress = on_progress
    state, told = carry_out(work, function, raises=True)
    if state == CANCELLED:
        raise NotPossible(f"“{work.sentence}” was cancelled in the management interface")
    if state != DONE:
        raise NotPossible(f"“{work.sentence}” was given up: this process was silent for too long")
    return told


class LongWorker:
    """Carries out long operations in this process: one of each lane at a time, in a thread of its own."""

    def __init__(
        self, database: Database, settings: Any, holder: str, is_open: Callable[[], bool] = lambda: True
    ) -> None:
        """holder: a name for this process. is_open: may anything be changed at this moment?"""
        self._database = database
        self._settings = settings
        self._holder = holder
        self._is_open = is_open
        self._lock = threading.Lock()
        self._threads: dict[str, threading.Thread] = {}
        self._works: dict[str, Work] = {}
        self._is_closed = False

    def look(self) -> None:
        """Begin what waits, and what another process has left."""
        with transaction_for(self._database, read_only=True) as pair:
            operations = kept_apart(pair.connection, NAME)
            if operations is None or not operations.open or not self._is_open():
                return
            lost = any(each.here and each.is_lost for each in operations.open.values())
            lanes = list(takeable(operations, functions_of(self._database)))
        if lost:
            in_turn(self._database, put_right, "Noted that a long operation was broken off", "system")
        for lane in lanes:
            with self._lock:
                thread = self._threads.get(lane)
                if self._is_closed or (thread is not None and thread.is_alive()):
                    continue
                name = f"objpub long operation {lane}"
                thread = threading.Thread(target=self._run, args=(lane,), name=name, daemon=True)
                self._threads[lane] = thread
                thread.start()

    def wait(self) -> None:
        """Wait until what waits, and what runs here, is over."""
        self.look()
        while running := [each for each in self._threads.values() if each.is_alive()]:
            for thread in running:
                thread.join()
            self.look()

    def close(self, patience: float = 5.0) -> None:
        """Leave what runs here to another process, and wait for that. patience: seconds for each."""
        with self._lock:
            self._is_closed = True
        for work in list(self._works.values()):
            work.stop(Leaving())
        for thread in list(self._threads.values()):
            thread.join(patience)

    def _run(self, lane: str) -> None:
        try:
            while not self._is_closed and self._is_open():
                work = claim(self._database, self._settings, lane, self._holder)
                if work is None:
                    return
                self._works[lane] = work
                if self._is_closed:
                    work.stop(Leaving())
                declared = functions_of(self._database).get(work.name)
                if declared is not None:  # else it would not have been taken
                    carry_out(work, declared.function)
        except Exception:
            if not self._is_closed:
                LOG.exception("Long operations could not be looked for; it is tried again")
        finally:
            self._works.pop(lane, None)
