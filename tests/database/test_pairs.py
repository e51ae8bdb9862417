"""The pool of pairs."""

import gc
import threading
import weakref
from contextlib import closing

import pytest
from persistent import Persistent
from persistent.mapping import PersistentMapping

from objpub import Site
from objpub.database import open_database
from objpub.database import Pair
from objpub.database import Pairs
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.database.pairs import IDLE_USES
from objpub.database.pairs import LOOK_EVERY
from objpub.errors import DatabaseError
from objpub.errors import WriteOnRead

SHARE = 200_000


class Note(Persistent):
    text = ""


def fill(database, number=1_000, length=1_000):
    with transaction_for(database) as pair:
        site = PersistentMapping()
        put_site(pair.connection, site)
        for index in range(number):
            site[f"n{index}"] = note = Note()
            note.text = "x" * length
        pair.manager.commit()


def read_everything(connection):
    return sum(len(note.text) for note in site_of(connection).values())


def cached_bytes(pair):
    return pair.connection._cache.total_estimated_size


def test_the_pair_given_back_last_is_taken_first(database):
    first, second = database.pairs.take(), database.pairs.take()
    assert first is not second
    database.pairs.give_back(first)
    database.pairs.give_back(second)
    assert database.pairs.take() is second
    assert database.pairs.take() is first
    for pair in (first, second):
        database.pairs.give_back(pair)


def test_connection_and_manager_stay_together_and_open(database):
    pair = database.pairs.take()
    connection, manager = pair.connection, pair.manager
    database.pairs.give_back(pair)
    assert database.pairs.take() is pair
    assert (pair.connection, pair.manager) == (connection, manager)
    assert connection.opened
    assert connection.transaction_manager is manager
    assert manager.explicit
    database.pairs.give_back(pair)


def test_a_pair_with_an_open_transaction_is_thrown_away(database):
    pair = database.pairs.take()
    pair.manager.begin()
    database.pairs.give_back(pair)
    assert len(database.pairs) == 0
    assert pair.manager._txn is None
    assert pair.connection.opened is None
    assert database.pairs.take() is not pair


def test_a_pair_with_registered_objects_is_thrown_away_and_takes_the_change_with_it(database):
    fill(database, 1)
    pair = database.pairs.take()
    pair.manager.begin()
    site_of(pair.connection)["n0"].text = "changed"
    pair.manager._txn = None  # as if somebody had lost the transaction
    database.pairs.give_back(pair)
    assert len(database.pairs) == 0
    with transaction_for(database) as other:
        assert other is not pair
        assert site_of(other.connection)["n0"].text != "changed"


def test_a_pair_with_a_violation_is_thrown_away(database):
    fill(database, 1)
    with pytest.raises(WriteOnRead):
        with transaction_for(database, read_only=True) as pair:
            site_of(pair.connection)["n0"].text = "changed"
    assert len(database.pairs) == 0
    assert database.pairs.take() is not pair


def test_a_pair_is_not_read_only_for_the_next(database):
    fill(database, 1)
    with transaction_for(database, read_only=True) as reader:
        read_everything(reader.connection)
    with transaction_for(database) as writer:
        assert writer is reader
        site_of(writer.connection)["n0"].text = "changed"
        writer.manager.commit()


def test_no_more_pairs_wait_than_the_limit():
    database = open_database("demo:", pool_size=2)
    pairs = [database.pairs.take() for _ in range(4)]
    for pair in pairs:
        database.pairs.give_back(pair)
    assert len(database.pairs) == 2
    assert [pair.connection.opened is not None for pair in pairs] == [True, True, False, False]
    database.close()


def test_the_cache_is_divided_over_the_pairs_there_are():
    database = open_database("demo:", cache_bytes=4 * SHARE)
    pairs = [database.pairs.take() for _ in range(4)]
    assert [pair.connection._cache.cache_size_bytes for pair in pairs] == [SHARE] * 4
    for pair in pairs[:2]:
        pair.manager.begin()
        database.pairs.give_back(pair)  # not clean: thrown away
    assert [pair.connection._cache.cache_size_bytes for pair in pairs[2:]] == [2 * SHARE] * 2
    for pair in pairs[2:]:
        database.pairs.give_back(pair)
    database.close()


def test_a_pair_keeps_at_most_its_part_of_the_cache():
    database = open_database("demo:", cache_bytes=2 * SHARE)
    fill(database)
    pairs = [database.pairs.take() for _ in range(2)]
    for pair in pairs:
        pair.manager.begin()
        assert read_everything(pair.connection) == 1_000_000
        assert cached_bytes(pair) > 1_000_000
        pair.manager.abort()
        assert 0 < cached_bytes(pair) <= SHARE
        database.pairs.give_back(pair)
    database.close()


def test_a_pair_that_had_all_shrinks_when_another_comes():
    database = open_database("demo:", cache_bytes=2 * SHARE)
    fill(database)
    first = database.pairs.take()
    first.manager.begin()
    read_everything(first.connection)
    first.manager.abort()
    assert SHARE < cached_bytes(first) <= 2 * SHARE
    second = database.pairs.take()
    first.manager.begin()
    first.manager.abort()
    assert cached_bytes(first) <= SHARE
    for pair in (first, second):
        database.pairs.give_back(pair)
    database.close()


def test_a_thousand_transactions_over_more_than_fits_stay_within_the_cache():
    database = open_database("demo:", cache_bytes=SHARE)
    fill(database)
    for turn in range(1_000):
        with transaction_for(database, read_only=True) as pair:
            assert len(site_of(pair.connection)[f"n{turn}"].text) == 1_000
        assert cached_bytes(pair) <= SHARE
    database.close()


def test_pairs_of_a_rush_are_thrown_away_when_they_stay_unused():
    database = open_database("demo:")
    rush = [database.pairs.take() for _ in range(5)]
    for pair in rush:
        database.pairs.give_back(pair)
    assert len(database.pairs) == 5
    for _ in range(IDLE_USES):
        database.pairs.give_back(database.pairs.take())
    assert len(database.pairs) == 5
    for _ in range(LOOK_EVERY + 1):
        database.pairs.give_back(database.pairs.take())
    assert len(database.pairs) == 1
    assert database.pairs.take() is rush[-1]
    database.close()


def test_pairs_are_never_shared_between_threads(database):
    fill(database, 1)
    taken, clashes, barrier = set(), [], threading.Barrier(8)

    def work():
        barrier.wait()
        for _ in range(300):
            with transaction_for(database, read_only=True) as pair:
                if pair in taken:
                    clashes.append(pair)
                taken.add(pair)
                read_everything(pair.connection)
                taken.remove(pair)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clashes == []
    assert 1 <= len(database.pairs) <= 8


def test_looking_for_unused_pairs_never_empties_the_pool():
    made, thrown = [], []

    def make():
        made.append(Pair(Loose(), Loose()))
        return made[-1]

    pairs = Pairs(make, thrown.append, 4)
    for _ in range(3 * IDLE_USES):
        pairs.give_back(pairs.take())
    assert (len(made), thrown, len(pairs)) == (1, [], 1)


class Loose:
    """Neither connection nor manager, and always clean."""

    tainted = False
    _txn = None

    def is_clean(self):
        return True


def test_a_closed_pool_keeps_nothing(database):
    in_use = database.pairs.take()
    waiting = database.pairs.take()
    database.pairs.give_back(waiting)
    database.close()
    assert waiting.connection.opened is None
    assert in_use.connection.opened is None
    database.pairs.give_back(in_use)
    assert len(database.pairs) == 0
    with pytest.raises(DatabaseError, match="The database is closed"):
        database.pairs.take()


def test_emptying_the_pool_leaves_it_usable(database):
    pair = database.pairs.take()
    database.pairs.give_back(pair)
    database.pairs.empty()
    assert len(database.pairs) == 0
    with transaction_for(database) as other:
        assert other is not pair


def test_nothing_is_left_of_pairs_that_were_thrown_away(database):
    fill(database, 1)

    def swallow(pair):
        with pytest.raises(WriteOnRead):
            site_of(pair.connection)["n0"].text = "changed"

    def leave_open(pair):
        other = database.pairs.take()
        other.manager.begin()
        site_of(other.connection)["n0"].text = "changed"
        database.pairs.give_back(other)

    def read(pair):
        read_everything(pair.connection)

    for turn in range(600):
        with transaction_for(database, read_only=turn % 3 == 0) as pair:
            (swallow, leave_open, read)[turn % 3](pair)
    assert len(database._mvcc_storage._instances) == len(database.pairs) == len(database._open_pairs) == 1
    assert len(database.pool.all) == 1
    assert database.pool.available == []
    with transaction_for(database) as pair:
        assert site_of(pair.connection)["n0"].text != "changed"


def test_a_pair_thrown_away_is_freed_with_everything_it_remembers(database):
    fill(database, 10)
    with pytest.raises(WriteOnRead):
        with transaction_for(database, read_only=True) as pair:
            read_everything(pair.connection)
            site_of(pair.connection)["n0"].text = "changed"
    connection = weakref.ref(pair.connection)
    del pair
    gc.collect()
    assert connection() is None


def test_a_connection_whose_commit_failed_in_the_storage_is_not_used_again(monkeypatch):
    with closing(open_database("demo:")) as database:
        with transaction_for(database) as pair:
            put_site(pair.connection, Site())
            pair.manager.commit()
        used = pair

        def broken(*arguments):
            raise OSError("the disk is gone")

        for where in ("tpc_vote", "tpc_finish"):
            with monkeypatch.context() as patch, pytest.raises(OSError, match="gone"):
                patch.setattr(used.connection._storage, where, broken, raising=False)
                with transaction_for(database) as pair:
                    assert pair is used
                    site_of(pair.connection).title = "lost"
                    pair.manager.commit()
            with transaction_for(database) as pair:
                assert pair is not used
                assert site_of(pair.connection).title == ""
            used = pair
