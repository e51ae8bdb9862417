"""A pack that is stopped in the middle, with every engine."""

import time

import pytest
from persistent.mapping import PersistentMapping
from ZODB.blob import Blob
from ZODB.FileStorage import FileStorage
from ZODB.serialize import referencesf

from objpub.database import check
from objpub.database import digest
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import relational
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import DatabaseError


@pytest.fixture
def packable(opened):
    """A database with forty things, the files of some, and as many that are gone or were changed."""
    with transaction_for(opened) as pair:
        things = {f"t{number:02}": PersistentMapping(n=number) for number in range(80)}
        things |= {f"b{number}": Blob(b"%d" % number) for number in range(8)}
        put_site(pair.connection, PersistentMapping(things))
        pair.manager.commit()
    for number in range(0, 80, 2):
        with transaction_for(opened) as pair:
            site = site_of(pair.connection)
            del site[f"t{number:02}"]
            site[f"t{number + 1:02}"]["n"] = -number
            site.pop(f"b{number // 10}" if not number % 20 else "none", None)
            pair.manager.commit()
    return opened


@pytest.mark.parametrize("after", [20])
def test_a_pack_that_is_stopped_loses_nothing_and_the_next_one_finishes(packable, uri, after, monkeypatch):
    before = digest(uri)
    references, calls = packable.references, []

    def stop(*arguments):
        calls.append(arguments)
        if len(calls) == after:
            raise KeyboardInterrupt
        return references(*arguments)

    packable.references = stop
    try:
        packable.pack(days=0)
    except KeyboardInterrupt:
        assert len(calls) == after
    packable.references = references
    assert digest(uri) == before
    assert list(check(packable)) == []
    packable.pack(days=0)
    assert digest(uri) == before
    assert list(check(packable)) == []
    with transaction_for(packable) as pair:
        site_of(pair.connection)["after"] = PersistentMapping()
        pair.manager.commit()
    assert list(check(packable)) == []


def test_a_pack_does_not_read_again_what_one_that_was_stopped_has_read(tmp_path, monkeypatch):
    monkeypatch.setattr(relational, "KEEP_SECONDS", 0)
    database = open_database("sqlite:site.sqlite", root=tmp_path)
    for number in range(60):
        with transaction_for(database) as pair:
            if not number:
                put_site(pair.connection, PersistentMapping())
            site_of(pair.connection)[f"t{number}"] = PersistentMapping(n=number)
            pair.manager.commit()
    read = []

    def references(data, oids=None):
        read.append(data)
        if len(read) == 40:
            raise InterruptedError
        return referencesf(data, oids)

    with pytest.raises(InterruptedError):
        database.storage.pack(time.time(), references)
    read.extend([None] * 1_000)
    database.storage.pack(time.time(), references)
    assert len(read) - 1_040 < 100, "of the 120 states some are known"
    assert list(check(database)) == []
    database.close()


@pytest.mark.parametrize("engine", ["sqlite-plain", "postgresql-plain"])
def test_what_is_moved_to_a_new_object_while_a_pack_begins_is_kept(opened, engine, monkeypatch):
    with transaction_for(opened) as pair:
        things = {f"t{number}": PersistentMapping(n=number) for number in range(700)}
        put_site(pair.connection, PersistentMapping(shelf=PersistentMapping(things)))
        pair.manager.commit()
    packs = type(opened.storage._adapter.packundo)
    fill = packs.__mro__[1].fill_object_refs

    def move_first(*arguments):
        with transaction_for(opened) as pair:
            site = site_of(pair.connection)
            site["shelf"]["box"] = PersistentMapping({name: site["shelf"].pop(name) for name in things})
            pair.manager.commit()
        return fill(*arguments)

    monkeypatch.setattr(packs.__mro__[1], "fill_object_refs", move_first)
    opened.pack(days=0)
    assert list(check(opened)) == []
    with transaction_for(opened, read_only=True) as pair:
        assert len([thing["n"] for thing in site_of(pair.connection)["shelf"]["box"].values()]) == 700


@pytest.mark.parametrize("engine", ["zeo", "file"])
def test_while_another_process_packs_a_pack_says_so(opened, engine, monkeypatch):
    monkeypatch.setattr(FileStorage, "_pack_is_in_progress", True)
    with pytest.raises(DatabaseError, match="Cannot pack: "):
        opened.pack(days=0)
