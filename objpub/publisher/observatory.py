"""Where requests get into each other's way: conflicts, and changes by requests that only read.

What this process has met is added up by class, field and address, for the page of the management interface.
Nothing is written to the database: the counting would be a hot spot of its own.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from objpub.errors import WriteOnRead
from objpub.lineage import path_of

CONFLICT = "conflict"
WRITE_ON_READ = "write on read"
#: So many different sightings are kept; where there are more, the one that was seen the least is forgotten.
MOST = 500
LONGEST = 200  # characters of an address or a name


@dataclass
class Sighting:
    """What was met, and how often.

    kind: CONFLICT or WRITE_ON_READ. class_name, field: of the object that was changed. place: its path, or
    where in the code it was changed while reading. address: the method and path of the request. last: in
    seconds since 1970.
    """

    kind: str
    class_name: str
    field: str
    place: str
    address: str
    number: int = 0
    last: float = 0.0


class Observatory:
    """Counts sightings of this process. since: when it began, in seconds since 1970."""

    def __init__(self, most: int = MOST):
        self.since = time.time()
        self.forgotten = 0
        self._most = most
        self._seen: dict[tuple[str, str, str, str, str], Sighting] = {}
        self._lock = threading.Lock()

    def note(self, kind: str, class_name: str, field: str, place: str, address: str) -> None:
        """Count one sighting."""
        key = (kind, class_name[:LONGEST], field[:LONGEST], place[:LONGEST], address[:LONGEST])
        with self._lock:
            found = self._seen.get(key)
            if found is None:
                if len(self._seen) >= self._most:
                    least = min(self._seen, key=lambda each: (self._seen[each].number, self._seen[each].last))
                    del self._seen[least]
                    self.forgotten += 1
                found = self._seen[key] = Sighting(*key)
            found.number += 1
            found.last = time.time()

    def note_conflict(self, sight: tuple[str, str, str], address: str) -> None:
        """Count a conflict. sight: of `sight_of`."""
        self.note(CONFLICT, *sight, address)

    def note_write(self, error: WriteOnRead, address: str) -> None:
        """Count a request that only reads and changed something."""
        self.note(WRITE_ON_READ, error.class_name, error.attribute, error.place, address)

    def sightings(self) -> list[Sighting]:
        """Return what was met, the most frequent first."""
        with self._lock:
            return sorted(self._seen.values(), key=lambda each: (-each.number, -each.last))

    def hottest(self, by: Callable[[Sighting], str], most: int = 10) -> list[tuple[str, int]]:
        """Return (name, number) of what *by* makes of the sightings, the most frequent first."""
        found: Counter[str] = Counter()
        for each in self.sightings():
            found[by(each)] += each.number
        return found.most_common(most)


def sight_of(connection: Any, error: BaseException) -> tuple[str, str, str]:
    """Return class, fields and path of the object that *error*, a conflict, is about.

    The fields are those that the other request changed, which came first. Asked before the abort, while the
    object can be read. "" for what cannot be told.
    """
    oid: bytes | None = getattr(error, "oid", None)
    name = getattr(error, "class_name", None) or type(error).__name__
    fields = place = ""
    found = connection._cache.get(oid) if oid is not None else None
    if oid is not None and found is not None:
        name = f"{type(found).__module__}.{type(found).__qualname__}"
        with suppress(Exception):  # the storage may be what fails
            fields = ", ".join(changed_fields(connection, found, *error.serials))  # type: ignore[attr-defined]
        with suppress(Exception):
            place = path_of(found) if hasattr(found, "__parent__") else f"0x{int.from_bytes(oid, 'big'):x}"
    return name, fields, place


def changed_fields(connection: Any, found: Any, committed: bytes, read: bytes) -> list[str]:
    """Return the attributes of *found* that differ between two of its states, by their transactions."""
    now, before = connection.oldstate(found, committed), connection.oldstate(found, read)
    if not (isinstance(now, dict) and isinstance(before, dict)):
        return []
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
