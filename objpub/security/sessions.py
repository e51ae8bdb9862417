"""Who is signed in, kept in the database: a record for each session, found by the hash of its secret id.

The id goes to the browser and is stored nowhere: whoever reads the database cannot use what is there.
A session ends at sign-out, with the next sign-in from the same browser, when its user's password changes
or the user signs out everywhere (the stamp, see `users`), after some time without use, and at last.
"""

import hashlib
import secrets
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from itertools import islice
from typing import Any

from BTrees.OOBTree import OOBTree
from persistent import Persistent

LAST_NAME = chr(0x10FFFF)  # sorts behind every name of notes
SWEPT_AT_ONCE = 20  # ended sessions looked for at each beginning, so that their number stays bounded


@dataclass(frozen=True, slots=True)
class SessionRules:
    """Limits in seconds. idle: without use. absolute: in all. noted: how exactly the last use is kept.

    Reading pages must not write, so a use is noted by a change only, when the last one that was noted is
    older than *noted* seconds, and by reading when a quarter of *idle* has gone; a session may end so much
    too early.
    """

    idle: float = 8 * 3600.0
    absolute: float = 30 * 24 * 3600.0
    noted: float = 300.0


@dataclass(frozen=True, slots=True)
class Session:
    """One session as a value. key: the hash of its id. made, used: timestamps. csrf: a token for forms."""

    key: str = field(repr=False)
    user_id: str
    stamp: str = field(repr=False)
    made: float
    used: float
    csrf: str = field(repr=False)


class Sessions(Persistent):
    """The sessions of a site."""

    _notes: Any = None  # (key, name) → value; made when there is something to note

    def __init__(self) -> None:
        self._records: Any = OOBTree()  # key → (user id, stamp, made, used, csrf)

    def begin(self, user_id: str, stamp: str, now: datetime, rules: SessionRules) -> str:
        """Begin a session for *user_id* and return its secret id, 256 random bits as text."""
        session_id = secrets.token_urlsafe(32)
        moment = now.timestamp()
        self._sweep(now, rules)
        self._records[key_of(session_id)] = (user_id, stamp, moment, moment, secrets.token_urlsafe(32))
        return session_id

    def find(self, session_id: str, now: datetime, rules: SessionRules) -> Session | None:
        """Return the session of *session_id*; None if there is none or its time is over. Changes nothing.

        Whether its stamp is still the user's is for the caller to see.
        """
        key = key_of(session_id)
        record = self._records.get(key)
        if record is None or is_over(record, now, rules):
            return None
        return Session(key, *record)

    def is_due(self, session: Session, now: datetime, rules: SessionRules, reads: bool = False) -> bool:
        """Is it time to note that *session* is used? reads: by a request that only reads."""
        unnoted = now.timestamp() - session.used
        return unnoted >= (rules.idle / 4 if reads else min(rules.noted, rules.idle / 4))

    def used(self, key: str, now: datetime) -> None:
        """Note that the session with *key* is used. One that ended meanwhile stays ended."""
        record = self._records.get(key)
        if record is not None and record[3] < now.timestamp():
            self._records[key] = (*record[:3], now.timestamp(), record[4])

    def end(self, key: str) -> None:
        """End the session with *key*. One that is not there is no error."""
        self._records.pop(key, None)
        if self._notes is not None:
            for each in list(self._notes.keys(min=(key,), max=(key, LAST_NAME))):
                del self._notes[each]

    def notes(self, key: str, name: str) -> tuple[Any, ...]:
        """Return what was noted under *name* for the session with *key*; nothing is the empty tuple."""
        return () if self._notes is None else self._notes.get((key, name), ())

    def note(self, key: str, name: str, values: tuple[Any, ...]) -> None:
        """Keep *values*, built-in ones and weak references, under *name* until the session ends."""
        if key not in self._records:
            return
        if self._notes is None:
            self._notes = OOBTree()
        self._notes[key, name] = values

    def end_all_of(self, user_id: str) -> None:
        """End all sessions of *user_id*."""
        for key in [key for key, record in self._records.items() if record[0] == user_id]:
            self.end(key)

    def of(self, user_id: str, now: datetime, rules: SessionRules) -> list[Session]:
        """Return the sessions of *user_id* that are not over, the one used last first."""
        mine = [
            Session(key, *record)
            for key, record in self._records.items()
            if record[0] == user_id and not is_over(record, now, rules)
        ]
        return sorted(mine, key=lambda each: each.used, reverse=True)

    def __len__(self) -> int:
        return len(self._records)

    def _sweep(self, now: datetime, rules: SessionRules) -> None:
        some = list(islice(self._records.items(min=secrets.token_hex(32)), SWEPT_AT_ONCE))
        for key in [key for key, record in some if is_over(record, now, rules)]:
            self.end(key)


def is_over(record: tuple[Any, ...], now: datetime, rules: SessionRules) -> bool:
    """Is the time of a session over?"""
    _, _, made, used, _ = record
    moment = now.timestamp()
    return moment - used >= rules.idle or moment - made >= rules.absolute


def key_of(session_id: str) -> str:
    """Return under which key the session of *session_id* is kept."""
    return hashlib.sha256(session_id.encode("utf-8", "replace")).hexdigest()
