"""The words that declare views, and what they become at the freeze."""

import ast
import dis
import inspect
import sys
import textwrap
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from objpub.configuration import Declaration
from objpub.configuration import note
from objpub.configuration import Source
from objpub.configuration import source_here
from objpub.content import ReservedNames
from objpub.content import Site
from objpub.errors import DeclarationError
from objpub.errors import TemplateError
from objpub.registry import ByClass
from objpub.registry import Registry
from objpub.schema import did_you_mean
from objpub.schema import parameters_of
from objpub.security import Permission
from objpub.security import Permissions
from objpub.templates import Template
from objpub.templates import Templates
from objpub.traversal import Areas
from objpub.traversal import ViewNames

from .arguments import with_arguments
from .caching import cache_control
from .limits import Limits
from .limits import within
from .lookup import AreaViews
from .lookup import View
from .lookup import Views

SAFE = ("GET", "HEAD")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
PUBLIC = "public"  # as a permission: everybody may, no check is made
OPTIONS = ("name", "method", "permission", "template", "title", "subpath", "area", "cache", "limits")

Function = Callable[..., Any]


@dataclass(frozen=True)
class Wish:
    """What one `@view` said, before its words are looked up."""

    kind: Any
    name: str
    methods: tuple[str, ...]
    permission: Any
    template: str | None
    title: str
    subpath: bool
    source: Source
    area: str = ""
    cache: Any = None
    limits: Limits | None = None


def view(
    kind: type,
    name: str = "",
    *,
    method: str | Iterable[str] = "GET",
    permission: Permission | str | None = None,
    template: str | None = None,
    title: str = "",
    subpath: bool = False,
    area: str = "",
    cache: float | timedelta | str | None = None,
    limits: Limits | None = None,
    **misspelt: Any,
) -> Callable[[Function], Function]:
    """Declare a view of *kind*: a function (context, request, **arguments).

    name: of the view in the URL; "" is the default view. method: one or several; GET includes HEAD.
    permission: default "view" for GET, else "edit"; "public" checks nothing. template: a file in the
    folder `templates` beside the module; default: `article.pt` for the default view of `Article`,
    `article-print.pt` for its view `print`, where there is one. title: for people. subpath: whether
    segments may follow the name; they are in `request.subpath`. area: the first segment of paths below which
    the view is found, as `/manage/a/b/@@name` for "manage"; default: those of the site itself. cache: how
    long visitors may be shown the answer without asking again, in seconds, or "never": nobody keeps it;
    default: they ask each time. limits: what is taken of a form, where that is less than elsewhere.
    Arguments after the first two are values of the form, converted by annotation; a bad one is a 400.
    What it may return: see `objpub.views.respond`.
    """
    source = source_here()
    for option in misspelt:
        raise DeclarationError(f"@view has no option {option!r}{did_you_mean(option, OPTIONS)}", source)
    check_area(area, source)
    methods = methods_from(method, source)
    wish = Wish(kind, name, methods, permission, template, title, subpath, source, area, cache, limits)

    def declare(function: Function) -> Function:
        def apply(registry: Registry) -> None:
            register(registry, composed(registry, wish, function))

        word = f"{area} view" if area else "view"
        keys = tuple((word, kind, name, each) for each in wish.methods)
        note(function, Declaration("view", keys, apply, source, target=function))
        return function

    return declare


def check_area(area: str, source: Source) -> None:
    """Raise DeclarationError for what cannot be the first segment of a path."""
    if area and not (area.isidentifier() and area.isascii()):
        raise DeclarationError(f"area={area!r}: wanted a word such as 'manage'", source)


def methods_from(method: str | Iterable[str], source: Source) -> tuple[str, ...]:
    """Return the methods of a view; GET brings HEAD. Raises DeclarationError for unknown ones."""
    methods = [method] if isinstance(method, str) else list(method)
    for each in methods:
        if each not in METHODS:
            near = did_you_mean(str(each), METHODS)
            raise DeclarationError(f"method={each!r}: wanted one of {', '.join(METHODS)}{near}", source)
    if "GET" in methods and "HEAD" not in methods:
        methods.append("HEAD")
    return tuple(methods)


def register(registry: Registry, made: View) -> None:
    """Keep a composed view, and its name: walks end at it, and no new child may have it.

    In an area, names of views stand behind `@@`; there it is the area's name that the site cannot give.
    """
    if made.area:
        registry[Areas].add(made.area)
        registry[AreaViews].setdefault(made.area, Views()).add(made)
        registry[ReservedNames].put(Site, made.area, "an area with views of its own")
        return
    registry[Views].add(made)
    if made.name and not issubclass(made.kind, BaseException):
        registry[ViewNames].put(made.kind, made.name, True)
        registry[ReservedNames].put(made.kind, made.name, "a view")


def composed(registry: Registry, wish: Wish, function: Function) -> View:
    """Return the view that *wish* asks for. Raises DeclarationError for whatever is wrong with it."""
    if not isinstance(wish.kind, type):
        raise DeclarationError(f"@view wants a type as its first argument, not {wish.kind!r}", wish.source)
    if wish.name.startswith(("@", "+", "_")) or "/" in wish.name:
        raise DeclarationError(
            f"A view cannot be called {wish.name!r}: that cannot stand in a URL", wish.source
        )
    try:
        parameters = parameters_of(function)
        if not parameters and len(inspect.signature(function).parameters) < 2:
            raise DeclarationError(f"{function.__qualname__}: a view takes (context, request, …)")
    except DeclarationError as error:
        raise DeclarationError(error.message, wish.source, *error.sources) from error
    return View(
        kind=wish.kind,
        name=wish.name,
        methods=wish.methods,
        permission=permission_of(registry, wish),
        call=within(wish.limits, with_arguments(function, parameters)),
        parameters=parameters,
        template=template_of(registry, wish, function),
        subpath=wish.subpath,
        area=wish.area,
        cache=cache_control(wish.cache, wish.source),
        title=wish.title or (wish.name.replace("-", " ").replace("_", " ").capitalize()),
        source=wish.source,
        function=function,
    )


def permission_of(registry: Registry, wish: Wish) -> str | None:
    """Return the name of the permission of a view, None for a public one. Unknown ones are errors."""
    if wish.permission == PUBLIC or (isinstance(wish.kind, type) and issubclass(wish.kind, BaseException)):
        return None
    if wish.permission is None:
        return "view" if set(wish.methods) <= set(SAFE) else "edit"
    try:
        permission: Permission = registry[Permissions][str(wish.permission)]
    except DeclarationError as error:
        raise DeclarationError(error.message, wish.source) from error
    return permission.name


def template_of(registry: Registry, wish: Wish, function: Function) -> Template | None:
    """Return the template of a view, by its option or by convention.

    Raises TemplateError when the one that is named is missing, and when a view that returns a dict has none.
    """
    folder = template_folder(function)
    try:
        if wish.template is not None:
            return registry[Templates].load(folder / wish.template)
        stem = wish.kind.__name__.lower() + (f"-{wish.name}" if wish.name else "")
        found = registry[Templates].find(folder, stem)
    except TemplateError as error:
        raise TemplateError(error.message, wish.source) from error
    if found is None and returns_dict(function):
        raise TemplateError(
            f"The view {function.__qualname__} returns a dict and has no template to fill with it: there is"
            f" no {folder / stem!s}.pt",
            wish.source,
        )
    return found


def template_folder(function: Function) -> Path:
    """Return the folder `templates` beside the module of *function*."""
    module = sys.modules.get(function.__module__)
    file = getattr(module, "__file__", None) or inspect.getsourcefile(function) or "."
    return Path(file).absolute().parent / "templates"


#: Steps of compiled code, one of which stands wherever a dict is made.
MAKES_DICT = {dis.opmap[name] for name in ("BUILD_MAP", "BUILD_CONST_KEY_MAP") if name in dis.opmap}


def returns_dict(function: Function) -> bool:
    """Does the text of *function* have a `return {...}` of its own? False where it cannot be read."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is not None and MAKES_DICT.isdisjoint(code.co_code[::2]):
        return False  # and its text need not be read
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return False
    return any(isinstance(each.value, ast.Dict) for each in own_returns(tree.body[0]))


def own_returns(node: ast.AST) -> Iterator[ast.Return]:
    """Yield the return statements of a function, not those of functions inside it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Return):
            yield child
        if not isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            yield from own_returns(child)


@dataclass(frozen=True)
class Tab:
    """A view of the management interface with a title."""

    kind: type
    title: str
    name: str
    permission: str
    function: Function
    template: Template | None
    parameters: Any
    order: int


@dataclass(frozen=True)
class Action:
    """A command of the row menu and, when `bulk`, of the bar for a selection."""

    kind: type
    title: str
    name: str
    permission: str
    function: Function
    bulk: bool


class Tabs(ByClass[Tab]):
    """The tabs of the management interface by class and name."""


class Actions(ByClass[Action]):
    """The actions of the management interface by class and name."""


def tab(
    kind: type,
    title: str,
    *,
    name: str = "",
    permission: Permission | str = "edit",
    template: str | None = None,
    order: int = 50,
) -> Callable[[Function], Function]:
    """Declare a tab of the management interface: a function (context, request, **arguments) for *kind*.

    name: in the URL; default: made from the title. template: a file in the folder `templates` beside the
    module, filled with a dict that is returned; default: `article-statistics.pt` where there is one. It holds
    what stands in the frame, not a whole page. order: lower ones stand first.
    """
    source = source_here()
    name = name or title.lower().replace(" ", "-")

    def declare(function: Function) -> Function:
        def apply(registry: Registry) -> None:
            wish = Wish(kind, name, SAFE, permission, template, title, False, source)
            needed = permission_of(registry, wish) or "manage"
            found = template_of(registry, wish, function)
            made = Tab(kind, title, name, needed, function, found, parameters_of(function), order)
            registry[Tabs].put(kind, name, made)

        note(function, Declaration("tab", (("tab", kind, name),), apply, source, target=function))
        return function

    return declare


def action(
    kind: type, title: str, *, name: str = "", permission: Permission | str = "edit", bulk: bool = False
) -> Callable[[Function], Function]:
    """Declare an action of the management interface: a function (context, request) for *kind*.

    name: default made from the title. bulk: also for a selection of several.
    """
    source = source_here()
    name = name or title.lower().replace(" ", "-")

    def declare(function: Function) -> Function:
        def apply(registry: Registry) -> None:
            wish = Wish(kind, name, ("POST",), permission, None, title, False, source)
            needed = permission_of(registry, wish) or "manage"
            registry[Actions].put(kind, name, Action(kind, title, name, needed, function, bulk))

        note(function, Declaration("action", (("action", kind, name),), apply, source, target=function))
        return function

    return declare


class PageBars(list[Callable[[Any, Any], str | None]]):
    """What stands at the end of public pages, declared with `@page_bar`."""


def page_bar(function: Callable[[Any, Any], str | None]) -> Callable[[Any, Any], str | None]:
    """Declare what stands at the end of public pages: a function (context, request) → HTML, None for nothing.

    Only those who have signed in are asked about; layouts show it as `${request.page_bar}`.
    """

    def apply(registry: Registry) -> None:
        registry[PageBars].append(function)

    key = ("page bar", f"{function.__module__}.{function.__qualname__}")
    note(function, Declaration("page_bar", (key,), apply, source_here(), target=function))
    return function
