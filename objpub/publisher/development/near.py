"""Views that were nearly found, each with the condition that failed."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from objpub.lineage import lineage
from objpub.lineage import path_of
from objpub.views import View
from objpub.views import Views

from .steps import Walked
from .surroundings import below
from .surroundings import children_of
from .surroundings import may
from .surroundings import MOST_ITEMS

MOST = 12


@dataclass(frozen=True)
class NearView:
    """A view that was nearly found. why: the conditions that failed. url: where it is, or ""."""

    name: str
    kind: str
    methods: str
    why: tuple[str, ...]
    url: str
    place: str


def near_views(request: Any, walked: Walked) -> list[NearView]:
    """Return the views that were nearly found, the nearest first; every one once."""
    found: dict[View, NearView] = {}
    for view, resource, why, name in candidates(request, walked):
        if view in found or len(found) >= MOST:
            continue
        reasons = [why]
        url = ""
        if resource is not None:
            if "GET" in view.methods:
                url = below(request, resource, name)
            if not may(request, view, resource):
                reasons.append(f"it needs the permission {view.permission!r}, which you lack")
        methods = ", ".join(view.methods)
        found[view] = NearView(view.name, view.kind.__name__, methods, tuple(reasons), url, view.place)
    return list(found.values())


def candidates(request: Any, walked: Walked) -> Iterator[tuple[View, Any, str, str]]:
    """Yield (view, the resource that has it or None, the condition that failed, its name in a URL)."""
    yield from hidden_by_items(request, walked)
    if walked.view is not None:
        return
    found = walked.found
    name = found.view_name or walked.missing
    name = name.removeprefix("@@")
    yield from at_the_end(request, walked, name)
    if name and not found.subpath:
        yield from above(request, walked, name)
        yield from of_items(request, walked, name)
        yield from of_other_types(request, walked, name)


def hidden_by_items(request: Any, walked: Walked) -> Iterator[tuple[View, Any, str, str]]:
    """Yield the views that an item of the same name hides: they need `@@`."""
    reached = [step for step in walked.steps if step.reached is not None]
    for before, step in itertools.pairwise(reached):
        for view in views_called(request, type(before.reached), step.segment):
            why = f"an item of {path_of(before.reached)} has the same name: it needs @@"
            yield view, before.reached, why, f"@@{view.name}"


def at_the_end(request: Any, walked: Walked, name: str) -> Iterator[tuple[View, Any, str, str]]:
    """Yield the views of that name where the walk ended: for another method, or without segments after it."""
    context, method = walked.context, request.incoming.method
    for view in views_called(request, type(context), name):
        if method not in view.methods and method != "OPTIONS":
            yield view, context, f"it is for {' and '.join(view.methods)}, and this was {method}", name
        elif walked.found.subpath and not view.subpath:
            yield view, context, "it takes no segments after its name (subpath=True would let it)", name
        elif walked.missing.startswith("@@"):
            yield view, context, "it is asked for without more after the @@", name


def above(request: Any, walked: Walked, name: str) -> Iterator[tuple[View, Any, str, str]]:
    """Yield the views of that name of the places above."""
    for place in list(lineage(walked.context))[1:]:
        for view in views_called(request, type(place), name):
            if not isinstance(walked.context, view.kind):
                yield view, place, f"it is a view of {path_of(place)}, further up", name


def of_items(request: Any, walked: Walked, name: str) -> Iterator[tuple[View, Any, str, str]]:
    """Yield the views of that name of the items below."""
    for child_name, child in children_of(walked.context, MOST_ITEMS):
        for view in views_called(request, type(child), name):
            if not isinstance(walked.context, view.kind):
                yield view, child, f"it is a view of {child_name!r} and other items, further down", name


def of_other_types(request: Any, walked: Walked, name: str) -> Iterator[tuple[View, Any, str, str]]:
    """Yield the views of that name of types that have nothing to do with where the walk ended."""
    kind = type(walked.context)
    for view in request.registry[Views].all():
        if view.name == name and not issubclass(kind, view.kind) and not issubclass(view.kind, BaseException):
            yield view, None, f"it is a view of {view.kind.__name__}, and this is a {kind.__name__}", name


def views_called(request: Any, kind: type, name: str) -> list[View]:
    """Return the views called *name* of *kind*, one for each of their functions."""
    table = request.registry[Views]
    methods = sorted(table.methods_of(kind, name))
    return list(dict.fromkeys(table.find(kind, (name, method)) for method in methods))
