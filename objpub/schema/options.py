"""What an author writes for a field: `field(...)` and the annotations of this part's own."""

import linecache
import sys
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import FrameType
from typing import Annotated
from typing import Any
from typing import dataclass_transform
from typing import Final
from typing import Literal
from typing import Never
from typing import TypeVar

from objpub.errors import DeclarationError

from .wording import did_you_mean

T = TypeVar("T")
C = TypeVar("C", bound=type)


class Missing(Enum):
    """The class of `MISSING`: no default, so the field is required."""

    MISSING = "MISSING"

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> Literal[False]:
        return False


MISSING: Final = Missing.MISSING


class Mark(Enum):
    """What an `Annotated` type of this part carries; the table of kinds knows each."""

    RICH_TEXT = "rich text"
    MARKDOWN = "markdown"
    EMAIL = "email"
    URL = "url"
    REFERENCE = "reference"
    SECRET = "secret"


#: HTML from people; made safe whenever it is set.
RichText = Annotated[str, Mark.RICH_TEXT]

#: Markdown, kept as it was written.
Markdown = Annotated[str, Mark.MARKDOWN]

#: An e-mail address.
Email = Annotated[str, Mark.EMAIL]

#: An absolute address on the web: http, https or mailto.
URL = Annotated[str, Mark.URL]

#: An argument of a view that no message repeats, such as a password: `password: Secret = ""`.
Secret = Annotated[str, Mark.SECRET]

#: A reference to another resource: `Ref[Person]`. What is stored is the resource itself.
Ref = Annotated[T, Mark.REFERENCE]


@dataclass(eq=False)
class Options:
    """What one `field(...)` was told; stands in the class body until the schema is made.

    Read on an instance that has no value of its own, it gives the default, or raises AttributeError.
    """

    default: Any = MISSING
    title: str | None = None
    description: str | None = None
    multiline: bool = False
    min_length: int | None = None
    max_length: int | None = None
    ge: Any = None
    le: Any = None
    pattern: str | None = None
    choices: Mapping[Any, str] | Iterable[Any] | None = None
    index: str | None = None
    column: bool = False
    filter: bool = False
    read: Any = None
    write: Any = None
    folded: bool = False
    on_delete: str | None = None

    # Where it stands. The frame is kept only for a class made inside a function, until its schema is
    # made: names of an annotation such as "Ref[Article]" may become known there later.
    source: str | None = None
    frame: FrameType | None = None
    name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        if "<locals>" in owner.__qualname__:
            self.frame = sys._getframe(1)

    def __get__(self, resource: Any, owner: type | None = None) -> Any:
        if resource is None:
            return self
        if self.default is MISSING:
            raise AttributeError(f"this {type(resource).__name__} has no {self.name} yet")
        return frozen(self.default)


#: The options that a kind of value must understand; the others belong to every field.
LIMITS = ("multiline", "min_length", "max_length", "ge", "le", "pattern", "choices")

OPTION_NAMES = tuple(name for name in Options.__dataclass_fields__ if name not in {"source", "frame"})


def field(
    *,
    default: Any = MISSING,
    title: str | None = None,
    description: str | None = None,
    multiline: bool = False,
    min_length: int | None = None,
    max_length: int | None = None,
    ge: Any = None,
    le: Any = None,
    pattern: str | None = None,
    choices: Mapping[Any, str] | Iterable[Any] | None = None,
    index: str | None = None,
    column: bool = False,
    filter: bool = False,
    read: Any = None,
    write: Any = None,
    folded: bool = False,
    on_delete: str | None = None,
    **unknown: Never,
) -> Any:
    """Declare a field in the body of a class: `summary: str = field(default="", multiline=True)`.

    default: the value of resources that have none; without it the field is required. title: what people
    see; made from the name if None. description: a sentence for people. multiline: text of many lines.
    min_length, max_length: characters of a text, items of a collection. ge, le: the least and the
    greatest value. pattern: a regular expression that a whole line of text must match. choices: the
    values allowed, or a mapping of values to their titles. index: the word of a catalog index. column,
    filter: listings show it, and can be filtered by it. read, write: permissions needed beyond those of
    the resource; None for none. folded: forms show it only to those who open what is rarely needed.

    Raises DeclarationError for an option that does not exist. Whether the options fit the annotation is
    found when the schema of the class is made.
    """
    values = {**locals(), "source": line_of(sys._getframe(1))}
    if values.pop("unknown"):
        name = next(iter(unknown))
        near = did_you_mean(name, OPTION_NAMES)
        raise DeclarationError(f"field() has no option {name!r}{near}", values["source"])
    return Options(**values)


@dataclass_transform(kw_only_default=True, field_specifiers=(field,))
def mixin(cls: C) -> C:
    """Tell type checkers that the annotations of a plain class are fields, and return the class itself.

    Classes without it are mixins too; only mypy and pyright do not know the fields they bring.
    """
    return cls


def line_of(frame: FrameType) -> str:
    """Return the line that *frame* is at, as tracebacks print it."""
    file, line = frame.f_code.co_filename, frame.f_lineno
    return f'  File "{file}", line {line}\n    {linecache.getline(file, line).strip()}'


def frozen(value: Any) -> Any:
    """Return *value* in the form that nobody can change: list → tuple, set → frozenset, enum → its value."""
    if isinstance(value, Enum) and not isinstance(value, Missing):
        return value.value
    if isinstance(value, list):
        return tuple(frozen(each) for each in value)
    return frozenset(value) if isinstance(value, set) else value
