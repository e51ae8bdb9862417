"""Checks that the macros and slots which templates name are there, across files, before the first page."""

import difflib
from pathlib import Path
from typing import NamedTuple
from typing import Protocol

from .macros import file_named
from .macros import macro_named
from .macros import Position
from .macros import Use
from .macros import WHOLE
from .places import mistake
from .places import Place
from .template import mangled
from .template import Template

OWN = ("layout", "template", "macros")
ALIKE = 0.8  # of 1: a variable that a view gives may well be called `forms`, but `layuot` is a slip


class House(Protocol):
    """What is asked of the table of templates."""

    def layout_of(self, path: Path) -> Template | None:
        """Return the layout of the template at *path*."""

    def loaded(self, template: Template, name: str) -> Template:
        """Return the template in the file *name*, relative to that of *template*."""


class Found(NamedTuple):
    """A macro that is used. name: None for any of the template's, chosen when a page is made."""

    template: Template
    name: str | None


def check_macros(house: House, template: Template) -> None:
    """Raise TemplateError if *template* uses a macro, or fills a slot, that is not there.

    What only a running page can tell, such as a macro that comes from a view, is not checked.
    """
    for use in template.current().compiled.macros.uses:
        found = find_macro(house, template, use)
        check_kinds(template, found, use)
        slots = None if found is None else slots_of(house, found, set())
        if found is None or slots is None:
            continue
        there = {mangled(slot): slot for slot in sorted(slots)}
        for fill in use.fills:
            if mangled(fill.text) not in there:
                kind = "slot" if found.name == WHOLE else f"slot of the macro {found.name!r}"
                raise absent(template, fill, f"There is no {kind}", found.template, list(there.values()))


def check_kinds(template: Template, found: Found | None, use: Use) -> None:
    """Raise TemplateError if *template* uses a macro where values are escaped in another way."""
    if found is not None and found.template.current().compiled.is_text != template.current().compiled.is_text:
        here, there = (
            ("text", "HTML or XML") if template.current().compiled.is_text else ("HTML or XML", "text")
        )
        at = use.expression
        reason = (
            f"This template is {here} and {found.template.path} is {there}: values are escaped in only one"
        )
        raise mistake(reason, Place(str(template.path), at.line, at.column, at.text))


def find_macro(house: House, template: Template, use: Use) -> Found | None:
    """Return the macro of one *use* in *template*; None if only a running page can tell.

    Raises TemplateError if there is none, or if its variable looks like a slip.
    """
    expression = use.expression.text
    file = file_named(expression)
    if file is not None:
        return Found(house.loaded(template, file), WHOLE)
    named = macro_named(expression)
    if named is None:
        return None
    owner = owner_of(house, template, named.root, use.expression)
    if owner is None:
        return None
    if named.macro and named.macro not in owner.macros:
        raise absent(template, use.expression, "There is no macro", owner, list(owner.macros), named.macro)
    return Found(owner, named.macro)


def owner_of(house: House, template: Template, root: str, at: Position) -> Template | None:
    """Return what the variable *root* is in *template*; None if that cannot be told. Raises TemplateError."""
    notes = template.current().compiled.macros
    file = notes.file_of(root)
    if file is not None:
        return house.loaded(template, file) if file else None
    if root in OWN:
        return house.layout_of(template.path) if root == "layout" else template
    near = difflib.get_close_matches(root, [*OWN, *(name for name, _ in notes.variables)], 1, ALIKE)
    if near:
        reason = f"There is no variable called {root!r} here; did you mean {near[0]!r}?"
        raise mistake(reason, Place(str(template.path), at.line, at.column, at.text))
    return None


def slots_of(house: House, found: Found, seen: set[Found]) -> set[str] | None:
    """Return the slots of a macro, with those of the macros that it uses; None if not all can be known.

    seen: the macros that are being looked at, since macros can use each other.
    """
    if found in seen:
        return set()
    seen.add(found)
    notes = found.template.current().compiled.macros
    if found.name is None:
        slots, uses = {slot.name for slot in notes.slots}, list(notes.uses)
    else:
        slots, uses = notes.slots_in(found.name), list(notes.uses_in(found.name))
    for use in uses:
        inner = find_macro(house, found.template, use)
        more = None if inner is None else slots_of(house, inner, seen)
        if more is None:
            return None
        slots |= more
    return slots


def absent(
    template: Template, at: Position, what: str, owner: Template, there: list[str], name: str = ""
) -> Exception:
    """Return the error that says that *owner* has no *name*, by default the text *at*, and what it has."""
    name = name or at.text
    near = difflib.get_close_matches(name, there, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    reason = f"{what} called {name!r} in {owner.path}; {hint}there is {', '.join(there) or 'none'}"
    return mistake(reason, Place(str(template.path), at.line, at.column, at.text))
