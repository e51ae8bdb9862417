"""Bringing back what is in the trash: to where it was, or, where that does not go, to a chosen place."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from objpub.content import Folder
from objpub.content import Site
from objpub.content import title_of
from objpub.content import unique_name
from objpub.errors import Forbidden
from objpub.errors import NameTaken
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.errors import Refused
from objpub.lineage import find_resource
from objpub.lineage import path_of
from objpub.operations import begin_restore
from objpub.operations import Entry
from objpub.operations import restore
from objpub.operations import say
from objpub.views import Response
from objpub.views import view

from .frame import framed
from .icons import icon_name
from .operations import lead_to_operation
from .permission import check_signed_in
from .permission import visible
from .trash import entries_called

GONE = "That is not in the trash any more: somebody has restored it, or deleted it for good."
OFFERED = 40  # folders that a list of places offers
LOOKED_AT = 400  # folders that are looked at to find them


@dataclass(frozen=True)
class Choice:
    """An entry, and where it shall go: the path of a folder, a name in it. error: what is wrong, or ""."""

    entry: Entry
    place: str
    name: str
    error: str = ""

    @property
    def symbol(self) -> str:
        """The name of the icon of the kind of thing it is."""
        return icon_name(self.entry.resource)


@view(Site, "restore", area="manage", permission="public", template="restore.pt")
def ask_where(site: Site, request: Any, pick: tuple[str, ...] = ()) -> Any:
    """Ask where to put what was picked."""
    check_signed_in(request)
    entries = entries_called(request, pick)
    if not entries:
        return request.redirect(site, "@@trash", area="manage", message=GONE)
    return page_of(request, [Choice(each, path_of(each.nearest_folder()), each.name) for each in entries])


@view(Site, "restore", area="manage", method="POST", permission="public", template="restore.pt")
def restore_them(
    site: Site,
    request: Any,
    pick: tuple[str, ...] = (),
    one: str = "",
    place: tuple[str, ...] = (),
    name: tuple[str, ...] = (),
) -> Any:
    """Bring back what was picked, all of it or nothing.

    one: pressed in a row, it counts alone. place, name: for each pick, where to put it and what to call it;
    without them it comes back to where it was, under the name it had.
    """
    check_signed_in(request)
    names = (one,) if one else pick
    entries = entries_called(request, names)
    if not entries:
        return request.redirect(site, "@@trash", area="manage", message=GONE)
    many = sum(each.count for each in entries) > request.settings.limits.at_once
    if many and not place and all(each.old_folder() is not None for each in entries):
        return lead_to_operation(request, begin_restore(request.identity, entries))
    wishes = dict(zip(names, zip(place, name, strict=False), strict=False))
    choices = [choice_for(each, wishes.get(str(each.__name__))) for each in entries]
    titles = [each.entry.title for each in choices]
    savepoint = request.connection.transaction_manager.get().savepoint()
    tried = [put_back(request, each) for each in choices]
    if any(each.error for each in tried):
        savepoint.rollback()  # the page is about what is, not about what nearly was
        response = request.page(page_of(request, tried))
        response.status_int = 409
        return response
    return told(request, titles, tried)


def choice_for(entry: Entry, wish: tuple[str, str] | None) -> Choice:
    """Return where *entry* goes: as somebody wished, (place, name), or to where it was."""
    if wish is not None:
        return Choice(entry, *wish)
    folder = entry.old_folder()
    if folder is None:
        nearest = path_of(entry.nearest_folder())
        return Choice(entry, nearest, entry.name, "The folder that it was in is gone. Choose another one.")
    return Choice(entry, path_of(folder), entry.name)


def put_back(request: Any, choice: Choice) -> Choice:
    """Restore what *choice* says, and return it, with an error if that is not possible."""
    if choice.error:
        return choice
    entry, place, name = choice.entry, choice.place.strip(), choice.name.strip()
    try:
        folder = folder_at(request, place)
        restore(request.identity, entry, folder, name)
    except Forbidden:
        return Choice(entry, place, name, f"You may not add anything in {place}. Choose another folder.")
    except NameTaken:
        free = unique_name(name, folder)
        return Choice(entry, place, free, f"There is a “{name}” in {place} already; “{free}” is free.")
    except Refused as error:
        return Choice(entry, place, name, f"{str(error).rstrip('.')}.")
    return Choice(entry, path_of(folder), name)


def folder_at(request: Any, place: str) -> Any:
    """Return the folder at the path *place*. Raises NotPossible, also for one that is hidden."""
    try:
        found = find_resource(request.site, place if place.startswith("/") else f"/{place}")
    except (NotFound, ValueError):
        found = None
    if not isinstance(found, Folder) or not visible(request, found):
        raise NotPossible(f"There is no folder at “{place}”")
    return found


def told(request: Any, titles: list[str], done: list[Choice]) -> Response:
    """Return to the trash, and say what was brought back, and to where."""
    places = sorted({each.place for each in done})
    what = f"“{titles[0]}”" if len(titles) == 1 else f"{len(titles):,} items"
    where = f"to {places[0]}" if len(places) == 1 else f"to {len(places)} folders"
    if len(done) > 1:
        say(request.identity, request.site, f"Restored {what} {where}", alone=True)
    request.message(f"Restored {what} {where}")
    if len(places) == 1:
        folder = folder_at(request, places[0])
        there = folder[done[0].name] if len(done) == 1 else folder
        request.new_messages[-1]["there"] = request.url(there, area="manage")
    answer: Response = request.redirect(request.site, "@@trash", area="manage")
    return answer


def page_of(request: Any, choices: list[Choice]) -> dict[str, Any]:
    """Return the page that asks where to."""
    heading = f"Restore “{choices[0].entry.title}”" if len(choices) == 1 else f"Restore {len(choices)} items"
    offered = list(islice(places(request), OFFERED))
    known = {path for path, _ in offered}
    offered[:0] = dict.fromkeys((each.place, "") for each in choices if each.place not in known)
    return framed(request, "trash", heading, choices=choices, places=offered, is_large=len(known) == OFFERED)


def places(request: Any) -> Iterator[tuple[str, str]]:
    """Yield (path, title) of folders where the one who asks may add something, those far up first."""
    waiting: list[Any] = [request.site]
    looked_at = 0
    while waiting and looked_at < LOOKED_AT:
        folder = waiting.pop(0)
        looked_at += 1
        if not visible(request, folder) and folder is not request.site:
            continue
        if request.can("add", folder):
            yield path_of(folder), title_of(folder)
        some = islice(folder.values(), LOOKED_AT)
        waiting.extend(each for each in some if isinstance(each, Folder))
