"""Another name, another folder, another order."""

import pytest
from ZODB.POSException import ConflictError

from objpub.content import Content
from objpub.content import Folder
from objpub.content import Site
from objpub.errors import BadName
from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.errors import NameTaken
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.events import Moved
from objpub.events import on
from objpub.events import Ordered
from objpub.operations import add
from objpub.operations import delete
from objpub.operations import move
from objpub.operations import order
from objpub.operations import rename
from objpub.schema import field
from objpub.security import grant
from objpub.security import override_permission
from objpub.security import SYSTEM


class Place(Folder, addable="anywhere"):
    title: str = field(default="")


class Shelf(Folder, addable="anywhere", ordered=True):
    title: str = field(default="")


class Page(Content, addable="anywhere"):
    title: str = field()


class Spine(Content, addable=Shelf):
    title: str = field()


class Log(Folder):
    title: str = field(default="")
    _lines: tuple = ()


@on(Moved)
@on(Ordered)
def keep(event):
    log = event.resource
    while log.__parent__ is not None:
        log = log.__parent__
    log._lines = (*log.__dict__.get("_lines", ()), event)
    if isinstance(event, Moved) and event.name == "cursed":
        raise Invalid({"name": "is cursed"})
    if isinstance(event, Ordered) and event.resource.title.startswith("Cursed"):
        raise Invalid({"order": "keeps its order"})


@pytest.fixture
def site(world):
    """Two folders, a shelf with three spines, and a page in the first folder."""
    for name, kind in (("news", Place), ("guides", Place), ("shelf", Shelf)):
        add(SYSTEM, world.site, kind(title=name.capitalize()), name)
    add(SYSTEM, world.site["news"], Page(title="Tides"))
    for title in ("One", "Two", "Three"):
        add(SYSTEM, world.site["shelf"], Spine(title=title))
    world.commit()
    return world.site


# rename


def test_rename_keeps_the_title_and_says_both_names(world, site):
    page = site["news"]["tides"]
    assert rename(world.identity("ann"), page, "waves") is page
    assert site["news"]["waves"] is page
    assert "tides" not in site["news"]
    assert len(site["news"]) == 1
    event = site._lines[-1]
    assert (event.old_name, event.name, event.folder) == ("tides", "waves", site["news"])
    assert world.commit() == ("Renamed “Tides” to “waves”", "ann")


def test_renamed_to_what_it_is_called_already_nothing_happens(world, site):
    before = world.database.lastTransaction()
    rename(SYSTEM, site["news"]["tides"], "tides")
    world.commit()
    assert world.database.lastTransaction() == before


@pytest.mark.parametrize("name", ["a/b", "_a", "", "..", 3])
def test_rename_to_a_bad_name_is_refused(world, site, name):
    with world.refuses(BadName):
        rename(SYSTEM, site["news"]["tides"], name)


def test_rename_to_a_taken_name_is_refused(world, site):
    with world.refuses(NameTaken):
        rename(SYSTEM, site["guides"], "news")


def test_rename_takes_the_permission_to_edit(world, site):
    with world.refuses(Forbidden):
        rename(world.identity("vera"), site["news"]["tides"], "waves")
    override_permission(site["news"]["tides"], "delete", "manager")
    rename(world.identity("ann"), site["news"]["tides"], "waves")


def test_rename_keeps_the_place_in_an_order(world, site):
    rename(SYSTEM, site["shelf"]["two"], "zwei")
    assert list(site["shelf"]) == ["one", "zwei", "three"]


def test_the_site_has_no_name_to_change(world, site):
    with world.refuses(NotPossible):
        rename(SYSTEM, site, "home")


def test_a_user_is_not_renamed(world, site):
    with world.refuses(NotPossible):
        rename(SYSTEM, site.users.get("ann"), "anna")


# move


def test_move_says_from_where_to_where(world, site):
    page = site["news"]["tides"]
    assert move(world.identity("ann"), page, site["guides"]) is page
    assert site["guides"]["tides"] is page
    assert len(site["news"]) == 0
    event = site._lines[-1]
    assert (event.old_folder, event.old_name) == (site["news"], "tides")
    assert world.commit() == ("Moved “Tides” from “News” to “Guides”", "ann")


def test_a_name_that_is_taken_there_gets_a_number_and_the_sentence_says_so(world, site):
    add(SYSTEM, site["guides"], Page(title="Old tides"), "tides")
    world.commit()
    move(SYSTEM, site["news"]["tides"], site["guides"])
    assert sorted(site["guides"]) == ["tides", "tides-2"]
    assert world.commit()[0] == "Moved “Tides” from “News” to “Guides” as “tides-2”"


def test_a_name_that_is_asked_for_must_be_free(world, site):
    with world.refuses(NameTaken):
        move(SYSTEM, site["news"]["tides"], site, "guides")
    with world.refuses(BadName):
        move(SYSTEM, site["news"]["tides"], site, "a/b")
    assert move(SYSTEM, site["news"]["tides"], site, "waves").__name__ == "waves"


def test_moved_to_where_it_is_nothing_happens(world, site):
    before = world.database.lastTransaction()
    move(SYSTEM, site["news"]["tides"], site["news"])
    world.commit()
    assert world.database.lastTransaction() == before


def test_moved_to_where_it_is_with_another_name_it_is_renamed(world, site):
    move(SYSTEM, site["news"]["tides"], site["news"], "waves")
    assert world.commit()[0] == "Renamed “Tides” to “waves”"


def test_nothing_moves_into_itself(world, site):
    inner = add(SYSTEM, site["news"], Place(title="Inner"))
    for target in (site["news"], inner):
        with world.refuses(NotPossible) as caught:
            move(SYSTEM, site["news"], target)
        assert str(caught.value) == "“News” cannot be put into itself"


def test_the_site_does_not_move(world, site):
    with world.refuses(NotPossible):
        move(SYSTEM, site, site["news"])


def test_only_where_it_may_be_added_it_moves(world, site):
    with world.refuses(NotPossible) as caught:
        move(SYSTEM, site["shelf"]["one"], site["news"])
    assert "Spine cannot be added in “News”" in str(caught.value)


def test_nothing_moves_to_something_that_is_no_folder(world, site):
    with world.refuses(NotPossible):
        move(SYSTEM, site["guides"], site["news"]["tides"])


def test_nothing_moves_into_the_trash_or_out_of_it(world, site):
    entry = delete(SYSTEM, site["guides"])
    with world.refuses(NotPossible):
        move(SYSTEM, site["news"]["tides"], entry.resource)
    with world.refuses(NotPossible):
        move(SYSTEM, entry.resource, site["news"])


def test_nothing_moves_to_another_site(world, site):
    second = Site(title="Other")
    second.add("place", Folder())
    world.connection.root()["second"] = second
    world.connection.add(second)
    with world.refuses(NotPossible) as caught:
        move(SYSTEM, site["news"]["tides"], second["place"])
    assert "another site" in str(caught.value)


def test_move_takes_delete_here_and_add_there(world, site):
    vera = world.identity("vera")
    with world.refuses(Forbidden):
        move(vera, site["news"]["tides"], site["guides"])
    grant(site["guides"], "user:vera", "editor")
    with world.refuses(Forbidden):
        move(vera, site["news"]["tides"], site["guides"])
    grant(site["news"], "user:vera", "editor")
    move(vera, site["news"]["tides"], site["guides"])
    with world.refuses(Forbidden):
        move(vera, site["guides"]["tides"], site)


@pytest.mark.parametrize("permission", ["view", "delete"])
def test_what_one_may_not_view_or_delete_is_not_moved_along(world, site, permission):
    override_permission(site["news"]["tides"], permission, "reviewer")
    with world.refuses(Forbidden) as caught:
        move(world.identity("ann"), site["news"], site["guides"])
    assert str(caught.value) == f"There is something in “News” that Ann Lee may not {permission}"
    move(world.identity("tom"), site["news"], site["guides"])


def test_roles_granted_at_a_resource_move_with_it(world, site):
    grant(site["news"]["tides"], "user:vera", "editor")
    page = move(SYSTEM, site["news"]["tides"], site["guides"])
    assert page._grants == {"user:vera": frozenset({"editor"})}


def test_a_subscriber_that_refuses_leaves_nothing_that_could_be_committed(world, site):
    with pytest.raises(Invalid, match="is cursed"):
        move(SYSTEM, site["news"]["tides"], site["guides"], "cursed")
    assert world.manager.isDoomed()
    world.abort()
    assert "tides" in site["news"]


def test_two_folders_do_not_move_into_one_another(world, other, site):
    other.abort()
    move(SYSTEM, site["news"], site["guides"])
    move(SYSTEM, other.site["guides"], other.site["news"])
    world.commit()
    with pytest.raises(ConflictError):
        other.manager.commit()
    other.abort()
    with other.refuses(NotPossible):
        move(SYSTEM, other.site["guides"], other.site["guides"]["news"])


def test_moves_out_of_one_folder_at_the_same_time_never_lose_one(world, other, site):
    other.abort()
    add(SYSTEM, site["news"], Page(title="Waves"))
    world.commit()
    other.abort()
    for each, name in ((world, "tides"), (other, "waves")):
        move(SYSTEM, each.site["news"][name], each.site["guides"])
    world.commit()
    try:
        other.manager.commit()
    except ConflictError:
        other.abort()
        move(SYSTEM, other.site["news"]["waves"], other.site["guides"])
        other.manager.commit()
    other.manager.begin()
    world.abort()
    assert (len(site["news"]), sorted(site["guides"])) == (0, ["tides", "waves"])


# order


@pytest.mark.parametrize(
    ("how", "wanted", "words"),
    [
        ({"before": "one"}, ["three", "one", "two"], "Put “Three” before “One” in “Shelf”"),
        ({"after": "one"}, ["one", "three", "two"], "Put “Three” after “One” in “Shelf”"),
        ({"to": "first"}, ["three", "one", "two"], "Put “Three” first in “Shelf”"),
    ],
)
def test_order(world, site, how, wanted, words):
    order(world.identity("ann"), site["shelf"], "three", **how)
    assert list(site["shelf"]) == wanted
    assert isinstance(site._lines[-1], Ordered)
    assert world.commit() == (words, "ann")


@pytest.mark.parametrize("how", [{"before": "nine"}, {"after": "nine"}])
def test_order_wants_names_that_are_there(world, site, how):
    with world.refuses(NotFound) as caught:
        order(SYSTEM, site["shelf"], "one", **how)
    assert caught.value.missing == "nine"
    with world.refuses(NotFound):
        order(SYSTEM, site["shelf"], "nine", to="first")


@pytest.mark.parametrize("how", [{}, {"before": "two", "after": "three"}, {"to": "top"}])
def test_order_wants_exactly_one_place(world, site, how):
    with world.refuses(NotPossible):
        order(SYSTEM, site["shelf"], "one", **how)


def test_a_folder_without_an_order_has_none_to_change(world, site):
    with world.refuses(NotPossible):
        order(SYSTEM, site["news"], "tides", to="first")


def test_what_is_no_folder_has_no_order(world, site):
    with world.refuses(NotPossible):
        order(SYSTEM, site["news"]["tides"], "one", to="first")


def test_a_subscriber_that_refuses_a_name_or_an_order_dooms_the_transaction(world, site):
    with pytest.raises(Invalid, match="is cursed"):
        rename(SYSTEM, site["news"]["tides"], "cursed")
    assert world.manager.isDoomed()
    world.abort()
    cursed = add(SYSTEM, site, Shelf(title="Cursed shelf"))
    for title in ("One", "Two"):
        add(SYSTEM, cursed, Spine(title=title))
    world.commit()
    with pytest.raises(Invalid, match="keeps its order"):
        order(SYSTEM, cursed, "two", to="first")
    assert world.manager.isDoomed()


def test_order_takes_the_permission_to_edit_the_folder(world, site):
    with world.refuses(Forbidden):
        order(world.identity("vera"), site["shelf"], "one", to="last")
