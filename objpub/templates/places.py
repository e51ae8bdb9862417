"""Where in a template something is: for mistakes found at the start and for failures while a page is made."""

import itertools
import linecache
import re
import traceback
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any

from objpub.errors import TemplateError

PLACES_AT_MOST = 20  # of a failure; more come only from a macro that uses itself without end
VALUES_AT_MOST = 8  # of the variables in one expression
LONGEST_VALUE = 60  # characters
NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
SECRET = re.compile(r"passw|secret|token|credential|session|cookie|key$", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """An expression in a template. line and column count from 1; 0 where they are unknown."""

    file: str
    line: int = 0
    column: int = 0
    expression: str = ""

    @property
    def text(self) -> str:
        """The line of the file, as it is there now, without its end; empty where it cannot be read."""
        linecache.checkcache(self.file)
        return linecache.getline(self.file, self.line).rstrip()

    def __str__(self) -> str:
        head = f'  File "{self.file}"'
        if not self.line:
            return head
        lines = [f"{head}, line {self.line}, column {self.column}"]
        shown = self.text.strip()
        if shown:
            indentation = len(self.text) - len(self.text.lstrip())
            length = max(1, len(self.expression.partition("\n")[0]))
            offset = max(0, self.column - 1 - indentation)
            lines += [f"    {shown}", "    " + " " * offset + "^" * min(length, max(1, len(shown) - offset))]
        return "\n".join(lines)


def mistake(reason: str, place: Place) -> TemplateError:
    """Return the error that says *reason* about *place*."""
    return TemplateError(
        reason, place, file=place.file, line=place.line, column=place.column, expression=place.expression
    )


def places_of(error: BaseException) -> tuple[Place, ...]:
    """Return the template expressions that were being worked out when *error* was raised, outermost first.

    Compiled templates keep the position of the running expression in a variable; it is read from the frames
    of the traceback, so this costs nothing until something fails. Empty for an error outside of templates.
    """
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__) if "__tokens" in frame.f_globals]
    return tuple(_places(frames))[-PLACES_AT_MOST:]


def _places(frames: list[FrameType]) -> Iterator[Place]:
    for frame, inner in itertools.zip_longest(frames, frames[1:]):
        if inner is not None and inner.f_code.co_name.startswith("__fill_"):
            continue  # a layout that calls a slot: its variable still points at what it worked out before
        position = frame.f_locals.get("__token")
        token = frame.f_globals["__tokens"].get(position)
        if token is not None:
            expression, line, column = token
            yield Place(frame.f_globals["__filename"], line, column + 1, str(expression))


def values_of(error: BaseException) -> dict[str, str]:
    """Return the variables in the template expression that failed with *error*, each as a short text.

    Of an object there is only its class: what it says of itself may be long, secret, or fail. Empty for an
    error outside of templates.
    """
    for frame, _ in reversed(list(traceback.walk_tb(error.__traceback__))):
        if "__tokens" in frame.f_globals:
            token = frame.f_globals["__tokens"].get(frame.f_locals.get("__token"))
            scope = frame.f_locals.get("econtext")
            return {} if token is None or scope is None else dict(_values(token[0], scope))
    return {}


def _values(expression: str, scope: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    names = [name for name in dict.fromkeys(NAME.findall(expression)) if name in scope]
    for name in names[:VALUES_AT_MOST]:
        yield name, "(hidden)" if SECRET.search(name) else value_shown(scope[name])


def value_shown(value: Any) -> str:
    """Return a short text for *value*: a text, a number, or what kind of thing it is and how long."""
    if value is None or isinstance(value, str | int | float):
        text = repr(value)
        return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
    size = f" of {len(value)}" if type(value) in {list, tuple, dict, set, frozenset} else ""
    return f"<{type(value).__name__}{size}>"
