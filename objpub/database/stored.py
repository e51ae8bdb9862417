"""What a record holds, without making it an object of today's class."""

from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

from ZODB.utils import get_pickle_metadata

from .checking import current_storage
from .checking import records_of
from .pairs import Pair


def stored_state(resource: Any) -> dict[str, Any]:
    """Return the values in the record of *resource* by attribute, as they were stored; {} for other states.

    They are read as of its connection's transaction. Raises POSKeyError if there is no record.
    """
    connection = resource._p_jar
    data, _ = connection._storage.load(resource._p_oid)
    state = connection._reader.getState(data)
    return dict(state) if isinstance(state, dict) else {}


def stored_objects(pair: Pair, wanted: Callable[[type], bool]) -> Iterator[tuple[bytes, type, Any]]:
    """Yield (oid, class, state) of the current record of each object whose class is *wanted*.

    The state is as it was stored. A record that cannot be read is passed over; `check` tells of it.
    """
    connection = pair.connection
    for oid, _, data in records_of(current_storage(pair)):
        try:
            kind = connection.db().classFactory(connection, *get_pickle_metadata(data))
            state = connection._reader.getState(data) if wanted(kind) else None
        except Exception:  # a damaged record may raise anything
            continue
        if state is not None:
            yield oid, kind, state
