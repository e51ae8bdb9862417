"""Which pages took longest in the last day, by address, and how long each view takes, over hours.

What this process has answered is kept in memory, an hour in a place of its own, so that the oldest can go.
"""

import threading
import time
from collections import Counter
from collections import deque
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from objpub.views import View

from .access_log import escaped

HOURS = 24
HOUR_SECONDS = 3600
ADDRESSES = 20  # of each hour, the slowest,
OF_A_VIEW = 3  # and no more of one view: a hundred small pictures would hide all else
LONGEST = 200  # characters of an address


@dataclass(frozen=True)
class SlowPage:
    """The slowest request for one address. label: of its view. moment: in seconds since 1970."""

    method: str
    path: str
    label: str
    seconds: float
    moment: float


@dataclass
class Pace:
    """How long one view took. label: of it. number: of requests. seconds: of all. worst: the longest."""

    label: str
    number: int = 0
    seconds: float = 0.0
    worst: float = 0.0

    @property
    def mean(self) -> float:
        """Seconds of a request on average."""
        return self.seconds / self.number if self.number else 0.0

    def add(self, number: int, seconds: float, worst: float) -> None:
        """Count *number* more requests."""
        self.number += number
        self.seconds += seconds
        self.worst = max(self.worst, worst)


class Hour:
    """What was answered in one hour. begun: in seconds since 1970."""

    def __init__(self, begun: float):
        self.begun = begun
        self.pages: dict[tuple[str, str], SlowPage] = {}
        self.paces: dict[Any, Pace] = {}
        self.floors: dict[int, float] = {}  # id of a view → seconds, as `Slowest.floor`

    def put(self, view: Any, key: tuple[str, str], page: SlowPage) -> None:
        """Keep *page* of *view*, and let go what is not among the slowest any more."""
        pages = self.pages
        pages[key] = page
        same = [each for each in pages if pages[each].label == page.label]
        if len(same) > OF_A_VIEW:
            same.sort(key=lambda each: pages[each].seconds)
            del pages[same.pop(0)]
        if len(same) == OF_A_VIEW:
            self.floors[id(view)] = min(pages[each].seconds for each in same)
        if len(pages) > ADDRESSES:
            del pages[min(pages, key=lambda each: pages[each].seconds)]


class Slowest:
    """Keeps the slowest pages. floor: seconds; a request that took no longer is none of them in this hour."""

    def __init__(self, clock: Callable[[], float] = time.time):
        """clock: tells seconds since 1970."""
        self.floor = 0.0
        self._clock = clock
        self._lock = threading.Lock()
        self._hours = deque([Hour(clock())], HOURS + 1)

    def note(self, view: Any, method: str, path: str, seconds: float) -> None:
        """Keep a request that took longer than `floor`, if it is among the slowest of its hour.

        view: a `View`, or None where none was found; what is asked of no view, such as a file, is no page.
        """
        hour, key = self._hours[-1], (method, path[:LONGEST])
        known = hour.pages.get(key)
        least = hour.floors.get(id(view), 0.0) if known is None else known.seconds
        if seconds <= least or view.__class__ is str:
            return
        found = SlowPage(method, escaped(key[1]), label_of(view), seconds, self._clock())
        with self._lock:
            known = hour.pages.get(key)
            if known is not None and seconds <= known.seconds:
                return
            hour.put(view, key, found)
            if len(hour.pages) == ADDRESSES and hour is self._hours[-1]:
                self.floor = min(each.seconds for each in hour.pages.values())

    def add(self, key: Any, view: Any, durations: list[float]) -> None:
        """Count requests of one *view*. key: what tells it from others. durations: in seconds."""
        with self._lock:
            paces = self._hours[-1].paces
            pace = paces.get(key)
            if pace is None:
                pace = paces[key] = Pace(label_of(view))
            pace.add(len(durations), sum(durations), max(durations))

    def turn(self) -> None:
        """Begin another hour when one has passed."""
        now = self._clock()
        if now - self._hours[-1].begun < HOUR_SECONDS:
            return
        with self._lock:
            if now - self._hours[-1].begun >= HOUR_SECONDS:
                self._hours.append(Hour(now))
                self.floor = 0.0

    def pages(self, most: int = ADDRESSES) -> list[SlowPage]:
        """Return the slowest pages of the last day, the slowest first, each address once, few of one view."""
        worst: dict[tuple[str, str], SlowPage] = {}
        since = self._since()
        with self._lock:
            for hour in self._hours:
                for key, each in hour.pages.items():
                    if each.moment > since and (key not in worst or each.seconds > worst[key].seconds):
                        worst[key] = each
        found: list[SlowPage] = []
        shown: Counter[str] = Counter()
        for each in sorted(worst.values(), key=lambda each: -each.seconds):
            shown[each.label] += 1
            if shown[each.label] <= OF_A_VIEW:
                found.append(each)
        return found[:most]

    def paces(self, most: int = ADDRESSES) -> list[Pace]:
        """Return the views of the last day, the one with the longest request first."""
        found: dict[Any, Pace] = {}
        with self._lock:
            for hour in self._recent():
                for key, each in hour.paces.items():
                    found.setdefault(key, Pace(each.label)).add(each.number, each.seconds, each.worst)
        return sorted(found.values(), key=lambda each: -each.worst)[:most]

    def _since(self) -> float:
        return self._clock() - HOURS * HOUR_SECONDS

    def _recent(self) -> Iterator[Hour]:
        """Yield the hours that began within the last day."""
        since = self._since()
        return (hour for hour in self._hours if hour.begun > since)


def label_of(view: Any) -> str:
    """Return what *view* is called: "Article", "Article:print", "manage/Folder:edit", "/health" or ""."""
    if isinstance(view, View):
        name = f":{view.name}" if view.name else ""
        label = f"{view.area + '/' if view.area else ''}{view.kind.__name__}{name}"
    else:
        label = f"/{view}" if view else ""
    return label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
