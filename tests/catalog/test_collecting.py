"""The catalog is part of each transaction, whatever code makes the change, and several at a time."""

import threading

import pytest

from objpub.catalog import catalog_of
from objpub.catalog import check_catalog
from objpub.catalog import find
from objpub.catalog import index
from objpub.content import Content
from objpub.content import Folder
from objpub.database import retryable
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.operations import add
from objpub.operations import delete
from objpub.operations import move
from objpub.operations import restore
from objpub.schema import field
from objpub.security import SYSTEM


class Box(Folder, addable="anywhere"):
    pass


class Note(Content, addable="anywhere"):
    tags: frozenset[str] = field(default=(), index="keyword")
    weight: int = field(default=0, index="range")


@index(Note, "share", kind="range")
def share(note):
    return 100 // note.weight


def names(world, **values):
    return sorted(each.__name__ for each in find(SYSTEM, world.site, **values))


def test_what_code_changes_by_itself_is_found(world):
    box = world.site.add("box", Box())
    note = box.add("note", Note(tags={"sea"}))
    world.commit()
    assert names(world, tags="sea") == ["note"]
    note.tags = {"moon"}
    world.commit()
    assert (names(world, tags="sea"), names(world, tags="moon")) == ([], ["note"])
    box.remove("note")
    world.commit()
    assert names(world, tags="moon") == []


def test_what_is_not_committed_is_found_by_its_own_transaction_only(world, other):
    world.site.add("note", Note(tags={"sea"}))
    assert names(world, tags="sea") == ["note"]
    assert names(other, tags="sea") == []
    world.abort()
    assert names(world, tags="sea") == []


def test_what_a_savepoint_takes_back_is_not_found(world):
    kept = world.site.add("kept", Note(tags={"sea"}))
    world.commit()
    savepoint = world.manager.savepoint()
    kept.tags = {"moon"}
    world.site.add("note", Note(tags={"sea"}))
    assert names(world, tags="sea") == ["note"]
    savepoint.rollback()
    world.commit()
    assert (names(world, tags="sea"), names(world, tags="moon")) == (["kept"], [])


def test_what_was_stored_by_a_savepoint_is_found(world):
    world.site.add("note", Note(tags={"sea"}))
    world.manager.savepoint()
    world.site["note"].weight = 3
    world.manager.savepoint()
    world.commit()
    assert names(world, weight=3) == ["note"]


def test_a_move_of_a_folder_writes_one_parent_and_no_index(world):
    box = world.site.add("box", Box())
    other = world.site.add("other", Box())
    for number in range(20):
        box.add(f"n{number}", Note(tags={"sea"}))
    world.commit()
    catalog = catalog_of(box)
    catalog.settle()
    world.commit()
    kept = [catalog.indexes[key] for key in catalog.indexes]
    serials = [[tree._p_serial for tree in (each, each._keys)] for each in kept]
    other.attach("box", world.site.detach("box"))
    world.commit()
    assert [[tree._p_serial for tree in (each, each._keys)] for each in kept] == serials
    assert find(SYSTEM, world.site, within=other, tags="sea").count == 20
    assert list(check_catalog(world.connection)) == []


def test_a_tree_in_the_trash_is_not_found_until_it_is_restored(world):
    box = add(SYSTEM, world.site, Box(), "box")
    add(SYSTEM, box, Note(tags={"sea"}), "note")
    world.commit()
    entry = delete(SYSTEM, box)
    world.commit()
    assert names(world, tags="sea") == []
    assert len(world.site.catalog) == 1, "the site alone"
    restore(SYSTEM, entry)
    world.commit()
    assert names(world, tags="sea") == ["note"]


def test_a_resource_that_does_not_change_what_is_indexed_writes_no_index(world):
    note = world.site.add("note", Note(weight=1))
    world.commit()
    catalog = world.site.catalog
    found = [*catalog.indexes.values(), catalog.parents, catalog.owners, catalog.places, catalog.texts]
    found += catalog.pending.slots
    serials = [each._p_serial for each in found]
    note._owner = None
    note._private = 1
    world.commit()
    assert [each._p_serial for each in found] == serials


def test_an_index_that_fails_has_no_value_there_and_stops_nobody(world, caplog):
    world.site.add("note", Note(weight=0))
    world.site.add("heavy", Note(weight=50))
    world.commit()
    assert "The index 'share' failed" in caplog.text
    assert names(world, share=2) == ["heavy"]


@pytest.mark.parametrize("writers", [8])
def test_writers_at_a_time_in_one_folder_lose_nothing(world, writers):
    world.site.add("box", Box())
    world.commit()
    failures = []

    def write(writer):
        for number in range(12):
            for attempt in range(200):
                with transaction_for(world.database) as pair:
                    box = site_of(pair.connection)["box"]
                    try:
                        name = f"w{writer}-{number}"
                        box.add(name, Note(tags={"all", name}, weight=number))
                        if number:
                            box[f"w{writer}-{number - 1}"].tags = {"edited", name}
                        pair.manager.commit()
                        break
                    except Exception as error:
                        if attempt == 199 or not retryable(error, pair.manager._txn):
                            failures.append(error)
                            raise

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.abort()
    assert failures == []
    assert find(SYSTEM, world.site, tags="edited").count == writers * 11
    assert find(SYSTEM, world.site, tags="all").count == writers
    assert find(SYSTEM, world.site, weight=11).count == writers
    assert list(check_catalog(world.connection)) == []


def test_what_moves_out_of_a_folder_that_is_deleted_stays_also_when_both_were_edited(world):
    first, other = world.site.add("first", Box()), world.site.add("other", Box())
    box = first.add("box", Box())
    box.add("note", Note(tags={"sea"}))
    world.commit()
    box["note"].tags = {"tide"}
    first._p_changed = True
    move(SYSTEM, box, other)
    delete(SYSTEM, first)
    world.commit()
    assert names(world, tags="tide") == ["note"]
    assert list(check_catalog(world.site._p_jar)) == []
