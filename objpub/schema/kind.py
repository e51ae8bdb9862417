"""A kind of value: what it accepts, and its form as text and as JSON."""

from collections.abc import Callable
from collections.abc import Sequence
from datetime import tzinfo
from typing import Any
from typing import ClassVar
from typing import NamedTuple

from objpub.errors import DeclarationError
from objpub.errors import Invalid

from .options import Options
from .wording import shown


class Surroundings(NamedTuple):
    """What a conversion may have to know about the place it is made in.

    zone: the time zone in which people read and write times; None: times carry their offset.
    find: path → resource, for references; raises a Refused where there is nothing.
    links: (kind of text, text) → the text with links as addresses; None: as they are stored.
    """

    zone: tzinfo | None = None
    find: Callable[[str], Any] | None = None
    links: Callable[[str, str], str] | None = None


NOWHERE = Surroundings()


class Within(Invalid):
    """Values inside a group that do not fit, by their names in it: "0.count"."""


def named(name: str, error: Invalid) -> dict[str, str]:
    """Return what *error* says of the value called *name*, by its whole name."""
    if isinstance(error, Within):
        return {f"{name}.{inner}": text for inner, text in error.errors.items()}
    return {name: "; ".join(error.errors.values())}


class Kind:
    """How values of one kind are checked and converted. Made once per field, at the freeze.

    A class that can be the annotation of a field without being known to this part has an attribute
    `field_kind`: a subclass of this one.

    Every method that meets a value from outside raises ValueError with a sentence, and nothing else.
    `check` turns any Python value into the value that is stored: built-in, immutable. The others
    convert stored values; what their `from_` halves return is still to be checked.
    """

    #: The word by which forms choose a widget and messages speak.
    name: ClassVar[str] = "value"

    #: The options of `field()` that this kind understands, out of LIMITS.
    understands: ClassVar[frozenset[str]] = frozenset()

    #: Does a form send a list?
    many: bool = False

    #: Is an empty text a value, not the absence of one?
    blank_is_value: bool = False

    #: Does a form send something else than text, such as an upload?
    uploads: bool = False

    #: Does a form send it under several names, "items.0.title": a record, or a list of them?
    grouped: bool = False

    #: Does what is sent mean something at its place only: a path, a time without a zone?
    placed: bool = False

    #: Can a value refer to something in the site?
    refers: bool = False

    #: May no message repeat what came?
    secret: bool = False

    #: May it stand in a tuple or a frozenset?
    repeatable: bool = True

    #: What is accepted, in words that follow "wanted".
    wanted: str = "a value"

    #: The values to choose from, with their titles; empty: not a choice.
    choices: Sequence[tuple[Any, str]] = ()

    def __init__(self, annotation: Any, options: Options, nullable: bool = False):
        """Take from *options* what this kind understands. Raises DeclarationError where they do not fit.

        annotation: the type as written, without None. nullable: None is a value too.
        """
        self.annotation = annotation
        self.nullable = nullable

    def check(self, value: Any) -> Any:
        """Return *value* as it is stored. Raises ValueError."""
        raise NotImplementedError

    def refuse(self, value: object) -> ValueError:
        """Return the error for *value*."""
        return ValueError(f"wanted {self.wanted}, not {shown(value)}")

    def to_text(self, value: Any, surroundings: Surroundings) -> Any:
        """Return a stored value as text for a form; a list of texts where `many`."""
        return str(value)

    def from_text(self, text: Any, surroundings: Surroundings) -> Any:
        """Return the value that *text* means. Raises ValueError."""
        return text

    def to_json(self, value: Any, surroundings: Surroundings) -> Any:
        """Return a stored value as something that JSON can hold."""
        return value

    def from_json(self, value: Any, surroundings: Surroundings) -> Any:
        """Return the value that *value*, from JSON, means. Raises ValueError."""
        return value

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the kind."""
        return {}

    def canonical(self, value: Any) -> str:
        """Return a text that two stored values share if, and only if, they are equal.

        It holds no name of a class, so that renaming one changes nothing.
        """
        return str(value)

    def given(self, value: Any) -> Any:
        """Return a stored value in the form that a view gets as its argument."""
        return value

    def stored(self) -> "Kind":
        """Return the kind for values that a resource keeps. Raises DeclarationError for none."""
        return self

    def restored(self, value: Any) -> Any:
        """Return what a record of the database holds as the value that attributes have: see `built_in`."""
        return value


class Bounded(Kind):
    """A kind whose values have an order: `ge` and `le`."""

    understands = frozenset({"ge", "le", "choices"})
    noun: ClassVar[str] = "value"
    at_least: ClassVar[str] = "of at least {}"
    at_most: ClassVar[str] = "of at most {}"
    least: Any = None
    most: Any = None

    def __init__(self, annotation: Any, options: Options, nullable: bool = False):
        super().__init__(annotation, options, nullable)
        self.wanted = self.noun
        self.given_least = self._bound("ge", options.ge)
        self.given_most = self._bound("le", options.le)
        if self.given_least is not None:
            self.least = self.given_least
        if self.given_most is not None:
            self.most = self.given_most
        if self.least is not None and self.most is not None and self.least > self.most:
            raise DeclarationError(f"ge={options.ge!r} and le={options.le!r} leave no value")
        self.wanted = self.noun + self.range_in_words()

    def plain(self, value: Any) -> Any:
        """Return *value* as it is stored, without a look at the bounds. Raises ValueError."""
        raise NotImplementedError

    def check(self, value: Any) -> Any:
        """Return *value* as it is stored. Raises ValueError, also outside the bounds."""
        value = self.plain(value)
        if (self.least is not None and value < self.least) or (self.most is not None and value > self.most):
            raise ValueError(f"wanted {self.wanted}, not {self.said(value)}")
        return value

    def said(self, value: Any) -> str:
        """Return a value of this kind as it stands in a message."""
        return shown(value)

    def range_in_words(self) -> str:
        """Return " from 1 to 5", " of at least 1", " of at most 5" or nothing."""
        least, most = (
            None if bound is None else self.said(bound) for bound in (self.given_least, self.given_most)
        )
        if least is not None and most is not None:
            return f" from {least} to {most}"
        if least is not None:
            return " " + self.at_least.format(least)
        return "" if most is None else " " + self.at_most.format(most)

    def _bound(self, option: str, value: Any) -> Any:
        try:
            return None if value is None else self.plain(value)
        except ValueError as error:
            raise DeclarationError(f"{option}={value!r}: {error}") from None
