"""Many people at the same time: everything is retried, nothing is lost, nobody sees an error."""

import random
import re
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from ZODB.POSException import ConflictError

from objpub.content import Content
from objpub.content import Folder
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import Invalid
from objpub.errors import NotPossible
from objpub.operations import add
from objpub.operations import add_new
from objpub.operations import add_role
from objpub.operations import copy
from objpub.operations import delete
from objpub.operations import give_roles
from objpub.operations import move
from objpub.operations import remove_role
from objpub.operations import restore
from objpub.operations import set_grants
from objpub.operations import set_groups
from objpub.operations import set_holders
from objpub.schema import field
from objpub.security import SYSTEM

THREADS = 8
ATTEMPTS = 50


class Place(Folder, addable="anywhere"):
    title: str = field(default="")


class Shelf(Place, addable="anywhere", ordered=True):
    "Keeps an order."


class Page(Content, addable="anywhere"):
    title: str = field()


class Crowd:
    """People who each do a list of things, one transaction after the other, as requests do."""

    def __init__(self, database):
        self.database = database

    def attempt(self, work):
        """Do *work* with the site, again after each conflict, and a wait as requests have it."""
        for number in range(ATTEMPTS):
            time.sleep(random.uniform(0, 0.001) * number)
            with transaction_for(self.database) as pair:
                try:
                    work(site_of(pair.connection))
                    pair.manager.commit()
                    return
                except ConflictError:
                    continue
        raise AssertionError(f"{ATTEMPTS} conflicts")

    def work(self, *lists):
        """Let each of *lists* of work be done by a thread of its own."""
        with ThreadPoolExecutor(len(lists)) as pool:
            for done in [
                pool.submit(lambda each=each: [self.attempt(one) for one in each]) for each in lists
            ]:
                done.result()


@pytest.fixture
def crowd(world, database):
    for name, kind in (("plain", Place), ("shelf", Shelf), ("other", Place)):
        add(SYSTEM, world.site, kind(title=name), name)
    world.commit()
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # seconds; small, so that the transactions meet
    yield Crowd(database)
    sys.setswitchinterval(before)


@pytest.mark.parametrize("folder", ["plain", "shelf"])
def test_adding_to_one_folder(world, crowd, folder):
    def adding(title):
        return lambda site: add_new(SYSTEM, site[folder], Page, {"title": title})

    crowd.work(*([adding(f"{who} {number}") for number in range(30)] for who in range(THREADS)))
    world.abort()
    names = list(world.site[folder])
    assert sorted(names) == sorted(f"{who}-{number}" for who in range(THREADS) for number in range(30))
    assert len(world.site[folder]) == 240
    assert {page.__parent__ for page in world.site[folder].values()} == {world.site[folder]}


@pytest.mark.parametrize("folder", ["plain", "shelf"])
def test_adding_under_one_title(world, crowd, folder):
    def adding(site):
        add_new(SYSTEM, site[folder], Page, {"title": "Tides"})

    crowd.work(*([adding] * 5 for _ in range(THREADS)))
    world.abort()
    assert "tides" in world.site[folder]
    assert all(re.fullmatch(r"tides(-\d+)?", name) for name in world.site[folder])
    assert len(set(world.site[folder])) == len(world.site[folder]) == 40


def test_adding_to_a_folder_that_is_moved_about(world, crowd):
    def adding(number):
        return lambda site: add(SYSTEM, plain(site), Page(title=str(number)))

    def plain(site):
        return site["plain"] if "plain" in site else site["other"]["plain"]

    def moving(site):
        move(SYSTEM, plain(site), site["other"] if "plain" in site else site)

    crowd.work([adding(number) for number in range(40)], [moving] * 20)
    world.abort()
    assert len(plain(world.site)) == 40


def test_deleting_restoring_and_copying(world, crowd):
    for number in range(30):
        add(SYSTEM, world.site["plain"], Page(title=f"page {number}"))
    world.commit()

    def deleting(name):
        return lambda site: delete(SYSTEM, site["plain"][name])

    def restoring(site):
        for entry in site.trash:
            if entry.name.endswith("3"):
                restore(SYSTEM, entry)
                return

    def copying(name):
        return lambda site: copy(SYSTEM, site["plain"][name], site["other"])

    names = [f"page-{number}" for number in range(20)]
    crowd.work(
        [deleting(name) for name in names[:10]],
        [deleting(name) for name in names[10:]],
        [restoring] * 10,
        [copying(f"page-{number}") for number in range(20, 30)],
    )
    world.abort()
    for entry in [each for each in world.site.trash if each.name.endswith("3")]:
        restore(SYSTEM, entry)
    site = world.site
    assert sorted(site["plain"]) == sorted(["page-3", "page-13", *(f"page-{n}" for n in range(20, 30))])
    assert Counter(entry.name for entry in site.trash) == Counter(set(names) - {"page-3", "page-13"})
    assert (len(site["plain"]), len(site.trash), len(site["other"])) == (12, 18, 10)


def change_at_once(world, other, first, second):
    """Do *first*, and *second* by somebody who does not see it yet, and so meets a conflict."""
    first(world.site)
    second(other.site)
    world.commit()
    with pytest.raises(ConflictError):
        other.commit()
    other.abort()


def test_two_groups_put_into_each_other_at_once_are_no_loop(world, other):
    for group in ("press", "staff"):
        world.site.users.add_group(group)
    world.commit()
    other.abort()

    def into_press(site):
        set_groups(SYSTEM, site, "group:staff", ["press"])

    change_at_once(world, other, lambda site: set_groups(SYSTEM, site, "group:press", ["staff"]), into_press)
    with pytest.raises(NotPossible, match="come to be in itself"):
        into_press(other.site)


def test_two_managers_who_leave_at_once_are_not_both_let_go(world, other):
    users = world.site.users
    users.add_group("chiefs", roles=["manager"])
    users.join("user:ann", "chiefs")
    world.commit()
    other.abort()

    def ann_leaves(site):
        set_groups(SYSTEM, site, "user:ann", [])

    change_at_once(world, other, lambda site: give_roles(SYSTEM, site, "user:tom", []), ann_leaves)
    with pytest.raises(NotPossible, match="without any manager"):
        ann_leaves(other.site)


@pytest.mark.parametrize("where", ["everywhere", "at a place", "to a permission"])
def test_a_role_is_not_removed_while_somebody_gives_it(world, other, where):
    add_role(SYSTEM, world.site, "press")
    world.commit()
    other.abort()

    def give(site):
        if where == "everywhere":
            give_roles(SYSTEM, site, "user:tom", ["manager", "press"])
        elif where == "at a place":
            set_grants(SYSTEM, site, "user:tom", ["press"])
        else:
            set_holders(SYSTEM, site, "view", ["press"])

    change_at_once(world, other, lambda site: remove_role(SYSTEM, site, "press"), give)
    with pytest.raises(Invalid, match="press"):
        give(other.site)
