"""How a path expression goes from a value to the next: item, then public attribute, then view."""

import difflib
import types
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from objpub.errors import NotFound
from objpub.schema import schema_of

MISSING = object()
TraverseStep = Callable[[Any, str, Any], Any]


class Steps:
    """The steps of one application.

    traverse_step: see `Templates.traverse_step`.
    """

    def __init__(self, traverse_step: TraverseStep | None = None):
        self.traverse_step = traverse_step
        self._declared: dict[type, frozenset[str]] = {}

    def walk(self, value: Any, names: Iterable[str], scope: Mapping[str, Any]) -> Any:
        """Return what the steps *names* lead to from *value*. Raises LookupError where one leads nowhere."""
        for name in names:
            value = self.step(value, name, scope)
        return value

    def step(self, value: Any, name: str, scope: Mapping[str, Any]) -> Any:
        """Return what *name* is on *value*. "@@name" is always a view. Raises LookupError for nothing."""
        if name.startswith("@@"):
            return self._view(value, name[2:], scope)
        if name.startswith("_"):
            raise LookupError(f"{name!r} begins with _ and is private: a path cannot go there")
        found = item_of(value, name)
        if found is MISSING:
            found = self._attribute(value, name)
        if found is MISSING:
            found = self._view(value, name, scope)
        return found

    def _attribute(self, value: Any, name: str) -> Any:
        """Return a public attribute: of a resource only what is declared, fields and properties."""
        if isinstance(value, types.ModuleType):
            return MISSING
        kind = type(value)
        if hasattr(kind, "__parent__"):
            return getattr(value, name) if name in self.declared(kind) else MISSING
        return getattr(value, name, MISSING)

    def declared(self, kind: type) -> frozenset[str]:
        """Return the names of the fields and public properties of the resources of class *kind*."""
        names = self._declared.get(kind)
        if names is None:
            names = frozenset(schema_of(kind)) | properties_of(kind)
            self._declared[kind] = names
        return names

    def _view(self, value: Any, name: str, scope: Mapping[str, Any]) -> Any:
        if self.traverse_step is not None and hasattr(value, "__parent__"):
            try:
                return self.traverse_step(value, name, scope.get("request"))
            except (LookupError, NotFound) as error:
                raise LookupError(self._nothing(value, name)) from error
        raise LookupError(self._nothing(value, name))

    def _nothing(self, value: Any, name: str) -> str:
        """Say that *name* leads nowhere from *value*, and what may have been meant."""
        kind = type(value)
        if not hasattr(kind, "__parent__"):
            return f"{kind.__name__} has no item or public attribute called {name!r}"
        said = f"{kind.__name__} has no item, field, property or view called {name!r}"
        near = difflib.get_close_matches(name, self.declared(kind), 1)
        if callable(getattr(kind, name, None)):
            return f"{said}; it has a method of that name, which only a python: expression can call"
        return f"{said}; did you mean {near[0]!r}?" if near else said


def item_of(value: Any, name: str) -> Any:
    """Return the item called *name* of a folder, mapping or sequence; MISSING where there is none."""
    kind = type(value)
    if hasattr(kind, "__parent__"):
        get = getattr(value, "get", None)
        child = get(name) if get is not None else None
        return MISSING if child is None else child
    if isinstance(value, Sequence):
        if name.isdecimal() and int(name) < len(value) and not isinstance(value, str):
            return value[int(name)]
    elif hasattr(kind, "__getitem__"):
        try:
            return value[name]
        except (LookupError, TypeError):
            return MISSING
    return MISSING


def properties_of(kind: type) -> frozenset[str]:
    """Return the names of the public properties of *kind* and its bases, cached ones too."""
    return frozenset(
        name
        for base in kind.__mro__
        for name, value in vars(base).items()
        if not name.startswith("_") and (isinstance(value, property) or hasattr(value, "attrname"))
    )


def called(value: Any) -> Any:
    """Return what *value* returns if it can be called, else *value*; classes are not called."""
    return value() if callable(value) and not isinstance(value, type) else value
