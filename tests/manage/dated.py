"""Notes with fields that lists show, sort by and are narrowed to."""

from datetime import date

from objpub import Ref
from objpub.content import Content
from objpub.content import Folder
from objpub.schema import field
from objpub.security import Permission

Secret = Permission("dated.secret", title="See what is secret", roles=("manager",))


class Shelf(Folder, addable="anywhere"):
    """A folder of notes."""

    title: str


class Note(Content, addable=Shelf):
    """A note with a date."""

    title: str
    written: date | None = field(default=None, index="range", column=True)
    tags: frozenset[str] = field(default=(), index="keyword", filter=True)
    kind: str = field(default="tale", index="value", choices={"tale": "Tale", "report": "Report"})
    stars: int = field(default=0, index="range")
    about: "Ref[Note] | None" = field(default=None, index="value")
    grade: str = field(default="", index="value", read=Secret)


class Card(Content, addable=Shelf):
    """A card."""

    title: str
