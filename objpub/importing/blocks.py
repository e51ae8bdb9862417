"""What Hugo and GitHub add to Markdown's blocks: attributes in braces, and notes that begin `> [!NOTE]`.

Both look at the tokens before their text is parsed, while a text still is what was written.
"""

import re
from typing import TYPE_CHECKING

from objpub.libraries import later

if TYPE_CHECKING:
    from markdown_it import token as parts
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token
else:
    parts = later("markdown_it.token")

PART = r"[#.][\w:-]+|[\w-]+=(?:\"[^\"]*\"|'[^']*'|[^\s\"'{}]+)"
BRACES = re.compile(rf"\{{\s*(?P<parts>(?:{PART})(?:\s+(?:{PART}))*)\s*\}}")
NOTE = re.compile(r"\[!(?P<kind>[A-Za-z]+)\][+-]?[ \t]*(?P<title>[^\n]*)(?:\n|$)")


def read_attributes(text: str) -> dict[str, str] | None:
    """Return id and class of *text*, such as `{#id .class key=value}`; None where it is nothing like that."""
    match = BRACES.fullmatch(text.strip())
    if match is None:
        return None
    found: dict[str, str] = {}
    for part in re.findall(PART, match["parts"]):
        if part[0] in "#.":
            name, value = ("id" if part[0] == "#" else "class"), part[1:]
        else:
            name, _, value = part.partition("=")
            value = value.strip("\"'")
        if name == "class":
            found[name] = f"{found.get(name, '')} {value}".strip()
        elif name == "id":
            found[name] = value
    return found


def set_attributes(state: "StateCore") -> None:
    """Take attributes in braces away from the text and give them to its block."""
    tokens = state.tokens
    for at, token in enumerate(tokens):
        if token.type != "inline" or not token.content.rstrip().endswith("}"):
            continue
        opener = tokens[at - 1]
        if opener.type == "heading_open":
            text, brace, rest = token.content.rpartition("{")
            attributes = read_attributes(brace + rest)
            if attributes is not None:
                token.content = text.rstrip()
                give(opener, attributes)
        elif opener.type == "paragraph_open":
            after_paragraph(tokens, at)
        elif opener.type == "td_open":
            after_table(tokens, at)
    state.tokens = [token for token in tokens if token.type != "gone"]


def after_paragraph(tokens: "list[Token]", at: int) -> None:
    """Give a last line of attributes to the paragraph, or to the list or quotation that ends with it."""
    text, _, last = tokens[at].content.rpartition("\n")
    attributes = read_attributes(last)
    if attributes is None:
        return
    opener = tokens[at - 1]
    outer = at + 2
    while text and outer < len(tokens) and tokens[outer].nesting < 0:
        outer += 1  # markdown-it takes the line into the last item
    if text:
        tokens[at].content = text
        closer = outer - 1
        give(opener_of(tokens, closer) if outer > at + 2 else opener, attributes)
    elif at >= 2 and tokens[at - 2].nesting < 0:
        give(opener_of(tokens, at - 2), attributes)
        for token in tokens[at - 1 : at + 2]:
            token.type, token.hidden = "gone", True


def after_table(tokens: "list[Token]", at: int) -> None:
    """Take a last row that holds nothing but attributes for those of the table."""
    attributes = read_attributes(tokens[at].content)
    if attributes is None or tokens[at - 2].type != "tr_open":
        return
    end = next(index for index in range(at, len(tokens)) if tokens[index].type == "tr_close")
    others = [token for token in tokens[at + 1 : end] if token.type == "inline" and token.content]
    following = [token.type for token in tokens[end + 1 : end + 3]]
    if not others and following == ["tbody_close", "table_close"]:
        give(opener_of(tokens, end + 2), attributes)
        for token in tokens[at - 2 : end + 1]:
            token.type, token.hidden = "gone", True


def opener_of(tokens: "list[Token]", at: int) -> "Token":
    """Return the token that opens what the one at *at* closes."""
    depth = 0
    while True:
        depth -= tokens[at].nesting
        if not depth:
            return tokens[at]
        at -= 1


def give(token: "Token", attributes: dict[str, str]) -> None:
    """Set *attributes* on *token*; classes are added to those it has."""
    for name, value in attributes.items():
        if name == "class":
            token.attrJoin(name, value)
        else:
            token.attrSet(name, value)


def make_notes(state: "StateCore") -> None:
    """Make `> [!NOTE] Title` a note with a title; without one its kind is its title."""
    tokens: list[Token] = []
    open_notes: list[bool] = []
    source = state.tokens
    for at, token in enumerate(source):
        tokens.append(token)
        if token.type == "blockquote_open":
            first = source[at + 2] if source[at + 1].type == "paragraph_open" else None
            match = NOTE.match(first.content) if first else None
            open_notes.append(match is not None)
            if match and first:
                first.content = first.content[match.end() :]
                if first.map:
                    first.map = [first.map[0] + 1, first.map[1]]
                tokens.extend(begin_note(token, match))
        elif token.type == "blockquote_close" and open_notes.pop():
            token.tag = "div"
    state.tokens = without_empty_paragraphs(tokens)


def begin_note(token: "Token", match: re.Match[str]) -> "list[Token]":
    """Make *token* open a note, and return the tokens of its title."""
    token.tag = "div"
    token.attrJoin("class", f"admonition {match['kind'].lower()}")
    opener = parts.Token("paragraph_open", "p", 1, attrs={"class": "admonition-title"}, block=True)
    title = match["title"].strip() or match["kind"].capitalize()
    text = parts.Token("inline", "", 0, map=token.map, content=title, block=True, children=[])
    return [opener, text, parts.Token("paragraph_close", "p", -1, block=True)]


def without_empty_paragraphs(tokens: "list[Token]") -> "list[Token]":
    """Return *tokens* without the paragraphs that have lost all their text."""
    gone: set[int] = set()
    for at, token in enumerate(tokens):
        if token.type == "inline" and not token.content and tokens[at - 1].type == "paragraph_open":
            gone.update((at - 1, at, at + 1))
    return [token for at, token in enumerate(tokens) if at not in gone]
