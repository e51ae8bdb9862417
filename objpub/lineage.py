"""Where a resource is: pure functions over `__parent__` and `__name__`."""

from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any
from typing import TypeVar

from objpub.errors import NotFound

T = TypeVar("T")


def lineage(resource: Any) -> Iterator[Any]:
    """Yield *resource*, its parent, and so on up to the site."""
    while resource is not None:
        yield resource
        resource = resource.__parent__


def inside(resource: Any, container: Any) -> bool:
    """Is *resource* the *container* itself or somewhere below it?"""
    return any(step is container for step in lineage(resource))


def top(resource: Any) -> Any:
    """Return the last of the lineage: the site, or the top of a loose tree."""
    while resource.__parent__ is not None:
        resource = resource.__parent__
    return resource


def segments_of(resource: Any) -> tuple[str, ...]:
    """Return the names from below the site down to *resource*; of the site itself: ()."""
    names = []
    while resource.__parent__ is not None:
        names.append(resource.__name__)
        resource = resource.__parent__
    return tuple(reversed(names))


def path_of(resource: Any) -> str:
    """Return the path of *resource* as text, "/a/b"; of the site itself: "/". Inverse: `find_resource`."""
    return "/" + "/".join(segments_of(resource))


def find_resource(site: Any, path: str | Iterable[str]) -> Any:
    """Return the resource at *path*, "/a/b" or segments, below *site*. Inverse: `path_of`.

    Raises NotFound, which names how far the walk came.
    """
    segments = [part for part in path.split("/") if part] if isinstance(path, str) else list(path)
    resource = site
    for name in segments:
        get = getattr(resource, "get", None)
        child = get(name) if get else None
        if child is None:
            raise NotFound("/" + "/".join(segments), path_of(resource), name, resource)
        resource = child
    return resource


def nearest(resource: Any, kind: type[T]) -> T | None:
    """Return the first of the lineage that is a *kind*, or None."""
    return next((step for step in lineage(resource) if isinstance(step, kind)), None)
