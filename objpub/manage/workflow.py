"""The Workflow tab: in which state something is, what can become of it, and who decided what so far."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from objpub.content import Content
from objpub.content import Folder
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.errors import Refused
from objpub.lineage import path_of
from objpub.operations import choices
from objpub.operations import schedulable
from objpub.operations import schedule
from objpub.operations import scheduled_for
from objpub.operations import transition as make_transition
from objpub.operations import unschedule
from objpub.security import NO_IDENTITY
from objpub.security import Policy
from objpub.views import Response
from objpub.views import view
from objpub.workflow import decisions_of
from objpub.workflow import state_of
from objpub.workflow import Transition
from objpub.workflow import Workflow
from objpub.workflow import workflow_of

from .frame import AREA
from .frame import framed
from .permission import See
from .permission import visible
from .selecting import selected_names
from .typed import refused
from .typed import Typed

SHOWN = 50  # decisions
NOTHING = "Nothing was picked"


@view(Content, "workflow", area=AREA, permission=See, template="workflow.pt")
def workflow(content: Content, request: Any) -> Any:
    """Show the state of *content*, the ways from it, and its history."""
    require_workflow(content)
    return page_of(request, Typed())


@view(Content, "workflow", area=AREA, method="POST", permission=See, template="workflow.pt")
def decide(
    content: Content, request: Any, transition: str = "", comment: str = "", when: str = "", cancel: str = ""
) -> Any:
    """Make a transition, schedule one, or cancel one that is scheduled.

    transition: its name. comment: why. when: a moment in the time of the site, "" for now. cancel: the id of
    one that is scheduled.
    """
    found = require_workflow(content)
    try:
        if cancel:
            unschedule(request.identity, content, cancel)
            return back(request, content, "It is not scheduled any more")
        if not transition:
            raise Invalid({"transition": "wanted the name of a transition"})
        if when:
            schedule(request.identity, content, transition, moment_from(request, when), comment)
            return back(request, content, "It is scheduled")
        make_transition(request.identity, content, transition, comment)
    except Refused as error:
        return refused(request, error, lambda typed: page_of(request, typed), "transition")
    title = found.title_of(str(state_of(content)))
    return back(request, content, f"It is “{title}” now")


def moment_from(request: Any, text: str) -> datetime:
    """Return the moment that *text*, such as "2026-11-21T18:00", means on the site. Raises Invalid."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        wanted = f"wanted a day and a time, such as 2030-01-31T08:00, not {text!r:.40}"
        raise Invalid({"when": wanted}) from error
    return found if found.tzinfo is not None else found.replace(tzinfo=request.site.zone)


@view(Folder, "workflow-all", area=AREA, method="POST", permission=See)
def decide_all(folder: Folder, request: Any, transition: str = "", pick: tuple[str, ...] = ()) -> Any:
    """Make a transition of each child of *folder* that is picked, of all of them or of none."""
    children = []
    for name in selected_names(request, folder, pick):
        child = folder.get(name)
        if child is None or not visible(request, child):
            raise NotFound(f"{path_of(folder)}/{name}", path_of(folder), name, folder)
        children.append(child)
    for child in children:
        make_transition(request.identity, child, transition)
    said = f"Done with {len(children):,} items" if len(children) != 1 else "Done"
    return request.redirect(folder, area=AREA, message=said if children else NOTHING)


def back(request: Any, content: Content, message: str) -> Response:
    """Return the way back to the tab; to the list around it, where one may not see *content* any more."""
    response: Response = (
        request.redirect(content, "@@workflow", area=AREA, message=message)
        if visible(request, content)
        else request.redirect(content.__parent__, area=AREA, message=message)
    )
    return response


def require_workflow(content: Content) -> Workflow:
    """Return the workflow of *content*. Raises NotFound where its type has none."""
    found = workflow_of(content)
    if found is None:
        raise NotFound(f"{path_of(content)}/@@workflow", path_of(content), "workflow", content)
    return found


def page_of(request: Any, typed: Typed) -> dict[str, Any]:
    """Return what the template of the tab is filled with."""
    content = request.context
    found = require_workflow(content)
    decisions = decisions_of(content)
    return framed(
        request,
        "workflow",
        typed=typed,
        state=found.title_of(str(state_of(content))),
        is_public=bool(request.registry[Policy].can(NO_IDENTITY, "view", content)),
        choices=choices(request.identity, content),
        planned=scheduled_for(content),
        plannable=schedulable(request.identity, content),
        decisions=decisions[:SHOWN],
        more=max(len(decisions) - SHOWN, 0),
        flow=found,
    )


def transitions_of(request: Any, resources: Iterable[Any]) -> list[Transition]:
    """Return the transitions that the one who asks may make with any of *resources*, each name once.

    Those that want a comment are left out: they are made one by one.
    """
    found: dict[str, Transition] = {}
    for resource in resources:
        if workflow_of(resource) is not None:
            for each in choices(request.identity, resource):
                if each.is_possible and not each.transition.comment:
                    found.setdefault(each.transition.name, each.transition)
    return list(found.values())
