"""What a list can be narrowed to, beside it: the values that its things have, with how many have each."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from objpub.catalog import narrow
from objpub.catalog import Narrowing
from objpub.catalog import Share
from objpub.catalog import TYPE
from objpub.content import content_types
from objpub.content import Folder
from objpub.content import title_of
from objpub.schema import Field
from objpub.schema import schema_of

from .picking import texts_of

ONLY = "only"  # in an address, for each value: "tags:sea"
STATES = ("state", "workflow_state")
MOST_FILTERS = 6
MOST_LETTERS = 300
SAMPLE = 100  # children of a large folder whose values are offered
GROUPS = 6
END = 2**63  # above the number of any resource
VALUES = 8
NEEDED = ("see", "view")  # what one has to be allowed to see something in a list


@dataclass(frozen=True)
class Value:
    """A value to narrow to. count: as text, "100+". href: of the list with it, or without it if chosen."""

    title: str
    count: str
    href: str
    chosen: bool


@dataclass(frozen=True)
class Group:
    """The values of one index. more: are there others that are not shown?"""

    title: str
    values: tuple[Value, ...]
    more: bool


class Facets:
    """What the list of *folder* is narrowed to, and can be. complaint: what the address has wrong, or "".

    only: what it is narrowed to; None for what the address says.
    """

    def __init__(self, request: Any, folder: Folder, only: Sequence[str] | None = None) -> None:
        self.request = request
        self.folder = folder
        self.here: Narrowing | None = narrow(request.identity, folder, NEEDED)
        self.filters, self.complaint = self._filters(texts_of(request, ONLY) if only is None else only)

    def fits(self, child: Any) -> bool:
        """Has *child* all values that the list is narrowed to?"""
        return (
            not self.filters or self.here is None or self.here.fits(self.here.number_of(child), self.filters)
        )

    def address(self, filters: Mapping[str, str], **query: Any) -> str:
        """Return the address of the list with *filters*."""
        only = [f"{name}:{text}" for name, text in filters.items()]
        url: str = self.request.url(self.folder, area="manage", **query, **{ONLY: only or None})
        return url

    def groups(self, is_small: bool, **query: Any) -> list[Group]:
        """Return what the list can be narrowed to. query: what else its addresses say."""
        here = self.here
        if here is None:
            return []
        children = self.folder.values() if is_small else self.folder.page(limit=SAMPLE)
        numbers = here.numbers(children)
        shares_of = here.shares if is_small else here.shares_of_many
        kinds = here.kinds(numbers)
        fields = {name: field for kind in kinds for name, field in schema_of(kind).items()}
        found = []
        for name in sorted(here.names(kinds), key=lambda name: rank(name, fields)):
            shares = shares_of(name, numbers, self.filters)
            if name in self.filters or worth(shares):
                found.append(self._group(name, shares, fields.get(name), query))
        return list(islice(found, GROUPS))

    def _group(self, name: str, shares: list[Share], field: Field | None, query: Mapping[str, Any]) -> Group:
        now = self.filters.get(name)
        if now is not None:
            shares = [each for each in shares if each.text == now] or shares
        values = []
        for each in islice(shares, VALUES):
            title = self.title(name, each.key, field)
            rest = {other: text for other, text in self.filters.items() if other != name}
            is_chosen = each.text == now
            filters = rest if is_chosen else {**rest, name: each.text}
            count = f"{self.request.format.number(each.count)}{'+' if each.more else ''}"
            if title:
                values.append(Value(title, count, self.address(filters, **query), is_chosen))
        heading = TITLES.get(name) or (field.title if field else named(name))
        return Group(heading, tuple(values), len(shares) > VALUES)

    def title(self, name: str, key: Any, field: Field | None) -> str:
        """Return what people call a value; "" for a reference to what may not be seen."""
        if name == TYPE:
            return str(vars(key)["__content_type__"].title)
        if name in STATES:
            workflows = (each.workflow for each in content_types(self.request.registry))
            titles = (str(each.title_of(key)) for each in workflows if each and key in each.states)
            return next(titles, str(key))
        if self.here is not None and self.here.refers(name):
            found = self.here.resource(key)
            return "" if found is None else title_of(found)
        choices = field.choices if field is not None else ()
        shown = {True: "Yes", False: "No"}.get(key, str(key)) if isinstance(key, bool) else str(key)
        return next((title for value, title in choices if value == key), shown)

    def _filters(self, only: Sequence[str]) -> tuple[dict[str, str], str]:
        """Return what *only* narrows to, and a complaint about what it cannot."""
        found: dict[str, str] = {}
        complaint = ""
        for text in only[:MOST_FILTERS]:
            name, colon, value = text.partition(":")
            if colon and value and len(text) <= MOST_LETTERS and self._is_known(name, value):
                found[name] = value
            else:
                complaint = f"The list cannot be narrowed to {text[:60]!r}; it is shown without that."
        return found, complaint

    def _is_known(self, name: str, value: str) -> bool:
        """Is there an index *name*, and does *value* tell of nothing that may not be seen?"""
        here = self.here
        if here is None or not here.knows(name):
            return False
        if not here.refers(name):
            return True
        number = int(value) if value.isascii() and value.isdigit() and len(value) < 20 else END
        return number < END and here.resource(number) is not None


#: What the groups are called that are of no field.
TITLES = {TYPE: "Type", "state": "State", "workflow_state": "State"}


def rank(name: str, fields: Mapping[str, Field]) -> tuple[int, str]:
    """Return what groups are sorted by: types, states, what is declared for it, the rest."""
    if name == TYPE or name in STATES:
        return (0 if name == TYPE else 1), name
    return (2 if name in fields and fields[name].filter else 3), name


def worth(shares: list[Share]) -> bool:
    """Does it help to narrow to one of *shares*? Not where there is one, nor where each thing has its own."""
    return len(shares) > 1 and (shares[0].count > 1 or len(shares) <= VALUES)


def named(name: str) -> str:
    """Return the title of an index that is of no field: "reading_time" is "Reading time"."""
    return name.replace("_", " ").capitalize()
