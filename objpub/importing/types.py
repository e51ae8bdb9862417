"""What a folder of documents becomes: sections and pages, in Markdown or HTML, rendered when they change.

A site brings them in with `app.include("objpub.importing")`, or declares types of its own with the fields of
`Document`; their views and templates are the site's.
"""

from datetime import datetime
from typing import Literal

from objpub.catalog import ShownTexts
from objpub.configuration import Declaration
from objpub.configuration import note
from objpub.configuration import source_here
from objpub.content import Content
from objpub.content import Folder
from objpub.events import Added
from objpub.events import Modified
from objpub.events import on
from objpub.operations import OwnLinks
from objpub.registry import Registry
from objpub.schema import field
from objpub.schema import Markdown
from objpub.schema import mixin

from .rendering import render_changed
from .source import LARGEST_PAGE_BYTES

#: Fields that say how a document is kept, and nothing to those who read it.
MACHINERY = frozenset({"aliases", "extra", "link_title", "weight", "written_in"})


@mixin
class Document:
    """The fields of a text with a title: what `Page` and `Section` share."""

    title: str = field(index="text", max_length=1_000)
    text: Markdown = field(default="", index="text", max_length=LARGEST_PAGE_BYTES)
    description: str = field(default="", index="text", multiline=True)
    link_title: str = field(
        default="", title="Short title", description="For navigation, where space is rare.", folded=True
    )
    date: datetime | None = field(default=None, index="range")
    lastmod: datetime | None = field(default=None, title="Last modified", folded=True)
    tags: frozenset[str] = field(default=(), index="keyword", filter=True)
    categories: frozenset[str] = field(default=(), index="keyword", filter=True, folded=True)
    keywords: frozenset[str] = field(default=(), index="keyword", folded=True)
    weight: int | None = field(
        default=None, description="Where it stands when it is imported: light ones first.", folded=True
    )
    aliases: tuple[str, ...] = field(
        default=(), description="Addresses that the document had elsewhere.", folded=True
    )
    extra: tuple[str, ...] = field(
        default=(),
        title="Other values",
        description="What else its file said, each as “name: value”.",
        folded=True,
    )
    written_in: Literal["markdown", "html"] = field(
        default="markdown", choices={"markdown": "Markdown", "html": "HTML"}, folded=True
    )

    # Made of the text, and never set by people: `rendering` writes them.
    _html = ""
    _toc: tuple[tuple[int, str, str], ...] = ()
    _rendered_from = ""

    # The file it came from, as the import knows it; "" for what was made on the site.
    _source = ""

    @property
    def html(self) -> str:
        """The text as HTML that is safe to show. Links are paths from the top of the site, "/docs/a/"."""
        return self._html

    @property
    def toc(self) -> tuple[tuple[int, str, str], ...]:
        """The headings of the text in their order: (level from 1, id, text) each."""
        return self._toc


class Section(Folder, Document, addable="anywhere", ordered=True, icon="folder"):
    """A folder with a text of its own; what it holds stands in an order."""


class Page(Content, Document, addable="anywhere", icon="page"):
    """A text with a title."""


@on(Added, Document)
def render_added(event: Added) -> None:
    """Render the text of a new document, unless whoever made it has."""
    render_changed(event.resource)


@on(Modified, Document)
def render_modified(event: Modified) -> None:
    """Render the text of a document anew when it has changed."""
    if event.changed & {"text", "written_in"}:
        render_changed(event.resource)


def show_text(registry: Registry) -> None:
    """Let links of a document be looked for in what is shown; in a file they are addresses of files."""
    registry[ShownTexts].put(Document, "text", html_of)
    registry[OwnLinks].put(Document, "", is_imported)


def is_imported(document: Document) -> bool:
    """Does *document* come from a file?"""
    return bool(document._source)


def html_of(document: Document) -> str:
    """Return the text of *document* as it is shown."""
    return document.html


note(show_text, Declaration("shown text", (("shown text", Document),), show_text, source_here(0)))
