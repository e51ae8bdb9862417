"""Long work that is watched: how far it is, and whether it is to stop.

    with transaction_for(database) as pair:
        watch_with(pair.connection, watch)
        walk_and_change(...)                # each step says so, wherever it is: `watch_of(place).step()`

Who does long work says each step, and knows nothing of who listens. Who listens can raise there: what was
changed until then is taken back with its transaction.
"""

from collections.abc import Callable
from typing import Any

#: Under this a connection notes who watches the running transaction.
WATCH = "objpub.watch"


class Watch:
    """Who watches long work; this one does nothing."""

    def step(self, count: int = 1) -> None:
        """Hear that *count* more was done. It may raise, to stop the work."""

    def reach(self, done: int, total: int) -> None:
        """Hear that *done* of *total* is done; 0 of 0 where nobody knows. It may raise, to stop the work."""

    def measure(self, measure: Callable[[], tuple[int, int]] | None) -> None:
        """Ask *measure* now and then for (done, of how many), where the work says no steps; None: no more."""


NOBODY = Watch()


def watch_with(connection: Any, watch: Watch) -> None:
    """Let *watch* hear of each step of the transaction that runs in *connection*, up to its commit."""
    connection.notes[WATCH] = watch


def watch_in(connection: Any) -> Watch | None:
    """Return who watches the transaction that runs in *connection*, which may be None; None: nobody."""
    if connection is None:
        return None
    main = getattr(connection, "main", None) or connection
    notes = getattr(main, "notes", None)  # a plain connection of ZODB has none
    found: Watch | None = notes.get(WATCH) if notes else None
    return found


class WatchedReferences:
    """The function *references*, by which a pack follows objects, watched. objects: how many there are.

    A pack looks at each object first, then copies; where the engine does not say what it copies, or looks at
    new objects only, nobody knows how far it is: objects is 0 then.
    """

    def __init__(self, references: Callable[..., Any], watch: Watch, objects: int):
        self._references = references
        self._watch = watch
        self._objects = objects
        self._count = 0

    def __call__(self, *arguments: Any) -> Any:
        """Return what a record refers to."""
        self._count += 1
        if self._objects:
            self._watch.reach(min(self._count, self._objects), 2 * self._objects)
        else:
            self._watch.step()
        return self._references(*arguments)

    def copied(self, part: float) -> None:
        """Hear that this *part* of the old file, from 0 to 1, was copied."""
        self._watch.reach(int(self._objects * (1 + part)), 2 * self._objects)
