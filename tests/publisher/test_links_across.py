"""Links and old addresses where a part of the tree is another database, which has other numbers."""

import pytest

from objpub import testing
from objpub.content import Content
from objpub.content import Folder
from objpub.operations import add_new
from objpub.operations import copy
from objpub.operations import delete
from objpub.operations import edit
from objpub.operations import move
from objpub.operations import rename
from objpub.operations import used_by
from objpub.schema import RichText
from objpub.security import SYSTEM


class Note(Content, addable="anywhere"):
    """Something short."""

    title: str = ""
    text: RichText = ""


@pytest.fixture
def site(tmp_path):
    """/note and /other beside /old, a database of its own with /old/year in it."""
    settings = {"database.uri": f"file:{tmp_path}/site.fs"}
    with testing.site(Note, settings=settings) as site, site.work() as root:
        root.add("old", Folder(title="Old"))
    settings["mounts"] = {"/old": f"file:{tmp_path}/old.fs"}
    settings["database.uri"] = f"file:{tmp_path}/mounted.fs"
    with testing.site(Note, settings=settings) as site:
        with site.work() as root:
            add_new(SYSTEM, root, Note, {"title": "Note"})
            add_new(SYSTEM, root, Note, {"title": "Other", "text": '<a href="/note#a">n</a>'})
            add_new(SYSTEM, root["old"], Folder, {"title": "Year"})
        yield site


def test_a_text_that_goes_to_another_database_has_addresses_there(site):
    with site.work() as root:
        assert "++id++" in root["other"].text
        copy(SYSTEM, root["other"], root["old"], "copied")
        moved = move(SYSTEM, root["other"], root["old"]["year"])
        assert moved.text == root["old"]["copied"].text == '<a href="/note#a">n</a>'
    with site.work() as root:
        rename(SYSTEM, root["note"], "renamed")
    assert site.client.get("/old/year/other").status == 200
    assert site.client.get("/note").location == "/renamed"


def test_what_is_moved_across_and_in_there_is_found_at_its_old_addresses(site):
    with site.work() as root:
        move(SYSTEM, root["note"], root["old"])
    assert site.client.get("/note").location == "/old/note"
    with site.work() as root:
        move(SYSTEM, root["old"]["note"], root["old"]["year"], "in")
    assert site.client.get("/old/note").location == "/old/year/in"
    assert site.client.get("/note").location == "/old/year/in"
    with site.work() as root:
        delete(SYSTEM, root["old"]["year"]["in"])
    assert site.client.get("/note").status == 404


def test_texts_keep_addresses_of_what_is_there_and_texts_there_keep_all(site):
    with site.work() as root:
        edit(SYSTEM, root["note"], {"text": '<a href="/old/year/">y</a>'})
        add_new(SYSTEM, root["old"], Note, {"title": "There", "text": '<a href="/note">n</a>'})
    with site.work() as root:
        assert root["note"].text == '<a href="/old/year/">y</a>'
        assert root["old"]["there"].text == '<a href="/note">n</a>'
        assert [use.resource.__name__ for use in used_by(SYSTEM, [root["old"]["year"]])] == ["note"]
