"""The tree that a folder becomes: sections, pages, images and files, with their values and in their order."""

import posixpath
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from typing import Any

from objpub.errors import BadSource

from .fields import FIELDS
from .fields import one_line
from .frontmatter import FrontMatter
from .problems import Problem
from .rules import first_moment
from .rules import FROM
from .rules import handed_down
from .rules import publishes_files
from .rules import reason_unpublished
from .rules import RULES
from .rules import with_cascades
from .source import Directory
from .source import ending
from .source import HTML
from .source import IMAGES
from .source import MARKDOWN
from .source import Source

SECTION, PAGE, IMAGE, FILE = "section", "page", "image", "file"

OWN_PAGES = ("_index.md", "index.md", "_index.html", "index.html", "readme.md")
"""The files that can be a folder's own page, the first of them wins; other endings of the kinds fit too."""

UNDERSTOOD = frozenset({*FIELDS, *RULES, "slug", "url"})
"""The names in front matter that something is made of, in lower case."""

LATER = float("inf")

# How far into a text its title is looked for, in characters.
LONGEST_START = 20_000


@dataclass(eq=False)
class Node:
    """One resource to be.

    key: what names it in later runs: the path of its file, of a section that of its folder with "/" behind.
    kind: SECTION, PAGE, IMAGE or FILE. file: the path of its file, "" for a folder without a page of its own.
    name: the name it should have; planning may give another. values: the front matter, with what the
    sections above hand down; lines: where each stands. reason: why its page is not published, or "".
    segments: its path on the site, set by the plan.
    """

    key: str
    kind: str
    parent: "Node | None"
    name: str
    file: str = ""
    title: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    reason: str = ""
    children: list["Node"] = field(default_factory=list)
    segments: tuple[str, ...] = ()

    def walk(self) -> Iterator["Node"]:
        """Yield this node and all below it, each section before what it holds, in their order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass
class Tree:
    """A whole source. unpublished: path → why it is left out. bad: files that cannot be read.

    unknown: name in front matter that nothing is made of → the files that have it, with its line or 0.
    """

    root: Node
    problems: list[Problem] = field(default_factory=list)
    unpublished: dict[str, str] = field(default_factory=dict)
    bad: set[str] = field(default_factory=set)
    unknown: dict[str, list[tuple[str, int]]] = field(default_factory=dict)


Cascades = tuple[tuple[Any, dict[str, Any]], ...]


def read_tree(source: Source, now: datetime, name: str = "") -> Tree:
    """Read the folder *source*: every page that is published at *now*, every image and file beside them.

    name: what the top shall be called where it says nothing of itself.
    """
    tree = Tree(Node("/", SECTION, None, name, title=title_from(name or "/")))
    Reading(source, now, tree).section(tree.root, source.directory(), ())
    tree.problems[:0] = source.problems
    return tree


@dataclass
class Reading:
    """One reading of a source into a tree."""

    source: Source
    now: datetime
    tree: Tree

    def section(self, node: Node, directory: Directory, cascades: Cascades, own: str = "") -> None:
        """Fill *node* from *directory*. own: the path of its own page, if that lies outside."""
        if not own and own_page(directory):
            own = posixpath.join(directory.path, own_page(directory))
        cascades = self._own_page(node, own, cascades) + cascades
        files = [name for name in directory.files if posixpath.join(directory.path, name) != own]
        files = self._folders(node, directory, cascades, files)
        for name in files:
            path = posixpath.join(directory.path, name)
            if ending(path) in MARKDOWN | HTML:
                self._page(node, path, cascades)
            elif publishes_files(node.values):
                kind = IMAGE if ending(path) in IMAGES else FILE
                node.children.append(Node(path, kind, node, name_of(name, keep_case=True), path))
            else:
                self.tree.unpublished[path] = "its page keeps its files to itself (build.publishResources)"
        node.children.sort(key=order_of)

    def _folders(self, node: Node, directory: Directory, cascades: Cascades, files: list[str]) -> list[str]:
        """Take the folders below *directory*; return *files* without those that became their own pages."""
        pages = {
            posixpath.splitext(name)[0].lower(): name for name in files if ending(name) in MARKDOWN | HTML
        }
        left = list(files)
        for below in directory.directories:
            name = posixpath.basename(below.path)
            beside = "" if own_page(below) else pages.get(name.lower(), "")
            child = Node(f"{below.path}/", SECTION, node, name_of(name), title=title_from(name))
            own = posixpath.join(directory.path, beside) if beside else ""
            self.section(child, below, cascades, own)
            if child.children or (child.file and not child.reason):
                node.children.append(child)
            if beside:
                left.remove(beside)
        return left

    def _own_page(self, node: Node, path: str, cascades: Cascades) -> Cascades:
        """Give *node* the values of its own page; return what that hands down."""
        found = self._read(path) if path else None
        if found is None:
            node.values = with_cascades({}, cascades, f"/{node.key.strip('/')}", SECTION)
            return ()
        cascades = handed_down(found.values) + cascades  # in Hugo a section takes part in what it gives
        node.values = with_cascades(found.values, cascades, f"/{node.key.strip('/')}", SECTION)
        node.lines = dict(found.lines)
        node.file = path
        node.reason = reason_unpublished(node.values, self.now)
        if node.reason:
            self.tree.unpublished[path] = node.reason
        else:
            name_node(node, found)
        return handed_down(found.values)

    def _page(self, parent: Node, path: str, cascades: Cascades) -> None:
        found = self._read(path)
        if found is None:
            return
        stem = posixpath.splitext(path)[0]
        values = with_cascades(found.values, cascades, f"/{stem}", PAGE)
        reason = reason_unpublished(values, self.now)
        if reason:
            self.tree.unpublished[path] = reason
            return
        name = posixpath.basename(stem)
        node = Node(path, PAGE, parent, name_of(name), path, title_from(name), values, dict(found.lines))
        name_node(node, found)
        parent.children.append(node)

    def _read(self, path: str) -> FrontMatter | None:
        try:
            found = self.source.page(path)
        except BadSource as error:
            self.tree.problems.append(Problem(path, error.line, error.reason))
            self.tree.bad.add(path)
            return None
        for name in found.values:
            if name not in UNDERSTOOD:
                self.tree.unknown.setdefault(name, []).append((path, found.lines.get(name, 0)))
        return found


def own_page(directory: Directory) -> str:
    """Return the name of the file that is the page of *directory* itself, or ""."""
    ranked = [(rank, name) for name in directory.files if (rank := rank_of(name)) is not None]
    return min(ranked)[1] if ranked else ""


def rank_of(name: str) -> int | None:
    """Return which of OWN_PAGES the file *name* is; None if it is none of them."""
    stem, dot = posixpath.splitext(name.lower())
    usual = f"{stem}{'.md' if dot in MARKDOWN else '.html' if dot in HTML else dot}"
    return OWN_PAGES.index(usual) if usual in OWN_PAGES else None


def name_node(node: Node, found: FrontMatter) -> None:
    """Give *node* the name and the title that its own file asks for."""
    asked = node.values.get("slug") or posixpath.basename(str(node.values.get("url") or "").strip("/"))
    if isinstance(asked, str) and name_of(posixpath.splitext(asked)[0]) and node.parent:
        node.name = name_of(asked.removesuffix(".html"))
    title = node.values.get("title")
    if title is None or isinstance(title, (dict, list)):
        title = leading_heading(found.body)[0] if ending(node.file) in MARKDOWN else ""
    node.title = one_line(title) or node.title


def leading_heading(text: str) -> tuple[str, int]:
    """Return the title that Markdown *text* begins with, and how many lines end with it; or ("", 0)."""
    lines = text[:LONGEST_START].split("\n")
    at = first_line_of_text(lines)
    line = lines[at].strip() if at < len(lines) else ""
    if line.startswith(("# ", "#\t")):
        return plain_title(line[1:].strip().rstrip("#").strip()), at + 1
    below = lines[at + 1].strip() if at + 1 < len(lines) else ""
    if line and below and not below.strip("=") and line[0] not in "#>|`~*+-":
        return plain_title(line), at + 2
    return "", 0


def first_line_of_text(lines: list[str]) -> int:
    """Return which of *lines*, from 0, is the first that is neither blank nor a comment of HTML."""
    at = 0
    while at < len(lines):
        if lines[at].lstrip().startswith("<!--"):
            while at < len(lines) and "-->" not in lines[at]:
                at += 1
        elif lines[at].strip():
            break
        at += 1
    return at


def plain_title(markdown: str) -> str:
    """Return a heading without its marks: "The `x` of [y](z) {#a}" → "The x of y"."""
    start, brace, attributes = markdown.rpartition("{")
    text = start if brace and attributes.startswith(("#", ".")) and attributes.endswith("}") else markdown
    text = re.sub(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])?", r"\1", text)
    text = re.sub(r"(?<!\\)(`+|\*\*|\*|(?<!\w)__?|__?(?!\w))", "", text)
    return " ".join(re.sub(r"\\(?=\W)", "", text).split())


def name_of(text: str, *, keep_case: bool = False) -> str:
    """Return a file's name as that of a resource: composed, "-" for space, in lower case as Hugo's URLs are.

    "" where nothing stays. keep_case: for images and files, which others may know by their name.
    """
    name = unicodedata.normalize("NFC", text if keep_case else text.lower())
    name = "".join(char for char in name if char.isprintable() and char not in "/\\\u061c\u200e\u200f\ufeff")
    name = re.sub(r"\s+", "-", name.strip())
    name = re.sub(r"^(?:_+|@@+|\+\++|\.+)", "", name)
    return name.encode()[:200].decode("utf-8", "ignore")


def title_from(name: str) -> str:
    """Return a title for what has none: "getting-started" → "Getting started"."""
    words = re.sub(r"^\d+[-_. ]+(?=\D)", "", name)
    words = re.sub(r"[-_\s]+", " ", words).strip() or name
    return words[:1].upper() + words[1:]


def order_of(node: Node) -> tuple[Any, ...]:
    """Return what children are sorted by: pages before files; as Hugo: weight, newest date, number, title."""
    if node.kind in {IMAGE, FILE}:
        return (1, 0, 0, 0, node.key.casefold(), node.key)
    weight = node.values.get("weight")
    weighed = isinstance(weight, (int, float)) and not isinstance(weight, bool) and weight != 0
    date = first_moment(node.values, (FROM[-1], *FROM[:-1]))
    digits = re.match(r"(\d{1,9})(?=[-_. ]|$)", posixpath.basename(node.key.rstrip("/")))
    title = node.values.get("linktitle") or node.title
    return (
        0,
        weight if weighed else LATER,
        -date.timestamp() if date else LATER,
        int(digits[1]) if digits else LATER,
        str(title).casefold(),
        node.key,
    )
