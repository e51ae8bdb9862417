"""A small site with a view of every sort, for tests that send it right and wrong requests."""

import enum
from datetime import date
from datetime import datetime
from decimal import Decimal
from typing import Literal

from ZODB.POSException import ConflictError

from objpub import Content
from objpub import Email
from objpub import field
from objpub import File
from objpub import Folder
from objpub import Permission
from objpub import RichText
from objpub import Site
from objpub import testing
from objpub import URL
from objpub.lineage import find_resource
from objpub.operations import add_new
from objpub.operations import copy
from objpub.operations import delete
from objpub.operations import edit
from objpub.operations import move
from objpub.operations import rename
from objpub.publisher import Markup
from objpub.schema import schema_of
from objpub.security import SYSTEM
from objpub.traversal import traverse
from objpub.views import view

Secret = Permission("model.secret", title="See secrets", roles=["manager"])


class Level(enum.Enum):
    LOW = "low"
    HIGH = "high"


class Page(Content, addable="anywhere"):
    title: str = field(max_length=40)
    count: int = field(default=0, ge=0, le=1000)
    body: RichText = field(default="")
    day: date | None = field(default=None)
    tags: frozenset[str] = field(default=())
    link: URL | None = field(default=None)


class Box(Folder, addable="anywhere"):
    title: str = field(default="Box")


class Year:
    """What `@traverse` makes: not stored."""

    __parent__ = None
    __name__ = None

    def __init__(self, number):
        self.number = number


@view(Page, "typed")
def typed(
    page,
    request,
    size: int = 1,
    ratio: float = 0.5,
    on: bool = False,
    day: date | None = None,
    moment: datetime | None = None,
    price: Decimal = Decimal("1"),
    level: Level = Level.LOW,
    colour: Literal["red", "blue"] = "red",
    numbers: tuple[int, ...] = (),
    email: Email | None = None,
    link: URL | None = None,
    text: str = "",
):
    values = (size, ratio, on, day, moment, price, level, colour, numbers, email, link, text)
    return " ".join(str(value) for value in values)


@view(Page, "wanted")
def wanted(page, request, number: int):
    return f"{number}"


@view(Page, "save", method="POST")
def save(page, request):
    sent = request.form.json
    if sent is None:
        schema = schema_of(Page)
        sent = {
            name: request.form.all(name) if schema[name].many else request.form.get(name)
            for name in schema
            if name in request.form
        }
        values = schema.from_text(sent, partial=True)
    else:
        values = schema_of(Page).from_json(sent, partial=True)
    started = {"title": request.form.get("started")} if "started" in request.form else None
    edit(request.identity, page, values, started)
    return request.redirect(page, message="Saved")


@view(Page, "count", method="POST", permission="view")
def count(page, request, by: int = 1):
    page.count += by
    return str(page.count)


@view(Page, "rename", method="POST")
def rename_it(page, request, name: str):
    rename(request.identity, page, name)
    return request.redirect(page)


@view(Content, "move", method="POST")
def move_it(page, request, to: str, name: str | None = None):
    move(request.identity, page, find_resource(request.site, to), name)
    return request.redirect(page)


@view(Content, "copy", method="POST")
def copy_it(page, request, to: str, name: str | None = None):
    return request.redirect(copy(request.identity, page, find_resource(request.site, to), name))


@view(Content, "delete", method="POST")
def delete_it(page, request):
    delete(request.identity, page)
    return request.redirect(request.site)


@view(Folder, "add", method="POST", permission="add")
def add_page(folder, request, name: str | None = None):
    values = {"title": request.form.get("title", "")}
    return request.redirect(add_new(request.identity, folder, Page, values, name=name))


@view(Page, "secret", permission=Secret, method=["GET", "POST"])
def secret(page, request):
    return "the secret"


@view(Page, "busy", permission="public", method=["GET", "POST"])
def busy(page, request):
    page.count  # noqa: B018
    raise ConflictError("somebody else", page)


@view(Page, "fails", permission="public", method=["GET", "POST"])
def fails(page, request):
    if not request.incoming.is_safe:
        page.count += 1
    raise RuntimeError("a mistake of the site")


@view(Page, "writes", permission="public")
def writes(page, request):
    page.count += 1
    return "written"


@view(Page, "quietly", permission="public")
def quietly(page, request):
    try:
        page.count += 1
    except Exception:  # a view that hides what it did
        pass
    return "written"


@view(Page, "streams", permission="public")
def streams(page, request, blocks: int = 3):
    return iter(["x" * 1000] * max(0, min(blocks, 1000)))


@view(Page, "html", permission="public")
def html_page(page, request):
    return Markup(f"<p>{'long ' * 600}</p>")


@view(Page, "upload", method="POST", permission="view")
def upload(page, request):
    found = request.form.get("photo")
    return "none" if found is None or isinstance(found, str) else f"{found.filename} {found.size}"


@view(Page, "body", method=["POST", "PUT"], permission="view")
def body_of(page, request):
    return request.form.body.read_bytes() if request.form.body else b""


@traverse(Box, "{number:int}")
def year_of(box, request, number):
    return Year(number) if number < 3000 else None


@view(Year, permission="public")
def show_year(year, request):
    return f"the year {year.number}"


THINGS = [
    *(Page, Box, Secret, typed, wanted, save, count, rename_it, move_it, copy_it, delete_it, add_page),
    *(secret, busy, fails, writes, quietly, streams, html_page, upload, body_of, year_of, show_year),
]
LIMITS = {
    "limits.body_bytes": 20_000,
    "limits.form_bytes": 5_000,
    "limits.fields": 50,
    "limits.parts": 20,
    "limits.path_bytes": 400,
    "limits.depth": 20,
    "limits.attempts": 3,
    "limits.retry_seconds": 0.01,
    "security.account_failures": 3,
    "security.address_failures": 1_000,
}


def model_site(*more, settings=None, file=False):
    """Return the context manager of a site of this model; `fill` gives it content and people."""
    return testing.site(*THINGS, *more, settings={**LIMITS, **(settings or {})}, file=file)


def fill(site):
    """Give *site* content and people, and return it."""
    fill_content(site)
    site.add_user("mia", roles=["manager"])
    site.add_user("edith", roles=["editor"])
    site.add_user("paul")
    return site


def fill_content(site):
    """Give *site* a box of things; what is called so already is taken away."""
    with site.work() as root:
        if "box" in root:
            root.remove("box")
        box = add_new(SYSTEM, root, Box, {}, name="box")
        add_new(SYSTEM, box, Page, {"title": "Hello <World>"}, name="page")
        add_new(SYSTEM, box, Page, {"title": "Other"}, name="other")
        add_new(SYSTEM, box, Box, {}, name="inner")
        box.add("file", File.from_bytes(b"<script>alert(1)</script>" * 100, "a b.html"))
        box.add("picture", File.from_bytes(b"GIF89a" + b"\0" * 3000, "c.gif"))


__all__ = ["THINGS", "Box", "Page", "Site", "Year", "fill", "fill_content", "model_site"]
