"""A small site to be managed: pages in sections, some of them in an order of their own."""

from objpub.content import Content
from objpub.content import Folder
from objpub.schema import field


class Page(Content, addable="anywhere"):
    """A page."""

    title: str
    text: str = field(default="", multiline=True)


class Section(Folder, addable="anywhere"):
    """A folder of pages."""

    title: str


class Series(Folder, addable="anywhere", ordered=True):
    """Pages in an order of their own."""

    title: str
