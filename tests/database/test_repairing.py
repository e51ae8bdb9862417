"""What a check finds, mended: the damage is planted as in the tests of the check."""

import os

import pytest

from objpub.database import check
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import repair
from objpub.database import site_of
from objpub.database import transaction_for

from .test_checking import change
from .test_checking import corrupt
from .test_checking import forget
from .test_checking import make_site


@pytest.fixture
def database(tmp_path):
    database = open_database("file:site.fs", root=tmp_path)
    with transaction_for(database) as pair:
        put_site(pair.connection, make_site())
        pair.manager.commit()
    yield database
    database.close()


def repaired(database):
    """Repair, and return the sentences; nothing may be left, and what was not damaged is there."""
    done = [str(each) for each in repair(database, list(check(database)))]
    database.pairs.empty()
    assert [each for each in check(database) if not each.unused] == []
    database.pack()
    assert list(check(database)) == []
    return done


def tree_in(database):
    with transaction_for(database) as pair:
        return dict(site_of(pair.connection)["holder"]._parts["tree"])


WHOLE = {f"k{number:03}": number for number in range(2_000)}


def damage_bucket(act):
    """Return what does *act* to the second bucket's entries."""

    def damage(site):
        bucket = site["holder"]._parts["tree"]._firstbucket._next
        state, following = bucket.__getstate__()
        bucket.__setstate__((act(state), following))
        bucket._p_changed = True

    return damage


def test_a_tree_whose_keys_are_out_of_order_is_built_anew(database):
    change(database, damage_bucket(lambda state: ("zzz", 0, *state[2:])))
    (said,) = repaired(database)
    assert said == "/holder: the BTree was built anew from 2,000 entries"
    found = tree_in(database)
    assert found.pop("zzz") == 0
    assert (len(found), found.items() <= WHOLE.items()) == (1_999, True)


def test_a_tree_whose_chain_is_torn_loses_nothing(database):
    def damage(site):
        bucket = site["holder"]._parts["tree"]._firstbucket
        state, following = bucket.__getstate__()
        bucket.__setstate__((state, following._next))
        bucket._p_changed = True

    change(database, damage)
    assert len(repaired(database)) == 1
    assert tree_in(database) == WHOLE


def test_a_key_that_fits_nowhere_is_left_out_and_told(database):
    change(database, damage_bucket(lambda state: (7, 0, *state[2:])))
    (said,) = repaired(database)
    assert said.endswith("left out, as they lead nowhere or fit nowhere: 7")
    assert len(tree_in(database)) == 1_999


@pytest.mark.parametrize("how", ["gone", "unreadable"])
def test_a_part_that_cannot_be_read_costs_its_own_entries_only(database, how):
    def mark(site):
        bucket = site["holder"]._parts["tree"]._firstbucket._next
        bucket[next(iter(bucket))] = "marker"
        return bucket._p_oid, len(bucket)

    oid, length = change(database, mark)
    forget(database, oid) if how == "gone" else corrupt(database, oid, b"marker", b"mark\xff\xfe")
    (said,) = repaired(database)
    assert "1 of its parts could not be read, and what they held is lost" in said
    assert len(tree_in(database)) == 2_000 - length


def test_a_child_that_is_not_there_is_taken_out_and_named(database):
    forget(database, change(database, lambda site: site["folder"]["p50"]._p_oid))
    (said,) = repaired(database)
    assert said.startswith("/folder: the BTree was built anew from 99 entries")
    assert said.endswith("left out, as they lead nowhere or fit nowhere: 'p50'")
    with transaction_for(database) as pair:
        folder = site_of(pair.connection)["folder"]
        assert [child.__name__ for child in folder.values()] == [
            f"p{number:02}" for number in range(100) if number != 50
        ]


def test_a_value_in_a_small_tree_that_is_not_there_is_taken_out(database):
    forget(database, change(database, lambda site: site["holder"]._parts["small"]["a"]._p_oid))
    (said,) = repaired(database)
    assert said.endswith("'a'")


def test_a_set_is_built_anew(database):
    def damage(site):
        tree = site["holder"]._parts["sets"]["k007"]
        keys = tree.__getstate__()[0][0][0]
        wrong = (5, 3, *keys[2:])
        tree.__setstate__((((wrong,),),))
        tree._p_changed = True

    change(database, damage)
    assert len(repaired(database)) == 1
    with transaction_for(database) as pair:
        found = set(site_of(pair.connection)["holder"]._parts["sets"]["k007"])
        assert found == set(range(2, 100))


def test_a_blob_whose_file_is_gone_is_empty(database):
    with transaction_for(database) as pair:
        path = site_of(pair.connection)["holder"]._parts["blob"].committed()
    os.remove(path)
    assert repaired(database) == ["/holder: the file of the blob was gone: it is empty now"]
    with transaction_for(database) as pair, site_of(pair.connection)["holder"]._parts["blob"].open() as file:
        assert file.read() == b""


def test_a_repair_says_in_the_history_what_it_did(database):
    change(database, damage_bucket(lambda state: ("zzz", 0, *state[2:])))
    (said,) = repair(database, list(check(database)))
    (latest,) = database.latest(1)
    assert latest["description"] == f"Repaired {said}"
    assert latest["user"].endswith("system")


def test_what_only_a_copy_knows_stays_as_it_is(database):
    forget(database, change(database, lambda site: site["holder"]._parts["moody"]._p_oid))
    before = list(check(database))
    last = database.lastTransaction()
    assert list(repair(database, before)) == []
    assert (list(check(database)), database.lastTransaction()) == (before, last)
    assert len(before) == 1


def test_a_sound_database_is_left_alone(database):
    last = database.lastTransaction()
    assert repaired(database) == []
    assert database.lastTransaction() == last
