"""What stands around each page of the management interface.

    return framed(request, "edit", form=form)      # what a view of the area returns

The template says `<html metal:use-macro="load: layout.pt">` and fills its slots: `title`, `head`, `meta`,
`acts`, `content`. Nothing here is worked out before the layout asks for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from objpub.content import Folder
from objpub.content import title_of
from objpub.lineage import path_of
from objpub.publisher import Markup
from objpub.schema import schema_of
from objpub.views import Action
from objpub.views import Tabs
from objpub.views import views_in
from objpub.workflow import workflow_of
from objpub.workflow import Workflows

from .actions import actions_of
from .icons import icon
from .icons import icon_name
from .permission import See as See  # where others look for it
from .permission import visible
from .shortcuts import COOKIE
from .shortcuts import OFF
from .shortcuts import PAGES
from .tree import Row
from .tree import tree_of

AREA = "manage"
MEGABYTE = 1_000_000
AROUND_FILE = 2_000  # bytes of a form that are not the file in it
FAILURE = "failure"  # the tab of a page that tells what went wrong
LOOK_COOKIE = "objpub_look"
SIDE_COOKIE = "objpub_side"  # the names of the groups that somebody opened, with dots between them
THEMES = ("auto", "light", "dark")
DENSITIES = ("comfortable", "compact")

#: Tabs of an object that the interface has itself: (name in `framed`, view, title, order).
OBJECT_TABS = (
    ("contents", "", "Contents", 10),
    ("overview", "", "Overview", 10),
    ("file", "file", "File", 15),
    ("edit", "edit", "Edit", 20),
    ("workflow", "workflow", "Workflow", 70),
    ("references", "references", "References", 75),
    ("security", "security", "Security", 80),
    ("inspect", "inspect", "Inspect", 90),
)

TAB_KEYS = {"edit": "e"}

#: Pages of the whole site that stand in no list.
OTHER_TABS = ("profile", "search", "keys")

#: Pages of the whole site, for all who have work there: (view, title, symbol).
PAGES_OF_SITE = (
    ("dashboard", "Overview", "gauge"),
    ("review", "Review", "check"),
    ("reports", "Reports", "sort"),
    ("trash", "Trash", "trash"),
)
#: Further ones, in groups that fold: (name, title, symbol, pages as above).
GROUPS = (
    ("people", "People and groups", "users", (("users", "People", "user"), ("groups", "Groups", "key"))),
    (
        "upkeep",
        "Upkeep",
        "tools",
        (
            ("site", "Site settings", "mark"),
            ("links", "Broken links", "link"),
            ("redirects", "Redirects", "out"),
            ("audit", "Audit", "history"),
            ("queue", "Queue", "ul"),
            ("database", "Database", "db"),
        ),
    ),
)
EVERY_PAGE = (*PAGES_OF_SITE, *(page for *_, pages in GROUPS for page in pages))

#: What can be done with an object, by views of the folder it is in: (view, title, symbol, permission).
DEEDS = (
    ("rename", "Rename…", "page", "edit"),
    ("move", "Move…", "move", "delete"),
    ("copy", "Copy…", "copy", "see"),
    ("delete", "Delete…", "trash", "delete"),
)

#: What keeps it to be pasted elsewhere, by forms of the folder it is in: (view, title, symbol, permission).
CLIPS = (("cut", "Cut", "cut", "delete"), ("remember", "Copy", "copy", "see"))


@dataclass(frozen=True)
class Link:
    """A way to another page.

    symbol: its icon, or "". count: a number beside it, or None. keys: of the keyboard that lead there, or "".
    """

    title: str
    url: str
    current: bool = False
    symbol: str = ""
    count: int | None = None
    keys: str = ""


@dataclass(frozen=True)
class Group:
    """Pages of the site under one heading. name: as a browser keeps it. open: are they shown?"""

    name: str
    title: str
    symbol: str
    links: list[Link]
    open: bool


def framed(request: Any, tab: str = "contents", title: str | None = None, **names: Any) -> dict[str, Any]:
    """Return what a template of the management interface is filled with: a frame, and *names*.

    tab: the name of the tab, or of the page of the site, that this is. title: of the page; None: that of
    the object it is about.
    """
    return {"frame": Frame(request, tab, title), **names}


class Frame:
    """Everything around a page. request: as it came. tab: which one is open. heading: of the page."""

    def __init__(self, request: Any, tab: str = "contents", title: str | None = None):
        self.request = request
        self.context = request.context
        self.tab = tab
        self.heading = title or self.title_of(self.context)

    @property
    def of_site(self) -> bool:
        """Is this a page about the whole site, which has no tabs of an object?"""
        pages = {*OTHER_TABS, *(name for name, _, _ in EVERY_PAGE)}
        return self.tab in pages or not self.tab

    @property
    def is_plain(self) -> bool:
        """Is this a page with its own heading: about the site, a failure, or a step such as "Move 2 items"?

        It has no tabs and no menu, which would lead away from what is being done.
        """
        return self.of_site or self.tab == FAILURE or self.heading != self.title_of(self.context)

    # Names and addresses

    def title_of(self, resource: Any) -> str:
        """Return what people call *resource*; a site without a title is "Site"."""
        return title_of(resource) if resource.__parent__ is not None or resource.title else "Site"

    @property
    def title(self) -> str:
        """What the browser's window is called."""
        return " | ".join(dict.fromkeys((self.heading, self.site_title)))

    @property
    def site_title(self) -> str:
        """The title of the site, or of what this host shows; where that is hidden, the host."""
        root = self.request.root
        return self.title_of(root) if self.request.can("view", root) else self.host

    @property
    def host(self) -> str:
        """Where the site is, "example.org", for those who manage several."""
        return str(self.request.origin.partition("://")[2])

    def url(self, resource: Any = None, view: str = "", **query: Any) -> str:
        """Return the URL of *resource* (default: the context) in the management interface.

        view: the name of a view of it, with or without the `@@` in front.
        """
        name = f"@@{view.removeprefix('@@')}" if view else ""
        found: str = self.request.url(resource, name, area=AREA, **query)
        return found

    @property
    def path(self) -> str:
        """Where this object is in the site."""
        return path_of(self.context)

    def icon(self, name: str, classes: str = "") -> Markup:
        """Return the markup of the symbol *name*, such as "trash"."""
        return icon(self.request, name, classes)

    def icon_of(self, resource: Any) -> Markup:
        """Return the markup of the symbol of the kind of thing that *resource* is."""
        return icon(self.request, icon_name(resource))

    @property
    def largest_file(self) -> int:
        """How many bytes a file may have: what the settings say, or what the site does where that is less."""
        limits, own = self.request.settings.limits, self.request.site.largest_upload
        allowed = min(limits.file_bytes, limits.body_bytes - AROUND_FILE)
        return allowed if own is None else min(allowed, own * MEGABYTE)

    @property
    def here(self) -> str:
        """The address of this page, to come back to."""
        request = self.request
        query = request.environ.get("QUERY_STRING", "")
        return request.prefix + request.incoming.path + (f"?{query}" if query else "")

    @cached_property
    def retitle(self) -> str:
        """Where the title of this object is changed by itself; "" where one may not, and beside its form."""
        named = self.tab != "edit" and not self.is_plain and "title" in schema_of(type(self.context))
        if not named or not self.may_open(self.context, "title"):
            return ""
        return self.url(self.context, "title", back=self.here)

    # What leads elsewhere

    @cached_property
    def crumbs(self) -> list[tuple[str, str]]:
        """The places above this page that may be seen, the site first: (title, URL)."""
        above = list(self.request.lineage(self.context))[::-1]
        if not self.is_plain:
            above.pop()  # the heading says it
        return [(self.title_of(each), self.url(each)) for each in above if visible(self.request, each)]

    @cached_property
    def tabs(self) -> list[Link]:
        """The views of this object that the one who asks may open, in their order."""
        if self.is_plain:
            return []
        found = [*self.own_tabs(), *self.declared_tabs()]
        return [link for _, link in sorted(found, key=lambda each: each[0])]

    def own_tabs(self) -> list[tuple[int, Link]]:
        """Return (order, link) of those tabs that come with the interface."""
        return [
            (order, Link(title, self.url(self.context, view), self.tab == name, keys=TAB_KEYS.get(view, "")))
            for name, view, title, order in OBJECT_TABS
            if self.may_open(self.context, view) and (view or name == self.first_tab)
            if view != "inspect" or self.request.can("manage", self.request.site)
            if view != "workflow" or workflow_of(self.context) is not None
        ]

    def declared_tabs(self) -> list[tuple[int, Link]]:
        """Return (order, link) of those tabs that the site or a plugin declared with `@tab`."""
        table = self.request.registry[Tabs]
        names = sorted(table.keys(type(self.context)), key=str)
        tabs = [tab for name in names if (tab := table.find(type(self.context), name)) is not None]
        return [
            (tab.order, Link(tab.title, self.url(self.context, tab.name), self.tab == tab.name))
            for tab in tabs
            if self.may_open(self.context, tab.name)
        ]

    @property
    def first_tab(self) -> str:
        """Which tab the address of the object itself leads to; "" where its form stands there."""
        if isinstance(self.context, Folder):
            return "contents"
        return "" if self.may_open(self.context, "edit") else "overview"

    @cached_property
    def deeds(self) -> list[Link]:
        """What else can be done with this object: rename, move, copy and delete it."""
        folder, name = self.context.__parent__, self.context.__name__
        if self.is_plain or not isinstance(folder, Folder) or self.context is self.request.root:
            return []
        return [
            Link(title, self.url(folder, view, pick=name), symbol=symbol)
            for view, title, symbol, permission in DEEDS
            if self.may_open(folder, view) and self.request.can(permission, self.context)
        ]

    @cached_property
    def clips(self) -> list[Link]:
        """What keeps this object to be pasted elsewhere, as forms."""
        folder, can = self.context.__parent__, self.request.can
        if not self.deeds or self.request.session is None or not can(See, folder):
            return []
        return [
            Link(title, self.url(folder, view), symbol=symbol)
            for view, title, symbol, permission in CLIPS
            if can(permission, self.context)
        ]

    @cached_property
    def actions(self) -> list[Action]:
        """The actions that the site declared for objects of this kind, as far as one may do them."""
        return [] if self.is_plain else actions_of(self.request, [self.context])

    def may_open(self, resource: Any, name: str) -> bool:
        """Is there a page *name* of *resource*, and may the one who asks open it?"""
        view = views_in(self.request.registry, AREA).find(type(resource), (name, "GET"))
        if view is None:
            return False
        return view.permission is None or bool(self.request.can(view.permission, resource))

    @cached_property
    def pages(self) -> list[Link]:
        """The pages of the site that stand at the side by themselves."""
        has_flows = bool(self.request.registry[Workflows])
        return self.site_pages([each for each in PAGES_OF_SITE if has_flows or each[0] != "review"])

    @cached_property
    def groups(self) -> list[Group]:
        """The other pages of the site; a group is open where this browser opened it, and around this page."""
        opened = self.request.cookies.get(SIDE_COOKIE, "").split(".")
        found = [(each, self.site_pages(each[-1])) for each in GROUPS]
        return [
            Group(name, title, symbol, links, name in opened or any(link.current for link in links))
            for (name, title, symbol, _), links in found
            if links
        ]

    @property
    def every_page(self) -> list[Link]:
        """All pages of the site that the one who asks may open."""
        return [*self.pages, *(link for group in self.groups for link in group.links)]

    def site_pages(self, pages: Sequence[tuple[str, str, str]]) -> list[Link]:
        """Return those of *pages* that are there and that the one who asks may open."""
        site = self.request.site
        if not self.user.authenticated:
            return []
        return [
            Link(title, self.url(site, view), self.tab == view, symbol, keys=PAGES.get(view, ""))
            for view, title, symbol in pages
            if self.may_open(site, view)
        ]

    @cached_property
    def tree(self) -> Row | None:
        """The site as far as it is opened, around this object; None for those who may see nothing of it."""
        return tree_of(self.request, self.context)

    @property
    def on_site(self) -> str | None:
        """Where this object is on the public site; None for plain pages, and for what is nowhere there."""
        if self.is_plain or not self.request.can("view", self.context):
            return None
        if views_in(self.request.registry, "").find(type(self.context), ("", "GET")) is None:
            return None  # such as what is broken
        found: str = self.request.url(self.context)
        return found

    @property
    def palette(self) -> str:
        """Where the palette of this page is asked for what one can do, and where one can go."""
        about_site = self.of_site or self.tab == FAILURE or not visible(self.request, self.context)
        return self.url(self.request.site if about_site else self.context, "palette")

    # The one who asks

    @property
    def user(self) -> Any:
        """Who is signed in."""
        return self.request.identity

    @property
    def profile(self) -> str | None:
        """Where people change what is their own; None where there is no such page."""
        site = self.request.site
        own = self.request.identity.viewer is None
        return self.url(site, "profile") if own and self.may_open(site, "profile") else None

    @cached_property
    def messages(self) -> list[dict[str, str]]:
        """What happened, to be told once; one with "undo" in it can be taken back."""
        found: list[dict[str, str]] = self.request.messages
        return found

    @cached_property
    def look(self) -> tuple[str, str]:
        """The theme and the density that this browser chose."""
        return look_from(self.request.cookies.get(LOOK_COOKIE, ""))

    @property
    def has_keys(self) -> bool:
        """Do single letters act as shortcuts in this browser?"""
        return bool(self.request.cookies.get(COOKIE, "") != OFF)


def look_from(cookie: str) -> tuple[str, str]:
    """Return (theme, density) from the value of a cookie; what is none of ours counts for nothing."""
    theme, _, density = cookie.partition(".")
    return (
        theme if theme in THEMES else THEMES[0],
        density if density in DENSITIES else DENSITIES[0],
    )
