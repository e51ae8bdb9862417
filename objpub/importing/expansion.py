"""A text with its shortcodes resolved: includes put in, figures made, all others reduced to their inner text.

Each line of the result still knows the file and line it came from, so that a later message can name them.
"""

import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from html import escape
from urllib.parse import quote

from objpub.errors import BadSource

from .frontmatter import FrontMatter
from .problems import Problem
from .shortcodes import Literal
from .shortcodes import Node
from .shortcodes import read_shortcodes
from .shortcodes import Shortcode
from .shortcodes import Stray

# Includes inside includes and shortcodes inside shortcodes; Hugo's own documentation needs three.
DEEPEST = 30
MOST_INCLUDES = 1_000  # in one page; a file that includes another twice, which does the same, doubles

TOML_LINE = re.compile(r"^[ \t]*+(?:\[[\w.\"' -]++\]++[ \t]*+$|[\w.\"'-]++[ \t]*+=)", re.MULTILINE)

# What is left of a line whose shortcode gave nothing, as in "- {{< new-in 1.2 >}}".
ONLY_MARKERS = re.compile(r"(?:[:*+-]|\d{1,9}[.)])?")


@dataclass(frozen=True)
class Piece:
    """A part of the result. text: "" for what a shortcode left of itself. line: where it begins in *file*."""

    text: str
    file: str
    line: int


@dataclass(frozen=True)
class Expanded:
    """A text without shortcodes.

    origins: for each of its lines the file and the line there. includes: the files put in, in the order
    they were met; those that are missing too, as they were written.
    """

    text: str
    origins: tuple[tuple[str, int], ...]
    includes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    def origin(self, line: int) -> tuple[str, int]:
        """Return the file and the line there of *line*, from 0."""
        return self.origins[min(max(line, 0), len(self.origins) - 1)]


Include = Callable[[str, str], tuple[str, FrontMatter]]


def expand(text: str, file: str, first_line: int, include: Include) -> Expanded:
    """Resolve the shortcodes of *text*, which stands in *file* from *first_line* on.

    include: called with a path as written and the file it is written in; returns the path of that file and
    what is in it, or raises BadSource.
    """
    if "{{<" not in text and "{{%" not in text:
        lines = text.count("\n") + 1
        return Expanded(text, tuple((file, first_line + at) for at in range(lines)))
    expansion = Expansion(include)
    pieces = expansion.pieces(read_shortcodes(text, first_line), file)
    composed, origins = compose(pieces)
    return Expanded(composed, origins, tuple(expansion.includes), tuple(expansion.problems))


@dataclass
class Expansion:
    """One text on its way: what was included, what went wrong, and how deep it is."""

    include: Include
    includes: dict[str, None] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    depth: int = 0
    running: list[str] = field(default_factory=list)
    included: int = 0

    def pieces(self, nodes: Iterable[Node], file: str) -> list[Piece]:
        """Return what *nodes*, which stand in *file*, become."""
        if self.depth > DEEPEST:
            raise BadSource(0, f"shortcodes are nested more than {DEEPEST} deep in {file}")
        self.depth += 1
        found: list[Piece] = []
        for node in nodes:
            if isinstance(node, Literal):
                found.append(Piece(node.text, file, node.line))
            elif isinstance(node, Stray):
                self.problems.append(Problem(file, node.line, node.message))
                found.append(Piece(node.text, file, node.line))
            else:
                found.extend(SHORTCODES.get(node.name.lower(), inner_text)(self, node, file))
        self.depth -= 1
        return found


def compose(pieces: Iterable[Piece]) -> tuple[str, tuple[tuple[str, int], ...]]:
    """Return the text of *pieces* and the origin of its lines. A line that lost all to a shortcode goes."""
    lines: list[str] = []
    origins: list[tuple[str, int]] = []
    current: list[str] = []
    origin, emptied, here = None, False, ("", 1)
    for piece in (*pieces, Piece("\n", "", 1)):
        emptied = emptied or not piece.text
        for at, part in enumerate(piece.text.split("\n")):
            if at:
                line = "".join(current)
                if not (emptied and ONLY_MARKERS.fullmatch(line.strip(" \t>"))):
                    lines.append(line)
                    origins.append(origin or here)
                current, origin, emptied = [], None, False
            here = (piece.file, piece.line + at) if piece.file else here
            if part:
                current.append(part)
                origin = origin or here
    return "\n".join(lines), tuple(origins) or (("", 1),)


def inner_text(expansion: Expansion, shortcode: Shortcode, file: str) -> list[Piece]:
    """Leave the tags out and keep what stands between them."""
    gone = Piece("", file, shortcode.line)
    return [gone, *expansion.pieces(shortcode.inner or (), file), gone]


def nothing(expansion: Expansion, shortcode: Shortcode, file: str) -> list[Piece]:
    """Leave the shortcode out with all that is in it: it is a note of the writers."""
    return [Piece("", file, shortcode.line)]


def included(expansion: Expansion, shortcode: Shortcode, file: str) -> list[Piece]:
    """Put another file in; its own shortcodes are resolved too."""
    written = shortcode.argument("path", 0) or shortcode.argument("file")
    try:
        path, found = expansion.include(written, file)
        if path in expansion.running:
            raise BadSource(0, f"{path} includes itself, by way of {' → '.join(expansion.running)}")
    except BadSource as error:
        expansion.includes.setdefault(written)
        expansion.problems.append(Problem(file, shortcode.line, f"include {written!r}: {error}"))
        return [Piece("", file, shortcode.line)]
    expansion.includes.setdefault(path)
    expansion.included += 1
    if expansion.included > MOST_INCLUDES:
        raise BadSource(shortcode.line, f"more than {MOST_INCLUDES} files are included")
    expansion.running.append(path)
    body = found.body.lstrip("\n")
    first_line = found.body_line + len(found.body) - len(body)
    pieces = expansion.pieces(read_shortcodes(body.rstrip("\n"), first_line), path)
    expansion.running.pop()
    return pieces or [Piece("", file, shortcode.line)]


def destination(expansion: Expansion, shortcode: Shortcode, file: str) -> list[Piece]:
    """Leave the path of a ref or relref, to be resolved as every other link is."""
    written = shortcode.argument("path", 0).strip()
    return [Piece(quote(written, safe="/#?&=%.:~+@!$'*,;"), file, shortcode.line)]


def picture(expansion: Expansion, shortcode: Shortcode, file: str) -> list[Piece]:
    """Make an image, with its caption where it has one."""
    source = shortcode.argument("src", 0)
    caption = shortcode.argument("caption") or shortcode.argument("title")
    alternative = shortcode.argument("alt") or caption
    image = f'<img src="{escape(source)}" alt="{escape(one_line(alternative))}">'
    if shortcode.argument("link"):
        image = f'<a href="{escape(shortcode.argument("link"))}">{image}</a>'
    if shortcode.name.lower() == "figure":
        below = f"<figcaption>{escape(one_line(caption))}</figcaption>" if caption else ""
        image = f"<figure>{image}{below}</figure>"
    return [Piece(image, file, shortcode.line)] if source else nothing(expansion, shortcode, file)


def code(expansion: Expansion, shortcode: Shortcode, file: str) -> list[Piece]:
    """Make a block of code of what stands between the tags, or inline code of a single line."""
    if shortcode.inner is None:
        return nothing(expansion, shortcode, file)
    inner = expansion.pieces(shortcode.inner, file)
    text = "".join(piece.text for piece in inner)
    runs = max((len(run) for run in re.findall(r"`+", text)), default=0)
    if "\n" not in text.strip() and "\n" not in text:
        fence = "`" * (runs + 1)
        space = " " if runs else ""
        return [Piece(f"{fence}{space}{text.strip()}{space}{fence}", file, shortcode.line)]
    fence = "`" * max(3, runs + 1)
    language = shortcode.argument("lang", 0) if shortcode.name == "highlight" else language_of(text)
    before = "" if text.startswith("\n") else "\n"
    after = "" if re.search(r"\n[ \t]*$", text) else "\n"
    first = Piece(fence + language + before, file, shortcode.line)
    return [first, *inner, Piece(after + fence, file, shortcode.line + text.count("\n"))]


def language_of(text: str) -> str:
    """Guess what a configuration is written in: "json", "toml" or "yaml"."""
    if text.lstrip().startswith("{"):
        return "json"
    return "toml" if TOML_LINE.search(text) else "yaml"


def one_line(text: str) -> str:
    """Return *text* with every run of space made one."""
    return " ".join(text.split())


SHORTCODES: Mapping[str, Callable[[Expansion, Shortcode, str], list[Piece]]] = {
    "code-toggle": code,
    "comment": nothing,
    "figure": picture,
    "highlight": code,
    "hl": code,
    "img": picture,
    "include": included,
    "ref": destination,
    "relref": destination,
}
