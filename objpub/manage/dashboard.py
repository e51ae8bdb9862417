"""The first page of a day: what was done lately, what waits, what was of one's own, what is old."""

from datetime import datetime
from datetime import timedelta
from datetime import UTC
from itertools import islice
from typing import Any

from objpub.content import modified_of
from objpub.content import Site
from objpub.errors import Busy
from objpub.lineage import path_of
from objpub.views import PUBLIC
from objpub.views import view

from .changes import latest_changes
from .frame import AREA
from .frame import framed
from .permission import check_signed_in
from .reports import ageing
from .reports import DAYS
from .review import waiting_in

RECENT = 15
MINE = 8
WAITING = 6
OLD = 5
LOOKED_AT = 100  # of the oldest, each is loaded; the report looks at more


@view(Site, "dashboard", area=AREA, permission=PUBLIC, template="dashboard.pt")
def dashboard(site: Site, request: Any) -> dict[str, Any]:
    """Show what was done lately, what waits for the one who asks, and what was done by the same."""
    check_signed_in(request)
    changes = list(latest_changes(request))
    user = request.identity.user_id
    own = (each for each in changes if each.user == user and each.resource is not None)
    mine = {id(each.resource): each for each in reversed(list(own))}
    waiting, complete = waiting_in(site, request)
    decided = [each for each in waiting if each.ways]
    return framed(
        request,
        "dashboard",
        "Overview",
        changes=changes[:RECENT],
        mine=list(islice(sorted(mine.values(), key=lambda each: each.moment, reverse=True), MINE)),
        waiting=decided[:WAITING],
        more=max(len(decided) - WAITING, 0),
        complete=complete,
        user=user,
        old=old_ones(request),
        modified_of=modified_of,
        path_of=path_of,
    )


def old_ones(request: Any) -> list[Any]:
    """Return some of what nobody has changed for long, the longest ago first; nothing during an indexing."""
    try:
        found, _ = ageing(request, datetime.now(UTC) - timedelta(days=DAYS), LOOKED_AT)
    except Busy:
        return []
    return found[:OLD]
