"""Kinds that choose from a list: an enum, literals, the `choices` of a field."""

from abc import ABC
from abc import abstractmethod
from collections.abc import Iterable
from collections.abc import Mapping
from enum import Enum
from typing import Any
from typing import ClassVar
from typing import get_args

from objpub.errors import DeclarationError

from .kind import Kind
from .kind import NOWHERE
from .kind import Surroundings
from .options import Options
from .wording import listed


class Listed(Kind, ABC):
    """One of several values. What is stored is a text, a whole number, True or False."""

    name = "choice"
    understands = frozenset({"choices"})

    #: Classes of the values that may be chosen from. True is not 1 here.
    classes: ClassVar[tuple[type, ...]] = (str, int, bool)

    def __init__(self, annotation: Any, options: Options, nullable: bool = False):
        super().__init__(annotation, options, nullable)
        titles = self.titles()
        if options.choices is not None:
            titles = titles_chosen(options.choices, titles, self.unwrap)
        for value in titles:
            if type(value) not in self.classes:
                raise DeclarationError(f"{value!r} cannot be chosen: wanted text, number, True or False")
        self.choices = tuple(titles.items())
        self.wanted = "one of " + listed(titles) if len(titles) > 1 else repr(next(iter(titles), None))
        self._known = {(type(value), value) for value in titles}
        self._by_text = {self.to_text(value, NOWHERE): value for value in titles}
        if not titles or len(self._by_text) < len(titles):
            raise DeclarationError(f"wanted values that differ as text too, not {tuple(titles)!r}")

    @abstractmethod
    def titles(self) -> dict[Any, str]:
        """Return the values that the annotation allows, with their titles, in order."""

    def unwrap(self, value: Any) -> Any:
        """Return *value* as it is stored."""
        return value

    def check(self, value: Any) -> Any:
        """Return *value* as it is stored, if it may be chosen. Raises ValueError."""
        stored = self.unwrap(value)
        if type(stored) in self.classes and (type(stored), stored) in self._known:
            return stored
        raise self.refuse(value)

    def to_text(self, value: Any, surroundings: Surroundings) -> str:
        """Return the value as text; "yes" or "no" for True and False."""
        return ("no", "yes")[value] if type(value) is bool else str(value)

    def from_text(self, text: Any, surroundings: Surroundings) -> Any:
        """Return the value of *text*. Raises ValueError."""
        try:
            return self._by_text[text.strip()]
        except KeyError:
            raise self.refuse(text) from None

    def json_schema(self) -> dict[str, Any]:
        """Return "enum" of the values."""
        return {"enum": [value for value, _ in self.choices]}

    def canonical(self, value: Any) -> str:
        """Return the value, so written that "1", 1 and True differ."""
        return repr(value)


class Member(Listed):
    """A member of an enum. Its value is stored, so that the enum's class can be renamed."""

    def titles(self) -> dict[Any, str]:
        """Return the values of the members; the title is the name in words: IN_PRINT → "In print"."""
        return {
            frozen_value(member): member.name.replace("_", " ").capitalize() for member in self.annotation
        }

    def unwrap(self, value: Any) -> Any:
        """Return the value of a member of this enum; other things are left as they are."""
        return frozen_value(value) if isinstance(value, self.annotation) else value

    def given(self, value: Any) -> Any:
        """Return the member."""
        return self.annotation(value)


class OneOf(Listed):
    """One of the values of a `Literal`."""

    def titles(self) -> dict[Any, str]:
        """Return the values; the title is the value in words."""
        return {
            value: self.to_text(value, NOWHERE).replace("_", " ").capitalize()
            for value in literal_values(self.annotation)
        }


class Chosen(Kind):
    """A value of another kind, such as a line of text, out of the `choices` of the field."""

    name = "choice"

    def __init__(self, kind: Kind, options: Options):
        super().__init__(kind.annotation, options, kind.nullable)
        self.kind = kind
        titles = titles_chosen(options.choices, None, kind.check)
        if not titles or None in titles:
            raise DeclarationError(f"choices={options.choices!r}: wanted values that are not empty")
        self.choices = tuple(titles.items())
        self.wanted = "one of " + listed(kind.to_text(value, NOWHERE) for value in titles)
        self.blank_is_value = kind.blank_is_value
        self._known = frozenset(titles)

    def check(self, value: Any) -> Any:
        """Return *value* as it is stored, if it may be chosen. Raises ValueError."""
        stored = self.kind.check(value)
        if stored in self._known or stored is None or stored == "":
            return stored
        raise self.refuse(value)

    def to_text(self, value: Any, surroundings: Surroundings) -> Any:
        """Return the value as text."""
        return self.kind.to_text(value, surroundings)

    def from_text(self, text: Any, surroundings: Surroundings) -> Any:
        """Return the value of *text*. Raises ValueError."""
        return self.kind.from_text(text, surroundings)

    def to_json(self, value: Any, surroundings: Surroundings) -> Any:
        """Return the value as JSON holds it."""
        return self.kind.to_json(value, surroundings)

    def from_json(self, value: Any, surroundings: Surroundings) -> Any:
        """Return the value that *value*, from JSON, means. Raises ValueError."""
        return self.kind.from_json(value, surroundings)

    def json_schema(self) -> dict[str, Any]:
        """Return the schema of the other kind, with "enum"."""
        return {
            **self.kind.json_schema(),
            "enum": [self.to_json(value, NOWHERE) for value, _ in self.choices],
        }

    def canonical(self, value: Any) -> str:
        """Return what the other kind returns."""
        return self.kind.canonical(value)

    def given(self, value: Any) -> Any:
        """Return what the other kind returns."""
        return self.kind.given(value)


def frozen_value(member: Enum) -> Any:
    """Return the value of a member as a plain text or number. Raises DeclarationError for other values."""
    value = member.value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int.__int__(value)
    raise DeclarationError(f"{member}: wanted a text or a whole number as its value, not {value!r}")


def literal_values(annotation: Any) -> Iterable[Any]:
    """Yield the values of a `Literal`; members of enums become their values."""
    for value in get_args(annotation):
        yield frozen_value(value) if isinstance(value, Enum) else value


def titles_chosen(choices: Any, titles: dict[Any, str] | None, unwrap: Any) -> dict[Any, str]:
    """Return the values of the option `choices` with their titles. Raises DeclarationError.

    choices: values, or a mapping of values to titles. titles: what there is to choose from, or None.
    unwrap: value → value as it is stored.
    """
    if isinstance(choices, str) or not isinstance(choices, Mapping | Iterable):
        raise DeclarationError(f"choices={choices!r}: wanted values, or a mapping of values to titles")
    chosen = {}
    for value in choices:
        try:
            stored = unwrap(value)
        except ValueError as error:
            raise DeclarationError(f"choices: {error}") from None
        if titles is not None and stored not in titles:
            raise DeclarationError(f"choices: {value!r} is not one of {listed(titles)}")
        own = titles[stored] if titles is not None else str(stored)
        chosen[stored] = str(choices[value]) if isinstance(choices, Mapping) else own
    return chosen
