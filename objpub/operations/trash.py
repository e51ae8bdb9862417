"""The trash of a site, at `site.trash`: what was deleted, from where, by whom and when.

No URL of the site reaches it, and nothing in it can be referred to or added to. What is in it belongs to
who deleted it.
"""

import secrets
from collections.abc import Iterable
from collections.abc import Iterator
from datetime import datetime
from datetime import UTC
from heapq import merge
from types import MappingProxyType
from typing import Any

from BTrees.Length import Length
from BTrees.OOBTree import OOBTree
from persistent.wref import WeakRef

from objpub.content import Content
from objpub.content import Mounted
from objpub.content import Site
from objpub.content import title_of
from objpub.database import connection_of
from objpub.database import mounted_top
from objpub.database import mounts_of
from objpub.errors import NotPossible
from objpub.events import on
from objpub.events import SiteCreated
from objpub.lineage import lineage
from objpub.lineage import segments_of
from objpub.lineage import top

from .asking import Discarded
from .asking import in_tree
from .sentences import quoted

TRASH_NAME = "++trash++"  # nothing in a site can be called so

ONLY_MANAGERS = frozenset({"manager"})
OWN = frozenset({"owner", "manager"})

LATEST = 10**17  # microseconds since 1970: the year 5138


class Entry(Content, Discarded, title="Deleted item"):
    """One deleted resource, and what has to be known to bring it back."""

    _resource: Any = None
    _cleared: tuple[Any, ...] = ()

    def __init__(
        self, resource: Any, count: int, who: str | None, who_title: str, cleared: tuple[Any, ...] = ()
    ) -> None:
        """Take notes about *resource*, which is in its folder still.

        count: of resources, itself among them. who: the id of a user, or None. who_title: for people.
        cleared: the references to it that were taken away, as `referring` knows them.
        """
        super().__init__()
        folder = resource.__parent__
        before, behind = folder.neighbours(resource.__name__) if folder.is_ordered else (None, None)
        self._segments = segments_of(resource)
        self._title = title_of(resource)
        self._folder = WeakRef(folder)
        self._before = None if before is None else before.__name__
        self._behind = None if behind is None else behind.__name__
        self._count = count
        self._owner = who
        self._who_title = who_title
        self._when = datetime.now(UTC)
        if cleared:
            self._cleared = cleared

    @property
    def cleared(self) -> tuple[Any, ...]:
        """The references to it that were taken away when it was deleted."""
        return self._cleared

    @property
    def resource(self) -> Any:
        """The deleted resource, whose parent is this entry; what is left of it where its class is missing."""
        return self._resource

    @property
    def title(self) -> str:
        """The title that it had when it was deleted."""
        return self._title

    @property
    def name(self) -> str:
        """The name that it had."""
        return self._segments[-1]

    @property
    def path(self) -> str:
        """The path that it had."""
        return "/" + "/".join(self._segments)

    @property
    def neighbours(self) -> tuple[str | None, str | None]:
        """The names of what stood before and behind it in a kept order; None at an end, or without one."""
        return self._before, self._behind

    @property
    def count(self) -> int:
        """How many resources were deleted: it, and all that was in it."""
        return self._count

    @property
    def who(self) -> str | None:
        """The id of the user who deleted it, or None: the command line, or a visitor."""
        return self._owner

    @property
    def who_title(self) -> str:
        """The name of who deleted it, for people."""
        return self._who_title

    @property
    def when(self) -> datetime:
        """When it was deleted, in UTC."""
        return self._when

    def old_folder(self) -> Any:
        """Return the folder that it was in, under whatever name that has now; None if it is gone."""
        try:
            folder = self._folder()
            return folder if folder is not None and top(folder) is top(self) and in_tree(folder) else None
        except KeyError:  # purged, and packed away since
            return None

    def nearest_folder(self) -> Any:
        """Return the folder that it was in, or the nearest above it that is still there."""
        found = self.old_folder()
        if found is not None:
            return found
        found = top(self)
        for name in self._segments[:-1]:
            child = found.get(name)
            if child is None or not in_tree(child):
                break
            found = child
        return found


class Trash(Content, Discarded):
    """What was deleted from a site."""

    _permissions = MappingProxyType(
        {
            "view": OWN,
            "edit": ONLY_MANAGERS,
            "add": ONLY_MANAGERS,
            "delete": OWN,
            "grant": ONLY_MANAGERS,
            "manage": ONLY_MANAGERS,
        }
    )

    def __init__(self) -> None:
        super().__init__()
        self._entries = OOBTree()  # name → entry; names sort from the latest to the earliest
        self._count = Length()

    def __len__(self) -> int:
        """Count the entries; this costs nothing."""
        return int(self._count())

    def __bool__(self) -> bool:
        """The trash is true, also when it is empty."""
        return True

    def __iter__(self) -> Iterator[Entry]:
        """Yield the entries, the latest first."""
        return iter(self._entries.values())

    def after(self, name: str) -> Iterator[Entry]:
        """Yield the entries deleted before the one called *name*, the latest first."""
        return iter(self._entries.values(min=name, excludemin=True))

    def get(self, name: str, default: Any = None) -> Any:
        """Return the entry called *name*, or *default*."""
        return self._entries.get(name, default)

    def take(self, entry: Entry, resource: Any) -> None:
        """Keep *entry*, and in it *resource*, which has left its folder."""
        moment = LATEST - int(entry.when.timestamp() * 1_000_000)
        entry.__parent__ = self
        entry.__name__ = f"{moment:018d}-{secrets.token_hex(4)}"
        entry._resource = resource
        if isinstance(resource, Content):
            resource.__parent__ = entry
            resource.__name__ = entry.name
        self._entries[entry.__name__] = entry
        self._count.change(1)

    def give_back(self, entry: Entry) -> Any:
        """Forget *entry*, which is here, and return the resource that was in it, without a place."""
        del self._entries[entry.__name__]
        self._count.change(-1)
        resource, entry._resource, entry.__parent__ = entry._resource, None, None
        if isinstance(resource, Content):
            resource.__parent__ = resource.__name__ = None
        return resource


class WholeTrash:
    """The trash of a site and those of the databases that are mounted in it, as one."""

    def __init__(self, trashes: Iterable[Trash]) -> None:
        self._trashes = tuple(trashes)

    def __len__(self) -> int:
        """Count the entries; this costs nothing."""
        return sum(map(len, self._trashes))

    def __iter__(self) -> Iterator[Entry]:
        """Yield the entries, the latest first."""
        return merge(*self._trashes, key=name_of)

    def after(self, name: str) -> Iterator[Entry]:
        """Yield the entries deleted before the one called *name*, the latest first."""
        return merge(*(each.after(name) for each in self._trashes), key=name_of)

    def get(self, name: str) -> Entry | None:
        """Return the entry called *name*, or None."""
        return next((found for each in self._trashes if (found := each.get(name)) is not None), None)


def name_of(entry: Entry) -> str:
    """Return the name of *entry*: names sort from the latest to the earliest."""
    return str(entry.__name__)


def whole_trash(site: Any) -> Trash | WholeTrash | None:
    """Return what was deleted from *site* and from what is mounted in it; None where there is none yet."""
    connection = connection_of(site)
    mounts = () if connection is None else mounts_of(connection.db())
    if not mounts:
        found: Trash | None = site.trash
        return found
    tops = (site, *(mounted_top(site, path) for path in mounts))
    return WholeTrash(each.trash for each in tops if each.trash is not None)


def trash_of(resource: Any) -> Trash:
    """Return the trash of the database that *resource* is in; it is made if there is none.

    Raises NotPossible for what is in no site.
    """
    place = next((step for step in lineage(resource) if isinstance(step, Site | Mounted)), None)
    if place is None:
        raise NotPossible(f"{quoted(resource)} is in no site, so there is no trash")
    if place.trash is None:
        trash = Trash()
        trash.__parent__ = place
        trash.__name__ = TRASH_NAME
        place.trash = trash
    found: Trash = place.trash
    return found


@on(SiteCreated, Site)
def give_trash(event: SiteCreated) -> None:
    """Make the trash of a new site, so that the first two who delete at a time do not both make one."""
    trash_of(event.resource)
