"""What an import has done, kept with the folder it filled, so that the next one knows."""

import hashlib
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from BTrees.OOBTree import OOBTree
from persistent import Persistent
from persistent.wref import WeakRef

from objpub.content import File
from objpub.content import Folder
from objpub.content import Site
from objpub.lineage import lineage
from objpub.lineage import segments_of
from objpub.schema import schema_of

from .links import url_of_path

ATTRIBUTE = "_imported"

Digests = tuple[tuple[str, str], ...]
"""(name of a field, digest of its value) pairs."""


class Entry(Persistent):
    """What became of one file, or of one folder.

    file: the file of the source, "" for a folder without a page of its own. digest: of all that its text was
    made of. includes: the other files that were put into it. order: what it was sorted by. wrote: the digest
    of each field that the import set. links: (file, line, destination, image?, url) for each. ids: the places
    in it.
    """

    file = ""
    digest = ""
    includes: tuple[str, ...] = ()
    order = ""
    wrote: Digests = ()
    links: tuple[tuple[str, int, str, bool, str], ...] = ()
    ids: frozenset[str] = frozenset()
    _became: WeakRef | None = None  # so that what is purged can be packed away

    @property
    def resource(self) -> Any:
        """What it became; None where that is gone for good. What was deleted may still be found."""
        return None if self._became is None else self._became()

    @resource.setter
    def resource(self, resource: Any) -> None:
        self._became = WeakRef(resource)

    def __setstate__(self, state: Any) -> None:
        if "resource" in state:  # of a site that was made before it was weak
            state = {**state}
            state["_became"] = WeakRef(state.pop("resource"))
        super().__setstate__(state)


class Ledger(Persistent):
    """All that was imported into one folder. entries: key → Entry. places: place → key, for links."""

    def __init__(self) -> None:
        self.entries = OOBTree()
        self.places = OOBTree()

    def url_of(self, key: str) -> str | None:
        """Return the path of the URL of what *key* became; None where that is not on the site any more."""
        entry = self.entries.get(key)
        if entry is None or not stands(entry.resource):
            return None
        return url_of_path(segments_of(entry.resource), isinstance(entry.resource, Folder))


def ledger_of(resource: Any) -> Ledger | None:
    """Return the ledger of the nearest folder above *resource*, or of itself, that was imported; or None."""
    found = (getattr(step, ATTRIBUTE, None) for step in lineage(resource))
    return next((ledger for ledger in found if ledger is not None), None)


def stands(resource: Any) -> bool:
    """Is *resource* in its place on the site: neither removed nor in the trash?"""
    while (parent := getattr(resource, "__parent__", None)) is not None:
        if not isinstance(parent, Folder) or parent.get(resource.__name__) is not resource:
            return False
        resource = parent
    return isinstance(resource, Site)


def written(resource: Any, names: Iterable[str]) -> Digests:
    """Return the digests of the fields *names* of *resource*, and of the bytes of a file."""
    schema = schema_of(type(resource))
    found = [(name, schema[name].digest(getattr(resource, name, None))) for name in names if name in schema]
    if isinstance(resource, File):
        found.append(("sha256", resource.sha256))
    return tuple(sorted(found))


def is_edited(resource: Any, wrote: Digests) -> bool:
    """Has a field of *resource* another value than the import left there? One that is gone does not count."""
    schema = schema_of(type(resource))
    for name, digest in wrote:
        if name == "sha256" and isinstance(resource, File):
            if resource.sha256 != digest:
                return True
        elif name in schema and schema[name].digest(getattr(resource, name, None)) != digest:
            return True
    return False


def digest_of(parts: Mapping[str, str]) -> str:
    """Return a digest of named texts."""
    found = hashlib.sha256()
    for name, text in sorted(parts.items()):
        found.update(f"{len(name)}:{name}{len(text)}:{text}".encode("utf-8", "surrogatepass"))
    return found.hexdigest()
