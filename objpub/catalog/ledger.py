"""The ledger of texts: of each resource a stamp that is another one when a text of it has changed.

It is written in the transaction of the change. A machine that keeps an index of texts of its own reads it
from where it left off: buckets of the tree that were stored since have a later transaction. Stamps follow
from the texts, so one that is equal means that nothing has to be done, also after an undo, or when the
database is an older one than before.
"""

import hashlib
from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any

from .declarations import IndexSpec

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


def buckets_since(tree: Any, tid: bytes) -> Iterator[tuple[bytes, Any]]:
    """Yield (transaction, bucket) of the buckets of *tree* that were stored after the transaction *tid*.

    A small tree is a bucket itself.
    """
    bucket = tree._firstbucket
    if bucket is None:
        return
    if bucket._p_jar is None:  # kept in the record of the tree
        tree._p_activate()
        if tree._p_serial > tid:
            yield tree._p_serial, tree
        return
    while bucket is not None:
        bucket._p_activate()
        if bucket._p_serial > tid:
            yield bucket._p_serial, bucket
        bucket = bucket._next
