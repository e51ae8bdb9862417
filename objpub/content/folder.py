"""Folders: resources that map names to resources, by name or in an order of their own."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from itertools import takewhile
from typing import Any

from BTrees.Length import Length
from BTrees.OOBTree import OOBTree

from objpub.database import connection_of
from objpub.database import registry_of
from objpub.database import watch_in
from objpub.errors import Invalid
from objpub.errors import NameTaken
from objpub.errors import NotPossible
from objpub.events import Added
from objpub.events import Moved
from objpub.events import notify
from objpub.events import Ordered
from objpub.events import Removed
from objpub.lineage import inside
from objpub.lineage import lineage
from objpub.lineage import path_of
from objpub.registry import Registry
from objpub.schema import field

from .broken import BrokenResource
from .broken import is_remains
from .content import Content
from .cursors import ascending
from .cursors import descending
from .evolution import evolves
from .mounts import MountPoint
from .names import check_name
from .order import FARTHEST
from .order import Order

#: What looks a child up: found once, and not for each step of each walk.
CHILD = OOBTree.get

#: Most children on one page.
PAGE_LIMIT = 1000


@dataclass(frozen=True)
class Page:
    """Some children of a folder.

    items: the resources. next: the cursor of the page after this one, None at the end. previous: the cursor
    of the page before; "" means the first page; None on the first page itself.
    """

    items: tuple[Any, ...]
    next: str | None
    previous: str | None

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


class Folder(Content, addable="anywhere", icon="folder"):
    """A folder that holds other things."""

    title: str = field(default="", max_length=200)

    #: Do the children stand in an order of their own? The class statement says `ordered=True`.
    is_ordered = False

    _order: Order | None = None

    def __init__(self, **values: Any) -> None:
        self._children = OOBTree()
        self._count = Length()
        if self.is_ordered:
            self._order = Order()
        super().__init__(**values)

    def __bool__(self) -> bool:
        """A folder is true, also an empty one."""
        return True

    def __len__(self) -> int:
        """Count the children; this costs nothing."""
        return int(self._count())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._children

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the children, in the folder's order."""
        return iter(self._children if self._order is None else self._order)

    def __getitem__(self, name: str) -> Any:
        child = self.get(name)
        if child is None:
            raise KeyError(name)
        return child

    def get(self, name: str, default: Any = None) -> Any:
        """Return the child called *name*, else the file field of that name, else *default*."""
        child = CHILD(self._children, name)
        if isinstance(child, Content) and (child._p_changed is not None or evolves(child)):
            return child
        return super().get(name, default) if child is None else self._in_place_of(child, name)

    def _in_place_of(self, child: Any, name: str) -> Any:
        """Return what is shown for *child*, which is no resource, or none that can be loaded."""
        if isinstance(child, MountPoint) and (top := child.top(self)) is not None:
            return top
        return BrokenResource(child, self, name)

    def keys(self) -> Iterator[str]:
        """Yield the names of the children, in the folder's order."""
        return iter(self)

    def values(self) -> Iterator[Any]:
        """Yield the children, in the folder's order."""
        for _, child in self.items():
            yield child

    def items(self) -> Iterator[tuple[str, Any]]:
        """Yield (name, child), in the folder's order."""
        if self._order is None:
            for name, child in self._children.items():  # without a look-up for each
                if isinstance(child, Content) and (child._p_changed is not None or evolves(child)):
                    yield name, child
                else:
                    yield name, self._in_place_of(child, name)
        else:
            for name in self._order:
                yield name, self[name]

    def page(self, after: str | None = None, limit: int = 50, reverse: bool = False) -> Page:
        """Return up to *limit* children behind the cursor *after*, in the folder's order.

        after: None or "" for the first page, else what a page gave as `next` or `previous`. reverse: from the
        last to the first. The cost does not depend on how many children there are, or where the page lies.
        Raises Invalid for a cursor or a limit that cannot be one.
        """
        if not 1 <= limit <= PAGE_LIMIT:
            raise Invalid({"limit": f"{limit!r} is not between 1 and {PAGE_LIMIT}"})
        tree, cursor = self._sorted, self._cursor_from(after)
        onwards, back = (descending, ascending) if reverse else (ascending, descending)
        keys = list(islice(onwards(tree, cursor), limit + 1))
        before = [] if cursor is None else list(islice(back(tree, cursor, inclusive=True), limit + 1))
        return Page(
            items=tuple(self._at(key) for key in keys[:limit]),
            next=str(keys[limit - 1]) if len(keys) > limit else None,
            previous=(str(before[limit]) if len(before) > limit else "") if before else None,
        )

    def values_from(self, after: str | None = None, reverse: bool = False) -> Iterator[Any]:
        """Yield the children behind the cursor *after*, as `page` takes it; what is not taken costs nothing.

        Raises Invalid for a cursor that cannot be one.
        """
        onwards = descending if reverse else ascending
        return map(self._at, onwards(self._sorted, self._cursor_from(after)))

    def cursor_of(self, name: str) -> str:
        """Return the cursor of the child called *name*: `page` goes on behind it. Raises KeyError."""
        if name not in self._children:
            raise KeyError(name)
        return name if self._order is None else str(self._order.position_of(name))

    def names_with(self, prefix: str) -> Iterator[str]:
        """Yield the names that begin with *prefix*, sorted; what comes before them costs nothing."""
        return takewhile(lambda name: name.startswith(prefix), self._children.keys(prefix))

    def _cursor_from(self, after: str | None) -> Any:
        if after in {None, ""}:
            return None
        if self._order is None:
            return after
        try:
            cursor = int(after or "")
        except ValueError:
            cursor = None
        if cursor is None or abs(cursor) > FARTHEST:
            raise Invalid({"after": f"{after!r} is no cursor of this folder"})
        return cursor

    def add(self, name: str, resource: Any) -> Any:
        """Put *resource* into this folder under *name*, and send Added for all of its tree; return it.

        Raises BadName, NameTaken, or NotPossible for what is in a folder already, or would hold itself.
        """
        name = check_name(name, self)
        self.attach(name, resource)
        announce(Added, resource)
        return resource

    def remove(self, name: str) -> Any:
        """Take the child called *name* out, with Removed sent for all of its tree; return it.

        The events are sent first, while everything is in its place. Raises KeyError if there is none.
        """
        announce(Removed, self[name])
        return self.detach(name)

    def rename(self, old: str, new: str) -> Any:
        """Give the child called *old* the name *new*, and send Moved; return the child.

        Raises KeyError, BadName or NameTaken. In a kept order it stays where it is.
        """
        return move(self[old], self, new)

    def attach(self, name: str, resource: Any) -> None:
        """Put *resource* under *name*, silently: for operations that send events of their own.

        Raises NameTaken, or NotPossible for what is in a folder already, or would hold itself.
        """
        self._refuse(name, resource)
        order = self._writable_order()
        self._children[name] = resource
        self._count.change(1)
        if order is not None:
            order.append(name)
        if isinstance(resource, Content):
            resource.__parent__ = self
            resource.__name__ = name

    def detach(self, name: str) -> Any:
        """Take the child called *name* out, silently: for operations that send events of their own.

        Returns the child, without a place; of a broken one what remains of it, which `attach` takes.
        Raises KeyError if there is none.
        """
        order = self._writable_order()
        child = self._children.pop(name)
        self._count.change(-1)
        if order is not None:
            order.remove(name)
        if isinstance(child, Content) and evolves(child):
            child.__parent__ = child.__name__ = None
        return child

    def _give_name(self, old: str, new: str) -> None:
        """Let the child called *old* be called *new*, where it is."""
        child = self._children[new] = self._children.pop(old)
        if (order := self._writable_order()) is not None:
            order.rename(old, new)
        child.__name__ = new

    def _refuse(self, name: str, resource: Any) -> None:
        if isinstance(resource, Content):
            if resource.__parent__ is not None:
                raise NotPossible(f"{path_of(resource)} is in a folder already; move or copy it")
            if inside(self, resource):
                raise NotPossible("A folder cannot be put into itself")
        elif not is_remains(resource) and not isinstance(resource, MountPoint):
            raise NotPossible(f"A folder holds resources, not {resource!r}")
        if name in self._children:
            raise NameTaken(name, path_of(self))

    def move_child(
        self, name: str, *, before: str | None = None, after: str | None = None, to: str | None = None
    ) -> None:
        """Put the child called *name* elsewhere in the kept order, and send Ordered.

        before, after: the child it shall stand next to. to: "first" or "last". Exactly one of the three.
        Raises NotPossible in a folder without an order of its own, KeyError where a name is not there.
        """
        order = self._writable_order()
        if order is None:
            raise NotPossible(f"{path_of(self)} sorts its children by name; it keeps no other order")
        if [before, after, to].count(None) != 2 or to not in {None, "first", "last"}:
            raise NotPossible("wanted one of before=, after=, to='first' and to='last'")
        if name not in order:
            raise KeyError(name)
        if name in {before, after}:
            return
        if before is not None:
            order.move_before(name, before)
        elif after is not None:
            order.move_after(name, after)
        else:
            order.move_first(name) if to == "first" else order.move_last(name)
        notify(registry_of(self), Ordered(self))

    def neighbours(self, name: str) -> tuple[Any, Any]:
        """Return the children before and behind the one called *name*, None at an end of the folder."""
        cursor: Any = name if self._order is None else self._order.position_of(name)
        before = next(descending(self._sorted, cursor), None)
        behind = next(ascending(self._sorted, cursor), None)
        return (None if before is None else self._at(before)), (None if behind is None else self._at(behind))

    @property
    def _sorted(self) -> Any:
        """The tree whose keys are in the folder's order: names, or positions."""
        return self._children if self._order is None else self._order.by_position

    def _at(self, key: Any) -> Any:
        """Return the child at a key of `_sorted`."""
        return self[key if self._order is None else self._order.by_position[key]]

    def _writable_order(self) -> Order | None:
        """Return the kept order or None. The class of an older folder may have become an ordered one."""
        if self._order is None and self.is_ordered:
            order = Order()
            for name in self._children:
                order.append(name)
            self._order = order
        return self._order


def move(resource: Any, folder: Folder, name: str | None = None) -> Any:
    """Put *resource*, which is in a folder, into *folder* under *name*, and send Moved; return it.

    name: None keeps the one it has. Raises BadName, NameTaken, or NotPossible for a folder that would hold
    itself. In a kept order a new name keeps its place; in another folder it comes last.
    """
    old_folder, old_name = resource.__parent__, resource.__name__
    if old_folder is None:
        raise NotPossible("What is in no folder cannot be moved; add it")
    if isinstance(resource, BrokenResource):
        raise NotPossible(f"{path_of(resource)} is broken; where it is stands in its record, which must stay")
    name = check_name(old_name if name is None else name, folder)
    if (folder, name) == (old_folder, old_name):
        return resource
    if inside(folder, resource):
        raise NotPossible(f"{path_of(resource)} cannot be moved into itself")
    if name in folder:
        raise NameTaken(name, path_of(folder))
    hold_in_place(folder)
    if folder is old_folder:
        folder._give_name(old_name, name)
    else:
        old_folder.detach(old_name)
        folder.attach(name, resource)
    notify(registry_of(resource), Moved(resource, old_folder, old_name, folder, name))
    return resource


def hold_in_place(folder: Content) -> None:
    """Let the transaction fail, and be tried again, if another one moves *folder* or what holds it.

    Else two transactions could move two folders into one another, and both would be lost.
    """
    for step in lineage(folder):
        if step._p_jar is not None and step._p_oid is not None:
            step._p_jar.readCurrent(step)


def walk(resource: Any) -> Iterator[Any]:
    """Yield *resource* and everything below it, each folder before what it holds.

    Who watches the transaction hears of each step, see `Watch`.
    """
    if not isinstance(resource, Folder):
        yield resource
        return
    watch = watch_in(connection_of(resource))
    waiting = [iter((resource,))]
    while waiting:
        step = next(waiting[-1], None)
        if step is None:
            waiting.pop()
            continue
        if watch is not None:
            watch.step()
        yield step
        if isinstance(step, Folder):
            waiting.append(step.values())


def announce(event: type[Added] | type[Removed], resource: Any) -> None:
    """Send *event* for *resource* and all below it; nobody is told about a loose tree."""
    registry: Registry | None = registry_of(resource)
    if registry is not None:
        for step in list(walk(resource)):  # a subscriber may add to it
            notify(registry, event(step, step.__parent__))
