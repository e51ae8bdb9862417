"""HTML from people, made safe."""

import re

import nh3

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

# A class from people could borrow the page's own looks, a dialog that covers everything for one. Only
# those that mark up text are kept: code with its colours (Pygments has one to three letters),
# footnotes, alignment, and the usual boxes.
CLASS = re.compile(
    r"language-[\w+#.-]{1,40}|highlight|footnotes?(-[a-z]{1,20})?|align-(left|center|right)"
    r"|note|tip|important|warning|caution|[a-z]{1,2}[a-z0-9]?"
)

# Ids are for links into a page. A long or odd one is of no use for that.
ID = re.compile(r"[^\W_][\w.:-]{0,99}")


def keep_attribute(tag: str, name: str, value: str) -> str | None:
    """Return the value that an attribute may have, or None to drop it."""
    if name == "class":
        kept = [each for each in value.split() if CLASS.fullmatch(each)]
        return " ".join(kept) or None
    if name == "id":
        return value if ID.fullmatch(value) else None
    return value


# No `style`: pages are served with a policy that refuses it. No `rel`: nothing opens another window.
CLEANER = nh3.Cleaner(
    tags={*BLOCKS.split(), *INLINE.split(), *MEDIA.split()},
    clean_content_tags={"script", "style", "template"},
    attributes={tag: set(names.split()) for tag, names in ATTRIBUTES.items()},
    attribute_filter=keep_attribute,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
    strip_comments=True,
)


def safe_html(html: str) -> str:
    """Return *html* with only the elements and attributes that are allowed, well-formed."""
    return str(CLEANER.clean(html))
