"""Databases of earlier versions, which every later one has to open: how one is made, and what is in it.

python -m tests.upgrade        write the database of this version to tests/data; once for each version

The archive holds the file, its blobs, and `shapes.json`: which classes of objpub its records have, with the
names of their attributes.
"""

import importlib
import io
import json
import tempfile
import zipfile
from collections import defaultdict
from contextlib import contextmanager
from contextlib import suppress
from datetime import date
from datetime import datetime
from datetime import UTC
from importlib.metadata import version
from pathlib import Path

from PIL import Image as Pillow
from ZODB.utils import get_pickle_metadata

from objpub import Content
from objpub import field
from objpub import File
from objpub import Folder
from objpub import Image
from objpub import testing
from objpub.database import transaction_for
from objpub.importing import import_folder
from objpub.importing import Page
from objpub.importing import Section
from objpub.jobs import carry_out_here
from objpub.operations import add_group
from objpub.operations import add_new
from objpub.operations import delete
from objpub.operations import give_roles
from objpub.operations import make_token
from objpub.operations import rename
from objpub.operations import save_draft
from objpub.operations import schedule
from objpub.operations import set_grants
from objpub.operations import set_groups
from objpub.operations import set_holders
from objpub.operations import transition
from objpub.publisher.tickets import Kept
from objpub.publisher.tickets import Told
from objpub.security import SYSTEM
from objpub.workflow import State
from objpub.workflow import Transition
from objpub.workflow import Workflow

DATA = Path(__file__).parent / "data"
SHAPES = "shapes.json"
PICTURE = "gull.png"
LONG = b"the tide comes and goes\n" * 2_000
MANY = 200  # children, so that their folder has more than one bucket


tides = Workflow(
    State("out", view="everyone"),
    State("gone", view="editor"),
    Transition("go", "out -> gone"),
    Transition("come", "gone -> out"),
)


class Tide(Content, addable="anywhere", workflow=tides):
    title: str = field(index="text")
    day: date | None = field(default=None, index="range")
    tags: frozenset[str] = field(default=(), index="keyword")


@contextmanager
def upgraded(folder):
    """Give a site of this version over the database in *folder*."""
    settings = {"database.uri": f"file:{folder}/site.fs?blobs={folder}/blobs"}
    with testing.site(Tide, "objpub.importing", settings=settings) as site:
        yield site


def fill(site, texts):
    """Put into *site* one of everything that is stored. texts: a folder to import."""
    site.add_user("ann", roles=["manager"])
    site.add_user("ben")
    with site.work() as root:
        root.title = "Coast"
        add_group(SYSTEM, root, "wardens", roles=["editor"], title="Wardens")
        set_groups(SYSTEM, root, "user:ben", ["wardens"])
        pages = add_new(SYSTEM, root, Section, {"title": "Pages"})
        for name in ("marsh", "dunes"):
            add_new(SYSTEM, pages, Page, {"title": name.capitalize(), "text": f"About the {name}."})
        many = root.add("many", Folder())
        for number in range(MANY):
            many.add(f"tide{number:03}", Tide(title=f"Tide {number}", day=date(2026, 1, 1), tags=["low"]))
        root.add("table", File.from_bytes(LONG, "table.txt"))
        root.add("gull", Image.from_bytes(picture(), PICTURE))
        save_draft(SYSTEM, many["tide002"], {"title": "Another tide"})
        transition(SYSTEM, many["tide001"], "go", "It is low")
        schedule(SYSTEM, many["tide001"], "come", datetime(2100, 1, 1, tzinfo=UTC))
        set_grants(SYSTEM, pages, "user:ben", ["editor"])
        set_holders(SYSTEM, pages, "view", ["editor", "manager"])
        give_roles(SYSTEM, root, "user:ben", ["editor"])
        make_token(SYSTEM, root, "ben", "for a script", permissions=["view"])
        rename(SYSTEM, rename(SYSTEM, pages["marsh"], "bog"), "marsh")
        delete(SYSTEM, pages["dunes"])
    import_folder(site.database, texts, "/imported", identity=SYSTEM)
    ann = site.browser().login("ann")
    ann.get("/manage/@@add?type=Section").form("form").fill(title="Made by a form").submit()
    with suppress(AssertionError):
        site.browser().login("ben", "a wrong password")
    carry_out_here(
        site.database,
        site.application.settings,
        lambda work: "Looked at the coast",
        name="coast.look",
        subject="coast",
        sentence="Look at the coast",
        arguments={},
        who="ann",
        who_title="Ann",
    )
    told = Told("0123abcd", datetime.now(UTC), "1-1", "RuntimeError: no", "views.py:1, in show", (), "no")
    site.application.keep(Kept("0123abcd", told, 1))


def picture():
    """Return the bytes of a small image."""
    target = io.BytesIO()
    Pillow.new("RGB", (40, 30), "teal").save(target, "PNG")
    return target.getvalue()


def made(folder):
    """Make the database of this version in *folder*, and return its shapes."""
    texts = folder / "texts"
    texts.mkdir(parents=True)
    (texts / "index.md").write_text("# Texts\n\nSee [one](one.md).\n")
    (texts / "one.md").write_text("---\ntitle: One\n---\nThe first.\n")
    with upgraded(folder) as site:
        fill(site, texts)
        return shapes_of(site.database)


def shapes_of(database):
    """Return class → names of attributes of all records whose class is one of objpub."""
    shapes = defaultdict(set)
    with transaction_for(database, read_only=True) as pair:
        for transaction in database.storage.iterator():
            for record in transaction:
                kind = ".".join(get_pickle_metadata(record.data)) if record.data else ""
                if kind.startswith("objpub."):
                    state = pair.connection._reader.getState(record.data)
                    shapes[kind] |= set(state) if isinstance(state, dict) else set()
    return {kind: sorted(names) for kind, names in sorted(shapes.items())}


def write(target):
    """Write the database of this version as an archive to the path *target*."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shapes = made(folder)
        target.parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as archive:
            archive.writestr(SHAPES, json.dumps(shapes, indent=1))
            archive.write(folder / "site.fs", "site.fs")
            for path in sorted((folder / "blobs").rglob("*")):
                if path.name == ".layout" or path.suffix == ".blob":
                    archive.write(path, path.relative_to(folder))


if __name__ == "__main__":
    here = importlib.import_module("tests.upgrade")  # else the class above would be stored as one of __main__
    here.write(DATA / f"site-{version('objpub')}.zip")
