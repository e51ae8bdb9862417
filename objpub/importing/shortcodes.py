"""Hugo's shortcodes, found in a text and nested.

{{< name args >}} … {{< /name >}}     {{% name args %}}     {{< name />}}     {{</* shown as it is */>}}
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field

# The longest tag that is looked at, in characters; the longest of Hugo's own documentation has 300.
LONGEST_TAG = 5_000

BEGIN = re.compile(r"\{\{(?P<bracket>[<%])")
ESCAPED = re.compile(r"\s*+/\*")
ESCAPED_END = re.compile(r"\*/\s*+(?P<bracket>[>%])\}\}")
NAME = re.compile(r"\s*+(?P<closing>(?:/\s*+)?)(?P<name>[A-Za-z_][\w.-]*(?:/[\w.-]+)*)(?=\s|/?[>%]\}\})")
TEXT = r'"(?:\\.|[^"\\])*"|`[^`]*`'
ARGUMENTS = re.compile(rf"(?:{TEXT}|(?![>%]\}}\}}|\{{\{{)[^\"`])*", re.DOTALL)
END = re.compile(r"(?P<bracket>[>%])\}\}")
ARGUMENT = re.compile(rf"(?:(?P<name>[A-Za-z_][\w-]*)\s*=\s*)?(?P<value>{TEXT}|[^\s\"`]+)", re.DOTALL)
CLOSER = {"<": ">", "%": "%"}


@dataclass(frozen=True)
class Literal:
    """Text that is no shortcode. line: the line of its first character, from 1."""

    text: str
    line: int


@dataclass
class Shortcode:
    """A shortcode that was found.

    bracket: "<" or "%"; Hugo renders what "%" gives as Markdown. positional, named: its arguments.
    inner: what stands between it and its closing tag; None where there is no closing tag.
    """

    name: str
    bracket: str
    line: int
    positional: tuple[str, ...] = ()
    named: dict[str, str] = field(default_factory=dict)
    empty: bool = False
    inner: "list[Node] | None" = None

    def argument(self, name: str, position: int | None = None) -> str:
        """Return the argument called *name*, else the one at *position* from 0, else ""."""
        if name in self.named:
            return self.named[name]
        if position is not None and position < len(self.positional):
            return self.positional[position]
        return ""


@dataclass(frozen=True)
class Closing:
    """A closing tag, while the shortcodes are not nested yet."""

    name: str
    line: int


@dataclass(frozen=True)
class Stray:
    """A tag that cannot be. message: what is wrong with it. text: what stays of it."""

    line: int
    message: str
    text: str = ""


Node = Literal | Shortcode | Stray


def read_shortcodes(text: str, first_line: int = 1) -> list[Node]:
    """Return the literals and shortcodes of *text*, nested. *first_line*: the line on which it begins."""
    nodes: list[Node] = []
    opened: dict[str, list[int]] = {}
    for part in tags(text, first_line):
        if not isinstance(part, Closing):
            if isinstance(part, Shortcode) and not part.empty:
                opened.setdefault(part.name, []).append(len(nodes))
            nodes.append(part)
            continue
        waiting = opened.get(part.name)
        while waiting and waiting[-1] >= len(nodes):
            waiting.pop()  # it was taken into another one meanwhile
        if not waiting:
            nodes.append(Stray(part.line, f"the shortcode {part.name!r} is closed here and opened nowhere"))
            continue
        at = waiting.pop()
        opener = nodes[at]
        if isinstance(opener, Shortcode):
            opener.inner = nodes[at + 1 :]
        del nodes[at + 1 :]
    return nodes


def tags(text: str, first_line: int = 1) -> Iterator[Literal | Shortcode | Closing | Stray]:
    """Yield what *text* is made of, in its order, not nested yet."""
    done = 0
    line = first_line
    for begin in BEGIN.finditer(text):
        if begin.start() < done:
            continue
        found = tag_at(text, begin)
        if found is None:
            continue
        part, end = found
        if begin.start() > done:
            yield Literal(text[done : begin.start()], line)
        line += text.count("\n", done, begin.start())
        yield at_line(part, line)
        line += text.count("\n", begin.start(), end)
        done = end
    if done < len(text):
        yield Literal(text[done:], line)


def tag_at(text: str, begin: re.Match[str]) -> tuple[Literal | Shortcode | Closing | Stray, int] | None:
    """Return the tag that begins at *begin* and where it ends; None where it is no tag after all."""
    bracket = begin["bracket"]
    window = text[begin.end() : begin.end() + LONGEST_TAG]
    escaped = ESCAPED.match(window)
    end = ESCAPED_END.search(window, escaped.end()) if escaped else None
    if escaped and end and end["bracket"] == CLOSER[bracket]:
        shown = begin[0] + window[escaped.end() : end.start()] + end["bracket"] + "}}"
        return Literal(shown, 0), begin.end() + end.end()
    name = NAME.match(window)
    if name is None:
        return None
    arguments = ARGUMENTS.match(window, name.end())
    end = END.match(window, arguments.end()) if arguments else None
    if arguments is None or end is None or end["bracket"] != CLOSER[bracket]:
        return unfinished(window, name, begin)
    if name["closing"]:
        return Closing(name["name"], 0), begin.end() + end.end()
    empty = arguments[0].endswith("/")
    positional, named = read_arguments(arguments[0].removesuffix("/"))
    return Shortcode(name["name"], bracket, 0, positional, named, empty), begin.end() + end.end()


def unfinished(window: str, name: re.Match[str], begin: re.Match[str]) -> tuple[Stray, int] | None:
    """Return what to say of a tag without an end; None where it is more likely other people's braces."""
    if begin["bracket"] == "%" or not window[0].isspace():
        return None
    message = f"the shortcode {name['name']!r} that begins here has no end"
    return Stray(0, message, begin[0] + name[0]), begin.end() + name.end()


def read_arguments(text: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the positional and the named arguments that *text* holds."""
    positional: list[str] = []
    named: dict[str, str] = {}
    for match in ARGUMENT.finditer(text):
        value = unquoted(match["value"])
        if match["name"]:
            named[match["name"].lower()] = value
        else:
            positional.append(value)
    return tuple(positional), named


def unquoted(value: str) -> str:
    """Return an argument without its quotes, if it has any."""
    if value.startswith('"') and len(value) > 1:
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value[1:-1] if value.startswith("`") and len(value) > 1 else value


def at_line(part: Literal | Shortcode | Closing | Stray, line: int) -> Literal | Shortcode | Closing | Stray:
    """Return *part* as standing on *line*."""
    if isinstance(part, Shortcode):
        part.line = line
        return part
    return type(part)(**{**vars(part), "line": line})
