"""What TALES gives to Python in a .zpt file: path("a/b"), nocall("a/b"), exists("a/b"), string("…")."""

import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from .expressions import CAUGHT
from .expressions import FUNCTIONS
from .steps import called

Walk = Callable[[Any, Iterable[str], Mapping[str, Any]], Any]
TYPE = re.compile(r"\s*(?P<type>path|nocall|string):(?P<rest>.*)", re.DOTALL)
IN_STRING = re.compile(r"\$\{(?P<path>[^{}]*)\}|\$(?P<name>[A-Za-z]\w*)|\$\$")


class PathFunctions:
    """The functions of one template, for paths that are put together while a page is made.

    walk: goes the steps of a path. names: the variables that every run of the template has.
    """

    def __init__(self, walk: Walk, names: Mapping[str, Any]):
        self._walk = walk
        self._names = names

    def __call__(self, name: str, scope: Mapping[str, Any]) -> Any:
        """Return what is called *name*: a variable of the page if there is one, else the function."""
        if name in scope:
            return scope[name]
        method = getattr(self, FUNCTIONS[name])
        return lambda text: method(text, scope)

    def path(self, text: str, scope: Mapping[str, Any]) -> Any:
        """Return what the path *text* leads to, called if it can be; "a | b" is b where a leads nowhere."""
        return self._first(text, scope, called)

    def uncalled(self, text: str, scope: Mapping[str, Any]) -> Any:
        """Return what the path *text* leads to, not called."""
        return self._first(text, scope, lambda value: value)

    def exists(self, text: str, scope: Mapping[str, Any]) -> bool:
        """Return whether the path *text* leads somewhere."""
        try:
            self.uncalled(text, scope)
        except CAUGHT:
            return False
        return True

    def string(self, text: str, scope: Mapping[str, Any]) -> str:
        """Return *text* with what its ${paths} lead to."""

        def value(found: re.Match[str]) -> str:
            path = found["path"] or found["name"]
            shown = "$" if path is None else self.path(path, scope)
            return "" if shown is None else str(shown)

        return IN_STRING.sub(value, text)

    def _first(self, text: str, scope: Mapping[str, Any], finish: Callable[[Any], Any]) -> Any:
        *others, last = text.split("|")
        for each in others:
            try:
                return self._one(each, scope, finish)
            except CAUGHT:
                continue
        return self._one(last, scope, finish)

    def _one(self, text: str, scope: Mapping[str, Any], finish: Callable[[Any], Any]) -> Any:
        typed = TYPE.fullmatch(text)
        if typed is not None and typed["type"] == "string":
            return self.string(typed["rest"], scope)
        if typed is not None:
            text, finish = typed["rest"], called if typed["type"] == "path" else (lambda value: value)
        first, *steps = text.strip().split("/")
        value = self._names[first] if first in self._names and first not in scope else scope[first]
        return finish(self._walk(value, [self._step(step, scope) for step in steps], scope))

    def _step(self, step: str, scope: Mapping[str, Any]) -> str:
        return str(scope[step[1:]]) if step.startswith("?") else step
