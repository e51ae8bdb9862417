"""The database: ZODB's own, with a registry, pairs, and every trap of the engines hidden."""

import threading
from pathlib import Path
from typing import Any

from transaction import TransactionManager
from ZODB import DB

from objpub.errors import DatabaseError
from objpub.registry import Registry

from .connection import Connection
from .pairs import Pair
from .pairs import Pairs


class Database(DB):
    """A ZODB database that knows its registry and keeps pairs of connection and manager."""

    klass = Connection

    def __init__(
        self,
        storage: Any,
        *,
        registry: Registry | None = None,
        cache_bytes: int = 64_000_000,
        pool_size: int = 8,
        temporary_folder: Path | None = None,
        **options: Any,
    ) -> None:
        self._registry = registry
        self.cache_bytes = cache_bytes
        self.temporary_folder = temporary_folder
        self._open_pairs: set[Pair] = set()
        self._pairs_lock = threading.Lock()
        self.pairs = Pairs(self._open_pair, self._close_pair, pool_size)
        super().__init__(storage, pool_size=1_000, cache_size=1_000_000_000, **options)

    @property
    def registry(self) -> Registry | None:
        """What the configuration filled; it can be set once."""
        return self._registry

    @registry.setter
    def registry(self, registry: Registry) -> None:
        if self._registry is not None and registry is not self._registry:
            raise DatabaseError("The registry of a database can be set only once")
        self._registry = registry

    def close(self) -> None:
        """Close the pairs, then the storage."""
        self.pairs.close()
        super().close()

    def _open_pair(self) -> Pair:
        manager = TransactionManager(explicit=True)
        pair = Pair(self.open(manager), manager)
        with self._pairs_lock:
            self._open_pairs.add(pair)
            self._divide_cache()
        return pair

    def _close_pair(self, pair: Pair) -> None:
        with self._pairs_lock:
            self._open_pairs.discard(pair)
            self._divide_cache()
        if pair.manager._txn is not None:
            pair.manager.abort()
        pair.connection.violation = None
        pair.connection.close()

    def _divide_cache(self) -> None:
        share = self.cache_bytes // max(len(self._open_pairs), 1)
        for pair in self._open_pairs:
            pair.connection._cache.cache_size_bytes = share
