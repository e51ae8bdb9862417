"""Databases of earlier versions open in this one, and nothing of what they hold is lost.

The promise is in docs/reference/stored-classes.md; `python -m tests.upgrade` makes the database of a version.
"""

import hashlib
import importlib
import json
import re
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from objpub.content import Content
from objpub.content import walk
from objpub.database import check
from objpub.database import open_database
from objpub.publisher import tickets_of
from objpub.security import entries_of
from tests.parts import of_interface
from tests.upgrade import DATA
from tests.upgrade import LONG
from tests.upgrade import made
from tests.upgrade import MANY
from tests.upgrade import picture
from tests.upgrade import SHAPES
from tests.upgrade import shapes_of
from tests.upgrade import upgraded

ARCHIVES = sorted(DATA.glob("site-*.zip"))
#: What an earlier version stored and this one does not: "class" or "class.attribute" → what takes its place,
#: a step of evolution or a renamed class. Each needs a line in CHANGES.md and in the reference.
GONE: dict[str, str] = {}

UNRELEASED = "Only if its version was never released: make its archive anew with python -m tests.upgrade"

every_version = pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def today(tmp_path_factory):
    """The shapes of what this version stores."""
    return made(tmp_path_factory.mktemp("today"))


def unpacked(archive, folder):
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return json.loads((folder / SHAPES).read_text())


def test_this_version_has_an_archive():
    assert DATA / f"site-{version('objpub')}.zip" in ARCHIVES, "python -m tests.upgrade writes it"


@every_version
def test_a_database_of_an_earlier_version_is_read_whole(archive, tmp_path):
    unpacked(archive, tmp_path)
    with upgraded(tmp_path) as site:
        assert list(check(site.database)) == []
        with site.work() as root:
            assert all(isinstance(each, Content) for each in walk(root))
            assert root.title == "Coast"
            assert sorted(root) == ["gull", "imported", "made-by-a-form", "many", "pages", "table"]
            assert len(root["many"]) == MANY == len(list(root["many"].keys()))
            assert root["many"]["tide007"].title == "Tide 7"
            assert list(root["pages"]) == ["marsh"] and root["pages"]["marsh"].text == "About the marsh."
            assert [entry.title for entry in root.trash] == ["Dunes"]
            with root["table"].open() as file:
                assert hashlib.sha256(file.read()).digest() == hashlib.sha256(LONG).digest()
            assert [group.count for group in tickets_of(root)] == [1]
            words = {entry.what for _, entry in entries_of(root)}
            assert {"user.add", "group.add", "grant", "token.make", "delete", "sign-in"} <= words


@of_interface
@every_version
def test_a_database_of_an_earlier_version_is_served_and_edited(archive, tmp_path):
    unpacked(archive, tmp_path)
    with upgraded(tmp_path) as site:
        assert site.client.get("/pages/marsh").status in {303, 401}  # for editors only
        assert site.client.get("/gull").body == picture()
        assert "The first." in site.client.get("/imported/one").text
        ben = site.browser().login("ben")
        assert "About the marsh." in ben.get("/pages/marsh").text
        form = ben.get("/manage/pages/marsh/@@edit").form("form")
        assert form.fill(title="Marsh of today").submit(follow=True).status == 200
        with site.work() as root:
            assert root["pages"]["marsh"].title == "Marsh of today"
        site.database.pack(days=0)
        assert list(check(site.database)) == []


@of_interface
@every_version
def test_no_class_and_no_attribute_is_lost_without_a_step(archive, tmp_path, today):
    problems = lost(unpacked(archive, tmp_path), today)
    assert problems == [], "\n".join([*problems, UNRELEASED])


@every_version
def test_the_shapes_in_an_archive_are_those_of_its_records(archive, tmp_path):
    shapes = unpacked(archive, tmp_path)
    database = open_database(f"file:{tmp_path}/site.fs?blobs={tmp_path}/blobs")
    assert shapes_of(database) == shapes
    database.close()
    assert len(shapes) >= 15


def lost(before, today):
    """Return what *before* has and *today* has not, in words."""
    problems = []
    for kind, names in before.items():
        if kind in GONE:
            continue
        module, _, name = kind.rpartition(".")
        if not hasattr(importlib.import_module(module), name):
            problems.append(f"{kind} was stored, and is no class any more: keep it, or rename it with was=")
        missing = set(names) - set(today.get(kind, ())) - {each for each in names if f"{kind}.{each}" in GONE}
        problems += [
            f"{kind}.{each} was stored, and is not any more: keep it, or write a step" for each in missing
        ]
    return problems


def test_a_lost_class_and_a_lost_attribute_are_named():
    before = {"objpub.content.folder.Folder": ["a", "b"], "objpub.content.folder.Box": []}
    assert lost(before, {"objpub.content.folder.Folder": ["a"]}) == [
        "objpub.content.folder.Folder.b was stored, and is not any more: keep it, or write a step",
        "objpub.content.folder.Box was stored, and is no class any more: keep it, or rename it with was=",
    ]


@of_interface
def test_the_promise_names_every_class_that_is_stored(today):
    page = (Path(__file__).parent.parent / "docs/reference/stored-classes.md").read_text("utf-8")
    assert sorted(re.findall(r"^\| `(objpub\.[^`]+)`", page, re.MULTILINE)) == sorted(today)
