"""Links in texts: where they stand, and how one is kept that leads to a resource wherever that is.

    <a href="/++id++1f#low">        what is stored: the number of the resource, in hex, and the rest
    <a href="/coast/tides#low">     what is shown: its address of today

What is stored is an address itself, which leads on to the present one; so a text that is shown as it is
breaks nothing. Numbers are those of the database of the site.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from collections.abc import Iterator
from html import escape
from html import unescape
from typing import Any
from typing import NamedTuple
from urllib.parse import quote
from urllib.parse import unquote

KEPT = "++id++"

#: The kinds of fields whose texts have links in them.
RICH_TEXT, MARKDOWN = "rich text", "markdown"

TAG = re.compile(r"<[A-Za-z](?:[^<>\"]|\"[^\"]*\")*>")
ATTRIBUTE = re.compile(r'(?<=\s)(href|src|poster)="([^"]*)"')
IN_MARKDOWN = re.compile(
    r"\]\(\s*+(?:<([^<>\n]*)>|([^\s()<>]++(?:\([^\s()<>]*\)[^\s()<>]*+)*))"
    r"|^ {0,3}\[[^\]\n]+\]:[ \t]*+<?([^\s<>]+)",
    re.MULTILINE,
)
SIGNS = ('href="', 'src="', 'poster="')  # without one of these no tag has a link
TICKS = re.compile(r"`+")
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*$", re.MULTILINE)
INDENTED = re.compile(r"(?<=\n\n)(?:(?: {4}|\t)[^\n]*(?:\n|\Z))+")
NUMBER = re.compile(r"/\+\+id\+\+([0-9a-f]{1,16})(?=[/?#]|$)(.*)", re.DOTALL)
ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")

Change = Callable[[str], str]


class Kept(NamedTuple):
    """A link that is kept by number. rest: what follows: "/print", "?page=2", "#low" or ""."""

    number: int
    rest: str


def kept_link(number: int, rest: str = "") -> str:
    """Return the link that is stored for the resource *number*. Inverse: `kept_in`."""
    return f"/{KEPT}{number:x}{rest}"


def kept_in(link: str) -> Kept | None:
    """Return what *link* keeps; None for one that is an address."""
    match = NUMBER.fullmatch(link)
    return None if match is None else Kept(int(match[1], 16), match[2])


def parted(link: str) -> tuple[str, str] | None:
    """Return the path of *link*, decoded, and what follows it; None where it leads out of the site.

    A link into the same page, "#low", has no path: ("", "#low").
    """
    if ELSEWHERE.match(link):
        return None
    end = min((at for at in (link.find("?"), link.find("#")) if at >= 0), default=len(link))
    return unquote(link[:end]), link[end:]


def is_reachable(resource: Any, site: Any) -> bool:
    """Does the path of *resource* lead to it in *site*? What is in the trash, or nowhere, has none."""
    step = resource
    while step is not site:
        parent = step.__parent__
        get = getattr(parent, "get", None)
        if get is None or get(step.__name__) is not step:
            return False
        step = parent
    return True


def path_linked(path: str) -> str:
    """Return *path*, "/a b", as it stands in a link: "/a%20b"."""
    return quote(path, safe="/@+:~")


def links_in(kind: str, text: str) -> Iterator[str]:
    """Yield where the links and pictures in *text* lead, as written. kind: RICH_TEXT or MARKDOWN."""
    found: list[str] = []

    def note(link: str) -> str:
        found.append(link)
        return link

    with_links(kind, text, note)
    yield from found


def with_links(kind: str, text: str, change: Change) -> str:
    """Return *text* with what *change* gives for each link in it; what it leaves alone stays as written."""
    if any(sign in text for sign in SIGNS):
        protected = code_in(text) if kind == MARKDOWN else []
        text = TAG.sub(lambda tag: tag[0] if is_in(tag.start(), protected) else in_tag(tag[0], change), text)
    if kind == MARKDOWN and ("](" in text or "]:" in text):
        protected = code_in(text)
        text = IN_MARKDOWN.sub(
            lambda match: match[0] if is_in(match.start(), protected) else in_markdown(match, change), text
        )
    return text


def in_tag(tag: str, change: Change) -> str:
    """Return a start tag of HTML with changed links."""

    def changed(match: re.Match[str]) -> str:
        link = unescape(match[2]).strip()
        found = change(link)
        return match[0] if found == link else f'{match[1]}="{escape(found)}"'

    return ATTRIBUTE.sub(changed, tag)


def in_markdown(match: re.Match[str], change: Change) -> str:
    """Return the beginning of a link in Markdown with where it leads changed."""
    group = next(number for number in (1, 2, 3) if match[number] is not None)
    link = unescape(match[group])
    found = change(link)
    if found == link:
        return match[0]
    start, end = (at - match.start() for at in match.span(group))
    return f"{match[0][:start]}{found}{match[0][end:]}"


def is_in(place: int, ranges: list[tuple[int, int]]) -> bool:
    """Does *place* lie in one of *ranges*, which are sorted?"""
    at = bisect_right(ranges, (place, -1)) - 1
    return (at >= 0 and place < ranges[at][1]) or (
        at + 1 < len(ranges) and ranges[at + 1][0] == place < ranges[at + 1][1]
    )


def code_in(text: str) -> list[tuple[int, int]]:
    """Return where code stands in a text of Markdown: nothing in it is a link.

    A paragraph that is indented in a list counts as code too: its links are left alone, which is safe.
    """
    found = [*fenced_in(text), *(match.span() for match in INDENTED.finditer(text))]
    found.sort()
    return sorted([*found, *spans_in(text, found)])


def fenced_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield where fenced blocks of code stand."""
    opened: re.Match[str] | None = None
    for match in FENCE.finditer(text):
        if opened is None:
            opened = match
        elif match[0].strip().startswith(opened[1]) and not match[0].strip().strip(opened[1][0]):
            yield opened.start(), match.end()
            opened = None
    if opened is not None:
        yield opened.start(), len(text)


def spans_in(text: str, blocks: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield where spans of code stand, outside of *blocks*: each ends with as many ticks as it began."""
    ticks = [match for match in TICKS.finditer(text) if not is_in(match.start(), blocks)]
    places: dict[str, list[int]] = {}
    for number, match in enumerate(ticks):
        places.setdefault(match[0], []).append(number)
    number = 0
    while number < len(ticks):
        same = places[ticks[number][0]]
        following = bisect_right(same, number)
        if following < len(same):
            yield ticks[number].start(), ticks[same[following]].end()
            number = same[following]
        number += 1
