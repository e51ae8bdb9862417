"""Turns for those who met a conflict: they try again one after the other, so that each gets through.

Requests that conflict over the same object share a lane; a slow one delays nobody in another lane. One that
keeps failing gets a lane for its address too, where those that come later wait behind it.
"""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextlib import contextmanager
from contextlib import ExitStack
from contextlib import nullcontext
from typing import Any

LANES = 64
URGENT = 3  # the number of the attempt from which on nobody at the same address goes first
PATIENCE_SECONDS = 1.0  # how long a turn is waited for; then the attempt is made out of turn
WAIT_SECONDS = 0.001
LONGEST_SECONDS = 0.05
NOTHING: AbstractContextManager[Any] = nullcontext()


class Lanes:
    """Locks by object and by address, a fixed number of them."""

    def __init__(self) -> None:
        self._objects = [threading.Lock() for _ in range(LANES)]
        self._addresses = [threading.Lock() for _ in range(LANES)]
        self._urgent = [0] * LANES  # how many at the addresses of each lane must not be passed
        self._hurried = 0  # the same for all lanes
        self._counting = threading.Lock()

    def turn(self, number: int, conflict: BaseException | None, path: str) -> AbstractContextManager[Any]:
        """Return what to hold during attempt *number* to change something at *path*, after *conflict*.

        Nothing for the first one, number 0 without a conflict, unless somebody there must not be passed.
        """
        if conflict is None and not self._hurried:
            return NOTHING
        return self._wait(number, conflict, hash(path) % LANES)

    @contextmanager
    def _wait(self, number: int, conflict: BaseException | None, lane: int) -> Iterator[None]:
        with ExitStack() as held:
            if number >= URGENT:
                held.enter_context(self._hurrying(lane))
            if self._urgent[lane]:
                held.enter_context(holding(self._addresses[lane]))
            if conflict is not None:
                held.enter_context(holding(self._objects[hash(getattr(conflict, "oid", None)) % LANES]))
            yield

    @contextmanager
    def _hurrying(self, lane: int) -> Iterator[None]:
        self._hurry(lane, 1)
        try:
            yield
        finally:
            self._hurry(lane, -1)

    def _hurry(self, lane: int, change: int) -> None:
        with self._counting:
            self._urgent[lane] += change
            self._hurried += change


@contextmanager
def holding(lock: threading.Lock) -> Iterator[None]:
    """Hold *lock* during the block; not at all if it is not free in time."""
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
        time.sleep(random.uniform(0, longest))
        longest = min(longest * 2, LONGEST_SECONDS)
        yield number
        number += 1
