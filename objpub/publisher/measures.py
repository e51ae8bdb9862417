"""What a site counts of itself, and how it tells it: Prometheus' text format.

Requests by view and status, their durations, conflicts and commits are added up over the processes of this
machine. What a process holds at the moment, such as its cache, has its number as the label `process`.
"""

import os
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from .activity import Activity
from .activity import Sums
from .counters import Counters
from .slowest import label_of
from .slowest import Slowest

KIND = "text/plain; version=0.0.4; charset=utf-8"
#: Upper ends of the classes of durations, in seconds.
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
#: One more for what took longer, and the sum.
WIDTH = len(BOUNDS) + 2
REQUESTS, DURATIONS = "objpub_requests_total", "objpub_request_duration_seconds"
OTHER = "other"
COUNTED = {
    REQUESTS: ("counter", "Requests that were answered, by view and status."),
    DURATIONS: ("histogram", "From the arrival of a request until its answer was ready, by view."),
    "objpub_commits_total": ("counter", "Transactions that requests, and what follows them, committed."),
    "objpub_conflicts_total": ("counter", "Attempts that met a conflict."),
    "objpub_retries_total": ("counter", "Attempts that were made because the one before met a conflict."),
    "objpub_given_up_total": ("counter", "Requests answered 503 because conflicts persisted."),
    "objpub_tickets_total": ("counter", "Errors that nobody foresaw."),
}
HELD = {  # the first ones in the order of SOURCES
    "objpub_cache_bytes": "Objects in the caches of all connections, in bytes as stored.",
    "objpub_cache_objects": "Objects in the caches of all connections.",
    "objpub_cache_limit_bytes": "The setting database.cache_bytes.",
    "objpub_connections": "Open connections to the database.",
    "objpub_idle_connections": "Those of them that wait for a request.",
    "objpub_loads": "Objects that the open connections have loaded from the storage.",
    "objpub_stores": "Objects that the open connections have stored.",
    "objpub_resident_bytes": "Memory of the process.",
    "objpub_descriptors": "Open files and sockets of the process.",
}
OF_DATABASE = {
    "objpub_storage_bytes": "Size of the storage, past states included, blobs not.",
    "objpub_storage_objects": "Objects in the storage, by its own estimate.",
}
SOURCES = (
    "cache_bytes",
    "cache_objects",
    "cache_limit_bytes",
    "connections",
    "idle_pairs",
    "loads",
    "stores",
)
#: Requests that are noted before they are added to the sums,
BATCH = 64
#: but they wait no longer than so, while requests come; without any, the server asks for it.
FOLD_SECONDS = 1.0
HELD_SECONDS = 5.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Measures:
    """Counts for one application. counters: where the sums are, for all processes to read.

    slowest: the pages of this process that took longest. activity: the last hour of all of them.
    """

    def __init__(self, counters: Counters, database: Any):
        self.counters = counters
        self.slowest = Slowest()
        self.activity = Activity()
        self._database = database
        self._samples: list[tuple[Any, str, float, bool]] = []
        self._known: dict[tuple[Any, str], tuple[int, int]] = {}
        self._next = self._next_held = 0.0

    def count(
        self, view: Any, status: str, started: float, committed: bool, method: str = "", path: str = ""
    ) -> None:
        """Count a request that *view* answered with *status*, a line such as "200 OK".

        view: a `View`; the first segment of the path for what has none, such as "health"; None where no view
        was found. started: when the request came, by `time.perf_counter`. committed: did it commit? path: ""
        where it is not to be among the slowest.

        It is noted only, and added to the sums with others: appending to a list needs no lock.
        """
        now = time.perf_counter()
        seconds = now - started
        samples = self._samples
        samples.append((view, status, seconds, committed))
        if seconds > self.slowest.floor and path:
            self.slowest.note(view, method, path, seconds)
        if now >= self._next or len(samples) >= BATCH:
            self.fold(now)

    def fold(self, now: float) -> None:
        """Add what was noted to the sums. now: by `time.perf_counter`."""
        self._next = now + FOLD_SECONDS
        if self.activity.is_due():  # first: what a process begins with is not of this hour
            self.activity.note(self._sums())
        samples, counters = self._samples, self.counters
        with counters.lock:
            number = len(samples)
            batch = samples[:number]
            del samples[:number]  # and not what others note meanwhile
            commits = 0
            groups: dict[tuple[Any, str], tuple[Any, list[float]]] = {}
            for view, status, seconds, committed in batch:
                commits += committed
                key = (view if view.__class__ is str else id(view), status)
                group = groups.get(key)
                if group is None:
                    groups[key] = (view, [seconds])
                else:
                    group[1].append(seconds)
            for key, (view, durations) in groups.items():
                self._add_group(key, view, durations)
                self.slowest.add(key[0], view, durations)
            if commits:
                self._add_locked("commits", commits)
        self.slowest.turn()
        if now >= self._next_held:
            self._next_held = now + HELD_SECONDS
            self.refresh()

    def minutes(self) -> list[Sums]:
        """Return what the processes of this machine did in each minute of the last hour, the latest last."""
        self.fold(time.perf_counter())
        self.refresh()
        return self.activity.minutes(self._sums())

    def tidy(self) -> None:
        """Let nothing wait for long that was noted; the server calls it when it has nothing to do."""
        if self._samples and (now := time.perf_counter()) >= self._next:
            self.fold(now)

    def _add_group(self, key: tuple[Any, str], view: Any, durations: list[float]) -> None:
        """Add requests of one kind to the sums, with the lock held."""
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._learn(view, key[1])
        values = self.counters.values
        counter, histogram = known
        values[counter] += len(durations)
        for seconds in durations:
            values[histogram + bisect_left(BOUNDS, seconds)] += 1.0
        values[histogram + WIDTH - 1] += sum(durations)

    def add(self, name: str, number: float = 1.0) -> None:
        """Count *number* more of what `COUNTED` calls "objpub_NAME_total"."""
        with self.counters.lock:
            self._add_locked(name, number)

    def _add_locked(self, name: str, number: float) -> None:
        place = self.counters.series(f"objpub_{name}_total")
        if place is not None:
            self.counters.values[place] += number

    def refresh(self) -> None:
        """Write down what this process holds, for the others to tell."""
        held = held_by(self._database)
        counters = self.counters
        with counters.lock:
            for name, value in zip(HELD, held, strict=True):
                place = counters.series(name)
                if place is not None:
                    counters.values[place] = value

    def close(self) -> None:
        """Add what was noted last, and let another process count on."""
        if self._samples:
            self.fold(time.perf_counter())
        self.counters.close()

    def text(self) -> str:
        """Return all there is to tell."""
        self.fold(time.perf_counter())
        self.refresh()
        sums: dict[str, list[float]] = {}
        held: dict[str, list[tuple[int, float]]] = defaultdict(list)
        alive = 0
        for number, lives, series in self.counters.all():
            alive += lives
            for name, numbers in series.items():
                if name not in HELD:
                    before = sums.get(name, [0.0] * len(numbers))
                    sums[name] = [one + other for one, other in zip(before, numbers, strict=True)]
                elif lives:
                    held[name].append((number, numbers[0]))
        lines = [*counted_lines(sums), *held_lines(held)]
        lines += single("objpub_processes", "Processes that answer on this machine.", alive)
        for name, value in zip(OF_DATABASE, size_of(self._database), strict=True):
            lines += single(name, OF_DATABASE[name], value)
        return "\n".join(lines) + "\n"

    def _sums(self) -> Sums:
        """Return how much was asked, loaded and committed, of all processes together."""
        requests = loads = commits = 0.0
        for _, lives, series in self.counters.all():
            for name, numbers in series.items():
                if name == "objpub_commits_total":
                    commits += numbers[0]
                elif name == "objpub_loads":
                    loads += numbers[0] * lives
                elif name.startswith(f"{REQUESTS}{{"):
                    requests += numbers[0]
        return Sums(requests, loads, commits)

    def _learn(self, view: Any, status: str) -> tuple[int, int]:
        """Make the series of *view* and *status*. What there is no room for is counted as another's."""
        places = {
            label: (
                self.counters.series(f'{REQUESTS}{{view="{label}",status="{code}"}}'),
                self.counters.series(f'{DURATIONS}{{view="{label}"}}', WIDTH),
            )
            for label, code in ((OTHER, OTHER), (label_of(view), status[:3]))  # the first one has room
        }
        found: Any = next((pair for pair in reversed(places.values()) if None not in pair), (0, 0))
        return found


def held_by(database: Any) -> list[float]:
    """Return what `HELD` names, of this process."""
    held = database.held()
    return [*(held[name] for name in SOURCES), *of_process()]


def of_process() -> tuple[float, float]:
    """Return the memory and the number of open files of this process; 0 where the system does not tell."""
    memory = files = 0.0
    with suppress(OSError), open("/proc/self/statm", "rb") as file:
        memory = float(file.read().split()[1]) * PAGE_BYTES
    with suppress(OSError):
        files = float(len(os.listdir("/proc/self/fd")))
    return memory, files


def size_of(database: Any) -> tuple[float | None, float | None]:
    """Return bytes and objects of the storage; None while it does not answer."""
    try:
        return database.getSize(), database.objectCount()
    except Exception:  # whatever an engine raises when its server is away: the rest is told all the same
        return None, None


def counted_lines(sums: dict[str, list[float]]) -> Iterator[str]:
    """Yield the lines of what is counted."""
    for family, (kind, meaning) in COUNTED.items():
        yield f"# HELP {family} {meaning}"
        yield f"# TYPE {family} {kind}"
        if kind == "histogram":
            for name in sorted(name for name in sums if name.startswith(f"{family}{{") and any(sums[name])):
                yield from histogram(family, name[len(family) + 1 : -1], sums[name])
        elif family == REQUESTS:
            names = sorted(name for name in sums if name.startswith(f"{family}{{") and sums[name][0])
            yield from (f"{name} {number(sums[name][0])}" for name in names)
        else:
            yield f"{family} {number(sums.get(family, [0.0])[0])}"


def histogram(family: str, labels: str, numbers: list[float]) -> Iterator[str]:
    """Yield the lines of one histogram, whose classes are counted each for itself in *numbers*."""
    total = 0.0
    for bound, count in zip((*(f"{bound:g}" for bound in BOUNDS), "+Inf"), numbers[:-1], strict=True):
        total += count
        yield f'{family}_bucket{{{labels},le="{bound}"}} {number(total)}'
    yield f"{family}_sum{{{labels}}} {number(numbers[-1])}"
    yield f"{family}_count{{{labels}}} {number(total)}"


def held_lines(held: dict[str, list[tuple[int, float]]]) -> Iterator[str]:
    """Yield the lines of what each process holds."""
    for name, meaning in HELD.items():
        yield f"# HELP {name} {meaning}"
        yield f"# TYPE {name} gauge"
        yield from (f'{name}{{process="{process}"}} {number(value)}' for process, value in sorted(held[name]))


def single(name: str, meaning: str, value: float | None) -> Iterator[str]:
    """Yield the lines of one number; nothing for None."""
    if value is not None:
        yield from (f"# HELP {name} {meaning}", f"# TYPE {name} gauge", f"{name} {number(value)}")


def number(value: float) -> str:
    """Return *value* as Prometheus reads it."""
    return str(int(value)) if value == int(value) else repr(value)
