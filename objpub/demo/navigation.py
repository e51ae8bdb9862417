"""Ways through the documents of a site: what a section holds, the tree at the left, previous and next."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

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
    """Return what a document is called where space is rare."""
    return str(document.link_title or document.title or document.__name__)


def is_shown(resource: Any) -> bool:
    """Does *resource* take part in navigation? Not images and files, and not folders of nothing else."""
    if isinstance(resource, Section):
        return bool(resource.html) or any(is_shown(child) for child in resource.values())
    return isinstance(resource, Document)


def documents_in(folder: Any) -> Iterator[Any]:
    """Yield the documents that *folder* holds, in its order."""
    return (child for child in folder.values() if is_shown(child))


def trail_of(document: Any) -> list[Any]:
    """Return the sections above *document*, the outermost first; the site is not among them."""
    return [each for each in lineage(document) if isinstance(each, Section) and each is not document][::-1]


def tree_around(document: Any) -> list[Line]:
    """Return the tree that *document* stands in: its outermost section with all that is open in it.

    A section is open if it is the document itself or above it; in the outermost one, everything is shown
    as far as the second level where it has no sections that are open.
    """
    trail = [*trail_of(document), document]
    return list(branches(trail[0], trail, 0))[:LINES]


def branches(folder: Any, trail: list[Any], depth: int) -> Iterator[Line]:
    """Yield the lines for what *folder* holds, and below the sections that are open. trail: what is open."""
    if not isinstance(folder, Section):
        return
    everything = depth == 0 and len(trail) == 1
    for child in documents_in(folder):
        above = any(child is each for each in trail)
        yield Line(child, depth, child is trail[-1], above)
        if above or everything:
            yield from branches(child, trail, depth + 1)


def after(document: Any) -> Any:
    """Return what follows in reading order: the first document inside, else the next outside; or None."""
    if isinstance(document, Section):
        first = next(documents_in(document), None)
        if first is not None:
            return first
    while isinstance(document.__parent__, Section):
        following = sibling(document, 1)
        if following is not None:
            return following
        document = document.__parent__
    return None


def before(document: Any) -> Any:
    """Return the document that comes before in reading order, the inverse of `after`; or None."""
    if not isinstance(document.__parent__, Section):
        return None
    found = sibling(document, -1)
    if found is None:
        return document.__parent__
    while isinstance(found, Section) and (inner := list(documents_in(found))):
        found = inner[-1]
    return found


def sibling(document: Any, step: int) -> Any:
    """Return the document *step* places further in the same folder, or None."""
    around = list(documents_in(document.__parent__))
    at = next((at for at, each in enumerate(around) if each.__name__ == document.__name__), None)
    if at is None or not 0 <= at + step < len(around):
        return None
    return around[at + step]
