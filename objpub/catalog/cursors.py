"""The values of a cursor, which says where a page of results ends, as JSON holds them."""

from collections.abc import Callable
from datetime import date
from datetime import datetime
from datetime import time
from decimal import Decimal
from typing import Any

#: How values of a cursor are written that JSON does not have.
PACKED: dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    "t": (datetime, datetime.isoformat, datetime.fromisoformat),
    "d": (date, date.isoformat, date.fromisoformat),
    "c": (time, time.isoformat, time.fromisoformat),
    "n": (Decimal, str, Decimal),
}


def packed(value: Any) -> Any:
    """Return *value* as something that JSON can hold. Inverse: `unpacked`."""
    if isinstance(value, tuple):
        return {"p": [packed(each) for each in value]}
    for mark, (kind, pack, _) in PACKED.items():
        if type(value) is kind:
            return {mark: pack(value)}
    return value


def unpacked(value: Any) -> Any:
    """Return the value that `packed` made *value* of."""
    if not isinstance(value, dict):
        return value
    ((mark, text),) = value.items()
    return tuple(unpacked(each) for each in text) if mark == "p" else PACKED[mark][2](text)
