"""What is kept of an import: enough for the next one, and nothing that was thrown away for good."""

import time
from contextlib import closing

from objpub.content import Site
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.importing import import_folder
from objpub.importing import plan
from objpub.importing.ledger import Entry
from objpub.operations import delete
from objpub.operations import purge
from objpub.security import SYSTEM


def texts_in(database):
    """Return the data of every record."""
    records, cursor = [], None
    while True:
        _, _, data, cursor = database.storage.record_iternext(cursor)
        records.append(data)
        if cursor is None:
            return b"".join(records)


def test_what_was_imported_and_purged_leaves_the_database_with_the_next_pack(tmp_path, registry, source):
    files = source({"one.md": "# One\n\nKestrel over the dyke", "two.md": "# Two\n\nHeron"})
    with closing(open_database("file:site.fs", registry=registry, root=tmp_path)) as database:
        with transaction_for(database) as pair:
            put_site(pair.connection, Site(title="Saltmarsh"))
            pair.manager.commit()
        import_folder(database, files, "/docs", identity=SYSTEM)
        assert b"Kestrel" in texts_in(database)
        with transaction_for(database) as pair:
            site = site_of(pair.connection)
            purge(SYSTEM, delete(SYSTEM, site["docs"]["one"]))
            pair.manager.commit()
        database.pack(time.time() + 1)
        assert b"Kestrel" not in texts_in(database)
        assert b"Heron" in texts_in(database)
        import_folder(database, files, "/docs", identity=SYSTEM)
        with transaction_for(database, read_only=True) as pair:
            docs = site_of(pair.connection)["docs"]
            assert "one" not in docs
            assert "two" in docs


def test_an_entry_of_a_site_that_was_made_before_still_knows_its_resource():
    class Thing(Entry):
        pass

    thing, entry = Thing(), Entry()
    entry.__setstate__({"resource": thing, "file": "one.md"})
    assert entry.resource is thing
    assert entry.file == "one.md"
    assert "resource" not in entry.__getstate__()


def test_comparing_a_large_import_does_not_keep_it_all_in_memory(registry, source, monkeypatch):
    monkeypatch.setattr(plan, "LOADED_AT_A_TIME", 20)
    files = source(
        {f"page{number}.md": "# Page\n" + "Kestrel over the dyke. " * 500 for number in range(200)}
    )
    with closing(open_database("demo:", registry=registry, cache_bytes=100_000)) as database:
        with transaction_for(database) as pair:
            put_site(pair.connection, Site(title="Saltmarsh"))
            pair.manager.commit()
        import_folder(database, files, "/docs", identity=SYSTEM)
        with transaction_for(database, read_only=True) as pair:
            pair.connection.cacheMinimize()
            known = plan.known_in(site_of(pair.connection)["docs"]._imported)
            assert len(known) == 201
            assert pair.connection._cache.total_estimated_size < 1_000_000
