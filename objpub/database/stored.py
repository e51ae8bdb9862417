"""What a record holds, without making it an object of today's class."""

from typing import Any


def stored_state(resource: Any) -> dict[str, Any]:
    """Return the values in the record of *resource* by attribute, as they were stored; {} for other states.

    They are read as of its connection's transaction. Raises POSKeyError if there is no record.
    """
    connection = resource._p_jar
    data, _ = connection._storage.load(resource._p_oid)
    state = connection._reader.getState(data)
    return dict(state) if isinstance(state, dict) else {}
