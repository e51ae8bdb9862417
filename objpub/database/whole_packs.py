"""Packs of RelStorage without history that keep what was moved while they began.

Such a pack lists all objects, then takes a view of the database in which it follows the references, and
removes those of the list that it did not come by. What is committed in between can move references from an
object of the list to a new one, as where a full bucket of a BTree is split: the view does not have them at
the old place any more, and the new one is not on the list and not looked at. **What they lead to was removed,
though it is in use.** Found on 2026-11-21 with RelStorage 4.3, by packs while others wrote.

Here the new objects of that view are looked at too, and what they refer to is where a pack begins to follow.
"""

from collections.abc import Callable
from collections.abc import Iterable
from itertools import islice
from typing import Any

BATCH = 500
NEW = """
SELECT object_state.zoid, object_state.state
FROM object_state
LEFT OUTER JOIN pack_object ON pack_object.zoid = object_state.zoid
WHERE pack_object.zoid IS NULL
"""
KEEP = "UPDATE pack_object SET keep = {yes} WHERE zoid IN ({numbers})"


def keeping_packs(adapter: Any) -> None:
    """Let the packs of *adapter*, of RelStorage without history, keep what was moved while they began."""
    undo = adapter.packundo
    adapter.packundo = keeping(type(undo))(
        undo.driver, undo.connmanager, undo.runner, undo.locker, undo.options
    )
    if "MAX_TID" in vars(undo):
        adapter.packundo.MAX_TID = undo.MAX_TID


def keeping(kind: Any) -> Any:
    """Return the class *kind*, what packs of a RelStorage, with packs that keep what was moved."""

    class KeepingPack(kind):  # type: ignore[misc]
        """Packs."""

        def fill_object_refs(self, load: Any, store: Any, get_references: Callable[[Any], Any]) -> None:
            """Note who refers to whom in the view of *load*, and keep what objects new in it refer to."""
            super().fill_object_refs(load, store, get_references)
            load.cursor.execute(NEW)
            as_state = self.driver.binary_column_as_state_type
            found = {
                number
                for _, state in load.cursor.fetchall()
                if state
                for number in get_references(as_state(state))
            }
            yes = self.runner.script_vars["TRUE"]
            for numbers in batches(sorted(found)):
                store.cursor.execute(KEEP.format(yes=yes, numbers=", ".join(map(str, numbers))))
            store.commit()

    return KeepingPack


def batches(numbers: Iterable[int]) -> Iterable[list[int]]:
    """Yield *numbers* in lists of some hundred."""
    left = iter(numbers)
    while batch := list(islice(left, BATCH)):
        yield batch
