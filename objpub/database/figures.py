"""The database in numbers."""

from collections.abc import Mapping
from datetime import datetime
from datetime import UTC
from typing import Any

from .places import blob_files
from .places import files_of

#: A transaction with this word in its extended information only says how far something is,
QUIET = "quiet"
#: and so many of the last transactions are looked at for others.
MOST_QUIET = 1_000


def figures_of(database: Any) -> dict[str, Any]:
    """Return the numbers of *database*, by name.

    storage: its name. bytes, objects: of the records; past revisions and deleted objects count until a pack.
    blob_bytes, blobs: of the files, every revision. last_transaction: 16 hex digits. undo: can it undo?
    pairs, idle_pairs: open ones, and those of them that wait. connections: all, with those opened by hand.
    cache_limit_bytes, cache_bytes, cache_objects: the object caches of all connections; bytes as stored.
    loads, stores: objects since the connections were opened.
    """
    _, folder = files_of(database.storage)
    blobs = [file.path.stat().st_size for file in blob_files(folder)] if folder is not None else []
    return {
        "storage": database.getName(),
        "bytes": database.getSize(),
        "objects": database.objectCount(),
        "blob_bytes": sum(blobs),
        "blobs": len(blobs),
        "last_transaction": database.lastTransaction().hex(),
        "undo": bool(database.supportsUndo()),
        **held_by(database),
    }


def held_by(database: Any) -> dict[str, int]:
    """Return what this process holds of *database*, by name. It does not ask the storage."""
    with database._lock:
        connections = list(database.pool.all)
    caches = [connection._cache for connection in connections]
    transfers = [connection.getTransferCounts() for connection in connections]
    return {
        "pairs": len(database._open_pairs),
        "idle_pairs": len(database.pairs),
        "connections": len(connections),
        "cache_limit_bytes": database.cache_bytes,
        "cache_bytes": sum(cache.total_estimated_size for cache in caches),
        "cache_objects": sum(cache.cache_non_ghost_count for cache in caches),
        "loads": sum(loads for loads, _ in transfers),
        "stores": sum(stores for _, stores in transfers),
    }


def latest_transactions(database: Any, most: int) -> list[Mapping[str, Any]]:
    """Return the last *most* transactions, the newest first; none where the engine keeps no past.

    Each has "user" and "description" as text, "moment" in UTC, and what was said of it besides, such as
    "path". Those that are QUIET, as they only say how far something is, are left out, and those before the
    last pack are not known any more.
    """
    found: list[Mapping[str, Any]] = []
    start = 0
    while len(found) < most and start < MOST_QUIET:
        entries = database.undoLog(start, -most)
        found += [{**entry, **as_plain(entry)} for entry in entries if QUIET not in entry]
        start += most
        if len(entries) < most:
            break
    return found[:most]


def as_plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return user, description and moment of an *entry* of the undo log: some engines give bytes."""
    texts = (entry.get(name, "") for name in ("user_name", "description"))
    user, said = (text.decode("utf-8", "replace") if isinstance(text, bytes) else text for text in texts)
    moment = datetime.fromtimestamp(entry["time"], UTC)
    return {"user": user.strip(), "description": said, "moment": moment}
