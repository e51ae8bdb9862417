"""Commits with files on a ZEO server whose clients resolve conflicts."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextlib import ExitStack
from contextlib import nullcontext

import pytest
from ZODB.POSException import ConflictError

from objpub import File
from objpub import Folder
from objpub import Site
from objpub.database import check
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import storage_server
from objpub.database import transaction_for
from objpub.database import voting
from tests.engines import zeo_server

CONTENT = b"tide table" * 10_000


@pytest.fixture(params=["linked", "copied"])
def uri(request, tmp_path, monkeypatch):
    if request.param == "copied":

        def refused(*arguments):
            raise PermissionError

        monkeypatch.setattr(voting.os, "link", refused)
    with zeo_server(f"zeo:{tmp_path}/zeo.sock") as uri:
        yield uri


def test_an_upload_that_met_a_conflict_which_was_resolved_is_there(uri, tmp_path):
    with closing(open_database(uri)) as database:
        with transaction_for(database) as pair:
            put_site(pair.connection, Site())
            site_of(pair.connection).add("files", Folder())
            pair.manager.commit()
        for number in range(5):
            add_to_one_folder_at_a_time(database, number)
    with closing(open_database(uri)) as database:
        assert list(check(database)) == []
        with transaction_for(database, read_only=True) as pair:
            files = site_of(pair.connection)["files"]
            assert sorted(files) == sorted(f"{name}{number}" for name in "ab" for number in range(5))
            for file in files.values():
                with file.open() as handle:
                    assert handle.read() == CONTENT
    assert [path.name for path in tmp_path.rglob("*again*")] == []


def add_to_one_folder_at_a_time(database, number):
    """Let two connections add a file each to one bucket: the second one has a conflict, which is resolved."""
    with transaction_for(database) as first, transaction_for(database) as second:
        for name, pair in (("a", first), ("b", second)):
            site_of(pair.connection)["files"].add(f"{name}{number}", File.from_bytes(CONTENT, "t.txt"))
        first.manager.commit()
        second.manager.commit()


@pytest.mark.parametrize("engine", ["file", "zeo"])
def test_a_conflict_that_nobody_resolves_leaves_no_file(engine, tmp_path):
    is_file = engine == "file"
    place = nullcontext(f"file:{tmp_path}/site.fs") if is_file else zeo_server(f"zeo:{tmp_path}/zeo.sock")
    with place as uri, closing(open_database(uri)) as database:
        with transaction_for(database) as pair:
            put_site(pair.connection, Site())
            pair.manager.commit()
        with transaction_for(database) as first, transaction_for(database) as second:
            site_of(first.connection).title = "one"
            site_of(second.connection).title = "two"
            site_of(second.connection).add("file", File.from_bytes(CONTENT, "t.txt"))
            first.manager.commit()
            with pytest.raises(Exception, match="conflict"):
                second.manager.commit()
    assert list(tmp_path.rglob("*.blob")) == list(tmp_path.rglob("*again*")) == []


def test_a_commit_that_meets_a_conflict_at_each_vote_is_one_to_try_again(tmp_path):
    with ExitStack() as stack:
        uri = stack.enter_context(zeo_server(f"zeo:{tmp_path}/zeo.sock"))
        slow = stack.enter_context(closing(open_database(uri)))
        with transaction_for(slow) as pair:
            put_site(pair.connection, Site())
            site_of(pair.connection).add("files", Folder())
            pair.manager.commit()
        fast = stack.enter_context(closing(open_database(uri)))
        resolve, added, met = slow.storage.tryToResolveConflict, [], []

        def add_first(name):
            with transaction_for(fast) as pair:
                site_of(pair.connection)["files"].add(name, Folder())
                pair.manager.commit()
            added.append(name)

        def resolve_too_late(oid, *more):
            met.append(oid)
            if oid == met[0]:  # once in each vote
                add_first(f"fast{len(added)}")
            return resolve(oid, *more)

        with transaction_for(slow) as pair:
            site_of(pair.connection)["files"].add("slow", Folder())
            add_first("fast0")
            slow.storage.tryToResolveConflict = resolve_too_late
            with pytest.raises(ConflictError):
                pair.manager.commit()
        with transaction_for(fast, read_only=True) as pair:
            assert sorted(site_of(pair.connection)["files"]) == sorted(added)
        assert len(added) == 10


def test_no_two_clients_get_the_same_ids_when_a_server_starts_anew(tmp_path):
    uri = f"zeo:{tmp_path}/zeo.sock"
    with ExitStack() as stack:
        with zeo_server(uri):
            first = stack.enter_context(closing(open_database(uri)))
            got = [first.storage.new_oid()]
        with zeo_server(uri):
            second = stack.enter_context(closing(open_database(uri)))
            others = [second.storage.new_oid() for _ in range(150)]
            while not first.storage.is_connected():
                first.storage.sync()
            got = [first.storage.new_oid() for _ in range(20)]
            assert set(got).isdisjoint(others)
            stack.close()


def test_other_clients_hear_of_a_commit_before_anything_that_is_answered_after_it(tmp_path):
    with ThreadPoolExecutor(1) as other:  # that runs no loop, as this one may do for a browser
        server = other.submit(storage_server, f"zeo:{tmp_path}/zeo.sock").result()
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    with closing(open_database(f"zeo:{tmp_path}/zeo.sock")) as database:
        heard, both = [], threading.Event()

        def hear(what):
            heard.append(what)
            if len(heard) == 2:
                both.set()

        database.storage.invalidateTransaction = lambda tid, oids: hear(tid)
        commit, answer = b"\x7e" * 8, b"\x7f" * 8

        def one_turn():
            server._server.invalidate(None, "1", commit, [])
            for each in server._server.zeo_storages_by_storage_id["1"]:
                each.async_("invalidateTransaction", answer, [])

        server._server.acceptor.event_loop.call_soon_threadsafe(one_turn)
        assert both.wait(30)
        assert heard == [commit, answer]
    server.stop()
    thread.join(20)
