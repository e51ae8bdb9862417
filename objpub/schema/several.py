"""Kinds of collection: a tuple of values of one kind, and a frozen set of them."""

from collections.abc import Callable
from collections.abc import Iterable
from copy import copy
from typing import Any

from objpub.errors import DeclarationError
from objpub.errors import Invalid

from .kind import Kind
from .kind import named
from .kind import Surroundings
from .kind import Within
from .options import Options
from .texts import amount
from .texts import lengths
from .texts import Line
from .texts import Text
from .wording import shown

MOST_ITEMS = 1_000


class Several(Kind):
    """Values of one kind."""

    understands = frozenset({"min_length", "max_length"})
    many = True
    noun = "values"

    def __init__(self, annotation: Any, options: Options, nullable: bool, item: Kind):
        super().__init__(annotation, options, nullable)
        if not item.repeatable or item.many:
            raise DeclarationError(f"{item.wanted} cannot stand in a {self.name}")
        self.item = item
        self.choices = item.choices
        self.uploads = item.uploads
        self.grouped = item.grouped
        self.placed = item.placed
        self.least, self.most = lengths(options, 0, MOST_ITEMS)
        self.wanted = f"a list{amount(options, 'item')}, each {item.wanted}"

    def check_items(self, values: Any) -> list[Any]:
        """Return *values* as they are stored. Raises ValueError, which names the first bad item."""
        if len(values) > self.most:
            raise ValueError(f"wanted at most {self.most:,} items, not {len(values):,}")
        check = self.item.check
        if self.item.grouped:
            return each_in_its_group(check, values)
        checked: list[Any] = []
        try:
            for value in values:
                checked.append(check(value))
        except ValueError as error:
            raise ValueError(f"item {len(checked) + 1}: {error}") from None
        return checked

    def to_text(self, value: Any, surroundings: Surroundings) -> list[Any]:
        """Return a text for each item."""
        return [self.item.to_text(each, surroundings) for each in self.in_order(value)]

    def from_text(self, text: Any, surroundings: Surroundings) -> list[Any]:
        """Return an item for each text; empty ones are left out. Each line of a text is an item."""
        whole = isinstance(self.item, Text) and not isinstance(self.item, Line)
        texts = text if whole else [part for each in text for part in lines_of(each)]
        values: list[Any] = []
        for each in texts:
            if isinstance(each, str):
                if not each or each.isspace():
                    continue
            elif not self.uploads:
                raise self.refuse(each)
            try:
                values.append(self.item.from_text(each, surroundings))
            except ValueError as error:
                raise ValueError(f"item {len(values) + 1}: {error}") from None
        return values

    def to_json(self, value: Any, surroundings: Surroundings) -> list[Any]:
        """Return a list."""
        return [self.item.to_json(each, surroundings) for each in self.in_order(value)]

    def from_json(self, value: Any, surroundings: Surroundings) -> list[Any]:
        """Return the items of a list. Raises ValueError."""
        if not isinstance(value, list):
            raise self.refuse(value)
        if self.item.grouped:
            return each_in_its_group(lambda each: self.item.from_json(each, surroundings), value)
        return [self.item.from_json(each, surroundings) for each in value]

    def json_schema(self) -> dict[str, Any]:
        """Return "array"."""
        least = {"minItems": self.least} if self.least else {}
        return {"type": "array", "items": self.item.json_schema(), **least, "maxItems": self.most}

    def canonical(self, value: Any) -> str:
        """Return the items, each with its length before it."""
        texts = [self.item.canonical(each) for each in self.in_order(value)]
        return "".join(f"{len(text)}:{text}" for text in texts)

    def stored(self) -> Kind:
        """Return the kind for values that a resource keeps. Raises DeclarationError."""
        if not self.grouped:
            return self
        if not isinstance(self, Tuple):
            raise DeclarationError("a Record cannot stand in a frozenset here: write tuple[..., ...]")
        kept = copy(self)
        kept.item = self.item.stored()
        return kept

    def restored(self, value: Any) -> Any:
        """Return a tuple of records for one of mappings; what is something else stays as it is."""
        is_tuple = self.grouped and isinstance(value, tuple)
        return tuple(self.item.restored(each) for each in value) if is_tuple else value

    def in_order(self, value: Any) -> Any:
        """Return the items in an order that stays the same. Raises TypeError for what is no collection."""
        if not isinstance(value, tuple | frozenset):  # stored before the field became one
            raise TypeError(f"not a collection: {shown(value)}")
        return value

    def refuse_few(self, value: Any) -> None:
        """Raise ValueError if there are fewer items than there must be."""
        if len(value) < self.least:
            raise ValueError(f"wanted at least {self.least:,} items, not {len(value):,}: {shown(value)}")


def each_in_its_group(read: Callable[[Any], Any], values: Iterable[Any]) -> list[Any]:
    """Return the records that *read* makes of *values*. Raises Within, with the number of each in front."""
    found: list[Any] = []
    errors: dict[str, str] = {}
    for number, value in enumerate(values):
        try:
            found.append(read(value))
        except Invalid as error:
            errors.update(named(str(number), error))
        except ValueError as error:
            errors[str(number)] = str(error)
    if errors:
        raise Within(errors)
    return found


def lines_of(each: Any) -> list[Any]:
    """Return the lines of a text; an upload as it is."""
    return each.split("\n") if isinstance(each, str) else [each]


class Tuple(Several):
    """Values in an order: `tuple[str, ...]`. A list becomes a tuple."""

    name = "tuple"

    def check(self, value: Any) -> tuple[Any, ...]:
        """Return the items as a tuple. Raises ValueError."""
        if not isinstance(value, tuple | list):
            raise self.refuse(value)
        checked = tuple(self.check_items(value))
        self.refuse_few(checked)
        return checked

    def given(self, value: Any) -> Any:
        """Return a tuple of what a view gets for each item."""
        return tuple(self.item.given(each) for each in value)


class Set(Several):
    """Different values without an order: `frozenset[str]`. A set, list or tuple becomes a frozenset."""

    name = "frozenset"

    def check(self, value: Any) -> frozenset[Any]:
        """Return the items as a frozenset. Raises ValueError."""
        if not isinstance(value, frozenset | set | tuple | list):
            raise self.refuse(value)
        checked = frozenset(self.check_items(value))
        self.refuse_few(checked)
        return checked

    def given(self, value: Any) -> Any:
        """Return a frozenset of what a view gets for each item."""
        return frozenset(self.item.given(each) for each in value)

    def json_schema(self) -> dict[str, Any]:
        """Return "array" of different items."""
        return {**super().json_schema(), "uniqueItems": True}

    def in_order(self, value: Any) -> Any:
        """Return the items sorted by their canonical text."""
        return sorted(super().in_order(value), key=self.item.canonical)
