"""The end of a database file: is it whole, and what is behind the last whole transaction?

A file ends with whole transactions as long as nobody pulls the plug. What a killed process leaves is a
transaction that says of itself that it was not finished: nobody was told that it is stored, and it is left
out at the next start. All else, as a loss of power or a broken disk leaves it, is a person's to decide about,
and what stands behind the damage is looked through first: no transaction that is whole is ever cut off.
"""

import mmap
import re
from dataclasses import dataclass
from datetime import datetime
from datetime import UTC
from struct import unpack
from typing import Any
from typing import BinaryIO
from typing import NamedTuple

from persistent.TimeStamp import TimeStamp
from ZODB.FileStorage.format import DATA_HDR
from ZODB.FileStorage.format import DATA_HDR_LEN
from ZODB.FileStorage.format import TRANS_HDR
from ZODB.FileStorage.format import TRANS_HDR_LEN
from ZODB.utils import u64
from ZODB.utils import z64

START = 4
#: Of a transaction that was stored, packed, or taken back by undo, and of one that was not finished.
STORED = b" pu"
UNFINISHED = b"c"
#: What a header looks like: a moment of our time, a length below 2⁴⁰, a status.
HEADER = re.compile(rb"[\x03-\x05].{7}\0\0\0.{5}[ pu]", re.DOTALL)

SENTENCES = {
    "zeros": "{size:,} bytes that are all zero",
    "torn": "{size:,} bytes of a transaction whose end is missing",
    "garbage": "{size:,} bytes that are no transaction",
}


class Header(NamedTuple):
    """The head of a transaction. length: in bytes, without the eight that repeat it. head: its own length."""

    tid: bytes
    length: int
    status: bytes
    head: int


@dataclass(frozen=True)
class Tail:
    """What stands at the end of a file.

    kind: "" for nothing, "unfinished", "zeros", "torn" or "garbage". position: where the last whole
    transaction before it ends. size: how many bytes come then. last: the id of that transaction. behind: the
    position of a whole transaction behind the damage, or None.
    """

    kind: str
    position: int
    size: int
    last: bytes
    behind: int | None = None

    @property
    def sentence(self) -> str:
        """What is wrong, for people."""
        where = f"behind byte {self.position:,}, where its last whole transaction ends{self.moment}"
        if self.behind is not None:
            return f"it is damaged {where}, and whole transactions come again from byte {self.behind:,}"
        return f"{where}, are {SENTENCES[self.kind].format(size=self.size)}"

    @property
    def moment(self) -> str:
        """When that transaction was, in brackets."""
        if self.last == z64:
            return ""
        at = datetime.fromtimestamp(TimeStamp(self.last).timeTime(), UTC)
        return f" ({at:%Y-%m-%d %H:%M:%S} UTC)"


def begins_as_one(file: BinaryIO) -> bool:
    """Does *file* begin as a FileStorage does, of whatever version, or is it empty?"""
    file.seek(0)
    return file.read(2) in {b"FS", b""}


def tail_of(file: BinaryIO, start: int = START, last: bytes = z64, *, closely: bool = False) -> Tail:
    """Return what stands behind the last whole transaction of *file*, an open FileStorage.

    start: where a transaction begins, behind the one with the id *last*. closely: look into the transactions
    too, not only at where they begin and end.
    """
    size = file.seek(0, 2)
    position = start
    while (header := whole_at(file, position, size, closely=closely)) is not None:
        last = header.tid
        position += header.length + 8
    if position >= size:
        return Tail("", position, 0, last)
    behind = next_whole(file, position, size)
    return Tail(kind_of(file, position, size, last), position, size - position, last, behind)


def kind_of(file: BinaryIO, position: int, size: int, last: bytes) -> str:
    """Return what the bytes at *position*, which are no whole transaction, look like."""
    header = header_at(file, position, size)
    if header is None:
        return "unfinished"  # it is shorter than any transaction
    if header.tid > last and header.length >= header.head:
        if header.status == UNFINISHED:
            return "unfinished"
        if header.status in STORED and position + header.length + 8 > size:
            return "torn"
    with mapped(file) as content:
        return "garbage" if re.compile(rb"[^\0]").search(content, position) else "zeros"


def header_at(file: BinaryIO, position: int, size: int) -> Header | None:
    """Return what stands at *position* as the head of a transaction; None for the end of the file."""
    if position + TRANS_HDR_LEN > size:
        return None
    file.seek(position)
    tid, length, status, user, description, extension = unpack(TRANS_HDR, file.read(TRANS_HDR_LEN))
    return Header(tid, length, status, TRANS_HDR_LEN + user + description + extension)


def whole_at(file: BinaryIO, position: int, size: int, *, closely: bool = True) -> Header | None:
    """Return the head of the whole transaction at *position*; None where there is none.

    It need not be later than the one before: a clock may have been wrong.
    """
    header = header_at(file, position, size)
    if (
        header is None
        or header.status not in STORED
        or header.length < header.head
        or position + header.length + 8 > size
    ):
        return None
    file.seek(position + header.length)
    if u64(file.read(8)) != header.length:
        return None
    if closely and header.status != b"u" and not has_whole_records(file, position, header):
        return None
    return header


def has_whole_records(file: BinaryIO, position: int, header: Header) -> bool:
    """Do the records of the transaction at *position* fill it, and say that they belong to it?"""
    place, end = position + header.head, position + header.length
    while place < end:
        file.seek(place)
        head = file.read(DATA_HDR_LEN)
        if len(head) < DATA_HDR_LEN:
            return False
        _, _, _, transaction, version, length = unpack(DATA_HDR, head)
        if transaction != position or version:
            return False
        place += DATA_HDR_LEN + (length or 8)
    return place == end


def next_whole(file: BinaryIO, position: int, size: int) -> int | None:
    """Return where the next whole transaction behind *position* begins, or None."""
    with mapped(file) as content:
        for found in HEADER.finditer(content, position + 1):
            if whole_at(file, found.start(), size) is not None:
                return found.start()
    return None


def mapped(file: BinaryIO) -> Any:
    """Return the content of *file* as bytes that are read when they are looked at."""
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
