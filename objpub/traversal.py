"""From a path to segments, from segments to what was found. Pure: no HTTP, no writing.

    /blog/2026/print    →  ("blog", "2026", "print")  →  Found(context, "print", ())

Each segment is an item of what was reached so far, else the name of a view (the walk ends there), else a
virtual child that a `@traverse` makes. `@@name` is always a view; `++kind++name` asks a namespace. There is
no acquisition: one object has one URL.

Below the name of an area, such as "manage", the same resources stand with views of their own. They are
reached as `@@name` only, so that a resource in it can have any name:

    /manage/blog/edit      →  Found(the resource at /blog/edit, "", area="manage")
    /manage/blog/@@edit    →  Found(the resource at /blog, "edit", area="manage")
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from objpub.configuration import Declaration
from objpub.configuration import note
from objpub.configuration import source_here
from objpub.errors import DeclarationError
from objpub.errors import NotFound
from objpub.lineage import path_of
from objpub.registry import ByClass
from objpub.registry import Registry

CONVERTERS: dict[str, Callable[[str], Any]] = {"str": str, "int": int, "date": date.fromisoformat}
PATTERNS = {"str": r"[^/]+", "int": r"0|[1-9][0-9]{0,17}", "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}"}


class Found:
    """Where a walk ended.

    context: the resource. view_name: "" for its default view. subpath: the segments after the view's
    name. forced: the view was asked for as `@@name`. area: the set of views that it is looked for in; "" for
    those of the site itself.
    """

    __slots__ = ("area", "context", "forced", "subpath", "view_name")

    def __init__(
        self,
        context: Any,
        view_name: str = "",
        subpath: tuple[str, ...] = (),
        forced: bool = False,
        area: str = "",
    ):
        self.context = context
        self.view_name = view_name
        self.subpath = subpath
        self.forced = forced
        self.area = area


class Areas(set[str]):
    """The first segments of paths below which the same resources have other views."""


class ViewNames(ByClass[bool]):
    """The names of views by class; the views part fills it, so that a walk knows where to end."""


class Namespaces(dict[str, Callable[[Any, str, Any], Any]]):
    """`++kind++name` → a function (context, name, request) that returns the next resource or None."""


class Hooks(ByClass[list["Hook"]]):
    """Virtual children by class, declared with `@traverse`."""

    def add(self, kind: type, hook: "Hook") -> None:
        """Ask *hook* for virtual children of *kind*, after those that were added before."""
        self.put(kind, "", [*(self.own(kind, "") or ()), hook])


@dataclass(frozen=True)
class Hook:
    """One `@traverse`: a pattern for one segment and the function that makes the child."""

    pattern: str
    expression: re.Pattern[str]
    converters: tuple[tuple[str, Callable[[str], Any]], ...]
    function: Callable[..., Any]

    def child(self, context: Any, request: Any, segment: str) -> Any:
        """Return the virtual child of *context* for *segment*, or None."""
        match = self.expression.fullmatch(segment)
        if match is None:
            return None
        try:
            values = {name: convert(match[name]) for name, convert in self.converters}
        except ValueError:  # such as the date 2026-02-31
            return None
        child = self.function(context, request, **values)
        if child is not None and getattr(child, "__parent__", None) is None:
            child.__parent__ = context
            child.__name__ = segment
        return child


def traverse(kind: type, pattern: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare virtual children of *kind*: a function (context, request, **values) → a child or None.

    pattern: one segment with typed parts, such as "{year:int}" or "v{number:int}"; types are str (the
    default), int and date. The child gets `__parent__` and `__name__` unless it has them.
    """
    source = source_here()

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        def apply(registry: Registry) -> None:
            hook = Hook(pattern, *compile_pattern(pattern), function)
            registry[Hooks].add(kind, hook)

        keys = (("traverse", kind, pattern),)
        note(function, Declaration("traverse", keys, apply, source, target=function))
        return function

    return declare


def compile_pattern(
    pattern: str,
) -> tuple[re.Pattern[str], tuple[tuple[str, Callable[[str], Any]], ...]]:
    """Return the regular expression of *pattern* and its (name, converter) pairs."""
    expression, converters = "", []
    for literal, name, kind in re.findall(r"([^{}]+)|\{(\w+)(?::(\w+))?\}", pattern):
        if literal:
            expression += re.escape(literal)
            continue
        kind = kind or "str"
        if kind not in CONVERTERS:
            raise DeclarationError(
                f"@traverse pattern {pattern!r}: unknown type {kind!r}, there are {', '.join(CONVERTERS)}"
            )
        expression += f"(?P<{name}>{PATTERNS[kind]})"
        converters.append((name, CONVERTERS[kind]))
    if not expression or "/" in pattern:
        raise DeclarationError(
            f"@traverse wants a pattern for one segment, such as '{{year:int}}', not {pattern!r}"
        )
    return re.compile(expression), tuple(converters)


def split_path(path: str) -> tuple[tuple[str, ...], bool]:
    """Return the segments of *path* and whether it was written plainly (no empty, "." or ".." in it).

    Raises NotFound where ".." leads out of the site.
    """
    parts = path[1:].split("/") if path[:1] == "/" else path.split("/")
    if not parts[-1]:
        parts.pop()
    if "//" not in path and "/." not in path and path[:1] == "/":
        return tuple(parts), True
    if "" not in parts and "." not in parts and ".." not in parts:
        return tuple(parts), True
    segments: list[str] = []
    for part in parts:
        if part == "..":
            if not segments:
                raise NotFound(path, "/", "..")
            segments.pop()
        elif part not in {"", "."}:
            segments.append(part)
    return tuple(segments), False


def walk(registry: Registry, site: Any, segments: tuple[str, ...], request: Any = None) -> Found:
    """Walk *segments* down from *site*. Raises NotFound, which names how far the walk came."""
    context, kind, get = site, None, None
    area = segments[0] if segments and segments[0] in registry[Areas] else ""
    steps = segments[1:] if area else segments
    marked = has_marks(steps)
    for index, name in enumerate(steps):
        if marked and is_marked(name):
            if name[:2] == "@@" and len(name) > 2:
                return Found(context, name[2:], steps[index + 1 :], True, area)
            child = step_into_namespace(registry, context, name, request)
        else:
            if type(context) is not kind:
                kind = type(context)
                get = getattr(kind, "get", None)  # it takes a persistent object longer to find its own
            child = get(context, name) if get is not None else None
            if child is None:
                if not area and registry[ViewNames].find(type(context), name):
                    return Found(context, name, steps[index + 1 :])
                child = virtual_child(registry, context, name, request)
        if child is None:
            raise NotFound("/" + "/".join(segments), path_of(context), name, context)
        context = child
    return Found(context, area=area)


def has_marks(steps: tuple[str, ...]) -> bool:
    """May one of *steps* be marked? Asked once for all of them: few paths have one that is."""
    path = "/" + "/".join(steps)
    return "/_" in path or "/@@" in path or "/++" in path


def is_marked(name: str) -> bool:
    """Is *name* no resource's: a view's with "@@", a namespace's with "++", or one that begins with "_"?"""
    return name[0] == "_" or name[:2] in {"@@", "++"}  # "+" and "@" alone are names


def step_into_namespace(registry: Registry, context: Any, name: str, request: Any) -> Any:
    """Return what `++kind++rest` leads to from *context*, or None."""
    if not name.startswith("++"):
        return None
    kind, _, rest = name[2:].partition("++")
    namespace = registry[Namespaces].get(kind)
    return namespace(context, rest, request) if namespace else None


def virtual_child(registry: Registry, context: Any, name: str, request: Any) -> Any:
    """Return what the first fitting `@traverse` of *context* makes of *name*, or None."""
    for hooks in registry[Hooks].every(type(context), ""):
        for hook in hooks:
            child = hook.child(context, request, name)
            if child is not None:
                return child
    return None
