"""Groups of values: a class of its own, each value converted by its annotation.

    class Line(Record):
        product: str
        count: Annotated[int, field(ge=1)] = 1

    def order(shop, request, items: tuple[Line, ...]): ...

    class Order(Content):
        items: tuple[Line, ...] = ()

What a resource keeps is told in `groups`. Arguments may be nested.

A form sends `items.0.product`, `items.0.count`, `items.1.product`; JSON a list of objects.
"""

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from objpub.errors import DeclarationError
from objpub.errors import Invalid

from .annotations import declared
from .annotations import options_in
from .fields import Field
from .fields import Parameter
from .groups import GroupKind
from .kind import Kind
from .kind import named
from .kind import Surroundings
from .kind import Within
from .options import MISSING
from .options import Options
from .schemas import Schema
from .several import Tuple
from .wording import did_you_mean
from .wording import shown

#: Highest number of a repeated group: what is above is no row of a form.
MOST_NUMBER = 999_999


class RecordKind(Kind):
    """A record: several named values."""

    name = "record"
    grouped = True

    def __init__(self, annotation: Any, options: Options, nullable: bool = False):
        super().__init__(annotation, options, nullable)
        self.options = options
        self.schema = fields_of(annotation)
        self.placed = any(field.kind.placed for field in self.schema.values())
        self.wanted = f"a group with {', '.join(self.schema)}"

    def check(self, value: Any) -> Any:
        """Return the record. Raises ValueError."""
        if not isinstance(value, self.annotation):
            raise self.refuse(value)
        return value

    def from_group(self, group: Any, surroundings: Surroundings) -> Any:
        """Return the record that a *group* of a form means: name → texts and uploads, or a group.

        Raises Within, which names every value that does not fit, or ValueError.
        """
        if not isinstance(group, Mapping):
            raise self.refuse(group)
        known = {name: each for name, each in group.items() if name in self.schema}
        return self.made(known, lambda field, each: from_form(field, each, surroundings))

    def from_json(self, value: Any, surroundings: Surroundings) -> Any:
        """Return the record that an object of JSON means. Raises as `from_group` does."""
        if not isinstance(value, Mapping):
            raise self.refuse(value)
        return self.made(value, lambda field, each: field.from_json(each, surroundings))

    def made(self, given: Mapping[str, Any], read: Any) -> Any:
        """Return the record of what is *given* by name, each read by read(field, value). Raises Within."""
        values: dict[str, Any] = {}
        errors: dict[str, str] = {}
        for name in given:
            if name not in self.schema:
                errors[str(name)[:80]] = f"is not known here{did_you_mean(name, self.schema)}"
        for name, field in self.schema.items():
            try:
                if name in given:
                    values[name] = read(field, given[name])
                elif field.required:
                    errors[name] = f"is missing; wanted {field.wanted}"
            except Invalid as error:
                errors.update(named(name, error))
            except ValueError as error:
                errors[name] = str(error)
        if errors:
            raise Within(errors)
        return self.annotation(**values)

    def json_schema(self) -> dict[str, Any]:
        """Return "object" with its properties."""
        return self.schema.json_schema()

    def stored(self) -> Kind:
        """Return the kind of a group that a resource keeps. Raises DeclarationError."""
        return GroupKind(self.annotation, self.options, self.nullable, made_fields(self.annotation, Field))


class Record:
    """The base of a group of values. Its fields are its annotations; values cannot be changed."""

    field_kind = RecordKind

    def __init__(self, **values: Any) -> None:
        schema = fields_of(type(self))
        for name in values:
            if name not in schema:
                raise TypeError(f"{type(self).__name__} has no {name!r}{did_you_mean(name, schema)}")
        for name, field in schema.items():
            if name not in values and field.required:
                raise TypeError(f"{type(self).__name__} wants {name}: {field.wanted}")
            vars(self)[name] = values[name] if name in values else default_of(field)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"A {type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"A {type(self).__name__} cannot be changed")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={shown(value)}" for name, value in vars(self).items())
        return f"{type(self).__name__}({values})"


def default_of(field: Field) -> Any:
    """Return what a record has for a field that is not given."""
    return None if field.default is None else field.kind.given(field.default)


def fields_of(cls: type) -> Schema:
    """Return the fields of a record, made once. Raises DeclarationError, also for one that holds itself."""
    kept = vars(cls).get("_fields")
    if kept == MISSING:
        raise DeclarationError(f"{cls.__name__} holds itself: groups are nested as deep as they are written")
    if kept is None:
        cls._fields = MISSING  # type: ignore[attr-defined]
        try:
            fields = made_fields(cls, Parameter)
        except BaseException:
            del cls._fields  # type: ignore[attr-defined]
            raise
        kept = cls._fields = Schema(fields, cls.__name__)  # type: ignore[attr-defined]
    return kept


def made_fields(cls: type, kind: type[Field]) -> dict[str, Field]:
    """Return the fields of a record by name, each of the class *kind*. Raises DeclarationError."""
    fields = {}
    for name, each in declared(cls).items():
        options = each.options
        if name == "field_kind":
            continue
        if options.source is None:  # no field(...) in the body: limits may stand in the annotation
            options = replace(options_in(each.annotation), default=options.default)
        fields[name] = replace(each, options=options).made(kind)
    return fields


def built_in(value: Any) -> Any:
    """Return a stored value as a record of the database holds it: mappings in place of records.

    Inverse: `Kind.restored`.
    """
    if isinstance(value, Record):
        return dict(vars(value))
    return tuple(built_in(each) for each in value) if isinstance(value, tuple) else value


def from_form(field: Field, raw: Any, surroundings: Surroundings) -> Any:
    """Return the value of *field* that *raw* means: a group where it is one, else texts and uploads.

    Raises Invalid or ValueError.
    """
    if not field.kind.grouped:
        if isinstance(raw, Mapping):
            raise ValueError(f"wanted {field.wanted}, not a group with {', '.join(list(raw)[:5])}")
        return field.from_text(raw if field.many else raw[-1], surroundings)
    return field.check(records(field.kind, raw, surroundings))


def records(kind: Kind, raw: Any, surroundings: Surroundings) -> Any:
    """Return what a group of a form means to a record, or to a list of them in the order of their numbers."""
    if isinstance(kind, RecordKind):
        return kind.from_group(raw, surroundings)
    if not isinstance(raw, Mapping):
        raise kind.refuse(raw)
    items: list[Any] = []
    errors: dict[str, str] = {}
    for name in sorted(raw, key=number_of):
        try:
            if number_of(name) > MOST_NUMBER:
                raise ValueError(f"wanted a number up to {MOST_NUMBER:,} here, not {name[:40]!r}")
            items.append(kind.item.from_group(raw[name], surroundings))  # type: ignore[attr-defined]
        except Invalid as error:
            errors.update(named(name, error))
        except ValueError as error:
            errors[name] = str(error)
    if errors:
        raise Within(errors)
    return tuple(items) if isinstance(kind, Tuple) else frozenset(items)


def number_of(name: str) -> int:
    """Return the number that *name* is, or one that is too high."""
    short = name.isascii() and name.isdigit() and len(name) <= len(str(MOST_NUMBER))
    return int(name) if short else MOST_NUMBER + 1


def group_called(name: str, names: Iterable[str], values: Any) -> Any:
    """Return what a form sent for the group *name*: nested mappings; None where there is nothing of it.

    names: of the form. values: name → texts and uploads. Raises Within for a value beside a group of the same
    name.
    """
    start = f"{name}."
    found: dict[str, Any] = {}
    for each in names:
        if not each.startswith(start):
            continue
        *path, last = each[len(start) :].split(".")
        place = found
        for step in path:
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                raise Within({each[len(start) :]: "stands beside a value of the name in front"})
        if last in place:
            raise Within({each[len(start) :]: "stands beside a group of its name"})
        place[last] = values(each)
    return found or None
