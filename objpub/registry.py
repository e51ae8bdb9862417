"""What configuration fills: one typed table per concern, keyed by the table's own class.

    registry[Views]          # the table of class Views, made on first use

The registry knows nothing about its tables, so the bottom does not import the top, a name cannot be
mistyped, and a type checker knows what comes back.
"""

from collections.abc import Hashable
from collections.abc import Iterator
from typing import Any
from typing import Generic
from typing import TypeVar

from objpub.errors import DeclarationError

Table = TypeVar("Table")
Value = TypeVar("Value")


class Registry:
    """Tables by class. Filled by a configuration, read-only after its freeze."""

    def __init__(self) -> None:
        self._tables: dict[type, Any] = {}
        self.frozen = False

    def __getitem__(self, kind: type[Table]) -> Table:
        """Return the table of class *kind*; it is made on first use."""
        table = self._tables.get(kind)
        if table is None:
            table = self._tables.setdefault(kind, kind())
            if self.frozen:
                _freeze(table)
        found: Table = table
        return found

    def freeze(self) -> None:
        """Make every table read-only: those that have a `freeze` of their own are told."""
        self.frozen = True
        for table in list(self._tables.values()):
            _freeze(table)


def _freeze(table: Any) -> None:
    freeze = getattr(table, "freeze", None)
    if freeze is not None:
        freeze()


class ByClass(Generic[Value]):
    """Values by (class, key); the most specific class of an object wins. Lookups are remembered."""

    def __init__(self) -> None:
        self._values: dict[type, dict[Hashable, Value]] = {}
        self._found: dict[tuple[type, Hashable], Value | None] = {}
        self._frozen = False

    def put(self, kind: type, key: Hashable, value: Value) -> None:
        """Keep *value* for instances of *kind* under *key*. Raises DeclarationError after the freeze."""
        if self._frozen:
            raise DeclarationError(f"{type(self).__name__} is frozen: {kind.__name__} {key!r} comes too late")
        self._values.setdefault(kind, {})[key] = value
        self._found.clear()

    def own(self, kind: type, key: Hashable) -> Value | None:
        """Return the value kept for *kind* itself, not for its bases, or None."""
        return self._values.get(kind, {}).get(key)

    def find(self, kind: type, key: Hashable) -> Value | None:
        """Return the value of the most specific class in the order of *kind*'s bases, or None."""
        try:
            return self._found[kind, key]
        except KeyError:
            value = next(self.every(kind, key), None)
            if value is not None:  # what is not there is not remembered: strangers choose the keys
                self._found[kind, key] = value
            return value

    def every(self, kind: type, key: Hashable) -> Iterator[Value]:
        """Yield the values under *key* of *kind* and its bases, the most specific first."""
        for base in kind.__mro__:
            values = self._values.get(base)
            if values is not None and key in values:
                yield values[key]

    def keys(self, kind: type) -> set[Hashable]:
        """Return all keys that *kind* or one of its bases has."""
        return {key for base in kind.__mro__ for key in self._values.get(base, ())}

    def items(self) -> Iterator[tuple[type, Hashable, Value]]:
        """Yield (class, key, value) for all that is kept, in the order it came."""
        for kind, values in self._values.items():
            for key, value in values.items():
                yield kind, key, value

    def freeze(self) -> None:
        """Refuse further values."""
        self._frozen = True
