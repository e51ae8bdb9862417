"""The contents page of the management interface: a folder of 10,000 children beside one of 100.

What is shown is one page of each, so that the large folder may cost at most twice what the small one does,
and its page stays below 100,000 bytes.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

from bench.cases import Asking
from bench.cases import ENVIRON
from bench.counting import count
from objpub import App
from objpub import Content
from objpub import field
from objpub import Folder
from objpub.operations import add_user
from objpub.publisher import Application
from objpub.security import Policy
from objpub.security import SYSTEM
from objpub.settings import load_settings
from objpub.testing import Client

SMALL, LARGE = 100, 10_000
TARGET = 2.0
MOST_BYTES = 100_000
WARM = 5  # requests before those that are counted: each is a whole page
PASSWORD = "good for a bench"
SETTINGS = """
secret = "a secret that is good for a bench only"
[security]
argon2_lanes = 1
argon2_memory_bytes = 8192
argon2_passes = 1
[log]
access = false
"""


class Shelf(Folder, addable="anywhere"):
    """A folder sorted by name."""

    title: str = field()


class Row(Folder, addable="anywhere", ordered=True):
    """A folder with an order of its own."""

    title: str = field()


class Leaf(Content, addable="anywhere"):
    """A page."""

    title: str = field()


KINDS = (("by name", Shelf), ("in an order of its own", Row))

#: Of each folder: words, the query, and whether nothing is loaded before. Sorted otherwise than the folder
#: keeps them are small folders alone; of the large one its own order is shown, and said so.
PAGES = (
    ("", "", False),
    (", cold", "", True),
    (", last page", "sort=-", False),
    (", by title", "sort=title", False),
    (", latest first", "sort=-changed", False),
    (", filtered", "find=a-leaf", False),
    (", filtered, cold", "find=a-leaf", True),
)


def is_there() -> bool:
    """Is the management interface there to be measured? It is a plugin, and may be left out."""
    return find_spec("objpub.manage") is not None


class Page(Asking):
    """Sends requests for the contents page of one folder, as somebody who has signed in.

    cold: does each find an empty cache?
    """

    def __init__(self, application: Application, path: str, query: str = "", cold: bool = False):
        self.application = application
        self.path = path
        self.query = query
        self.cold = cold
        client = Client(application, host="127.0.0.1")
        client.post("/login", {"name": "ann", "password": PASSWORD})
        self.cookies = client.cookies.header("/manage/")

    def environ(self):
        """Return what a server gives for one request."""
        more = {"REQUEST_METHOD": "GET", "PATH_INFO": self.path, "QUERY_STRING": self.query}
        return {**ENVIRON, **more, "HTTP_COOKIE": self.cookies, "HTTP_HOST": "127.0.0.1"}

    def one(self):
        """Send one request; return status, headers and body."""
        if self.cold:
            self.application.database.cacheMinimize()
        return super().one()

    def check(self):
        """Send one request and look at its answer: all that is measured must be the page itself."""
        status, _, body = self.one()
        if status != "200 OK" or body.count(b'class="check pick"') < 10:
            raise SystemExit(f"{self.path}: {status}: {body[:500]!r}")
        return body


def open_site(folder: Path, *sizes: int) -> Application:
    """Return the application with its site in *folder*, made if it is not there.

    sizes: how many children the folders have, SMALL and LARGE by default.
    """
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "objpub.toml"
    settings.write_text(SETTINGS, "utf-8")
    app = App()
    app.include("bench.contents", "objpub.manage")
    application = app.open(load_settings(settings, {}))
    with application.work(sentence="Filled the site") as site:
        if not len(site):
            fill(site, application, sizes or (SMALL, LARGE))
    return application


def fill(site, application, sizes):
    """Put the folders into *site*, and somebody who may see them."""
    passwords = application.registry[Policy].authenticator.passwords
    add_user(SYSTEM, site, "ann", PASSWORD, roles=["editor"], passwords=passwords)
    for _, kind in KINDS:
        for size in sizes:
            folder = site.add(name_of(kind, size), kind(title=f"{kind.__name__} of {size}"))
            for number in range(size):
                folder.add(f"a-leaf-with-a-name-{number}", Leaf(title=f"A leaf with a title {number}"))


def name_of(kind: type, size: int) -> str:
    """Return the name of the folder of *kind* with *size* children."""
    return f"{kind.__name__.lower()}-{size}"


def pages(
    application: Application, kind: type, sizes=(SMALL, LARGE), query: str = "", cold: bool = False
) -> dict[str, Page]:
    """Return the contents pages that are compared: "small" and "large" → what asks for one."""
    return {
        word: Page(application, f"/manage/{name_of(kind, size)}/", query, cold)
        for word, size in zip(("small", "large"), sizes, strict=True)
    }


def main(folder: str, requests: str, *sizes: str) -> None:
    """Send the requests that are counted, see `bench.counting`."""
    application = open_site(Path(folder), *map(int, sizes))
    for _, kind in KINDS:
        for page in pages(application, kind, tuple(map(int, sizes))).values():
            count(page, int(requests), WARM)
    application.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
