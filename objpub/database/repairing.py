"""What a check found, mended where that can be done: damaged trees, entries that lead nowhere, missing blobs.

A tree is built anew from all entries that can still be read; it keeps its oid. A blob whose file is gone
becomes an empty one. What is lost is said. Records that do not load, and references in them that lead
nowhere, stay as they are: only a backup has what they held.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ZODB.blob import Blob
from ZODB.POSException import POSKeyError
from ZODB.POSException import StateLoadError

from .checking import Problem
from .stored import stored_objects
from .transactions import transaction_for

#: What is raised by something that is not there, or does not load.
LOST = (POSKeyError, StateLoadError)
#: So many keys of lost entries are told.
MOST_KEYS = 10


@dataclass(frozen=True)
class Repaired:
    """Something that was mended. path: of its resource, or "". sentence: what was done, and what is lost."""

    oid: bytes
    path: str
    sentence: str

    def __str__(self) -> str:
        place = self.path or f"oid 0x{int.from_bytes(self.oid, 'big'):x}"
        return f"{place}: {self.sentence}"


def repair(database: Any, problems: Iterable[Problem]) -> Iterator[Repaired]:
    """Mend those of *problems*, as `check` found them, that can be, each in a transaction of its own.

    Yields what was done; check again to see what is left.
    """
    tops = tops_of_trees(database)
    done: set[bytes] = set()
    for problem in problems:
        oid = tops.get(problem.oid, problem.oid)
        if oid in done:
            continue
        done.add(oid)
        with transaction_for(database) as pair:
            pair.connection.cacheMinimize()
            sentence = mended(pair.connection, oid, problem)
            if not sentence:
                continue
            transaction: Any = pair.manager.get()
            transaction.user = "system"
            transaction.note(f"Repaired {problem.path or 'a part'}: {sentence}")
            pair.manager.commit()
        yield Repaired(oid, problem.path, sentence)


def mended(connection: Any, oid: bytes, problem: Problem) -> str:
    """Mend what has the *oid*, and return what was done; "" for what cannot be mended."""
    try:
        if problem.kind == "missing blob":
            return emptied(connection, oid)
        found = connection.get(oid)
        found._p_activate()
    except LOST:
        return ""
    return rebuilt(connection, found) if is_tree_class(type(found)) else ""


def emptied(connection: Any, oid: bytes) -> str:
    """Put an empty blob in the place of the one with the *oid*: that one does not load without its file."""
    blob: Any = Blob(b"")
    _, blob._p_serial = connection._storage.load(oid)
    if connection._cache.get(oid) is not None:
        del connection._cache[oid]
    blob._p_oid, blob._p_jar = oid, connection
    connection._cache[oid] = blob
    blob._p_changed = True
    return "the file of the blob was gone: it is empty now"


def tops_of_trees(database: Any) -> dict[bytes, bytes]:
    """Return the oid of the whole tree by that of each of its parts that is stored by itself."""
    above: dict[bytes, bytes] = {}
    with transaction_for(database, read_only=True) as pair:
        for oid, _, state in stored_objects(pair, is_tree_class):
            if isinstance(state, tuple) and len(state) == 2:
                above.update((part._p_oid, oid) for part in (*state[0][::2], state[1]))
        following = {
            state[1]._p_oid: oid
            for oid, _, state in stored_objects(pair, is_bucket_class)
            if isinstance(state, tuple) and len(state) == 2
        }
    for part, before in following.items():  # one that only its neighbour leads to
        above.setdefault(part, before)
    return {oid: top_of(oid, above) for oid in above}


def top_of(oid: bytes, above: dict[bytes, bytes]) -> bytes:
    """Walk up from *oid* as far as there is something above."""
    walked = {oid}
    while (oid_above := above.get(oid)) is not None and oid_above not in walked:
        walked.add(oid_above)
        oid = oid_above
    return oid


def is_tree_class(kind: type) -> bool:
    """Is *kind* a class of BTrees or TreeSets?"""
    return kind.__module__.startswith("BTrees.") and hasattr(kind, "_check")


def is_bucket_class(kind: type) -> bool:
    """Is *kind* a class of the leaves of trees?"""
    return kind.__module__.startswith("BTrees.") and not hasattr(kind, "_check")


def rebuilt(connection: Any, tree: Any) -> str:
    """Build *tree* anew from the entries that can be read, and return what was done."""
    entries: dict[Any, Any] = {}
    gone = 0
    lost: list[Any] = []
    for part in leaves(tree):
        try:
            found = list(entries_of(part))
        except LOST:
            gone += 1
            continue
        for key, value in found:
            if leads_nowhere(connection, value):
                lost.append(key)
            else:
                entries.setdefault(key, value)
    tree.clear()
    lost += [key for key, value in entries.items() if not put(tree, key, value)]
    words = f"the BTree was built anew from {len(tree):,} entries"
    if gone:
        words += f"; {gone:,} of its parts could not be read, and what they held is lost"
    if lost:
        told = ", ".join(map(repr, lost[:MOST_KEYS]))
        words += f"; left out, as they lead nowhere or fit nowhere: {told}{', …' * (len(lost) > MOST_KEYS)}"
    return words


def leaves(tree: Any) -> Iterator[Any]:
    """Yield each leaf of *tree* once: those below its nodes, and those in the chain that begins at its first.

    A tree that is a single leaf is that itself.
    """
    state = tree.__getstate__()
    if not (isinstance(state, tuple) and len(state) == 2):
        yield tree
        return
    waiting = [*state[0][::2]]
    known: set[bytes] = set()
    while waiting:
        part = waiting.pop(0)
        if part is None or part._p_oid in known:
            continue
        known.add(part._p_oid)
        try:
            inner = part.__getstate__() if is_loaded(part) else None
        except LOST:
            inner = None
        if is_tree_class(type(part)):
            if isinstance(inner, tuple) and len(inner) == 2:
                waiting.extend(inner[0][::2])
            continue
        if isinstance(inner, tuple) and len(inner) == 2:
            waiting.append(inner[1])
        yield part


def is_loaded(part: Any) -> bool:
    """Load *part*; raises one of LOST."""
    part._p_activate()
    return True


def entries_of(part: Any) -> Iterable[tuple[Any, Any]]:
    """Return (key, value) of the entries of a leaf; of one of a set, (key, None). Raises one of LOST."""
    part._p_activate()
    if hasattr(part, "items"):
        return list(part.items())
    return [(key, None) for key in part.keys()]


def leads_nowhere(connection: Any, value: Any) -> bool:
    """Is *value* an object of its own that is not there?"""
    oid = getattr(value, "_p_oid", None)
    if oid is None:
        return False
    try:
        connection._storage.load(oid)
    except POSKeyError:
        return True
    return False


def put(tree: Any, key: Any, value: Any) -> bool:
    """Put an entry into *tree*; return whether it fits there."""
    try:
        if hasattr(tree, "items"):
            tree[key] = value
        else:
            tree.insert(key)
    except Exception:  # a key may raise anything when it is compared
        return False
    return True
