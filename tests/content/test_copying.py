from contextlib import closing

import pytest
from BTrees.OOBTree import OOBTree
from persistent import Persistent
from persistent.mapping import PersistentMapping
from persistent.wref import WeakRef

from objpub.content import Content
from objpub.content import copy_of
from objpub.content import File
from objpub.content import Folder
from objpub.content import Site
from objpub.content import walk
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import revision_of
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import NotPossible
from objpub.lineage import path_of
from objpub.schema import field
from objpub.schema import Ref


class Note(Content):
    title: str = field(default="")
    tags: tuple[str, ...] = field(default=())
    see: "Ref[Content] | None" = field(default=None)
    also: "tuple[Ref[Content], ...]" = field(default=())
    scan: File | None = field(default=None)


class Shelf(Folder, ordered=True):
    title: str = field(default="")


class Counter(Persistent):
    def __init__(self):
        self.seen = []


def tree():
    """A site with a shelf that refers inwards and outwards."""
    site = Site()
    outside = site.add("outside", Note(title="out"))
    shelf = site.add("shelf", Shelf(title="S"))
    first = shelf.add("z", Note(title="first", scan=File.from_bytes(b"abc", "a.txt")))
    inner = shelf.add("inner", Folder())
    inner.add("deep", Note(title="deep", see=first, also=[outside, shelf, first]))
    first.see = outside
    return site


def test_a_copy_has_the_same_values_in_objects_of_its_own():
    site = tree()
    copy = copy_of(site["shelf"])
    assert type(copy) is Shelf
    assert (copy.__parent__, copy.__name__) == (None, None)
    assert copy.title == "S"
    assert list(copy) == ["z", "inner"]
    assert len(copy) == 2
    assert copy["z"].title == "first"
    originals = {id(each) for each in walk(site)}
    assert all(id(each) not in originals for each in walk(copy))
    assert all(each.__parent__[each.__name__] is each for each in list(walk(copy))[1:])
    site.add("copy", copy)
    assert [path_of(each) for each in walk(copy)] == ["/copy", "/copy/z", "/copy/inner", "/copy/inner/deep"]


def test_what_is_done_to_a_copy_does_not_touch_the_original():
    site = tree()
    copy = copy_of(site["shelf"])
    copy.add("new", Note())
    copy.move_child("inner", to="first")
    copy["z"].title = "changed"
    copy["inner"].remove("deep")
    assert list(site["shelf"]) == ["z", "inner"]
    assert list(copy) == ["inner", "z", "new"]
    assert site["shelf"]["z"].title == "first"
    assert "deep" in site["shelf"]["inner"]
    assert len(site["shelf"]) == 2


def test_references_inside_lead_to_the_copies_and_references_outside_stay():
    site = tree()
    copy = copy_of(site["shelf"])
    deep = copy["inner"]["deep"]
    assert deep.see is copy["z"]
    assert deep.also == (site["outside"], copy, copy["z"])
    assert copy["z"].see is site["outside"]
    alone = copy_of(site["shelf"]["inner"])
    assert alone["deep"].see is site["shelf"]["z"]


def test_blobs_are_copied():
    site = tree()
    original = site["shelf"]["z"].scan
    scan = copy_of(site["shelf"])["z"].scan
    assert scan is not original
    assert scan._blob is not original._blob
    assert scan.read() == b"abc"
    assert scan.sha256 == original.sha256
    assert scan.__parent__ is not original.__parent__
    assert scan.__name__ == "scan"


def test_grants_owners_and_dates_are_not_copied_and_what_keeps_people_out_is():
    site = tree()
    for each in walk(site["shelf"]):
        each._grants = {"user:anna": frozenset({"manager"})}
        each._owner = "anna"
        each._created = 5
        each._cut = True
        each._permissions = {"view": ("manager",)}
    for each in walk(copy_of(site["shelf"])):
        assert (each._grants, each._owner, each._created) == (None, None, None)
        assert each._cut is True
        assert each._permissions == {"view": ("manager",)}


def test_persistent_objects_of_an_authors_own_are_copied_with_their_holder():
    note = Note()
    note._counter = Counter()
    note._counter.seen.append(note)
    note._table = PersistentMapping({"a": OOBTree({"x": note._counter})})
    copy = copy_of(note)
    assert copy._counter is not note._counter
    assert copy._counter.seen == [copy]
    assert copy._table["a"]["x"] is copy._counter


def test_a_weak_reference_stays_what_it_is(tmp_path):
    with closing(open_database("demo:")) as database, transaction_for(database) as pair:
        put_site(pair.connection, tree())
        pair.manager.commit()
        pair.manager.begin()
        site = site_of(pair.connection)
        site["outside"]._weak = WeakRef(site["shelf"])
        assert copy_of(site["outside"])._weak() is site["shelf"]


def test_a_site_cannot_be_copied():
    with pytest.raises(NotPossible):
        copy_of(Site())


def test_a_loose_resource_can_be_copied():
    note = Note(title="x", tags=["a"])
    copy = copy_of(note)
    assert (copy.title, copy.tags, copy.__parent__) == ("x", ("a",), None)
    assert copy is not note


def test_a_very_wide_and_a_very_deep_tree():
    top = folder = Folder()
    for number in range(2000):
        top.attach(f"n{number}", Note(title=str(number)))
    for _ in range(2000):
        folder.attach("f", Folder())
        folder = folder["f"]
    copy = copy_of(top)
    assert sum(1 for _ in walk(copy)) == 4001
    assert copy["n1234"].title == "1234"
    copy._children._check()


def test_a_copy_of_stored_resources_is_stored_beside_them(tmp_path):
    with closing(open_database("file:site.fs?blobs=blobs", root=tmp_path)) as database:
        with transaction_for(database) as pair:
            put_site(pair.connection, tree())
            pair.manager.commit()
        with transaction_for(database) as pair:
            pair.connection.cacheMinimize()
            site = site_of(pair.connection)
            revision = revision_of(site["shelf"])
            site.add("copy", copy_of(site["shelf"]))
            assert all(each._p_changed is not True for each in walk(site["shelf"]))
            pair.manager.commit()
        with transaction_for(database) as pair:
            pair.connection.cacheMinimize()
            site = site_of(pair.connection)
            copy = site["copy"]
            assert copy["inner"]["deep"].see is copy["z"]
            assert copy["z"].see is site["outside"]
            assert copy["z"].scan.read() == b"abc" == site["shelf"]["z"].scan.read()
            assert copy["z"].scan._blob._p_oid != site["shelf"]["z"].scan._blob._p_oid
            assert list(copy) == ["z", "inner"]
            assert revision_of(site["shelf"]) == revision


def test_reading_for_a_copy_writes_nothing(tmp_path):
    with closing(open_database("file:site.fs?blobs=blobs", root=tmp_path)) as database:
        with transaction_for(database) as pair:
            put_site(pair.connection, tree())
            pair.manager.commit()
        with transaction_for(database, read_only=True) as pair:
            pair.connection.cacheMinimize()
            assert copy_of(site_of(pair.connection)["shelf"])["z"].scan.read() == b"abc"
            assert pair.connection.violation is None
