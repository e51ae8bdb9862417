"""What waits for a decision: of the one who asks, and what is his and waits for others."""

from dataclasses import dataclass
from datetime import datetime
from datetime import UTC
from functools import reduce
from operator import or_
from typing import Any

from objpub.catalog import find
from objpub.catalog import Indexes
from objpub.catalog import Query
from objpub.catalog import where
from objpub.content import Site
from objpub.content import title_of
from objpub.lineage import path_of
from objpub.operations import choices
from objpub.views import view
from objpub.workflow import decisions_of
from objpub.workflow import state_of
from objpub.workflow import workflow_of
from objpub.workflow import Workflows

from .frame import AREA
from .frame import framed
from .permission import check_signed_in

SHOWN = 100
LOOKED_AT = 1_000  # resources in a state in which something waits
#: Indexes of states: the other one is that of types which have a field "state" of their own.
STATES = ("state", "workflow_state")
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Waiting:
    """Something that waits. since, who, comment: of the decision that brought it there; None and "" for none.

    ways: titles of what the one who asks may decide.
    """

    resource: Any
    title: str
    path: str
    state: str
    since: datetime | None
    who: str
    comment: str
    ways: tuple[str, ...]


@view(Site, "review", area=AREA, permission="public", template="review.pt")
def review(site: Site, request: Any) -> Any:
    """List what waits for the one who asks, the longest first, and what of his own waits for others."""
    check_signed_in(request)
    found, complete = waiting_in(site, request)
    mine = [each for each in found if each.ways]
    others = [each for each in found if not each.ways and each.resource._owner == request.identity.user_id]
    return framed(
        request,
        "review",
        "Review",
        mine=mine[:SHOWN],
        more=max(len(mine) - SHOWN, 0),
        others=others[:SHOWN],
        complete=complete,
    )


def waiting_in(site: Site, request: Any) -> tuple[list[Waiting], bool]:
    """Return what waits in *site*, as far as the one who asks may see it, and whether that is all."""
    query = question(request)
    if query is None:
        return [], True
    results = find(request.identity, site, query)
    items = results.page(None, LOOKED_AT).items
    found = [waiting_of(request, each) for each in items if workflow_of(each) is not None]
    found.sort(key=lambda each: (each.since or LONG_AGO, each.path))
    return found, results.count <= LOOKED_AT


def question(request: Any) -> Query | None:
    """Return the query for what is in a state in which things wait; None where there is no such state."""
    states = {name for workflow in request.registry[Workflows] for name in workflow.waiting()}
    indexes = request.registry[Indexes]
    names = [name for name in STATES if any(spec.function is state_of for spec in indexes.named(name))]
    found: list[Query] = [getattr(where, name).among(sorted(states)) for name in names if states]
    return reduce(or_, found) if found else None


def waiting_of(request: Any, resource: Any) -> Waiting:
    """Return what the list says about *resource*."""
    workflow, state = workflow_of(resource), str(state_of(resource))
    deciding = workflow.waiting().get(state, frozenset()) if workflow is not None else frozenset()
    ways = [
        each.transition.title
        for each in choices(request.identity, resource)
        if each.transition.permission in deciding
    ]
    last = next(iter(decisions_of(resource)), None)
    return Waiting(
        resource,
        title_of(resource),
        path_of(resource),
        workflow.title_of(state) if workflow is not None else "",
        last.when if last else None,
        last.who_title if last else "",
        last.comment if last else "",
        tuple(ways),
    )
