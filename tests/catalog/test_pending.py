"""What is indexed waits in small slots, and comes into the trees of the catalog later: nothing is lost."""

import threading

import pytest
from BTrees.LLBTree import LLTreeSet
from ZODB.POSException import ConflictError
from ZODB.POSException import ReadConflictError

from objpub.catalog import build
from objpub.catalog import building
from objpub.catalog import check_catalog
from objpub.catalog import find
from objpub.catalog import id_of
from objpub.catalog import settle
from objpub.catalog import settling
from objpub.catalog import Texts
from objpub.catalog import where
from objpub.catalog.pending import Pending
from objpub.catalog.pending import Slot
from objpub.catalog.pending import SLOTS
from objpub.catalog.settling import Settling
from objpub.content import Content
from objpub.content import dotted_name
from objpub.content import Folder
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.operations import delete
from objpub.schema import field
from objpub.security import SYSTEM


class Box(Folder, addable="anywhere"):
    pass


class Note(Content, addable="anywhere"):
    title: str = field(default="", index="text")
    tags: frozenset[str] = field(default=(), index="keyword")
    weight: int = field(default=0, index="range")
    place: str = field(default="", index="path")


def names(site, *conditions, **values):
    return sorted(each.__name__ for each in find(SYSTEM, site, *conditions, **values))


def waiting(world):
    return world.site.catalog.pending.entries()


@pytest.fixture
def noted(world):
    """The site with three notes whose entries have been taken into the trees."""
    for number in range(3):
        world.site.add(f"n{number}", Note(title=f"word{number}", tags={"old"}, weight=number, place="/a/b"))
    world.commit()
    settle(world.database)
    world.abort()
    assert waiting(world) == {}
    return world


def test_a_change_that_waits_stands_before_what_the_trees_have(noted):
    site = noted.site
    site["n0"].tags, site["n0"].weight, site["n0"].place = {"new"}, 9, "/c"
    site.remove("n1")
    site.add("n3", Note(tags={"old", "new"}, weight=1, place="/a"))
    noted.commit()
    assert len(waiting(noted)) == 3
    for settled in (False, True):
        assert names(site, tags="old") == ["n2", "n3"]
        assert names(site, tags="new") == ["n0", "n3"]
        assert names(site, where.weight >= 1) == ["n0", "n2", "n3"]
        assert names(site, kind_and_few(where.weight <= 2)) == ["n2", "n3"]
        assert names(site, place="/a") == ["n2", "n3"]
        assert names(site, Note) == ["n0", "n2", "n3"]
        assert names(site, where.tags.given & ~(where.weight == 9)) == ["n2", "n3"]
        assert list(check_catalog(noted.connection)) == []
        assert settle(noted.database) == (0 if settled else 3)
        noted.abort()
        assert waiting(noted) == {}


def kind_and_few(query):
    """Return a query whose last part is asked only about what the first one leaves."""
    return (where.tags.among(["old", "new"])) & query


def test_an_edit_stores_one_slot_and_no_tree(noted):
    noted.site["n0"].tags = {"new"}
    before = noted.database.lastTransaction()
    noted.commit()
    (entry,) = noted.database.storage.iterator(after(before))
    stored = [each.data[: each.data.index(b"\n")] for each in entry]
    assert len(stored) == 2, "the note, and a slot"
    assert any(b"objpub.catalog.pending" in each for each in (record.data for record in entry))


def after(tid):
    """Return the transaction id after *tid*."""
    return (int.from_bytes(tid, "big") + 1).to_bytes(8, "big")


def test_two_who_write_into_one_slot_are_put_together(noted, monkeypatch):
    monkeypatch.setattr(Pending, "_slot", lambda self, number: self.slots[0])
    with transaction_for(noted.database) as pair:
        site_of(pair.connection)["n0"].tags = {"theirs"}
        noted.site["n1"].tags = {"mine"}
        pair.manager.commit()
        noted.commit()
    assert (names(noted.site, tags="theirs"), names(noted.site, tags="mine")) == (["n0"], ["n1"])
    assert list(check_catalog(noted.connection)) == []


def test_who_edits_what_is_deleted_with_its_folder_is_tried_again(world):
    world.site.add("box", Box()).add("note", Note(tags={"old"}))
    world.commit()
    with transaction_for(world.database) as pair:
        site_of(pair.connection)["box"]["note"].tags = {"new"}
        delete(SYSTEM, world.site["box"])
        world.commit()
        with pytest.raises(ConflictError):
            pair.manager.commit()
    assert names(world.site, tags={"old", "new"}) == []


def test_what_is_written_anew_while_it_is_taken_into_the_trees_stays(noted):
    noted.site["n0"].tags = {"first"}
    noted.commit()
    with transaction_for(noted.database) as pair:
        site_of(pair.connection).catalog.settle()
        noted.site["n0"].tags = {"second"}
        noted.commit()
        pair.manager.commit()
    noted.abort()
    assert len(waiting(noted)) == 1
    assert (names(noted.site, tags="first"), names(noted.site, tags="second")) == ([], ["n0"])
    assert list(check_catalog(noted.connection)) == []


def test_of_two_who_take_the_same_into_the_trees_one_gives_way(noted, monkeypatch):
    noted.site["n0"].tags = {"first"}
    noted.commit()
    with transaction_for(noted.database) as pair:
        site_of(pair.connection).catalog.settle()
        assert settle(noted.database) == 1
        with pytest.raises(ConflictError):
            pair.manager.commit()


@pytest.mark.parametrize(
    ("was", "theirs", "mine", "result"),
    [
        ({}, {1: "a"}, {2: "b"}, {1: "a", 2: "b"}),
        ({1: "a"}, {1: "a", 2: "b"}, {}, {2: "b"}),
        ({1: "a"}, {}, {1: "a", 2: "b"}, {2: "b"}),
        ({1: "a"}, {}, {1: "b"}, {1: "b"}),
        ({1: "a"}, {1: "b"}, {}, {1: "b"}),
        ({1: "a"}, {1: None}, {1: "a", 2: None}, {1: None, 2: None}),
        ({1: "a"}, {1: "b"}, {1: "c"}, None),
        ({1: "a"}, {1: None}, {1: None}, None),
        ({1: "a"}, {}, {}, None),
        ({}, {1: "a"}, {1: "a"}, None),
    ],
)
def test_a_slot_puts_together_what_two_have_done(was, theirs, mine, result):
    states = [{"entries": dict(each)} for each in (was, theirs, mine)]
    if result is None:
        with pytest.raises(ConflictError):
            Slot()._p_resolveConflict(*states)
    else:
        assert Slot()._p_resolveConflict(*states) == {"entries": result}


def test_ids_that_follow_each_other_or_lie_apart_evenly_are_spread_over_the_slots():
    pending = Pending()
    for distance in (1, 2, 3, 4, 64, 1024):
        numbers = range(1, 1 + distance * 10 * SLOTS, distance)
        counts = [sum(pending._slot(number) is slot for number in numbers) for slot in pending.slots]
        assert max(counts) < 40


def test_a_full_slot_is_followed_by_taking_all_into_the_trees(world):
    world.database.registry[Settling].most = 3
    for number in range(4 * SLOTS):
        world.site.add(f"n{number}", Note(tags={"old"}))
    world.commit()
    world.abort()
    assert waiting(world) == {}
    assert len(world.site.catalog.parents) == len(world.site.catalog) == 4 * SLOTS + 1
    assert find(SYSTEM, world.site, tags="old").count == 4 * SLOTS


def test_one_thread_at_a_time_takes_what_waits_into_the_trees(noted):
    settled = noted.database.registry[Settling]
    noted.site["n0"].tags = {"new"}
    noted.commit()
    with settled.turn:
        settling.follow(True, noted.database)
    noted.abort()
    assert len(waiting(noted)) == 1
    settling.follow(False, noted.database)
    noted.abort()
    assert len(waiting(noted)) == 1
    settling.follow(True, noted.database)
    noted.abort()
    assert waiting(noted) == {}


def test_an_index_that_is_exchanged_meanwhile_stops_what_goes_into_it(noted):
    noted.site["n0"].tags = {"new"}
    noted.commit()
    with transaction_for(noted.database) as pair:
        catalog = site_of(pair.connection).catalog
        settling.hold_builds(catalog)
        catalog.settle()
        building.begin(noted.site.catalog, "somebody", {"tags:keyword:text"}, everything=False)
        noted.commit()
        with pytest.raises(ReadConflictError):
            pair.manager.commit()
    noted.site.catalog.builds.until = 0  # that process was not heard of for a minute
    noted.commit()
    assert build(noted.database).resources == 3
    noted.abort()
    assert waiting(noted) == {}
    assert names(noted.site, tags="new") == ["n0"]
    assert list(check_catalog(noted.connection)) == []


def test_a_catalog_from_before_anything_waited_goes_on(noted):
    del noted.site.catalog.pending
    noted.commit()
    assert noted.site.catalog.pending is None
    assert names(noted.site, tags="old") == ["n0", "n1", "n2"]
    noted.site["n0"].tags = {"new"}
    noted.commit()
    assert names(noted.site, tags="old") == ["n1", "n2"]
    assert find(SYSTEM, noted.site, text="word1").count == 1
    assert list(check_catalog(noted.connection)) == []


def test_what_is_known_by_the_name_its_class_had_before_is_known_by_the_new_one_alone(noted):
    catalog, number = noted.site.catalog, id_of(noted.site["n0"])
    catalog.kinds["old.Note"] = LLTreeSet([number])
    catalog.kinds[dotted_name(Note)].remove(number)
    noted.commit()
    noted.site["n0"].tags = {"new"}
    noted.commit()
    for _ in range(2):
        kinds = catalog.reading().kinds
        assert list(kinds["old.Note"]) == []
        assert len(kinds[dotted_name(Note)]) == 3
        settle(noted.database)
        noted.abort()


def test_texts_are_taken_in_while_they_wait_and_not_again_from_the_trees(noted):
    site = noted.site
    site["n0"].title = "ebb"
    site.remove("n1")
    noted.commit()
    assert names(site, text="ebb") == ["n0"]
    assert names(site, text="word0") == names(site, text="word1") == []
    settle(noted.database)
    noted.abort()
    assert names(site, text="ebb") == ["n0"]
    assert names(site, text="word1") == []


def test_texts_that_waited_only_and_never_came_into_the_trees_are_given_up(noted):
    site = noted.site
    kept = texts_kept(noted)
    for settled in (True, False):
        site["n0"].title = "ebb"
        noted.commit()
        assert names(site, text="ebb") == ["n0"]
        site["n0"].title = "word0"
        noted.commit()
        if settled:
            settle(noted.database)
            noted.abort()
        assert names(site, text="ebb") == []
        assert names(site, text="word0") == ["n0"]
        site.add("n3", Note(title="flood"))
        noted.commit()
        assert names(site, text="flood") == ["n3"]
        site.remove("n3")
        noted.commit()
        if settled:
            settle(noted.database)
            noted.abort()
        assert names(site, text="flood") == []
        assert texts_kept(noted) == kept


def texts_kept(world):
    """Return the ids that this machine's index of texts has."""
    texts = world.database.registry[Texts].of(world.database)
    texts.drain(world.connection, world.site.catalog)
    with texts._opened() as file:
        return {number for (number,) in file.execute("SELECT rowid FROM texts")}


def test_writers_while_others_take_all_into_the_trees_lose_nothing(world):
    world.database.registry[Settling].most = 1
    for number in range(4):
        world.site.add(f"n{number}", Note())
    world.commit()

    def write(writer):
        for number in range(15):
            with transaction_for(world.database) as pair:
                site_of(pair.connection)[f"n{writer}"].tags = {"all", f"w{writer}x{number}"}
                pair.manager.commit()

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.abort()
    assert names(world.site, tags="all") == ["n0", "n1", "n2", "n3"]
    assert [names(world.site, tags=f"w{writer}x14") for writer in range(4)] == [[f"n{n}"] for n in range(4)]
    assert list(check_catalog(world.connection)) == []
