"""What is known of visitors over several transactions: it stays until a place or a right changes."""

import os

import pytest

from objpub.content import Folder
from objpub.content.content import KEPT
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.schema import field
from objpub.security import NO_IDENTITY
from objpub.security import override_permission
from objpub.security import restore_permission
from objpub.security import set_cuts
from objpub.security.standing import walk
from objpub.workflow import State
from objpub.workflow import Workflow

pytestmark = pytest.mark.skipif(
    os.environ.get("OBJPUB_TEST_ENGINE", "").startswith(("postgresql", "sqlite")),
    reason="RelStorage does not say what was committed by whom",
)


READ = set()


class Room(Folder):
    label: str = field(default="")


class Task(
    Room, workflow=Workflow(State("open", view="everyone", edit="editor"), State("shut", view="editor"))
):
    pass


class Watched(Folder):
    """Notes what is read of it."""

    def __getattribute__(self, name):
        READ.add(name)
        return super().__getattribute__(name)


class Derived(Folder):
    """Who may what here follows from a field of its own."""

    closed: bool = field(default=False)

    @property
    def _permissions(self):
        return {"view": frozenset({"editor"})} if self.closed else None


@pytest.fixture
def house(site):
    """A house with a hall in it, and in that a task, stored; each is viewed once."""
    house = site.add("house", Room())
    house.add("hall", Room()).add("task", Task())
    house.add("derived", Derived())
    begin_again(site)
    return house


def begin_again(resource):
    manager = resource._p_jar.transaction_manager
    manager.commit()
    manager.begin()


def is_known(place):
    return any(id(place) in memory.places for memory in place._p_jar.lasting.values())


def seen(policy, place):
    return bool(policy.can(NO_IDENTITY, "view", place))


def test_it_stays_when_something_else_is_changed_and_committed(policy, house):
    hall = house["hall"]
    assert seen(policy, hall)
    hall.label = "Blue"
    begin_again(hall)
    assert is_known(hall)
    assert seen(policy, hall)


def test_it_goes_when_others_have_committed_anything(policy, house, database):
    hall = house["hall"]
    assert seen(policy, hall)
    with transaction_for(database) as pair:
        site_of(pair.connection)["house"].label = "Blue"
        pair.manager.commit()
    begin_again(hall)
    assert not is_known(hall)


CHANGES = {
    "set": lambda hall: override_permission(hall, "view", "editor"),
    "above": lambda hall: override_permission(hall.__parent__, "view", "editor"),
    "by its dict": lambda hall: (
        vars(hall).update(_permissions={"view": frozenset({"editor"})}),
        setattr(hall, "_p_changed", True),
    ),
    "moved": lambda hall: hall.__parent__.__parent__["shut"].attach("hall", hall.__parent__.detach("hall")),
}


@pytest.mark.parametrize("way", CHANGES)
@pytest.mark.parametrize("before", ["nothing", "a change of something else"])
def test_it_goes_before_a_right_or_a_place_changes(policy, house, site, way, before):
    override_permission(site.add("shut", Room()), "view", "editor")
    begin_again(site)
    hall = house["hall"]
    assert seen(policy, hall["task"]) and seen(policy, hall)
    if before != "nothing":
        house.label = hall.label = "Blue"  # from now on no connection hears of another change of the two
        assert seen(policy, hall["task"])
    CHANGES[way](hall)
    assert not seen(policy, hall)
    begin_again(site)
    assert not seen(policy, site["shut"]["hall"] if way == "moved" else hall)


def test_it_goes_before_what_was_set_is_taken_back(policy, house):
    hall = house["hall"]
    override_permission(hall, "view", "editor")
    begin_again(house)
    assert not seen(policy, hall)
    hall.label = "Blue"
    restore_permission(hall, "view")
    assert seen(policy, hall)


def test_it_goes_before_a_cut(policy, house):
    override_permission(house, "view", "editor")
    begin_again(house)
    hall = house["hall"]
    assert not seen(policy, hall)
    hall.label = "Blue"
    set_cuts(hall, {"permissions"})
    assert seen(policy, hall)


def test_it_goes_before_a_state_changes(policy, house):
    task = house["hall"]["task"]
    assert seen(policy, task)
    task.label = "Blue"
    task._state = "shut"
    assert not seen(policy, task)
    begin_again(house)
    assert not seen(policy, task)


def test_it_goes_before_any_change_of_what_works_its_rights_out_by_itself(policy, house):
    derived = house["derived"]
    assert seen(policy, derived)
    derived.closed = True
    assert not seen(policy, derived)
    begin_again(house)
    assert not seen(policy, derived)


def test_an_abort_takes_it_along(policy, house):
    hall = house["hall"]
    assert seen(policy, hall)
    override_permission(hall, "view", "editor")
    assert not seen(policy, hall)
    manager = house._p_jar.transaction_manager
    manager.abort()
    manager.begin()
    assert seen(policy, hall)


def test_of_all_that_is_read_of_a_place_it_tells():
    place = Watched()
    READ.clear()
    walk(NO_IDENTITY, place)
    assert {"__parent__", "_permissions", "_grants"} <= READ <= KEPT
