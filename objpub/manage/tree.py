"""The tree at the side: the site as far as somebody opened it, and never more.

A branch is open if the browser's cookie says so, or if this page is in it and the cookie does not say that it
is closed. Of each open branch a few children are looked at, not all.
"""

from dataclasses import dataclass
from dataclasses import field
from itertools import islice
from typing import Any
from urllib.parse import quote
from urllib.parse import unquote

from objpub.content import Folder
from objpub.content import title_of
from objpub.lineage import inside
from objpub.lineage import lineage
from objpub.lineage import path_of

from .icons import icon_name
from .permission import sees_all
from .permission import visible

AREA = "manage"
COOKIE = "objpub_tree"
SHOWN = 20  # children of a branch
LOOKED_AT = 60  # children of a branch, where some are hidden
REMEMBERED = 40  # branches that a browser opened or closed
MOST_BYTES = 2_000  # of the cookie; browsers take 4,096
SHUT = "-"  # in front of a path: closed


@dataclass
class Row:
    """A line of the tree, and what is below it.

    symbol: the name of its icon. current: is this page about it? branch: can it be opened? open: is it?
    count: of what it holds, or None where that is not known. turn: the address that opens or closes it.
    rows: the children that are shown. rest: how many are not, None: some, or not known how many; more: the
    address where all are, or "" where nothing is left out.
    """

    title: str
    url: str
    symbol: str
    path: str
    current: bool = False
    branch: bool = False
    open: bool = False
    count: int | None = None
    turn: str = ""
    rows: list["Row"] = field(default_factory=list)
    rest: int | None = None
    more: str = ""


def tree_of(request: Any, context: Any) -> Row | None:
    """Return the top of the tree around *context*: the site, or the highest place above it that may be seen.

    It is open, whatever the cookie says. None for those who may see nothing of the lineage.
    """
    seen = [step for step in request.lineage(context) if visible(request, step)]
    return Tree(request, context, tree_state(request, seen[-1])).row(seen[-1]) if seen else None


def branch_of(request: Any, folder: Any) -> Row:
    """Return *folder* as an open branch, whatever the cookie says: for one that is opened in the page."""
    return Tree(request, None, tree_state(request, folder)).row(folder)


def tree_state(request: Any, top: Any) -> dict[str, bool]:
    """Return path → open? as the cookie of *request* says; *top* is open."""
    return {**state_from(request.cookies.get(COOKIE, "")), path_of(top): True}


class Tree:
    """What one page shows of the site. context: what the page is about, or None. state: path → open?"""

    def __init__(self, request: Any, context: Any, state: dict[str, bool]):
        self.request = request
        self.context = context
        self.state = state
        self.all = sees_all(request)
        query = request.environ.get("QUERY_STRING", "")
        self.back = request.prefix + request.incoming.path + (f"?{query}" if query else "")

    def row(self, resource: Any) -> Row:
        """Return the row of *resource*, with what is below it if it is open."""
        path = path_of(resource)
        row = Row(
            title=title_of(resource) if resource.__parent__ is not None or resource.title else "Site",
            url=self.request.url(resource, area=AREA),
            symbol=icon_name(resource),
            path=path,
            current=resource is self.context,
        )
        if isinstance(resource, Folder):
            row.count = len(resource) if self.all else None
            row.branch = row.count != 0
            row.open = row.branch and self.is_open(resource, path)
            row.turn = self.request.url(
                resource, "@@branch", area=AREA, state="closed" if row.open else "open", back=self.back
            )
            if row.open:
                self.fill(row, resource)
        return row

    def is_open(self, folder: Any, path: str) -> bool:
        """Is the branch of *folder* open?"""
        known = self.state.get(path)
        return self.context is not None and inside(self.context, folder) if known is None else known

    def fill(self, row: Row, folder: Any) -> None:
        """Put the first children of *folder* that may be seen into *row*, and say what is left out."""
        children = iter(folder.values())
        looked_at, shown = 0, []
        for child in islice(children, LOOKED_AT):
            looked_at += 1
            if self.all or visible(self.request, child):
                shown.append(child)
            if len(shown) > SHOWN:
                break
        whole = looked_at == len(folder) and len(shown) <= SHOWN
        shown = shown[:SHOWN]
        here = self.child_around(folder)
        if here is not None and here not in shown:
            shown.append(here)
        row.rows = [self.row(child) for child in shown]
        if not whole:
            row.rest = len(folder) - len(shown) if self.all else None
            row.more = "" if row.rest == 0 else row.url

    def child_around(self, folder: Any) -> Any:
        """Return the child of *folder* that this page is about, or in; None where it is elsewhere."""
        for step in lineage(self.context) if self.context is not None else ():
            if step.__parent__ is folder:
                return step if visible(self.request, step) else None
        return None


def state_from(cookie: str) -> dict[str, bool]:
    """Return path → open? from the value of the cookie; strangers may have written anything."""
    found = {}
    for each in cookie.split("!")[:REMEMBERED]:
        path = unquote(each.removeprefix(SHUT))
        if path.startswith("/"):
            found[path] = not each.startswith(SHUT)
    return found


def cookie_from(state: dict[str, bool]) -> str:
    """Return the value of the cookie for *state*: what was said last, as far as there is room."""
    written: list[str] = []
    for path, is_open in reversed(state.items()):
        each = ("" if is_open else SHUT) + quote(path, safe="/")
        if len(written) >= REMEMBERED or sum(map(len, written)) + len(written) + len(each) > MOST_BYTES:
            break
        written.insert(0, each)
    return "!".join(written)
