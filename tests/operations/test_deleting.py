"""Deleting into the trash, restoring from it, and purging for good."""

from datetime import datetime
from datetime import timedelta
from datetime import UTC

import pytest
from ZODB.POSException import ConflictError

from objpub.content import BrokenResource
from objpub.content import Content
from objpub.content import File
from objpub.content import Folder
from objpub.content import Site
from objpub.errors import BadName
from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.errors import NameTaken
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.events import Added
from objpub.events import on
from objpub.events import Removed
from objpub.events import Restored
from objpub.events import Trashed
from objpub.lineage import path_of
from objpub.operations import add
from objpub.operations import copy
from objpub.operations import delete
from objpub.operations import may_restore
from objpub.operations import move
from objpub.operations import order
from objpub.operations import purge
from objpub.operations import rename
from objpub.operations import restore
from objpub.operations import trash_of
from objpub.schema import field
from objpub.security import grant
from objpub.security import NO_IDENTITY
from objpub.security import override_permission
from objpub.security import Policy
from objpub.security import set_cuts
from objpub.security import SYSTEM


class Place(Folder, addable="anywhere"):
    title: str = field(default="")


class Shelf(Folder, addable="anywhere", ordered=True):
    title: str = field(default="")


class Page(Content, addable="anywhere"):
    title: str = field()
    manual: File | None = field(default=None)

    _told: tuple = ()


class Spine(Content, addable=Shelf):
    title: str = field()


@on(Added, Page)
@on(Removed, Page)
@on(Trashed, Page)
@on(Restored, Page)
def tell(event):
    page = event.resource
    page._told = (*page._told, (type(event).__name__, event.folder.title, path_of(page)))
    if isinstance(event, Trashed) and page.title == "Cursed":
        raise Invalid({"title": "is cursed"})
    if isinstance(event, Restored) and page.title == "Gone for good":
        raise Invalid({"title": "does not come back"})


@pytest.fixture
def site(world):
    """A folder in a folder with a page in it, and a shelf of three."""
    site = world.site
    add(SYSTEM, site, Place(title="News"))
    add(SYSTEM, site["news"], Place(title="Old"))
    add(SYSTEM, site["news"]["old"], Page(title="Tides", manual=File.from_bytes(b"how to", "how.txt")))
    add(SYSTEM, site, Shelf(title="Shelf"))
    for title in ("One", "Two", "Three"):
        add(SYSTEM, site["shelf"], Spine(title=title))
    world.commit()
    return site


# delete


def test_the_entry_knows_the_old_place_who_and_when_and_how_much(world, site):
    entry = delete(world.identity("ann"), site["news"]["old"])
    assert world.commit() == ("Deleted “Old” with 1 item in it from “News”", "ann")
    assert "old" not in site["news"]
    assert (entry.path, entry.name, entry.title, entry.count) == ("/news/old", "old", "Old", 2)
    assert (entry.who, entry.who_title) == ("ann", "Ann Lee")
    assert abs(datetime.now(UTC) - entry.when) < timedelta(minutes=1)
    assert entry.old_folder() is site["news"]
    assert entry.resource["tides"].title == "Tides"


def test_everything_below_is_told_while_it_is_in_its_place_and_the_top_of_its_end(world, site):
    page = site["news"]["old"]["tides"]
    page._told = ()
    delete(SYSTEM, site["news"])
    assert page._told == (("Removed", "Old", "/news/old/tides"),)
    single = add(SYSTEM, site, Page(title="Waves"))
    single._told = ()
    entry = delete(SYSTEM, single)
    assert [word for word, *_ in single._told] == ["Removed", "Trashed"]
    assert path_of(single) == f"/++trash++/{entry.__name__}/waves"


def test_the_latest_entry_comes_first(world, site):
    first = delete(SYSTEM, site["shelf"]["one"])
    second = delete(SYSTEM, site["shelf"]["two"])
    second._when += timedelta(seconds=1)
    world.site.trash.give_back(second)
    world.site.trash.take(second, Spine(title="Two"))
    world.commit()
    trash = trash_of(site)
    assert list(trash) == [second, first]
    assert list(trash.after(second.__name__)) == [first]
    assert len(trash) == 2
    assert trash.get(first.__name__) is first
    assert trash.get("nothing") is None


def test_delete_takes_its_permission(world, site):
    for identity in (NO_IDENTITY, world.identity("vera")):
        with world.refuses(Forbidden):
            delete(identity, site["news"]["old"]["tides"])
    override_permission(site["news"], "delete", "reviewer")
    with world.refuses(Forbidden):
        delete(world.identity("ann"), site["news"]["old"]["tides"])


@pytest.mark.parametrize("permission", ["view", "delete"])
def test_what_one_may_not_view_or_delete_is_not_deleted_along(world, site, permission):
    override_permission(site["news"]["old"]["tides"], permission, "reviewer")
    with world.refuses(Forbidden):
        delete(world.identity("ann"), site["news"])
    delete(world.identity("tom"), site["news"])


def test_the_site_is_not_deleted_nor_what_is_in_no_folder(world, site):
    for resource in (site, site.users.get("ann"), site["news"]["old"]["tides"].manual, Page(title="Loose")):
        with world.refuses(NotPossible):
            delete(SYSTEM, resource)


def test_what_is_in_the_trash_is_not_deleted_again(world, site):
    entry = delete(SYSTEM, site["news"]["old"])
    for resource in (entry.resource, entry.resource["tides"], entry, site.trash):
        with world.refuses(NotPossible):
            delete(SYSTEM, resource)


def test_nobody_but_who_deleted_it_and_managers_sees_what_is_in_the_trash(world, site):
    entry = delete(world.identity("ann"), site["news"])
    page = entry.resource["old"]["tides"]
    policy = world.database.registry[Policy]
    seen = {who: bool(policy.can(world.identity(who), "view", page)) for who in ("ann", "ed", "vera", "tom")}
    assert seen == {"ann": True, "ed": False, "vera": False, "tom": True}
    assert not policy.can(NO_IDENTITY, "view", page)
    assert site.get("++trash++") is None


def test_a_subscriber_that_refuses_leaves_nothing_that_could_be_committed(world, site):
    page = add(SYSTEM, site, Page(title="Cursed"))
    world.commit()
    with pytest.raises(Invalid, match="is cursed"):
        delete(SYSTEM, page)
    assert world.manager.isDoomed()
    world.abort()
    assert "cursed" in site


def test_the_trash_is_true_also_when_it_is_empty(site):
    assert site.trash
    assert list(site.trash) == []


def test_what_is_in_no_site_has_no_trash():
    with pytest.raises(NotPossible):
        trash_of(Place())


def test_a_site_without_a_trash_gets_one(world, site):
    site.trash = None
    world.commit()
    delete(SYSTEM, site["news"])
    world.commit()
    assert len(site.trash) == 1


# restore


def test_restored_to_where_it_was_with_all_that_was_in_it(world, site):
    folder = site["news"]["old"]
    entry = delete(world.identity("ann"), folder)
    world.commit()
    folder["tides"]._told = ()
    assert restore(world.identity("ann"), entry) is folder
    assert world.commit() == ("Restored “Old” to “News”", "ann")
    assert site["news"]["old"]["tides"].manual.read() == b"how to"
    assert folder["tides"]._told == (("Added", "Old", "/news/old/tides"),)
    assert len(site.trash) == 0


def test_the_top_of_what_comes_back_is_told_that_it_was_restored(world, site):
    page = site["news"]["old"]["tides"]
    entry = delete(SYSTEM, page)
    page._told = ()
    restore(SYSTEM, entry)
    assert [word for word, *_ in page._told] == ["Added", "Restored"]


@pytest.mark.parametrize("name", ["one", "two", "three"])
def test_restored_to_where_it_stood_in_an_order(world, site, name):
    entry = delete(SYSTEM, site["shelf"][name])
    world.commit()
    restore(SYSTEM, entry)
    assert list(site["shelf"]) == ["one", "two", "three"]


def test_restored_beside_a_neighbour_that_is_left(world, site):
    entry = delete(SYSTEM, site["shelf"]["two"])
    delete(SYSTEM, site["shelf"]["one"])
    add(SYSTEM, site["shelf"], Spine(title="Four"))
    restore(SYSTEM, entry)
    assert list(site["shelf"]) == ["two", "three", "four"]


def test_restored_at_the_end_where_no_neighbour_is_left(world, site):
    entry = delete(SYSTEM, site["shelf"]["two"])
    delete(SYSTEM, site["shelf"]["one"])
    delete(SYSTEM, site["shelf"]["three"])
    add(SYSTEM, site["shelf"], Spine(title="Four"))
    restore(SYSTEM, entry)
    assert list(site["shelf"]) == ["four", "two"]


def test_a_name_that_is_taken_meanwhile_gets_a_number_and_the_sentence_says_so(world, site):
    entry = delete(SYSTEM, site["news"]["old"]["tides"])
    add(SYSTEM, site["news"]["old"], Page(title="Tides"))
    world.commit()
    assert restore(SYSTEM, entry).__name__ == "tides-2"
    assert world.commit()[0] == "Restored “Tides” to “Old” as “tides-2”"


def test_restored_under_a_name_of_ones_own(world, site):
    entry = delete(SYSTEM, site["news"]["old"]["tides"])
    for name, error in (("a/b", BadName), ("_x", BadName)):
        with world.refuses(error):
            restore(SYSTEM, entry, name=name)
    add(SYSTEM, site["news"]["old"], Page(title="Tides"))
    with world.refuses(NameTaken):
        restore(SYSTEM, entry, name="tides")
    assert restore(SYSTEM, entry, name="waves").__name__ == "waves"


def test_the_old_folder_is_found_under_another_name_and_place(world, site):
    entry = delete(SYSTEM, site["news"]["old"]["tides"])
    rename(SYSTEM, site["news"]["old"], "older")
    move(SYSTEM, site["news"]["older"], site)
    world.commit()
    world.connection.cacheMinimize()
    restore(SYSTEM, entry)
    assert site["older"]["tides"].title == "Tides"


def test_restored_to_the_nearest_folder_where_the_old_one_is_gone(world, site):
    entry = delete(SYSTEM, site["news"]["old"]["tides"])
    delete(SYSTEM, site["news"]["old"])
    world.commit()
    restore(SYSTEM, entry)
    assert world.commit()[0] == "Restored “Tides” to “News”"
    assert site["news"]["tides"].title == "Tides"


def test_restored_to_the_site_where_nothing_is_left_of_the_way(world, site):
    entry = delete(SYSTEM, site["news"]["old"]["tides"])
    purge(SYSTEM, delete(SYSTEM, site["news"]))
    world.commit()
    world.database.pack()
    world.connection.cacheMinimize()
    restore(SYSTEM, entry)
    assert site["tides"].title == "Tides"


def test_restored_to_a_chosen_folder_if_it_may_be_added_there(world, site):
    entry = delete(SYSTEM, site["shelf"]["one"])
    with world.refuses(NotPossible) as caught:
        restore(SYSTEM, entry, site["news"])
    assert "Spine cannot be added in “News”" in str(caught.value)
    second = add(SYSTEM, site, Shelf(title="Second"))
    restore(SYSTEM, entry, second)
    assert list(second) == ["one"]


@pytest.mark.parametrize("target", ["page", "trashed", "entry"])
def test_only_a_folder_of_the_tree_takes_what_is_restored(world, site, target):
    entry = delete(SYSTEM, site["shelf"]["one"])
    gone = delete(SYSTEM, site["shelf"])
    places = {"page": site["news"]["old"]["tides"], "trashed": gone.resource, "entry": gone}
    with world.refuses(NotPossible):
        restore(SYSTEM, entry, places[target])


def test_what_was_restored_or_purged_is_there_no_more(world, site):
    entry = delete(SYSTEM, site["news"])
    restore(SYSTEM, entry)
    for again in (restore, purge):
        with world.refuses(NotFound):
            again(SYSTEM, entry)
    with world.refuses(NotFound):
        restore(SYSTEM, site["news"])


def test_who_deleted_it_may_restore_it_and_who_may_delete_there(world, site):
    grant(site["news"], "user:vera", "editor")
    entry = delete(world.identity("ann"), site["news"]["old"])
    world.commit()
    assert {who: may_restore(world.identity(who), entry) for who in ("ann", "ed", "vera", "tom")} == {
        "ann": True,
        "ed": True,
        "vera": True,
        "tom": True,
    }
    override_permission(site["news"], "delete", "reviewer")
    with world.refuses(Forbidden):
        restore(world.identity("vera"), entry)
    restore(world.identity("ann"), entry)


@pytest.mark.parametrize(
    ("hide", "seen_by"),
    [
        (lambda page: override_permission(page, "view", "reviewer"), {"tim"}),
        (lambda page: override_permission(page.__parent__, "view", "reviewer"), {"tim"}),
        (
            lambda page: (
                override_permission(page.__parent__, "view", "reviewer"),
                set_cuts(page, ["permissions"]),
            ),
            {"ed", "vera", "tim"},
        ),
        (lambda page: override_permission(page, "view", "editor"), {"ed", "vera"}),
        (lambda page: (override_permission(page, "view", "editor"), set_cuts(page, ["grants"])), {"ed"}),
        (
            lambda page: (override_permission(page, "view", "owner"), setattr(page, "_owner", "vera")),
            {"vera"},
        ),
    ],
    ids=["hidden", "in a hidden folder", "cut off", "for editors", "and no grants", "for its owner"],
)
def test_what_somebody_could_not_view_is_hidden_from_him_in_the_trash_too(world, site, hide, seen_by):
    site.users.add("tim", "long enough for tim")
    grant(site["news"], "user:vera", "editor")
    grant(site["news"], "user:tim", "reviewer")
    override_permission(site["news"], "delete", "editor reviewer")
    hide(site["news"]["old"]["tides"])
    entry = delete(SYSTEM, site["news"]["old"]["tides"])
    world.commit()
    assert {who for who in ("ed", "vera", "tim") if may_restore(world.identity(who), entry)} == seen_by


def test_what_was_in_a_closed_folder_is_not_restored_by_a_stranger_when_that_is_gone(world, site):
    override_permission(site["news"]["old"], "view", "reviewer")
    override_permission(site["news"]["old"], "delete", "reviewer")
    entry = delete(SYSTEM, site["news"]["old"]["tides"])
    delete(SYSTEM, site["news"]["old"])
    assert not may_restore(world.identity("ann"), entry)
    with world.refuses(Forbidden):
        restore(world.identity("ann"), entry)


def test_nothing_is_restored_to_another_site(world, site):
    entry = delete(SYSTEM, site["news"])
    second = Site(title="Other")
    second.add("place", Place())
    world.connection.root()["second"] = second
    world.connection.add(second)
    with world.refuses(NotPossible) as caught:
        restore(SYSTEM, entry, second["place"])
    assert "another site" in str(caught.value)


def test_a_subscriber_that_refuses_the_return_leaves_nothing_that_could_be_committed(world, site):
    entry = delete(SYSTEM, add(SYSTEM, site, Page(title="Gone for good")))
    world.commit()
    with pytest.raises(Invalid, match="does not come back"):
        restore(SYSTEM, entry)
    assert world.manager.isDoomed()


def test_restore_takes_the_permission_to_add(world, site):
    entry = delete(world.identity("ann"), site["news"]["old"])
    override_permission(site["news"], "add", "reviewer")
    with world.refuses(Forbidden):
        restore(world.identity("ann"), entry)
    restore(world.identity("ann"), entry, site)


class Vanishing(Content):
    title: str = field(default="")


@pytest.fixture
def without_class(world, site, monkeypatch, request):
    """The same site in a connection that was opened after the class of /vanished had gone."""
    site.add("vanished", Vanishing(title="Vanished"))
    world.commit()
    monkeypatch.delitem(globals(), "Vanishing")
    return request.getfixturevalue("other")


def test_a_broken_resource_is_neither_moved_nor_copied(without_class):
    site = without_class.site
    assert isinstance(site["vanished"], BrokenResource)
    for change in (
        lambda: move(SYSTEM, site["vanished"], site["news"]),
        lambda: copy(SYSTEM, site["vanished"], site["news"]),
        lambda: rename(SYSTEM, site["vanished"], "x"),
    ):
        with without_class.refuses(NotPossible) as caught:
            change()
        assert "Vanishing, is missing; it can only be deleted" in str(caught.value)


def test_a_broken_resource_waits_in_the_trash_until_its_class_is_back(world, without_class, monkeypatch):
    delete(without_class.identity("tom"), without_class.site["vanished"])
    assert without_class.commit() == ("Deleted “Vanished” from “Saltmarsh”", "tom")
    assert "vanished" not in without_class.site
    entry = next(iter(without_class.site.trash))
    with without_class.refuses(NotPossible) as caught:
        restore(SYSTEM, entry)
    assert "can be restored when that is back" in str(caught.value)
    monkeypatch.undo()
    world.abort()
    restored = restore(SYSTEM, next(iter(world.site.trash)))
    assert world.commit()[0] == "Restored “Vanished” to “Saltmarsh”"
    assert world.site["vanished"] is restored


def test_a_broken_resource_can_be_purged(without_class):
    purge(SYSTEM, delete(SYSTEM, without_class.site["vanished"]))
    without_class.commit()
    assert len(without_class.site.trash) == 0


# purge


def test_purge_forgets_for_good(world, site):
    entry = delete(world.identity("ann"), site["news"])
    world.commit()
    purge(world.identity("tom"), entry)
    assert world.commit() == ("Purged “News” with 2 items in it, deleted from /news by Ann Lee", "tom")
    assert len(site.trash) == 0


def test_purge_takes_a_manager_also_for_what_one_deleted_oneself(world, site):
    entry = delete(world.identity("ann"), site["news"])
    with world.refuses(Forbidden):
        purge(world.identity("ann"), entry)


# at the same time


def test_two_delete_at_the_same_time(world, other, site):
    other.abort()
    delete(SYSTEM, site["news"])
    delete(SYSTEM, other.site["shelf"]["one"])
    world.commit()
    try:
        other.manager.commit()
    except ConflictError:
        other.abort()
        delete(SYSTEM, other.site["shelf"]["one"])
        other.manager.commit()
    other.manager.begin()
    world.abort()
    assert {entry.path for entry in site.trash} == {"/shelf/one", "/news"}


def test_what_is_added_to_a_folder_that_is_deleted_at_the_same_time_is_not_lost(world, other, site):
    other.abort()
    add(SYSTEM, other.site["news"]["old"], Page(title="Waves"))
    delete(SYSTEM, site["news"])
    world.commit()
    with pytest.raises(ConflictError):
        other.manager.commit()
    other.abort()


def test_an_order_that_changes_meanwhile_does_not_matter(world, site):
    entry = delete(SYSTEM, site["shelf"]["two"])
    order(SYSTEM, site["shelf"], "three", to="first")
    restore(SYSTEM, entry)
    assert list(site["shelf"]) == ["three", "one", "two"]
