"""A page written in HTML: its title, what its `<meta>` say, and what stands in its body."""

import re
from html import unescape

from .frontmatter import FrontMatter

# How far into a document its head is looked for, in characters.
LONGEST_HEAD = 100_000

META = frozenset({"author", "date", "description", "keywords"})

BODY = re.compile(r"<body(?=[\s>])[^<>]*>", re.IGNORECASE)
BODY_END = re.compile(r"</(?:body|html)\s*+>", re.IGNORECASE)
TITLE = re.compile(r"<title(?=[\s>])[^<>]*>([^<]*)", re.IGNORECASE)
META_TAG = re.compile(r"<meta\s([^<>]*)>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"([\w-]++)\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]++))")
HEADING = re.compile(r"<h1(?=[\s>])[^<>]*>", re.IGNORECASE)
HEADING_END = re.compile(r"</h1\s*+>", re.IGNORECASE)


def read_html_page(page: FrontMatter) -> FrontMatter:
    """Return *page*, whose body is a document in HTML, with the values of the document and its inner body.

    What stands in front matter before the document wins over what the document says.
    """
    html = page.body
    begin = BODY.search(html)
    start = begin.end() if begin else 0
    stop = BODY_END.search(html, start) if begin else None
    inner = html[start : stop.start() if stop else len(html)]
    values = meta_of(html[: min(start or len(html), LONGEST_HEAD)])
    title = title_of(html[:LONGEST_HEAD]) or heading_of(inner)
    if title:
        values["title"] = title
    line = page.body_line + html.count("\n", 0, start)
    return FrontMatter({**values, **page.values}, inner, line, page.lines)


def title_of(html: str) -> str:
    """Return the title of a document, or ""."""
    match = TITLE.search(html)
    return plain_text_of(match[1]) if match else ""


def heading_of(html: str) -> str:
    """Return the text of the first `<h1>`, or ""."""
    begin = HEADING.search(html)
    end = HEADING_END.search(html, begin.end()) if begin else None
    return plain_text_of(html[begin.end() : end.start()]) if begin and end else ""


def without_heading(html: str, title: str) -> str:
    """Return *html* without an `<h1>` at its start that only says *title*. Its lines stay where they are."""
    begin = HEADING.match(html, len(html) - len(html.lstrip()))
    end = HEADING_END.search(html, begin.end()) if begin else None
    if begin is None or end is None or heading_of(html).casefold() != title.casefold():
        return html
    return "\n" * html.count("\n", 0, end.end()) + html[end.end() :]


def meta_of(html: str) -> dict[str, str]:
    """Return what the `<meta>` of a document say that a page has a field for."""
    found: dict[str, str] = {}
    for match in META_TAG.finditer(html):
        values = {
            name.lower(): unescape(quoted or single or plain)
            for name, quoted, single, plain in ATTRIBUTE.findall(match[1])
        }
        name = values.get("name", "").lower()
        if name in META and values.get("content", "").strip():
            found.setdefault(name, values["content"])
    return found


def plain_text_of(html: str) -> str:
    """Return what people read of a piece of HTML, on one line."""
    return " ".join(unescape(re.sub(r"<[^<>]*>", "", html)).split())
