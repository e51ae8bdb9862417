"""Which class a stored record gets: today's, the one it was renamed to, or a stand-in that is broken."""

import importlib
from collections.abc import Iterator
from typing import Any

from ZODB.broken import find_global

from objpub.errors import DeclarationError
from objpub.registry import Registry


class Renamed:
    """The table of classes that had another name: old dotted name → class of today."""

    def __init__(self) -> None:
        self._classes: dict[str, type] = {}
        self._frozen = False

    def put(self, name: str, kind: type) -> None:
        """Load records of the class that was called *name*, "blog.content.Article", as *kind*.

        Raises DeclarationError if *name* is no dotted name, is taken by another renamed class, or is still
        the name of another class: its records could not be told from the old ones.
        """
        module, _, global_name = name.rpartition(".")
        if not module:
            raise DeclarationError(f'was={name!r} must be the whole old name, such as "blog.content.{name}"')
        if self._frozen:
            raise DeclarationError(f"Renamed is frozen: was={name!r} comes too late")
        known = self._classes.get(name)
        if known is not None and known is not kind:
            raise DeclarationError(f"{name!r} was renamed to {known.__name__} and to {kind.__name__}")
        there = importable(module, global_name)
        if there is not None and there is not kind:
            raise DeclarationError(
                f"{kind.__name__} says was={name!r}, but that class still exists: remove it, or was="
            )
        self._classes[name] = kind

    def find(self, name: str) -> type | None:
        """Return the class that was once called *name*, or None."""
        return self._classes.get(name)

    def items(self) -> Iterator[tuple[str, type]]:
        """Yield (old name, class)."""
        yield from self._classes.items()

    def freeze(self) -> None:
        """Refuse further names."""
        self._frozen = True


def class_for(registry: Registry | None, module: str, name: str) -> Any:
    """Return the class, or other global, that a record calls *name* of *module*, or None.

    Unlike ZODB's own way, which takes a site's module `commands` for Python 2's and looks in `subprocess`,
    a module that exists is never mistaken for one of Python 2.
    """
    renamed = None if registry is None else registry[Renamed].find(f"{module}.{name}")
    return renamed if renamed is not None else importable(module, name)


def broken_class(module: str, name: str) -> Any:
    """Return a stand-in for a class that is gone: its instances keep their state and can be shown."""
    return find_global(module, name)


def importable(module: str, name: str) -> Any:
    """Return what is called *name* in *module*, or None if there is no such thing."""
    try:
        return getattr(importlib.import_module(module), name, None)
    except (ImportError, ValueError):
        return None
