"""HTML from people, made safe."""

import re
from functools import cache
from typing import TYPE_CHECKING

from objpub.libraries import later

if TYPE_CHECKING:
    import nh3
else:
    nh3 = later("nh3")

BLOCKS = """
    article aside blockquote caption col colgroup dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5
    h6 header hr li ol p pre section summary table tbody td tfoot th thead tr ul
"""
INLINE = """
    a abbr b bdi bdo br cite code del dfn em i ins kbd mark q rp rt ruby s samp small span strong sub sup time
    u var wbr
"""
MEDIA = "audio img source track video"

ATTRIBUTES = {
    "*": "class dir id lang title",
    "a": "href hreflang",
    "audio": "controls src",
    "bdo": "dir",
    "blockquote": "cite",
    "col": "span",
    "colgroup": "span",
    "del": "cite datetime",
    "details": "open",
    "img": "alt decoding height loading src width",
    "ins": "cite datetime",
    "li": "value",
    "ol": "reversed start type",
    "q": "cite",
    "source": "src type",
    "td": "align colspan headers rowspan",
    "th": "align colspan headers rowspan scope",
    "time": "datetime",
    "track": "kind label src srclang",
    "video": "controls height poster src width",
}

# A class from people could borrow the page's own looks, a button or a dialog that covers everything for one.
# Only those that mark up text are kept: code with its colours, footnotes, alignment, and the usual boxes.
CLASS = re.compile(
    r"language-[\w+#.-]{1,40}|highlight|footnotes?(-[a-z]{1,20})?|align-(left|center|right)"
    r"|note|tip|important|warning|caution"
)

#: The classes of Pygments for the colours of code. Any short word would let in those that style sheets use.
COLOURS = frozenset(
    """
    bp c c1 ch cm cp cpf cs dl err esc fm g gd ge ges gh gi go gp gr gs gt gu hll il k kc kd kn kp kr kt
    l ld m mb mf mh mi mo n na nb nc nd ne nf ni nl nn no nt nv nx o ow p pm py s s1 s2 sa sb sc sd se
    sh si sr ss sx vc vg vi vm w x
    """.split()
)

# Ids are for links into a page. A long or odd one is of no use for that.
ID = re.compile(r"[^\W_][\w.:-]{0,99}")


def keep_attribute(tag: str, name: str, value: str) -> str | None:
    """Return the value that an attribute may have, or None to drop it."""
    if name == "class":
        kept = [each for each in value.split() if each in COLOURS or CLASS.fullmatch(each)]
        return " ".join(kept) or None
    if name == "id":
        return value if ID.fullmatch(value) else None
    return value


@cache
def cleaner() -> "nh3.Cleaner":
    """Return what cleans HTML.

    No `style`: pages are served with a policy that refuses it. No `rel`: nothing opens another window.
    """
    return nh3.Cleaner(
        tags={*BLOCKS.split(), *INLINE.split(), *MEDIA.split()},
        clean_content_tags={"script", "style", "template"},
        attributes={tag: set(names.split()) for tag, names in ATTRIBUTES.items()},
        attribute_filter=keep_attribute,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
        strip_comments=True,
    )


# A parser of HTML takes the square of the depth in time (500 kB of "<div>": half a minute), and repeats
# <b> and its like in each paragraph after one that leaves them open, so that a text can grow a
# thousandfold. A text with few tags cannot do much; one with more is looked through first.
FEW_TAGS = 1_000
DEEPEST = 250

# Mending what is badly nested may give what has to be mended again, and a browser would mend it in its own
# way. Two passes are the rule, since the second has to find nothing.
PASSES = 5

# What is certain to be a comment, a doctype, an element without markup in it, an end or a start; and else
# a "<" that may be anything.
TOKEN = re.compile(
    r"""
    <!--[^<>]*-->
    | <!doctype\s[^<>]*+>
    | <(?P<raw>script|style|textarea|title)(?:\s[^<>]*+)?>[^<]*+</(?P=raw)\s*>
    | </(?P<end>[a-z][a-z0-9-]*+)\s*>
    | <(?P<start>[a-z][a-z0-9-]*+)
      (?:\s++[^\s"'<>/=]++(?:\s*=\s*+(?:"[^"<>]*+"|'[^'<>]*+'|[^\s"'=<>`]++))?+)*+\s*+/?>
    | <
    """,
    re.VERBOSE | re.IGNORECASE,
)

VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())

# Elements that end where one of these begins, and those that end with one of these. Parts of tables do so
# too, but not everywhere; they have to be closed.
END_BEFORE = {"p": {"p"}, "li": {"li"}, "dt": {"dt", "dd"}, "dd": {"dt", "dd"}}
END_WITH = {
    **{name: {"p"} for name in ("li", "dt", "dd")},
    **{name: set(END_BEFORE) for name in ("article", "blockquote", "div", "dl", "ol", "section", "ul")},
}

# Elements with rules of their own for what stands in them.
PECULIAR = frozenset(
    """
    form frameset iframe math noembed noframes noscript plaintext script select style svg template textarea
    title xmp
    """.split()
)


def safe_html(html: str) -> str:
    """Return *html* with only the elements and attributes that are allowed, well-formed.

    What comes back is safe as it is: parsed again, it is the same. Raises ValueError for a long text that is
    nested deeper than 250 elements, unclosed ones included.
    """
    if not html:
        return html
    for _ in range(PASSES):
        if html.count("<") > FEW_TAGS and is_deep(html):
            raise ValueError(f"wanted HTML whose elements are closed and nested at most {DEEPEST} deep")
        before, html = html, cleaner().clean(html)
        if html == before:
            return html
    raise ValueError("wanted HTML whose elements are closed in the order that they were opened")


def is_deep(html: str) -> bool:
    """May *html* be nested deeper than DEEPEST? Never wrong when it says no.

    After the first thing that a parser would have to mend, ends no longer count.
    """
    opened: list[str] = []
    tidy = True
    for token in TOKEN.finditer(html):
        start, end = token["start"], token["end"]
        if start:
            name = start.lower()
            tidy = tidy and name not in PECULIAR
            if tidy and name in END_BEFORE:
                end_before(opened, name)
            if name not in VOID:
                opened.append(name)
        elif end:
            tidy = tidy and close(opened, end.lower())
        elif token[0] == "<":
            tidy = False
            opened.append("")
        if len(opened) > DEEPEST:
            return True
    return False


def end_before(opened: list[str], name: str) -> None:
    """Take from the end of *opened* what ends because *name* begins."""
    if opened and opened[-1] in END_BEFORE[name]:
        opened.pop()
    elif opened[-1:] == ["p"] and len(opened) > 1 and opened[-2] in END_BEFORE[name]:
        del opened[-2:]


def close(opened: list[str], name: str) -> bool:
    """Take *name*, and what ends with it, from the end of *opened*. False if it is not what ends next."""
    depth, with_it = len(opened) - 1, END_WITH.get(name, ())
    while depth >= 0 and opened[depth] != name and opened[depth] in with_it:
        depth -= 1
    if depth < 0 or opened[depth] != name:
        return False
    del opened[depth:]
    return True
