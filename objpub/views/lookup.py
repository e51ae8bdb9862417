"""Which view answers: by the class of the context, the name, and the method."""

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from objpub.configuration import Source
from objpub.content import title_of
from objpub.errors import MethodNotAllowed
from objpub.errors import NotFound
from objpub.lineage import path_of
from objpub.registry import ByClass
from objpub.registry import Registry
from objpub.schema import Schema
from objpub.templates import Template
from objpub.traversal import Found


@dataclass(frozen=True, eq=False)
class View:
    """A declared view, composed at the freeze: what it does not use costs a request nothing.

    call: (context, request) → result. permission: the name that is checked, or None for everybody.
    template: what a dict is rendered with, or None; render: (context, request, dict) → page.
    subpath: whether segments may follow its name. area: the set of views that it belongs to, or "".
    cache: the header `Cache-Control` for visitors, or None for the usual one.
    """

    kind: type
    name: str
    methods: tuple[str, ...]
    permission: str | None
    call: Callable[[Any, Any], Any]
    parameters: Schema
    template: Template | None
    subpath: bool
    title: str
    source: Source
    function: Callable[..., Any]
    area: str = ""
    cache: tuple[str, str] | None = None
    render: Callable[[Any, Any, dict[str, Any]], str] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "render", renderer_of(self))

    @property
    def place(self) -> str:
        """Where it was declared, "file:line"."""
        return f"{self.source.file}:{self.source.line}"


def renderer_of(view: View) -> Callable[[Any, Any, dict[str, Any]], str] | None:
    """Return what fills the template of *view*, or None if it has none."""
    if view.template is None:
        return None
    render = view.template.render

    def fill(context: Any, request: Any, result: dict[str, Any]) -> str:
        names = {"context": context, "request": request, "view": view, "title_of": title_of}
        names.update(result)
        return render(**names)

    return fill


class Views(ByClass[View]):
    """The table of views by class, and (name, method)."""

    def add(self, view: View) -> None:
        """Keep *view* for each of its methods."""
        for method in view.methods:
            self.put(view.kind, (view.name, method), view)

    def methods_of(self, kind: type, name: str) -> frozenset[str]:
        """Return the methods of the views called *name* of *kind*; none means that there is no such view."""
        return frozenset(key[1] for key in self.keys(kind) if key[0] == name)  # type: ignore[index]

    def names_of(self, kind: type) -> list[str]:
        """Return the names of all views of *kind*, sorted."""
        return sorted({key[0] for key in self.keys(kind)})  # type: ignore[index]

    def all(self) -> Iterator[View]:
        """Yield every view once."""
        yield from dict.fromkeys(view for _, _, view in self.items())


class AreaViews(dict[str, Views]):
    """The views of areas by the area's name: those of the management interface are in "manage"."""

    def freeze(self) -> None:
        """Refuse further views."""
        for views in self.values():
            views.freeze()


def views_in(registry: Registry, area: str) -> Views:
    """Return the table of the views of *area*; "" is the site itself. An unknown area has none."""
    return registry[AreaViews].get(area) or Views() if area else registry[Views]


def all_views(registry: Registry) -> Iterator[View]:
    """Yield every view once, those of the site itself first."""
    yield from registry[Views].all()
    for views in registry[AreaViews].values():
        yield from views.all()


def find_view(registry: Registry, found: Found, method: str) -> View:
    """Return the view for what a walk found. Raises NotFound or MethodNotAllowed."""
    views = registry[AreaViews][found.area] if found.area else registry[Views]
    kind = type(found.context)
    view = views.find(kind, (found.view_name, method))
    if view is not None and (view.subpath or not found.subpath):
        return view
    if view is None:
        allowed = views.methods_of(kind, found.view_name)
        if allowed and not found.subpath:
            raise MethodNotAllowed(method, allowed | {"OPTIONS"})
    raise not_found(found)


def not_found(found: Found) -> NotFound:
    """Return the error that says what of the walk's rest is missing."""
    walked = f"/{found.area}{path_of(found.context)}" if found.area else path_of(found.context)
    rest = "/".join(filter(None, (found.view_name, *found.subpath)))
    missing = found.subpath[0] if found.subpath else found.view_name
    return NotFound(f"{walked.rstrip('/')}/{rest}", walked, missing, found.context)


def views_of(registry: Registry, kind: type, area: str = "") -> list[View]:
    """Return the views that instances of *kind* have, the most specific of each name and method."""
    table = views_in(registry, area)
    found = (table.find(kind, key) for key in sorted(table.keys(kind), key=str))
    return list(dict.fromkeys(view for view in found if view is not None))
