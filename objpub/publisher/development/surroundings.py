"""The names there were where a walk ended: items, views, patterns."""

import difflib
import itertools
from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from objpub.content import Folder
from objpub.lineage import path_of
from objpub.views import views_of

from .steps import hooks_of
from .steps import Walked

MOST_ITEMS = 20  # that are shown
MOST_NAMES = 2_000  # among which a near one is looked for
NEAR = 3


@dataclass(frozen=True)
class Item:
    """A child. url: where it is, or "" if it has no place."""

    name: str
    kind: str
    url: str


@dataclass(frozen=True)
class ViewRow:
    """A view. may: whether the one who asks may call it. url: for one that can be read, else ""."""

    name: str
    methods: str
    permission: str
    may: bool
    place: str
    url: str


@dataclass(frozen=True)
class Pattern:
    """A `@traverse`. fits: whether the missing segment fits it. place: "file:line" of its function."""

    text: str
    fits: bool
    place: str


@dataclass(frozen=True)
class Surroundings:
    """What is at the last resource. more: whether it has further items. near: what was meant perhaps."""

    path: str
    kind: str
    items: tuple[Item, ...]
    more: bool
    views: tuple[ViewRow, ...]
    patterns: tuple[Pattern, ...]
    near: tuple[tuple[str, str], ...]


def surroundings(request: Any, walked: Walked) -> Surroundings:
    """Return what was at the place where the walk ended."""
    context = walked.context
    items = children_of(context, MOST_ITEMS + 1)
    views = tuple(view_row(request, view, context) for view in views_of(request.registry, type(context)))
    known = [*names_of(context, items), *(view.name for view in views if view.url and view.name)]
    return Surroundings(
        path=path_of(context),
        kind=type(context).__name__,
        items=tuple(item(request, name, child) for name, child in items[:MOST_ITEMS]),
        more=len(items) > MOST_ITEMS,
        views=views,
        patterns=tuple(
            Pattern(hook.pattern, bool(hook.expression.fullmatch(walked.missing)), place_of(hook.function))
            for hook in hooks_of(request, context)
        ),
        near=tuple((name, below(request, context, name)) for name in nearest_names(walked.missing, known)),
    )


def children_of(context: Any, most: int) -> list[tuple[str, Any]]:
    """Return the first *most* (name, child) of *context*; [] if it has no children or does not say."""
    if isinstance(context, Folder):
        return [(child.__name__, child) for child in context.page(limit=most).items]
    items = getattr(context, "items", None)
    if not callable(items):
        return []
    try:
        return [(str(name), child) for name, child in itertools.islice(items(), most)]
    except Exception:
        return []


def names_of(context: Any, items: list[tuple[str, Any]]) -> Iterable[str]:
    """Return the names among which a near one is looked for; those of a folder come without its children."""
    if isinstance(context, Folder):
        return itertools.islice(context, MOST_NAMES)
    return [name for name, _ in items]


def item(request: Any, name: str, child: Any) -> Item:
    """Return what is shown of a child."""
    return Item(name, type(child).__name__, url_of(request, child))


def view_row(request: Any, view: Any, context: Any) -> ViewRow:
    """Return what is shown of a view of *context*."""
    return ViewRow(
        name=view.name,
        methods=", ".join(view.methods),
        permission=view.permission or "public",
        may=may(request, view, context),
        place=view.place,
        url=below(request, context, view.name) if "GET" in view.methods else "",
    )


def may(request: Any, view: Any, context: Any) -> bool:
    """May the one who asks call *view* at *context*?"""
    return view.permission is None or bool(request.can(view.permission, context))


def url_of(request: Any, resource: Any) -> str:
    """Return the URL of *resource*, "" for what has no place."""
    try:
        found: str = request.url(resource)
    except Exception:
        return ""
    return found


def below(request: Any, context: Any, name: str) -> str:
    """Return the URL of what is called *name* below *context*, of itself for ""."""
    try:
        found: str = request.url(context, name)
    except Exception:
        return ""
    return found


def nearest_names(name: str, known: Iterable[str]) -> list[str]:
    """Return those of *known* that *name* was meant for perhaps, the nearest first."""
    folded: dict[str, str] = {}
    for each in known:
        folded.setdefault(plainly(each), each)
    found = difflib.get_close_matches(plainly(name), folded, NEAR, 0.6) if name else []
    return [folded[each] for each in found]


def plainly(name: str) -> str:
    """Return a name as people mix it up: without case, ends of files, and kinds of dashes."""
    return name.casefold().removesuffix(".html").replace("_", "-").replace(" ", "-")


def place_of(function: Callable[..., Any]) -> str:
    """Return where *function* is defined, "file:line"; "" where it does not say."""
    code = getattr(function, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code is not None else ""
