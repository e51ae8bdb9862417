"""Which macros a template uses and which slots it fills, so that a misspelt one is found at the start."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from typing import NamedTuple

from chameleon import tal
from chameleon.exc import LanguageError
from chameleon.namespaces import METAL_NS
from chameleon.namespaces import TAL_NS
from chameleon.tokenize import Token

WHOLE = ""  # as the name of a macro: the whole template, which is one, too
ITEM = r"\[(?P<quote>['\"])(?P<item>[^'\"]+)(?P=quote)\]"
PLAIN_MACRO = re.compile(
    r"\s*(?:(?:path|python|nocall):)?\s*(?P<root>[A-Za-z_]\w*)(?P<macros>[./]macros)?"
    rf"(?:{ITEM}|/(?P<step>[\w-]+)|(?P<any>\[[^\[\]]+\]))?\s*"
)
LOADED = re.compile(r"\s*load:(?P<file>[^$|]+)")


class Position(NamedTuple):
    """A text in a template. line and column count from 1."""

    text: str
    line: int
    column: int

    @classmethod
    def of(cls, token: Token) -> "Position":
        """Return where *token* is."""
        line, column = token.location
        return cls(str(token), line, column + 1)


class Use(NamedTuple):
    """One metal:use-macro. within: the macros it stands in. fills: the names of the slots it fills."""

    within: tuple[str, ...]
    expression: Position
    fills: tuple[Position, ...]


class Slot(NamedTuple):
    """One metal:define-slot. within: the macros it stands in."""

    within: tuple[str, ...]
    name: str


class MacroNotes(NamedTuple):
    """What one template says of macros; all of it are built-in types, which `marshal` can keep.

    variables: (name, file) of its tal:define and tal:repeat; file is "" for what is not a plain `load:`.
    """

    uses: tuple[Use, ...] = ()
    slots: tuple[Slot, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_plain(cls, uses: tuple, slots: tuple, variables: tuple) -> "MacroNotes":
        """Return notes that `marshal` has read, as tuples without names."""
        made = (
            Use(within, Position(*at), tuple(Position(*each) for each in fills)) for within, at, fills in uses
        )
        return cls(tuple(made), tuple(Slot(*each) for each in slots), variables)

    def uses_in(self, macro: str) -> Iterator[Use]:
        """Yield what the macro called *macro* uses."""
        return (use for use in self.uses if macro in use.within)

    def slots_in(self, macro: str) -> set[str]:
        """Return the names of the slots that stand in the macro called *macro*."""
        return {slot.name for slot in self.slots if macro in slot.within}

    def file_of(self, variable: str) -> str | None:
        """Return the file that *variable* is defined to be; "" for another value, None for no definition."""
        files = {file for name, file in self.variables if name == variable}
        return (files.pop() if len(files) == 1 else "") if files else None


class Named(NamedTuple):
    """What a plain expression for a macro names. root: a variable. macro: None for any of the template's."""

    root: str
    macro: str | None


def macro_named(expression: str) -> Named | None:
    """Return what an *expression* such as `layout.macros["page"]` names; None for one that is not plain."""
    match = PLAIN_MACRO.fullmatch(expression)
    if match is None or match["root"] in {"load", "string", "not", "exists", "structure"}:
        return None
    item, root = match["item"] or match["step"], match["root"]
    if not (item or match["any"]):
        return None if match["macros"] else Named(root, WHOLE)
    if match["macros"]:
        return Named(root, item)
    return Named("template" if root == "macros" else root, item)


def file_named(expression: str) -> str | None:
    """Return the file that an expression such as `load: forms.pt` names; None for another kind."""
    match = LOADED.fullmatch(expression)
    return match and match["file"].strip()


@dataclass
class OpenUse:
    """A metal:use-macro that is being read."""

    within: tuple[str, ...]
    expression: Token
    fills: list[Token] = field(default_factory=list)


class MacroReader:
    """Collects the notes of one template while its elements are visited, each before what is inside it."""

    def __init__(self) -> None:
        self._within: tuple[str, ...] = (WHOLE,)  # () for what stands in no slot and is left out
        self._open: list[OpenUse] = []
        self._before: list[tuple[tuple[str, ...], int]] = []
        self.uses: list[OpenUse] = []
        self.slots: list[tuple[tuple[str, ...], Token]] = []
        self.variables: list[tuple[str, str]] = []

    def enter(self, attributes: dict[tuple[str, str], Token]) -> None:
        """Note what an element with *attributes* says.

        Raises LanguageError for a slot that is filled twice, or outside of any macro.
        """
        self._before.append((self._within, len(self._open)))
        fill = attributes.get((METAL_NS, "fill-slot"))
        if fill is not None:
            self._fill(fill)
        macro = attributes.get((METAL_NS, "define-macro"))
        if macro is not None:
            self._within = (*self._within, str(macro))
        slot = attributes.get((METAL_NS, "define-slot"))
        if slot is not None:
            self.slots.append((self._within, slot))
        self._define(attributes)
        used = attributes.get((METAL_NS, "use-macro")) or attributes.get((METAL_NS, "extend-macro"))
        if used is not None:
            self._open.append(OpenUse(self._within, used))
            self.uses.append(self._open[-1])
            self._within = ()

    def leave(self) -> None:
        """Go back to what is around the element that was entered last."""
        self._within, opened = self._before.pop()
        del self._open[opened:]

    def notes(self) -> MacroNotes:
        """Return what was noted."""
        uses = (
            Use(use.within, Position.of(use.expression), tuple(map(Position.of, use.fills)))
            for use in self.uses
        )
        slots = (Slot(within, str(name)) for within, name in self.slots)
        return MacroNotes(tuple(uses), tuple(slots), tuple(self.variables))

    def _fill(self, name: Token) -> None:
        if not self._open:
            raise LanguageError("Cannot use metal:fill-slot without metal:use-macro.", name)
        use = self._open[-1]
        if name in use.fills:
            raise LanguageError(
                f"The slot {str(name)!r} is filled twice; only one of the two would be shown", name
            )
        use.fills.append(name)
        self._within = use.within

    def _define(self, attributes: dict[tuple[str, str], Token]) -> None:
        for word in ("define", "repeat"):
            clause = attributes.get((TAL_NS, word))
            for _, names, expression in tal.parse_defines(clause) or () if clause is not None else ():
                file = file_named(expression) or ""
                self.variables += [(str(name), str(file)) for name in names]
