"""A walk, told step by step: each segment, what it led to, and by what."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from objpub.errors import NotFound
from objpub.lineage import path_of
from objpub.traversal import Found
from objpub.traversal import Hooks
from objpub.traversal import walk
from objpub.views import find_view
from objpub.views import View

from .hiding import printable
from .values import said

NO_WALK = (
    "This address was answered before a walk began: it is one of objpub's own, or leads out of the site."
)


@dataclass(frozen=True)
class Step:
    """One segment of a path. how: it was taken. reached: the resource, or None. ok: it led somewhere."""

    segment: str
    how: str
    reached: Any = None
    ok: bool = True

    @property
    def kind(self) -> str:
        """The type of what was reached; "" for nothing."""
        return "" if self.reached is None else type(self.reached).__name__

    @property
    def module(self) -> str:
        """The module of that type."""
        return type(self.reached).__module__


@dataclass(frozen=True)
class Walked:
    """A whole walk. found: where it ended. missing: the segment that led nowhere, or "". rest: what followed.

    view: the view that was found, or None. why: what kept it from being found, one sentence, or "".
    """

    steps: tuple[Step, ...]
    found: Found
    missing: str
    rest: tuple[str, ...]
    view: View | None
    why: str

    @property
    def context(self) -> Any:
        """The last resource that was reached."""
        return self.found.context


def retell(request: Any, began: bool) -> Walked:
    """Walk the path of *request* again, one segment at a time, over the site as it is stored."""
    site = request.root
    if not began:
        return Walked((), Found(site), "", (), None, NO_WALK)
    steps = [Step("/", "the site", site)]
    segments = request.incoming.segments
    context = site
    for index, segment in enumerate(segments):
        found, step = one_step(request, context, segment)
        steps.append(step)
        if found is None:
            rest = segments[index + 1 :]
            return Walked(tuple(steps), Found(context), segment, rest, None, step.how)
        if found.view_name:
            rest = segments[index + 1 :]
            return with_view(request, steps, Found(context, found.view_name, rest, found.forced))
        context = found.context
    return with_view(request, steps, Found(context))


def one_step(request: Any, context: Any, segment: str) -> tuple[Found | None, Step]:
    """Return where *segment* leads from *context*, None for nowhere, and the step to tell."""
    try:
        found = walk(request.registry, context, (segment,), request)
    except NotFound:
        return None, Step(segment, why_not(request, context, segment), None, False)
    except Exception as error:
        return None, Step(segment, printable(f"it raised {type(error).__name__}: {said(error)}"), None, False)
    if found.view_name:
        how = f"the view {found.view_name!r}" + (", asked for with @@" if found.forced else "")
        return found, Step(segment, how, None)
    return found, Step(segment, how_reached(request, context, segment), found.context)


def how_reached(request: Any, context: Any, segment: str) -> str:
    """Return by what *segment* led from *context* to a resource."""
    if segment.startswith("++"):
        return "a namespace"
    if hasattr(context, "get") and context.get(segment) is not None:
        return f"an item of {path_of(context)}"
    patterns = [hook.pattern for hook in hooks_of(request, context) if hook.expression.fullmatch(segment)]
    return f"made by @traverse {' or '.join(patterns)}"


def why_not(request: Any, context: Any, segment: str) -> str:
    """Return why *segment* leads nowhere from *context*."""
    if segment[0] == "_":
        return "no segment may begin with “_”"
    if segment.startswith(("@@", "++")):
        return "no view and no namespace is asked for like this"
    has_items = getattr(context, "get", None) is not None
    return f"no {'item, ' if has_items else ''}view or @traverse of {type(context).__name__} has this name"


def hooks_of(request: Any, context: Any) -> Iterator[Any]:
    """Yield the `@traverse` of *context*, in the order in which they are asked."""
    for hooks in request.registry[Hooks].every(type(context), ""):
        yield from hooks


def with_view(request: Any, steps: list[Step], found: Found) -> Walked:
    """Return the walk that ended at *found*, with its view or why there is none."""
    try:
        view = find_view(request.registry, found, request.incoming.method)
        return Walked(tuple(steps), found, "", (), view, "")
    except Exception as error:
        missing = found.subpath[0] if found.subpath else found.view_name
        why = said(error)
        if found.subpath and not isinstance(error, NotFound):
            why = f"The view {found.view_name!r} takes no segments after its name."
        return Walked(tuple(steps), found, missing, found.subpath[1:], None, why)
