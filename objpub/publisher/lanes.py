"""Turns for those who met a conflict: they try again one after the other, so that each gets through.

Requests that conflict over the same object share a lane; a slow one delays nobody in another lane.
"""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextlib import contextmanager
from contextlib import nullcontext
from typing import Any

LANES = 64
PATIENCE_SECONDS = 1.0  # how long a turn is waited for; then the attempt is made out of turn
WAIT_SECONDS = 0.001
LONGEST_SECONDS = 0.05
NOTHING: AbstractContextManager[Any] = nullcontext()


class Lanes:
    """Locks by object, a fixed number of them."""

    def __init__(self) -> None:
        self._locks = [threading.Lock() for _ in range(LANES)]

    def turn(self, conflict: BaseException | None) -> AbstractContextManager[Any]:
        """Return what to hold during an attempt: nothing for the first, the turn after *conflict*."""
        return NOTHING if conflict is None else self._wait(conflict)

    @contextmanager
    def _wait(self, conflict: BaseException) -> Iterator[None]:
        lock = self._locks[hash(getattr(conflict, "oid", None)) % LANES]
        mine = lock.acquire(timeout=PATIENCE_SECONDS)
        try:
            yield
        finally:
            if mine:
                lock.release()


def attempts(most: int, seconds: float) -> Iterator[int]:
    """Yield 0, 1, 2 … for the attempts at a request, with a jittered, doubling wait before each repeat.

    At least *most* are made, and more until *seconds* have gone; most=1 with seconds=0 is a single one.
    """
    yield 0
    end = time.monotonic() + seconds
    number, longest = 1, WAIT_SECONDS
    while number < most or time.monotonic() < end:
        time.sleep(random.uniform(0, longest))  # noqa: S311 - no secret
        longest = min(longest * 2, LONGEST_SECONDS)
        yield number
        number += 1
