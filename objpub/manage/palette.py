"""The palette: where one can go from here and what one can do here, narrowed by what is typed."""

from dataclasses import dataclass
from typing import Any

from objpub.content import Content
from objpub.content import Folder
from objpub.content import Site
from objpub.content import title_of
from objpub.lineage import path_of
from objpub.views import PUBLIC
from objpub.views import view
from objpub.workflow import workflow_of

from .clipboard import clipboard_of
from .contents import kinds_here
from .frame import AREA
from .frame import Frame
from .frame import Link
from .icons import icon_name
from .permission import check_signed_in
from .permission import See
from .permission import visible
from .picking import text_of
from .searching import Found
from .searching import look_for
from .workflow import transitions_of

OFFERED = 8  # things of the site
#: Pages of the site that stand in no list at the side: (view, title, symbol).
OTHER_PAGES = (
    ("errors", "Errors", "alert"),
    ("catalog", "Catalog", "search"),
    ("roles", "Roles", "key"),
    ("observatory", "Conflicts and slow requests", "gauge"),
    ("users-add", "Add a user", "plus"),
    ("groups-add", "Add a group", "plus"),
    ("profile", "Profile", "user"),
    ("keys", "Keyboard shortcuts", "info"),
)


@dataclass(frozen=True)
class Choice:
    """A line. hint: beside it. name, value: what a form sends that this is a button of; None for a link."""

    title: str
    url: str
    symbol: str
    hint: str = ""
    name: str | None = None
    value: str = ""


@dataclass(frozen=True)
class Group:
    """Lines under a heading."""

    title: str
    choices: tuple[Choice, ...]


@view(Content, "palette", area=AREA, permission=See, template="palette.pt")
@view(Site, "palette", area=AREA, permission=PUBLIC, template="palette.pt")
def palette(content: Content, request: Any) -> dict[str, Any]:
    """List what fits q, of the query; "" is all that can be done here, and all pages of the site."""
    check_signed_in(request)
    q = " ".join(text_of(request, "q").split())
    frame = Frame(request, "palette")
    found = look_for(request, q, most=OFFERED) if q else Found()
    words = q.casefold().split()
    groups = [
        Group("Things", tuple(thing(frame, each) for each in found.items)),
        Group("Here", tuple(each for each in here(frame) if fits(each, words))),
        Group("Pages of the site", tuple(each for each in pages(frame) if fits(each, words))),
    ]
    groups = [each for each in groups if each.choices]
    start = q.casefold()
    groups.sort(key=lambda group: not any(begins(each, start) for each in group.choices))
    return {
        "frame": frame,
        "groups": groups,
        "count": sum(len(each.choices) for each in groups),
        "problem": found.problem,
        "more": frame.url(request.site, "search", q=q) if found.more else "",
    }


def fits(choice: Choice, words: list[str]) -> bool:
    """Has *choice* each of *words* in its title?"""
    title = choice.title.casefold()
    return all(word in title for word in words)


def begins(choice: Choice, start: str) -> bool:
    """Does the title of *choice* begin with *start*?"""
    return choice.title.casefold().startswith(start)


def thing(frame: Frame, resource: Any) -> Choice:
    """Return the line that leads to *resource*."""
    return Choice(frame.title_of(resource), frame.url(resource), icon_name(resource), path_of(resource))


def here(frame: Frame) -> list[Choice]:
    """Return what can be done with what *frame* is about: its tabs and actions, what can be added."""
    content, request = frame.context, frame.request
    if not visible(request, content):
        return []
    found = [linked(each, "right") for each in frame.tabs]
    if frame.on_site is not None:
        found.append(Choice("View on site", frame.on_site, "out"))
    found += adding(frame)
    at = frame.url(content, "workflow")
    if workflow_of(content) is not None:
        ways = transitions_of(request, [content])
        found += [Choice(way.title, at, "check", "", "transition", way.name) for way in ways]
    found += [linked(each, "") for each in frame.deeds]
    found += [Choice(each.title, each.url, each.symbol, "", "one", content.__name__) for each in frame.clips]
    if isinstance(content, Folder) and (clipboard := clipboard_of(request)).found:
        if not clipboard.refusal(content):
            count = str(len(clipboard.found))
            found.append(Choice("Paste here", frame.url(content, "paste"), "check", "", "count", count))
        found.append(Choice("Forget what was cut or copied", frame.url(content, "forget"), "x", "", "_"))
    found += [Choice(each.title, frame.url(content, each.name), "right", "", "_") for each in frame.actions]
    return found


def adding(frame: Frame) -> list[Choice]:
    """Return the kinds of things that can be added here, or beside what holds nothing."""
    content = frame.context
    folder = content if isinstance(content, Folder) else content.__parent__
    if not isinstance(folder, Folder) or not frame.may_open(folder, "add"):
        return []
    hint = title_of(folder) if folder is not content and visible(frame.request, folder) else ""
    return [
        Choice(f"Add: {kind.title}", frame.url(folder, "add", type=name), kind.icon or "page", hint)
        for kind, name, _ in kinds_here(frame.request, folder)
    ]


def pages(frame: Frame) -> list[Choice]:
    """Return the pages of the site that the one who asks may open."""
    site = frame.request.site
    found = [*frame.every_page, *frame.site_pages(OTHER_PAGES)]
    if visible(frame.request, site):
        found.insert(0, Link("Contents of the site", frame.url(site), symbol="mark"))
    return [linked(each, "right") for each in found]


def linked(link: Link, symbol: str) -> Choice:
    """Return the line for *link*. symbol: where it has none of its own."""
    return Choice(link.title, link.url, link.symbol or symbol)
