"""Requests that take long: where they stand is looked up once, and told in the log and on a page.

A thread of its own looks at those that answer. A request pays nothing for it. What is kept are files, lines
and functions; no values.
"""

import logging
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from types import CodeType
from types import FrameType
from typing import Any

from .access_log import escaped

LOG = logging.getLogger("objpub.slow")
KEPT = 50  # requests
DEPTH = 60  # steps of a stack, the innermost
LONGEST_PAUSE_SECONDS = 1.0


@dataclass(frozen=True)
class SlowRequest:
    """A request that was still running. moment: in seconds since 1970. seconds: it had taken by then.

    stack: a line for each step, the innermost last: file, line, function, and the text of the line.
    """

    moment: float
    id: str
    method: str
    path: str
    seconds: float
    stack: tuple[str, ...]


class Slowness:
    """Looks at the requests that run. running: thread → id. entry: of the function that answers one.

    seconds: after which a request is slow; 0 for never.
    """

    def __init__(self, seconds: float, running: Mapping[int, str], entry: CodeType):
        self.seconds = seconds
        self.found: deque[SlowRequest] = deque(maxlen=KEPT)
        self._running = running
        self._entry = entry
        self._told: dict[int, str] = {}
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Look from now on, until `stop`."""
        if self.seconds and self._thread is None:
            self._thread = threading.Thread(target=self._run, name="slow requests", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        pause = min(self.seconds / 4, LONGEST_PAUSE_SECONDS)
        while not self._ended.wait(pause):
            try:
                self.look()
            except Exception:
                LOG.exception("Slow requests were not looked up")

    def look(self) -> None:
        """Note where each request stands that is slow by now, unless that was noted before."""
        running = {thread: name for thread, name in list(self._running.items()) if name}
        self._told = {thread: name for thread, name in self._told.items() if running.get(thread) == name}
        if running.keys() == self._told.keys():
            return
        frames = sys._current_frames()
        for thread, name in running.items():
            if thread not in self._told and thread in frames:
                self._look_at(thread, name, frames[thread])

    def _look_at(self, thread: int, name: str, frame: FrameType) -> None:
        steps, incoming = steps_to(frame, self._entry)
        if incoming is None or incoming.id != name:
            return
        seconds = incoming.seconds()
        if seconds < self.seconds:
            return
        self._told[thread] = name
        stack = tuple(f"{step.filename}:{step.lineno} {step.name}: {step.line}" for step in steps)
        path = escaped(incoming.path)
        self.found.appendleft(SlowRequest(time.time(), name, incoming.method, path, seconds, stack))
        standing = "\n".join(f"  {line}" for line in stack)
        said = f"{incoming.method} {path} has run for {seconds:.1f} s; it stands at"
        LOG.warning("%s: %s\n%s", name, said, standing)


def steps_to(frame: FrameType, entry: CodeType) -> tuple[list[traceback.FrameSummary], Any]:
    """Return the steps from *entry*, without it, to *frame*, and what came in there; None where it is not."""
    frames: list[tuple[FrameType, int]] = []
    each: FrameType | None = frame
    while each is not None and each.f_code is not entry:
        frames.append((each, each.f_lineno))
        each = each.f_back
    if each is None:
        return [], None
    summary = traceback.StackSummary.extract(iter(reversed(frames[:DEPTH])), lookup_lines=True)
    return list(summary), each.f_locals.get("incoming")
