"""The end of a database file, as kills, losses of power and broken disks leave it."""

import logging
import random
import shutil
from pathlib import Path

import pytest
from persistent.mapping import PersistentMapping
from ZODB.blob import Blob

from objpub.database import check
from objpub.database import convert
from objpub.database import mend_file
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import storage_server
from objpub.database import transaction_for
from objpub.database.tails import tail_of
from objpub.errors import DatabaseDamaged
from objpub.errors import DatabaseError
from objpub.errors import DatabaseInUse

URI = "file:site.fs"
LAST = 6


def keep(database, number):
    with transaction_for(database) as pair:
        site = site_of(pair.connection)
        if site is None:
            site = PersistentMapping()
            put_site(pair.connection, site)
        site[f"n{number}"] = PersistentMapping(number=number, text="x" * 300)
        if number == 2:
            site["file"] = Blob(b"bytes")
        pair.manager.get().note(f"To {number}")
        pair.manager.commit()


def numbers_in(root):
    """Return what is there; the database must be sound, and take changes."""
    database = open_database(URI, root=root, create=False)
    assert list(check(database)) == []
    with transaction_for(database, read_only=True) as pair:
        found = sorted(each["number"] for name, each in site_of(pair.connection).items() if name[0] == "n")
    keep(database, 1_000)
    database.close()
    return found


@pytest.fixture
def file(tmp_path):
    """A database file with the numbers from 1 to LAST."""
    database = open_database(URI, root=tmp_path)
    for number in range(1, LAST + 1):
        keep(database, number)
    database.close()
    return tmp_path / "site.fs"


def positions(file):
    """Return where each transaction begins, and the end."""
    with file.open("rb") as opened:
        size = opened.seek(0, 2)
        found = [4]
        while found[-1] < size:
            opened.seek(found[-1] + 8)
            found.append(found[-1] + int.from_bytes(opened.read(8), "big") + 8)
    return found


def unfinished(file):
    """Return the last transaction as it is before it is finished, later by one than the last."""
    *_, begin, end = positions(file)
    whole = bytearray(file.read_bytes()[begin:end])
    whole[7] += 1
    whole[16:17] = b"c"
    return bytes(whole)


def garbage(size, seed=1):
    return random.Random(seed).randbytes(size)


@pytest.mark.parametrize("index", [True, False])
@pytest.mark.parametrize("length", [1, 5, 22, 23, 24, 60, 200, None])
def test_a_transaction_that_was_not_finished_is_left_out(file, length, index, caplog):
    left = unfinished(file)[:length]
    with file.open("ab") as opened:
        opened.write(left)
    if not index:
        file.with_name("site.fs.index").unlink()
    caplog.set_level(logging.WARNING)
    assert numbers_in(file.parent) == list(range(1, LAST + 1))
    assert "nobody was told that it is stored" in caplog.text
    kept = file.with_name("site.fs.unfinished")
    assert kept.read_bytes() == left
    assert kept.stat().st_mode & 0o077 == 0


ENDS = {
    "zeros": (b"\0" * 4096, "4,096 bytes that are all zero"),
    "few zeros": (b"\0" * 40, "40 bytes that are all zero"),
    "garbage": (garbage(5000), "5,000 bytes that are no transaction"),
    "text": (b"<html>" * 50, "300 bytes that are no transaction"),
}


@pytest.mark.parametrize("index", [True, False])
@pytest.mark.parametrize("end", ENDS)
def test_what_is_no_transaction_stops_the_start_and_a_repair_cuts_it_off(file, end, index):
    left, words = ENDS[end]
    whole = file.read_bytes()
    with file.open("ab") as opened:
        opened.write(left)
    if not index:
        file.with_name("site.fs.index").unlink()
    with pytest.raises(DatabaseDamaged, match=rf"behind byte {len(whole):,}, .* are {words}"):
        open_database(URI, root=file.parent)
    assert file.read_bytes() == whole + left
    mended = mend_file(URI, file.parent)
    assert (mended.tail.position, mended.tail.size) == (len(whole), len(left))
    assert mended.kept.read_bytes() == left
    assert mended.kept.stat().st_mode & 0o077 == 0
    assert file.read_bytes() == whole
    assert numbers_in(file.parent) == list(range(1, LAST + 1))


@pytest.mark.parametrize("missing", [1, 8, 9, 200])
def test_a_stored_transaction_whose_end_is_missing_stops_the_start(file, missing):
    begin = positions(file)[-2]
    left = file.read_bytes()[begin:-missing]
    with file.open("r+b") as opened:
        opened.truncate(begin + len(left))
    with pytest.raises(
        DatabaseDamaged, match=f"are {len(left):,} bytes of a transaction whose end is missing"
    ):
        open_database(URI, root=file.parent)
    assert mend_file(URI, file.parent).kept.read_bytes() == left
    assert numbers_in(file.parent) == list(range(1, LAST))


@pytest.mark.parametrize("with_index", [True, False])
@pytest.mark.parametrize("number", [3, LAST])
@pytest.mark.parametrize("harm", ["length", "status", "zeros", "garbage", "repeated length"])
def test_no_whole_transaction_behind_damage_is_cut_off(file, harm, number, with_index):
    places = positions(file)
    begin, end = places[number], places[number + 1]
    content = bytearray(file.read_bytes())
    places_of_harm = {
        "length": (begin + 9, b"\x7f"),
        "status": (begin + 16, b"c"),
        "zeros": (begin, b"\0" * (end - begin)),
        "garbage": (begin, garbage(end - begin)),
        "repeated length": (end - 8, b"\xff" * 8),
    }
    place, bytes_ = places_of_harm[harm]
    content[place : place + len(bytes_)] = bytes_
    file.write_bytes(content)
    if with_index:
        index_as_after_a_kill(file, places[2])
    else:
        file.with_name("site.fs.index").unlink()
    if number == LAST and harm == "status":
        assert numbers_in(file.parent) == list(range(1, LAST))  # it says of itself that it was not finished
        return
    with pytest.raises(DatabaseError, match="objpub repair|Cannot open"):
        open_database(URI, root=file.parent)
    assert file.read_bytes() == content
    mended = mend_file(URI, file.parent)
    if number < LAST:
        assert mended.tail.behind == end
        assert mended.kept.read_bytes() == content
    database = open_database(URI, root=file.parent)
    said = [each["description"] for each in database.latest(20)]
    database.close()
    wanted = [f"To {each}" for each in range(LAST, 0, -1) if each != number]
    assert [each for each in said if each.startswith("To")] == wanted


def index_as_after_a_kill(file, position):
    """Let the index know the transactions up to *position* only."""
    copy = file.parent / "copy"
    copy.mkdir()
    shutil.copytree(file.parent / "blobs", copy / "blobs")
    copy.joinpath("site.fs").write_bytes(file.read_bytes()[:position])
    open_database(URI, root=copy).close()
    shutil.copyfile(copy / "site.fs.index", file.with_name("site.fs.index"))


@pytest.mark.parametrize("index", [True, False])
def test_a_transaction_of_a_clock_that_was_wrong_is_whole(file, index):
    *_, before, begin, _ = positions(file)
    content = bytearray(file.read_bytes())
    content[begin : begin + 8] = (int.from_bytes(content[before : before + 8], "big") - 9).to_bytes(8, "big")
    file.write_bytes(content)
    if index:
        index_as_after_a_kill(file, before)
    else:
        file.with_name("site.fs.index").unlink()
    assert mend_file(URI, file.parent).kept is None
    database = open_database(URI, root=file.parent)
    objects = database.objectCount()
    database.close()
    assert objects == LAST + 3  # the root, the site, a file
    assert file.read_bytes() == content


def test_what_is_missing_after_a_repair_is_found_by_the_check(file):
    places = positions(file)
    content = bytearray(file.read_bytes())
    content[places[3] : places[4]] = bytes(places[4] - places[3])
    file.write_bytes(content)
    mend_file(URI, file.parent)
    database = open_database(URI, root=file.parent)
    assert {each.kind for each in check(database)} == {"missing object"}
    database.close()


def test_a_whole_file_stays_as_it_is(file):
    before = file.read_bytes()
    mended = mend_file(URI, file.parent)
    assert (mended.kept, mended.tail.kind, file.read_bytes()) == (None, "", before)
    assert mend_file(f"zeo:{file.parent}/zeo.sock", file.parent).kept is None


def test_what_cannot_be_repaired_is_said(file, tmp_path):
    with pytest.raises(DatabaseError, match="is no file: its engine looks after its end itself"):
        mend_file("sqlite:lite", tmp_path)
    with pytest.raises(DatabaseError, match="There is no database at"):
        mend_file("file:none.fs", tmp_path)
    database = open_database(URI, root=tmp_path)
    with pytest.raises(DatabaseInUse):
        mend_file(URI, tmp_path)
    database.close()
    file.write_bytes(b"PK" + file.read_bytes()[2:])
    with pytest.raises(DatabaseError, match="is no database file"):
        mend_file(URI, tmp_path)


def test_a_server_does_not_serve_a_damaged_file(file):
    with file.open("ab") as opened:
        opened.write(b"\0" * 100)
    with pytest.raises(DatabaseDamaged):
        storage_server(URI, file.parent)


def test_a_damaged_file_is_not_read_from_and_an_unfinished_transaction_is_passed_over(file):
    with file.open("ab") as opened:
        opened.write(unfinished(file))
    assert convert(URI, "sqlite:lite", root=file.parent).digest.objects > LAST
    with file.open("ab") as opened:
        opened.truncate(positions(file)[-2])
        opened.write(b"\0" * 100)
    with pytest.raises(DatabaseDamaged):
        convert(URI, "sqlite:other", root=file.parent)


def test_the_end_is_found_from_any_transaction_on(file):
    places = positions(file)
    with file.open("rb") as opened:
        for place in places:
            assert tail_of(opened, place).kind == ""
            assert tail_of(opened, place, closely=True).position == places[-1]
    assert Path(f"{file}.cut").exists() is False
