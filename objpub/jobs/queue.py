"""The queue: jobs in the database, by when they are due.

It lies apart from the site: no URL leads to it, and no undo takes a job back. Those that reach outside wait
in a line of their own, so that a slow mail server does not hold up what is scheduled.
"""

import json
import secrets
import time
from collections.abc import Iterator
from datetime import datetime
from datetime import timedelta
from datetime import UTC
from typing import Any

from BTrees.OOBTree import OOBTree
from persistent import Persistent

from objpub.database import Apart
from objpub.database import connection_of
from objpub.database import keep_apart
from objpub.database import kept_apart
from objpub.database import registry_of
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.events import on
from objpub.events import SiteCreated
from objpub.lineage import top

from .declarations import Jobs

NAME = "jobs"  # beside the site, in the root mapping
ARGUMENTS_LENGTH = 100_000  # characters of JSON
ERROR_LENGTH = 500

#: What a job can be: it waits, a process has it, it was given up, nobody knows whether it was done.
WAITING, CLAIMED, GIVEN_UP, IN_DOUBT = "waiting", "claimed", "given up", "in doubt"

Key = tuple[int, str]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)


class Job(Apart, Persistent):
    """Work to be done once.

    id: its own. name: of the declared function. arguments: JSON. put, due: microseconds since the epoch.
    state: WAITING, CLAIMED, GIVEN_UP or IN_DOUBT. tries: how often it was begun. error: of the last try, or
    "". holder: who has claimed it, or "". outside: as declared. has_handed: was it given to the other side
    already?
    """

    def __init__(self, name: str, arguments: str, put: int, due: int, outside: bool) -> None:
        self.id = secrets.token_hex(12)
        self.name = name
        self.arguments = arguments
        self.put = put
        self.due = due
        self.outside = outside
        self.state = WAITING
        self.tries = 0
        self.error = ""
        self.holder = ""
        self.has_handed = False

    @property
    def key(self) -> Key:
        """Where it stands in its line."""
        return self.due, self.id

    @property
    def values(self) -> dict[str, Any]:
        """The arguments."""
        found: dict[str, Any] = json.loads(self.arguments)
        return found

    @property
    def when(self) -> datetime:
        """When it is due, in UTC."""
        return EPOCH + timedelta(microseconds=self.due)

    @property
    def since(self) -> datetime:
        """When it was put, in UTC."""
        return EPOCH + timedelta(microseconds=self.put)


class Queue(Apart, Persistent):
    """Every job of a site. inside, outside: (due, id) → what waits. dead: id → what was put aside."""

    def __init__(self) -> None:
        self.inside = OOBTree()
        self.outside = OOBTree()
        self.dead = OOBTree()

    def line_of(self, outside: bool) -> Any:
        """Return the line of jobs that reach *outside*, or of the others."""
        return self.outside if outside else self.inside

    def add(self, job: Job) -> None:
        """Let *job* wait."""
        self.line_of(job.outside)[job.key] = job

    def remove(self, job: Job) -> None:
        """Let *job*, which waits, be no more."""
        del self.line_of(job.outside)[job.key]

    def postpone(self, job: Job, due: int) -> None:
        """Let *job*, which waits, be due at another moment."""
        self.remove(job)
        job.due = due
        self.add(job)

    def give_up(self, job: Job, state: str, error: str) -> None:
        """Put *job*, which waits, aside. state: GIVEN_UP or IN_DOUBT."""
        self.remove(job)
        job.state, job.error, job.holder = state, error[:ERROR_LENGTH], ""
        self.dead[job.id] = job

    def waiting(self) -> Iterator[Job]:
        """Yield what waits, what is due first first; of both lines, the one behind the other."""
        yield from self.inside.values()
        yield from self.outside.values()


@on(SiteCreated)
def make_queue(event: SiteCreated) -> None:
    """Give a new site its queue, so that nobody has to make it beside others."""
    require_queue(event.resource)


def queue_of(place: Any) -> Queue | None:
    """Return the queue of the site that *place* is in; None where there is none, as in a loose tree."""
    connection = connection_of(top(place))
    return None if connection is None else kept_apart(connection, NAME)


def require_queue(place: Any) -> Queue | None:
    """Return the queue of the site of *place*; it is made where there is none. None in a loose tree."""
    connection = connection_of(top(place))
    if connection is None:
        return None
    found: Queue | None = kept_apart(connection, NAME)
    if found is None:
        found = Queue()
        keep_apart(connection, NAME, found)
    return found


def put_job(place: Any, name: str, at: datetime | None = None, /, **arguments: Any) -> str:
    """Let the declared job *name* be done after the running transaction is committed; return its id.

    place: something in the site. at: when, an aware datetime; None: at once. arguments: what JSON can hold,
    at most 100,000 characters of it. In a loose tree nothing is done, and "" is returned. Raises Invalid for
    a job that nobody declared, and for arguments that cannot be kept.
    """
    queue, registry = require_queue(place), registry_of(top(place))
    if queue is None or registry is None:
        return ""
    declared = registry[Jobs].require(name)
    now = microseconds()
    due = now if at is None else moment_of(at)
    found = Job(name, text_of(arguments), now, due, declared.outside)
    queue.add(found)
    return found.id


def text_of(arguments: dict[str, Any]) -> str:
    """Return *arguments* as JSON. Raises Invalid for what JSON cannot hold, and for too much."""
    try:
        text = json.dumps(arguments, allow_nan=False, ensure_ascii=False, sort_keys=True)
    except (TypeError, ValueError) as error:
        raise Invalid({"arguments": f"wanted what JSON can hold: {error}"}) from error
    if len(text) > ARGUMENTS_LENGTH:
        raise Invalid({"arguments": f"wanted at most {ARGUMENTS_LENGTH:,} characters, not {len(text):,}"})
    return text


def moment_of(at: datetime) -> int:
    """Return *at* in microseconds since the epoch. Raises Invalid for one without a time zone, or too far."""
    if at.tzinfo is None:
        raise Invalid({"at": f"wanted a moment with a time zone, not {at}"})
    if at > LAST:
        raise Invalid({"at": f"wanted a moment until {LAST:%Y-%m-%d %H:%M} UTC, not {at}"})
    return (at - EPOCH) // timedelta(microseconds=1)


def microseconds() -> int:
    """Return the present moment in microseconds since the epoch."""
    return time.time_ns() // 1000


def cancel_job(place: Any, job_id: str, due: datetime) -> bool:
    """Let the job *job_id*, which is *due* then, not be done; return whether it was still waiting."""
    queue, key = queue_of(place), (moment_of(due), job_id)
    lines = () if queue is None else (queue.inside, queue.outside)
    for line in lines:
        if key in line:
            del line[key]
            return True
    return False


def retry_job(place: Any, job_id: str) -> None:
    """Let the job *job_id*, which was put aside, wait again. Raises NotFound where it is not there."""
    queue, found = put_aside(place, job_id)
    del queue.dead[job_id]
    found.state, found.tries, found.holder, found.has_handed = WAITING, 0, "", False
    found.due = microseconds()
    queue.add(found)


def discard_job(place: Any, job_id: str) -> None:
    """Forget the job *job_id*, which was put aside. Raises NotFound where it is not there."""
    queue, _ = put_aside(place, job_id)
    del queue.dead[job_id]


def put_aside(place: Any, job_id: str) -> tuple[Queue, Job]:
    """Return the queue and the job *job_id* that was put aside. Raises NotFound."""
    queue = queue_of(place)
    found = None if queue is None else queue.dead.get(job_id)
    if queue is None or found is None:
        raise NotFound(f"job {job_id!r}", missing=job_id)
    return queue, found
