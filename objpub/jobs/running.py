"""Doing what is due: each process that serves the site looks for it, and one of them does it.

What changes the database alone is done in the transaction that removes the job. Where two processes take the
same one, their commits conflict, and one of them is done. What reaches outside is claimed in a transaction
first; a claim that its process did not end, as it was killed, is over after a while.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from objpub.database import Database
from objpub.database import kept_apart
from objpub.database import retryable
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import Busy

from .carrying import LongWorker
from .declarations import JobFunction
from .declarations import Jobs
from .queue import CLAIMED
from .queue import GIVEN_UP
from .queue import IN_DOUBT
from .queue import Job
from .queue import microseconds
from .queue import NAME
from .queue import Queue
from .queue import WAITING

LOG = logging.getLogger("objpub.jobs")
SECOND = 1_000_000
POLL_SECONDS = 1.0  # so often a process looks for what others put
CLAIM_SECONDS = 20  # after which a claim is over; longer than a try usually takes
FIRST_PAUSE, LONGEST_PAUSE = 5, 6 * 3_600  # seconds before a further try; each is three times the one before
CHOSEN_FROM = 16  # of so many that are due one is taken, so that processes seldom meet at the same
UNKNOWN = "It was given to the other side, and the process ended before it heard the answer"


@dataclass
class Outside:
    """What a job that reaches outside is called with.

    id: of the job, the same in each try. mailer: carries letters. settings: of the site. hand_over: to be
    called at the last moment before the other side cannot take it back; a job whose process ends after that
    is not tried again by itself, but put aside "in doubt", so that nothing is done twice.
    """

    id: str
    mailer: Any
    settings: Any
    hand_over: Callable[[], None] = field(default=lambda: None)


def run_due(
    database: Database,
    mailer: Any,
    settings: Any,
    *,
    outside: bool,
    holder: str = "",
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Do what is due in one line, and return how many jobs were begun.

    outside: those that reach outside, or those that do not. holder: a name for this process. stopped: asked
    before each job whether to leave the rest to others.
    """
    count = 0
    while not stopped():
        key = next_due(database, outside)
        if key is None:
            break
        done = reach_out(database, key, mailer, settings, holder) if outside else do_inside(database, key)
        if not done:  # another process was faster
            time.sleep(random.uniform(0.001, 0.02))  # nothing secret
        count += done
    return count


def next_due(database: Database, outside: bool) -> tuple[int, str] | None:
    """Return the key of a job of one line that is due; None if none is."""
    with transaction_for(database, read_only=True) as pair:
        queue = kept_apart(pair.connection, NAME)
        if queue is None:
            return None
        keys: list[tuple[int, str]] = []
        for key in queue.line_of(outside).keys(None, (microseconds() + 1,)):
            keys.append(key)
            if len(keys) == CHOSEN_FROM:
                break
        return random.choice(keys) if keys else None  # nothing secret


def seconds_until_due(database: Database, outside: bool) -> float:
    """Return after how many seconds the next job of one line is due, at most POLL_SECONDS."""
    with transaction_for(database, read_only=True) as pair:
        queue = kept_apart(pair.connection, NAME)
        first = next(iter(queue.line_of(outside).keys()), None) if queue is not None else None
    if first is None:
        return POLL_SECONDS
    return min(max((first[0] - microseconds()) / SECOND, 0.0), POLL_SECONDS)


# What changes the database alone


def do_inside(database: Database, key: tuple[int, str]) -> int:
    """Do the job at *key* in the transaction that removes it; return 0 where another process was faster."""
    with transaction_for(database) as pair:
        queue, found = job_at(pair, key, False)
        if queue is None or found is None:
            return 0
        declared = jobs_of(database).get(found.name)
        try:
            if declared is None:
                raise LookupError(f"There is no job {found.name!r} any more")
            queue.remove(found)
            found.state = CLAIMED  # written, so that another process that takes it meets a conflict
            declared.function(site_of(pair.connection), **found.values)
            finish(pair, f"Did the job “{declared.title}”")
            return 1
        except Exception as error:
            if retryable(error, pair.manager._txn):
                return 0  # the next look shows whether there is anything left to do
            problem = error
    LOG.warning("The job %s failed: %s", key[1], problem, exc_info=problem)
    note_failure(database, key, False, declared, problem)
    return 1


# What reaches outside


def reach_out(database: Database, key: tuple[int, str], mailer: Any, settings: Any, holder: str) -> int:
    """Claim the job at *key*, do it, and remove it; return 1, or 0 where another process was faster."""
    claimed = claim(database, key, holder)
    if claimed is None:
        return 0
    key, name, values = claimed
    declared = jobs_of(database).get(name)

    def hand_over() -> None:
        mark_handed(database, key)

    try:
        if declared is None:
            raise LookupError(f"There is no job {name!r} any more")
        declared.function(Outside(key[1], mailer, settings, hand_over), **values)
    except Exception as error:
        LOG.warning("The job %s failed: %s", key[1], error)
        note_failure(database, key, True, declared, error)
        return 1

    def remove(queue: Queue, found: Job) -> None:
        queue.remove(found)

    change(database, key, True, remove, f"Did the job “{declared.title}”")
    return 1


def claim(
    database: Database, key: tuple[int, str], holder: str
) -> tuple[tuple[int, str], str, dict[str, Any]] | None:
    """Claim the job at *key* for a while; return its new key, name and arguments, None if it is gone."""
    with transaction_for(database) as pair:
        queue, found = job_at(pair, key, True)
        if queue is None or found is None:
            return None
        if found.has_handed:
            queue.give_up(found, IN_DOUBT, UNKNOWN)
            finished(pair, "Put a job aside")
            return None
        queue.postpone(found, microseconds() + CLAIM_SECONDS * SECOND)
        found.state, found.holder = CLAIMED, holder
        found.tries += 1
        claimed = found.key, found.name, found.values
        return claimed if finished(pair, "Began a job") else None


def mark_handed(database: Database, key: tuple[int, str]) -> None:
    """Note that the job at *key* is given to the other side now."""

    def mark(queue: Queue, found: Job) -> None:
        found.has_handed = True

    if not change(database, key, True, mark, "Handed a job over"):
        raise Busy("The claim was over before the job was handed over; another process has it")


# Both


def note_failure(
    database: Database, key: tuple[int, str], outside: bool, declared: JobFunction | None, error: Exception
) -> None:
    """Let the job at *key*, which failed with *error*, be tried again later, or put it aside."""

    def note(queue: Queue, found: Job) -> None:
        found.tries += not outside  # of the others a claim has counted it
        found.error = f"{type(error).__name__}: {error}"[:500]
        found.state, found.holder, found.has_handed = WAITING, "", False
        if declared is None or found.tries >= declared.tries or getattr(error, "is_final", False):
            queue.give_up(found, GIVEN_UP, found.error)
        else:
            queue.postpone(found, microseconds() + pause(found.tries) * SECOND)

    change(database, key, outside, note, "Put off a job that failed")


def pause(tries: int) -> int:
    """Return the seconds before another try, after *tries* that failed."""
    return int(min(FIRST_PAUSE * 3 ** (tries - 1), LONGEST_PAUSE))


def change(
    database: Database, key: tuple[int, str], outside: bool, work: Callable[[Queue, Job], None], sentence: str
) -> bool:
    """Do *work* with the job at *key*, until it is committed; return False where the job is gone."""
    while True:
        with transaction_for(database) as pair:
            queue, found = job_at(pair, key, outside)
            if queue is None or found is None:
                return False
            work(queue, found)
            if finished(pair, sentence):
                return True
        time.sleep(random.uniform(0.001, 0.02))  # nothing secret


def job_at(pair: Any, key: tuple[int, str], outside: bool) -> tuple[Queue | None, Job | None]:
    """Return the queue and the job at *key*; None for what is not there."""
    queue = kept_apart(pair.connection, NAME)
    return queue, None if queue is None else queue.line_of(outside).get(key)


def finished(pair: Any, sentence: str) -> bool:
    """Commit, and return whether that worked; another process may have been faster."""
    try:
        finish(pair, sentence)
    except Exception as error:
        if not retryable(error, pair.manager._txn):
            raise
        return False
    return True


def finish(pair: Any, sentence: str) -> None:
    """Commit in the name of the system, unless somebody else's was said."""
    transaction = pair.manager.get()
    if not transaction.user:
        transaction.user = "system"
    if not transaction.description:
        transaction.note(sentence)
    pair.manager.commit()


def jobs_of(database: Database) -> Jobs:
    """Return the jobs that are declared for the site in *database*."""
    registry: Any = database.registry
    found: Jobs = registry[Jobs]
    return found


class Scheduler:
    """Looks for what is due, in one thread for each line, as long as the site is served."""

    def __init__(
        self,
        database: Database,
        mailer: Any,
        settings: Any,
        holder: str = "",
        is_open: Callable[[], bool] = lambda: True,
    ) -> None:
        """holder: a name for this process. is_open: may anything be changed at this moment?"""
        #: What carries out long operations in this process.
        self.long = LongWorker(database, settings, holder, is_open)
        self._is_open = is_open
        self._database = database
        self._mailer = mailer
        self._settings = settings
        self._holder = holder
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to look; once."""
        if not self._threads:
            self._threads = [
                threading.Thread(target=self._run, args=(outside,), name="objpub jobs", daemon=True)
                for outside in (False, True)
            ]
            for thread in self._threads:
                thread.start()

    def close(self, patience: float = 5.0) -> None:
        """Finish what was begun, and look no more. patience: seconds for a slow other side."""
        self._stop.set()
        self.long.close(patience)
        for thread in self._threads:
            thread.join(patience)

    def _run(self, outside: bool) -> None:
        while not self._stop.is_set():
            try:
                work = self._database, self._mailer, self._settings
                run_due(*work, outside=outside, holder=self._holder, stopped=self._must_wait)
                if not outside:
                    self.long.look()
                seconds = seconds_until_due(self._database, outside)
            except Exception:
                if not self._stop.is_set():
                    LOG.exception("Jobs could not be looked for; it is tried again")
                seconds = POLL_SECONDS
            self._stop.wait(seconds if self._is_open() else POLL_SECONDS)

    def _must_wait(self) -> bool:
        return self._stop.is_set() or not self._is_open()
