"""Backup and restore with every engine, proven by restoring."""

import json
import threading

import pytest

from objpub.database import back_up_database
from objpub.database import backups_in
from objpub.database import check
from objpub.database import convert
from objpub.database import digest
from objpub.database import open_database
from objpub.database import restore_database
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.database.copies import alone_in
from objpub.database.copies import verify_copies
from objpub.database.moments import second_of
from objpub.errors import DatabaseError
from tests.database.keeping import content
from tests.database.keeping import keep
from tests.engines import WITH_HISTORY


def held_by(root, uri="file:new/site.fs"):
    """Return everything in the database, which must be sound and take changes."""
    database = open_database(uri, root=root, create=False)
    assert list(check(database)) == []
    with transaction_for(database, read_only=True) as pair:
        held = dict(site_of(pair.connection))
        for name in held.keys() - {"number"}:
            with held[name].open("r") as file:
                held[name] = file.read()
    keep(database, 1_000)
    database.close()
    return held


@pytest.fixture
def database(opened):
    keep(opened, 1)
    return opened


def test_a_running_site_is_backed_up_and_restored_to_three_moments(database, uri, tmp_path, engine):
    folder = tmp_path / "copies"
    digests = []
    for number in (1, 2, 3):
        if number > 1:
            keep(database, number)
        done = back_up_database(uri, folder)
        assert done.full is (number == 1 or engine not in WITH_HISTORY)
        assert done.blobs == 1
        digests.append(digest(uri))
    assert back_up_database(uri, folder).files == ()
    moments = backups_in(folder)
    assert len(moments) == 3
    for number, moment in enumerate(moments, 1):
        done = restore_database(folder, f"file:{number}/site.fs", root=tmp_path, moment=moment)
        assert done.digest == digests[number - 1]
        held = held_by(tmp_path, f"file:{number}/site.fs")
        assert held == content(*range(1, number + 1))
    assert restore_database(folder, "sqlite:new.sqlite", root=tmp_path).digest == digests[-1]
    assert held_by(tmp_path, "sqlite:new.sqlite") == content(1, 2, 3)


def test_a_pack_in_between_loses_nothing(database, uri, tmp_path):
    folder = tmp_path / "copies"
    back_up_database(uri, folder)
    keep(database, 2)
    with transaction_for(database) as pair:
        del site_of(pair.connection)["blob1"]
        pair.manager.commit()
    database.pack(days=0)
    back_up_database(uri, folder)
    restore_database(folder, "file:new/site.fs", root=tmp_path)
    assert held_by(tmp_path) == {"number": 2, "blob2": b"bytes of 2"}
    restore_database(folder, "file:old/site.fs", root=tmp_path, moment=backups_in(folder)[0])
    assert held_by(tmp_path, "file:old/site.fs") == content(1)


def test_a_backup_may_run_while_others_write(database, uri, tmp_path):
    stop, written = threading.Event(), [1]

    def work():
        while not stop.is_set() and written[-1] < 60:
            keep(database, written[-1] + 1)
            written.append(written[-1] + 1)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for _ in range(2):
            back_up_database(uri, tmp_path / "copies")
    finally:
        stop.set()
        worker.join()
    restore_database(tmp_path / "copies", "file:new/site.fs", root=tmp_path)
    held = held_by(tmp_path)
    assert held == content(*range(1, held["number"] + 1))


def test_the_database_backs_itself_up(database, tmp_path):
    assert database.backup(tmp_path / "copies").full
    keep(database, 2)
    assert database.backup(tmp_path / "copies").blobs == 1
    restore_database(tmp_path / "copies", "file:new/site.fs", root=tmp_path)
    assert held_by(tmp_path) == content(1, 2)


def test_a_database_with_something_in_it_is_left_alone(database, uri, tmp_path):
    back_up_database(uri, tmp_path / "copies")
    keep(database, 2)
    with pytest.raises(DatabaseError, match=r"overwrite|Stop that process"):
        restore_database(tmp_path / "copies", uri)
    with transaction_for(database, read_only=True) as pair:
        assert site_of(pair.connection)["number"] == 2


# With one engine that has no file of its own


URI = "sqlite:site.sqlite"


@pytest.fixture
def lite(tmp_path):
    database = open_database(URI, root=tmp_path)
    keep(database, 1)
    back_up_database(URI, tmp_path / "copies", root=tmp_path)
    keep(database, 2)
    back_up_database(URI, tmp_path / "copies", root=tmp_path)
    yield tmp_path
    database.close()


def restore_again(folder, **options):
    return restore_database(folder / "copies", "sqlite:new.sqlite", root=folder, **options)


def test_the_past_comes_back_too(lite):
    restore_again(lite)
    database = open_database("sqlite:new.sqlite", root=lite)
    assert [each["description"] for each in database.latest(2)] == ["Kept 2", "Kept 1"]
    database.close()


def test_everything_is_copied_again_when_it_is_asked_for(lite):
    assert back_up_database(URI, lite / "copies", root=lite, full=True).full
    restore_again(lite)
    assert held_by(lite, "sqlite:new.sqlite") == content(1, 2)


@pytest.mark.parametrize("stop", [1, 2])
def test_a_restore_that_was_stopped_goes_on(lite, stop):
    def interrupt(number, tid):
        if number == stop:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore_again(lite, progress=interrupt)
    restore_again(lite)
    assert held_by(lite, "sqlite:new.sqlite") == content(1, 2)


def test_a_backup_that_was_stopped_leaves_the_ones_before_and_is_made_anew(lite):
    before = {path: path.read_bytes() for path in (lite / "copies").rglob("*") if path.is_file()}
    database = open_database(URI, root=lite)
    keep(database, 3)
    keep(database, 4)

    def interrupt(number, tid):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up_database(URI, lite / "copies", root=lite, progress=interrupt)
    assert {path: path.read_bytes() for path in before} == before
    assert len(backups_in(lite / "copies")) == 2
    back_up_database(URI, lite / "copies", root=lite)
    database.close()
    restore_again(lite)
    assert held_by(lite, "sqlite:new.sqlite") == content(1, 2, 3, 4)


@pytest.mark.parametrize("ending", ["copy", "blob", "json"])
@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_a_damaged_backup_is_refused_and_nothing_is_written(lite, ending, harm):
    path = min((lite / "copies").rglob(f"*.{ending}"))
    if harm == "gone":
        path.unlink()
    else:
        path.chmod(0o600)
        path.write_bytes(b"X" + path.read_bytes()[1:])
    with pytest.raises(DatabaseError, match=r"is damaged|There is no backup in"):
        restore_again(lite)
    with pytest.raises(DatabaseError):
        verify_copies(lite / "copies")
    database = open_database("sqlite:new.sqlite", root=lite)
    assert database.objectCount() == 1  # the root alone
    database.close()


def test_another_database_in_the_same_folder_begins_anew(lite):
    other = open_database("sqlite:other.sqlite", root=lite)
    keep(other, 7)
    done = back_up_database("sqlite:other.sqlite", lite / "copies", root=lite)
    other.close()
    assert done.full
    restore_again(lite)
    assert held_by(lite, "sqlite:new.sqlite") == content(7)


def test_a_restored_and_changed_database_begins_anew(lite):
    folder = lite / "copies"
    restore_database(folder, "sqlite:back.sqlite", root=lite, moment=backups_in(folder)[0])
    back = open_database("sqlite:back.sqlite", root=lite)
    keep(back, 9)
    back.close()
    assert back_up_database("sqlite:back.sqlite", folder, root=lite).full
    restore_again(lite)
    assert held_by(lite, "sqlite:new.sqlite") == content(1, 9)


def test_what_is_not_there_is_said(lite):
    with pytest.raises(DatabaseError, match="There is no folder"):
        restore_database(lite / "none", "sqlite:new.sqlite", root=lite)
    (lite / "empty").mkdir()
    with pytest.raises(DatabaseError, match="There is no backup in"):
        restore_database(lite / "empty", "sqlite:new.sqlite", root=lite)
    with pytest.raises(
        DatabaseError, match=r"from before 1999-01-01T12:00:00; the first is of 2\d{3}-\d\d-\d\dT\d\d:\d\d"
    ):
        restore_again(lite, moment="1999-01-01-12-00-00")
    with pytest.raises(DatabaseError, match="'demo:' is in the memory of one process"):
        back_up_database("demo:", lite / "copies")


def test_a_folder_has_the_backups_of_one_kind(lite):
    convert(URI, "file:site.fs", root=lite)
    with pytest.raises(DatabaseError, match="has backups of another engine: name another folder"):
        back_up_database("file:site.fs", lite / "copies", root=lite)
    back_up_database("file:site.fs", lite / "other", root=lite)
    with pytest.raises(DatabaseError, match="has backups of a file: name another folder"):
        back_up_database(URI, lite / "other", root=lite)


def test_two_backups_to_one_folder_do_not_meet(lite):
    with alone_in(lite / "copies"), pytest.raises(DatabaseError, match="Another backup to .* is running"):
        back_up_database(URI, lite / "copies", root=lite)


def test_the_list_says_what_a_backup_holds(lite):
    full, more = (json.loads(path.read_text()) for path in sorted((lite / "copies").glob("*.json")))
    assert (full["full"], more["full"]) == (True, False)
    assert more["after"] == full["until"]
    assert len(full["blobs"]) == len(more["blobs"]) == 1
    assert {path.stat().st_mode & 0o077 for path in (lite / "copies").iterdir()} == {0}


@pytest.mark.parametrize("packed", [False, True])
def test_a_moment_between_two_backups_is_restored_unless_it_was_packed_away(tmp_path, packed):
    def let_a_second_pass():
        for _ in range(2):  # each is called by a second of its own
            back_up_database(URI, tmp_path / "others", root=tmp_path, full=True)

    database = open_database(URI, root=tmp_path)
    keep(database, 1)
    back_up_database(URI, tmp_path / "copies", root=tmp_path)
    let_a_second_pass()
    keep(database, 2)
    moment = second_of(database.lastTransaction())
    let_a_second_pass()
    keep(database, 3)
    if packed:
        database.pack(days=0)
    back_up_database(URI, tmp_path / "copies", root=tmp_path)
    database.close()
    done = restore_database(tmp_path / "copies", "file:new/site.fs", root=tmp_path, moment=moment)
    assert held_by(tmp_path) == (content(1) if packed else content(1, 2))
    assert (done.moment == moment) is not packed
