"""The connection of a pair: it notices when a request that only reads changes something."""

import gc
from collections.abc import Callable
from datetime import date
from datetime import datetime
from decimal import Decimal
from typing import Any

from ZODB.Connection import Connection as ZodbConnection
from ZODB.mvccadapter import MVCCAdapterInstance
from ZODB.POSException import InvalidObjectReference
from ZODB.serialize import binary
from ZODB.serialize import ObjectWriter

from objpub.errors import WriteOnRead

from .blame import change_refused
from .changes import BeforeCommit


class Connection(ZodbConnection):
    """A ZODB connection with one word more: `read_only`.

    While it is true, a change is registered as usual, so that the abort takes it back, and then
    refused with WriteOnRead. Refusing before the registration would leave the change in the object
    cache, where the next request would read it.
    """

    #: True while a request is answered that only reads.
    read_only = False

    #: The first WriteOnRead of this transaction, kept even where a view swallowed the exception.
    violation: WriteOnRead | None = None

    #: What others worked out from objects of this connection that have not changed, by keys of theirs. It is
    #: emptied before one of these changes, at a rollback, and with each transaction.
    memory: dict[Any, Any]

    #: The same for what holds longer, over several transactions. It is emptied where others have committed
    #: something, and before an object changes; but where its class says `__tells__ = True` the object calls
    #: `forget` by itself before something changes that matters to others, see `objpub.content`.
    lasting: dict[Any, Any]

    #: What was noted of the running transaction, by keys of those who note it: see `memory` for the rest.
    notes: dict[Any, Any]

    #: Of a mounted database: the connection to the site's own that it belongs to.
    main: "Connection | None" = None

    #: The connections to mounted databases that were opened from this one.
    others: "tuple[Connection, ...]" = ()

    #: The storage's view of the last transaction, and that transaction: unchanged, nothing has to be polled.
    _polled: tuple[bytes | None, bytes] = (None, b"")

    #: What writes the objects of this connection: making one for each is a tenth of what a store costs.
    _writer: ObjectWriter | None = None

    #: Is the storage one that wants to hear of the end of each transaction?
    _storage_listens = True

    def open(self, transaction_manager: Any = None, delegate: bool = True) -> None:
        """Serve *transaction_manager* from now on."""
        self.memory, self.lasting, self.notes = {}, {}, {}
        super().open(transaction_manager, delegate)
        self._storage_listens = not self.explicit_transactions or hasattr(self._storage, "afterCompletion")

    def register(self, obj: Any) -> None:
        """Take note that *obj* changes. Raises WriteOnRead if this connection only reads."""
        self.memory.clear()
        if not getattr(type(obj), "__tells__", False):
            self.lasting.clear()
        super().register(obj)
        if self.read_only or (self.main is not None and self.main.read_only):
            self._refuse(obj)

    def _register(self, obj: Any = None) -> None:
        """Join the transaction, and see to it that those are called who want to be before the commit."""
        if self._needs_to_join:
            registry: Any = self._db.registry  # type: ignore[attr-defined]  # of our own Database
            for function in registry[BeforeCommit] if registry is not None else ():
                self.transaction_manager.get().addBeforeCommitHook(function, (self,))
        super()._register(obj)

    def add(self, obj: Any) -> None:
        """Give *obj* an oid and store it with this transaction. Raises WriteOnRead if this only reads."""
        super().add(obj)
        if self.read_only or (self.main is not None and self.main.read_only):
            self._refuse(obj)

    def get_connection(self, database_name: str) -> "Connection":
        """Return the connection to a mounted database that takes part in the same transactions."""
        found: Any = super().get_connection(database_name)
        main = self.main or self
        if found is not main and found.main is None:
            found.main = main
            # What is known of one may rest on what is above it in the other.
            found.memory, found.lasting = main.memory, main.lasting
            self.forget()
            main.others = (*main.others, found)
        return found  # type: ignore[no-any-return]

    def newTransaction(self, transaction: Any, sync: bool = True) -> None:  # noqa: N802
        """See what was committed until now. Costs little where nothing was since the last time."""
        self.memory.clear()
        self.notes.clear()
        storage = self._storage
        if type(storage) is MVCCAdapterInstance:
            storage.sync(sync)
            if self._is_current(storage):
                self._readCurrent.clear()
                return
            self._readCurrent.clear()
            self._poll(storage)
        else:
            self.lasting.clear()
            super().newTransaction(transaction, sync)

    def _poll(self, storage: MVCCAdapterInstance) -> None:
        """Drop what others have committed since the last time: ZODB's `poll_invalidations` in fewer steps."""
        last = storage._storage.lastTransaction()
        with storage._lock:
            last = max(last, storage._ltid)  # it may have been told of a later one at this moment
            storage._start = after(last)
            invalidated, storage._invalidations = storage._invalidations, set()
        self._polled = (storage._start, last)
        if invalidated is None:  # it is too long ago to be told
            self.lasting.clear()
            self._cache.invalidate(self._cache.cache_data.copy())
        elif invalidated:
            self.lasting.clear()
            self._cache.invalidate(list(invalidated))

    def afterCompletion(self, transaction: Any) -> None:  # noqa: N802
        """Make the object cache as small as it should be, and let go of what the transaction noted."""
        self.notes.clear()  # else an upload that was taken back stays on the disk with its object
        if self._storage_listens:
            super().afterCompletion(transaction)
        else:
            self._cache.incrgc()

    def _commit(self, transaction: Any) -> None:
        """Store what has changed, in the order in which it did; as in ZODB, but with one writer for all."""
        if self.before is not None or self._import:
            super()._commit(transaction)  # type: ignore[misc]
            return
        added: list[Any] = []
        self._added_during_commit: list[Any] | None = added
        for each in self._registered_objects:
            oid = each._p_oid
            if each._p_jar is not self:
                raise InvalidObjectReference(each, each._p_jar)
            if oid in self._added or (oid not in self._creating and each._p_changed):
                self._write(each, transaction)
        for each in added:  # by the `__getstate__` of another
            self._write(each, transaction)
        self._added_during_commit = None

    def _write(self, obj: Any, transaction: Any) -> None:
        """Store *obj*, and what is new below it, and let go of what it was written from.

        Else the memory of the writer would keep an upload that was taken back, and its file on the disk.
        """
        writer = self._writer
        if writer is None:
            writer = self._writer = ObjectWriter()
            writer._jar = self
            writer._p.persistent_id = but_for_plain(writer.persistent_id)
        writer._stack.append(obj)
        try:
            self._store_objects(writer, transaction)  # type: ignore[attr-defined]
        finally:
            writer._p.clear_memo()
            writer._stack.clear()  # where it was broken off
            if writer._file.tell() > MOST_KEPT:
                self._writer = None

    def _abort(self) -> None:
        """Take back every change.

        What a changed object held is let go only when the object is empty. The C code of trees lets go of one
        child after the other and forgets them at the end; where a child is a file that was not committed, its
        end runs Python code, which lets another thread in; and if that one collects garbage, it meets the
        children that are gone already: the process crashes.
        """
        self.forget()
        held = [gc.get_referents(each) for each in self._registered_objects]
        super()._abort()  # type: ignore[misc]
        held.clear()

    def tpc_abort(self, transaction: Any) -> None:
        """Take back what was stored by a commit that did not come to its end."""
        self.forget()
        super().tpc_abort(transaction)  # type: ignore[misc]

    def forget(self) -> None:
        """Rely on nothing that was worked out from objects."""
        self.memory.clear()
        self.lasting.clear()

    @property
    def is_changed(self) -> bool:
        """May an object have changed in this transaction, here or where the same memory is used?"""
        if self.main is None and not self.others:
            return not self._needs_to_join
        main = self.main or self
        return not all(each._needs_to_join for each in (main, *main.others))

    def is_clean(self) -> bool:
        """Is nothing left here of the transaction before?"""
        return (
            self._needs_to_join
            and not self._registered_objects
            and not self._added
            and not self._creating
            and self._savepoint_storage is None
            and self.violation is None
            and (not self.others or all(each.is_clean() for each in self.others))
        )

    def discard(self) -> None:
        """Let go of everything, for good: unlike `close`, which keeps the object cache for others."""
        for each in (self, *self.others):
            each._needs_to_join = True
            each._writer = None
        self._release_resources()  # of the others too

    def _is_current(self, storage: MVCCAdapterInstance) -> bool:
        """Is the last transaction still the one that this connection saw when it polled?

        The storage is asked last, and answers between two commits. Who commits after that comes after this
        transaction; what it invalidates stays in the storage for the next one.
        """
        start, last = self._polled
        return (
            storage._start is start
            and storage._ltid <= last
            and storage._invalidations == NOTHING
            and storage.lastTransaction() == last
        )

    def _refuse(self, obj: Any) -> None:
        try:
            error = change_refused(self, obj)
        except Exception:  # a damaged lineage may raise anything, and the refusal matters more than its words
            error = WriteOnRead(f"A request that only reads changed a {type(obj).__name__}")
        main = self.main or self
        if main.violation is None:
            main.violation = error
        raise error


#: A writer that has written a record of more bytes is not kept: it holds the last one.
MOST_KEPT = 65_536

#: Types of values that are never objects with a record of their own.
PLAIN = frozenset(
    {bool, bytes, date, datetime, Decimal, dict, float, frozenset, int, list, str, tuple, type(None), binary}
)


def but_for_plain(persistent_id: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return *persistent_id*, the question of a writer, answered for what is plain without being asked."""

    def asked(value: Any) -> Any:
        return None if type(value) in PLAIN else persistent_id(value)

    return asked


#: No invalidations; not equal to None, by which a storage asks for a fresh cache.
NOTHING: frozenset[bytes] = frozenset()


def after(tid: bytes) -> bytes:
    """Return the transaction id after *tid*."""
    return (int.from_bytes(tid, "big") + 1).to_bytes(8, "big")
