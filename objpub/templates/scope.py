"""What a running template sees: its variables, and the `repeat` variable."""

from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any

from chameleon.tal import RepeatItem


class Scope(dict[str, Any]):
    """The variables of a running template, by name.

    Compiled templates look every name up with `get_name` and `get`; here these are the methods of dict
    themselves, so that a look-up is no call of a Python function.
    """

    __slots__ = ()

    get_name = dict.__getitem__

    def __missing__(self, name: str) -> Any:
        """Raise NameError, as Python does for a name that nobody defined."""
        raise NameError(f"There is no variable called {name!r} here")

    def copy(self) -> "Scope":
        """Return the same variables for a macro to add its own to."""
        return Scope(self)


class Repeat:
    """The `repeat` variable: `repeat.item.index` is where the loop over `item` stands."""

    __slots__ = ("_items",)

    def __init__(self) -> None:
        self._items: dict[str, RepeatItem] = {}

    def __call__(self, key: str | tuple[str, ...], values: Iterable[Any] | None) -> tuple[Iterator[Any], int]:
        """Begin the loop over *values*; *key* is the name of its variable, or the names. None is no value."""
        values = () if values is None else list(values)
        iterator = iter(values)
        item = RepeatItem(iterator, len(values))
        for name in (key,) if isinstance(key, str) else key:
            self._items[name] = item
        return iterator, len(values)

    def __getitem__(self, name: str) -> RepeatItem:
        try:
            return self._items[name]
        except KeyError:
            raise LookupError(f"No tal:repeat goes over {name!r}") from None

    def __getattr__(self, name: str) -> RepeatItem:
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
