"""One line for every request, in the combined form that servers share, with its time and its id."""

import time
from typing import IO

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class AccessLog:
    """Writes lines to *stream*. The time of day is formatted once a second."""

    def __init__(self, stream: IO[str]):
        self._write = stream.write
        self._second = 0
        self._stamp = ""

    def line(
        self,
        address: str,
        user: str,
        method: str,
        path: str,
        status: int,
        size: str,
        seconds: float,
        request_id: str,
    ) -> None:
        """Write one line. size: of the body in bytes, as text, "-" where unknown. seconds: it took."""
        now = int(time.time())
        if now != self._second:
            self._stamp = stamp(now)
            self._second = now
        asked = f"{method} {path}"
        if not asked.isprintable() or '"' in asked or "\\" in asked:
            asked = escaped(asked)
        self._write(
            f'{address} - {user} [{self._stamp}] "{asked}" {status} {size} {seconds:.4f} {request_id}\n'
        )


def escaped(text: str) -> str:
    """Return *text* without what could end a line or a quotation in a log, or move about in a terminal."""
    return "".join(
        each if each.isprintable() and each not in '"\\' else f"\\u{{{ord(each):x}}}" for each in text
    )


def stamp(seconds: int) -> str:
    """Return a time as logs show it, in UTC: "21/Nov/2026:10:00:00 +0000"."""
    year, month, day, hour, minute, second = time.gmtime(seconds)[:6]
    return f"{day:02}/{MONTHS[month - 1]}/{year}:{hour:02}:{minute:02}:{second:02} +0000"
