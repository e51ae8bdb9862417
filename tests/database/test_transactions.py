"""One transaction from begin to its end, and whether it may be tried again."""

import errno
import queue
import threading

import psycopg2
import pytest
from BTrees.OOBTree import OOBTree
from persistent import Persistent
from transaction.interfaces import TransientError
from ZEO.Exceptions import ServerException
from ZODB.POSException import ConflictError
from ZODB.POSException import ReadConflictError

from objpub.database import disk_is_full
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import retryable
from objpub.database import site_of
from objpub.database import storage_is_gone
from objpub.database import transaction_for


class Counter(Persistent):
    value = 0
    other = 0


@pytest.fixture
def counter(database):
    with transaction_for(database) as pair:
        put_site(pair.connection, Counter())
        pair.manager.commit()


def value_in(database):
    with transaction_for(database, read_only=True) as pair:
        return site_of(pair.connection).value


def test_what_is_committed_stays(database, counter):
    with transaction_for(database) as pair:
        site_of(pair.connection).value = 1
        pair.manager.commit()
    assert value_in(database) == 1


def test_what_is_not_committed_is_gone(database, counter):
    with transaction_for(database) as pair:
        site_of(pair.connection).value = 1
    assert value_in(database) == 0


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(1), KeyboardInterrupt(), ConflictError("no")])
def test_an_error_passes_unchanged_and_nothing_stays(database, counter, error):
    with pytest.raises(type(error)) as raised:
        with transaction_for(database) as pair:
            site_of(pair.connection).value = 1
            raise error
    assert raised.value is error
    assert value_in(database) == 0
    assert pair.manager._txn is None


def test_a_doomed_transaction_is_aborted(database, counter):
    with transaction_for(database) as pair:
        site_of(pair.connection).value = 1
        pair.manager.doom()
    assert value_in(database) == 0
    assert len(database.pairs) == 1


def test_another_transaction_may_be_begun_inside(database, counter):
    with transaction_for(database) as pair:
        site_of(pair.connection).value = 1
        pair.manager.commit()
        pair.manager.begin()
        site_of(pair.connection).value = 2
    assert value_in(database) == 1


def test_transactions_may_be_nested_and_are_independent(database, counter):
    with transaction_for(database) as outer:
        assert site_of(outer.connection).value == 0
        with transaction_for(database) as inner:
            assert inner is not outer
            site_of(inner.connection).value = 1
            inner.manager.commit()
        assert site_of(outer.connection).value == 0
    assert value_in(database) == 1


def test_a_pair_that_cannot_begin_is_thrown_away(database, counter):
    class Refusing:
        def newTransaction(self, transaction):  # noqa: N802
            raise ConnectionError("the server is gone")

        def beforeCompletion(self, transaction):  # noqa: N802
            pass

        afterCompletion = beforeCompletion  # noqa: N815

    pair = database.pairs.take()
    pair.manager.registerSynch(Refusing())
    database.pairs.give_back(pair)
    with pytest.raises(ConnectionError):
        with transaction_for(database):
            pytest.fail("it began")
    assert len(database.pairs) == 1
    assert database.pairs.take().manager._txn is None


def test_an_abort_that_fails_is_raised_and_nothing_stays(database, counter):
    with pytest.raises(RuntimeError, match="afterwards"):
        with transaction_for(database) as pair:
            pair.manager.get().join(Participant())
            site_of(pair.connection).value = 1
    assert pair.manager._txn is None
    assert value_in(database) == 0


class Participant:
    def abort(self, transaction):
        raise RuntimeError("afterwards")

    def sortKey(self):  # noqa: N802
        return "z"

    def should_retry(self, error):
        return isinstance(error, LookupError)


def test_a_second_writer_of_one_object_meets_a_conflict(database, counter):
    with pytest.raises(ConflictError) as met:
        with transaction_for(database) as first:
            site_of(first.connection).value = 1
            with transaction_for(database) as second:
                site_of(second.connection).value = 2
                second.manager.commit()
            try:
                first.manager.commit()
            except ConflictError as error:
                assert retryable(error, first.manager.get())
                raise
    assert retryable(met.value)
    assert value_in(database) == 2
    # Both can be used again: nothing of the conflict is left in their caches.
    for _ in range(2):
        with transaction_for(database) as one, transaction_for(database) as another:
            assert {site_of(pair.connection).value for pair in (one, another)} == {2}


@pytest.mark.parametrize("error", [ConflictError("x"), ReadConflictError("x"), TransientError("x")])
def test_conflicts_are_worth_another_attempt(error):
    assert retryable(error)


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), SystemExit(1)])
def test_other_errors_are_not(error):
    assert not retryable(error)


def test_those_who_take_part_have_a_say(database):
    with pytest.raises(RuntimeError):
        with transaction_for(database) as pair:
            current = pair.manager.get()
            current.join(Participant())
            assert retryable(KeyError("x"), current)
            assert not retryable(ValueError("x"), current)
            assert not retryable(SystemExit(1), current)


@pytest.mark.parametrize("uri", ["demo:", "file:site.fs"])
def test_a_transaction_sees_every_commit_that_ended_before_it_began(uri, tmp_path):
    database = open_database(uri, root=tmp_path)
    with transaction_for(database) as pair:
        put_site(pair.connection, Counter())
        pair.manager.commit()
    committed, stale = queue.Queue(), []

    def read():
        while (number := committed.get()) is not None:
            for _ in range(3):
                with transaction_for(database, read_only=True) as pair:
                    seen = site_of(pair.connection)
                    if not seen.value == seen.other >= number:
                        stale.append((seen.value, seen.other, number))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 401):
        with transaction_for(database) as pair:
            site = site_of(pair.connection)
            site.value, site.other = number, number
            pair.manager.commit()
        committed.put(number)
    for _ in readers:
        committed.put(None)
    for reader in readers:
        reader.join()
    assert stale == []
    database.close()


def test_an_object_changed_elsewhere_is_read_afresh_and_others_stay_in_memory(database):
    with transaction_for(database) as pair:
        site = OOBTree({name: Counter() for name in "ab"})
        put_site(pair.connection, site)
        pair.manager.commit()
    with transaction_for(database) as one, transaction_for(database) as another:
        assert [site_of(one.connection)[name].value for name in "ab"] == [0, 0]
        site_of(another.connection)["a"].value = 1
        another.manager.commit()
        loads = one.connection.getTransferCounts()[0]
        assert site_of(one.connection)["a"].value == 0
        one.manager.abort()
        one.manager.begin()
        assert [site_of(one.connection)[name].value for name in "ab"] == [1, 0]
        assert one.connection.getTransferCounts()[0] - loads == 1


def test_increments_of_many_threads_are_all_counted(database, counter):
    def work():
        for _ in range(50):
            while True:
                with transaction_for(database) as pair:
                    site_of(pair.connection).value += 1
                    try:
                        pair.manager.commit()
                        break
                    except ConflictError as error:
                        assert retryable(error, pair.manager.get())

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert value_in(database) == 300


def test_a_server_that_went_away_in_the_middle_of_a_commit_is_known_by_what_it_was_wrapped_in():
    def wrapped(cause, kind=Exception):
        try:
            try:
                raise cause
            except Exception:
                raise kind("Failed to close one or more resources")  # noqa: B904
        except Exception as error:
            return error

    assert storage_is_gone(wrapped(psycopg2.OperationalError("server closed the connection unexpectedly")))
    assert not storage_is_gone(wrapped(ValueError("anything else")))
    assert not storage_is_gone(wrapped(psycopg2.OperationalError("gone"), RuntimeError))
    assert not storage_is_gone(Exception("alone"))


def test_a_zeo_server_that_was_started_anew_in_a_commit_is_one_that_was_gone():
    told = ServerException(("builtins.AssertionError", ("finished called wo lock",)))
    assert storage_is_gone(told)
    assert not storage_is_gone(ServerException(("builtins.AssertionError", ("anything else",))))


def test_a_full_disk_of_a_zeo_server_is_a_full_disk():
    assert disk_is_full(OSError(errno.ENOSPC, "No space left on device"))
    assert disk_is_full(ServerException(("builtins.OSError", (errno.ENOSPC, "No space left on device"))))
    assert not disk_is_full(ServerException(("builtins.OSError", (errno.EIO, "Input/output error"))))
    assert not disk_is_full(PermissionError(errno.EACCES, "Permission denied"))
