"""The links in HTML that somebody wrote: each is shown to a visitor, which says where it shall lead."""

import re
from collections.abc import Callable
from html import escape
from html import unescape

Visit = Callable[[str, bool, int], str | None]
"""Called with (destination, is it an image?, line from 0); returns the new destination, or None."""

TAG = re.compile(
    r"<(?P<name>a|img|area|source|video|audio)\b(?P<rest>(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*)>", re.IGNORECASE
)
LINK = re.compile(
    r"(?P<name>\b(?:href|src))\s*=\s*(?:\"(?P<a>[^\"]*)\"|'(?P<b>[^']*)'|(?P<c>[^\s\"'>]+))", re.IGNORECASE
)
ALTERNATIVE = re.compile(r"\balt\s*=\s*(?:\"(?P<a>[^\"]*)\"|'(?P<b>[^']*)')", re.IGNORECASE)


def visit_links(html: str, first_line: int, visit: Visit) -> str:
    """Return *html* with each destination replaced by what *visit* says.

    A link that leads nowhere loses its destination, an image its picture; the text of both stays.
    first_line: the line on which *html* begins.
    """
    parts: list[str] = []
    done, line = 0, first_line
    for match in TAG.finditer(html):
        line += html.count("\n", done, match.start())
        parts += [html[done : match.start()], visit_tag(match, line, visit)]
        line += match[0].count("\n")
        done = match.end()
    return "".join([*parts, html[done:]])


def visit_tag(match: re.Match[str], line: int, visit: Visit) -> str:
    """Return one tag with the destination that *visit* gives it."""
    rest = match["rest"]
    link = LINK.search(rest)
    if link is None:
        return match[0]
    image = match["name"].lower() == "img"
    found = visit(unescape(link["a"] or link["b"] or link["c"] or ""), image, line)
    if found is not None:
        attribute = f'{link["name"]}="{escape(found)}"'
        return f"<{match['name']}{rest[: link.start()]}{attribute}{rest[link.end() :]}>"
    return missing_image(rest) if image else '<a class="missing-link">'


def missing_image(attributes: str) -> str:
    """Return what stands in place of an image that is not there: its text."""
    match = ALTERNATIVE.search(attributes)
    text = unescape((match["a"] or match["b"] or "") if match else "")
    return f'<span class="missing-image">{escape(text)}</span>'
