import random
import threading
from contextlib import closing

import pytest
from transaction.interfaces import TransientError

from objpub.configuration import Configuration
from objpub.content import Content
from objpub.content import Folder
from objpub.content import move
from objpub.content import Page
from objpub.content import Site
from objpub.content import walk
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import BadName
from objpub.errors import DeclarationError
from objpub.errors import Invalid
from objpub.errors import NameTaken
from objpub.errors import NotPossible
from objpub.events import Added
from objpub.events import Event
from objpub.events import Moved
from objpub.events import on
from objpub.events import Ordered
from objpub.events import Removed
from objpub.lineage import path_of
from objpub.schema import field


class Note(Content):
    title: str = field(default="")


class Shelf(Folder, ordered=True):
    pass


def registry_with(*things):
    configuration = Configuration()
    configuration.include("objpub.content", *things)
    return configuration.freeze()


def filled(folder, names):
    for name in names:
        folder.add(name, Note())
    return folder


def names_on(page):
    return [item.__name__ for item in page]


def test_a_folder_maps_names_to_resources():
    folder = Folder()
    note = folder.add("b", Note(title="B"))
    folder.add("a", Note())
    assert folder["b"] is note
    assert folder.get("b") is note
    assert folder.get("c") is None
    assert folder.get("c", 1) == 1
    assert "b" in folder
    assert "c" not in folder
    assert 7 not in folder
    assert len(folder) == 2
    assert list(folder) == ["a", "b"] == list(folder.keys())
    assert [child.__name__ for child in folder.values()] == ["a", "b"]
    assert dict(folder.items())["b"] is note
    assert note.__parent__ is folder
    assert note.__name__ == "b"
    with pytest.raises(KeyError):
        folder["c"]


def test_an_empty_folder_is_true():
    assert Folder()
    assert Shelf()
    assert len(Folder()) == 0


def test_a_name_that_is_taken_is_refused_and_nothing_changes():
    folder = filled(Folder(), "ab")
    other = Note()
    with pytest.raises(NameTaken) as caught:
        folder.add("a", other)
    assert caught.value.name == "a"
    assert other.__parent__ is None
    assert len(folder) == 2


@pytest.mark.parametrize("wrong", [None, 5, "text", object(), Note, {}])
def test_what_is_no_resource_is_refused(wrong):
    with pytest.raises(NotPossible):
        Folder().add("a", wrong)


def test_a_bad_name_is_refused():
    with pytest.raises(BadName):
        Folder().add("a/b", Note())


def test_what_is_in_a_folder_already_is_refused():
    folder = filled(Folder(), "a")
    with pytest.raises(NotPossible) as caught:
        Folder().add("b", folder["a"])
    assert "/a is in a folder already" in str(caught.value)


def test_a_folder_cannot_hold_itself():
    outer = Folder()
    with pytest.raises(NotPossible):
        outer.add("me", outer)
    inner = outer.add("inner", Folder())
    with pytest.raises(NotPossible):
        inner.add("outer", outer)


def test_removing_gives_the_child_back_without_a_place():
    folder = filled(Folder(), "ab")
    note = folder.remove("a")
    assert (note.__parent__, note.__name__) == (None, None)
    assert list(folder) == ["b"]
    assert len(folder) == 1
    with pytest.raises(KeyError):
        folder.remove("a")


def test_renaming_keeps_the_place_in_the_order():
    shelf = filled(Shelf(), "cab")
    shelf.rename("a", "z")
    assert list(shelf) == ["c", "z", "b"]
    assert shelf["z"].__name__ == "z"
    with pytest.raises(NameTaken):
        shelf.rename("z", "b")
    with pytest.raises(BadName):
        shelf.rename("z", "_z")
    with pytest.raises(KeyError):
        shelf.rename("nothing", "y")
    assert shelf.rename("z", "z") is shelf["z"]
    folder = filled(Folder(), "ab")
    folder.rename("a", "c")
    assert list(folder) == ["b", "c"]
    assert len(folder) == 2


def test_a_move_takes_the_resource_along():
    site = Site()
    first, second = site.add("first", Folder()), site.add("second", Shelf())
    note = filled(first, "ab")["a"]
    assert move(note, second) is note
    assert path_of(note) == "/second/a"
    assert list(first) == ["b"]
    move(note, first, "c")
    assert path_of(note) == "/first/c"
    assert len(second) == 0
    assert list(second) == []


def test_a_move_that_makes_no_sense_is_refused_and_nothing_changes():
    site = Site()
    outer = site.add("outer", Folder())
    inner = outer.add("inner", Folder())
    filled(inner, "a")
    filled(outer, "a")
    with pytest.raises(NotPossible):
        move(outer, inner)
    with pytest.raises(NotPossible):
        move(outer, outer)
    with pytest.raises(NameTaken):
        move(inner["a"], outer)
    with pytest.raises(BadName):
        move(inner["a"], outer, "_b")
    with pytest.raises(NotPossible):
        move(Note(), outer)
    assert [path_of(each) for each in walk(site)] == [
        "/",
        "/outer",
        "/outer/a",
        "/outer/inner",
        "/outer/inner/a",
    ]


def test_events_are_sent_for_every_resource_of_a_tree():
    seen = []

    @on(Event)
    def remember(event):
        seen.append((type(event), path_of(event.resource)))

    with closing(open_database("demo:", registry=registry_with(remember))) as database:
        with transaction_for(database) as pair:
            site = Site()
            put_site(pair.connection, site)
            pair.manager.commit()
            pair.manager.begin()
            tree = Shelf()
            filled(tree.add("inner", Folder()), "ab")
            assert seen == []  # a loose tree tells nobody
            site.add("tree", tree)
            assert seen == [
                (Added, "/tree"),
                (Added, "/tree/inner"),
                (Added, "/tree/inner/a"),
                (Added, "/tree/inner/b"),
            ]
            del seen[:]
            filled(tree, "xy")
            move(tree["inner"], site, "outer")
            tree.move_child("y", to="first")
            assert seen == [
                (Added, "/tree/x"),
                (Added, "/tree/y"),
                (Moved, "/outer"),
                (Ordered, "/tree"),
            ]
            del seen[:]
            site.remove("outer")
            assert seen == [(Removed, "/outer"), (Removed, "/outer/a"), (Removed, "/outer/b")]


def test_a_subscriber_that_adds_to_what_is_added_is_told_once():
    seen = []

    @on(Added, Shelf)
    def furnish(event):
        event.resource.add("welcome", Note())

    @on(Added)
    def remember(event):
        seen.append(path_of(event.resource))

    with closing(open_database("demo:", registry=registry_with(furnish, remember))) as database:
        with transaction_for(database) as pair:
            site = Site()
            put_site(pair.connection, site)
            pair.manager.commit()
            pair.manager.begin()
            site.add("shelf", Shelf())
    assert seen == ["/shelf/welcome", "/shelf"] or seen == ["/shelf", "/shelf/welcome"]


def test_a_move_event_tells_where_it_was():
    seen = []

    @on(Moved, Note)
    def remember(event):
        seen.append((event.old_folder.__name__, event.old_name, event.folder.__name__, event.name))

    with closing(open_database("demo:", registry=registry_with(remember))) as database:
        with transaction_for(database) as pair:
            site = Site()
            put_site(pair.connection, site)
            pair.manager.commit()
            pair.manager.begin()
            filled(site.add("one", Folder()), "a")
            site.add("two", Folder())
            move(site["one"]["a"], site["two"], "b")
            site["two"].rename("b", "c")
    assert seen == [("one", "a", "two", "b"), ("two", "b", "two", "c")]


def test_walking_down_a_very_deep_tree():
    top = folder = Folder()
    for _ in range(3000):
        inner = Folder()
        folder.attach("f", inner)
        folder = inner
    assert sum(1 for _ in walk(top)) == 3001


@pytest.mark.parametrize("kind", [Folder, Shelf])
@pytest.mark.parametrize("reverse", [False, True])
def test_pages_run_through_all_children_both_ways(kind, reverse):
    folder = kind()
    names = [f"n{number:03}" for number in range(25)]
    random.Random(5).shuffle(names)
    filled(folder, names)
    expected = list(folder)[::-1] if reverse else list(folder)
    pages = [folder.page(limit=10, reverse=reverse)]
    while pages[-1].next is not None:
        pages.append(folder.page(pages[-1].next, 10, reverse))
    assert [names_on(page) for page in pages] == [expected[:10], expected[10:20], expected[20:]]
    assert [len(page) for page in pages] == [10, 10, 5]
    assert [page.previous is None for page in pages] == [True, False, False]
    assert pages[1].previous == ""
    assert names_on(folder.page(pages[1].previous, 10, reverse)) == expected[:10]
    assert names_on(folder.page(pages[2].previous, 10, reverse)) == expected[10:20]


@pytest.mark.parametrize("kind", [Folder, Shelf])
def test_a_page_of_an_empty_folder(kind):
    assert kind().page() == Page((), None, None)
    assert kind().page(reverse=True) == Page((), None, None)
    assert kind().page("5") == Page((), None, None)


@pytest.mark.parametrize("kind", [Folder, Shelf])
def test_a_page_that_ends_with_the_last_child_has_no_next(kind):
    folder = filled(kind(), "abcd")
    assert folder.page(limit=4).next is None
    assert folder.page(limit=3).next is not None
    assert names_on(folder.page(folder.page(limit=3).next, 3)) == ["d"]


@pytest.mark.parametrize("kind", [Folder, Shelf])
def test_a_cursor_stays_good_when_its_child_is_gone(kind):
    folder = filled(kind(), "abcdef")
    page = folder.page(limit=3)
    folder.remove("c")
    folder.add("bb", Note())
    assert names_on(folder.page(page.next, 2)) == ["d", "e"]
    folder.remove("d")
    assert names_on(folder.page(page.next, 2))[0] == "e"


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_limit_that_is_out_of_range_is_refused(limit):
    with pytest.raises(Invalid) as caught:
        Folder().page(limit=limit)
    assert str(limit) in caught.value.errors["limit"]


@pytest.mark.parametrize("after", ["x", "1.5", "9" * 25, "-", "\0"])
def test_a_cursor_that_no_page_gave_is_refused_in_a_kept_order(after):
    with pytest.raises(Invalid):
        filled(Shelf(), "abc").page(after)
    filled(Folder(), "abc").page(after)  # by name, every text is a cursor


@pytest.mark.parametrize("kind", [Folder, Shelf])
@pytest.mark.parametrize("reverse", [False, True])
def test_a_page_goes_on_behind_any_child_by_its_cursor(kind, reverse):
    folder = filled(kind(), "cadb")
    expected = list(folder)[::-1] if reverse else list(folder)
    for place, name in enumerate(expected):
        assert names_on(folder.page(folder.cursor_of(name), 9, reverse)) == expected[place + 1 :]
        behind = [each.__name__ for each in folder.values_from(folder.cursor_of(name), reverse)]
        assert behind == expected[place + 1 :]
    with pytest.raises(KeyError):
        folder.cursor_of("e")


@pytest.mark.parametrize("kind", [Folder, Shelf])
def test_names_that_begin_alike_are_found_sorted(kind):
    folder = filled(kind(), ["tide", "tidal", "time", "ti", "marsh", "zoo"])
    assert list(folder.names_with("tid")) == ["tidal", "tide"]
    assert list(folder.names_with("ti")) == ["ti", "tidal", "tide", "time"]
    assert list(folder.names_with("z")) == ["zoo"]
    assert list(folder.names_with("x")) == []


def test_a_kept_order_is_the_order_of_adding():
    shelf = filled(Shelf(), "cab")
    assert list(shelf) == ["c", "a", "b"]
    assert [child.__name__ for child in shelf.values()] == ["c", "a", "b"]
    shelf.remove("a")
    shelf.add("a", Note())
    assert list(shelf) == ["c", "b", "a"]


def test_children_move_within_a_kept_order():
    shelf = filled(Shelf(), "abcde")
    shelf.move_child("d", before="b")
    assert list(shelf) == list("adbce")
    shelf.move_child("a", after="c")
    assert list(shelf) == list("dbcae")
    shelf.move_child("e", to="first")
    shelf.move_child("d", to="last")
    assert list(shelf) == list("ebcad")
    shelf.move_child("e", before="e")
    shelf.move_child("c", after="b")
    shelf.move_child("d", after="a")
    shelf.move_child("e", before="b")
    assert list(shelf) == list("ebcad")
    shelf.move_child("b", before="e")
    shelf.move_child("b", after="d")
    assert list(shelf) == list("ecadb")


@pytest.mark.parametrize(
    "wrong", [{}, {"before": "a", "after": "b"}, {"to": "middle"}, {"before": "a", "to": "first"}]
)
def test_a_move_in_the_order_without_one_clear_goal_is_refused(wrong):
    with pytest.raises(NotPossible):
        filled(Shelf(), "abc").move_child("c", **wrong)


def test_a_move_in_the_order_of_what_is_not_there_is_refused_and_changes_nothing():
    shelf = filled(Shelf(), "abc")
    for wrong in ({"before": "z"}, {"after": "z"}):
        with pytest.raises(KeyError):
            shelf.move_child("a", **wrong)
    with pytest.raises(KeyError):
        shelf.move_child("z", to="first")
    assert list(shelf) == list("abc")
    with pytest.raises(NotPossible):
        filled(Folder(), "abc").move_child("a", to="last")


def test_an_order_survives_any_number_of_moves_to_one_place():
    shelf = filled(Shelf(), "abcdef")
    for number in range(500):
        shelf.move_child("cd"[number % 2], after="a")
    assert list(shelf) == list("adcbef") or list(shelf) == list("acdbef")
    assert [shelf[name].__name__ for name in shelf] == list(shelf)


def test_random_moves_give_what_a_list_gives():
    chance = random.Random(7)
    shelf, expected = filled(Shelf(), "abcdefgh"), list("abcdefgh")
    for _ in range(2000):
        name, other = chance.sample(expected, 2)
        expected.remove(name)
        if chance.random() < 0.5:
            shelf.move_child(name, before=other)
            expected.insert(expected.index(other), name)
        else:
            shelf.move_child(name, after=other)
            expected.insert(expected.index(other) + 1, name)
        assert list(shelf) == expected


@pytest.mark.parametrize("kind", [Folder, Shelf])
def test_neighbours_are_the_children_before_and_behind(kind):
    folder = filled(kind(), "abc")
    a, b, c = folder.values()
    assert folder.neighbours("b") == (a, c)
    assert folder.neighbours("a") == (None, b)
    assert folder.neighbours("c") == (b, None)


def test_an_ordered_folder_class_is_said_with_true_or_false():
    with pytest.raises(DeclarationError) as caught:

        class Wrong(Folder, ordered="yes"):
            pass

    assert "ordered is True or False, not 'yes'" in str(caught.value)

    class Sub(Shelf):
        pass

    class Plain(Shelf, ordered=False):
        pass

    assert Sub.is_ordered
    assert not Plain.is_ordered
    assert not Folder.is_ordered


def test_a_class_that_becomes_ordered_keeps_the_names_in_their_order_and_appends():
    class Later(Folder):
        pass

    later = filled(Later(), "ba")
    Later.is_ordered = True
    assert list(later) == ["a", "b"]
    later.add("0", Note())
    assert list(later) == ["a", "b", "0"]
    later.move_child("0", to="first")
    assert list(later) == ["0", "a", "b"]


def test_adding_does_not_write_the_folder_itself(tmp_path):
    with closing(open_database("file:site.fs", registry=registry_with(), root=tmp_path)) as database:
        with transaction_for(database) as pair:
            site = Site()
            put_site(pair.connection, site)
            site.add("plain", Folder())
            site.add("shelf", Shelf())
            pair.manager.commit()
            serials = {name: site[name]._p_serial for name in site}
            for number in range(3):
                pair.manager.begin()
                for folder in site.values():
                    for n in range(40):
                        folder.add(f"n{number}-{n}", Note())
                pair.manager.commit()
            pair.manager.begin()
            site["shelf"].move_child("n0-0", to="last")
            site["plain"].remove("n0-0")
            pair.manager.commit()
            assert {name: site[name]._p_serial for name in site} == serials


def in_threads(database, work, threads=4, times=25):
    """Run *work(site, thread, time)* in transactions of several threads; return the number of conflicts."""
    conflicts, errors = [], []

    def run(thread):
        for time in range(times):
            for _ in range(200):
                try:
                    with transaction_for(database) as pair:
                        work(site_of(pair.connection), thread, time)
                        pair.manager.commit()
                    break
                except TransientError as error:
                    conflicts.append(error)
                except Exception as error:
                    errors.append(error)
                    return
            else:
                errors.append("gave up")

    runners = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert errors == []
    return len(conflicts)


@pytest.mark.parametrize("kind", [Folder, Shelf])
def test_concurrent_adds_meet_only_in_conflicts_that_can_be_retried(tmp_path, kind):
    with closing(open_database("file:site.fs", registry=registry_with(), root=tmp_path)) as database:
        with transaction_for(database) as pair:
            put_site(pair.connection, Site())
            site_of(pair.connection).add("folder", kind())
            pair.manager.commit()

        def add(site, thread, time):
            site["folder"].add(f"n{time}-{thread}", Note(title="x"))

        assert in_threads(database, add, threads=6, times=60) > 0  # or nothing was shown
        with transaction_for(database) as pair:
            folder = site_of(pair.connection)["folder"]
            assert len(folder) == 360
            assert len(list(folder)) == 360
            assert sorted(folder) == sorted(f"n{time}-{thread}" for time in range(60) for thread in range(6))
            assert all(folder[name].__parent__ is folder for name in folder)
            for tree in (folder._children, *([folder._order._names] if folder._order else [])):
                tree._check()


def test_two_connections_that_add_at_the_same_time_both_succeed_or_one_is_retried(tmp_path):
    with closing(open_database("file:site.fs", registry=registry_with(), root=tmp_path)) as database:
        with transaction_for(database) as pair:
            put_site(pair.connection, Site())
            site_of(pair.connection).add("shelf", Shelf())
            pair.manager.commit()
        with transaction_for(database) as one, transaction_for(database) as two:
            filled(site_of(one.connection)["shelf"], ["a", "b"])
            filled(site_of(two.connection)["shelf"], ["c", "d"])
            one.manager.commit()
            two.manager.commit()  # merged: other names, other positions, and a sum for the count
        with transaction_for(database) as pair:
            shelf = site_of(pair.connection)["shelf"]
            assert sorted(shelf) == ["a", "b", "c", "d"]
            assert list(shelf).index("a") < list(shelf).index("b")
            assert list(shelf).index("c") < list(shelf).index("d")
            assert len(shelf) == 4


def test_one_name_added_twice_at_the_same_time_is_a_conflict_first_and_taken_then(tmp_path):
    with closing(open_database("file:site.fs", registry=registry_with(), root=tmp_path)) as database:
        with transaction_for(database) as pair:
            put_site(pair.connection, Site())
            filled(site_of(pair.connection).add("folder", Folder()), "ab")
            pair.manager.commit()
        with transaction_for(database) as one, transaction_for(database) as two:
            site_of(one.connection)["folder"].add("x", Note())
            site_of(two.connection)["folder"].add("x", Note())
            one.manager.commit()
            with pytest.raises(TransientError):
                two.manager.commit()
            two.manager.abort()
            two.manager.begin()
            with pytest.raises(NameTaken):
                site_of(two.connection)["folder"].add("x", Note())


def test_two_folders_cannot_be_moved_into_one_another_at_the_same_time(tmp_path):
    with closing(open_database("file:site.fs", registry=registry_with(), root=tmp_path)) as database:
        with transaction_for(database) as pair:
            site = Site()
            put_site(pair.connection, site)
            filled(site, "abcdxyz")
            for name in ("m", "n"):
                filled(site.add(name, Folder()).add("inside", Folder()), "abcxyz")
            pair.manager.commit()
        with transaction_for(database) as one, transaction_for(database) as two:
            left, right = site_of(one.connection), site_of(two.connection)
            move(left["m"], left["n"]["inside"])
            move(right["n"], right["m"]["inside"])
            one.manager.commit()
            with pytest.raises(TransientError):
                two.manager.commit()
        with transaction_for(database) as pair:
            assert "/n/inside/m" in [path_of(each) for each in walk(site_of(pair.connection))]


def test_a_page_deep_in_a_large_folder_loads_few_objects(tmp_path):
    with closing(open_database("file:site.fs", registry=registry_with(), root=tmp_path)) as database:
        loads = {}
        with transaction_for(database) as pair:
            put_site(pair.connection, Site())
            site = site_of(pair.connection)
            for kind in (Folder, Shelf):
                filled(site.add(kind.__name__, kind()), [f"n{number:05}" for number in range(20_000)])
            pair.manager.commit()
            cursors = {kind: [None, *middle(site[kind])] for kind in ("Folder", "Shelf")}
        for kind, (start, cursor) in cursors.items():
            for place in (start, cursor):
                for reverse in (False, True):
                    pair.connection.cacheMinimize()
                    with transaction_for(database) as reader:
                        before = reader.connection.getTransferCounts()[0]
                        page = site_of(reader.connection)[kind].page(place, 20, reverse)
                        assert len(page) == 20
                        loads[kind, place is None, reverse] = (
                            reader.connection.getTransferCounts()[0] - before
                        )
                        reader.connection.cacheMinimize()
    assert max(loads.values()) < 20, loads


def middle(folder):
    keys = list(folder._sorted.keys())
    return [str(keys[len(keys) // 2])]
