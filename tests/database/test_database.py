"""The database as a whole: closing, forking, figures, pack."""

import multiprocessing
import os
import threading
import time

import pytest
import transaction
from persistent.mapping import PersistentMapping
from ZODB.blob import Blob

from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import DatabaseError


def keep(database, **values):
    with transaction_for(database) as pair:
        site = site_of(pair.connection)
        if site is None:
            site = PersistentMapping()
            put_site(pair.connection, site)
        site.update(values)
        pair.manager.commit()


def test_closing_ends_what_is_open(tmp_path):
    database = open_database("file:site.fs", root=tmp_path)
    keep(database, a=1)
    in_use = database.pairs.take()
    in_use.manager.begin()
    site_of(in_use.connection)["a"] = 2
    without_transaction = database.pairs.take()
    by_hand = database.open()
    site_of(by_hand)["a"] = 3
    explicit = database.open(transaction.TransactionManager(explicit=True))
    past = database.open(at=database.lastTransaction())
    database.close()
    database.close()
    for connection in (in_use.connection, without_transaction.connection, by_hand, explicit, past):
        assert connection.opened is None
    again = open_database("file:site.fs", root=tmp_path)
    with transaction_for(again) as pair:
        assert dict(site_of(pair.connection)) == {"a": 1}
    again.close()


def test_a_pair_in_use_while_the_database_closes_ends_quietly(database):
    with transaction_for(database):
        database.close()


def test_closing_saves_the_index_so_that_the_next_start_is_quick(tmp_path):
    database = open_database("file:site.fs", root=tmp_path)
    keep(database, a=1)
    database.close()
    again = open_database("file:site.fs", root=tmp_path)
    assert again.storage._used_index
    again.close()


def forked(database, answers):
    try:
        database.pairs.take()
    except DatabaseError as error:
        answers.put(str(error))
    else:
        answers.put("taken")


@pytest.mark.parametrize("waiting", [0, 1])
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_database_is_of_no_use_in_a_forked_process(database, waiting):
    if waiting:
        database.pairs.give_back(database.pairs.take())
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    child = context.Process(target=forked, args=(database, answers))
    child.start()
    assert f"was opened by process {os.getpid()} and cannot be used in process {child.pid}" in answers.get()
    child.join()
    # The one it was opened in goes on.
    keep(database, a=1)


def test_the_figures_tell_sizes_pairs_and_caches(tmp_path):
    database = open_database("file:site.fs", root=tmp_path, cache_bytes=1_000_000)
    empty = database.figures()
    assert (empty["pairs"], empty["connections"], empty["blobs"], empty["cache_objects"]) == (0, 0, 0, 0)
    keep(database, blob=Blob(b"12345"))
    keep(database, blob=Blob(b"1234567"))
    with transaction_for(database):
        by_hand = database.open()
        figures = database.figures()
        assert (figures["pairs"], figures["idle_pairs"], figures["connections"]) == (1, 0, 2)
        by_hand.close()
    figures = database.figures()
    assert (figures["blobs"], figures["blob_bytes"]) == (2, 12)
    assert figures["bytes"] == (tmp_path / "site.fs").stat().st_size > empty["bytes"]
    assert figures["objects"] == 4
    assert figures["last_transaction"] == database.lastTransaction().hex()
    assert figures["undo"] is True
    assert figures["idle_pairs"] == 1
    assert figures["cache_limit_bytes"] == 1_000_000
    assert 0 < figures["cache_bytes"] < 1_000_000
    assert figures["cache_objects"] > 0
    assert figures["stores"] >= 4
    assert figures["loads"] >= 0
    database.close()


def test_a_database_in_memory_has_figures_too(database):
    keep(database, blob=Blob(b"12345"))
    figures = database.figures()
    assert figures["undo"] is False
    assert figures["objects"] == 3


def test_a_pack_removes_old_states_garbage_and_blobs(tmp_path):
    database = open_database("file:site.fs", root=tmp_path)
    keep(database, text="x" * 10_000, blob=Blob(b"first"))
    keep(database, text="y", blob=Blob(b"second"))
    assert len(list(tmp_path.rglob("*.blob"))) == 2
    packed = database.pack()
    assert packed.bytes_before - packed.bytes_after > 10_000
    assert packed.bytes_after == database.getSize()
    assert len(list(tmp_path.rglob("*.blob"))) == 1
    assert not list(tmp_path.rglob("*.old"))
    with transaction_for(database) as pair:
        with site_of(pair.connection)["blob"].open("r") as blob:
            assert blob.read() == b"second"
    database.close()


def test_a_pack_leaves_the_days_that_were_asked_for(tmp_path):
    database = open_database("file:site.fs", root=tmp_path)
    keep(database, text="first")
    then = database.lastTransaction()
    keep(database, text="second")
    assert database.pack(days=1) == (database.getSize(), database.getSize())
    past = database.open(at=then)
    assert site_of(past)["text"] == "first"
    past.close()
    database.pack(t=time.time() + 86_400 + 60, days=1)
    assert len(database.undoInfo()) == 0
    database.close()


def test_a_pack_of_a_database_in_memory(database):
    keep(database, text="x" * 10_000, blob=Blob(b"first"))
    keep(database, text="y", blob=Blob(b"second"))
    database.pack()
    keep(database, text="z")


@pytest.mark.parametrize("days", [-1, float("nan")])
def test_a_pack_of_no_number_of_days_is_refused(database, days):
    with pytest.raises(DatabaseError, match="wanted 0 or more"):
        database.pack(days=days)


def test_only_one_maintenance_at_a_time(tmp_path):
    database = open_database("file:site.fs", root=tmp_path)
    keep(database, a=1)
    with database._alone("back up"):
        with pytest.raises(
            DatabaseError, match="Cannot pack now: a pack or a backup of this database is running"
        ):
            database.pack()
        with pytest.raises(DatabaseError, match="Cannot back up now"):
            database.backup(tmp_path / "backup")
    database.pack()
    database.close()


def test_a_pack_of_a_storage_that_packs_already_is_refused(tmp_path):
    database = open_database("file:site.fs", root=tmp_path)
    keep(database, a=1)
    database.storage._pack_is_in_progress = True
    with pytest.raises(DatabaseError, match="Cannot pack: Already packing"):
        database.pack()
    database.storage._pack_is_in_progress = False
    database.close()


def test_a_pack_without_room_for_its_copy_is_refused(tmp_path, monkeypatch):
    database = open_database("file:site.fs", root=tmp_path)
    keep(database, a=1)
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 10}))
    with pytest.raises(
        DatabaseError, match=r"a copy of up to \d+ bytes is written beside .* the disk has 10 left"
    ):
        database.pack()
    database.close()


def test_requests_go_on_while_a_pack_runs(tmp_path):
    database = open_database("file:site.fs", root=tmp_path)
    for number in range(300):
        keep(database, number=number, text="x" * 5_000)
    stop, errors, done = threading.Event(), [], []

    def work():
        while not stop.is_set():
            try:
                keep(database, number=len(done))
                done.append(None)
            except Exception as error:
                errors.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    database.pack()
    stop.set()
    worker.join()
    assert errors == []
    with transaction_for(database) as pair:
        assert site_of(pair.connection)["number"] == len(done) - 1 if done else 299
    database.close()


def test_a_connection_opened_by_hand_does_not_count_as_a_pair(database):
    keep(database, a=1)
    connection = database.open()
    connection.close()
    assert database.figures()["pairs"] == 1
    assert connection._cache.cache_size_bytes == 8_000_000


class Stubborn:
    """Takes part in a transaction and cannot abort."""

    def abort(self, current):
        raise RuntimeError("not now")


def test_a_pair_that_cannot_abort_is_thrown_away_and_that_is_logged(database, caplog):
    pair = database.pairs.take()
    pair.manager.begin().join(Stubborn())
    database.pairs.give_back(pair)
    assert len(database.pairs) == 0
    assert pair.connection.opened is None
    assert "its connection is thrown away" in caplog.text
    keep(database, a=1)


def test_a_database_that_forgot_its_pairs_cannot_be_used(database):
    database.pairs.give_back(database.pairs.take())
    database.forget_pairs()
    with pytest.raises(DatabaseError, match="The database is closed"):
        database.pairs.take()
    database.close()  # closes nothing that belongs to the other process
    database._closed = False
    keep(database, a=1)


def test_the_history_of_an_object_is_told_in_text(tmp_path):
    database = open_database("file:site.fs", root=tmp_path)
    keep(database, a=1)
    for text in ("first — ", "second", "third"):
        with transaction_for(database) as pair:
            site_of(pair.connection)["a"] = text
            pair.manager.get().note(text)
            pair.manager.get().setUser("ada")
            oid = site_of(pair.connection)._p_oid
            pair.manager.commit()
    revisions = database.history(oid, size=3)
    assert [each["description"] for each in revisions] == ["third", "second", "first —"]
    assert {each["user_name"] for each in revisions} == {"/ ada"}
    assert revisions[0]["tid"] == database.lastTransaction()
    database.close()


def test_history_knows_what_was_committed_just_now(database):
    keep(database, a=1)
    with transaction_for(database) as pair:
        oid = site_of(pair.connection)._p_oid
    for number in range(5):
        keep(database, a=number)
        assert database.history(oid)[0]["tid"] == database.lastTransaction()


@pytest.mark.parametrize(
    ("note", "kept"),
    [
        ("Moved “Tides”", "Moved “Tides”"),
        ("x" * 16_000, "x" * 16_000),
        ("x" * 70_000, "x" * 15_999 + "…"),
        ("🌊" * 20_000, "🌊" * 15_999 + "…"),
        ("half \ud83c of a character", "half ? of a character"),
    ],
)
def test_no_description_keeps_a_change_from_being_stored(note, kept, tmp_path):
    database = open_database("file:site.fs", root=tmp_path)
    with transaction_for(database) as pair:
        put_site(pair.connection, PersistentMapping(a=1))
        pair.manager.get().note(note)
        pair.manager.commit()
    assert database.undoInfo()[0]["description"] == kept
    database.close()


def test_a_storage_that_must_be_polled_is_polled_before_the_past_is_opened(database):
    keep(database, a=1)
    last = database.lastTransaction()
    polled = []
    database.storage.poll_invalidations = lambda: polled.append(None)
    database.open().close()
    assert polled == []
    database.open(at=last).close()
    assert polled
    polled.clear()
    assert database.lastTransaction() == last
    assert polled == [None]


def test_the_latest_transactions(tmp_path):
    database = open_database("file:site.fs", root=tmp_path)
    for number in range(3):
        with transaction_for(database) as pair:
            pair.connection.root()[f"key{number}"] = number
            transaction = pair.manager.get()
            transaction.user = "ann"
            transaction.note(f"Änderung {number}")
            transaction.setExtendedInfo("path", "/news")
            pair.manager.commit()
    found = database.latest(2)
    assert [each["description"] for each in found] == ["Änderung 2", "Änderung 1"]
    assert found[0]["user"] == "ann"
    assert found[0]["path"] == "/news"
    assert found[0]["moment"].tzinfo is not None
    database.close()


def test_an_engine_without_a_past_has_no_latest_transactions(database):
    assert database.latest() == []


def test_an_engine_without_a_past_says_that_it_takes_nothing_back(database):
    keep(database, a=1)
    with pytest.raises(DatabaseError, match=r"DemoStorage.* keeps no past: no transaction can be taken back"):
        database.undoMultiple([database.lastTransaction()])
