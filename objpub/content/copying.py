"""Deep copies of resources: what is inside is copied, what is outside is referred to."""

import io
import pickle
import shutil
from collections import deque
from typing import Any

from persistent import Persistent
from persistent.wref import WeakRef
from ZODB.blob import Blob

from objpub.database import blob_in
from objpub.database import connection_of
from objpub.database import watch_in
from objpub.errors import NotPossible
from objpub.lineage import inside
from objpub.lineage import path_of

from .broken import is_remains
from .content import Content
from .site import Site

#: What a copy does not take over: who may do what to the original, whose it is, and since when. What keeps
#: people out, `_permissions` and `_cut`, stays: nothing becomes visible by being copied.
NOT_COPIED = ("_grants", "_owner", "_created", "_draft")


def copy_of(resource: Content, *, whole: bool = False, apart: bool = False) -> Any:
    """Return a copy of *resource* with all below it, in no folder yet.

    whole: take over grants, owners and dates too, as for what is removed afterwards. apart: it goes to where
    nothing can refer to what is outside; a reference that does raises NotPossible.

    References to resources outside stay; those from one resource inside to another lead to its copy. Blobs
    are copied. Grants, owners and dates of creation are not. Nobody is asked or told: operations do that.
    Raises NotPossible for a site, and where something inside is broken.
    """
    if isinstance(resource, Site):
        raise NotPossible("A site cannot be copied into itself; use backup")
    return Copies(resource, whole, apart).all()


class Copies:
    """The copies of one tree while they are made: one persistent object after the other, however deep."""

    def __init__(self, top: Content, whole: bool = False, apart: bool = False) -> None:
        self.top = top
        self.whole = whole
        self.apart = apart
        connection = connection_of(top)
        self._scratch = None if connection is None else getattr(connection.db(), "temporary_folder", None)
        # id → (original, copy). An original that is kept here keeps its id.
        self._copies: dict[int, tuple[Any, Any]] = {}
        self._waiting: deque[tuple[Any, Any]] = deque()

    def all(self) -> Any:
        """Copy everything and return the copy of the top."""
        result = self.of(self.top)
        watch = watch_in(connection_of(self.top))
        while self._waiting:
            if watch is not None and isinstance(self._waiting[0][0], Content):
                watch.step()
            original, copy = self._waiting.popleft()
            fill(copy, original, self)
        result.__parent__ = result.__name__ = None
        return result

    def of(self, original: Any) -> Any:
        """Return the copy of *original*, still empty at first; itself where it is outside."""
        if id(original) in self._copies:
            return self._copies[id(original)][1]
        if isinstance(original, WeakRef):
            target = original()
            return WeakRef(self.of(target)) if isinstance(target, Content) else original
        if self.is_outside(original):
            if self.apart:
                what, target = path_of(self.top), path_of(original)
                raise NotPossible(f"{what} refers to {target}, which would stay in another database")
            return original
        if is_remains(original):
            raise NotPossible(f"{path_of(self.top)} holds something broken, a {type(original).__name__}")
        copy = self._empty_like(original)
        self._copies[id(original)] = original, copy
        self._waiting.append((original, copy))
        return copy

    def _empty_like(self, original: Any) -> Any:
        """Return a new object of the class of *original*, without a state."""
        if isinstance(original, Blob):
            return Blob() if self._scratch is None else blob_in(self._scratch)
        kind: Any = type(original)
        return kind.__new__(kind)

    def is_outside(self, original: Any) -> bool:
        """Is *original* a resource elsewhere? What is no resource belongs to the resource that holds it."""
        if is_remains(original):
            original._p_activate()
            state = original.__Broken_state__
            parent = state.get("__parent__") if isinstance(state, dict) else None
            return parent is not None and not inside(parent, self.top)
        return isinstance(original, Content) and not inside(original, self.top)


def fill(copy: Any, original: Any, copies: Copies) -> None:
    """Give *copy* the state of *original*, with *copies* in place of what is inside."""
    if isinstance(original, Blob):
        with original.open("r") as source, copy.open("w") as target:
            shutil.copyfileobj(source, target, 1_000_000)
        return
    original._p_activate()
    state = original.__getstate__()
    if isinstance(copy, Content) and isinstance(state, dict):
        left = () if copies.whole else NOT_COPIED
        left = (*left, "__parent__") if original is copies.top else left
        state = {name: value for name, value in state.items() if name not in left}
    copy.__setstate__(repointed(state, copies))


def repointed(state: Any, copies: Copies) -> Any:
    """Return a copy of *state* in which persistent objects are replaced by their copies."""
    found: list[Any] = []
    spool = io.BytesIO()
    pickler = StatePickler(spool, found)
    pickler.dump(state)
    spool.seek(0)
    return StateUnpickler(spool, [copies.of(each) for each in found]).load()


class StatePickler(pickle.Pickler):
    """Writes one object's state; puts the persistent objects it refers to into a list."""

    def __init__(self, target: io.BytesIO, found: list[Any]) -> None:
        super().__init__(target, protocol=5)
        self._found = found

    def persistent_id(self, each: Any) -> int | None:
        """Return the place in the list of a persistent object; None for all else, which is written."""
        if not isinstance(each, Persistent | WeakRef):
            return None
        self._found.append(each)
        return len(self._found) - 1


class StateUnpickler(pickle.Unpickler):
    """Reads what `StatePickler` has just written, with the copies in their places."""

    def __init__(self, source: io.BytesIO, found: list[Any]) -> None:
        super().__init__(source)
        self._found = found

    def persistent_load(self, number: int) -> Any:
        """Return the persistent object of that number."""
        return self._found[number]
