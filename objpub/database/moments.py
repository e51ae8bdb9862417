"""Moments between backups: a backup that keeps the past holds every state between its first transaction and
its last, as far back as nothing was packed away.

A pack marks the transactions that it has gone through. So a state from before a moment is whole if no
transaction behind that moment is marked: nothing that it needs was taken away.
"""

from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from typing import Any

from persistent.timestamp import TimeStamp
from ZODB.FileStorage import FileIterator

#: How backups are named: the second in which they began, UTC.
NAME = "%Y-%m-%d-%H-%M-%S"
PACKED = "p"
SECOND = timedelta(seconds=1)


def end_of(moment: str) -> bytes | None:
    """Return the greatest id that a transaction in the second *moment* can have.

    None for what is no whole moment, such as a beginning of one.
    """
    try:
        after = datetime.strptime(moment, NAME) + SECOND
    except ValueError:
        return None
    first = int.from_bytes(TimeStamp(*after.timetuple()[:5], after.second).raw(), "big")
    return (first - 1).to_bytes(8, "big")


def told(moment: str) -> str:
    """Return *moment*, the name of a backup or its beginning, as people write it: 2026-11-21T12:00:00."""
    day, time = moment[:10], moment[11:].replace("-", ":")
    return f"{day}T{time}" if time else day


def second_of(tid: bytes) -> str:
    """Return the second in which the transaction *tid* was, named as a backup is."""
    time = TimeStamp(tid)
    return f"{time.year():04}-{time.month():02}-{time.day():02}-" + "-".join(
        f"{int(part):02}" for part in (time.hour(), time.minute(), time.second())
    )


def holds_state(transactions: Iterable[Any], last: bytes) -> bool:
    """Is the whole state as of the id *last* in *transactions*: one up to it, and no packed one behind it?"""
    found = False
    for each in transactions:
        if each.tid <= last:
            found = True
        elif each.status == PACKED:
            return False
    return found


def cut_behind(path: Path, last: bytes) -> bool:
    """Cut off the transactions behind *last* from the file of a FileStorage at *path*.

    False, and the file is as it was, where it does not hold the whole state of that moment.
    """
    with closing(FileIterator(str(path))) as transactions:
        if not holds_state(transactions, last):
            return False
    with closing(FileIterator(str(path))) as transactions:
        position = next((each._tpos for each in transactions if each.tid > last), None)
    if position is not None:
        with path.open("r+b") as file:
            file.truncate(position)
    return True
