"""Other databases in the tree of a site: traversed, moved into, undone apart, committed together."""

from datetime import datetime
from datetime import UTC

import pytest
from ZODB.POSException import InvalidObjectReference
from ZODB.POSException import ReadOnlyError

from objpub import field
from objpub import Ref
from objpub import testing
from objpub import view
from objpub.content import BrokenResource
from objpub.content import Content
from objpub.content import File
from objpub.content import Folder
from objpub.content import Mounted
from objpub.content import walk
from objpub.database import check
from objpub.database import mounts_of
from objpub.database import transaction_for
from objpub.database import with_own_blobs
from objpub.errors import DatabaseError
from objpub.errors import Invalid
from objpub.errors import NotPossible
from objpub.errors import SettingsError
from objpub.lineage import path_of
from objpub.operations import add_new
from objpub.operations import copy
from objpub.operations import delete
from objpub.operations import edit
from objpub.operations import move
from objpub.operations import purge
from objpub.operations import rename
from objpub.operations import restore
from objpub.operations import whole_trash
from objpub.security import grant
from objpub.security import Policy
from objpub.security import SYSTEM
from tests.parts import of_interface

PATH = "/old/archive"


class Note(Content, addable="anywhere"):
    """Something short."""

    title: str = field(default="")
    about: Ref[Content] | None = field(default=None)
    picture: File | None = field(default=None)


@view(Note, "touch", permission="public")
def touch(note, request):
    """Change something where nothing may be changed."""
    note.title = "touched"


@view(Folder, "both", method="POST", permission="public")
def both(folder, request):
    """Change something in each database."""
    request.site["old"].title = "Both"
    request.site["old"]["archive"].title = "Both"
    return "done"


def settings(folder, **more):
    return {"database.uri": f"file:{folder}/site.fs", "mounts": {PATH: f"file:{folder}/archive.fs"}, **more}


@pytest.fixture
def site(tmp_path):
    with testing.site(Note, touch, both, settings={"database.uri": f"file:{tmp_path}/site.fs"}) as first:
        with first.work() as root:
            root.add("old", Folder(title="Old"))
            root.add("note", Note(title="A note"))
    with testing.site(Note, touch, both, settings=settings(tmp_path)) as running:
        yield running


@pytest.fixture
def filled(site):
    with site.work() as root:
        archive = root["old"]["archive"]
        archive.add("year", Folder(title="A year")).add("tides", Note(title="Tides"))
    return site


def archive_of(site):
    return mounts_of(site.database)[PATH]


def last(database):
    return database.storage.lastTransaction()


def test_it_stands_at_its_place_as_a_folder_with_its_own_file(filled, tmp_path):
    before = last(filled.database)
    assert "Tides" in filled.client.get(f"{PATH}/year/tides").text
    assert "Archive" in filled.client.get("/old/").text
    with filled.work() as root:
        archive = root["old"]["archive"]
        assert isinstance(archive, Mounted)
        assert (archive.__parent__, archive.__name__) == (root["old"], "archive")
        tides = archive["year"]["tides"]
        assert path_of(tides) == f"{PATH}/year/tides"
        assert tides._p_jar.db() is archive_of(filled) is not filled.database
        assert tides in list(walk(root))
        assert list(root["old"]) == ["archive"]
        tides.title = "Ebb"
    assert last(filled.database) == before
    assert (tmp_path / "archive-blobs").is_dir()


def test_what_reads_only_changes_nothing_there_either(filled):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("objpub.publisher.failures.LOG.error", lambda *args, **more: None)
        assert filled.client.get(f"{PATH}/year/tides/touch").status == 500
    assert "touched" not in filled.client.get(f"{PATH}/year/tides").text
    assert filled.client.get(f"{PATH}/year/").status == 200


def test_grants_come_down_across_the_mount(filled):
    filled.add_user("ann")
    with filled.work() as root:
        policy = filled.registry[Policy]
        tides = root["old"]["archive"]["year"]["tides"]
        assert not policy.can(root.users.identity("ann"), "edit", tides)
        grant(root["old"], "user:ann", {"editor"})
        assert policy.can(root.users.identity("ann"), "edit", tides)
        assert not policy.can(root.users.identity("ann"), "edit", root["note"])


def test_a_transaction_changes_both_or_none(filled):
    assert filled.client.post("/both").text == "done"
    archive = archive_of(filled)
    ends = last(filled.database), last(archive)

    def refuse(transaction):
        raise ReadOnlyError

    with transaction_for(filled.database) as pair:
        root = pair.connection.root()["site"]
        root["old"].title = root["old"]["archive"].title = "Half"
        inside = root["old"]["archive"]._p_jar
        inside.tpc_vote = refuse
        with pytest.raises(ReadOnlyError):
            pair.manager.commit()
        del inside.tpc_vote
    assert (last(filled.database), last(archive)) == ends
    with filled.work() as root:
        assert (root["old"].title, root["old"]["archive"].title) == ("Both", "Both")


def test_nothing_refers_across(filled):
    with pytest.raises(InvalidObjectReference), filled.work() as root:
        root["note"].about = root["old"]["archive"]["year"]
    with pytest.raises(InvalidObjectReference), filled.work() as root:
        root["old"]["archive"]["year"]["tides"].about = root["note"]
    with filled.work() as root:
        year = root["old"]["archive"]["year"]
        with pytest.raises(Invalid, match="another database"):
            edit(SYSTEM, root["note"], {"about": year})
        with pytest.raises(Invalid, match="another database"):
            add_new(SYSTEM, year, Note, {"title": "x", "about": root["note"]})
        edit(SYSTEM, year["tides"], {"about": year})


def test_what_is_moved_across_is_a_whole_copy_and_the_rest_is_gone(filled):
    with filled.work() as root:
        box = root.add("box", Folder(title="Box"))
        inner = box.add("inner", Note(title="Inner", about=box, picture=File.from_bytes(b"tides", "a.txt")))
        box._owner = "ann"
        grant(box, "user:ann", {"editor"})
        inner._created = created = datetime(2020, 2, 2, tzinfo=UTC)
    with filled.work(sentence="") as root:
        moved = move(SYSTEM, root["box"], root["old"]["archive"]["year"])
        assert moved is root["old"]["archive"]["year"]["box"]
        assert "box" not in root
        said = moved._p_jar.transaction_manager.get().description
        assert said.endswith(f", into the database at {PATH}")
    with filled.work() as root:
        box = root["old"]["archive"]["year"]["box"]
        assert box._p_jar.db() is archive_of(filled)
        assert (box._owner, dict(box._grants)) == ("ann", {"user:ann": frozenset({"editor"})})
        assert box["inner"].about is box
        assert box["inner"]._created == created
        with box["inner"].picture.open() as file:
            assert file.read() == b"tides"
        back = move(SYSTEM, box, root)
        assert back._p_jar is not box._p_jar
    for database in (filled.database, archive_of(filled)):
        assert list(check(database)) == []


def test_what_refers_to_what_stays_cannot_be_moved_or_copied_across(filled):
    with filled.work() as root:
        root.add("one", Note(title="One", about=root["note"]))
    with filled.work() as root:
        for operation in (move, copy):
            with pytest.raises(NotPossible, match="/one refers to /note"):
                operation(SYSTEM, root["one"], root["old"]["archive"])
    with filled.work() as root:
        copied = copy(SYSTEM, root["note"], root["old"]["archive"])
        assert copied.title == root["note"].title
        assert "one" in root


def test_the_mount_itself_stays_where_the_settings_say(filled):
    with filled.work() as root:
        archive = root["old"]["archive"]
        for operation in (
            lambda: rename(SYSTEM, archive, "x"),
            lambda: move(SYSTEM, archive, root),
            lambda: copy(SYSTEM, archive, root),
            lambda: delete(SYSTEM, archive),
        ):
            with pytest.raises(NotPossible, match="a database of its own"):
                operation()
        for operation in (lambda: rename(SYSTEM, root["old"], "x"), lambda: delete(SYSTEM, root["old"])):
            with pytest.raises(NotPossible, match=f"mounted in it, at {PATH}"):
                operation()


@of_interface
def test_what_is_deleted_there_is_in_a_trash_of_its_own_that_is_shown_with_the_other(filled):
    filled.add_user("boss", roles=["manager"])
    with filled.work() as root:
        delete(SYSTEM, root["old"]["archive"]["year"]["tides"])
        delete(SYSTEM, root["note"])
    boss = filled.client.login("boss")
    page = boss.get("/manage/@@trash").text
    assert "Tides" in page
    assert "A note" in page
    with filled.work() as root:
        trash = whole_trash(root)
        assert [entry.title for entry in trash] == ["A note", "Tides"]
        first, second = trash
        assert list(trash.after(first.__name__)) == [second]
        assert trash.get(second.__name__) is second
        assert len(trash) == 2
        assert second._p_jar.db() is archive_of(filled)
        restore(SYSTEM, second)
        restore(SYSTEM, first, root["old"]["archive"])
    with filled.work() as root:
        archive = root["old"]["archive"]
        assert archive["year"]["tides"].title == "Tides"
        assert archive["note"]._p_jar.db() is archive_of(filled)
        purge(SYSTEM, delete(SYSTEM, archive["note"]))
        assert len(whole_trash(root)) == 0


@of_interface
def test_the_management_interface_works_there(filled):
    filled.add_user("boss", roles=["manager"])
    boss = filled.client.login("boss")
    for path in (
        "/manage/old/",
        f"/manage{PATH}/",
        f"/manage{PATH}/year/tides/@@edit",
        f"/manage{PATH}/@@security",
    ):
        assert boss.get(path).status == 200, path
    form = boss.get(f"/manage{PATH}/year/tides/@@edit").form("form")
    assert form.fill(title="Neap tides").submit().status == 303
    boss.get(f"/manage{PATH}/year/@@delete?pick=tides").form(f"/manage{PATH}/year/@@delete").submit()
    assert "Neap tides" in boss.get("/manage/@@trash").text


def test_it_is_packed_apart(filled, tmp_path):
    with filled.work() as root:
        root["old"]["archive"].title = "x" * 150
    before = (tmp_path / "site.fs").stat().st_size
    archive_of(filled).pack(days=0)
    assert (tmp_path / "site.fs").stat().st_size == before
    assert list(check(archive_of(filled))) == []
    assert filled.client.get(f"{PATH}/year/tides").status == 200


def test_without_the_setting_nothing_stands_there_and_nothing_is_lost(filled, tmp_path):
    filled.application.close()
    with testing.site(Note, settings={"database.uri": f"file:{tmp_path}/site.fs"}) as site:
        assert site.client.get(f"{PATH}/").status == 404
        assert site.client.get("/old/").status == 200
    with testing.site(Note, settings=settings(tmp_path)) as site:
        assert "Tides" in site.client.get(f"{PATH}/year/tides").text


def test_a_folder_shows_what_cannot_be_reached_as_broken(filled):
    archive = filled.database.databases.pop(PATH)
    with filled.work() as root:
        assert isinstance(root["old"].get("archive"), BrokenResource)
    archive.close()


@pytest.mark.parametrize(
    ("mounts", "error", "words"),
    [
        ({"/gone/archive": "demo:"}, SettingsError, "no folder /gone"),
        ({"/note/archive": "demo:"}, SettingsError, "no folder /note"),
        ({"/note": "demo:"}, SettingsError, "something else at /note"),
        (
            {"/a": "file:var/a.fs?blobs=var/same", "/b": "file:var/b.fs?blobs=var/same"},
            DatabaseError,
            "blobs",
        ),
    ],
)
def test_what_cannot_be_mounted_stops_the_start(mounts, error, words, site, tmp_path):
    site.application.close()
    with pytest.raises(error, match=words):
        with testing.site(Note, settings={"database.uri": f"file:{tmp_path}/site.fs", "mounts": mounts}):
            pass


def test_another_site_cannot_be_mounted(site, tmp_path):
    site.application.close()
    with testing.site(settings={"database.uri": f"file:{tmp_path}/other.fs?blobs={tmp_path}/other"}):
        pass
    mounts = {"/other": f"file:{tmp_path}/other.fs?blobs={tmp_path}/other"}
    with pytest.raises(DatabaseError, match="a site of its own"):
        with testing.site(Note, settings={"database.uri": f"file:{tmp_path}/site.fs", "mounts": mounts}):
            pass


@pytest.mark.parametrize(
    ("uri", "whole"),
    [
        ("file:var/a.fs", "file:var/a.fs?blobs=var/a-blobs"),
        ("sqlite:/srv/a.db?history=off", "sqlite:/srv/a.db?history=off&blobs=/srv/a-blobs"),
        ("file:a.fs?blobs=b", "file:a.fs?blobs=b"),
        ("demo:", "demo:"),
    ],
)
def test_the_blobs_lie_beside_the_file_where_nothing_else_is_said(uri, whole):
    assert with_own_blobs(uri) == whole
