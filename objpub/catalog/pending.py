"""What was indexed and is in no tree yet: of each resource that changed, all that the catalog keeps of it.

A dozen trees have a bucket each that a new document changes, and writers who come at a time meet in them. So
a transaction writes one entry into one of many small slots, which lie apart and put together what several
have written; now and then one transaction takes all entries into the trees, sorted, so that each bucket is
written once for many of them. An entry says everything, whatever the trees have: it may come into them at
any time, and who reads looks at entries first.
"""

import pickle
from collections.abc import Iterator
from typing import Any
from typing import Final
from typing import NamedTuple

from persistent import Persistent
from ZODB.POSException import ConflictError

#: So many slots lie apart: of sixteen who write at a time, one in five meets another in its slot.
SLOTS = 64
#: Spreads ids that follow each other, or lie four apart as folders do, over the slots.
SPREAD, BITS = 0x9E3779B97F4A7C15, 64 - SLOTS.bit_length() + 1


#: Of the bytes in a slot, as of the records of the database.
PROTOCOL = 3


class Absent:
    """Says that nothing is pending of a resource."""


ABSENT: Final = Absent()


class Entry(NamedTuple):
    """All that is kept of a resource.

    kind: dotted name of its class. parent: id of its folder. owner: who that is, where it is said. is_set:
    are grants, permissions or cuts set at it? state: class and state, see `state_key`. stamp: of its texts.
    keys: its keys by those of the indexes; () for none any more. whole: may other indexes have keys of it?
    again: did another entry wait before this one? A machine may have taken in its texts.
    """

    kind: str
    parent: int
    owner: str | None
    is_set: bool
    state: str | None
    stamp: int | None
    keys: dict[str, tuple[Any, ...]]
    whole: bool
    again: bool


def entry_in(kept: bytes) -> Entry:
    """Return the entry in what a slot has."""
    return Entry._make(pickle.loads(kept))


#: What is pending, by id; None of a resource that is to be forgotten.
Entries = dict[int, Entry | None]


class Slot(Persistent):
    """The entries of some resources, by id, each as bytes: so a slot is stored and loaded at little cost."""

    def __init__(self) -> None:
        self.entries: dict[int, bytes | None] = {}

    def put(self, number: int, entry: Entry | None) -> None:
        """Let *entry* be that of the resource *number*."""
        self.entries[number] = None if entry is None else pickle.dumps(tuple(entry), PROTOCOL)
        self._p_changed = True

    def get(self, number: int) -> Entry | Absent | None:
        """Return the entry of the resource *number*; None where it is to be forgotten, ABSENT for nothing."""
        kept = self.entries.get(number, ABSENT)
        return entry_in(kept) if isinstance(kept, bytes) else kept

    def items(self) -> Iterator[tuple[int, Entry | None]]:
        """Yield (id, entry)."""
        for number, kept in self.entries.items():
            yield number, None if kept is None else entry_in(kept)

    def empty(self) -> None:
        """Let nothing be pending here."""
        self.entries = {}

    def _p_resolveConflict(  # noqa: N802
        self, old: dict[str, Any], committed: dict[str, Any], mine: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the entries of both. Raises ConflictError where both wrote one of the same resource.

        An entry that one has taken into the trees and the other has written anew stays: it comes after.
        """
        entries = committed["entries"]
        for number in old["entries"].keys() | mine["entries"].keys():
            was, here, own = (each["entries"].get(number, ABSENT) for each in (old, committed, mine))
            if own == was:
                continue
            if here != was and (here is ABSENT) is (own is ABSENT):
                raise ConflictError(f"Two have indexed the resource 0x{number:x}")
            if own is not ABSENT:
                entries[number] = own
            elif here == was:
                del entries[number]
        return committed


class Pending(Persistent):
    """The slots of a catalog; which of them a resource has follows from its id."""

    def __init__(self) -> None:
        self.slots = tuple(Slot() for _ in range(SLOTS))

    def get(self, number: int) -> Entry | Absent | None:
        """Return the entry of the resource *number*; None where it is to be forgotten, ABSENT for nothing."""
        return self._slot(number).get(number)

    def put(self, number: int, entry: Entry | None) -> int:
        """Let *entry* be that of the resource *number*; return how many its slot has now."""
        slot = self._slot(number)
        slot.put(number, entry)
        return len(slot.entries)

    def entries(self) -> Entries:
        """Return all that is pending."""
        found: Entries = {}
        for slot in self.slots:
            found.update(slot.items())
        return found

    def empty(self) -> None:
        """Let nothing be pending."""
        for slot in self.slots:
            if slot.entries:
                slot.empty()

    def entries_since(self, tid: bytes) -> tuple[bytes, Entries]:
        """Return the last transaction that stored a slot, and what is in the slots stored after *tid*."""
        newest, found = b"\0" * 8, Entries()
        for slot in self.slots:
            slot._p_activate()
            serial = slot._p_serial or b"\0" * 8
            newest = max(newest, serial)
            if serial > tid:
                found.update(slot.items())
        return newest, found

    def _slot(self, number: int) -> Slot:
        return self.slots[(number * SPREAD & 2**64 - 1) >> BITS]
