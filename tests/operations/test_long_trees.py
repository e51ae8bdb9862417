"""Much that is moved, copied, deleted, restored and purged, in the name of who began it."""

from dataclasses import replace

import pytest

from objpub import App
from objpub import Content
from objpub import field
from objpub import Folder
from objpub import testing
from objpub.catalog import check_catalog
from objpub.content import walk
from objpub.errors import Forbidden
from objpub.errors import NotPossible
from objpub.jobs import long_operations_of
from objpub.jobs import work
from objpub.lineage import path_of
from objpub.operations import add_new
from objpub.operations import begin_again
from objpub.operations import begin_copy
from objpub.operations import begin_delete
from objpub.operations import begin_move
from objpub.operations import begin_purge
from objpub.operations import begin_reindex
from objpub.operations import begin_restore
from objpub.operations import cancel_operation
from objpub.operations import delete
from objpub.operations import give_roles
from objpub.operations import is_large
from objpub.operations import long_trees
from objpub.operations import long_upkeep
from objpub.operations import operations_shown
from objpub.operations import remove_user
from objpub.operations import rename
from objpub.security import entries_of
from objpub.security import NO_IDENTITY
from objpub.security import override_permission
from objpub.security import Scope
from objpub.security import SYSTEM


class Box(Folder, addable="anywhere"):
    title: str


class Note(Content, addable="anywhere"):
    title: str = field(index="text")


ITEMS = 41  # a box with four boxes of nine notes


@pytest.fixture(scope="module")
def app():
    found = App()
    found.include(Box, Note)
    return found


@pytest.fixture
def site(monkeypatch, app):
    """A site with two editors and a box with forty things in it."""
    monkeypatch.setattr(work, "PULSE_SECONDS", 600)
    with testing.site(app) as site:
        site.add_user("ines", roles=["editor"])
        site.add_user("tomas")
        with site.work() as root:
            box = add_new(SYSTEM, root, Box, {"title": "Box"})
            add_new(SYSTEM, root, Box, {"title": "Shelf"})
            for number in range(4):
                inner = add_new(SYSTEM, box, Box, {"title": f"Inner {number}"})
                for note in range(9):
                    add_new(SYSTEM, inner, Note, {"title": f"Note {number} {note}"})
        yield site


def carry_out(site):
    """Carry out what waits, and return what became of the last one: (state, sentence)."""
    site.application.scheduler.long.wait()
    with site.work() as root:
        latest = next(iter(long_operations_of(root).all()))
        return latest.state, latest.told


def as_(root, name):
    return root.users.identity(name)


def stopped_at(monkeypatch, share):
    """Let somebody cancel what is carried out when so much is done; return what was heard until then."""
    heard = []
    step = work.Work.step

    def hear(self, count=1):
        step(self, count)
        if self.total:
            heard.append(self.done / self.total)
            if heard[-1] >= share:
                self.stop(work.Cancelled())

    monkeypatch.setattr(work.Work, "step", hear)
    return heard


def begun(root, what):
    """Begin *what* by its name, as ines."""
    ines = as_(root, "ines")
    if what == "move":
        return begin_move(ines, [root["box"]], root["shelf"])
    if what == "copy":
        return begin_copy(ines, [root["box"]], root["shelf"])
    if what == "delete":
        return begin_delete(ines, [root["box"]])
    return begin_restore(ines, list(root.trash))


WAYS = ["move", "copy", "delete", "restore"]


def prepare(site, what):
    """Put the box into the trash where that is what *what* wants."""
    if what == "restore":
        with site.work() as root:
            delete(as_(root, "ines"), root["box"])


def state_of(site):
    """Return what is there: paths, how many entries the trash has, and what is wrong in the catalog."""
    with site.work() as root:
        wrong = list(check_catalog(root._p_jar, lambda number: None))
        return {path_of(each) for each in walk(root)}, len(root.trash), wrong


SAID = {
    "move": "Moved “Box” to “Shelf”, 41 items in all",
    "copy": "Copied “Box” to “Shelf”, 41 items in all",
    "delete": "Deleted “Box” from “Site”, 41 items in all. You find it in the trash",
    "restore": "Restored “Box”, 41 items in all",
}


@pytest.mark.parametrize("what", WAYS)
def test_it_is_done_with_all_that_is_in_it_and_tells_how_far_it_is(site, what, monkeypatch):
    prepare(site, what)
    heard = stopped_at(monkeypatch, 100)
    with site.work() as root:
        begun(root, what)
    assert carry_out(site) == ("done", SAID[what])
    found, trashed, wrong = state_of(site)
    there = {"move": ITEMS + 2, "copy": 2 * ITEMS + 2, "delete": 2, "restore": ITEMS + 2}[what]
    assert (len(found), trashed, wrong) == (there, int(what == "delete"), [])
    assert "/shelf/box/inner-2/note-2-5" in found or what in {"delete", "restore"}
    assert heard == sorted(heard) and 0.8 <= heard[-1] <= 1.2


@pytest.mark.parametrize("share", [0.1, 0.7])
@pytest.mark.parametrize("what", WAYS)
def test_one_that_is_cancelled_has_changed_nothing_and_can_be_begun_again(site, what, share, monkeypatch):
    prepare(site, what)
    before = state_of(site)
    with monkeypatch.context() as patched:
        stopped_at(patched, share)
        with site.work() as root:
            number = begun(root, what).id
        assert carry_out(site)[0] == "cancelled"
    assert state_of(site) == before
    with site.work() as root:
        begin_again(as_(root, "ines"), root, number)
    assert carry_out(site) == ("done", SAID[what])


@pytest.mark.parametrize("what", WAYS)
def test_who_may_not_any_more_when_it_is_carried_out_is_refused(site, what):
    prepare(site, what)
    before = state_of(site)
    with site.work() as root:
        begun(root, what)
    with site.work() as root:
        give_roles(SYSTEM, root, "user:ines", [])
    state, told = carry_out(site)
    assert state == "failed" and told
    assert state_of(site) == before


def test_what_is_hidden_in_it_is_found_when_it_is_carried_out(site):
    with site.work() as root:
        override_permission(root["box"]["inner-1"]["note-1-1"], "delete", ["manager"])
        begun(root, "delete")
    assert carry_out(site) == ("failed", "There is something in “Box” that ines may not delete")
    assert "/box/inner-1" in state_of(site)[0]


def test_who_is_gone_does_nothing(site):
    with site.work() as root:
        begun(root, "delete")
    with site.work() as root:
        remove_user(SYSTEM, root, "ines")
    assert carry_out(site) == ("failed", "ines, who began this, is no user of the site any more")


def test_what_was_put_in_its_place_meanwhile_is_left_alone(site):
    with site.work() as root:
        begun(root, "delete")
    with site.work() as root:
        rename(SYSTEM, root["box"], "other")
        add_new(SYSTEM, root, Box, {"title": "Box"})
    state, told = carry_out(site)
    assert (state, "moved or deleted meanwhile" in told) == ("failed", True)
    assert {"/box", "/other/inner-1"} <= state_of(site)[0]


def test_nobody_begins_what_he_may_not_and_nothing_twice(site):
    with site.work() as root:
        for who in (as_(root, "tomas"), NO_IDENTITY):
            with pytest.raises(Forbidden):
                begin_delete(who, [root["box"]])
        override_permission(root["box"], "view", ["everyone"])
        override_permission(root["shelf"], "add", ["everyone"])
        with pytest.raises(Forbidden, match="signed in"):
            begin_copy(NO_IDENTITY, [root["box"]], root["shelf"])
        with pytest.raises(NotPossible, match="into itself"):
            begin_move(as_(root, "ines"), [root["box"]], root["box"]["inner-1"])
        begun(root, "copy")
        with pytest.raises(NotPossible, match="“Copy “Box” to “Shelf”” is under way: ines began it on"):
            begun(root, "delete")


def test_who_began_it_and_managers_see_it_and_may_cancel_it_and_nobody_else(site):
    with site.work() as root:
        number = begun(root, "copy").id
        assert [each.id for each in operations_shown(as_(root, "ines"), root)] == [number]
        assert [each.id for each in operations_shown(SYSTEM, root)] == [number]
        assert operations_shown(as_(root, "tomas"), root) == []
        for deed in (cancel_operation, begin_again):
            with pytest.raises(Forbidden):
                deed(as_(root, "tomas"), root, number)
        with pytest.raises(NotPossible, match="cannot be begun again"):
            begin_again(as_(root, "ines"), root, number)
        cancel_operation(as_(root, "ines"), root, number)
    assert carry_out(site) == ("cancelled", "")


def test_entries_of_the_trash_are_purged_batch_by_batch_and_a_cancel_leaves_the_rest(site, monkeypatch):
    monkeypatch.setattr(long_trees, "BATCH", 4)
    with site.work() as root:
        give_roles(SYSTEM, root, "user:ines", ["manager"])
        for inner in list(root["box"].values()):
            for note in list(inner.values()):
                delete(SYSTEM, note)
    with monkeypatch.context() as patched:
        heard = stopped_at(patched, 0.3)
        with site.work() as root:
            number = begin_purge(as_(root, "ines"), root, list(root.trash)).id
        assert carry_out(site)[0] == "cancelled"
    left = state_of(site)[1]
    assert 0 < left < 36 and left % 4 == 0 and len(heard) > 2
    with site.work() as root:
        begin_again(as_(root, "ines"), root, number)
    assert carry_out(site) == ("done", f"Deleted {left} items for good")
    assert state_of(site)[1] == 0


def test_a_purge_of_many_takes_what_was_there_and_nothing_that_came_later(site, monkeypatch):
    monkeypatch.setattr(long_trees, "NAMED", 1)
    with site.work() as root:
        for note in list(root["box"]["inner-1"].values()):
            delete(SYSTEM, note)
    with site.work() as root:
        begin_purge(SYSTEM, root, list(root.trash)[2:])
        delete(SYSTEM, root["box"]["inner-2"])
    assert carry_out(site) == ("done", "Deleted 7 items for good")
    assert state_of(site)[1] == 3


def test_a_purge_of_many_leaves_what_stands_between_them_and_was_not_picked(site, monkeypatch):
    monkeypatch.setattr(long_trees, "NAMED", 1)
    with site.work() as root:
        for note in list(root["box"]["inner-1"].values()):
            delete(SYSTEM, note)
    with site.work() as root:
        left = [each.__name__ for each in root.trash][1::2]
        begin_purge(SYSTEM, root, list(root.trash)[::2])
    assert carry_out(site) == ("done", "Deleted 5 items for good")
    with site.work() as root:
        assert [each.__name__ for each in root.trash] == left


@pytest.mark.parametrize("what", ["move", "copy"])
def test_another_folder_at_the_path_of_the_one_that_was_chosen_gets_nothing(site, what):
    with site.work() as root:
        begun(root, what)
    with site.work() as root:
        rename(SYSTEM, root["shelf"], "old")
        add_new(SYSTEM, root, Box, {"title": "Shelf"})
    state, told = carry_out(site)
    assert (state, "moved or deleted meanwhile" in told) == ("failed", True)
    with site.work() as root:
        assert list(root["shelf"]) == list(root["old"]) == [] and "box" in root


def test_where_something_goes_is_not_told_to_others(site):
    site.add_user("olaf", roles=["editor"])
    with site.work() as root:
        root["shelf"]._owner = "ines"
        override_permission(root["shelf"], "view", ["owner"])
        begun(root, "move")
    with site.work() as root, pytest.raises(NotPossible) as caught:
        begin_delete(as_(root, "olaf"), [root["box"]])
    assert str(caught.value).startswith("Something else with this is under way: ines began it on")
    assert "Shelf" not in str(caught.value) and "cancel" not in str(caught.value)


def test_a_token_neither_sees_nor_cancels_what_its_owner_began(site):
    with site.work() as root:
        token = replace(as_(root, "ines"), scope=Scope("mine", frozenset({"view"}), root["shelf"]))
        number = begun(root, "delete").id
        for deed in (cancel_operation, begin_again):
            with pytest.raises(Forbidden):
                deed(token, root, number)
        assert operations_shown(token, root) == []


def test_what_somebody_did_is_in_the_audit_record_though_he_is_gone_by_then(site, monkeypatch):
    build = long_upkeep.build

    def leave(database, **more):
        with site.work() as root:
            remove_user(SYSTEM, root, "ines")
        return build(database, **more)

    monkeypatch.setattr(long_upkeep, "build", leave)
    site.add_user("rosa", roles=["manager"])
    with site.work() as root:
        give_roles(SYSTEM, root, "user:ines", ["manager"])
    with site.work() as root:
        begin_reindex(as_(root, "ines"), root)
    assert carry_out(site) == ("done", "Indexed 43 resources: all indexes")
    with site.work() as root:
        latest = next(each for _, each in entries_of(root) if each.what == "reindex")
        assert latest.who == "ines"


def test_what_is_large_is_counted_no_further_than_that(site):
    with site.work() as root:
        box = root["box"]
        assert is_large([box], 40) and not is_large([box], 41)
        assert is_large([box, root["shelf"]], 41)
