"""One record of the database, as it is stored: for people who look for a mistake."""

from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from datetime import UTC
from itertools import islice
from typing import Any

from persistent.timestamp import TimeStamp
from ZODB.POSException import POSKeyError
from ZODB.serialize import referencesf
from ZODB.utils import get_pickle_metadata

from .checking import records_of


@dataclass(frozen=True)
class Record:
    """A record. number: of its object. class_name: dotted, as it is stored. moment: of its last change, UTC.

    serial: the id of the transaction that stored it, in hex. leads_to: the numbers of the objects that it
    refers to. data: the bytes.
    """

    number: int
    class_name: str
    moment: datetime
    serial: str
    leads_to: tuple[int, ...]
    data: bytes = field(repr=False)


def record_at(connection: Any, number: int) -> Record | None:
    """Return the record of the object *number*, as of the transaction of *connection*; None for none."""
    try:
        data, tid = connection._storage.load(number.to_bytes(8, "big"))
    except (POSKeyError, OverflowError):
        return None
    leads_to = tuple(dict.fromkeys(int.from_bytes(each, "big") for each in referencesf(data)))
    moment = datetime.fromtimestamp(TimeStamp(tid).timeTime(), UTC)
    return Record(number, class_in(data), moment, tid.hex(), leads_to, data)


def class_in(data: bytes) -> str:
    """Return the dotted name of the class that a record asks for; "?" where it does not say."""
    try:
        module, name = get_pickle_metadata(data)
    except Exception:  # a damaged record may raise anything
        return "?"
    return f"{module}.{name}".strip(".") or "?"


def state_in(connection: Any, record: Record) -> Any:
    """Return the state in *record* as it was stored; None where it cannot be read."""
    try:
        return connection._reader.getState(record.data)
    except Exception:  # a damaged record may raise anything
        return None


def leading_to(connection: Any, number: int, most: int) -> tuple[list[tuple[int, str]], bool]:
    """Return (number, class) of the objects that refer to *number*, and whether all records were looked at.

    most: records that are looked at.
    """
    own = connection._storage
    records = records_of(own if hasattr(own, "record_iternext") else connection.db().storage)
    oid = number.to_bytes(8, "big")
    found, looked_at = [], 0
    for other, _, data in islice(records, most):
        looked_at += 1
        if oid in data and oid in referencesf(data):
            found.append((int.from_bytes(other, "big"), class_in(data)))
    return found, looked_at < most
