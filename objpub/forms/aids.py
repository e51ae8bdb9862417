"""What helps to fill in a form: previews, a way to choose from the tree, tags that are known."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from objpub.content import Folder
from objpub.schema import Field

SIBLINGS_ASKED = 200  # neighbours whose values are offered; the first ones tell enough
MOST_KNOWN = 100


def no_icon(name: str) -> str:
    """Return nothing: the symbols of a site that has none."""
    return ""


@dataclass(frozen=True)
class Aids:
    """What the place of a form offers to it; a form works without.

    preview: the URL that a text in Markdown is sent to, to see it as it will be published. pick: the URL that
    lists what a reference can lead to. images: the URL that an image for a text is sent to; it is kept in the
    folder called `images_in`. icon: name → markup of a symbol.
    """

    preview: str = ""
    pick: str = ""
    images: str = ""
    images_in: str = ""
    icon: Callable[[str], Any] = no_icon


NO_AIDS = Aids()


def known_items(request: Any, field: Field, kind: type, folder: Any) -> tuple[str, ...]:
    """Return what is in *field* of the neighbours in *folder* that are a *kind* and may be viewed."""
    if not isinstance(folder, Folder):
        return ()
    found: set[str] = set()
    for sibling in islice(folder.values(), SIBLINGS_ASKED):
        values = getattr(sibling, field.name, None) if isinstance(sibling, kind) else None
        if isinstance(values, frozenset | tuple) and not found.issuperset(values):
            if request.can("view", sibling):
                found.update(each for each in values if isinstance(each, str))
    return tuple(sorted(found))[:MOST_KNOWN]
