"""The connection of a pair: it notices when a request that only reads changes something."""

from typing import Any

from ZODB.Connection import Connection as ZodbConnection

from objpub.errors import WriteOnRead

from .blame import describe_change


class Connection(ZodbConnection):
    """A ZODB connection with one word more: `read_only`.

    While it is true, a change is registered as usual, so that the abort takes it back, and then
    refused with WriteOnRead. Refusing before the registration would leave the change in the object
    cache, where the next request would read it.
    """

    #: True while a safe method is answered.
    read_only = False

    #: The first WriteOnRead of this transaction, kept even where a view swallowed the exception.
    violation: WriteOnRead | None = None

    def register(self, obj: Any) -> None:
        """Take note that *obj* changes. Raises WriteOnRead if this connection only reads."""
        super().register(obj)
        if self.read_only:
            self._refuse(obj)

    def add(self, obj: Any) -> None:
        """Give *obj* an oid and store it with this transaction. Raises WriteOnRead if this only reads."""
        super().add(obj)
        if self.read_only:
            self._refuse(obj)

    def is_clean(self) -> bool:
        """Is nothing left here of the transaction before?"""
        return (
            self._needs_to_join
            and not self._registered_objects
            and not self._added
            and not self._creating
            and self._savepoint_storage is None
        )

    def _refuse(self, obj: Any) -> None:
        error = WriteOnRead(describe_change(self, obj))
        if self.violation is None:
            self.violation = error
        raise error
