"""Forms that make something, which can be sent only once: where each has led to.

A form carries an id that was made for it alone. With what it makes, a record is committed under that id; the
same form sent again finds the record and is answered with it. Of two that are sent at once one meets a
conflict, and finds the record when it is tried again.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from itertools import islice
from typing import Any

from BTrees.OOBTree import OOBTree
from persistent import Persistent
from persistent.wref import WeakRef

KEPT_SECONDS = 86_400.0  # for which a form that was sent is remembered
SWEPT_AT_ONCE = 20  # old records looked for at each new one, so that their number stays bounded


@dataclass(frozen=True, slots=True)
class Submission:
    """What a form has led to. location: of the next page, or "". message: for a person who sends it again.

    body: the JSON that a script was told, or "". made: the resource, or None. gone: is it packed away?
    """

    location: str = ""
    message: str = ""
    body: str = ""
    made: Any = None
    gone: bool = False


class Submissions(Persistent):
    """The forms that were sent to a site during the last day, by a key that is made of who sent what."""

    def __init__(self) -> None:
        self._records: Any = OOBTree()  # key → (timestamp, location, message, body, weak reference or None)

    def find(self, key: str, now: datetime) -> Submission | None:
        """Return what the form with *key* has led to; None if it was not sent, or long ago."""
        record = self._records.get(key)
        if record is None or record[0] < now.timestamp() - KEPT_SECONDS:
            return None
        _, location, message, body, reference = record
        if reference is None:
            return Submission(location, message, body)
        try:
            made = reference()
        except KeyError:
            made = None
        return Submission(location, message, body, made, made is None)

    def keep(self, key: str, submission: Submission, now: datetime) -> None:
        """Remember what the form with *key* has led to; forget some of those that are old."""
        oldest = now.timestamp() - KEPT_SECONDS
        from_anywhere = chain(self._records.items(min=secrets.token_hex(32)), self._records.items())
        for each in [each for each, record in islice(from_anywhere, SWEPT_AT_ONCE) if record[0] < oldest]:
            self._records.pop(each, None)
        made = None if submission.made is None else WeakRef(submission.made)
        texts = (submission.location, submission.message, submission.body)
        self._records[key] = (now.timestamp(), *texts, made)

    def __len__(self) -> int:
        return len(self._records)
