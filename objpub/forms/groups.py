"""Groups of values in a form: shown, read in the order in which they were sent, added, moved and taken out.

A form sends for the field `steps` the number of each group, in their order: `steps=0`, `steps=2`; and what is
in them by number and name: `steps.0.title`, `steps.2.title`. A box that is not ticked sends nothing, so what
is missing of a group is empty.
"""

import re
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as declared
from dataclasses import replace
from typing import Any

from objpub.errors import Invalid
from objpub.schema import Field
from objpub.schema import named
from objpub.schema import shown
from objpub.schema import Surroundings
from objpub.schema import title_from

from .rows import Row
from .rows import row_for
from .rows import widget_for

ACT = "_group"  # the name of the buttons; their values are such as "steps.add" and "steps.up.2"
BLANK = "__n__"  # stands for the number in the group from which a script makes new ones
NUMBER = re.compile(r"\d{1,6}", re.ASCII)
ADD, UP, DOWN, REMOVE = "add", "up", "down", "remove"


@dataclass(frozen=True)
class Typed:
    """A group as a form sends and shows it. number: its own. texts: name of a field → what it shows."""

    number: str
    texts: dict[str, list[Any]]


@dataclass
class Group:
    """A group in a form. number: its own, whatever its place is. place: the first is 1."""

    number: str
    rows: list[Row]
    place: int = 1
    is_first: bool = False
    is_last: bool = False


@dataclass
class GroupRow(Row):
    """A field that holds groups. most: how many; least: so many stay. word: for one of them."""

    groups: list[Group] = declared(default_factory=list)
    blank: Group | None = None
    most: int = 1
    least: int = 0
    word: str = ""

    @property
    def parts(self) -> list[Row]:
        """The rows inside of all its groups."""
        return [row for group in self.groups for row in group.rows]

    @property
    def is_full(self) -> bool:
        """Is there no room for another one?"""
        return len(self.groups) >= self.most

    def word_for(self, group: Group) -> str:
        """Return what people call *group*: “Step 2”."""
        return self.word if self.most == 1 else f"{self.word} {group.place}"


def every(rows: Iterable[Row]) -> Iterable[Row]:
    """Yield *rows*, each with those inside of it behind it."""
    for row in rows:
        yield row
        if isinstance(row, GroupRow):
            yield from row.parts


def item_of(field: Field) -> Any:
    """Return the kind of the groups in *field*."""
    return getattr(field.kind, "item", field.kind)


def typed_groups(field: Field, value: Any, surroundings: Surroundings) -> list[Typed]:
    """Return the groups in the stored *value* of *field*, as a form shows them."""
    values = value if isinstance(value, tuple) else () if value is None else (value,)
    if not values and not field.many and not field.nullable:
        return [Typed("0", empty_texts(field, surroundings))]
    item = item_of(field)
    return [
        Typed(str(number), {name: item.texts_in(each, name, surroundings) for name in item.schema})
        for number, each in enumerate(values)
    ]


def empty_texts(field: Field, surroundings: Surroundings) -> dict[str, list[Any]]:
    """Return what a new group of *field* shows: its defaults."""
    item = item_of(field)
    defaults = {name: each.default for name, each in item.schema.items() if not each.required}
    return {name: item.texts_in(defaults, name, surroundings) for name in item.schema}


def sent_groups(field: Field, form: Any) -> list[Typed] | None:
    """Return the groups of *field* in what a *form* sent; None where it says nothing of them.

    Where it sent no numbers, they stand in the order of those in the names, and what is missing has its
    default. What is sent as a number and is none is a group too, for `read_groups` to refuse.
    """
    inside = re.compile(rf"{re.escape(field.name)}\.(\d{{1,6}})\.", re.ASCII)
    found = {match[1] for name in form if (match := inside.match(name))}
    if field.name not in form and not found:
        return None
    numbers = [each for each in form.all(field.name) if isinstance(each, str) and each]
    is_whole = field.name in form
    parts = item_of(field).schema
    groups = []
    for number in dict.fromkeys(numbers) if is_whole else sorted(found, key=int):
        sent = {name: plain_all(form.all(f"{field.name}.{number}.{name}")) for name in parts}
        missing = {name: nothing_for(parts[name]) for name in parts} if is_whole else {}
        groups.append(Typed(number, missing | {name: each for name, each in sent.items() if each}))
    return groups


def nothing_for(part: Field) -> list[Any]:
    """Return what a control means that sends nothing: a box without its tick."""
    is_box = widget_for(part) == "checkbox"
    return [] if part.many else ["no" if is_box else ""]


def plain_all(values: Iterable[Any]) -> list[str]:
    """Return the texts among *values*, with line breaks of one sort."""
    return [each.replace("\r\n", "\n") for each in values if isinstance(each, str)]


def read_groups(field: Field, typed: list[Typed], surroundings: Surroundings) -> Any:
    """Return the value of *field* that *typed* means. Raises Invalid, with the names of the controls."""
    item = item_of(field)
    values: list[Any] = []
    errors: dict[str, str] = {}
    for each in typed:
        if not is_numbered(each):
            errors[field.name] = f"wanted the numbers of groups, not {shown(each.number)}"
            continue
        try:
            values.append(item.made(each.texts, lambda part, raw: part.from_text(raw, surroundings)))
        except Invalid as error:
            errors.update(named(f"{field.name}.{each.number}", error))
    if errors:
        raise Invalid(errors)
    if field.many:
        return field.check(values)
    if len(values) > 1:
        raise Invalid({field.name: f"wanted one group, not {len(values)}"})
    return field.check(values[0] if values else None)


def is_numbered(typed: Typed) -> bool:
    """Does *typed* have a number, as a form gives each group one?"""
    return NUMBER.fullmatch(typed.number) is not None


def group_row(field: Field, typed: list[Typed], surroundings: Surroundings) -> GroupRow:
    """Return the row of *field* that shows the groups in *typed*."""
    item = item_of(field)
    typed = list(filter(is_numbered, typed))
    groups = [group_of(field, each, surroundings) for each in typed]
    for place, group in enumerate(groups, 1):
        group.place, group.is_first, group.is_last = place, place == 1, place == len(groups)
    kind: Any = field.kind
    most, least = (kind.most, kind.least) if field.many else (1, 0 if field.nullable else 1)
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", item.annotation.__name__).lower()
    blank = group_of(field, Typed(BLANK, empty_texts(field, surroundings)), surroundings)
    return GroupRow(
        field,
        "groups",
        ["", *(each.number for each in typed)],
        groups=groups,
        blank=blank if most > least else None,
        most=most,
        least=least,
        word=title_from(words),
    )


def group_of(field: Field, typed: Typed, surroundings: Surroundings) -> Group:
    """Return one group of *field* with its rows."""
    rows = []
    for name, part in item_of(field).schema.items():
        texts = typed.texts.get(name) or ([] if part.many else [""])
        row = row_for(part, texts, surroundings)
        rows.append(replace(row, prefix=f"{field.name}.{typed.number}."))
    return Group(typed.number, rows)


def act_in(form: Any) -> tuple[str, str, str]:
    """Return the field, what to do and the number of the group, as a button of *form* says; "" for none."""
    parts = str(form.get(ACT, "")).split(".")
    return parts[0], parts[1] if len(parts) > 1 else "", parts[2] if len(parts) > 2 else ""


def regrouped(
    field: Field, typed: list[Typed], act: str, number: str, surroundings: Surroundings
) -> list[Typed]:
    """Return *typed* with what a button asks for done: a group more, one less, or one at another place."""
    typed = list(filter(is_numbered, typed))
    if act == ADD:
        new = max((int(each.number) for each in typed), default=-1) + 1
        return [*typed, Typed(str(new), empty_texts(field, surroundings))]
    at = next((place for place, each in enumerate(typed) if each.number == number), None)
    if at is None:
        return typed
    left = [*typed[:at], *typed[at + 1 :]]
    to = {UP: max(0, at - 1), DOWN: at + 1}.get(act)
    if to is not None:
        left.insert(to, typed[at])
    return left if act in {UP, DOWN, REMOVE} else typed


def focused_at(form: Any, sent: Any) -> Any:
    """Let *form* open at the group that a button of *sent* was about, at "Add" where that is gone."""
    name, act, number = act_in(sent)
    row = next((each for each in form.rows if each.name == name and isinstance(each, GroupRow)), None)
    if row is not None and act:
        found = row.groups[-1:] if act == ADD else [each for each in row.groups if each.number == number]
        target = found[0].rows[0] if found else row
        target.focused = True
    return form


def is_wrong(row: Row) -> bool:
    """Is there an error in *row*?"""
    return bool(row.error or (row.alt is not None and row.alt.error))


def mistakes_in(rows: Iterable[Row]) -> list[tuple[str, str, str]]:
    """Return the id of the control, the title of the field and the sentence of each error in *rows*."""
    found = []
    for row in rows:
        found += [(row.id, row.field.title, row.error)] if row.error else []
        found += [(row.alt.id, row.alt.title, row.alt.error)] if row.alt and row.alt.error else []
        found += mistakes_inside(row) if isinstance(row, GroupRow) else []
    return found


def mistakes_inside(row: GroupRow) -> list[tuple[str, str, str]]:
    """Return what `mistakes_in` does of the groups in *row*; titles begin with that of the group."""
    return [
        (each.id, f"{row.word_for(group)}, {each.field.title}", each.error)
        for group in row.groups
        for each in group.rows
        if each.error
    ]


def pressed(request: Any, fields: Mapping[str, Field]) -> bool:
    """Did *request* come from a button that only changes which groups there are?"""
    name, act, _ = act_in(request.form)
    return bool(act) and name in fields and fields[name].kind.grouped


def with_act(
    fields: Mapping[str, Field], typed: Mapping[str, list[Any]], form: Any, surroundings: Surroundings
) -> dict[str, list[Any]]:
    """Return *typed*, field name → what was sent, with what a button asks for done."""
    name, act, number = act_in(form)
    if not act or name not in fields or not fields[name].kind.grouped:
        return dict(typed)
    return {**typed, name: regrouped(fields[name], typed.get(name, []), act, number, surroundings)}
