"""What stored records are made of: built-in values and objpub's own classes, nothing of other libraries."""

import io
import pickletools
from contextlib import closing
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from decimal import Decimal
from enum import Enum
from typing import Literal

from PIL import Image as Pillow

from objpub.configuration import Configuration
from objpub.content import Content
from objpub.content import copy_of
from objpub.content import evolve
from objpub.content import File
from objpub.content import Folder
from objpub.content import Image
from objpub.content import Site
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.schema import Email
from objpub.schema import field
from objpub.schema import Markdown
from objpub.schema import Ref
from objpub.schema import RichText
from objpub.schema import URL

ALLOWED = {
    "BTrees.LOBTree LOBTree",
    "BTrees.LOBTree LOBucket",
    "BTrees.Length Length",
    "BTrees.OLBTree OLBTree",
    "BTrees.OLBTree OLBucket",
    "BTrees.OOBTree OOBTree",
    "BTrees.OOBTree OOBucket",
    "ZODB.blob Blob",
    "builtins frozenset",
    "__builtin__ frozenset",  # protocol 3 under Python 2's names
    "copy_reg _reconstructor",
    "datetime date",
    "datetime datetime",
    "datetime timezone",
    "datetime timedelta",
    "decimal Decimal",
    "objpub.content.files File",
    "objpub.content.folder Folder",
    "objpub.content.images Image",
    "objpub.content.order Order",
    "objpub.content.site Site",
    "persistent.mapping PersistentMapping",
}


class Mood(Enum):
    CALM = "calm"


class Everything(Content):
    line: str = field()
    text: str = field(default="", multiline=True)
    rich: RichText = field(default="")
    markdown: Markdown = field(default="")
    email: Email | None = field(default=None)
    url: URL | None = field(default=None)
    whole: int = field(default=0)
    real: float = field(default=0.5)
    exact: Decimal = field(default=Decimal(0))
    yes: bool = field(default=False)
    day: date | None = field(default=None)
    moment: datetime | None = field(default=None)
    mood: Mood = field(default=Mood.CALM)
    size: Literal["s", "m"] = field(default="s")
    words: tuple[str, ...] = field(default=[])
    tags: frozenset[str] = field(default=set())
    moods: tuple[Mood, ...] = field(default=())
    see: "Ref[Content] | None" = field(default=None)
    also: "tuple[Ref[Content], ...]" = field(default=())
    file: File | None = field(default=None)
    photo: Image | None = field(default=None)


class Shelf(Folder, ordered=True):
    pass


class Text(str):
    """A str of somebody's own, such as escaped markup."""


class Number(int):
    """An int of somebody's own."""


@evolve(Everything, version=2)
def nothing_to_do(state):
    return state


def png():
    file = io.BytesIO()
    Pillow.new("RGB", (10, 10)).save(file, "PNG")
    return file.getvalue()


def globals_in(record):
    """Return the globals that the two pickles of a record name."""
    found, source = set(), io.BytesIO(record)
    for _ in range(2):
        strings = []
        for opcode, argument, _ in pickletools.genops(source):
            if opcode.name == "GLOBAL":
                found.add(argument)
            elif opcode.name == "STACK_GLOBAL":
                found.add(f"{strings[-2]} {strings[-1]}")
            elif isinstance(argument, str):
                strings.append(argument)
    return found


def test_stored_records_name_no_class_that_is_not_on_the_list(tmp_path):
    configuration = Configuration()
    configuration.include("objpub.content", Everything, Shelf, nothing_to_do)
    registry = configuration.freeze()
    everything = Everything(
        line=Text("a line"),
        text=Text("a\ntext"),
        rich=Text("<p>x</p>"),
        markdown=Text("*x*"),
        email="a@example.com",
        url="https://example.com/",
        whole=Number(3),
        real=1,
        exact=Decimal("1.50"),
        yes=True,
        day=date(2026, 11, 1),
        moment=datetime(2026, 11, 1, 12, tzinfo=timezone(timedelta(hours=1))),
        mood=Mood.CALM,
        size="m",
        words=[Text("a")],
        tags={Text("b")},
        moods=[Mood.CALM],
        file=File.from_bytes(b"x", "x.txt"),
        photo=Image.from_bytes(png(), "x.png", focus_x=1),
    )
    with closing(open_database("file:site.fs?blobs=blobs", registry=registry, root=tmp_path)) as database:
        with transaction_for(database) as pair:
            put_site(pair.connection, Site(title="S"))
            site = site_of(pair.connection)
            shelf = site.add("shelf", Shelf())
            shelf.add("everything", everything)
            everything.see = everything
            everything.also = [site, everything]
            folder = site.add("folder", Folder())
            for number in range(200):
                folder.add(f"f{number}", Folder())
                shelf.add(f"f{number}", Folder())
            site.add("copy", copy_of(shelf))
            pair.manager.commit()
            pair.manager.begin()
            for number in range(100):
                shelf.move_child(f"f{number}", to="first")
            everything.moment = datetime(2026, 11, 1, tzinfo=timezone.utc)
            pair.manager.commit()
        found = set()
        records = 0
        for transaction in database.storage.iterator():
            for record in transaction:
                found |= globals_in(record.data)
                records += 1
    own = {f"{__name__} Everything", f"{__name__} Shelf"}
    assert records > 400
    assert own <= found
    assert found - own - ALLOWED == set()
