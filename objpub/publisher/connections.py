"""What waitress does for objpub in another way: where a body waits, and which connections stay open."""

import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from waitress.buffers import OverflowableBuffer
from waitress.buffers import TempfileBasedBuffer
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask
from waitress.task import WSGITask

from .problems import Problem

NEW_SECONDS = 1.0


class Waiting(TempfileBasedBuffer):
    """A body that waits in a file of *folder*: the system's own may be small, or even lie in memory."""

    def __init__(self, folder: Path, before: Any):
        self._folder = folder
        super().__init__(before)

    def newfile(self) -> Any:
        """Return an empty file, gone when it is closed."""
        return tempfile.TemporaryFile("w+b", dir=self._folder)


class Incoming(OverflowableBuffer):
    """A body as it comes in: in memory while it is small, then in *folder*, on the disk of the database."""

    buf: Any

    def __init__(self, overflow: int, folder: Path):
        super().__init__(overflow)
        self._folder = folder

    def _set_large_buffer(self) -> None:
        before = self.buf
        self.buf = Waiting(self._folder, before)
        if before is not None:
            before.close()
        self.overflowed = True


class Task(WSGITask):
    """An answer. Waitress would close the connection after each whose length it does not know.

    An answer without a body, such as a 304, and one in chunks have an end of their own.
    """

    _ends_itself = False

    def build_response_header(self) -> Any:
        """Return the head of the answer."""
        asked = self.request.headers.get("CONNECTION", "").lower()
        if self.channel.server.stopping:
            super().set_close_on_finish()  # another process takes what comes next
        self._ends_itself = self.version == "1.1" and asked != "close" and not self.close_on_finish
        try:
            return super().build_response_header()
        finally:
            self._ends_itself = False
            if self.request.command == "HEAD":
                self.chunked_response = False  # not even the last chunk follows

    def set_close_on_finish(self) -> None:
        """Close the connection after the answer, if there is no other way to tell its end."""
        if not self._ends_itself:
            super().set_close_on_finish()


class Refusal(ErrorTask):
    """The answer to a request that waitress could not read: the page that every error has."""

    def execute(self) -> None:
        """Let the application answer, and close the connection behind it."""
        found: list[Any] = []
        error = self.request.error
        if error.code >= 500 and error.code != 501:  # the application itself failed
            super().execute()
            return
        told = Problem(f"{error.body}", error.code)
        environ = {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": "/", "wsgi.url_scheme": "http"}
        environ |= {"QUERY_STRING": "", "SERVER_NAME": "localhost", "SERVER_PORT": "80"}
        environ["REMOTE_ADDR"] = str(self.channel.addr[0]) if self.channel.addr else "localhost"
        body = b"".join(self.channel.server.refuse(environ, lambda *words: found.extend(words), told))
        self.status = found[0]
        self.response_headers.extend(found[1])
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class MeasuredChannel(HTTPChannel):
    """A connection that knows how much it moves."""

    task_class = Task
    error_task_class = Refusal
    moved = 0

    def received(self, data: bytes) -> Any:
        """Take what the client sent."""
        self.moved += len(data)
        return super().received(data)

    def send(self, data: bytes, do_close: bool = True) -> Any:
        """Send what the client takes; return how much that was."""
        sent = super().send(data, do_close)
        self.moved += sent
        return sent


def is_busy(channel: Any, now: float) -> bool:
    """Is anything on the way in or out, or has the connection just come?"""
    if channel.requests or channel.request is not None or channel.total_outbufs_len:
        return True
    return not channel.moved and now - channel.creation_time < NEW_SECONDS


def close_slowest(channels: Iterable[Any], most: int) -> None:
    """Close those of *channels* that moved the least in their time, until fewer than *most* are open.

    Clients that send or read as slowly as they may would else keep everybody out. An upload that takes hours
    moves more in a second than they do. What is new is given some time, and what is being answered more.
    """
    open_ones = list(channels)
    if len(open_ones) < most:
        return
    now = time.time()
    open_ones.sort(key=lambda channel: worth(channel, now))
    for channel in open_ones[: len(open_ones) - most + 1]:
        channel.handle_close()


def worth(channel: Any, now: float) -> tuple[int, float]:
    """Return what is compared of connections: the one with the least is closed first."""
    seconds = now - channel.creation_time
    if channel.requests:
        return 2, channel.creation_time
    if seconds < NEW_SECONDS:
        return 1, channel.creation_time
    return 0, channel.moved / seconds
