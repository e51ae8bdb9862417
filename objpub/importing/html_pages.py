"""A page written in HTML: its title, what its `<meta>` say, and what stands in its body."""

from dataclasses import dataclass
from dataclasses import field
from html.parser import HTMLParser

from .frontmatter import FrontMatter

META = frozenset({"author", "date", "description", "keywords"})


@dataclass
class Found:
    """What a document holds. start, end: (line from 1, column) between which its body stands, if any."""

    title: list[str] = field(default_factory=list)
    heading: list[str] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    start: tuple[int, int] | None = None
    end: tuple[int, int] | None = None


class Reader(HTMLParser):
    """Reads a document once and notes where its body is; the body itself is left as it was written."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Found()
        self._into: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag says."""
        values = {name: value or "" for name, value in attrs}
        if tag == "title" and not self.found.title:
            self._into = self.found.title
        elif tag == "h1" and not self.found.heading:
            self._into = self.found.heading
        elif tag == "meta" and values.get("name", "").lower() in META:
            self.found.meta.setdefault(values["name"].lower(), values.get("content", ""))
        elif tag == "body" and self.found.start is None:
            line, column = self.getpos()
            raw = self.get_starttag_text() or ""
            after = raw.rpartition("\n")[2] if "\n" in raw else raw
            column = len(after) if "\n" in raw else column + len(raw)
            self.found.start = (line + raw.count("\n"), column)

    def handle_endtag(self, tag: str) -> None:
        """Note where titles and the body end."""
        if tag in {"title", "h1"}:
            self._into = None
        elif tag in {"body", "html"} and self.found.start and self.found.end is None:
            self.found.end = self.getpos()

    def handle_data(self, data: str) -> None:
        """Take the text of a title."""
        if self._into is not None:
            self._into.append(data)


def read_html_page(page: FrontMatter) -> FrontMatter:
    """Return *page*, whose body is a document in HTML, with the values of the document and its inner body.

    What stands in front matter before the document wins over what the document says.
    """
    reader = Reader()
    reader.feed(page.body)
    reader.close()
    found = reader.found
    values = {name: value for name, value in found.meta.items() if value.strip()}
    title = " ".join("".join(found.title or found.heading).split())
    if title:
        values["title"] = title
    lines = page.body.split("\n")
    start, end = found.start or (1, 0), found.end or (len(lines), len(lines[-1]))
    inner = lines[start[0] - 1 : end[0]]
    if inner:
        inner[-1] = inner[-1][: end[1]]
        inner[0] = inner[0][start[1] :]
    body_line = page.body_line + start[0] - 1
    return FrontMatter({**values, **page.values}, "\n".join(inner), body_line, page.lines)
