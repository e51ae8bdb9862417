"""The contents page of a folder: what is in it, and what can be done with that."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from objpub.content import addable_in
from objpub.content import BrokenResource
from objpub.content import content_type_of
from objpub.content import ContentType
from objpub.content import File
from objpub.content import Folder
from objpub.content import modified_of
from objpub.content import title_of
from objpub.database import user_of_revision
from objpub.errors import DeclarationError
from objpub.publisher import Markup
from objpub.schema import Field
from objpub.security import Identity
from objpub.security import NO_IDENTITY
from objpub.security import Policy
from objpub.views import Action
from objpub.views import html
from objpub.views import Response
from objpub.views import view
from objpub.views import views_in
from objpub.workflow import state_of
from objpub.workflow import Transition
from objpub.workflow import workflow_of

from .clipboard import clipboard_of
from .columns import cell
from .columns import chosen
from .columns import Column
from .columns import FIELD
from .columns import field_of
from .columns import offered
from .facets import Facets
from .frame import AREA
from .frame import framed
from .icons import icon
from .icons import icon_name
from .icons import known
from .listing import can_sort
from .listing import count_seen
from .listing import list_folder
from .listing import Listing
from .listing import OWN_ORDERS
from .listing import SORTED_UP_TO
from .listing import SORTS
from .permission import See
from .permission import sees_all
from .picking import text_of
from .selecting import offered_whole
from .tabs import actions_of
from .taking import takes_files
from .workflow import transitions_of

#: What each sort is called in the menu, for folders that sort by name, and for those that keep an order.
WORDS = {
    "": ("Name, A to Z", "As ordered here"),
    "-": ("Name, Z to A", "As ordered here, last first"),
    "title": ("Title, A to Z",) * 2,
    "-title": ("Title, Z to A",) * 2,
    "-changed": ("Newest change first",) * 2,
    "changed": ("Oldest change first",) * 2,
    "name": ("Name, A to Z",) * 2,
    "-name": ("Name, Z to A",) * 2,
}
#: What the head of a column sorts by, and by a second click, where a folder sorts by name, or keeps an order.
COLUMNS = {
    "name": (("", "-"), ("title", "-title")),
    "changed": (("-changed", "changed"),) * 2,
}
#: The buttons of a kept order: (where to, a word).
GOALS = (("first", "Top"), ("up", "Up"), ("down", "Down"), ("last", "Bottom"))
SOMEBODY = Identity(None, "somebody who is signed in", frozenset({"everyone", "authenticated"}))
FIND_LENGTH = 255


@dataclass(frozen=True)
class Status:
    """Who may see something: a class for its look, a symbol, a word, and a sentence."""

    css: str
    symbol: str
    word: str
    sentence: str


@dataclass(frozen=True)
class Row:
    """A line of the list.

    at: the address of the child, relative to the folder's own, with a slash at its end. href: where its title
    leads. site: its address on the public site. detail: a count or a size. may: what the one who asks may do
    with it, of "edit", "delete" and "copy". actions: what the site declared besides. ways: to another state.
    cells: what columns of fields show, by the name of the column.
    """

    name: str
    title: str
    at: str
    href: str
    site: str
    symbol: Markup
    kind: str
    detail: str
    status: Status
    changed: datetime | None
    who: str
    may: frozenset[str]
    actions: tuple[Action, ...]
    ways: tuple[Transition, ...] = ()
    cells: Mapping[str, str] = dataclass_field(default_factory=dict)


@dataclass(frozen=True)
class Head:
    """The head of a column. goal: the sort it leads to, or None. way: of the sort now, as in aria-sort."""

    name: str
    title: str
    goal: str | None = None
    way: str | None = None


@view(Folder, "", area=AREA, permission=See, template="contents.pt")
def contents(folder: Folder, request: Any) -> Any:
    """Show a page of what is in *folder*.

    Of the query: find, what names and titles have in them; sort, one of SORTS; page, a cursor.
    """
    find, sort, page = (text_of(request, name) for name in ("find", "sort", "page"))
    complaint = ""
    if sort not in SORTS and not is_sortable(request, sort.removeprefix("-")):
        complaint, sort = "There is no such order; this is the folder's own.", ""
    if len(find) > FIND_LENGTH:
        complaint, find = "That is too long to look for.", ""
    values = contents_page(folder, request, find.strip(), sort, page)
    complaint = complaint or values["facets"].complaint
    if not complaint and not values["listing"].is_good:
        complaint = "That page of the list cannot be found; this is its beginning."
    return refused(request, folder, values, complaint, 422) if complaint else values


def contents_page(
    folder: Folder, request: Any, find: str = "", sort: str = "", page: str = ""
) -> dict[str, Any]:
    """Return what the template of the contents page is filled with."""
    facets = Facets(request, folder)
    listing = list_folder(request, folder, sort, find, page, facets)
    every = offered(request, folder, map(type, listing.items))
    shown = chosen(request, folder, every)
    rows = Rows(request, folder, [each.field for each in shown if each.field is not None])
    stated = any(workflow_of(each) is not None for each in listing.items)
    sortable = [each for each in shown if can_head(request, facets, listing, each)]
    sorts = sorts_of(folder, listing, find, sortable)
    query = {"sort": listing.sort or None, "find": find or None}
    may_add = bool(request.can("add", folder))
    return framed(
        request,
        "contents",
        listing=listing,
        rows=[rows.row(child) for child in listing.items],
        symbol=rows.symbol,
        symbols=rows.symbols,
        about=rows.about_folder(),
        complaint="",
        find=find,
        page=page if listing.is_good else "",
        told=told_of(request, listing),
        whole=offered_whole(folder, listing, find, facets),
        facets=facets,
        groups=facets.groups(listing.is_small, **query),
        address=lambda **more: facets.address(facets.filters, **{**query, **more}),
        sorts=sorts,
        heads=heads_of(folder, listing.sort, sorts, shown, stated),
        every_column=[(each, each in shown) for each in every] if request.identity.user_id else [],
        limit=request.format.number(SORTED_UP_TO),
        in_order=is_in_order(request, folder, listing, bool(find or facets.filters)),
        addable=kinds_here(request, folder) if may_add else [],
        goals=GOALS,
        may_add=may_add,
        may_upload=may_add and takes_files(request.registry, folder),
        clipboard=clipboard_of(request),
        bulk=actions_of(request, listing.items, bulk=True),
        ways=transitions_of(request, listing.items),
        is_empty=not listing.items and not find and not facets.filters,
    )


def refused(request: Any, folder: Folder, values: dict[str, Any], complaint: str, status: int) -> Response:
    """Return the contents page of *folder* with a *complaint* on it; nothing has been changed."""
    page = views_in(request.registry, AREA).find(Folder, ("", "GET"))
    if page is None or page.render is None:
        raise DeclarationError("The contents page has no template to show")
    response = html(page.render(folder, request, {**values, "complaint": complaint}))
    response.status_int = status
    response.headers["Cache-Control"] = "no-store"
    return response


def kinds_here(request: Any, folder: Folder) -> list[tuple[ContentType, str, Markup]]:
    """Return the types of what may be added in *folder*, by title: (type, its name in a URL, its symbol)."""
    found = addable_in(request.registry, folder)
    names = Counter(each.name for each in found)
    return [
        (each, each.name if names[each.name] == 1 else each.dotted, icon(request, each.icon or "page"))
        for each in found
    ]


def told_of(request: Any, listing: Listing) -> str:
    """Return how much of the folder is on this page: "50 of 526", or "50" where the rest is not counted."""
    shown = request.format.number(len(listing.items))
    if listing.cut:
        return f"{shown} of the first {request.format.number(SORTED_UP_TO)}"
    if listing.total is None or listing.total == len(listing.items):
        return str(shown)
    return f"{shown} of {request.format.number(listing.total)}"


def is_in_order(request: Any, folder: Folder, listing: Listing, is_narrowed: bool) -> bool:
    """Is the list in the order that *folder* keeps, and may it be changed?"""
    return bool(folder.is_ordered and not is_narrowed and listing.sort == "" and request.can("edit", folder))


def is_sortable(request: Any, word: str) -> bool:
    """Is *word*, "field.published_on", of a field whose order may be told to the one who asks?"""
    field = field_of(request.registry, word)
    return field is not None and (field.read is None or sees_all(request))


def can_head(request: Any, facets: Facets, listing: Listing, column: Column) -> bool:
    """Can the list be sorted by the field of *column*?"""
    if column.field is None or not is_sortable(request, column.name):
        return False
    return listing.is_small or can_sort(facets, column.name)


def sorts_of(
    folder: Folder, listing: Listing, find: str, columns: Iterable[Column]
) -> list[tuple[str, str, bool]]:
    """Return the sorts that *folder* can have: (word in the URL, word for people, is it this one?).

    columns: of fields by which the list can be sorted.
    """
    possible = [each for each in WORDS if each in OWN_ORDERS or listing.is_small or find]
    if not folder.is_ordered:  # by name is its own order
        possible = [each for each in possible if each.removeprefix("-") != "name"]
    column = int(folder.is_ordered)
    words = {each: WORDS[each][column] for each in possible}
    for each in columns:
        words[each.name], words[f"-{each.name}"] = f"{each.title}, upwards", f"{each.title}, downwards"
    words.setdefault(listing.sort, "By a column that is not shown")
    return [(each, text, each == listing.sort) for each, text in words.items()]


def heads_of(
    folder: Folder, sort: str, sorts: Iterable[tuple[str, str, bool]], shown: list[Column], stated: bool
) -> list[Head]:
    """Return the heads of the columns, that of the names first. stated: has anything on the page a state?"""
    possible = {word for word, _, _ in sorts}
    heads = []
    for each in (Column("name", "Name", True), *shown):
        orders = COLUMNS.get(each.name)
        first, second = orders[int(folder.is_ordered)] if orders else (each.name, f"-{each.name}")
        title = "Seen by" if each.name == "state" and not stated else each.title
        if first not in possible:
            heads.append(Head(each.name, title))
            continue
        way = "descending" if sort.startswith("-") else "ascending"
        is_sorted = sort in {first, second}
        goal = second if sort == first else first
        heads.append(Head(each.name, title, goal, way if is_sorted else None))
    return heads


class Rows:
    """Makes the lines of one page; what they share is worked out once."""

    def __init__(self, request: Any, folder: Folder, fields: Iterable[Field] = ()):
        self.request = request
        self.folder = folder
        self.fields = tuple(fields)
        self.policy = request.registry[Policy]
        self.symbols: dict[str, str] = {}
        self.title_of_user = lru_cache(maxsize=None)(self._title_of_user)

    def row(self, child: Any) -> Row:
        """Return the line of *child*."""
        can = self.request.can
        at = f"{quote(child.__name__, safe='')}/"
        is_folder = isinstance(child, Folder)
        may = {word for word in ("edit", "delete") if can(word, child)}
        if isinstance(child, BrokenResource):
            may &= {"delete"}
        else:
            may.add("copy")
        href = at if is_folder else f"{at}@@edit" if "edit" in may else at[:-1]
        content_type = content_type_of(child)
        return Row(
            name=child.__name__,
            title=title_of(child),
            at=at,
            href=href,
            site=self.request.url(child),
            symbol=self.symbol(icon_name(child)),
            kind=content_type.title if content_type else "Broken item",
            detail=self.detail(child),
            status=self.status(child),
            changed=modified_of(child),
            who=self.title_of_user(user_of_revision(child)),
            may=frozenset(may),
            actions=tuple(actions_of(self.request, [child])),
            ways=tuple(transitions_of(self.request, [child])),
            cells={f"{FIELD}{each.name}": cell(self.request, child, each) for each in self.fields},
        )

    def about_folder(self) -> dict[str, Any]:
        """Return what the head of the page says of the folder itself."""
        folder = self.folder
        content_type = content_type_of(folder)
        return {
            "status": self.status(folder),
            "kind": content_type.title if content_type else "Folder",
            "count": count_seen(self.request, folder),
            "changed": modified_of(folder),
            "who": self.title_of_user(user_of_revision(folder)),
        }

    def detail(self, child: Any) -> str:
        """Return how much *child* holds, or how large it is."""
        if isinstance(child, Folder):
            count = count_seen(self.request, child)
            return f"{count} {'item' if count == '1' else 'items'}" if count not in {"", "0"} else ""
        if isinstance(child, File):
            return str(self.request.format.bytes(child.size))
        return ""

    def status(self, resource: Any) -> Status:
        """Say who may see *resource* on the public site; of what has a workflow in which state it is."""
        seen = self.seen_by(resource)
        workflow, state = workflow_of(resource), state_of(resource)
        if workflow is None or state is None:
            return seen
        css, symbol = (seen.css, seen.symbol)
        if seen.css != PUBLIC.css:
            css, symbol = ("draft", "s-draft") if state == workflow.initial else ("review", "s-review")
        return Status(css, symbol, workflow.title_of(state), seen.sentence)

    def seen_by(self, resource: Any) -> Status:
        """Say who may see *resource* on the public site."""
        if self.policy.can(NO_IDENTITY, "view", resource):
            return PUBLIC
        decision = self.policy.can(SOMEBODY, "view", resource)
        if decision:
            return MEMBERS
        needs = decision.needs
        return Status("private", "s-private", "Restricted", needs[0].text if needs else decision.sentence)

    def _title_of_user(self, user_id: str) -> str:
        """Return what people call the user whose id a transaction bears."""
        if not user_id:
            return ""
        users = getattr(self.request.site, "users", None)
        return user_id if users is None else str(users.title_of_principal(f"user:{user_id}"))

    def symbol(self, name: str) -> Markup:
        """Return the markup of a symbol that stands on the page many times: it points into the page itself.

        What it points to is among `symbols`, which the template puts there once.
        """
        name = known(name)
        if name not in self.symbols:
            self.symbols[name] = f"{self.request.static('objpub-manage/icons.svg')}#{name}"
        return Markup(f'<svg class="i" aria-hidden="true"><use href="#i-{name}"/></svg>')


PUBLIC = Status("published", "s-published", "Public", "Everyone can see it.")
MEMBERS = Status("review", "s-review", "Signed in", "Everybody who is signed in can see it.")
