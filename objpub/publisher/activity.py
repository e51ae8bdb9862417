"""How much was asked, loaded and committed in each minute of the last hour, of all processes of a machine.

The sums that they count are looked at about once a minute, by whoever answers then; what happened in between
is taken as spread evenly. A process that begins knows nothing of what was before it.
"""

import time
from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from itertools import pairwise
from typing import Final
from typing import NamedTuple

MINUTES: Final = 60
MINUTE_SECONDS: Final = 60.0


class Sums(NamedTuple):
    """What was counted up to a moment; each may be lower later, where a process has ended."""

    requests: float
    loads: float
    commits: float


ZERO: Final = Sums(0.0, 0.0, 0.0)


class Activity:
    """Keeps the sums of the last hour, with the moments at which they were looked at."""

    def __init__(self, clock: Callable[[], float] = time.time):
        """clock: tells seconds since 1970."""
        self._clock = clock
        self._last: Sums | None = None
        # How much had happened at each moment since the first one: never less than before.
        self._known: deque[tuple[float, Sums]] = deque(maxlen=2 * MINUTES)

    def is_due(self) -> bool:
        """Is it a minute since the sums were looked at?"""
        return not self._known or self._clock() - self._known[-1][0] >= MINUTE_SECONDS

    def note(self, sums: Sums) -> None:
        """Keep what the *sums* are now."""
        now = self._now(sums)
        self._last = sums
        self._known.append(now)

    def minutes(self, sums: Sums) -> list[Sums]:
        """Return what happened in each of the last `MINUTES` minutes, the latest last. sums: those of now.

        They are not kept: however often somebody looks, what is kept reaches as far back.
        """
        known = [*self._known, self._now(sums)]
        end = known[-1][0]
        totals = [sums_at(known, end - MINUTE_SECONDS * ago) for ago in range(MINUTES, -1, -1)]
        return [
            Sums(*(later - sooner for later, sooner in zip(after, before, strict=True)))
            for before, after in pairwise(totals)
        ]

    def _now(self, sums: Sums) -> tuple[float, Sums]:
        """Return this moment, and how much has happened since the first, by the *sums* of now."""
        before = self._known[-1][1] if self._known else ZERO
        last = sums if self._last is None else self._last
        grown = (total + max(0.0, new - old) for total, new, old in zip(before, sums, last, strict=True))
        return self._clock(), Sums(*grown)


def sums_at(known: list[tuple[float, Sums]], moment: float) -> Sums:
    """Return how much had happened at *moment*, on the straight line between those that are *known*."""
    place = bisect_right(known, moment, key=lambda each: each[0])
    if place == 0:
        return known[0][1]
    if place == len(known):
        return known[-1][1]
    (start, before), (end, after) = known[place - 1], known[place]
    share = (moment - start) / (end - start)
    return Sums(*(low + share * (high - low) for low, high in zip(before, after, strict=True)))
