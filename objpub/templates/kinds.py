"""The kinds of templates beside HTML: XML, which must be well-formed, and text, where nothing is escaped."""

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any
from typing import NoReturn
from typing import SupportsIndex
from typing import TYPE_CHECKING

from chameleon.exc import LanguageError
from chameleon.exc import ParseError
from chameleon.nodes import Interpolation
from chameleon.nodes import Substitution
from chameleon.tokenize import iter_xml
from chameleon.tokenize import Token

from objpub.libraries import later

from .places import mistake
from .places import Place
from .program import checked
from .program import Clause
from .program import Program
from .program import TAG
from .safe_places import CDATA

if TYPE_CHECKING:
    from xml.parsers import expat
else:
    expat = later("xml.parsers.expat")

HTML, XML, TEXT = "html", "xml", "text"
MEDIA_TYPES = {  # of text templates, by what stands before .pt in the name of the file
    ".txt": "text/plain",
    ".csv": "text/csv",
}
ROOTS = {  # media types of XML, by the element around all; others are application/xml
    "rss": "application/rss+xml",
    "feed": "application/atom+xml",
    "svg": "image/svg+xml",
    "html": "application/xhtml+xml",
}
OWN_PREFIXES = frozenset({"tal", "metal", "i18n", "meta", "xml", "xmlns"})
SPOKEN = re.compile(r"</?(?:tal|metal):")
LOST = re.compile(r"<[^<>\s]+[^<>]*?\s(?P<name>(?:tal|metal):[\w-]+)\s*=")
BLANK = re.compile(r"[ \t]*(?:\n|\Z)")
XML_MISTAKES = {  # what expat says → what we say
    "undefined entity": "There is no entity of this name in XML: write the character itself",
    "not well-formed (invalid token)": (
        'This is not well-formed XML: "<" and "&" of a text or an expression are written &lt; and &amp;'
    ),
    "junk after document element": "In XML one element stands around all others, and nothing after it",
    "no element found": "In XML there is an element around all others",
    "mismatched tag": "This end tag does not fit the element that is open here",
    "duplicate attribute": "This element has one attribute twice",
}


def kind_of(source: str, file: str) -> tuple[str, str]:
    """Return what a template with the text *source* in *file* is, HTML, XML or TEXT, and its media type.

    Raises TemplateError for XML that is not well-formed.
    """
    media_type = MEDIA_TYPES.get(PurePath(PurePath(file).stem).suffix)
    if media_type is not None:
        return TEXT, media_type
    if source.startswith("<?xml"):
        return XML, ROOTS.get(XmlReader(source, file).root, "application/xml")
    if source.lstrip().startswith("<?xml "):
        line = source[: source.index("<?xml")].count("\n") + 1
        raise mistake("The declaration of XML stands at the very beginning of a file", Place(file, line))
    return HTML, "text/html"


class XmlReader:
    """Reads the source of an XML template once, to find what no reader of XML would accept.

    root: the name of its first element that is not one of the template language. Raises TemplateError.
    """

    def __init__(self, source: str, file: str):
        self.root = ""
        self._source = source
        self._file = file
        self._known: list[frozenset[str]] = [OWN_PREFIXES]
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.ordered_attributes = True
        parser.XmlDeclHandler = self._declared
        parser.StartElementHandler = self._started
        parser.EndElementHandler = lambda name: self._known.pop()
        try:
            parser.Parse(source.encode("utf-8", "surrogatepass"), True)
        except expat.ExpatError as error:
            said = expat.ErrorString(error.code) or str(error)
            self._refuse(
                XML_MISTAKES.get(said, f"This is not well-formed XML: {said}"), error.lineno, error.offset
            )

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in {"utf-8", "us-ascii"}:
            self._refuse(f"The template is read and sent as UTF-8, its declaration says {encoding}")

    def _started(self, name: str, attributes: list[str]) -> None:
        names = [name, *attributes[::2]]
        known = self._known[-1] | {each[6:] for each in names if each.startswith("xmlns:")}
        self._known.append(known)
        for each in names:
            prefix, colon, _ = each.partition(":")
            if colon and prefix not in known:
                self._refuse(f"Nothing says what {prefix}: means: there is no xmlns:{prefix} here or around")
        if not self.root and name.partition(":")[0] not in OWN_PREFIXES:
            self.root = name

    def _refuse(self, reason: str, line: int = 0, column: int = 0) -> NoReturn:
        line = line or self._parser.CurrentLineNumber
        column = column if line != self._parser.CurrentLineNumber else self._parser.CurrentColumnNumber
        raise mistake(reason, Place(self._file, line, column + 1))


class ExactToken(Token):
    """A name that is not the same in small letters, as names in XML are."""

    __slots__ = ()

    def lower(self) -> "ExactToken":
        """Return it as it is."""
        return self

    def replace(self, old: str, new: str, count: SupportsIndex = -1, /) -> Token:
        """Return a name of XML with *new* in place of *old*."""
        return exact(super().replace(old, new, count))

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return exact(found) if isinstance(found, Token) else found


def exact(token: Token) -> ExactToken:
    """Return *token* as a name of XML."""
    return ExactToken(token, token.pos, token.source, token.filename)


class XmlProgram(Program):
    """The elements of a template of XML: none is closed by another, and none is true or false."""

    booleans = frozenset()

    @staticmethod
    def tokens(source: str, filename: str | None = None) -> Iterator[Token]:
        """Yield the tags and texts."""
        return (checked(token) for token in iter_xml(source, filename))

    def visit_element(self, start: dict[str, Any], end: dict[str, Any] | None, children: list[Any]) -> Any:
        """Let names that differ in small and capital letters be different attributes."""
        for attribute in start["attrs"]:
            attribute["name"] = exact(attribute["name"])
        return super().visit_element(start, end, children)

    def clause(self, token: Token) -> Clause:
        """Return the clause *token*, with parts that keep their letters."""
        return ExactClause.of(token)

    def visit_start_tag(self, start: dict[str, Any]) -> Any:
        """Refuse an element that is never closed."""
        raise ParseError(f"<{start['name']}> is never closed", start["name"])

    def visit_cdata(self, node: Token) -> Any:
        """Let no value end the CDATA that it stands in."""
        if not self._interpolation[-1] or "${" not in node:
            return super().visit_cdata(node)
        return Interpolation(Substitution(node, CDATA), True, False)


class ExactClause(Clause):
    """A clause of XML."""

    __slots__ = ()

    def split(self, separator: str | None = None, most: Any = -1) -> list[Token]:  # type: ignore[override]
        """Return the parts between semicolons."""
        return [exact(part) for part in super().split(separator, most)]


class Words(Token):
    """Text that is none of the template language, whatever it looks like."""

    __slots__ = ()

    def startswith(self, *arguments: Any) -> bool:
        """Say that it begins with nothing: Chameleon asks, to know whether it is a tag."""
        return False


class TextProgram(Program):
    """A template of text: only <tal:…> and <metal:…> are elements, and nothing is escaped."""

    escapes = False

    @staticmethod
    def tokens(source: str, filename: str | None = None) -> Iterator[Token]:
        """Yield the tags of the template language, and the texts between them."""
        return text_tokens(source, filename)

    def _make_content_node(self, expression: Token, default: Any, key: str, translate: bool) -> Any:
        return super()._make_content_node(expression, default, "structure", translate)


def text_tokens(source: str, filename: str | None = None) -> Iterator[Token]:
    """Yield the tags of the template language in *source*, and the texts between them.

    A line on which elements only begin, or only end, is not part of the text. Raises ParseError for a tag
    that is none, LanguageError for an element of another language that has attributes of this one.
    """
    position = 0
    for run in runs_of_tags(source, filename):
        start, end = run[0].pos, run[-1].pos + len(run[-1])
        line = source.rfind("\n", 0, start) + 1
        after = BLANK.match(source, end)
        is_apart = (
            after is not None and not source[max(line, position) : start].strip() and opens_or_ends(run)
        )
        if is_apart and line >= position:
            start = line
        yield from words(source, position, start, filename)
        for tag, following in zip(run, [*run[1:], None], strict=True):
            yield tag
            if following is not None and not is_apart:
                yield from words(source, tag.pos + len(tag), following.pos, filename)
        position = after.end() if is_apart and after is not None else end
    yield from words(source, position, len(source), filename)


def runs_of_tags(source: str, filename: str | None) -> Iterator[list[Token]]:
    """Yield the tags of the template language, those together that have only spaces between them."""
    run: list[Token] = []
    end = 0
    for found in SPOKEN.finditer(source):
        if found.start() < end:
            continue  # in an attribute of the tag before
        tag = TAG.match(source, found.start())
        if tag is None:
            token = Token(source[found.start() :].partition("\n")[0], found.start(), source, filename)
            raise ParseError("A quote, a space or the end is missing in this tag", token)
        if run and source[end : tag.start()].strip(" \t"):
            yield run
            run = []
        run.append(Token(tag[0], tag.start(), source, filename))
        end = tag.end()
    if run:
        yield run


def opens_or_ends(run: list[Token]) -> bool:
    """Do the tags of *run* first end elements, then begin others, with none that is whole?"""
    kinds = "".join("e" if tag.startswith("</") else "x" if tag.endswith("/>") else "s" for tag in run)
    return re.fullmatch("e*s*", kinds) is not None


def words(source: str, start: int, end: int, filename: str | None) -> Iterator[Token]:
    """Yield the text between *start* and *end*, if there is any."""
    if start < end:
        lost = LOST.search(source, start, end)
        if lost is not None:
            token = Token(lost["name"], lost.start("name"), source, filename)
            raise LanguageError("In a template of text only <tal:…> and <metal:…> are elements", token)
        yield Words(source[start:end], start, source, filename)


PROGRAMS = {HTML: Program, XML: XmlProgram, TEXT: TextProgram}
