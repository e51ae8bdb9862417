"""All of a list at once: what the page of a folder shows is written into one value, and found again by it."""

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs
from urllib.parse import urlencode

from objpub.content import Folder
from objpub.errors import NotPossible

from .facets import Facets
from .facets import ONLY
from .listing import Listing
from .listing import matching
from .listing import OWN_ORDERS
from .picking import count_of
from .picking import NAMES
from .picking import Picks
from .picking import picks_in
from .picking import text_of
from .picking import unpacked
from .picking import WHOLE

MOST = 10_000  # children of a folder of which all can be picked
EVERYTHING = "everything"


def offered_whole(folder: Folder, listing: Listing, find: str, facets: Facets) -> str:
    """Return the value that means all of the list of *folder*; "" where one page has it, or it is too long.

    In the order of an index a large list leaves out what has no value, so that it is not all there is.
    """
    is_partial = listing.cut or not (listing.is_small or find or listing.sort in OWN_ORDERS)
    if is_partial or len(folder) > MOST or not (listing.next or listing.previous):
        return ""
    return written(find, facets.filters)


def written(find: str, filters: Mapping[str, str]) -> str:
    """Return the value that means all of a list that is narrowed by *find* and *filters*."""
    only = [(ONLY, f"{name}:{text}") for name, text in filters.items()]
    return urlencode([("find", find)] * bool(find) + only) or EVERYTHING


def selected(request: Any, folder: Folder, names: Iterable[str]) -> Picks:
    """Return what was picked in the list of *folder*: *names*; or, where the form says so, all of the list.

    Raises NotPossible for a list that is too long for that, and for what no list has offered: understood in
    part only it would mean more than was asked for.
    """
    whole = text_of(request, WHOLE)
    if not whole or whole.startswith(NAMES):
        return picks_in(request, folder, unpacked(whole) if whole else names)
    said = {} if whole == EVERYTHING else parse_qs(whole)
    facets = Facets(request, folder, said.get(ONLY, []))
    wanted = (said.get("find") or [""])[-1]
    if len(folder) > MOST:
        raise NotPossible(f"Of a folder with more than {MOST:,} items each has to be picked by itself")
    if written(wanted, facets.filters) != whole:
        raise NotPossible(f"Nothing is known of a list {whole[:60]!r} here; go back, and pick it again")
    found = (each for each in matching(request, folder, wanted, MOST) if facets.fits(each))
    return Picks(tuple(found), (), whole, count_of(request))


def selected_names(request: Any, folder: Folder, names: Iterable[str]) -> list[str]:
    """Return the names of what was picked, for what is done while somebody waits.

    *names* are returned as they are, whether something is called so or not. Raises NotPossible for too many.
    """
    whole = text_of(request, WHOLE)
    if not whole or whole.startswith(NAMES):
        return list(dict.fromkeys(unpacked(whole) if whole else names))
    picks, most = selected(request, folder, ()), request.settings.limits.at_once
    if len(picks.found) > most:
        raise NotPossible(f"That is done with at most {most:,} items at once")
    return picks.names
