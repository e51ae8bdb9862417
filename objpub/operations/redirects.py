"""Where things were: an old address leads on to the present one, for good.

A redirect is kept for what was moved or renamed, by identity, and none for what is in it: an address below
the old one is followed down from there. It is asked only where nothing else is, so that a new object at an
old address wins, and where a redirect leads there always is something: no redirect leads in a circle.
"""

import time
from collections.abc import Iterator
from collections.abc import Set
from datetime import datetime
from datetime import UTC
from itertools import islice
from typing import Any
from typing import NamedTuple

from BTrees.OOBTree import OOBTree
from persistent import Persistent

from objpub.catalog import id_of
from objpub.catalog import resource_of
from objpub.content import Content
from objpub.content import is_reachable
from objpub.content import Site
from objpub.database import connection_of
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.events import Moved
from objpub.events import on
from objpub.lineage import find_resource
from objpub.lineage import lineage
from objpub.lineage import path_of
from objpub.lineage import top
from objpub.security import Identity

from .asking import require
from .sentences import quoted
from .sentences import quoted_text
from .sentences import say

LONGEST = 2_000  # characters of an old address
MOST_ADDRESSES = 50  # of a folder that had more names than that, only the latest are followed


class Redirect(NamedTuple):
    """path: the old address, "/a/b". target: what was there; None where it is gone. since: when it left."""

    path: str
    target: Any
    since: datetime


class Led(NamedTuple):
    """Where an old address leads.

    resource: what is there now. rest: segments behind it, such as a view. passed: every resource on the way.
    """

    resource: Any
    rest: tuple[str, ...]
    passed: tuple[Any, ...]


class Redirects(Persistent):
    """The old addresses of a site. Of each target the number and the database are kept, and not itself."""

    def __init__(self) -> None:
        self._targets = OOBTree()  # path → (name of a mounted database or "", oid as a number, seconds)
        self._paths = OOBTree()  # (name, number) → paths

    def __len__(self) -> int:
        """Count the redirects; this reads all of them."""
        return len(self._targets)

    def __bool__(self) -> bool:
        """Is there any redirect?"""
        return bool(self._targets)

    def __contains__(self, path: object) -> bool:
        return path in self._targets

    def covers(self, path: str) -> bool:
        """Is *path*, or an address above it, one at which something was?"""
        while path and path != "/":
            if path in self._targets:
                return True
            path = path.rpartition("/")[0]
        return False

    def put(self, path: str, resource: Any) -> None:
        """Let *path* lead to *resource*, and its own path no longer lead anywhere else."""
        key = self._key_of(resource)
        self.remove(path)
        if (own := path_of(resource)) in self._targets and self._targets[own][:2] == key:
            self.remove(own)
        self._targets[path] = (*key, time.time())
        self._paths[key] = (*self._paths.get(key, ()), path)

    def remove(self, path: str) -> None:
        """Forget *path*. One that is not there is no error."""
        found = self._targets.pop(path, None)
        if found is None:
            return
        left = tuple(each for each in self._paths.get(found[:2], ()) if each != path)
        if left:
            self._paths[found[:2]] = left
        else:
            self._paths.pop(found[:2], None)

    def target(self, path: str) -> Any:
        """Return what *path* itself leads to; None for nothing, and for what is gone or in the trash."""
        found = self._targets.get(path)
        return None if found is None else self._resource(*found[:2])

    def leading_to(self, resource: Any) -> tuple[str, ...]:
        """Return the old addresses of *resource* itself."""
        paths: tuple[str, ...] = self._paths.get(self._key_of(resource), ())
        return paths

    def listed(self, after: str = "", start: str = "") -> Iterator[Redirect]:
        """Yield the redirects by their paths: those behind the path *after* that begin with *start*."""
        low = max(after, start)
        for path, (name, number, seconds) in self._targets.items(
            low, excludemin=bool(after) and low == after
        ):
            if not path.startswith(start):
                return
            yield Redirect(path, self._resource(name, number), datetime.fromtimestamp(seconds, UTC))

    def _key_of(self, resource: Any) -> tuple[str, int]:
        connection = connection_of(resource)
        own = self._p_jar
        name = "" if connection is None or connection is own else connection.db().database_name
        return name, id_of(resource)

    def _resource(self, name: str, number: int) -> Any:
        connection: Any = self._p_jar
        if connection is None:  # made in this transaction
            return None
        if name:
            try:
                connection = connection.get_connection(name)
            except KeyError:  # mounted no longer
                return None
        found = resource_of(connection, number)
        if found is None or not isinstance(site := top(found), Site):
            return None
        return found if is_reachable(found, site) else None


def redirects_of(site: Any) -> Redirects:
    """Return the redirects of *site*; they are made where there are none."""
    if site.redirects is None:
        site.redirects = Redirects()
        connection = connection_of(site)
        if connection is not None:
            connection.add(site.redirects)
    found: Redirects = site.redirects
    return found


@on(Moved, Content)
def remember_address(event: Moved) -> None:
    """Let the old address of what was moved or renamed lead on."""
    site = top(event.resource)
    if isinstance(site, Site) and all(is_reachable(each, site) for each in (event.folder, event.old_folder)):
        redirects_of(site).put(old_path(event.old_folder, event.old_name), event.resource)


def old_path(folder: Any, name: str) -> str:
    """Return the path of what was called *name* in *folder*."""
    return f"{path_of(folder).rstrip('/')}/{name}"


def redirected(site: Any, segments: tuple[str, ...]) -> Led | None:
    """Return where the address *segments* leads, at which nothing is; None where nothing was there either.

    It is followed through folders that were moved after one another, and down to what is below them.
    """
    redirects: Redirects | None = site.redirects
    if not redirects:
        return None
    hit = longest(redirects, segments, 0, frozenset())
    if hit is None:
        return None
    passed: list[Any] = []
    asked: set[str] = set()
    while hit is not None:
        path, step, rest = hit
        asked.add(path)
        passed.append(step)
        while rest and (child := child_of(step, rest[0])) is not None:
            step, rest = child, rest[1:]
            passed.append(step)
        if not rest:
            break
        hit = moved_on(redirects, step, rest, asked)
    return Led(step, rest, tuple(passed))


def moved_on(
    redirects: Redirects, folder: Any, rest: tuple[str, ...], asked: Set[str]
) -> tuple[str, Any, tuple[str, ...]] | None:
    """Return what `longest` finds for *rest*, which was in *folder* by one of its addresses and has left it.

    What was at the address of the folder itself before has no say. asked: paths that were followed already.
    """
    for path in islice((path_of(folder), *addresses_before(redirects, folder)), MOST_ADDRESSES):
        above = tuple(part for part in path.split("/") if part)
        hit = longest(redirects, (*above, *rest), len(above), asked)
        if hit is not None:
            return hit
    return None


def longest(
    redirects: Redirects, segments: tuple[str, ...], more_than: int, asked: Set[str]
) -> tuple[str, Any, tuple[str, ...]] | None:
    """Return (path, target, segments behind it) of the redirect that takes most of *segments*, or None.

    more_than: so many it takes at least, and one. asked: paths that do not count.
    """
    for length in range(len(segments), more_than, -1):
        path = "/" + "/".join(segments[:length])
        target = None if path in asked else redirects.target(path)
        if target is not None:
            return path, target, segments[length:]
    return None


def child_of(resource: Any, name: str) -> Any:
    """Return what *resource* has under *name*, or None."""
    get = getattr(resource, "get", None)
    return get(name) if get is not None else None


def old_paths(resource: Any) -> Iterator[str]:
    """Yield the addresses that *resource* had, as it or a folder above it was called, and that lead to it.

    One at which something else is now is left out.
    """
    site = top(resource)
    redirects: Redirects | None = getattr(site, "redirects", None)
    if redirects:
        yield from (path for path in addresses_before(redirects, resource) if not is_taken(site, path))


def addresses_before(redirects: Redirects, resource: Any) -> Iterator[str]:
    """Yield the addresses that *resource* had, the latest of each step first, whatever is there now."""
    below: tuple[str, ...] = ()
    for step in lineage(resource):
        for path in reversed(redirects.leading_to(step)):
            yield "/".join((path, *below))
        if step.__name__ is not None:
            below = (step.__name__, *below)


def is_taken(site: Any, path: str) -> bool:
    """Is there something in *site* at *path*?"""
    try:
        find_resource(site, path)
    except NotFound:
        return False
    return True


def add_redirect(identity: Identity, site: Any, path: str, target: Any) -> str:
    """Let the address *path* lead to *target*, and return it as it is kept. Needs "manage" on the site.

    target: None counts as nothing that is there. Raises Invalid for what is no address of this site, or the
    address of something, and for a target that is not there.
    """
    require(identity, "manage", site)
    errors = {}
    try:
        path = clean_path(path)
        if is_taken(site, path):
            errors["path"] = f"{path} is the address of something, which is shown there"
    except Invalid as error:
        errors.update(error.errors)
    if not isinstance(target, Content) or top(target) is not site or not is_reachable(target, site):
        errors["target"] = "wanted the path of something that is there, such as /news"
    if errors:
        raise Invalid(errors)
    redirects_of(site).put(path, target)
    say(identity, site, f"Redirected {quoted_text(path)} to {quoted(target)}")
    return path


def remove_redirect(identity: Identity, site: Any, path: str) -> None:
    """Let the old address *path* lead nowhere. Needs "manage" on the site. Raises NotFound where none is."""
    require(identity, "manage", site)
    redirects: Redirects | None = site.redirects
    if redirects is None or path not in redirects:
        raise NotFound(path, missing=path)
    redirects.remove(path)
    say(identity, site, f"Removed the redirect from {quoted_text(path)}")


def clean_path(text: str) -> str:
    """Return the path that was typed as *text*, "/a/b". Raises Invalid for what is none."""
    path = "/" + "/".join(part for part in text.strip().split("/") if part)
    if not text.strip().startswith("/") or path == "/" or "//" in text or "?" in text or "#" in text:
        raise Invalid({"path": f"wanted a path of this site such as /old/page, not {text!r:.100}"})
    if len(path) > LONGEST or not path.isprintable() or {".", ".."} & set(path.split("/")):
        raise Invalid(
            {"path": f"wanted a path of at most {LONGEST:,} printable characters, not {text!r:.100}"}
        )
    return path
