"""Another name, another folder, another order."""

from typing import Any

from objpub.content import move as move_in_tree
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.lineage import inside
from objpub.lineage import path_of
from objpub.lineage import top
from objpub.security import Identity

from .adding import put
from .asking import check_addable
from .asking import check_fields_moving
from .asking import check_folder
from .asking import check_movable
from .asking import check_same_site
from .asking import require_adding
from .asking import require_below
from .asking import require_seen
from .crossing import carried
from .crossing import check_no_mount
from .crossing import into
from .naming import free_name
from .naming import wanted_name
from .redirects import old_path
from .redirects import redirects_of
from .sentences import all_or_nothing
from .sentences import quoted
from .sentences import quoted_text
from .sentences import say


def rename(identity: Identity, resource: Any, name: str) -> Any:
    """Give *resource* another *name* where it is, and return it. Needs "view" and "edit".

    Its title stays, and so does its place in a kept order. Raises BadName or NameTaken. Where it has this
    name already, nothing is done.
    """
    require_seen(identity, "edit", resource)
    check_movable(resource)
    check_no_mount(resource)
    if name == resource.__name__:
        return resource
    name = wanted_name(resource.__parent__, name)
    with all_or_nothing(resource):
        sentence = f"Renamed {quoted(resource)} to {quoted_text(name)}"
        move_in_tree(resource, resource.__parent__, name)
        say(identity, resource, sentence)
    return resource


def move(identity: Identity, resource: Any, folder: Any, name: str | None = None) -> Any:
    """Put *resource*, with all that is in it, into another *folder*, and return it.

    name: None keeps the one it has, with a number where that is taken. Needs "view" and "delete" on the
    resource and on everything in it, and "add" on the folder. A field that not everybody may see or change
    stays where the rights of *identity* are the same. Into a folder of another database goes a copy, with the
    same owners and grants, without the history, and what was moved is gone; the copy is returned.
    Raises BadName or NameTaken for a *name*; NotPossible for a folder inside the resource, and for one
    where it cannot be added. Where it is in this folder, under this name, nothing is done.
    """
    require_seen(identity, "delete", resource)
    require_adding(identity, folder)
    check_destination(resource, folder)
    if folder is resource.__parent__:
        return resource if name is None else rename(identity, resource, name)
    require_below(identity, ("view", "delete"), resource)
    check_addable(folder, type(resource))
    check_fields_moving(identity, resource, folder)
    old_folder, old_name = resource.__parent__, resource.__name__
    name = free_name(folder, old_name) if name is None else wanted_name(folder, name)
    moved = carried(resource, folder)
    with all_or_nothing(resource):
        words = f"Moved {quoted(resource)} from {quoted(old_folder)} to {quoted(folder)}"
        words += under_name(name, old_name)
        if moved is not resource:
            old_folder.remove(old_name)
            resource = put(folder, name, moved)
            redirects_of(top(folder)).put(old_path(old_folder, old_name), resource)
            words += into(folder)
        else:
            move_in_tree(resource, folder, name)
        say(identity, resource, words, named=[old_folder, folder])
    return resource


def order(
    identity: Identity,
    folder: Any,
    name: str,
    *,
    before: str | None = None,
    after: str | None = None,
    to: str | None = None,
) -> None:
    """Put the child called *name* elsewhere in the order that *folder* keeps. Needs "edit" on the folder.

    before, after: the name of the child that it shall stand next to. to: "first" or "last". Exactly one
    of the three. Raises NotFound for a name that is not there, NotPossible where no order is kept.
    """
    require_seen(identity, "edit", folder)
    check_folder(folder)
    if not folder.is_ordered:
        raise NotPossible(f"{quoted(folder)} keeps no order of its own")
    if [before, after, to].count(None) != 2 or to not in {None, "first", "last"}:
        raise NotPossible(f"Wanted one of before=, after=, to='first' or 'last'; not {(before, after, to)!r}")
    for each in (name, before, after):
        if each is not None and each not in folder:
            raise NotFound(f"{path_of(folder).rstrip('/')}/{each}", path_of(folder), each, folder)
    with all_or_nothing(folder):
        folder.move_child(name, before=before, after=after, to=to)
        other = before or after
        words = f"{'before' if before else 'after'} {quoted(folder[other])}" if other else to
        say(identity, folder, f"Put {quoted(folder[name])} {words} in {quoted(folder)}")


def check_destination(resource: Any, folder: Any) -> None:
    """Raise NotPossible unless *resource* is something that could be put into *folder*."""
    check_movable(resource)
    check_no_mount(resource)
    check_same_site(resource, folder)
    if inside(folder, resource):
        raise NotPossible(f"{quoted(resource)} cannot be put into itself")


def under_name(name: str, old_name: str) -> str:
    """Return the end of a sentence about something that got another name on its way."""
    return "" if name == old_name else f" as {quoted_text(name)}"
