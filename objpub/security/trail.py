"""Where the audit record lies: sheets of entries, in volumes of sheets, that only ever grow.

Whoever writes adds to the newest sheet. Several who do so at a time do not conflict: each of these objects
is a mapping whose keys nobody else makes, and what both added stands together. A sheet that is full, and a
volume that is full or of another day, is followed by a new one; if two begin one at a time, there are two.

What is written stays: nothing changes or removes an entry. Only whole volumes go, the oldest first, when they
are too old or too many.
"""

import secrets
from collections.abc import Iterator
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import UTC
from itertools import pairwise
from typing import Any

from persistent import Persistent
from ZODB.POSException import ConflictError

from objpub.database import Apart

ON_A_SHEET = 20
IN_A_VOLUME = 250  # sheets
REMOVED_AT_ONCE = 4  # volumes, so that nobody who signs in waits for the removal of a year
DAY_MICROS = 86_400_000_000
LATE = timedelta(hours=1)  # by which an entry may be older than the sheet before: a transaction can take long


class Growing(Apart, Persistent):
    """A mapping to which several add at a time. Its keys are texts that sort by time."""

    removes = False

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        return self._kept[key]

    def __len__(self) -> int:
        return len(self._kept)

    def keys(self) -> list[str]:
        """Return the keys, the latest first."""
        return sorted(self._kept, reverse=True)

    def put(self, key: str, value: Any) -> None:
        """Keep *value* under *key*, which is new."""
        self._kept[key] = value
        self._p_changed = True

    def _p_resolveConflict(  # noqa: N802
        self, before: dict[str, Any], committed: dict[str, Any], mine: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the state with what both added. An entry that is gone from one of them is no merge."""
        was, theirs, ours = (state.pop("_kept") for state in (before, committed, mine))
        gone = was.keys() - ours.keys()
        if gone and (not self.removes or not gone <= theirs.keys()):
            raise ConflictError("What is in the audit record stays in it")
        kept = {**theirs, **{key: value for key, value in ours.items() if key not in was}}
        changed = {name: value for name, value in mine.items() if value != before.get(name)}
        return {**committed, **changed, "_kept": {key: kept[key] for key in kept if key not in gone}}


class Sheet(Growing):
    """Some entries, each a tuple of built-in values."""


class Volume(Growing):
    """The sheets of a day, or of a part of it."""


class Trail(Growing):
    """The whole record: its volumes."""

    removes = True

    def __init__(self) -> None:
        super().__init__()
        self._tidied = ""

    @property
    def tidied(self) -> str:
        """The day, "2026-11-01", on which it was last looked for what is too old."""
        return self._tidied

    def tidied_on(self, day: date) -> None:
        """Note that nothing is too old on *day*."""
        self._tidied = day.isoformat()

    def append(self, moment: datetime, entry: tuple[Any, ...]) -> str:
        """Add an *entry* of *moment*, and return its key."""
        volumes = self.keys()
        volume: Any = self[volumes[0]] if volumes else None
        sheets = volume.keys() if volumes else []
        sheet: Any = volume[sheets[0]] if sheets else None
        key = key_after(moment, sheet.keys()[0] if sheet else "")
        full = sheet is not None and len(sheet) >= ON_A_SHEET
        if volume is None or day_of(volumes[0]) != day_of(key) or (full and len(volume) >= IN_A_VOLUME):
            volume, sheet = Volume(), None
            self.put(key, volume)
        if sheet is None or full:
            sheet = Sheet()
            volume.put(key, sheet)
        sheet.put(key, entry)
        return key

    def latest_first(
        self, cursor: str = "", since: datetime | None = None
    ) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """Yield (cursor, entry), the latest first.

        cursor: of the last one before those that are wanted; "" for all. since: a moment before which
        nothing is wanted; a few older ones may come.
        """
        in_volume, in_sheet, at = (*cursor.split("."), "", "")[:3] if cursor else (LAST, LAST, LAST)
        end = key_after(since - LATE) if since is not None else ""
        for volume in self.keys():
            if volume > in_volume:
                continue
            for sheet in self[volume].keys():
                if volume == in_volume and sheet > in_sheet:
                    continue
                entries = self[volume][sheet]
                for key in entries.keys():
                    if (volume, sheet) != (in_volume, in_sheet) or key < at:
                        yield f"{volume}.{sheet}.{key}", entries[key]
                if sheet < end:
                    return

    def remove_old(self, now: datetime, days: int, most: int) -> tuple[int, bool]:
        """Remove the oldest volumes: older than *days*, or such that the others hold *most* entries.

        0 for no limit. Some volumes at a time are removed; what is in use never is. Returns how many entries
        went, and whether there is more to remove.
        """
        volumes = self.keys()
        oldest = key_after(now - timedelta(days=days)) if days else ""
        held = 0
        removed: list[str] = []
        for newer, volume in pairwise(volumes):
            held += len(self[newer]) * ON_A_SHEET
            if newer < oldest or (most and held >= most):
                removed.append(volume)
        count = 0
        for volume in removed[-REMOVED_AT_ONCE:]:
            sheets = self._kept.pop(volume)
            count += sum(len(sheets[key]) for key in sheets.keys())
            self._p_changed = True
        return count, len(removed) > REMOVED_AT_ONCE


LAST = "9" * 17  # sorts behind every key


def key_after(moment: datetime, latest: str = "") -> str:
    """Return a key for *moment*, behind the key *latest*, also where a clock was put back."""
    micros = int((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))
    if latest:
        micros = max(micros, int(latest[:16]) + 1)
    return f"{micros:016d}{secrets.token_hex(4)}"


def day_of(key: str) -> int:
    """Return the number of the day, in UTC, that *key* is of."""
    return int(key[:16]) // DAY_MICROS
