"""One template with what it should give, and how what it gives is compared with that."""

import html.parser
import io
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass

#: HTML lets these end where the next begins; zope.tal writes their end tags, Chameleon leaves them out.
END_MAY_BE_MISSING = frozenset(
    "body colgroup dd dt head html li optgroup option p rp rt tbody td tfoot th thead tr".split()
)


@dataclass
class Pair:
    """A template and what the suite wants of it.

    needs: what it needs beside TAL, METAL and TALES; "" for nothing. render: makes the page. same: the
    suite's own way to compare what it wants with what came.
    """

    name: str
    needs: str
    render: Callable[[], str]
    wanted: str
    same: Callable[[str, str], bool]


@dataclass
class Tried:
    """What came of a pair. outcome: "same", "document" (it says the same in another way), "" for neither."""

    pair: Pair
    outcome: str
    said: str


def try_pair(pair: Pair) -> Tried:
    """Return what came of *pair*."""
    try:
        came = pair.render()
    except Exception as error:  # of any kind: that is what is asked
        return Tried(pair, "", f"{type(error).__name__}: {str(error).partition(chr(10))[0]}")
    if pair.same(pair.wanted, came):
        return Tried(pair, "same", "")
    if document(pair.wanted) == document(came):
        return Tried(pair, "document", "")
    return Tried(pair, "", first_difference(pair.wanted, came))


def first_difference(wanted: str, came: str) -> str:
    """Return where two documents begin to differ."""
    for one, other in zip([*document(wanted), "the end"], [*document(came), "the end"], strict=False):
        if one != other:
            return f"wanted {one}, got {other}"
    return "it is cut off"


def document(text: str) -> list:
    """Return what the markup *text* says: white space is one space, and none beside a tag.

    Quotes, the order of attributes and an end tag that HTML can do without make no difference; in HTML
    neither do small and capital letters of names.
    """
    if text.lstrip().startswith("<?xml"):
        try:
            return xml_document(text.lstrip())
        except ElementTree.ParseError:
            pass
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader.document()


def xml_document(text: str) -> list:
    """Return what XML says."""
    said = []
    events = ("start", "end", "comment", "pi")
    for event, element in ElementTree.iterparse(io.StringIO(text), events):
        if event == "start":
            said.append(("start", element.tag, tuple(sorted(element.items())), element))
        elif event == "end":
            said.append(("end", element.tag, words(element.text), words(element.tail)))
        else:
            said.append((event, words(element.text)))
    return [each[:3] if each[0] == "start" else each for each in said]


def words(text: str | None) -> str:
    """Return *text* with single spaces."""
    return " ".join((text or "").split())


class Reader(html.parser.HTMLParser):
    """Reads HTML into a list of what it says."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self._said: list[tuple] = []

    def document(self) -> list:
        """Return what was read, without empty texts."""
        said = [("text", words(each[1])) if each[0] == "text" else each for each in self._said]
        return [each for each in said if each != ("text", "")]

    def handle_starttag(self, tag: str, attrs: list) -> None:
        """Keep a start tag; an attribute without a value is an empty one."""
        self._said.append(("start", tag, tuple(sorted((name, value or "") for name, value in attrs))))

    def handle_endtag(self, tag: str) -> None:
        """Keep an end tag."""
        if tag not in END_MAY_BE_MISSING:
            self._said.append(("end", tag))

    def handle_data(self, data: str) -> None:
        """Keep text, joined with the text before."""
        if self._said and self._said[-1][0] == "text":
            self._said[-1] = ("text", self._said[-1][1] + data)
        else:
            self._said.append(("text", data))

    def handle_entityref(self, name: str) -> None:
        """Keep an entity as it is written."""
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """Keep a character as it is written."""
        self.handle_data(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        """Keep a comment."""
        self._said.append(("comment", words(data)))

    def handle_decl(self, decl: str) -> None:
        """Keep a declaration."""
        self._said.append(("declaration", words(decl)))

    def handle_pi(self, data: str) -> None:
        """Keep a processing instruction."""
        self._said.append(("instruction", words(data)))
