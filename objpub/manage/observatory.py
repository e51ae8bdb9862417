"""Which pages take long, where requests stand, and where they meet: conflicts, changes while reading."""

import os
from datetime import datetime
from datetime import UTC
from typing import Any

from objpub.content import Site
from objpub.views import view

from .frame import framed

MOST = 100  # rows


@view(Site, "observatory", area="manage", permission="manage", template="observatory.pt")
def show(site: Site, request: Any) -> dict[str, Any]:
    """Show what this process has met: its slowest pages of the day; the hottest classes and fields."""
    observatory, slowness = request.application.observatory, request.application.slowness
    slowest = request.application.measures.slowest
    sightings = observatory.sightings()
    hottest = (
        ("By class", observatory.hottest(lambda each: short(each.class_name))),
        ("By field", observatory.hottest(lambda each: f"{short(each.class_name)}.{each.field or '?'}")),
        ("By address", observatory.hottest(lambda each: each.address)),
    )
    return framed(
        request,
        "database",
        "Conflicts and slow requests",
        process=os.getpid(),
        since=moment(observatory.since),
        pages=[(each, moment(each.moment)) for each in slowest.pages()],
        paces=slowest.paces(),
        hottest=hottest,
        sightings=[(each, moment(each.last)) for each in sightings[:MOST]],
        more=max(len(sightings) - MOST, 0) + observatory.forgotten,
        slow_seconds=slowness.seconds,
        slow=[(each, moment(each.moment)) for each in tuple(slowness.found)],
    )


def short(name: str) -> str:
    """Return the name of a class without its module."""
    return name.rpartition(".")[2]


def moment(seconds: float) -> datetime:
    """Return a time in seconds since 1970 as an aware datetime."""
    return datetime.fromtimestamp(seconds, UTC)
