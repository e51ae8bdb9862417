"""Names of what is put into a folder: kept where possible, made from the title where there is none."""

from typing import Any

from objpub.content import check_name
from objpub.content import File
from objpub.content import name_from
from objpub.content import spread_number
from objpub.content import title_of
from objpub.content import unique_name
from objpub.errors import BadName
from objpub.errors import NameTaken
from objpub.lineage import path_of

# Room for "-2" and so on behind a name that is as long as a name can be, 255 bytes.
LONGEST_NUMBERED = 235
LONGEST_ENDING = 20


def wanted_name(folder: Any, name: str) -> str:
    """Return *name* as *folder* will have it. Raises BadName or NameTaken."""
    name = check_name(name, folder)
    if name in folder:
        raise NameTaken(name, path_of(folder))
    return name


def name_for(folder: Any, resource: Any) -> str:
    """Return a free name for a new *resource* in *folder*: of a file its own, else from the title."""
    if isinstance(resource, File):
        name = resource.filename.lstrip("_@+ ")
        if is_name(name):
            return free_name(folder, name)
    return name_from(title_of(resource), folder)


def free_name(folder: Any, name: str) -> str:
    """Return *name*; if it is taken or reserved in *folder*, with a number: "cat.png" → "cat-2.png"."""
    taken = Taken(folder)
    return name if name not in taken else unique_name(cut(name), taken, spread_number)


def is_name(name: str) -> bool:
    """May a resource have *name* in some folder?"""
    try:
        check_name(name)
    except BadName:
        return False
    return True


def cut(name: str) -> str:
    """Return *name*, if need be shortened before its ending, with room for a number."""
    if len(name.encode()) <= LONGEST_NUMBERED:
        return name
    start, dot, ending = name.rpartition(".")
    if not start or len(ending.encode()) > LONGEST_ENDING:
        start, dot, ending = name, "", ""
    room = LONGEST_NUMBERED - len(f"{dot}{ending}".encode())
    return start.encode()[:room].decode(errors="ignore").strip() + dot + ending


class Taken:
    """The names that a new child of a folder cannot have, to be asked with `in`."""

    def __init__(self, folder: Any) -> None:
        self._folder = folder

    def __contains__(self, name: object) -> bool:
        try:
            return check_name(name, self._folder) in self._folder
        except BadName:
            return True
