"""The bar at the bottom of a page in development: what the request did, and where its time went."""

import time
from collections import Counter
from collections import defaultdict
from html import escape
from typing import Any

from objpub.views import View

MOST = 12  # rows of a list
ARRIVAL, REST = "reading the request", "the view, the commit and the rest"


class Watch:
    """What one request did.

    steps: seconds by name, each without those within it. checks: how often by permission and class.
    templates: how often by file. conflicts: class, fields and place of each. loaded, written: objects.
    """

    def __init__(self) -> None:
        self.steps: defaultdict[str, float] = defaultdict(float)
        self.checks: Counter[tuple[str, str]] = Counter()
        self.templates: Counter[str] = Counter()
        self.conflicts: list[tuple[str, str, str]] = []
        self.loaded = self.written = self.cached = self.known = 0
        self._step, self._since = ARRIVAL, time.perf_counter()
        self._connection: Any = None
        self._before = (0, 0)

    def enter(self, step: str) -> str:
        """Count the time from now on as that of *step*. Returns the one that it was counted as before."""
        now, before = time.perf_counter(), self._step
        self.steps[before] += now - self._since
        self._step, self._since = step, now
        return before

    def begin(self, connection: Any) -> None:
        """Note how much *connection* has moved before this attempt."""
        self.enter(REST)
        self._connection, self._before = connection, connection.getTransferCounts()

    def end(self, connection: Any) -> None:
        """Note what *connection* has moved since then."""
        self.enter(REST)
        if connection is not None and connection is self._connection:
            loads, stores = connection.getTransferCounts()
            self.loaded, self.written = loads - self._before[0], stores - self._before[1]
            self.cached, self.known = connection._cache.cache_non_ghost_count, len(connection._cache)


def bar_of(watch: Watch, request: Any) -> str:
    """Return the bar as HTML: without scripts and styles of its own, everything escaped."""
    title = [
        f"{sum(watch.steps.values()) * 1000:.1f} ms",
        counted(watch.loaded, "object") + " loaded",
        f"{watch.written:,} written",
        counted(len(watch.conflicts), "conflict"),
        counted(sum(watch.checks.values()), "permission check"),
        counted(sum(watch.templates.values()), "template"),
    ]
    rows = [
        ("View", [f"{request.method} {view_in_words(request.view)}"]),
        ("Time per step", [f"{seconds * 1000:.2f} ms {name}" for name, seconds in watch.steps.items()]),
        ("Objects", [f"{watch.loaded:,} loaded from the database", f"{watch.written:,} written"]),
        ("Cache", [f"{watch.cached:,} objects of {watch.known:,} known are in memory, for this connection"]),
        ("Conflicts", [": ".join(filter(None, each)) for each in watch.conflicts] or ["none"]),
        ("Permission checks", [f"{name} at {kind}: {number}" for (name, kind), number in most(watch.checks)]),
        ("Templates", [f"{name}: {number}" for name, number in most(watch.templates)] or ["none"]),
    ]
    parts = "".join(f"<dt>{escape(name)}</dt>{listed(values)}" for name, values in rows)
    style = escape(request.static("objpub-publisher/bar.css"))
    return (
        f'<aside class="objpub-bar" aria-label="What this request did"><link rel="stylesheet" href="{style}">'
        f"<details><summary>{escape(' · '.join(title))}</summary><dl>{parts}</dl></details></aside>"
    )


def view_in_words(view: Any) -> str:
    """Return the class, the name and the place of a view; the name of a service of the site; "" for none."""
    if isinstance(view, View):
        return f"{view.kind.__name__} @@{view.name}, {view.place}".replace(" @@,", ",")
    return str(view or "")


def most(counter: Counter[Any]) -> list[tuple[Any, int]]:
    """Return the most frequent entries of *counter*."""
    return counter.most_common(MOST)


def listed(values: list[str]) -> str:
    """Return *values* as descriptions."""
    return "".join(f"<dd>{escape(value)}</dd>" for value in values)


def counted(number: int, noun: str) -> str:
    """Return "1 conflict", "2 conflicts"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
