"""The messages that code logs while `objpub serve` runs: a line for each, with the request it is about."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from typing import IO


class RequestIds(logging.Filter):
    """Notes on each message the id of the request that its thread answers. running: thread → id."""

    def __init__(self, running: Mapping[int, str]):
        super().__init__()
        self._running = running

    def filter(self, record: logging.LogRecord) -> bool:
        """Note it; every message passes."""
        record.request = self._running.get(record.thread or threading.get_ident(), "")
        return True


class Lines(logging.Formatter):
    """Time in UTC, level, logger, request, and the message, which may go on over several lines."""

    converter = time.gmtime  # type: ignore[assignment]  # both take None
    default_time_format = "%Y-%m-%dT%H:%M:%SZ"
    default_msec_format = ""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(request)s: %(message)s")


class JsonLines(Lines):
    """One object of JSON a line, a traceback in it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for *record*."""
        told = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request": record.__dict__.get("request", ""),
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(told)


FORMS = {"combined": Lines, "json": JsonLines}


@contextmanager
def logging_to(stream: IO[str], form: str, running: Mapping[int, str]) -> Iterator[None]:
    """Write what is logged from now on to *stream*, as the setting `log.form` says.

    It is for the program that answers: a process has one place for its messages. Where somebody has given it
    one already, that stays.
    """
    root = logging.getLogger()
    if root.handlers:
        yield
        return
    handler = logging.StreamHandler(stream)
    handler.setFormatter(FORMS[form]())
    handler.addFilter(RequestIds(running))
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
