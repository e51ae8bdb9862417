"""What one person sees of a folder: which children, in which order, a page of them at a time.

A page in the folder's own order costs the same however large the folder is: only what it shows is loaded. So
does one in the order of an index, or of what has a value. Any other order has to load every child, and is
there for small folders only.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from operator import itemgetter
from struct import pack
from struct import unpack
from typing import Any

from objpub.content import Content
from objpub.content import Folder
from objpub.content import modified_of
from objpub.content import title_of
from objpub.settings import secret_of

from .cursors import Cursor
from .cursors import read_cursor
from .cursors import sign_cursor
from .facets import Facets
from .permission import sees_all
from .permission import visible

PAGE = 50  # children on one page
SORTED_UP_TO = 500  # children of a folder that may be sorted otherwise than the folder keeps them
COUNTED_UP_TO = 20  # children of a folder in a list, for those from whom something may be hidden
BLOCK = 100
MOST_HIDDEN = 2_000  # children in a row that one who asks does not see, until a list ends there

Key = Callable[[Any], tuple[str, ...]]

#: What a list can be sorted by: word → the key of a child, as text.
KEYS: dict[str, Callable[[Any], str]] = {
    "title": lambda child: title_of(child).casefold(),
    "name": lambda child: "",  # the name comes last in every key
    "changed": lambda child: moment_key(modified_of(child)),
}
OWN_ORDERS = ("", "-")  # the folder's own order, and the same backwards: there for any size
SORTS = (*OWN_ORDERS, *KEYS, *(f"-{word}" for word in KEYS))


@dataclass(frozen=True)
class Listing:
    """A page of a list.

    items: the children on it. next, previous: cursors of the pages behind and before it, None at an end.
    sort: what it is sorted by. total: how many children there are in all; None where that is not known
    without looking at each. is_small: can it be sorted as one likes? cut: were there too many to find all?
    is_good: False where the cursor was none of this list, so that its first page is shown.
    """

    items: tuple[Any, ...]
    next: str | None
    previous: str | None
    sort: str = ""
    total: int | None = None
    is_small: bool = True
    cut: bool = False
    is_good: bool = True


#: Before the name of a field, where a list is sorted by that.
FIELD = "field."
HUGE = 10**300  # beyond which numbers are sorted as one


def moment_key(moment: datetime | None) -> str:
    """Return *moment*, in UTC, as a text that sorts as time does."""
    return "" if moment is None else moment.isoformat(timespec="microseconds")


def list_folder(
    request: Any,
    folder: Folder,
    sort: str = "",
    wanted: str = "",
    page: str = "",
    facets: Facets | None = None,
) -> Listing:
    """Return a page of what the one who asks sees of *folder*.

    sort: one of SORTS, or FIELD and a name; one that the folder is too large for means its own order. wanted:
    a text that names or titles have in them; in a large folder, that names begin with. page: a cursor, or ""
    for the first. facets: what the list is narrowed to.
    """
    facets = facets or Facets(request, folder)
    is_small = len(folder) <= SORTED_UP_TO
    any_order = is_small or bool(wanted)
    sort = possible_sort(folder, facets, sort, any_order)
    about = f"{folder._p_oid!r} {sort} {wanted} {sorted(facets.filters.items())}"
    secret = secret_of(request.settings)
    cursor = read_cursor(secret, page, about) if page else None
    total = len(folder) if sees_all(request) and not facets.filters else None
    cut = False
    if not any_order and (sort not in OWN_ORDERS or facets.filters):
        return page_by_index(facets, sort, cursor, lambda made: sign_cursor(secret, made, about), bool(page))
    if wanted and not is_small and sort in OWN_ORDERS:
        names = sorted(names_fitting(folder, wanted, facets), reverse=sort == "-")
        cut = len(names) > SORTED_UP_TO
        total = len(names) if total is not None else None
        key = key_for(sort)
        items, before, behind = page_of_names(request, folder, names[:SORTED_UP_TO], cursor)
    elif wanted or facets.filters or sort not in OWN_ORDERS:
        children = [each for each in matching(request, folder, wanted) if facets.fits(each)]
        cut = len(children) > SORTED_UP_TO
        children = children[:SORTED_UP_TO]
        total = len(children)
        key = key_for(sort)
        items, before, behind = page_of_sorted(children, key, sort.startswith("-"), cursor)
    else:
        key = key_in_order(folder)
        items, before, behind = page_in_order(request, folder, sort.startswith("-"), cursor)
    return Listing(
        items=items,
        next=sign_cursor(secret, Cursor(False, key(items[-1])), about) if behind else None,
        previous=sign_cursor(secret, Cursor(True, key(items[0])), about) if before else None,
        sort=sort,
        total=total,
        is_small=is_small,
        cut=cut,
        is_good=cursor is not None or not page,
    )


def possible_sort(folder: Folder, facets: Facets, sort: str, any_order: bool) -> str:
    """Return *sort*, or the own order of *folder* where it cannot be sorted so, or is the same."""
    if not folder.is_ordered and sort in {"name", "-name"}:
        return sort.removesuffix("name")
    return sort if any_order or sort in OWN_ORDERS or can_sort(facets, sort) else ""


def names_fitting(folder: Folder, wanted: str, facets: Facets) -> list[str]:
    """Return the names like *wanted* of what the list is narrowed to, up to one more than may be sorted."""
    names = names_like(folder, wanted)
    fitting = (name for name in names if not facets.filters or facets.fits(folder[name]))
    return list(islice(fitting, SORTED_UP_TO + 1))


def can_sort(facets: Facets, sort: str) -> bool:
    """Can a folder of any size be sorted so?"""
    name = sort.removeprefix("-")
    return name.startswith(FIELD) and facets.here is not None and facets.here.can_sort(name[len(FIELD) :])


def page_by_index(
    facets: Facets, sort: str, cursor: Cursor | None, sign: Callable[[Cursor], str], was_asked: bool
) -> Listing:
    """Return a page of a large folder along an index. was_asked: did the address name a page?"""
    assert facets.here is not None
    name = sort.removeprefix("-").removeprefix(FIELD)
    options = (facets.filters, name, sort.startswith("-"))
    after, back = (cursor.key[0], cursor.back) if cursor is not None else ("", False)
    found = facets.here.page(*options, after, back, PAGE)
    if cursor is not None and (not found.items or (back and not found.before)):
        found = facets.here.page(*options, limit=PAGE)  # what is before the cursor fits on the first page
    return Listing(
        items=found.items,
        next=sign(Cursor(False, (found.last,))) if found.behind else None,
        previous=sign(Cursor(True, (found.first,))) if found.before else None,
        sort=sort,
        is_small=False,
        cut=found.cut,
        is_good=cursor is not None or not was_asked,
    )


def key_in_order(folder: Folder) -> Key:
    """Return what gives the place of a child in the order of *folder*."""
    return lambda child: (folder.cursor_of(child.__name__),)


def page_in_order(
    request: Any, folder: Folder, reverse: bool, cursor: Cursor | None
) -> tuple[tuple[Any, ...], bool, bool]:
    """Return a page in the order of *folder*, whether there is something before it, and behind it."""
    if cursor is not None and cursor.back:
        found = list(islice(seen_from(request, folder, cursor.key[0], not reverse), PAGE + 1))
        if len(found) > PAGE:
            return tuple(found[PAGE - 1 :: -1]), True, True
        cursor = None  # what is before the cursor fits on the first page
    at = cursor.key[0] if cursor is not None else ""
    items = list(islice(seen_from(request, folder, at, reverse), PAGE + 1))
    if not items and at:  # whatever was behind the cursor is gone
        return page_in_order(request, folder, reverse, None)
    before = at and next(seen_from(request, folder, folder.cursor_of(items[0].__name__), not reverse), None)
    return tuple(items[:PAGE]), bool(before), len(items) > PAGE


def seen_from(request: Any, folder: Folder, cursor: str, reverse: bool = False) -> Iterator[Any]:
    """Yield the children of *folder* behind *cursor* that the one who asks sees.

    After a long row of others it is given up: a page must not take the longer, the more is hidden.
    """
    block = folder.page(cursor, PAGE + 1, reverse)
    hidden = 0
    while hidden <= MOST_HIDDEN:
        for child in block:
            if visible(request, child):
                hidden = 0
                yield child
            else:
                hidden += 1
        if block.next is None:
            return
        block = folder.page(block.next, BLOCK, reverse)


def matching(request: Any, folder: Folder, wanted: str, most: int = SORTED_UP_TO) -> list[Any]:
    """Return the children of *folder* that fit *wanted*, up to one more than *most*."""
    if len(folder) > SORTED_UP_TO and wanted:
        names: Iterable[str] = names_like(folder, wanted)
        found = (child for name in names if visible(request, child := folder[name]))
        return list(islice(found, most + 1))
    word = wanted.casefold()
    seen = (child for child in folder.values() if visible(request, child))
    return [
        child for child in seen if word in child.__name__.casefold() or word in title_of(child).casefold()
    ]


def page_of_names(
    request: Any, folder: Folder, names: list[str], cursor: Cursor | None
) -> tuple[tuple[Any, ...], bool, bool]:
    """Return a page of the children called *names*, in this order, of which no others are loaded.

    The second and the third value say whether there is something before it, and behind it.
    """
    at = cursor.key[-1] if cursor is not None else None
    descending = len(names) > 1 and names[0] > names[-1]
    start = sum(each > at if descending else each < at for each in names) if at is not None else 0
    behind = start + 1 if start < len(names) and names[start] == at else start
    if cursor is not None and cursor.back:
        found = list(islice(seen_of(request, folder, reversed(names[:start])), PAGE))[::-1]
    else:
        found = list(islice(seen_of(request, folder, names[behind:]), PAGE))
    if not found:
        return ((), False, False) if cursor is None else page_of_names(request, folder, names, None)
    first, last = names.index(found[0].__name__), names.index(found[-1].__name__)
    before_it, behind_it = reversed(names[:first]), names[last + 1 :]
    return (
        tuple(found),
        any(True for _ in seen_of(request, folder, before_it)),
        any(True for _ in seen_of(request, folder, behind_it)),
    )


def seen_of(request: Any, folder: Folder, names: Iterable[str]) -> Iterator[Any]:
    """Yield the children called *names* that the one who asks sees."""
    return (child for name in names if visible(request, child := folder[name]))


def names_like(folder: Folder, wanted: str) -> Iterator[str]:
    """Yield the names that begin as *wanted* does: as it is typed, and as it would stand in a URL."""
    typed = wanted.strip()
    starts = dict.fromkeys([typed, typed.lower(), "-".join(typed.lower().split())])
    seen: set[str] = set()
    for start in starts:
        for name in folder.names_with(start):
            if name not in seen:
                seen.add(name)
                yield name


def page_of_sorted(
    children: list[Any], key: Key, reverse: bool, cursor: Cursor | None
) -> tuple[tuple[Any, ...], bool, bool]:
    """Return a page of *children*, sorted; whether there is something before it, and behind it."""
    keyed = sorted(((key(child), child) for child in children), key=itemgetter(0), reverse=reverse)
    start = 0
    if cursor is not None:
        passed = (each > cursor.key if reverse else each < cursor.key for each, _ in keyed)
        start = sum(passed)
        if cursor.back:
            start = max(0, start - PAGE)
        elif start < len(keyed) and keyed[start][0] == cursor.key:
            start += 1
    if start >= len(keyed):
        start = max(0, len(keyed) - PAGE)
    items = tuple(child for _, child in keyed[start : start + PAGE])
    return items, start > 0, start + PAGE < len(keyed)


def key_for(sort: str) -> Key:
    """Return what gives the key of a child in a list sorted by *sort*: by name, if by nothing else."""
    word = sort.removeprefix("-")
    if word.startswith(FIELD):
        name, lacking = word[len(FIELD) :], "0" if sort.startswith("-") else "2"  # what has none comes last
        return lambda child: (sortable(getattr(child, name, None)) or lacking, child.__name__)
    first = KEYS[word or "name"]
    return lambda child: (first(child), child.__name__)


def sortable(value: Any) -> str:
    """Return a text that sorts as *value* does among others of its kind; "" for none."""
    if isinstance(value, Content):
        value = title_of(value)
    if isinstance(value, int | float | Decimal):
        value = max(min(value, HUGE), -HUGE)
        (bits,) = unpack(">q", pack(">d", float(value)))
        return f"1{(bits if bits >= 0 else -(bits & 2**63 - 1)) + 2**63:020}"
    if isinstance(value, datetime):
        return f"1{moment_key(value)}"
    if isinstance(value, tuple | frozenset):
        value = " ".join(sorted(map(str, value)))
    return "" if value is None or value == "" else f"1{str(value).casefold()}"


def count_seen(request: Any, folder: Folder) -> str:
    """Return how many children of *folder* the one who asks sees, as text: "3", "20+", or "" for unknown.

    Where things may be hidden from somebody only the first few are looked at, and nothing is said of others.
    """
    if sees_all(request):
        return str(request.format.number(len(folder)))
    looked_at = list(islice(folder.values(), 2 * COUNTED_UP_TO + 1))
    seen = sum(visible(request, child) for child in looked_at)
    if len(looked_at) <= 2 * COUNTED_UP_TO:
        return str(seen)
    return f"{COUNTED_UP_TO}+" if seen >= COUNTED_UP_TO else ""
