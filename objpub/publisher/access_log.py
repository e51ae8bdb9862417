"""One line for every request, with its time and its id: in the combined form of servers, or as JSON."""

import json
import time
from collections.abc import Callable
from datetime import datetime
from datetime import UTC
from functools import lru_cache
from typing import IO

from .incoming import Incoming

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class AccessLog:
    """Writes lines to *stream*. The time of day is formatted once a second."""

    def __init__(self, stream: IO[str]):
        self._write = stream.write
        self._begun = self._over = 0
        self._stamp = ""

    def line(self, incoming: Incoming, user: str, status: int, size: str) -> None:
        """Write one line. user: the id, "-" for nobody. size: of the body in bytes, "-" where unknown.

        Of the page that it came from the query is left out.
        """
        now = time.time()
        if not self._begun <= now < self._over:
            self._begin(int(now))
        environ = incoming.environ
        asked = f"{incoming.method} {incoming.path} {environ.get('SERVER_PROTOCOL', '-')}"
        came = environ.get("HTTP_REFERER", "-").partition("?")[0]
        agent = escaped_agent(environ.get("HTTP_USER_AGENT", "-"))
        said = asked + came
        if not said.isprintable() or '"' in said or "\\" in said:
            asked, came = escaped(asked), escaped(came)
        self._write(
            f'{environ.get("REMOTE_ADDR", "-")} - {user} [{self._stamp}] "{asked}" {status} {size}'
            f' "{came}" "{agent}" {incoming.seconds():.4f} {incoming.id}\n'
        )

    def _begin(self, second: int) -> None:
        """Format the time for the lines of a *second* since the epoch."""
        self._begun, self._over = second, second + 1
        self._stamp = self._formatted(second)

    def _formatted(self, second: int) -> str:
        return stamp(second)


class JsonAccessLog(AccessLog):
    """Writes an object of JSON for every request."""

    def line(self, incoming: Incoming, user: str, status: int, size: str) -> None:
        """Write one line; the arguments are those of `AccessLog.line`."""
        now = time.time()
        if not self._begun <= now < self._over:
            self._begin(int(now))
        environ = incoming.environ
        told = {
            "time": self._stamp,
            "level": "info",
            "logger": "objpub.access",
            "request": incoming.id,
            "address": environ.get("REMOTE_ADDR", "-"),
            "user": "" if user == "-" else user,
            "method": incoming.method,
            "path": incoming.path,
            "status": status,
            "bytes": int(size) if size.isdigit() else None,
            "seconds": round(incoming.seconds(), 4),
            "referer": environ.get("HTTP_REFERER", "").partition("?")[0],
            "agent": environ.get("HTTP_USER_AGENT", ""),
        }
        self._write(json.dumps(told) + "\n")

    def _formatted(self, second: int) -> str:
        return f"{datetime.fromtimestamp(second, UTC).replace(tzinfo=None).isoformat()}Z"


#: What the setting `log.form` chooses from.
LOGS: dict[str, Callable[[IO[str]], AccessLog]] = {"combined": AccessLog, "json": JsonAccessLog}


def escaped(text: str) -> str:
    """Return *text* without what could end a line or a quotation in a log, or move about in a terminal."""
    return "".join(
        each if each.isprintable() and each not in '"\\' else f"\\u{{{ord(each):x}}}" for each in text
    )


@lru_cache(maxsize=256)
def escaped_agent(text: str) -> str:
    """Return `escaped` for the name of a browser: the same few come again and again."""
    return escaped(text)


def stamp(seconds: int) -> str:
    """Return a time as logs show it, in UTC: "21/Nov/2026:10:00:00 +0000"."""
    year, month, day, hour, minute, second = time.gmtime(seconds)[:6]
    return f"{day:02}/{MONTHS[month - 1]}/{year}:{hour:02}:{minute:02}:{second:02} +0000"
