"""The ledger of texts: of each resource a stamp that is another one when a text of it has changed.

It is written in the transaction of the change. A machine that keeps an index of texts of its own reads it
from where it left off: buckets of the tree, and slots of what is pending, that were stored since have a later
transaction. Stamps follow
from the texts, so one that is equal means that nothing has to be done, also after an undo, or when the
database is an older one than before.
"""

import hashlib
from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any

from .declarations import IndexSpec
from .pending import Entry
from .pending import Pending

#: Before every transaction.
FIRST = b"\0" * 8
LEAST, MOST = 0, 2**63 - 1
#: A stamp has 62 bits.
LARGEST = 2**62 - 1


def texts_of(resource: Any, specs: Iterable[IndexSpec]) -> dict[str, list[str]]:
    """Return the texts of *resource* by weight, as they are stored, without what not everybody may read."""
    found: dict[str, list[str]] = {}
    for spec in specs:
        if spec.kind != "text" or spec.read is not None:
            continue
        value = spec.value_of(resource)
        if value:
            parts = value if isinstance(value, tuple | list | frozenset | set) else (value,)
            texts = [str(part) for part in parts]
            found.setdefault(spec.weight, []).extend(texts if isinstance(value, tuple) else sorted(texts))
    return found


def stamp_of(resource: Any, specs: Iterable[IndexSpec]) -> int | None:
    """Return the stamp of the texts of *resource*; None where there is no text."""
    found = texts_of(resource, specs)
    if not found:
        return None
    digest = hashlib.blake2b(repr(sorted(found.items())).encode("utf-8", "replace"), digest_size=8)
    return int.from_bytes(digest.digest(), "big") & LARGEST


def changes_since(
    tree: Any, tid: bytes, pending: Pending | None = None
) -> tuple[bytes, list[tuple[int, int, dict[int, int]]]]:
    """Return the last transaction that stored a stamp in *tree* or *pending*, and what was after *tid*.

    That is a list of (low, high, stamps): all the stamps that there are from the id *low* to *high*.
    """
    newest, found = changes_in(tree, tid)
    if pending is None:
        return newest, found
    entries = pending.entries()
    for low, high, stamps in found:
        for number, entry in entries.items():
            if low <= number <= high:
                stamps.pop(number, None)
                stamps.update(stamps_in(number, entry))
    last, fresh = pending.entries_since(tid)
    found += [(number, number, stamps_in(number, entry)) for number, entry in fresh.items()]
    return max(newest, last), found


def stamps_in(number: int, entry: Entry | None) -> dict[int, int]:
    """Return the stamp of *entry*, that of the resource *number*, by its id; {} for none."""
    return {} if entry is None or entry.stamp is None else {number: entry.stamp}


def changes_in(tree: Any, tid: bytes) -> tuple[bytes, list[tuple[int, int, dict[int, int]]]]:
    """Return the last transaction that stored a bucket of *tree*, and what was stored after *tid*."""
    tree._p_activate()
    newest, found = tree._p_serial or FIRST, []  # its own record is stored when its first bucket goes
    start = LEAST
    buckets = list(buckets_of(tree))
    for position, (serial, bucket) in enumerate(buckets):
        newest = max(newest, serial)
        following = buckets[position + 1][1] if position + 1 < len(buckets) else None
        end = MOST if following is None else following.minKey() - 1
        if serial > tid:
            found.append((start, end, dict(bucket.items())))
        elif position == 0:  # what was before it may be gone with its bucket
            found.append((start, bucket.minKey() - 1, {}))
        start = bucket.maxKey() + 1  # what was at the beginning of the next one may be gone
    return newest, found if buckets else [(LEAST, MOST, {})]


def buckets_of(tree: Any) -> Iterator[tuple[bytes, Any]]:
    """Yield (transaction, bucket) for the buckets of *tree* in order. A small tree is a bucket itself."""
    bucket = tree._firstbucket
    if bucket is not None and bucket._p_jar is None:  # kept in the record of the tree
        yield tree._p_serial or FIRST, tree
        return
    while bucket is not None:
        bucket._p_activate()
        yield bucket._p_serial or FIRST, bucket
        bucket = bucket._next
