"""The elements of a template, checked more strictly than the template language asks for."""

import difflib
import re
from collections.abc import Collection
from collections.abc import Iterator
from typing import Any
from typing import SupportsIndex

from chameleon import i18n
from chameleon import metal
from chameleon import tal
from chameleon.astutil import Symbol
from chameleon.exc import LanguageError
from chameleon.exc import ParseError
from chameleon.namespaces import I18N_NS
from chameleon.namespaces import META_NS
from chameleon.namespaces import METAL_NS
from chameleon.namespaces import TAL_NS
from chameleon.nodes import Node
from chameleon.tales import DEFAULT_MARKER
from chameleon.tokenize import iter_xml
from chameleon.tokenize import Token

from .macros import MacroReader
from .safe_places import SafePlaces

# https://html.spec.whatwg.org/multipage/indices.html: attributes without a value, and what old pages use
BOOLEAN_ATTRIBUTES = frozenset(
    "allowfullscreen async autofocus autoplay checked compact controls declare default defer disabled"
    " formnovalidate hidden inert ismap itemscope loop multiple muted nomodule noresize noshade novalidate"
    " nowrap open playsinline readonly required reversed selected".split()
)
VOID_ELEMENTS = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # have no end tag
)
ENDED_BY_OTHERS = frozenset(  # may have none
    "body colgroup dd dt head html li optgroup option p rp rt tbody td tfoot th thead tr".split()
)
NAMESPACES = {
    TAL_NS: ("tal", tal.WHITELIST - {"script", "xml", "xmlns"}),
    METAL_NS: ("metal", metal.WHITELIST - {"xml", "xmlns"}),
    I18N_NS: ("i18n", i18n.WHITELIST - {"data", "mode", "xml", "xmlns"}),  # Chameleon does nothing with those
    META_NS: ("meta", frozenset({"interpolation"})),
}
TAG = re.compile(
    r"</?[^\s\"'<>/=]+(?:\s+[^\s\"'<>/=]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+))?)*\s*/?>"
)
RAW = re.compile(r"<(script|style)\b", re.IGNORECASE)
MAY_BE_EMPTY = frozenset({"comment", "omit-tag", "translate", "ignore", "name"})
LAYOUT = re.compile(r"\s*(?:path:|python:)?\s*layout\b")


class Program(SafePlaces):
    """The elements of one template. Raises Chameleon's errors, with the token that is wrong.

    has_layout: is there a layout.pt for this template? macros_read: what it says of macros and slots.
    left_out: filled with what stands in an element with metal:use-macro and in none of its slots.
    booleans: attributes that are there or not. escapes: are values escaped?
    """

    booleans = BOOLEAN_ATTRIBUTES
    escapes = True

    def __init__(self, source: str, filename: str, has_layout: bool):
        self.has_layout = has_layout
        self.macros_read = MacroReader()
        self.left_out: list[Any] = []
        super().__init__(
            source,
            "xml",
            filename,
            escape=self.escapes,
            default_marker=Symbol(DEFAULT_MARKER),
            boolean_attributes=self.booleans,
            restricted_namespace=False,  # hx-on:click and xlink:href are nobody's mistake
            tokenizer=self.tokens,
        )

    @staticmethod
    def tokens(source: str, filename: str | None = None) -> Iterator[Token]:
        """Yield the tags and texts of the template."""
        return tokens_of(source, filename)

    def clause(self, token: Token) -> "Clause":
        """Return *token*, what stands in tal:define or tal:attributes, as a clause."""
        return Clause.of(token)

    def visit_element(self, start: dict[str, Any], end: dict[str, Any] | None, children: list[Any]) -> Any:
        """Check the attributes, then go on as usual."""
        check_prefixes(start["attrs"], start["ns_map"])
        check_names(start["ns_attrs"], start["attrs"])
        attributes = start["ns_attrs"]
        self._check_macros(attributes)
        for name in ("define", "attributes"):
            if (TAL_NS, name) in attributes:
                attributes[TAL_NS, name] = self.clause(attributes[TAL_NS, name])
        repeat = attributes.get((TAL_NS, "repeat"))
        if repeat is not None and not is_repeat(repeat):
            raise LanguageError('tal:repeat wants a name and an expression, such as "item items"', repeat)
        self.macros_read.enter(attributes)
        if uses_macro(attributes):
            children = [("left_out", (child,)) for child in children]
        node = super().visit_element(start, end, children)
        self.macros_read.leave()
        if (METAL_NS, "extend-macro") in attributes:
            self._use_macro.pop()  # which Chameleon forgets
        return Filling(node) if (METAL_NS, "fill-slot") in attributes else node

    def visit_left_out(self, child: Any) -> Any:
        """Remember a *child* of an element with metal:use-macro: only slots in it come into the page."""
        node = self.visit(*child)
        self.left_out.append(node)
        return node

    def visit_start_tag(self, start: dict[str, Any]) -> Any:
        """Refuse an element that is never closed, except where HTML allows that."""
        name = start["name"].lower()
        speaks = any(namespace in NAMESPACES for namespace, _ in start["ns_attrs"])
        if name not in VOID_ELEMENTS and (speaks or name not in ENDED_BY_OTHERS):
            raise ParseError(f"<{start['name']}> is never closed", start["name"])
        return super().visit_start_tag(start)

    def visit_processing_instruction(self, node: dict[str, Any]) -> Any:
        """Refuse <?python ?>."""
        if node["name"] == "python":
            raise LanguageError("Python statements belong into the view, not into <?python ?>", node["name"])
        return super().visit_processing_instruction(node)

    def _check_macros(self, attributes: dict[tuple[str, str], Token]) -> None:
        name = attributes.get((METAL_NS, "define-macro"))
        if name is not None and name in self._macros:
            raise LanguageError(f"There are two macros called {str(name)!r}", name)
        for word in ("use-macro", "extend-macro"):
            used = attributes.get((METAL_NS, word))
            if used is not None:
                for useless in ("content", "replace", "attributes"):
                    if (TAL_NS, useless) in attributes:
                        reason = f"tal:{useless} and metal:{word} cannot stand in one element"
                        raise LanguageError(reason, attributes[TAL_NS, useless])
                if not self.has_layout and LAYOUT.match(used):
                    raise LanguageError(
                        "There is no layout.pt beside this template, above it, or for the whole site", used
                    )


class Filling(Node):
    """What an element with metal:fill-slot comes to where it stands, which is not where it is shown."""

    _fields = ("node",)


class LeftOut(Node):
    """What stands in no slot, compiled to find the mistakes in it."""

    _fields = ("macros",)


def uses_macro(attributes: Collection[tuple[str, str]]) -> bool:
    """Is an element with these *attributes* replaced by a macro?"""
    return (METAL_NS, "use-macro") in attributes or (METAL_NS, "extend-macro") in attributes


class Clause(Token):
    """What stands in tal:define or tal:attributes. Its parts know where they are, which Chameleon forgets."""

    __slots__ = ()

    @classmethod
    def of(cls, token: Token) -> "Clause":
        """Return *token* as a clause."""
        return cls(token, token.pos, token.source, token.filename)

    def replace(self, old: str, new: str, count: SupportsIndex = -1, /) -> "Clause":
        """Return the clause with *new* in place of *old*."""
        return type(self).of(super().replace(old, new, count))

    def split(self, separator: str | None = None, most: SupportsIndex = -1) -> list[Token]:  # type: ignore[override]
        """Return the parts between semicolons; a NUL stands for a double one."""
        position, parts = self.pos, []
        for part in str.split(self, separator, most):
            parts.append(Token(part, position, self.source, self.filename))
            position += len(part) + part.count("\0") + 1
        return parts


def tokens_of(source: str, filename: str | None = None) -> Iterator[Token]:
    """Yield the tags and texts of a template; what stands in a script or style is one text.

    Raises ParseError for a tag with a quote, a space or its end missing.
    """
    position = 0
    while position < len(source):
        for token in iter_xml(source[position:]):
            token = checked(Token(token, position + token.pos, source, filename))
            yield token
            raw = RAW.match(token)
            if raw and not token.endswith("/>"):
                break
        else:
            return
        start = token.pos + len(token)
        end = re.compile(rf"</{raw[1]}", re.IGNORECASE).search(source, start)
        position = len(source) if end is None else end.start()
        if source[start:position]:
            yield Token(source[start:position], start, source, filename)


def checked(token: Token) -> Token:
    """Return *token* if it is a whole tag, or no tag. Raises ParseError."""
    if re.match(r"</|<[a-zA-Z]", token) and not TAG.fullmatch(token):
        raise ParseError("A quote, a space or the end is missing in this tag", token)
    return token


def check_prefixes(attributes: list[dict[str, Any]], known: Collection[str | None]) -> None:
    """Refuse a prefix that looks like one of the template language, such as "tla:content"."""
    for attribute in attributes:
        prefix, colon, rest = attribute["name"].partition(":")
        if colon and prefix not in known:
            near = difflib.get_close_matches(prefix.lower(), ["tal", "metal", "i18n"], 1, 0.6)
            if near:
                raise LanguageError(
                    f"There is no {prefix}:{rest}; did you mean {near[0]}:{rest}?", attribute["name"]
                )


def check_names(attributes: dict[tuple[str, Token], Token], written: list[dict[str, Any]]) -> None:
    """Refuse attributes of the template language that do not exist, are empty, or stand twice."""
    for (namespace, name), value in attributes.items():
        if namespace in NAMESPACES:
            prefix, known = NAMESPACES[namespace]
            if name not in known and name != "xmlns":
                near = difflib.get_close_matches(name, known, 1)
                hint = (
                    f"did you mean {prefix}:{near[0]}?" if near else "there are " + ", ".join(sorted(known))
                )
                raise LanguageError(f"There is no {prefix}:{name}; {hint}", name)
            if not value.strip() and name not in MAY_BE_EMPTY:
                raise LanguageError(f"{prefix}:{name} is empty", name)
    seen = set()
    for attribute in written:
        if ":" in attribute["name"] and attribute["name"] in seen:
            raise LanguageError(f"{attribute['name']} stands twice in one element", attribute["name"])
        seen.add(attribute["name"])


def is_repeat(clause: str) -> bool:
    """Is *clause* one name, or names in parentheses, and an expression?"""
    try:
        return len(tal.parse_defines(clause)) == 1
    except LanguageError:
        return False
