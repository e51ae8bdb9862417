"""HTML that came from outside, reduced to what a page may hold: no script, no style, no form, no frame."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from objpub.errors import BadSource
from objpub.libraries import later

if TYPE_CHECKING:
    import nh3
    from pygments import token as pygments_token
else:
    nh3 = later("nh3")
    pygments_token = later("pygments.token")

TAGS = frozenset(
    "a abbr article aside b bdi bdo blockquote br caption cite code col colgroup data dd del details dfn div"
    " dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q rp rt ruby s"
    " samp section small span strong sub summary sup table tbody td tfoot th thead time tr u ul var"
    " wbr".split()
)
ATTRIBUTES: Mapping[str, str] = {
    "*": "class dir id lang title",
    "a": "href name",
    "blockquote": "cite",
    "col": "span",
    "colgroup": "span",
    "data": "value",
    "del": "cite datetime",
    "details": "open",
    "img": "alt height loading src width",
    "ins": "cite datetime",
    "li": "value",
    "ol": "reversed start type",
    "q": "cite",
    "td": "colspan headers rowspan",
    "th": "abbr colspan headers rowspan scope",
    "time": "datetime",
}
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
GONE_WITH_ITS_TEXT = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg", "math"})

# What this part itself writes. Every other class but those of Pygments gets the prefix: a text could
# otherwise borrow the looks of the page around it, a dialog that covers all for one.
OWN_CLASS = re.compile(
    r"admonition(-title)?|note|tip|important|warning|caution|align-(left|center|right)|footnotes?(-[a-z]+)?"
    r"|c-[\w-]+|highlight|language-[\w+#.-]{1,40}|missing-(link|image)|task"
)
PREFIX = "c-"
ANY_CLASS = re.compile(r"[\w+#.-]{1,60}")
ANY_ID = re.compile(r"[\w-][\w.:-]{0,199}")


def filtered(tag: str, name: str, value: str) -> str | None:
    """Return the value that an attribute keeps; None where it goes."""
    if name == "class":
        kept = [each for each in value.split() if ANY_CLASS.fullmatch(each)]
        return " ".join(each if is_own(each) else PREFIX + each for each in kept) or None
    if name in {"id", "name"}:
        return value if ANY_ID.fullmatch(value) else None
    return value


@cache
def colours() -> frozenset[str]:
    """Return the classes of Pygments."""
    return frozenset(pygments_token.STANDARD_TYPES.values()) | {"hll"}


def is_own(name: str) -> bool:
    """Is *name* a class that this part, or Pygments, writes itself?"""
    return name in colours() or OWN_CLASS.fullmatch(name) is not None


# HTML that is nested deeper takes the parser a time that grows with the square of it: minutes for a megabyte.
DEEPEST = 500
ELEMENT = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)")

# Elements that close the one before them, or hold nothing: they may be left open.
LEFT_OPEN = frozenset(
    "a area base br col colgroup dd dt embed hr img input li link meta option p param rp rt source tbody td"
    " tfoot th thead tr track wbr".split()
)


def depth_of(html: str) -> int:
    """Return how deep elements stand in one another in *html*, those that are never closed included."""
    opened: Counter[str] = Counter()
    depth = deepest = 0
    for closing, name in ELEMENT.findall(html):
        name = name.lower()
        if name in LEFT_OPEN:
            continue
        if not closing:
            opened[name] += 1
            depth += 1
            deepest = max(depth, deepest)
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
    return deepest


class Sanitiser:
    """Cleans HTML by an allow-list. Made once for many pages."""

    def __init__(self) -> None:
        self._cleaner = nh3.Cleaner(
            tags=set(TAGS),
            attributes={tag: set(names.split()) for tag, names in ATTRIBUTES.items()},
            attribute_filter=filtered,
            clean_content_tags=set(GONE_WITH_ITS_TEXT),
            url_schemes=set(SCHEMES),
            link_rel=None,
        )

    def clean(self, html: str) -> str:
        """Return *html* without what a page may not hold. What is clean stays as it is.

        Raises BadSource for HTML that is nested too deep, or whose elements are not closed.
        """
        if html.count("<") > DEEPEST and depth_of(html) > DEEPEST:
            raise BadSource(0, f"its HTML is nested more than {DEEPEST} deep, or its elements are not closed")
        return str(self._cleaner.clean(html))
