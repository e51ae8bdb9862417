"""What refers to what: an index, kept with the others, of references and of links in texts.

    {"5f", "1a2", "/coast/tides"}        # what one resource refers to: numbers in hex, and addresses

A type without references and without texts that can hold links has no such index, and costs nothing. The
index does not say which field it is: that is read from the resource itself, which is always right.
"""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

from objpub.content import Content
from objpub.content import kept_in
from objpub.content import links_in
from objpub.content import MARKDOWN
from objpub.content import parted
from objpub.content import RICH_TEXT
from objpub.registry import ByClass
from objpub.schema import Field

from .identifiers import id_of
from .identifiers import NOWHERE

REFERENCES = "@references"  # what such an index is called; no query can say so
REFERENCE = "reference"
TEXTS = (RICH_TEXT, MARKDOWN)
SEVERAL = (tuple, frozenset)


class ShownTexts(ByClass[Callable[[Any], str]]):
    """How a text is shown, by class and field, where its links are found in that and not in itself: HTML."""


class References:
    """The function of such an index: what a resource of one class refers to.

    fields: those that can refer, with how each is shown; see `ShownTexts`.
    """

    def __init__(self, fields: Mapping[Field, Callable[[Any], str] | None]) -> None:
        self.fields = fields
        self.rules = {field.on_delete for field in fields if item_of(field).name == REFERENCE}

    @property
    def is_told(self) -> bool:
        """Does it read nothing but fields? What shows one may look at anything else."""
        return all(shown is None and field.is_kept for field, shown in self.fields.items())

    def __call__(self, resource: Any) -> tuple[str, ...]:
        """Return the keys of all that *resource* refers to."""
        return tuple({key for field in self.fields for key in self.keys_in(resource, field)})

    def keys_in(self, resource: Any, field: Field) -> Iterator[str]:
        """Yield the key of each thing that *resource* refers to in *field*."""
        kind = item_of(field).name
        if kind == REFERENCE:
            for each in values_in(resource, field.name):
                if isinstance(each, Content) and (number := id_of(each)) != NOWHERE:
                    yield key_of(number)
            return
        shown = self.fields[field]
        texts = values_in(resource, field.name) if shown is None else [shown(resource)]
        for text in texts:
            for link in links_in(kind if shown is None else RICH_TEXT, str(text)):
                key = key_of_link(link)
                if key is not None:
                    yield key


def item_of(field: Field) -> Any:
    """Return the kind of one value of *field*, also where it holds several."""
    return getattr(field.kind, "item", field.kind)


def referring_fields(schema: Mapping[str, Field]) -> list[Field]:
    """Return those fields of a *schema* that can refer to something."""
    return [field for field in schema.values() if item_of(field).name in {REFERENCE, *TEXTS}]


def values_in(resource: Any, name: str) -> list[Any]:
    """Return the value of a field as a list: its items, or itself alone; without None."""
    value = getattr(resource, name, None)
    return [each for each in (value if isinstance(value, SEVERAL) else (value,)) if each is not None]


def key_of(number: int) -> str:
    """Return the key of the resource *number*. Inverse: `number_in`."""
    return f"{number:x}"


def number_in(key: str) -> int | None:
    """Return the id in *key*; None where it is an address."""
    return None if key[:1] == "/" else int(key, 16)


def key_of_link(link: str) -> str | None:
    """Return the key of *link*: of what is kept by number its key, else the path without a slash at its end.

    None for what leads out of the site, to its top, into the same page, or from a place that may change.
    """
    kept = kept_in(link)
    if kept is not None:
        return key_of(kept.number)
    parts = parted(link)
    if parts is None or parts[0][:1] != "/":
        return None
    return parts[0].rstrip("/") or None
