"""Reports: what was not changed for long, and which types there are how often. Asked of the catalog."""

from datetime import datetime
from datetime import timedelta
from datetime import UTC
from itertools import islice
from typing import Any

from objpub.catalog import kind
from objpub.content import ContentType
from objpub.content import File
from objpub.content import Folder
from objpub.content import modified_of
from objpub.content import Site
from objpub.errors import Busy
from objpub.errors import Invalid
from objpub.views import PUBLIC
from objpub.views import view

from .frame import AREA
from .frame import framed
from .permission import check_signed_in
from .permission import visible
from .searching import ask
from .searching import kinds_of
from .searching import row_of

DAYS = 365
MOST_DAYS = 36_500
SHOWN = 50
LOOKED_AT = 1_000  # of the oldest; each is loaded


@view(Site, "reports", area=AREA, permission=PUBLIC, template="reports.pt")
def reports(site: Site, request: Any, days: int = DAYS) -> dict[str, Any]:
    """Show what nobody has changed for so many *days*, and how many there are of each type.

    Raises Invalid for days that there never were.
    """
    check_signed_in(request)
    if not 0 <= days <= MOST_DAYS:
        raise Invalid({"days": f"wanted a number of days from 0 to {MOST_DAYS:,}, not {days:,}"})
    problem = ""
    aged: list[Any] = []
    complete, counts = True, []
    try:
        aged, complete = ageing(request, datetime.now(UTC) - timedelta(days=days), LOOKED_AT)
        counts = [(each, how_many(request, each)) for each in kinds_of(request)]
    except Busy as error:
        problem = str(error)
    return framed(
        request,
        "reports",
        "Reports",
        days=days,
        aged=[row_of(each) for each in aged[:SHOWN]],
        more=max(len(aged) - SHOWN, 0),
        complete=complete,
        looked_at=LOOKED_AT,
        counts=sorted((each for each in counts if each[1]), key=lambda each: (-each[1], each[0].title)),
        problem=problem,
    )


def ageing(request: Any, before: datetime, most: int) -> tuple[list[Any], bool]:
    """Return what was last changed *before* a moment, the longest ago first; and whether all was looked at.

    No index knows when something was changed: at most so many, *most*, of what was made first are looked at.
    Folders and files are left out: they stay as they are while what is in or around them changes.
    Raises Busy while the site is being indexed.
    """
    query = ~kind(Folder, File)
    results = ask(request, [], query, sort="created")
    old = [each for each in islice(results, most) if each is not None and is_older(each, before)]
    seen = [each for each in old if visible(request, each)]
    seen.sort(key=lambda each: modified_of(each) or before)
    return seen, len(results) <= most


def is_older(resource: Any, before: datetime) -> bool:
    """Was *resource* last changed *before* a moment?"""
    changed = modified_of(resource)
    return changed is not None and changed < before


def how_many(request: Any, content_type: ContentType) -> int:
    """Return how many there are of just this type, as far as the one who asks may see them."""
    own = content_type.kind
    others = [each.kind for each in kinds_of(request) if each.kind is not own and issubclass(each.kind, own)]
    query = kind(own) & ~kind(*others) if others else kind(own)
    found: int = ask(request, [], query).count
    return found
