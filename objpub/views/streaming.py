"""Bodies that are made while they are sent: the objects of the site are closed by then.

A generator that a view returns is sent as it comes if all that it holds are plain values: texts, numbers,
dates, files, and collections and generators of such. One that holds an object of the site, the request, or
anything else is read to its end first, into a file, while its objects can still be read.
"""

import datetime
import decimal
import enum
import io
import logging
import pathlib
import types
import uuid
from collections.abc import Iterable
from collections.abc import Iterator
from itertools import chain
from typing import Any

LOG = logging.getLogger("objpub.publisher")
MOST_LOOKED_AT = 10_000  # values; what holds more is not known to be plain

PLAIN = (
    *(str, bytes, bytearray, memoryview, int, float, complex, range, types.NoneType, types.EllipsisType),
    *(datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo, decimal.Decimal, uuid.UUID),
    *(enum.Enum, pathlib.PurePath, io.IOBase, type, types.ModuleType, types.BuiltinFunctionType),
)
COLLECTIONS = frozenset({tuple, list, set, frozenset})
SEQUENCES = frozenset({type(iter(())), type(iter([])), type(iter("")), type(iter(b"")), type(iter(range(0)))})
NOTHING = object()  # that is not plain


class Stream:
    """A body that is made while it is sent. blocks: text, sent as UTF-8, or bytes."""

    def __init__(self, blocks: Iterator[Any]):
        # The first block is made now: what fails until then is answered as any error is.
        self._blocks = chain((next(blocks, b""),), blocks)
        self._source = blocks

    def __iter__(self) -> Iterator[bytes]:
        try:
            for block in self._blocks:
                yield block.encode("utf-8") if isinstance(block, str) else bytes(block)
        except Exception:
            LOG.exception("A stream broke off: its head was sent, so the client sees that its end is missing")
            raise

    def close(self) -> None:
        """Let what makes the blocks end; servers call this when the client has all, or has gone."""
        close = getattr(self._source, "close", None)
        if close is not None:
            close()


def not_plain(blocks: Iterable[Any]) -> Any:
    """Return the first thing that *blocks* holds and that is no plain value; `NOTHING` if all are plain."""
    waiting, known = [blocks], set()
    while waiting:
        value = waiting.pop()
        if id(value) in known or isinstance(value, PLAIN):
            continue
        known.add(id(value))
        held = held_by(value)
        if held is None or len(known) + len(waiting) + len(held) > MOST_LOOKED_AT:
            return value
        waiting.extend(held)
    return NOTHING


def held_by(value: Any) -> list[Any] | None:
    """Return what *value* holds, None where that cannot be told."""
    kind = type(value)
    if kind in COLLECTIONS:
        return list(value)
    if kind is dict:
        return [*value, *value.values()]
    if kind in SEQUENCES:
        return list(value.__reduce__()[1])
    if kind is types.GeneratorType:
        frame = value.gi_frame
        return [] if frame is None else [*frame.f_locals.values(), value.gi_yieldfrom]
    if kind is types.FunctionType:
        cells = [cell.cell_contents for cell in value.__closure__ or () if not is_empty(cell)]
        return [*cells, value.__defaults__, value.__kwdefaults__]
    return None


def is_empty(cell: types.CellType) -> bool:
    """Is nothing in *cell* yet?"""
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return True
    return False
