"""A documentation with a desk: folders, articles that are reviewed, images, and one page that takes long."""

from hashlib import pbkdf2_hmac

from objpub import Content
from objpub import field
from objpub import Folder
from objpub import Image
from objpub import Permission
from objpub import RichText
from objpub import Site
from objpub import State
from objpub import Transition
from objpub import view
from objpub import Workflow

Publish = Permission("desk.publish", title="Publish", roles=["editor"])

publishing = Workflow(
    State("draft", view="owner editor", edit="owner editor"),
    State("pending", view="owner editor", edit="editor", title="Waiting for review"),
    State("published", view="everyone", edit="editor"),
    Transition("submit", "draft -> pending", needs="edit", title="Submit for review"),
    Transition("publish", "draft pending -> published", needs=Publish),
    Transition("retract", "published -> draft", needs=Publish),
)


class Section(Folder, addable="anywhere", ordered=True):
    """A folder of articles."""

    title: str = field(index="text")


class Album(Folder, addable="anywhere"):
    """A folder of pictures."""

    title: str = field(index="text")


class Article(Content, addable="anywhere", workflow=publishing):
    """A text, with a picture if it has one."""

    title: str = field(index="text")
    photo: Image | None = None
    text: RichText = field(default="", index="text")


@view(Site, "almanac", permission="public")
def almanac(site, request):
    """Make a digest of some titles, the slow way: there to be found."""
    titles = "".join(each.title for each in walk(site["desk"]))
    return pbkdf2_hmac("sha256", titles.encode(), b"almanac", 2_000_000).hex()


def walk(section):
    """Yield all articles in *section*."""
    for each in section.values():
        if isinstance(each, Folder):
            yield from walk(each)
        else:
            yield each
