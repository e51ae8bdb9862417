"""What a running template sees: its variables, and the `repeat` variable."""

import builtins
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from chameleon.tal import RepeatItem


class NameError(builtins.NameError):
    """Nobody defined a variable. args: its name."""

    def __str__(self) -> str:
        return f"There is no variable called {self.args[0]!r} here"


class Scope(dict[str, Any]):
    """The variables of a running template, by name.

    Compiled templates look every name up with `get_name` and `get`; here these are the methods of dict
    themselves, so that a look-up is no call of a Python function.
    """

    __slots__ = ()

    get_name = dict.__getitem__

    def __missing__(self, name: str) -> Any:
        """Raise NameError, as Python does for a name that nobody defined."""
        raise NameError(name)

    def copy(self) -> "Scope":
        """Return the same variables for a macro to add its own to."""
        return Scope(self)


class Edge:
    """Is the value of a loop the first, or the last, of those like it beside it? True or false.

    `repeat.item.first` compares whole values; `repeat.item.first("author")`, in a path `first/author`, what
    they have as `author`: an attribute, or what a mapping has of that name.
    """

    __slots__ = ("_item", "_names", "_step")

    def __init__(self, item: "Item", step: int, names: tuple[str, ...] = ()):
        self._item = item
        self._step = step
        self._names = names

    def __bool__(self) -> bool:
        values, here = self._item.values, int(self._item.index)
        beside = here + self._step
        if not 0 <= beside < len(values):
            return True
        return bool(part_of(values[here], self._names) != part_of(values[beside], self._names))

    def __call__(self, *names: str) -> bool:
        """Return whether it is so for what the values have as *names*, one in the other."""
        return bool(Edge(self._item, self._step, (*self._names, *names)))

    def __getitem__(self, name: str) -> "Edge":
        return Edge(self._item, self._step, (*self._names, name))

    def __str__(self) -> str:
        return str(bool(self))


def part_of(value: Any, names: Iterable[str]) -> Any:
    """Return what *value* has as the first of *names*, what that has as the second, and so on."""
    for name in names:
        value = value[name] if isinstance(value, Mapping) else getattr(value, name)
    return value


class Item(RepeatItem):
    """Where one loop stands. values: what it goes over."""

    __slots__ = ("values",)

    def __init__(self, iterator: Iterator[Any], values: Sequence[Any]):
        super().__init__(iterator, len(values))
        self.values = values

    @property
    def first(self) -> Edge:
        """Is it the first of those like it?"""
        return Edge(self, -1)

    @property
    def last(self) -> Edge:
        """Is it the last of those like it?"""
        return Edge(self, 1)


class Repeat:
    """The `repeat` variable: `repeat.item.index` is where the loop over `item` stands."""

    __slots__ = ("_items",)

    def __init__(self) -> None:
        self._items: dict[str | tuple[str, ...], Item] = {}

    def __call__(self, key: str | tuple[str, ...], values: Iterable[Any] | None) -> tuple[Iterator[Any], int]:
        """Begin the loop over *values*; *key* is the name of its variable, or the names. None is no value."""
        values = () if values is None else list(values)
        iterator = iter(values)
        self._items[key] = item = Item(iterator, values)
        if not isinstance(key, str):
            for name in key:
                self._items[name] = item
        return iterator, len(values)

    def __getitem__(self, name: str | tuple[str, ...]) -> Item:
        try:
            return self._items[name]
        except KeyError:
            raise LookupError(f"No tal:repeat goes over {name!r}") from None

    def __getattr__(self, name: str) -> Item:
        try:
            return self._items[name]
        except KeyError:
            raise AttributeError(f"No tal:repeat goes over {name!r}") from None


def untranslated(
    msgid: Any,
    domain: str | None = None,
    mapping: dict[str, Any] | None = None,
    context: str | None = None,
    target_language: str | None = None,
    default: str | None = None,
) -> Any:
    """Return the text that stands in the template: what `i18n:` attributes do as long as nobody translates.

    mapping: name → value for the `${name}` in the text.
    """
    text = msgid if default is None else default
    for name, value in (mapping or {}).items():
        text = text.replace("${" + name + "}", str(value))
    return text
