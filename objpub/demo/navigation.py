"""Ways through the documents of a site: what a section holds, the tree at the left, previous and next."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from objpub.content import Folder
from objpub.importing import Document
from objpub.importing import Section
from objpub.lineage import lineage

LINES = 500  # most lines of one tree


@dataclass(frozen=True)
class Line:
    """One line of the tree. depth: from 0. here: is it the page that is shown? above: is it above that?"""

    document: Any
    depth: int
    here: bool
    above: bool


def short_title(document: Any) -> str:
    """Return what a document is called where space is rare: its title up to a colon, unless it says more."""
    return str(document.link_title or document.title.partition(": ")[0] or document.__name__)


def trail_of(document: Any) -> list[Any]:
    """Return the sections above *document*, the outermost first; the site is not among them."""
    return [each for each in lineage(document) if isinstance(each, Section) and each is not document][::-1]


class Guide:
    """Shows one person around: only documents that they may view are on any of its ways."""

    def __init__(self, request: Any):
        self._can = request.can

    def is_shown(self, resource: Any) -> bool:
        """Does *resource* take part in navigation? Not images and files, and not folders of nothing else."""
        if not isinstance(resource, Document) or not self._can("view", resource):
            return False
        return not isinstance(resource, Section) or bool(resource.html) or any(self.documents_in(resource))

    def documents_in(self, folder: Any) -> Iterator[Any]:
        """Yield the documents that *folder* holds, in its order; none for a page."""
        inside = folder.values() if isinstance(folder, Folder) else ()
        return (child for child in inside if self.is_shown(child))

    def chapters_of(self, site: Any) -> list[Any]:
        """Return what the top of every page leads to: the sections of the *site*, and then its own pages.

        Where the site holds one section only, as at first, its sections stand for it.
        """
        found = list(self.documents_in(site))
        sections = [each for each in found if isinstance(each, Section)]
        pages = [each for each in found if not isinstance(each, Section)]
        if len(sections) == 1:
            inner = [each for each in self.documents_in(sections[0]) if isinstance(each, Section)]
            sections = inner or sections
        return [*sections, *pages]

    def tree_around(self, document: Any) -> list[Line]:
        """Return the tree that *document* stands in: its outermost section with all that is open in it.

        A section is open if it is the document itself or above it. Around the outermost one all are open.
        """
        trail = [*trail_of(document), document]
        return list(islice(self._branches(trail[0], trail, 0), LINES))

    def _branches(self, folder: Any, trail: list[Any], depth: int) -> Iterator[Line]:
        """Yield the lines for what *folder* holds, and below what is open. trail: the sections that are."""
        if not isinstance(folder, Section):
            return
        everything = depth == 0 and len(trail) == 1
        for child in self.documents_in(folder):
            above = any(child is each for each in trail)
            yield Line(child, depth, child is trail[-1], above)
            if above or everything:
                yield from self._branches(child, trail, depth + 1)

    def after(self, document: Any) -> Any:
        """Return what follows in reading order: the first document inside, else the next outside; or None."""
        if isinstance(document, Section):
            first = next(self.documents_in(document), None)
            if first is not None:
                return first
        while isinstance(document.__parent__, Section):
            following = self._sibling(document, 1)
            if following is not None:
                return following
            document = document.__parent__
        return None

    def before(self, document: Any) -> Any:
        """Return what comes before in reading order, the inverse of `after`; or None."""
        if not isinstance(document.__parent__, Section):
            return None
        found = self._sibling(document, -1)
        if found is None:
            return document.__parent__
        while isinstance(found, Section) and (inner := list(self.documents_in(found))):
            found = inner[-1]
        return found

    def _sibling(self, document: Any, step: int) -> Any:
        """Return the document *step* places further in the same folder, or None."""
        around = list(self.documents_in(document.__parent__))
        at = next((at for at, each in enumerate(around) if each.__name__ == document.__name__), None)
        if at is None or not 0 <= at + step < len(around):
            return None
        return around[at + step]
