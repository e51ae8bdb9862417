"""A schema: the fields of a class, in order; and how the values of many fields are met at once."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

from objpub.errors import Invalid

from .fields import Field
from .kind import NOWHERE
from .kind import Surroundings
from .options import MISSING
from .wording import did_you_mean


class Schema(Mapping[str, Field]):
    """Fields by name, in the order of their declaration. Never changes.

    title: the name of the class or function that they belong to. grouped: the fields that hold records.
    """

    __slots__ = ("_fields", "grouped", "title")

    def __init__(self, fields: Mapping[str, Field], title: str = ""):
        self._fields = dict(fields)
        self.title = title
        self.grouped = tuple(field for field in self._fields.values() if field.kind.grouped)

    def __getitem__(self, name: str) -> Field:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    def __repr__(self) -> str:
        return f"<Schema {self.title}: {', '.join(self._fields)}>"

    def get(self, name: str, default: Any = None) -> Any:
        """Return the field called *name*, or *default*."""
        return self._fields.get(name, default)

    def check(self, values: Mapping[str, Any], partial: bool = False) -> dict[str, Any]:
        """Return *values* in the form that is stored.

        partial: required fields may be missing. Defaults are not filled in: fields that are not given
        are not in what comes back.
        Raises Invalid with every error at once, unknown names among them.
        """
        return self._read(values, partial, lambda field, value: field.check(value))

    def from_text(
        self, values: Mapping[str, Any], partial: bool = False, surroundings: Surroundings = NOWHERE
    ) -> dict[str, Any]:
        """Return the values, checked, of what a form sent: name → text, or list of texts and uploads.

        Names that are no fields are left alone: a form has buttons and tokens too. partial: required
        fields may be missing. Raises Invalid with every error at once.
        """
        return self._read(
            {name: values[name] for name in self._fields if name in values},
            partial,
            lambda field, value: field.from_text(value, surroundings),
        )

    def from_json(
        self, values: Mapping[str, Any], partial: bool = False, surroundings: Surroundings = NOWHERE
    ) -> dict[str, Any]:
        """Return the values, checked, of an object from JSON.

        partial: required fields may be missing. Raises Invalid with every error at once, unknown names
        among them.
        """
        if not isinstance(values, Mapping):
            raise Invalid({self.title or "value": f"wanted an object with fields, not {values!r:.60}"})
        return self._read(values, partial, lambda field, value: field.from_json(value, surroundings))

    def to_json(self, values: Mapping[str, Any], surroundings: Surroundings = NOWHERE) -> dict[str, Any]:
        """Return stored *values* as an object that JSON can hold, in the order of the fields."""
        return {
            name: field.to_json(values[name], surroundings)
            for name, field in self._fields.items()
            if name in values
        }

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema (2020-12) of an object with these fields and no others."""
        schema = {
            "title": self.title,
            "type": "object",
            "properties": {name: field.json_schema() for name, field in self._fields.items()},
            "additionalProperties": False,
        }
        required = [name for name, field in self._fields.items() if field.required]
        return {**schema, "required": required} if required else schema

    def unknown(self, name: object) -> str:
        """Return the sentence about a name that is no field: it names the nearest one."""
        return f"{self.title or 'this'} has no such field{did_you_mean(name, self._fields)}"

    def _read(
        self, values: Mapping[str, Any], partial: bool, read: Callable[[Field, Any], Any]
    ) -> dict[str, Any]:
        checked: dict[str, Any] = {}
        errors: dict[str, str] = {}
        fields = self._fields
        for name, value in values.items():
            field = fields.get(name)
            if field is None:
                errors[str(name)] = self.unknown(name)
                continue
            try:
                checked[name] = read(field, value)
            except Invalid as error:
                errors.update(error.errors)
        if not partial:
            errors.update(self._missing(values))
        if errors:
            raise Invalid(self._in_order(errors))
        return checked

    def _missing(self, values: Mapping[str, Any]) -> dict[str, str]:
        return {
            name: f"is missing; wanted {field.wanted}"
            for name, field in self._fields.items()
            if field.default is MISSING and name not in values
        }

    def _in_order(self, errors: dict[str, str]) -> dict[str, str]:
        known = {name: errors[name] for name in self._fields if name in errors}
        return {**known, **errors}
