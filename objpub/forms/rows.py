"""Rows: a field met with HTML. Which widget it gets, and what the widget shows."""

import re
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from objpub.content import CUTS
from objpub.schema import Field
from objpub.schema import Surroundings

from .meetings import Meeting

FEW = 4  # as many choices are shown at once; more go into a list that opens
SEVERAL = 12  # the same, where several of them can be chosen

#: Name of the kind → name of the widget, a macro in form.pt.
WIDGETS: Mapping[str, str] = MappingProxyType(
    {
        "text": "text",
        "multiline text": "textarea",
        "rich text": "richtext",
        "markdown": "markdown",
        "integer": "integer",
        "number": "number",
        "decimal": "number",
        "boolean": "checkbox",
        "date": "date",
        "datetime": "datetime",
        "choice": "select",
        "email": "email",
        "url": "url",
        "reference": "reference",
        "file": "file",
        "upload": "file",
    }
)

#: Name of the kind of collection, and of its items → name of the widget; any other gets lines.
WIDGETS_OF_SEVERAL: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("frozenset", "text"): "tags",
        ("frozenset", "reference"): "references",
        ("tuple", "reference"): "references",
        # a line of these is no item
        **{(several, "rich text"): "texts" for several in ("tuple", "frozenset")},
        **{(several, "markdown"): "texts" for several in ("tuple", "frozenset")},
    }
)

#: Widgets that are a group of controls, named by a legend instead of a label.
GROUPS = frozenset({"radio", "checks", "groups"})

#: Widget → what its value looks like; browsers drop anything else, so it gets a line of text instead.
STRICT = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "datetime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?"),
}


#: What is said at a field that must not be empty, by its widget.
TO_GIVE = {
    "select": "Choose one",
    "radio": "Choose one",
    "multiselect": "Choose at least one",
    "checks": "Choose at least one",
    "reference": "Choose what it leads to",
    "references": "Choose what they lead to",
    "file": "Choose a file",
    "date": "Give a date",
    "datetime": "Give a date and a time",
    "integer": "Type a number",
    "number": "Type a number",
    "email": "Give an e-mail address",
    "url": "Give an address",
}
IS_EMPTY = "is empty; wanted "  # how the schema begins to say that


@dataclass
class AltText:
    """The alternative text that is asked for beside an image. digest: of what the form started from."""

    name: str
    title: str
    description: str
    text: str
    error: str = ""
    digest: str = ""
    focused: bool = False

    @property
    def id(self) -> str:
        """The id of the control."""
        return f"field-{self.name}"

    @property
    def described(self) -> str | None:
        """The ids of what describes the control, for `aria-describedby`; None for nothing."""
        parts = {"hint": self.description, "error": self.error}
        return " ".join(f"{self.id}-{part}" for part, there in parts.items() if there) or None


@dataclass
class Row:
    """A field in a form.

    field: what was declared. widget: the name of its macro. texts: what it shows, as typed or as stored.
    error: a sentence, or "". digest: of the value that the form started from; "" where that is not known.
    options: value, title and whether it is chosen, of a choice. current: the file that is there, or None.
    again: the name of a file that was sent and has to be chosen anew. alt: what an image shows, in words, or
    None. known: what neighbours have, to complete what is typed. chosen: path and title of what is referred
    to. theirs: what somebody else saved meanwhile, where that has to be decided; else None. meeting: the
    same with what there was before, compared. kept: what was decided, "mine", "theirs" or "both". focused:
    does the page open at it? own: what the site declared with `@widget` for it, or None.
    prefix: of the names of what stands in a group.
    """

    field: Field
    widget: str
    texts: list[str]
    error: str = ""
    digest: str = ""
    options: tuple[tuple[str, str, bool], ...] = ()
    current: Any = None
    again: str = ""
    alt: AltText | None = None
    known: tuple[str, ...] = ()
    chosen: tuple[tuple[str, str], ...] = ()
    theirs: list[str] | None = None
    meeting: Meeting | None = None
    kept: str = ""
    focused: bool = False
    own: Callable[[Any, Any], Any] | None = None
    prefix: str = ""

    @property
    def name(self) -> str:
        """The name of the field, and of its control."""
        return self.prefix + self.field.name

    @property
    def id(self) -> str:
        """The id of the control."""
        return f"field-{self.name}"

    @property
    def text(self) -> str:
        """All that it shows as one text, one item in each line."""
        return "\n".join(self.texts)

    @property
    def cuts(self) -> tuple[tuple[str, int, int], ...]:
        """Name, width and height of the scales that cut, where the bytes of a file are asked for."""
        return CUTS if self.field.kind.name == "upload" else ()

    @property
    def is_group(self) -> bool:
        """Is it a group of controls?"""
        return self.widget in GROUPS

    @property
    def required(self) -> bool:
        """Must something be given?"""
        return self.field.required and not self.field.nullable

    @property
    def described(self) -> str | None:
        """The ids of what describes the control, for `aria-describedby`; None for nothing."""
        parts = {"hint": self.field.description, "error": self.error, "theirs": self.theirs is not None}
        return " ".join(f"{self.id}-{part}" for part, there in parts.items() if there) or None


def said_to(name: str, widget: str, text: str) -> str:
    """Return the sentence at the field *name*, for people, for what its schema says is wrong with it."""
    if text.startswith(IS_EMPTY):
        return "Give it a title" if name == "title" else TO_GIVE.get(widget, "Write something here")
    return text[:1].upper() + text[1:]


def row_for(field: Field, texts: list[str], surroundings: Surroundings) -> Row:
    """Return the row of *field* that shows *texts*."""
    widget = widget_for(field)
    pattern = STRICT.get(widget)
    if pattern and texts and texts[0] and not pattern.fullmatch(texts[0]):
        widget = "text"
    options = OPTIONS[widget](field, texts, surroundings) if widget in OPTIONS else ()
    return Row(field, widget, texts, options=options)


def widget_for(field: Field) -> str:
    """Return the name of the widget for values of *field*."""
    if field.many:
        if field.choices:
            return "checks" if len(field.choices) <= SEVERAL else "multiselect"
        item = field.kind.item.name  # type: ignore[attr-defined]
        return WIDGETS_OF_SEVERAL.get((field.kind.name, item), "lines")
    widget = WIDGETS.get(field.kind.name, "text")
    if widget == "select" and len(field.choices) <= FEW:
        return "radio"
    return "select" if widget == "checkbox" and field.nullable else widget


def choices_of(
    field: Field, texts: list[str], surroundings: Surroundings
) -> tuple[tuple[str, str, bool], ...]:
    """Return what can be chosen; a value that can no longer be chosen stays in the list while it is there."""
    if field.choices:
        pairs = [(choice_text(field, value, surroundings), title) for value, title in field.choices]
    else:
        pairs = [("yes", "Yes"), ("no", "No")]
    known = {text for text, _ in pairs}
    pairs += [(text, text) for text in texts if text and text not in known]
    if not field.many and (field.nullable or not any(texts)):
        pairs.insert(0, ("", "Not set" if field.nullable else ""))
    chosen = set(texts) or {""}
    return tuple((text, title, text in chosen) for text, title in pairs)


def radio_choices(
    field: Field, texts: list[str], surroundings: Surroundings
) -> tuple[tuple[str, str, bool], ...]:
    """Return what can be chosen; nothing is chosen where something must be and nothing was."""
    return tuple(each for each in choices_of(field, texts, surroundings) if each[1])


def choice_text(field: Field, value: Any, surroundings: Surroundings) -> str:
    """Return one of the values to choose from as a form sends it."""
    text: Any = field.to_text((value,) if field.many else value, surroundings)
    return str(text[0] if field.many else text)


OPTIONS: Mapping[str, Callable[..., tuple[tuple[str, str, bool], ...]]] = MappingProxyType(
    {"select": choices_of, "multiselect": choices_of, "checks": choices_of, "radio": radio_choices}
)
