"""A type with a field of every kind there is, for the forms of the management interface."""

from datetime import date
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Literal

from objpub.content import Content
from objpub.content import File
from objpub.content import Image
from objpub.schema import Email
from objpub.schema import field
from objpub.schema import Markdown
from objpub.schema import Ref
from objpub.schema import RichText
from objpub.schema import URL
from objpub.views import view
from tests.manage.pages import Page


class Mood(Enum):
    CALM = "calm"
    WILD = "wild"
    FOGGY = "foggy"


class Walk(Content, addable="anywhere"):
    """A walk along the coast, with everything that can be said about one."""

    title: str = field(max_length=60)
    summary: str = field(
        default="", multiline=True, max_length=200, description="One or two sentences, shown in lists."
    )
    body: RichText = ""
    notes: Markdown = field(default="", description="For wardens only.")
    photo: Image | None = field(default=None, title="Picture")
    leaflet: File | None = None
    length: float | None = field(default=None, ge=0.1, le=99, title="Length in km")
    places: int = field(default=12, ge=1, le=30)
    price: Decimal | None = None
    for_dogs: bool = field(default=False, title="Dogs may come")
    guided: bool | None = None
    day: date | None = None
    starts: datetime | None = field(default=None, title="Starts at")
    mood: Mood = Mood.CALM
    size: Literal["s", "m", "l", "xl", "xxl"] = "m"
    tags: frozenset[str] = ()
    seen: frozenset[Literal["tide", "bird", "plant"]] = frozenset()
    steps: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    stanzas: tuple[Markdown, ...] = ()
    mail: Email | None = None
    home: URL | None = None
    near: Ref[Page] | None = None
    related: tuple[Ref[Page], ...] = ()


@view(Walk, template="walk.pt")
def show_walk(walk, request):
    return {}


@view(Page, template="page.pt")
def show_page(page, request):
    return {}
