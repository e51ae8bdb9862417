"""Markdown as HTML that is safe to show, with its headings, its anchors, and its links resolved."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

from objpub.libraries import later

from .anchors import Anchors
from .blocks import make_notes
from .blocks import set_attributes
from .highlighting import Highlighter
from .html_links import Visit
from .html_links import visit_links
from .sanitising import Sanitiser

if TYPE_CHECKING:
    import markdown_it
    from markdown_it.token import Token
    from mdit_py_plugins import deflist
    from mdit_py_plugins import footnote
else:
    markdown_it = later("markdown_it")
    deflist = later("mdit_py_plugins.deflist")
    footnote = later("mdit_py_plugins.footnote")

TASK = re.compile(r"\[(?P<mark>[ xX])\][ \t]+")
ALIGNED = re.compile(r"text-align:(left|center|right)")
IDS = re.compile(r"<[^<>]*?\s(?:id|name)=\"([^\"]+)\"")


@dataclass(frozen=True)
class Rendered:
    """A text as HTML.

    toc: (level, id, text) of each heading, in their order. ids: every place a link can point at.
    """

    html: str
    toc: tuple[tuple[int, str, str], ...] = ()
    ids: frozenset[str] = frozenset()


def keep(destination: str, image: bool, line: int) -> str | None:
    """Leave a destination as it is: the visitor for texts whose links need no resolving."""
    return destination


class Renderer:
    """Turns texts into HTML. Made once for many pages; it keeps nothing of a text."""

    def __init__(self) -> None:
        self._markdown = markdown_it.MarkdownIt("commonmark", {"html": True, "highlight": Highlighter()})
        self._markdown.enable(["table", "strikethrough"])
        self._markdown.use(deflist.deflist_plugin).use(footnote.footnote_plugin)
        self._markdown.core.ruler.before("inline", "attributes", set_attributes)
        self._markdown.core.ruler.before("inline", "notes", make_notes)
        self._sanitiser = Sanitiser()

    def markdown(self, text: str, visit: Visit = keep) -> Rendered:
        """Render Markdown. *visit* is told each link and image with its line in *text*, from 0."""
        environment: dict[str, object] = {}
        tokens = self._markdown.parse(text, environment)
        toc = name_places(tokens)
        resolve_links(tokens, text.split("\n"), visit)
        align_cells(tokens)
        mark_tasks(tokens)
        html = self._markdown.renderer.render(tokens, self._markdown.options, environment)
        return self._finished(html, toc)

    def html(self, text: str, visit: Visit = keep) -> Rendered:
        """Clean HTML that somebody wrote; headings without an id get one."""
        anchors = Anchors()
        toc: list[tuple[int, str, str]] = []
        html = self._sanitiser.clean(visit_links(text, 0, visit))
        return self._finished(HEADING.sub(lambda match: named_heading(match, anchors, toc), html), toc)

    def clean(self, html: str) -> str:
        """Return *html* without what a page may not hold, its links as they are."""
        return self._sanitiser.clean(html)

    def _finished(self, html: str, toc: Sequence[tuple[int, str, str]]) -> Rendered:
        clean = self._sanitiser.clean(html)
        return Rendered(
            clean if clean.strip() else "",
            tuple(toc),
            frozenset(unescape(name) for name in IDS.findall(clean)),
        )


HEADING = re.compile(r"<h(?P<level>[1-6])(?P<rest>[^>]*)>(?P<inner>.*?)</h(?P=level)>", re.DOTALL)


def named_heading(match: re.Match[str], anchors: Anchors, toc: list[tuple[int, str, str]]) -> str:
    """Return a heading of clean HTML with an id, and note it in *toc*."""
    text = " ".join(unescape(re.sub(r"<[^>]+>", "", match["inner"])).split())
    written = re.search(r"\bid=\"([^\"]+)\"", match["rest"])
    name = anchors.take(unescape(written[1])) if written else anchors.name(text)
    toc.append((int(match["level"]), name, text))
    if written:
        return match[0]
    return f'<h{match["level"]} id="{escape(name)}"{match["rest"]}>{match["inner"]}</h{match["level"]}>'


def name_places(tokens: "Sequence[Token]") -> list[tuple[int, str, str]]:
    """Give each heading and each term of a definition list an id; return the headings."""
    anchors = Anchors()
    toc: list[tuple[int, str, str]] = []
    for at, token in enumerate(tokens):
        if token.type not in {"heading_open", "dt_open"}:
            continue
        text = text_of(tokens[at + 1])
        written = token.attrGet("id")
        name = anchors.take(str(written)) if written else anchors.name(text)
        token.attrSet("id", name)
        if token.type == "heading_open":
            toc.append((int(token.tag[1]), name, text))
    return toc


def text_of(token: "Token") -> str:
    """Return what people read of an inline token."""
    parts = []
    for child in token.children or ():
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type == "image":
            parts.append(text_of(child))
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return "".join(parts).strip()


def resolve_links(tokens: "Sequence[Token]", lines: Sequence[str], visit: Visit) -> None:
    """Show every link, image and piece of HTML to *visit* and put in what it says."""
    for token in tokens:
        if token.type == "html_block":
            token.content = visit_links(token.content, token.map[0] if token.map else 0, visit)
        elif token.type == "inline" and token.children:
            resolve_inline(token, lines, visit)


def resolve_inline(token: "Token", lines: Sequence[str], visit: Visit) -> None:
    """Resolve the links of one paragraph, cell or heading."""
    line, end = token.map or (0, 0)
    missing = False
    for child in token.children or ():
        if child.type in {"softbreak", "hardbreak"}:
            line += 1
        elif child.type == "html_inline":
            child.content = visit_links(child.content, line, visit)
        elif child.type == "image":
            source = str(child.attrGet("src") or "")
            line = line_of(source, lines, line, end)
            show_image(child, visit(source, True, line))
        elif child.type == "link_open":
            target = str(child.attrGet("href") or "")
            line = line_of(target, lines, line, end)
            found = visit(target, False, line)
            missing = found is None
            child.tag = "span" if found is None else "a"
            child.attrs = {"class": "missing-link"} if found is None else {**child.attrs, "href": found}
        elif child.type == "link_close" and missing:
            child.tag, missing = "span", False


def show_image(child: "Token", found: str | None) -> None:
    """Let *child* show the image at *found*; its text where there is none."""
    if found is not None:
        child.attrs = {**child.attrs, "src": found, "loading": "lazy"}
        return
    child.type = "html_inline"
    child.content = f'<span class="missing-image">{escape(text_of(child))}</span>'


def line_of(destination: str, lines: Sequence[str], line: int, end: int) -> int:
    """Return the first line from *line* on that holds *destination*; *line* itself where none does.

    A code span over two lines hides a line break, so that *line* may be too early.
    """
    written = unquote(destination)
    for at in range(line, min(end, len(lines))):
        if written and (written in lines[at] or destination in lines[at]):
            return at
    return line


def align_cells(tokens: "Sequence[Token]") -> None:
    """Say the alignment of table cells by classes: style attributes are not allowed in a page."""
    for token in tokens:
        if token.type in {"th_open", "td_open"} and "style" in token.attrs:
            match = ALIGNED.search(str(token.attrs.pop("style")))
            if match:
                token.attrJoin("class", f"align-{match[1]}")


def mark_tasks(tokens: "Sequence[Token]") -> None:
    """Show `[ ]` and `[x]` at the beginning of list items as boxes."""
    for at, token in enumerate(tokens):
        if token.type != "list_item_open" or at + 2 >= len(tokens):
            continue
        children = tokens[at + 2].children if tokens[at + 1].type == "paragraph_open" else None
        match = TASK.match(children[0].content) if children and children[0].type == "text" else None
        if match and children:
            box = "☐" if match["mark"] == " " else "☑"
            children[0].content = f"{box} {children[0].content[match.end() :]}"
            token.attrJoin("class", "task")
