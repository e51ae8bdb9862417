"""What happened to resources, told to those who asked.

    @on(Modified, Article)
    def remember(event):
        if "title" in event.changed:
            ...

A subscriber runs inside the transaction of the change; what it raises stops the change.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from objpub.configuration import Declaration
from objpub.configuration import note
from objpub.configuration import source_here
from objpub.errors import DeclarationError
from objpub.registry import Registry


@dataclass(frozen=True)
class Event:
    """Something that happened to *resource*."""

    resource: Any


@dataclass(frozen=True)
class SiteCreated(Event):
    """A new site was made in an empty database; the place to give it its first content."""


@dataclass(frozen=True)
class Added(Event):
    """*resource* is in *folder* now; sent for every resource of a tree that is added."""

    folder: Any


@dataclass(frozen=True)
class Removed(Event):
    """*resource* left *folder*; it still knows its lineage when the event is sent."""

    folder: Any


@dataclass(frozen=True)
class Moved(Event):
    """*resource* has another name or folder than before; its children are not told one by one."""

    old_folder: Any
    old_name: str
    folder: Any
    name: str


@dataclass(frozen=True)
class Modified(Event):
    """Fields of *resource* have other values than before. changed: their names."""

    changed: frozenset[str]


@dataclass(frozen=True)
class Ordered(Event):
    """The children of the folder *resource* stand in another order."""


@dataclass(frozen=True)
class Trashed(Event):
    """*resource* was moved from *folder* to the site's trash."""

    folder: Any


@dataclass(frozen=True)
class Restored(Event):
    """*resource* came back from the trash into *folder*."""

    folder: Any


@dataclass(frozen=True)
class Transitioned(Event):
    """*resource* went from the state *before* to *after*, by the *transition* of that name.

    comment: what was said about it, or "".
    """

    transition: str
    before: str
    after: str
    comment: str = ""


class Subscribers:
    """The table of who asked for what."""

    def __init__(self) -> None:
        self._all: list[tuple[type, type, Callable[[Any], Any]]] = []
        self._found: dict[tuple[type, type], tuple[Callable[[Any], Any], ...]] = {}

    def put(self, event: type, kind: type, subscriber: Callable[[Any], Any]) -> None:
        """Call *subscriber* for events of class *event* about resources of class *kind*."""
        self._all.append((event, kind, subscriber))
        self._found.clear()

    def find(self, event: type, kind: type) -> tuple[Callable[[Any], Any], ...]:
        """Return whom to call, in the order of their declaration."""
        found = self._found.get((event, kind))
        if found is None:
            found = self._found[event, kind] = tuple(
                subscriber
                for wanted, about, subscriber in self._all
                if issubclass(event, wanted) and issubclass(kind, about)
            )
        return found


def on(event: type[Event], kind: type = object) -> Callable[[Callable[[Any], Any]], Any]:
    """Declare a subscriber for events of class *event* about resources of class *kind* (default: all)."""
    source = source_here()

    def declare(subscriber: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def apply(registry: Registry) -> None:
            if not (isinstance(event, type) and issubclass(event, Event)):
                raise DeclarationError(f"@on wants an event class such as Modified, not {event!r}")
            if not isinstance(kind, type):
                raise DeclarationError(f"@on wants a class as its second argument, not {kind!r}")
            registry[Subscribers].put(event, kind, subscriber)

        note(subscriber, Declaration("on", (), apply, source, target=subscriber))
        return subscriber

    return declare


def notify(registry: Registry | None, event: Event) -> None:
    """Tell the subscribers of *event*. Without a registry (a loose tree) nobody is told."""
    if registry is not None:
        for subscriber in registry[Subscribers].find(type(event), type(event.resource)):
            subscriber(event)
