"""Finding what is wrong in a database, each kind of damage planted."""

import os
import sys
import types

import pytest
from BTrees.LLBTree import LLTreeSet
from BTrees.OOBTree import OOBTree
from persistent import Persistent
from persistent.mapping import PersistentMapping
from ZODB.blob import Blob
from ZODB.utils import p64

from objpub.content import Content
from objpub.content import Folder
from objpub.content import Site
from objpub.database import check
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for


class Page(Content):
    "A page."


class Moody(Persistent):
    """Loads only where its mood allows."""

    mood = "good"

    def __setstate__(self, state):
        if state.get("mood") == "bad":
            raise ValueError("not today")
        super().__setstate__(state)


class Holder(Content):
    "Holds parts of all kinds."

    _parts = None


def make_site():
    site = Site(title="Home")
    site.add("folder", Folder())
    for number in range(100):
        site["folder"].add(f"p{number:02}", Page())
    site.add("holder", Holder())
    site["holder"]._parts = PersistentMapping(
        moody=Moody(),
        blob=Blob(b"bytes"),
        tree=OOBTree({f"k{number:03}": number for number in range(2_000)}),
        sets=OOBTree({f"k{number:03}": LLTreeSet(range(100)) for number in range(50)}),
        small=OOBTree({"a": Moody(), "b": OOBTree({"c": 1})}),
    )
    return site


@pytest.fixture(params=["demo:", "file:site.fs"])
def database(request, tmp_path):
    database = open_database(request.param, root=tmp_path)
    with transaction_for(database) as pair:
        put_site(pair.connection, make_site())
        pair.manager.commit()
    yield database
    database.close()


def change(database, act):
    with transaction_for(database) as pair:
        found = act(site_of(pair.connection))
        pair.manager.commit()
    database.pairs.empty()
    return found


def found_in(database):
    return [(problem.kind, problem.path) for problem in check(database)]


def test_a_sound_database_has_no_problems_and_is_not_changed(database):
    last = database.lastTransaction()
    assert list(check(database)) == []
    assert database.lastTransaction() == last


def test_progress_is_told_by_the_thousand(database):
    numbers = []

    def add(site):
        for number in range(1_500):
            site["holder"]._parts[f"m{number}"] = Moody()

    change(database, add)
    assert list(check(database, numbers.append)) == []
    assert numbers == [1_000] or numbers == [1_000, 2_000]


def test_a_class_that_is_gone_is_named_with_the_path_of_its_resource(database):
    module = sys.modules["shop"] = types.ModuleType("shop")
    exec("from objpub.content import Content\nclass Shop(Content):\n    'A shop.'\n", vars(module))
    try:
        change(database, lambda site: site["folder"].add("bakery", module.Shop()))
    finally:
        del sys.modules["shop"]
    (problem,) = check(database)
    assert (problem.kind, problem.path) == ("broken class", "/folder/bakery")
    assert str(problem) == "/folder/bakery: the class shop.Shop is gone"


def test_a_record_that_cannot_be_loaded_is_named_with_the_resource_it_is_part_of(database):
    change(database, lambda site: setattr(site["holder"]._parts["moody"], "mood", "bad"))
    (problem,) = check(database)
    assert (problem.kind, problem.path) == ("unreadable record", "/holder")
    assert problem.sentence == "cannot be loaded: ValueError: not today"


def test_a_part_of_the_site_itself_is_named_with_the_top(database):
    def spoil(site):
        site._part = Moody()
        site._part.mood = "bad"

    change(database, spoil)
    (problem,) = check(database)
    assert (problem.kind, problem.path) == ("unreadable record", "/")


def test_a_damaged_record_is_found(database):
    def damage(site):
        site["folder"]["p07"].__dict__["_x"] = "marker"
        site["folder"]["p07"]._p_changed = True
        return site["folder"]["p07"]._p_oid

    oid = change(database, damage)
    corrupt(database, oid, b"marker", b"mark\xff\xfe")
    problems = list(check(database))
    assert [problem.kind for problem in problems] == ["unreadable record"]
    assert str(problems[0]).endswith(
        "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 4: invalid start byte"
    )


def corrupt(database, oid, old, new):
    """Replace bytes in the record of *oid*, as a failing disk would."""
    storage = database.storage
    if hasattr(storage, "_file_name"):
        with open(storage._file_name, "r+b") as file:
            content = file.read()
            assert content.count(old) == 1
            file.seek(content.index(old))
            file.write(new)
    else:
        revisions = getattr(storage.changes, "_data", None)
        if revisions is None:  # under a layer of blobs
            revisions = storage.changes._BlobStorage__storage._data
        revisions = revisions[oid]
        tid = revisions.maxKey()
        revisions[tid] = revisions[tid].replace(old, new)
    database.pairs.empty()


def test_an_object_that_is_not_there_is_named_with_who_refers_to_it(database):
    def damage(site):
        lost = Moody()
        site["holder"]._parts["lost"] = lost
        site._p_jar.add(lost)
        return lost._p_oid

    oid = change(database, damage)
    forget(database, oid)
    (problem,) = check(database)
    assert (problem.kind, problem.path) == ("missing object", "/holder")
    assert problem.sentence == f"refers to the object 0x{int.from_bytes(oid, 'big'):x}, which is not there"


def forget(database, oid):
    """Lose the record of *oid*, as an index that was damaged would."""
    storage = database.storage
    if hasattr(storage, "_index"):
        del storage._index[oid]
    else:
        mapping = storage.changes
        mapping = getattr(mapping, "_BlobStorage__storage", mapping)
        del mapping._data[oid]
    database.pairs.empty()


def test_a_child_that_is_not_there_is_named_with_its_folder(database):
    oid = change(database, lambda site: site["folder"]["p50"]._p_oid)
    forget(database, oid)
    assert found_in(database) == [("missing object", "/folder")]


def test_a_bucket_that_is_not_there_is_reported_once(database):
    oid = change(database, lambda site: site["holder"]._parts["tree"]._firstbucket._next._p_oid)
    forget(database, oid)
    assert found_in(database) == [("missing object", "/holder")]


def test_a_blob_whose_file_is_gone_is_named(database):
    with transaction_for(database) as pair:
        path = site_of(pair.connection)["holder"]._parts["blob"].committed()
    os.remove(path)
    (problem,) = check(database)
    assert (problem.kind, problem.path) == ("missing blob", "/holder")
    assert problem.sentence.startswith("the file of the blob, revision 0")


def test_a_tree_whose_keys_are_out_of_order_is_named(database):
    def damage(site):
        bucket = site["holder"]._parts["tree"]._firstbucket._next
        state, following = bucket.__getstate__()
        bucket.__setstate__((("zzz", 0, *state[2:]), following))
        bucket._p_changed = True

    change(database, damage)
    (problem,) = check(database)
    assert (problem.kind, problem.path) == ("damaged tree", "/holder")
    assert problem.sentence.startswith("the BTree is damaged: ")


def test_a_tree_whose_chain_of_buckets_is_torn_is_named(database):
    def damage(site):
        bucket = site["holder"]._parts["tree"]._firstbucket
        state, following = bucket.__getstate__()
        bucket.__setstate__((state, following._next))
        bucket._p_changed = True

    change(database, damage)
    assert found_in(database) == [("damaged tree", "/holder")]


def test_a_bucket_that_cannot_be_loaded_is_reported_once(database):
    def mark(site):
        bucket = site["holder"]._parts["tree"]._firstbucket._next
        bucket[next(iter(bucket))] = "marker"
        return bucket._p_oid

    oid = change(database, mark)
    corrupt(database, oid, b"marker", b"mark\xff\xfe")
    assert found_in(database) == [("unreadable record", "/holder")]


def test_a_tree_whose_keys_cannot_be_compared_is_named(database):
    def damage(site):
        bucket = site["holder"]._parts["tree"]._firstbucket._next
        state, following = bucket.__getstate__()
        bucket.__setstate__(((7, 0, *state[2:]), following))
        bucket._p_changed = True

    change(database, damage)
    assert found_in(database) == [("damaged tree", "/holder")]


def test_several_problems_of_several_resources_keep_their_paths(database):
    def damage(site):
        site["holder"]._parts["moody"].mood = "bad"
        small = site["holder"]._parts["small"]["a"]
        small.mood = "bad"
        return site["folder"]["p11"]._p_oid, site["folder"]["p90"]._p_oid

    for oid in change(database, damage):
        forget(database, oid)
    assert sorted(found_in(database)) == [
        ("missing object", "/folder"),
        ("missing object", "/folder"),
        ("unreadable record", "/holder"),
        ("unreadable record", "/holder"),
    ]


def test_what_no_resource_refers_to_is_named_by_its_oid(tmp_path):
    database = open_database("file:site.fs", root=tmp_path)
    with transaction_for(database) as pair:
        lonely = Moody()
        lonely.mood = "bad"
        pair.connection.add(lonely)
        oid = lonely._p_oid
        pair.manager.commit()
    (problem,) = check(database)
    assert problem.unused
    sentence = "cannot be loaded: ValueError: not today (nothing leads there: the next pack removes it)"
    assert str(problem) == f"oid 0x{int.from_bytes(oid, 'big'):x}: {sentence}"
    assert oid == p64(int.from_bytes(oid, "big"))
    database.close()


def test_a_missing_root_is_no_reason_to_fail():
    database = open_database("demo:")
    forget(database, b"\0" * 8)
    assert list(check(database)) == []
    database.close()
