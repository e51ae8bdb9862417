"""Images on pages: the sizes that a browser may choose from, so that a phone loads no poster."""

import re
from typing import Any

from objpub.content import Image
from objpub.operations import Sights

#: How wide an image in a text is: the whole of a small screen, a column of a large one.
SIZES = "(min-width: 50rem) 50rem, 100vw"
IMAGE_TAG = re.compile(r'<img\b(?:[^>"]|"[^"]*")*?\ssrc="(?P<path>/[^"/?#][^"?#]*)"(?:[^>"]|"[^"]*")*>')
MOST_IMAGES = 50  # of a text that are looked up; those further down are seen by few


def srcset(request: Any, image: Image) -> str:
    """Return the attribute `srcset` of *image*: the address of each of its scales, with its width."""
    address = request.url(image, "scale")
    return ", ".join(f"{address}/{name} {width}w" for name, width in image.srcset)


def with_sizes(html: str, request: Any) -> str:
    """Return *html*, the text of a document, with the sizes of each image that is on the site.

    Its links are paths from the top of the site. An image that may not be seen, or is elsewhere, is left.
    """
    if "<img" not in html:
        return html
    return IMAGE_TAG.sub(lambda match: sized(match, request), html, MOST_IMAGES)


def sized(match: re.Match[str], request: Any) -> str:
    """Return the tag of *match* with what a browser needs to choose, and to keep the place free."""
    tag = match[0]
    target = Sights(request.identity, request.site).target(match["path"])
    image = None if target is None or target.rest else target.resource
    if not isinstance(image, Image):
        return tag
    given = {"srcset": srcset(request, image), "sizes": SIZES, "loading": "lazy"}
    if " width=" not in tag and " height=" not in tag:
        given |= {"width": str(image.width), "height": str(image.height)}
    added = "".join(f' {name}="{value}"' for name, value in given.items() if f" {name}=" not in tag)
    return f"<img{added}{tag[4:]}"
