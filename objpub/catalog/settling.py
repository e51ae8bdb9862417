"""Taking what is pending into the trees: now and then, after a commit, by one thread of a process.

It is a transaction of its own, so that no request is tried again because of it. Where several processes begin
at a time the first one wins, and what the others did is thrown away; each waits for another number of
entries, by chance, so that this is rare.
"""

import random
import threading
from typing import Any
from typing import TYPE_CHECKING

from objpub.database import retryable
from objpub.database import site_of
from objpub.database import transaction_for

from .catalog import Catalog
from .catalog import WAITING

if TYPE_CHECKING:
    from objpub.database import Database

#: It is time when a slot has so many entries, a number between these: there are a few hundred in all then.
FEWEST, MOST = 8, 16
#: Under this a connection remembers that its transaction will be followed by it.
FOLLOWED = "objpub.catalog.settling"


class Settling:
    """Whose turn it is in this process. most: entries of a slot with which it is time."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.most = random.randint(FEWEST, MOST)


def settle_after(connection: Any) -> None:
    """Let the commit of the running transaction be followed by `settle`, if it is time."""
    database = connection.db()
    notes = connection.notes
    if notes.get(WAITING, 0) < database.registry[Settling].most or FOLLOWED in notes:
        return
    notes[FOLLOWED] = True
    connection.transaction_manager.get().addAfterCommitHook(follow, (database,))


def follow(is_done: bool, database: "Database") -> None:
    """Settle after a commit that *is_done*, unless another thread is at it."""
    settling = database.registry[Settling]  # type: ignore[index]
    if is_done and settling.turn.acquire(blocking=False):
        try:
            settle(database)
        finally:
            settling.turn.release()


def hold_builds(catalog: Catalog) -> None:
    """Let the transaction fail if a build begins or ends meanwhile: it exchanges indexes."""
    catalog.builds._p_activate()
    catalog._p_jar.readCurrent(catalog.builds)


def settle(database: "Database") -> int:
    """Take what is pending into the trees, in a transaction; return of how many resources.

    0 also where another transaction was quicker: then it does so, or the next one.
    """
    with transaction_for(database) as pair:
        catalog: Catalog | None = getattr(site_of(pair.connection), "catalog", None)
        if catalog is None:
            return 0
        hold_builds(catalog)
        count = catalog.settle()
        if count:
            transaction = pair.manager.get()
            transaction.user = "system"
            transaction.note(f"Put {count:,} changed resources into the indexes")
            try:
                pair.manager.commit()
            except Exception as error:
                if not retryable(error, transaction):
                    raise
                return 0
    settling = database.registry[Settling]  # type: ignore[index]
    settling.most = random.randint(FEWEST, MOST)
    return count
