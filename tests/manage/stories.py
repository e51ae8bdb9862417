"""A type with what most pages have, shown by the page that a site has for what it declares no view of."""

from objpub.content import Content
from objpub.content import Image
from objpub.schema import field
from objpub.schema import RichText


class Story(Content, addable="anywhere"):
    """Something to read."""

    title: str = field(max_length=60)
    lead: str = field(default="", multiline=True)
    text: RichText = ""
    tags: frozenset[str] = ()
    photo: Image | None = None
    places: int = field(default=12, ge=1, le=30)
