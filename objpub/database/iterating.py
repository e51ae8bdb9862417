"""The transactions of a storage, one after the other, with every engine."""

from collections.abc import Iterator
from typing import Any


def transactions_of(storage: Any, start: bytes | None = None, stop: bytes | None = None) -> Iterator[Any]:
    """Yield the transactions of *storage* from *start* to *stop*, the oldest first; close what reads them."""
    found = iterator_of(storage, start, stop)
    try:
        # Not "yield from": the end that ZODB raises has no value, and Python crashes on that.
        for each in found:  # noqa: UP028
            yield each
    finally:
        if hasattr(found, "close"):  # that of ZEO has none
            found.close()


def iterator_of(storage: Any, start: bytes | None, stop: bytes | None) -> Any:
    """Return the storage's own iterator, or one that passes over what is before *start*."""
    try:
        return storage.iterator(start, stop)
    except (AttributeError, ValueError):
        # In a file that is written to at this moment, ZODB looks for its last transaction from the end.
        return (each for each in storage.iterator(None, stop) if start is None or each.tid >= start)


def keeps_history(storage: Any) -> bool:
    """Are past revisions kept in *storage*?"""
    return bool(getattr(storage, "supportsUndo", bool)())
