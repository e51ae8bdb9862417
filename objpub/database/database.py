"""The database: ZODB's own, with a registry, pairs, and the traps of the engines hidden."""

import base64
import logging
import os
import threading
import time
import weakref
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ZODB import DB
from ZODB.DemoStorage import DemoStorage

from objpub.errors import DatabaseError
from objpub.registry import Registry

from .apart import check_undoable
from .backup import back_up
from .backup import BackedUp
from .classes import broken_class
from .classes import class_for
from .connection import Connection
from .copies import copy_storage
from .copying import last_of
from .figures import figures_of
from .figures import held_by
from .figures import latest_transactions
from .manager import PairManager
from .packing import pack
from .packing import Packed
from .pairs import Pair
from .pairs import Pairs
from .places import files_of
from .temporary import own_folder
from .temporary import remove_folder
from .transactions import transaction_for
from .watching import NOBODY
from .watching import Watch

LOG = logging.getLogger("objpub.database")

#: The cache counts bytes, so the number of objects in it is no limit.
ANY_NUMBER = 1_000_000_000

#: Connections opened by hand, without a pair, wait so many seconds for another use,
HAND_TIMEOUT = 60
#: and their cache is this part of what the pairs have together.
HAND_SHARE = 8

#: Into so many parts the time is divided that a copy of transactions goes through.
PARTS = 1_000


class Database(DB):
    """A ZODB database that knows its registry and keeps pairs of connection and transaction manager.

    pairs: the pool, see `Pairs`. cache_bytes: size of the stored objects kept in memory, all pairs together.
    temporary_folder: for files of requests; it is on the disk of the database and was emptied at the opening.
    """

    klass = Connection

    #: The path in the tree of a site at which it is mounted; "" for the site's own.
    mounted_at = ""

    def __init__(
        self,
        storage: Any,
        *,
        registry: Registry | None = None,
        cache_bytes: int = 64_000_000,
        pool_size: int = 256,
        temporary_folder: Path | None = None,
        held: Any = None,
        connect_server: Callable[[], Any] | None = None,
        **options: Any,
    ) -> None:
        """storage: of any engine. pool_size: how many pairs may wait. options: for ZODB's own DB.

        held: something of the engine that is closed at the end, and detached in a forked process, or None.
        connect_server: opens another connection to the server of SQL that keeps it; None for other engines.
        """
        self._registry = registry
        self._classes: dict[tuple[str, str], Any] = {}
        self._process = os.getpid()
        self._open_pairs: set[Pair] = set()
        self._pairs_lock = threading.Lock()
        self._maintenance = threading.Lock()
        self._closed = False
        self.cache_bytes = cache_bytes
        self.pairs = Pairs(self._open_pair, self._close_pair, pool_size)
        self.temporary_folder = temporary_folder or own_folder()
        self._held = held
        self.connect_server = connect_server
        self._closers: list[Callable[[], object]] = []
        self._own_folder = (
            None if temporary_folder else weakref.finalize(self, remove_folder, self.temporary_folder)
        )
        super().__init__(
            storage,
            cache_size=ANY_NUMBER,
            cache_size_bytes=max(cache_bytes // HAND_SHARE, 1),
            pool_timeout=HAND_TIMEOUT,
            **options,
        )
        self._discard_pooled()
        os.register_at_fork(after_in_child=forgetter(self))

    @property
    def registry(self) -> Registry | None:
        """What the configuration filled; it can be set once."""
        return self._registry

    @registry.setter
    def registry(self, registry: Registry) -> None:
        if self._registry is not None and registry is not self._registry:
            raise DatabaseError("The registry of a database can be set only once")
        self._registry = registry
        self._classes.clear()

    def classFactory(self, connection: Any, modulename: str, globalname: str) -> Any:  # noqa: N802
        """Return the class of a record: today's, the one it was renamed to, or a broken stand-in."""
        found = self._classes.get((modulename, globalname))
        if found is None:
            found = class_for(self._registry, modulename, globalname)
            if found is None:
                return broken_class(modulename, globalname)
            self._classes[modulename, globalname] = found
        return found

    def open(self, transaction_manager: Any = None, at: Any = None, before: Any = None) -> Any:
        """Open a connection by hand, as in ZODB. at, before: a moment of the past, to read it."""
        if at is not None or before is not None:
            self._poll()  # else it would be the future
        return super().open(transaction_manager, at, before)

    def lastTransaction(self) -> bytes:  # noqa: N802
        """Return the id of the last transaction that was committed, by whatever process: 8 bytes."""
        self._poll()
        last: bytes = super().lastTransaction()
        return last

    def _poll(self) -> None:
        """Let the storage look at the present: that of some engines knows it only as far as it was polled."""
        poll = getattr(self.storage, "poll_invalidations", None)
        if poll is not None:
            with self._lock:
                poll()

    def history(self, oid: bytes, size: int = 1) -> list[dict[str, Any]]:
        """Return what is known of the last *size* revisions of the object *oid*, the newest first.

        ZODB's own way asks an instance of the storage that, with some engines, stands still in the past.
        """
        with transaction_for(self, read_only=True) as pair:
            revisions = pair.connection._storage.history(oid, size=size)
        return [{name: as_text(name, value) for name, value in each.items()} for each in revisions]

    def undoMultiple(self, ids: Sequence[bytes], txn: Any = None) -> None:  # noqa: N802
        """Take back whole transactions, as ZODB does; one that also wrote what stands apart is refused.

        Raises DatabaseError for that, and with an engine that keeps no past.
        """
        if not self.supportsUndo():
            raise DatabaseError(f"{self.getName()} keeps no past: no transaction can be taken back")
        check_undoable(self, [base64.decodebytes(each) if len(each) > 8 else each for each in ids])
        super().undoMultiple(ids, txn)

    def pack(self, t: float | None = None, days: float = 0, watch: Watch = NOBODY) -> Packed:
        """Remove what was replaced or deleted more than *days* ago; the site goes on meanwhile.

        Past states and undo reach back to that moment only. t: seconds since the epoch to count the days
        from; None: now. watch: hears how far it is, see `Watch`. Returns the sizes before and after. Raises
        DatabaseError if a pack or a backup is running, or the disk has no room for the copy that it writes.
        """
        with self._alone("pack"):
            return pack(self, time.time() if t is None else t, days, watch)

    def backup(self, folder: str | Path, *, full: bool = False, watch: Watch = NOBODY) -> BackedUp:
        """Add a backup of objects and blobs, as of now, to *folder*; the site goes on meanwhile.

        full: copy everything. Else only what is new since the last backup there is copied. watch: hears how
        far it is, and may stop it; the backups are then those there were. Raises DatabaseError if this engine
        cannot, or a pack is running.
        """
        file, blobs = files_of(self.storage)
        if file is None and isinstance(self.storage, DemoStorage):
            raise DatabaseError(f"{self.getName()} is in memory: there is nothing to back up")
        with self._alone("back up"):
            if file is not None:
                return back_up(file, blobs, Path(folder), full=full, watch=watch)
            with own_instance(self.storage) as storage:
                return copy_storage(storage, Path(folder), full=full, progress=watched_copy(watch, storage))

    def folders(self) -> list[Path]:
        """Return the folders on this machine that are written to, the temporary one among them."""
        file, blobs = files_of(self.storage)
        return [*([file.parent] if file else []), *([blobs] if blobs else []), self.temporary_folder]

    def figures(self) -> dict[str, Any]:
        """Return what there is to know in numbers; see `objpub.database.figures` for their names."""
        return figures_of(self)

    def held(self) -> dict[str, int]:
        """Return what this process holds, pairs and caches, in numbers; it does not ask the storage."""
        return held_by(self)

    def latest(self, most: int = 20) -> list[Mapping[str, Any]]:
        """Return the last *most* transactions, the newest first; see `latest_transactions`."""
        return latest_transactions(self, most)

    def at_close(self, close: Callable[[], object]) -> None:
        """Let *close* be called when this database is closed: of something that stands beside it."""
        self._closers.append(close)

    def close(self) -> None:
        """End every transaction, close every connection, then the storage. Closing again does nothing."""
        if self._closed:
            return
        self._closed = True
        self.pairs.close()
        while self._closers:
            self._closers.pop()()
        for pair in list(self._open_pairs):
            self._close_pair(pair)
        self._discard_pooled()
        super().close()
        if self._own_folder is not None:
            self._own_folder()
        if self._held is not None:
            self._held.close()

    def forget_pairs(self) -> None:
        """Be unusable: for the copy of a database in a process forked from the one that opened it."""
        self._closed = True
        self.pairs.forget()
        if self._own_folder is not None:
            self._own_folder.detach()  # it belongs to the other process
        if self._held is not None:
            self._held.detach()

    @contextmanager
    def _alone(self, work: str) -> Iterator[None]:
        """Raise DatabaseError if another maintenance is running."""
        if not self._maintenance.acquire(blocking=False):
            raise DatabaseError(f"Cannot {work} now: a pack or a backup of this database is running")
        try:
            yield
        finally:
            self._maintenance.release()

    def _open_pair(self) -> Pair:
        if self._process != os.getpid():
            raise DatabaseError(
                f"The database was opened by process {self._process} and cannot be used in process"
                f" {os.getpid()}, forked from it: open it after the fork"
            )
        if self._closed:
            raise DatabaseError("The database is closed")
        manager = PairManager()
        with self._pairs_lock:
            connection = self.klass(self, ANY_NUMBER, None, self.cache_bytes)
            with self._lock:
                self.pool.all.add(connection)  # so that ZODB's own figures count it
            connection.open(manager)
            pair = Pair(connection, manager)
            self._open_pairs.add(pair)
            self._divide_cache()
        return pair

    def _close_pair(self, pair: Pair) -> None:
        """End the transaction of *pair* if there is one, and let its objects go. Never raises."""
        with self._pairs_lock:
            if pair not in self._open_pairs:
                return
            self._open_pairs.discard(pair)
            self._divide_cache()
        end(pair.manager)
        with self._lock:
            self.pool.all.discard(pair.connection)
        pair.connection.discard()

    def _divide_cache(self) -> None:
        """Give every pair an equal part of the cache. Call it with the lock held.

        A pair is opened only when none waits, so the others are in use: they shrink when their transaction
        ends.
        """
        share = max(self.cache_bytes // max(len(self._open_pairs), 1), 1)
        for pair in self._open_pairs:
            pair.connection._cache.cache_size_bytes = share

    def _discard_pooled(self) -> None:
        """Let go of the connections that were opened by hand; idle ones would collect invalidations."""
        with self._lock:
            for connection in [*self.pool, *self.historical_pool]:
                if connection.opened is None or self._closed:
                    end(connection.transaction_manager)
                    self.pool.all.discard(connection)
                    connection.discard()
            self.pool.available.clear()
            self.historical_pool.clear()


@contextmanager
def own_instance(storage: Any) -> Iterator[Any]:
    """Give one to read from that others do not move: some engines see one moment with each instance."""
    if not hasattr(storage, "new_instance") or not hasattr(storage, "poll_invalidations"):
        yield storage
        return
    own = storage.new_instance()
    try:
        yield own
    finally:
        own.release()


def watched_copy(watch: Watch, storage: Any) -> Callable[[int, bytes], None] | None:
    """Return what hears of each transaction that is copied from *storage*, and tells *watch*."""
    if watch is NOBODY:
        return None
    last = int.from_bytes(last_of(storage), "big")
    first: list[int] = []

    def hear(number: int, tid: bytes) -> None:
        moment = int.from_bytes(tid, "big")
        first.append(moment) if not first else None
        span = max(last - first[0], 1)
        watch.reach(int(PARTS * min((moment - first[0]) / span, 1)), PARTS)

    return hear


def as_text(name: str, value: Any) -> Any:
    """Return user and description as text: some engines give bytes."""
    if name in {"user_name", "description"} and isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value


def end(manager: Any) -> None:
    """Abort the transaction of *manager* if one is open. What goes wrong is logged: nobody can mend it."""
    try:
        if manager is not None and manager._txn is not None:
            manager.abort()
    except Exception:
        LOG.exception("A transaction could not be aborted; its connection is thrown away")


def forgetter(database: Database) -> Callable[[], None]:
    """Return what makes *database* unusable in a forked process, without keeping it alive in this one."""
    reference = weakref.ref(database)

    def forget() -> None:
        forgotten = reference()
        if forgotten is not None:
            forgotten.forget_pairs()

    return forget
