"""Parts of files (RFC 9110, section 14): which were asked for, and a file that is made of them."""

import io
import secrets
from bisect import bisect_right
from itertools import accumulate
from typing import Any

MOST_RANGES = 10  # more are a mistake or an attack: then the whole file is sent
LEAST_GAP = 80  # bytes between two ranges that are worth a part of their own: about what its head takes
MOST_DIGITS = 18

Span = tuple[int, int]


def spans_of(header: str, size: int) -> list[Span] | None:
    """Return (start, stop) of each range of *header*, in the order of the file, neighbours joined.

    None: the whole is to be sent, because the header cannot be read, is not about bytes, or names too many.
    An empty list: nothing of a file of *size* bytes was asked for.
    """
    unit, _, text = header.partition("=")
    wanted = [each for each in map(str.strip, text.split(",")) if each]
    if unit.strip().lower() != "bytes" or not 0 < len(wanted) <= MOST_RANGES:
        return None
    spans = []
    for each in wanted:
        first, dash, last = each.partition("-")
        if not dash or not is_number(first or "0") or not is_number(last or "0") or not (first or last):
            return None
        if first and last and int(first) > int(last):
            return None
        start = int(first) if first else max(size - int(last), 0)
        stop = min(int(last) + 1, size) if first and last else size
        if start < stop:
            spans.append((start, stop))
    return joined(sorted(spans))


def is_number(text: str) -> bool:
    """Is *text* a number of bytes?"""
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


def joined(spans: list[Span]) -> list[Span]:
    """Return *spans*, which are in order, with those that overlap or nearly touch made one."""
    found: list[Span] = []
    for start, stop in spans:
        if found and start <= found[-1][1] + LEAST_GAP:
            found[-1] = found[-1][0], max(stop, found[-1][1])
        else:
            found.append((start, stop))
    return found


def content_range(span: Span, size: int) -> str:
    """Return the header that says which bytes *span* are."""
    return f"bytes {span[0]}-{span[1] - 1}/{size}"


def multipart(spans: list[Span], size: int, media_type: str) -> tuple[str, list[bytes | Span]]:
    """Return the media type of an answer with several parts, and the pieces of its body."""
    boundary = secrets.token_hex(12)
    pieces: list[bytes | Span] = []
    for span in spans:
        head = f"--{boundary}\r\nContent-Type: {media_type}\r\nContent-Range: {content_range(span, size)}"
        pieces += [f"{head}\r\n\r\n".encode("latin-1"), span, b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode())
    return f"multipart/byteranges; boundary={boundary}", pieces


class Pieces(io.RawIOBase):
    """A file made of pieces: bytes, and spans of *handle*, another file, which is closed with it.

    Nothing of it is kept in memory, and a server may send it while its threads do other things.
    """

    def __init__(self, handle: Any, pieces: list[bytes | Span]):
        super().__init__()
        self._handle = handle
        self._pieces = pieces
        self._ends = list(accumulate(map(length_of, pieces)))
        self._at = 0

    @property
    def size(self) -> int:
        """How many bytes there are in all."""
        return self._ends[-1]

    def readinto(self, target: Any) -> int:
        """Read the next bytes of one piece into *target*; 0 at the end."""
        number = bisect_right(self._ends, self._at)
        if number == len(self._pieces):
            return 0
        piece = self._pieces[number]
        inside = self._at - (self._ends[number] - length_of(piece))
        most = min(len(target), self._ends[number] - self._at)
        if isinstance(piece, bytes):
            block = piece[inside : inside + most]
        else:
            self._handle.seek(piece[0] + inside)
            block = self._handle.read(most)
        target[: len(block)] = block
        self._at += len(block)
        return len(block)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go on reading elsewhere, and return where."""
        self._at = (0, self._at, self.size)[whence] + offset
        return self._at

    def tell(self) -> int:
        """Return where the next byte is read."""
        return self._at

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that any part of it can be read at once."""
        return True

    def close(self) -> None:
        """Close the file whose spans these are."""
        super().close()
        self._handle.close()


def length_of(piece: bytes | Span) -> int:
    """Return how many bytes *piece* has."""
    return len(piece) if isinstance(piece, bytes) else piece[1] - piece[0]
