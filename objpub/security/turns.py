"""Who waits and whose password is looked at: never so many that no thread is left for those who read.

A password takes a fifth of a second and 64 MB, and whoever waits for his turn holds a thread. So few are
hashed at a time, few wait, and the others are told to come back. One turn and one place are kept for those
who come from where they signed in before: whoever guesses from elsewhere cannot take them.

A wrong password counts once it is in the database. Until then it is *underway*, and counts as one that may be
wrong: or else many who try at the same moment would all be among the first, which are free.
"""

import threading
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from datetime import datetime

CROWDED = "Many people are signing in at the moment. Try again in a second."
BUSY_SECONDS = 1.0  # how long a password waits for its turn
UNDERWAY_SECONDS = 60.0  # after which a try that never came to an end is forgotten
MOST_UNDERWAY = 1_000  # keys; more are looked through for forgotten ones


class Turns:
    """Gives places and turns. at_once: passwords hashed at a time. most: places, of those who wait too."""

    def __init__(self, at_once: int = 2, most: int = 3):
        self._at_once = at_once
        self._most = max(at_once, most)
        self._taken = self._hashing = 0
        self._change = threading.Condition()

    @contextmanager
    def place(self, known: bool) -> Iterator[bool]:
        """Take a place, if one is free; gives whether it was. known: from where one signed in before."""
        with self._change:
            free = self._taken < (self._most if known else max(1, self._most - 1))
            self._taken += free
        try:
            yield free
        finally:
            with self._change:
                self._taken -= free

    @contextmanager
    def hashing(self, known: bool) -> Iterator[bool]:
        """Wait for a turn to hash; gives whether it came within a second."""
        most = self._at_once if known else max(1, self._at_once - 1)
        with self._change:
            came = self._change.wait_for(lambda: self._hashing < most, BUSY_SECONDS)
            self._hashing += came
        try:
            yield came
        finally:
            with self._change:
                self._hashing -= came
                self._change.notify_all()


class Underway:
    """The tries whose end is not in the database yet, by what they count for; of this process."""

    def __init__(self) -> None:
        self._begun: dict[str, list[float]] = {}
        self._lock = threading.Lock()

    def begin(self, free: Mapping[str, int], now: datetime) -> Callable[[], None] | None:
        """Begin a try, and return what ends it; None where too many are underway.

        free: by key, how many may be underway at the same time. It may be ended more than once.
        """
        moment = now.timestamp()
        with self._lock:
            if len(self._begun) > MOST_UNDERWAY:
                for key in list(self._begun):
                    self._count(key, moment)
            if any(self._count(key, moment) >= most for key, most in free.items()):
                return None
            for key in free:
                self._begun.setdefault(key, []).append(moment)
        keys = set(free)

        def end() -> None:
            with self._lock:
                while keys:
                    self._end(keys.pop(), moment)

        return end

    def _count(self, key: str, moment: float) -> int:
        """Return how many are underway, without those that are forgotten; a clock may go back."""
        begun = [each for each in self._begun.get(key, ()) if abs(moment - each) < UNDERWAY_SECONDS]
        if begun:
            self._begun[key] = begun
        else:
            self._begun.pop(key, None)
        return len(begun)

    def _end(self, key: str, moment: float) -> None:
        begun = self._begun.get(key, [])
        if moment in begun:
            begun.remove(moment)
        if not begun:
            self._begun.pop(key, None)

    def __len__(self) -> int:
        return len(self._begun)
