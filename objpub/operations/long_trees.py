"""Moving, copying, deleting, restoring and purging much, as long operations.

A tree is moved, copied, deleted and restored in one transaction: nobody sees half of it, and one that is
cancelled has changed nothing. What is purged is gone entry by entry, some of them with each transaction.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from itertools import islice
from typing import Any

from objpub.content import Site
from objpub.content import title_of
from objpub.content import walk
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.jobs import long_operation
from objpub.jobs import LongOperation
from objpub.jobs import Work
from objpub.lineage import find_resource
from objpub.lineage import path_of
from objpub.lineage import top
from objpub.security import Identity

from .asking import check_addable
from .asking import check_in_folder
from .asking import require
from .asking import require_adding
from .asking import require_seen
from .copying import copy
from .deleting import check_may_restore
from .deleting import delete
from .deleting import purge
from .deleting import restore
from .long import begin
from .long import who_began
from .moving import check_destination
from .moving import move
from .sentences import counted
from .sentences import quoted
from .sentences import say
from .trash import Entry
from .trash import whole_trash

LANE = "content"
MOVE, COPY, DELETE = "objpub.move", "objpub.copy", "objpub.delete"
RESTORE, PURGE = "objpub.restore", "objpub.purge"
NOTHING = "Nothing is changed."
#: How often each resource of a tree is looked at, about; the first time it is counted.
PASSES = {MOVE: 3, COPY: 7, DELETE: 4, RESTORE: 2}
NAMED = 1_000  # entries that are purged by their names; more are from one to another, if they can be
BATCH = 100  # entries that are purged in one transaction

#: What was picked: name and number of each, to be found again.
Picks = Sequence[Sequence[Any]]


def is_large(resources: Iterable[Any], most: int) -> bool:
    """Are *resources*, with all that is in them, more than *most*?"""
    return sum(1 for _ in islice((step for each in resources for step in walk(each)), most + 1)) > most


def begin_move(identity: Identity, resources: Sequence[Any], folder: Any) -> LongOperation:
    """Let *resources*, of one folder, be moved to *folder*, all or none, and return the record of that.

    Needs "delete" and "view" on each, and "add" on the folder, at once; what else `move` asks is asked when
    it is carried out. Raises as `move` does, and NotPossible while one of them is under way.
    """
    for resource in resources:
        require_seen(identity, "delete", resource)
    check_going(identity, resources, folder)
    return begin_with(identity, MOVE, "Move", resources, folder)


def begin_copy(identity: Identity, resources: Sequence[Any], folder: Any) -> LongOperation:
    """Let copies of *resources*, of one folder, be put into *folder*, all or none; return the record of that.

    Needs "view" on each, and "add" on the folder, at once; what else `copy` asks is asked when it is carried
    out. Raises as `copy` does, and NotPossible while one of them is under way.
    """
    for resource in resources:
        require(identity, "view", resource)
    check_going(identity, resources, folder)
    return begin_with(identity, COPY, "Copy", resources, folder)


def begin_delete(identity: Identity, resources: Sequence[Any], *, asked: bool = True) -> LongOperation:
    """Let *resources*, of one folder, be moved to the trash, all or none, and return the record of that.

    asked: as in `delete`. Needs "delete" and "view" on each at once; what else `delete` asks is asked when it
    is carried out. Raises NotPossible while one of them is under way.
    """
    for resource in resources:
        require_seen(identity, "delete", resource)
        check_in_folder(resource)
    return begin_with(identity, DELETE, "Delete", resources, asked=asked)


def begin_restore(identity: Identity, entries: Sequence[Entry]) -> LongOperation:
    """Let what is in *entries* be brought back to where it was, all or none; return the record of that.

    Needs `may_restore` for each. Raises NotFound for one that is gone.
    """
    for entry in entries:
        check_may_restore(identity, entry)
    site = top(entries[0])
    what = entry_titles(entries)
    names = [str(each.__name__) for each in entries]
    return begin(
        identity, site, RESTORE, f"restore {names[0]}", f"Restore {what}", back="@@trash", names=names
    )


def begin_purge(identity: Identity, site: Site, entries: Sequence[Entry]) -> LongOperation:
    """Let *entries* of the trash be forgotten for good, one after the other; return the record of that.

    Needs "manage" on the trash. Raises NotPossible while that is under way.
    """
    for entry in entries:
        require(identity, "manage", entry)
    names = [str(each.__name__) for each in entries]
    sentence = f"Delete {counted(len(names), 'entry', 'entries')} of the trash for good"
    return begin(identity, site, PURGE, "purge", sentence, back="@@trash", **entries_as(site, names))


def entries_as(site: Site, names: list[str]) -> dict[str, Any]:
    """Return how to find the entries called *names* again: by these, or as a range where they are many.

    A range is only what has no other entry in it: that was not to be purged.
    """
    if len(names) > NAMED:
        oldest, latest = max(names), min(names)
        between = entries_among(site, [], oldest, latest)
        if {str(each.__name__) for each in between} == set(names):
            return {"names": [], "oldest": oldest, "latest": latest}
    return {"names": names, "oldest": "", "latest": ""}


def begin_with(
    identity: Identity, name: str, word: str, resources: Sequence[Any], folder: Any = None, **more: Any
) -> LongOperation:
    """Begin what is done to *resources*; the subject is the first of them."""
    source = resources[0].__parent__
    what = quoted(resources[0]) if len(resources) == 1 else counted(len(resources), "item", "items")
    sentence = (
        f"{word} {what} {'from' if folder is None else 'to'} {quoted(source if folder is None else folder)}"
    )
    return begin(
        identity,
        source,
        name,
        f"tree {path_of(resources[0])}",
        sentence,
        back=path_of(source),
        source=path_of(source),
        picks=[[each.__name__, number_of(each)] for each in resources],
        **({} if folder is None else {"to": path_of(folder), "to_number": number_of(folder)}),
        **more,
    )


def check_going(identity: Identity, resources: Iterable[Any], folder: Any) -> None:
    """Raise what would be raised later, if *resources* cannot go to *folder*."""
    require_adding(identity, folder)
    for resource in resources:
        check_destination(resource, folder)
        check_addable(folder, type(resource))


def number_of(resource: Any) -> str:
    """Return what tells *resource* from another one that is put at its place."""
    return resource._p_oid.hex() if resource._p_oid is not None else ""


# Carried out


@long_operation(MOVE, "Move", lane=LANE, left=NOTHING)
def move_them(work: Work, source: str, picks: Picks, to: str, to_number: str = "") -> str:
    """Move what was picked."""
    return into_folder(work, source, picks, to, to_number, "Moved", move)


@long_operation(COPY, "Copy", lane=LANE, left=NOTHING)
def copy_them(work: Work, source: str, picks: Picks, to: str, to_number: str = "") -> str:
    """Put copies of what was picked into a folder."""
    return into_folder(work, source, picks, to, to_number, "Copied", copy)


@long_operation(DELETE, "Delete", lane=LANE, left=NOTHING)
def delete_them(work: Work, source: str, picks: Picks, asked: bool) -> str:
    """Move what was picked to the trash."""

    def change(site: Any, identity: Identity, found: list[Any]) -> str:
        folder = found[0].__parent__
        return told(
            identity,
            folder,
            "Deleted",
            found,
            f"from {quoted(folder)}",
            lambda each: delete(identity, each, along=found, asked=asked),
        )

    return f"{with_picks(work, source, picks, change)}. You find it in the trash"


@long_operation(RESTORE, "Restore", lane=LANE, left=NOTHING)
def restore_them(work: Work, names: list[str]) -> str:
    """Bring back what was deleted."""

    def change(site: Any) -> str:
        identity = who_began(site, work)
        entries = [entry_called(site, name) for name in names]
        count = sum(each.count for each in entries)
        work.done, work.total = 0, PASSES[RESTORE] * count
        what = entry_titles(entries)
        for entry in entries:
            restore(identity, entry)
        if len(entries) > 1:
            say(identity, site, f"Restored {what}", alone=True)
        return f"Restored {what}, {counted(count, 'item', 'items')} in all"

    return work.change(change, watched=True)


@long_operation(
    PURGE,
    "Delete for good",
    lane=LANE,
    unit="entries",
    left="What was not deleted for good yet is still in the trash.",
)
def purge_them(work: Work, names: list[str], oldest: str, latest: str) -> str:
    """Forget entries of the trash, some with each transaction."""
    work.total = work.look(lambda site: len(list(entries_among(site, names, oldest, latest))))
    work.total += work.notes.get("entries", 0)
    work.done = work.notes.get("entries", 0)

    def change(site: Any) -> int:
        identity = who_began(site, work)
        entries = list(islice(entries_among(site, names, oldest, latest), BATCH))
        items = sum(each.count for each in entries)
        for entry in entries:
            purge(identity, entry)
        if len(entries) > 1:
            words = f"Purged {len(entries):,} entries of the trash, {items:,} items"
            say(identity, site, words, alone=True)
        work.notes["entries"] = work.notes.get("entries", 0) + len(entries)
        work.notes["items"] = work.notes.get("items", 0) + items
        return len(entries)

    while count := work.change(change):
        work.step(count)
    return f"Deleted {counted(work.notes.get('items', 0), 'item', 'items')} for good"


def into_folder(
    work: Work,
    source: str,
    picks: Picks,
    to: str,
    to_number: str,
    verb: str,
    operation: Callable[[Identity, Any, Any], Any],
) -> str:
    """Move or copy what was picked to the folder at the path *to*, and say so with *verb*."""

    def change(site: Any, identity: Identity, found: list[Any]) -> str:
        folder = destination(site, to, to_number)
        words = f"to {quoted(folder)}"
        return told(identity, folder, verb, found, words, lambda each: operation(identity, each, folder))

    return with_picks(work, source, picks, change)


def with_picks(
    work: Work, source: str, picks: Picks, change: Callable[[Any, Identity, list[Any]], str]
) -> str:
    """Call *change* with the site, who began it, and what was *picked*, in one transaction."""

    def do(site: Any) -> str:
        work.done = work.total = 0
        identity = who_began(site, work)
        found = [picked(site, source, name, number) for name, number in picks]
        count = sum(1 for each in found for _ in walk(each))
        work.total = PASSES[work.name] * count
        return f"{change(site, identity, found)}, {counted(count, 'item', 'items')} in all"

    return work.change(do, watched=True)


def picked(site: Any, source: str, name: str, number: str) -> Any:
    """Return the child *name* of the folder at the path *source*. Raises NotFound where it is another one."""
    folder = find_resource(site, source)
    child = folder.get(name)
    if child is None or (number and number_of(child) != number):
        path = f"{source.rstrip('/')}/{name}"
        raise NotFound(f"{path}; it was moved or deleted meanwhile", source, name, folder)
    return child


def destination(site: Any, path: str, number: str) -> Any:
    """Return the folder at *path*. Raises NotFound where it is another one: others may see what is there."""
    folder = find_resource(site, path)
    if number and number_of(folder) != number:
        raise NotFound(f"{path}; it was moved or deleted meanwhile", path)
    return folder


def told(
    identity: Identity, place: Any, word: str, found: list[Any], where: str, change: Callable[[Any], Any]
) -> str:
    """Call *change* with each of *found*, and return in a sentence what was done."""
    what = quoted(found[0]) if len(found) == 1 else counted(len(found), "item", "items")
    for each in found:
        change(each)
    sentence = f"{word} {what} {where}"
    if len(found) > 1:
        say(identity, place, sentence, alone=True)
    return sentence


def entries_among(site: Any, names: list[str], oldest: str, latest: str) -> Iterable[Entry]:
    """Yield those entries of the trash that are there still, by name, or from *latest* to *oldest*."""
    trash = whole_trash(site)
    if trash is None:
        return
    if names:
        yield from (entry for name in names if (entry := trash.get(name)) is not None)
        return
    for entry in trash:
        if latest <= str(entry.__name__) <= oldest:
            yield entry


def entry_called(site: Any, name: str) -> Entry:
    """Return the entry *name* of the trash. Raises NotFound."""
    trash = whole_trash(site)
    found = None if trash is None else trash.get(name)
    if found is None:
        raise NotFound(f"the trash: {name}", missing=name)
    if found.old_folder() is None:
        raise NotPossible(f"The folder that {quoted(found)} was in is gone; choose another one")
    return found


def entry_titles(entries: Sequence[Entry]) -> str:
    """Return what a sentence calls *entries*."""
    return f"“{title_of(entries[0])}”" if len(entries) == 1 else counted(len(entries), "item", "items")
