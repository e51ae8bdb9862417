"""The columns of a list: those that come with it, those that types declare, and what somebody chose."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any

from objpub.content import addable_in
from objpub.content import Content
from objpub.content import content_types
from objpub.content import dotted_name
from objpub.content import Folder
from objpub.content import title_of
from objpub.errors import Invalid
from objpub.operations import set_preference
from objpub.schema import Field
from objpub.schema import schema_of
from objpub.security import preference_of
from objpub.views import Response
from objpub.views import view

from .frame import AREA
from .permission import See
from .picking import chosen_of
from .picking import text_of

#: Columns of any list: name → title, and whether it is there where nobody has chosen.
OWN = {
    "state": ("State", True),
    "type": ("Type", False),
    "address": ("Name in the address", False),
    "changed": ("Changed", True),
    "by": ("By", True),
}
FIELD = "field."  # before the name of a field
ORDERED = ("range", "value", "keyword")  # indexes whose fields are offered, declared as a column or not
LONG = 80  # letters of a value that a cell shows
MOST_SHOWN = 5  # of several values
MOST_OFFERED = 24


@dataclass(frozen=True)
class Column:
    """A column. field: whose values it shows, or None for one of `OWN`. declared: is it there by itself?"""

    name: str
    title: str
    declared: bool
    field: Field | None = None


def offered(request: Any, folder: Folder, shown: Iterable[type]) -> list[Column]:
    """Return the columns that a list of *folder* can have; *shown*: the types of what is on the page."""
    found = [Column(name, title, declared) for name, (title, declared) in OWN.items()]
    kinds = list(dict.fromkeys(shown))
    more = [each.kind for each in addable_in(request.registry, folder) if each.kind not in kinds]
    fields: dict[str, Field] = {}
    for kind in (*kinds, *more):
        if issubclass(kind, Content):
            for field in schema_of(kind).values():
                wanted = field.column or (kind in kinds and is_short(field))
                if wanted and (field.read is None or request.can(field.read, folder)):
                    fields.setdefault(field.name, field)
    some = list(fields.values())[:MOST_OFFERED]
    return found + [Column(f"{FIELD}{each.name}", each.title, each.column, each) for each in some]


def is_short(field: Field) -> bool:
    """Can the values of *field* stand in a cell of a list?"""
    return field.name != "title" and (field.index in ORDERED or bool(field.choices))


def field_of(registry: Any, name: str) -> Field | None:
    """Return a field that the column *name* shows, of whatever type; None where there is none."""
    if not name.startswith(FIELD):
        return None
    schemas = (schema_of(each.kind) for each in content_types(registry))
    return next((each[name[len(FIELD) :]] for each in schemas if name[len(FIELD) :] in each), None)


def chosen(request: Any, folder: Folder, columns: list[Column]) -> list[Column]:
    """Return those of *columns* that the one who asks wants to see in folders of this type."""
    names = preference_of(request.site.users, request.identity.user_id, preference(folder))
    return [each for each in columns if (each.declared if names is None else each.name in names)]


def preference(folder: Folder) -> str:
    """Return under which name it is kept what somebody chose for folders of this type."""
    return f"columns {dotted_name(type(folder))}"[:100]


@view(Folder, "columns", area=AREA, method="POST", permission=See)
def choose(folder: Folder, request: Any) -> Response:
    """Keep which columns the one who asks wants, for all folders of this type: `column`, several.

    declared: those that everybody has, whatever is chosen. Raises Invalid for what is no column.
    """
    if text_of(request, "declared"):
        set_preference(request.identity, request.site, preference(folder), None)
        return back(request, folder, "These are the columns that everybody has")
    names = list(dict.fromkeys(chosen_of(request, "column")))
    strange = [each for each in names if each not in OWN and field_of(request.registry, each) is None]
    if strange:
        raise Invalid({"column": f"wanted names of columns, such as changed, not {strange[0][:60]!r}"})
    set_preference(request.identity, request.site, preference(folder), names)
    return back(request, folder, "Columns chosen, for all folders of this type")


def back(request: Any, folder: Folder, message: str) -> Response:
    """Return to the list."""
    response: Response = request.redirect(folder, area=AREA, message=message)
    return response


def cell(request: Any, resource: Any, field: Field) -> str:
    """Return what the cell of *resource* shows in the column of *field*; "" for nothing, and for a secret."""
    own = schema_of(type(resource)).get(field.name) if isinstance(resource, Content) else None
    if own is None or (own.read is not None and not request.can(own.read, resource)):
        return ""
    value = getattr(resource, own.name, None)
    if isinstance(value, tuple | frozenset):
        texts = [text for each in value if (text := one_text(request, own, each))]
        texts = texts if isinstance(value, tuple) else sorted(texts)
        return cut(", ".join(texts[:MOST_SHOWN]) + (" …" if len(texts) > MOST_SHOWN else ""))
    return cut(one_text(request, own, value))


def one_text(request: Any, field: Field, value: Any) -> str:
    """Return one value of *field* for people."""
    title = next((title for each, title in field.choices if each == value), None)
    if value is None or title is not None:
        return title or ""
    if isinstance(value, Content):
        return title_of(value) if request.can("view", value) else ""
    for kind, shown in SHOWN:
        if isinstance(value, kind):
            return str(shown(request, value))
    return str(value)


SHOWN: tuple[tuple[type, Any], ...] = (
    (bool, lambda request, value: "Yes" if value else "No"),
    (int, lambda request, value: request.format.number(value)),
    (float, lambda request, value: request.format.number(value)),
    (datetime, lambda request, value: request.format.datetime(value, "short")),
    (date, lambda request, value: request.format.date(value, "short")),
)


def cut(text: str) -> str:
    """Return the beginning of *text*, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= LONG else f"{line[: LONG - 1]}…"
