"""Groups of values that a resource keeps: records as attributes, plain mappings in the database.

No record of the database names the class of a group: it can be renamed, and a field that it gets later has
its default in what was stored before.
"""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

from objpub.errors import DeclarationError
from objpub.errors import Invalid

from .fields import Field
from .kind import Kind
from .kind import named
from .kind import Surroundings
from .kind import Within
from .options import MISSING
from .options import Options
from .schemas import Schema
from .wording import did_you_mean

#: Options of a field that mean nothing inside a group.
NOT_INSIDE = ("index", "column", "filter", "read", "write", "on_delete", "folded")


class GroupKind(Kind):
    """A record that a resource keeps. schema: its fields, kept as those of resources are."""

    name = "record"
    grouped = True

    def __init__(self, annotation: Any, options: Options, nullable: bool, fields: Mapping[str, Field]):
        super().__init__(annotation, options, nullable)
        for each in fields.values():
            refuse_inside(annotation, each)
        self.schema = Schema(fields, annotation.__name__)
        self.placed = any(field.kind.placed for field in fields.values())
        self.wanted = f"a group with {', '.join(fields)}"

    def check(self, value: Any) -> Any:
        """Return the record of a record or a mapping, each value checked. Raises Within or ValueError."""
        if isinstance(value, self.annotation):
            # What it holds of fields that were taken out of its class since it was stored goes now.
            return self.made(
                {name: each for name, each in vars(value).items() if name in self.schema}, checked
            )
        if not isinstance(value, Mapping):
            raise self.refuse(value)
        return self.made(value, checked)

    def made(self, given: Mapping[str, Any], read: Callable[[Field, Any], Any]) -> Any:
        """Return the record of what is *given* by name, each read by read(field, value). Raises Within."""
        errors = {
            str(name)[:80]: f"is not known here{did_you_mean(name, self.schema)}"
            for name in given
            if name not in self.schema
        }
        values: dict[str, Any] = {}
        for name, field in self.schema.items():
            try:
                values[name] = read(field, given[name]) if name in given else field.default
            except Invalid as error:
                errors.update(named(name, error))
            if values.get(name) is MISSING:
                errors[name] = f"is missing; wanted {field.wanted}"
        if errors:
            raise Within(errors)
        return self.filled(values)

    def filled(self, values: Mapping[str, Any]) -> Any:
        """Return a record that holds just these *values*, which have been checked."""
        record = self.annotation.__new__(self.annotation)
        vars(record).update(values)
        return record

    def restored(self, value: Any) -> Any:
        """Return the record of a stored mapping; what is something else stays as it is.

        What it lacks has its default. A value without one, of a field that came later, is not there.
        """
        if not isinstance(value, dict):
            return value
        defaults = {name: field.default for name, field in self.schema.items() if not field.required}
        return self.filled({**defaults, **value})

    def to_text(self, value: Any, surroundings: Surroundings) -> str:
        """Return the values with their titles, for people."""
        parts = []
        for name, field in self.schema.items():
            text = in_words(field, value_in(value, name), surroundings)
            parts += [f"{field.title}: {text}"] if text else []
        return "; ".join(parts)

    def texts_in(self, value: Any, name: str, surroundings: Surroundings) -> list[str]:
        """Return what a form shows of the value called *name* in the group *value*."""
        text = self.schema[name].to_text(value_in(value, name), surroundings)
        return text if isinstance(text, list) else [text]

    def from_text(self, text: Any, surroundings: Surroundings) -> Any:
        """Refuse it: a form sends a group under several names."""
        raise self.refuse(text)

    def to_json(self, value: Any, surroundings: Surroundings) -> dict[str, Any]:
        """Return an object."""
        return {
            name: field.to_json(value_in(value, name), surroundings) for name, field in self.schema.items()
        }

    def from_json(self, value: Any, surroundings: Surroundings) -> Any:
        """Return the record that an object means. Raises Within or ValueError."""
        if not isinstance(value, Mapping):
            raise self.refuse(value)
        return self.made(value, lambda field, each: field.from_json(each, surroundings))

    def json_schema(self) -> dict[str, Any]:
        """Return "object" with its properties."""
        return self.schema.json_schema()

    def canonical(self, value: Any) -> str:
        """Return the digests of the values, with their names."""
        parts = (f"{name}={field.digest(value_in(value, name))}" for name, field in self.schema.items())
        return " ".join(parts)


def checked(field: Field, value: Any) -> Any:
    """Return *value* as *field* keeps it. Raises Invalid."""
    return field.check(value)


def in_words(field: Field, value: Any, surroundings: Surroundings) -> str:
    """Return a *value* of *field* as people read it; "" where there is nothing to tell."""
    if isinstance(value, bool):
        return "yes" if value else ""
    titles = dict(field.choices)
    if isinstance(value, str) and value in titles:
        return str(titles[value])
    text = field.to_text(value, surroundings)
    return ", ".join(text) if isinstance(text, list) else text


def value_in(group: Any, name: str) -> Any:
    """Return a value of a record, or of a mapping as it is stored; None for none."""
    values = group if isinstance(group, Mapping) else vars(group)
    return values.get(name)


def refuse_inside(annotation: type, field: Field) -> None:
    """Raise DeclarationError for a field that no group of a resource can have."""
    label, kind = f"{annotation.__name__}.{field.name}", field.kind
    if kind.grouped:
        raise DeclarationError(f"{label}: a group that a resource keeps holds no other groups")
    if kind.uploads:
        raise DeclarationError(
            f"{label}: a group holds no files: add them as children, or in a field of their own"
        )
    if getattr(kind, "item", kind).refers:
        raise DeclarationError(
            f"{label}: a group holds no references, rich text or Markdown, in which links are kept up:"
            " they are for fields of the resource"
        )
    for option in NOT_INSIDE:
        if getattr(field.options, option):
            raise DeclarationError(f"{label}: {option} means nothing inside a group")
