"""All stored resources brought into today's shape and written, in batches, while the site goes on."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from itertools import islice
from typing import Any

from ZODB.POSException import POSKeyError
from ZODB.POSException import StateLoadError

from objpub.database import Database
from objpub.database import retryable
from objpub.database import stored_objects
from objpub.database import transaction_for
from objpub.errors import DatabaseError

from .content_types import dotted_name
from .evolution import Evolutions
from .evolution import evolve_state
from .evolution import needs_evolving

#: So many resources are written in one transaction,
BATCH = 100
#: and a batch that meets a conflict is tried so often.
TRIES = 20


@dataclass(frozen=True)
class Evolved:
    """What was done, or with a dry run would be. kinds: how many resources of which class, by dotted name.

    problems: a sentence for each that a step failed on; it was left as it is.
    """

    kinds: dict[str, int]
    problems: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many resources there are in it."""
        return sum(self.kinds.values())


def evolve_all(
    database: Database,
    *,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Evolved:
    """Run the steps that stored resources lack, and write them. One that is written needs none any more.

    So whoever stops in between goes on where it was by calling this again. dry_run: run the steps, write
    nothing. progress: called with how many are done, and of how many, after each batch.
    """
    waiting, problems = old_ones(database)
    kinds = Counter(name for _, name in waiting)
    if not dry_run:
        oids = iter([oid for oid, _ in waiting])
        done = 0
        while batch := list(islice(oids, BATCH)):
            write(database, batch)
            done += len(batch)
            if progress is not None:
                progress(done, len(waiting))
    return Evolved(dict(sorted(kinds.items())), tuple(problems))


def old_ones(database: Database) -> tuple[list[tuple[bytes, str]], list[str]]:
    """Return (oid, dotted name of the class) of each resource of an older shape whose steps succeed.

    The second list has a sentence for each whose steps fail.
    """
    registry = database.registry
    if registry is None:
        raise DatabaseError("The database was opened without declarations: nobody knows the steps")
    lines = registry[Evolutions]
    waiting: list[tuple[bytes, str]] = []
    problems = []
    with transaction_for(database, read_only=True) as pair:
        for oid, kind, state in stored_objects(pair, lambda kind: bool(lines.of(kind))):
            if not isinstance(state, dict) or not needs_evolving(registry, kind, state):
                continue
            try:
                evolve_state(registry, kind, state)
            except Exception as error:  # an author's code may raise anything
                problems.append(sentence_of(oid, kind, error))
            else:
                waiting.append((oid, dotted_name(kind)))
    return waiting, problems


def sentence_of(oid: bytes, kind: type, error: Exception) -> str:
    """Return what went wrong with a resource, with the step."""
    step = "; ".join(" ".join(note.split()) for note in getattr(error, "__notes__", ()))
    number = int.from_bytes(oid, "big")
    return f"{dotted_name(kind)}, oid 0x{number:x}: {type(error).__name__}: {error} ({step})"


def write(database: Database, oids: list[bytes]) -> None:
    """Write the resources *oids* in today's shape, in one transaction; conflicts are tried again."""
    for number in count(1):
        with transaction_for(database) as pair:
            try:
                for oid in oids:
                    mark_changed(pair.connection, oid)
                transaction: Any = pair.manager.get()
                transaction.user = "system"
                transaction.note(f"Brought {len(oids)} resources into today's shape")
                pair.manager.commit()
                return
            except Exception as error:
                if number >= TRIES or not retryable(error, pair.manager._txn):
                    raise


def mark_changed(connection: Any, oid: bytes) -> None:
    """Load what has this *oid*, which brings it into today's shape, and let it be written."""
    try:
        resource = connection.get(oid)
        resource._p_activate()
    except (POSKeyError, StateLoadError):
        return  # it was removed meanwhile, or its data changed to what a step fails on
    resource._p_changed = True
