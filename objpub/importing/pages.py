"""One page of the source, made into the values of its fields and the HTML that shows it."""

import json
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from typing import Any

from .expansion import expand
from .expansion import Expanded
from .fields import read_fields
from .frontmatter import plain_text
from .html_pages import without_heading
from .ledger import digest_of
from .links import Links
from .markdown import Rendered
from .markdown import Renderer
from .problems import Problem
from .rendering import RENDERING
from .source import ending
from .source import HTML
from .source import Source
from .tree import leading_heading
from .tree import Node

# The values of the fields that no file has set.
EMPTY: Mapping[str, Any] = {
    "aliases": (),
    "categories": frozenset(),
    "date": None,
    "description": "",
    "keywords": frozenset(),
    "lastmod": None,
    "link_title": "",
    "tags": frozenset(),
    "weight": None,
}


@dataclass(frozen=True)
class SeenLink:
    """A link of a page. file, line: where it was written. url: where it leads, "" if nowhere.

    key: of what it leads to, "" for what is not of the source. message: why it leads nowhere.
    """

    file: str
    line: int
    destination: str
    image: bool
    url: str
    key: str = ""
    fragment: str = ""
    message: str = ""


@dataclass(frozen=True)
class Built:
    """A page, ready to be written to the site. values: those of its fields."""

    values: dict[str, Any]
    rendered: Rendered
    links: tuple[SeenLink, ...]
    includes: tuple[str, ...]
    problems: tuple[Problem, ...]


def build_page(node: Node, source: Source, links: Links, renderer: Renderer) -> Built:
    """Read the file of *node* and make what the site shows of it. Raises BadSource."""
    found = source.page(node.file)
    expanded = expand(found.body, node.file, found.body_line, source.include)
    in_html = ending(node.file) in HTML
    if in_html:
        expanded = replace(expanded, text=without_heading(expanded.text, node.title))
    else:
        expanded = without_title(expanded, node.title)
    seen: list[SeenLink] = []

    def visit(destination: str, image: bool, line: int) -> str | None:
        file, number = expanded.origin(line)
        link = see(links, node.key, file, number, destination, image)
        seen.append(link)
        return link.url or None

    render = renderer.html if in_html else renderer.markdown
    rendered = render(expanded.text, visit)
    text = renderer.clean(expanded.text).strip("\n") if in_html else expanded.text
    fields = read_fields(node.values)
    wrong = (Problem(node.file, found.lines.get(name, 0), message) for name, message in fields.wrong)
    values = {
        **EMPTY,
        **fields.values,
        "title": node.title,
        "text": text,
        "written_in": "html" if in_html else "markdown",
    }
    return Built(values, rendered, tuple(seen), expanded.includes, (*expanded.problems, *wrong))


def digest_of_node(source: Source, node: Node, includes: Iterable[str]) -> str:
    """Return a digest of all that *node* is made of. includes: the files that were put into its text."""
    values = json.dumps(node.values, sort_keys=True, default=plain_text)
    parts = {"title": node.title, "values": values, "kind": f"{node.kind} {RENDERING}"}
    if node.file:
        parts["file"] = source.digest(node.file)
    for path in includes:
        parts[f"include {path}"] = source.digest(path)
    return digest_of(parts)


def see(links: Links, key: str, file: str, line: int, destination: str, image: bool) -> SeenLink:
    """Return a link of the page *key* with all that there is to say of it."""
    link = links.resolve(destination, key, file)
    return SeenLink(file, line, destination, image, link.url or "", link.key, link.fragment, link.message)


def without_title(expanded: Expanded, title: str) -> Expanded:
    """Return *expanded* without blank lines at its start, and a first heading that only says *title*."""
    heading, lines = leading_heading(expanded.text)
    if heading.casefold() != title.casefold():
        lines = 0
    rest = expanded.text.split("\n")[lines:]
    skipped = next((at for at, line in enumerate(rest) if line.strip()), len(rest))
    rest = rest[skipped:] or [""]
    origins = expanded.origins[lines + skipped :] or expanded.origins[-1:]
    return replace(expanded, text="\n".join(rest), origins=origins)
