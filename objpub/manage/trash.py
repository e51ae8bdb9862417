"""The trash: what was deleted, from where, by whom and when, as far as the one who asks may bring it back."""

from dataclasses import dataclass
from typing import Any

from objpub.content import Site
from objpub.lineage import path_of
from objpub.operations import Entry
from objpub.operations import may_restore
from objpub.operations import whole_trash
from objpub.views import view

from .frame import framed
from .icons import icon_name
from .permission import check_signed_in
from .permission import visible

SHOWN = 50
LOOKED_AT = 2_000  # entries that a page looks at to find those that may be shown


@dataclass(frozen=True)
class Line:
    """A row of the list. name: of the entry. place: where it was. folder: what that is now, or None.

    inside: how many things went with it; 0 where some of them may be hidden from the one who asks.
    """

    entry: Entry
    place: str
    folder: Any
    inside: int

    @property
    def name(self) -> str:
        """The name of the entry in the trash."""
        return str(self.entry.__name__)

    @property
    def symbol(self) -> str:
        """The name of the icon of the kind of thing it is."""
        return icon_name(self.entry.resource)


@view(Site, "trash", area="manage", permission="public", template="trash.pt")
def show_trash(site: Site, request: Any, after: str = "") -> dict[str, Any]:
    """List what is in the trash, the latest first. after: the name of the last entry of the page before."""
    check_signed_in(request)
    lines, following = lines_after(request, after)
    trash = whole_trash(site)
    empties = trash is not None and bool(request.can("manage", site.trash or site))
    return framed(
        request,
        "trash",
        "Trash",
        lines=lines,
        following=following,
        after=after,
        empties=empties,
        total=len(trash) if trash is not None and empties else None,
    )


def lines_after(request: Any, after: str) -> tuple[list[Line], str | None]:
    """Return what stands behind the entry called *after*, and where the next page begins, or None."""
    trash = whole_trash(request.site)
    if trash is None:
        return [], None
    lines: list[Line] = []
    last: str | None = after
    for number, entry in enumerate(trash.after(after) if after else trash):
        if len(lines) == SHOWN or number == LOOKED_AT:
            return lines, last
        last = entry.__name__
        if may_restore(request.identity, entry):
            lines.append(line_of(request, entry))
    return lines, None


def line_of(request: Any, entry: Entry) -> Line:
    """Return what the list says about *entry*."""
    folder = entry.old_folder()
    inside = entry.count - 1 if request.can("view", entry) else 0
    if folder is not None and visible(request, folder) and request.shows(folder):
        return Line(entry, path_of(folder), folder, inside)
    return Line(entry, entry.path.rpartition("/")[0] or "/", None, inside)


def entries_called(request: Any, names: tuple[str, ...]) -> list[Entry]:
    """Return the entries called *names* that are there and that the one who asks may restore."""
    trash = whole_trash(request.site)
    if trash is None:
        return []
    entries = (trash.get(name) for name in dict.fromkeys(names))
    return [each for each in entries if each is not None and may_restore(request.identity, each)]
