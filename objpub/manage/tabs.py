"""What a site adds to the interface: its `@tab` and `@action` declarations, made views at the freeze."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from objpub.configuration import Declaration
from objpub.configuration import note
from objpub.configuration import source_here
from objpub.content import Folder
from objpub.errors import DeclarationError
from objpub.errors import Forbidden
from objpub.errors import NotFound
from objpub.lineage import path_of
from objpub.publisher import Markup
from objpub.registry import Registry
from objpub.templates import Templates
from objpub.views import Action
from objpub.views import Actions
from objpub.views import AreaViews
from objpub.views import arguments_for
from objpub.views import Response
from objpub.views import surroundings_for
from objpub.views import Tab
from objpub.views import Tabs
from objpub.views import View
from objpub.views import view
from objpub.views import Views

from .actions import actions_of as actions_of  # where others look for it
from .frame import AREA
from .frame import framed
from .permission import See
from .permission import visible
from .selecting import selected_names

GET = ("GET", "HEAD")
SOURCE = source_here(0)
FRAMED = Path(__file__).parent / "templates" / "tab.pt"


def compose(registry: Registry) -> None:
    """Make a view of each declared tab and action."""
    views = registry[AreaViews].setdefault(AREA, Views())
    for _, _, tab in registry[Tabs].items():
        add(views, tab, GET, tab_call(tab), registry[Templates].load(FRAMED), tab.parameters)
    for _, _, action in registry[Actions].items():
        add(views, action, ("POST",), action_call(action), None, {})


note(compose, Declaration("tabs of manage", ("tabs of manage",), compose, SOURCE, phase=2, target=compose))


def add(views: Views, made: Any, methods: Any, call: Any, template: Any, parameters: Any) -> None:
    """Keep the view of a tab or an action. Raises DeclarationError where the interface has it itself."""
    for method in methods:
        taken = views.own(made.kind, (made.name, method))
        if taken is not None:
            place = f"{made.function.__module__}.{made.function.__qualname__}"
            raise DeclarationError(
                f"{place}: the management interface has a view {made.name!r} of {made.kind.__name__} already"
                f" ({taken.place}); give this one another name"
            )
    views.add(
        View(
            kind=made.kind,
            name=made.name,
            methods=tuple(methods),
            permission=made.permission,
            call=call,
            parameters=parameters,
            template=template,
            subpath=False,
            title=made.title,
            source=SOURCE,
            function=made.function,
            area=AREA,
        )
    )


def tab_call(tab: Tab) -> Callable[[Any, Any], Any]:
    """Return the view of *tab*: what its function gives, in the frame."""

    def call(context: Any, request: Any) -> Any:
        result = tab.function(
            context,
            request,
            **arguments_for(tab.parameters, request.form, surroundings_for(request, tab.parameters)),
        )
        if isinstance(result, Response):
            return result
        return framed(request, tab.name, tab_content=content_of(tab, context, request, result))

    return call


def content_of(tab: Tab, context: Any, request: Any, result: Any) -> Markup | str:
    """Return what a tab shows: its template filled with a dict, HTML as it is, or text."""
    if isinstance(result, dict):
        if tab.template is None:
            raise DeclarationError(
                f"The tab {tab.title!r} returned a dict and has no template to fill with it"
            )
        return Markup(tab.template.render(**{"context": context, "request": request, **result}))
    if hasattr(result, "__html__"):
        return Markup(result.__html__())
    return "" if result is None else str(result)


def action_call(action: Action) -> Callable[[Any, Any], Any]:
    """Return the view of *action*: it is done, and the way leads back with a message."""

    def call(context: Any, request: Any) -> Any:
        result = action.function(context, request)
        return result if isinstance(result, Response) else done(request, action, [result])

    return call


@view(Folder, "act", area=AREA, method="POST", permission=See)
def act(folder: Folder, request: Any, action: str, pick: tuple[str, ...] = ()) -> Any:
    """Do a declared action with the children of *folder* that are picked, all of them or none.

    Raises NotFound for a child that is not there or has no such action, Forbidden where one may not.
    """
    results, found = [], None
    for name in selected_names(request, folder, pick):
        child = folder.get(name)
        if child is None or not visible(request, child):
            raise NotFound(f"{path_of(folder)}/{name}", path_of(folder), name, folder)
        found = request.registry[Actions].find(type(child), action)
        if found is None:
            raise NotFound(f"{path_of(child)}/@@{action}", path_of(child), action, child)
        decision = request.can(found.permission, child)
        if not decision:
            raise Forbidden(decision.sentence, decision)
        result = found.function(child, request)
        if isinstance(result, Response) and len(pick) == 1:
            return result
        results.append(result)
    if found is None:
        return request.redirect(folder, area=AREA, message="Nothing was picked")
    return done(request, found, results)


def done(request: Any, action: Action, results: list[Any]) -> Response:
    """Return the way back from an action, with what it said, or with its title."""
    said = dict.fromkeys(result for result in results if isinstance(result, str))
    number = f" ({len(results)})" if len(results) > 1 else ""
    response: Response = request.redirect(
        request.context, area=AREA, message="; ".join(said) or f"{action.title}: done{number}"
    )
    return response
