"""Roles that are made while the site runs: given like others, and removed when nobody needs them any more."""

import pytest

from objpub.content import Folder
from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.errors import NameTaken
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.operations import add_role
from objpub.operations import delete
from objpub.operations import give_roles
from objpub.operations import remove_role
from objpub.operations import set_grants
from objpub.operations import set_holders
from objpub.security import known_roles
from objpub.security import Policy
from objpub.security import SYSTEM


@pytest.fixture
def made(world):
    """A site with the role "press", which may edit in its news."""
    world.site.add("news", Folder())
    add_role(SYSTEM, world.site, "press", title="Press office")
    set_holders(SYSTEM, news(world), "edit", ["press"])
    return world


def news(world):
    return world.site["news"]


def may_edit(world, name):
    return world.database.registry[Policy].can(world.identity(name), "edit", news(world))


def test_a_role_that_is_made_is_given_at_a_place_and_everywhere(made):
    assert known_roles(news(made))["press"].title == "Press office"
    assert not may_edit(made, "vera")
    set_grants(SYSTEM, news(made), "user:vera", ["press"])
    assert may_edit(made, "vera")
    set_grants(SYSTEM, news(made), "user:vera", [])
    give_roles(SYSTEM, made.site, "user:vera", ["press"])
    assert may_edit(made, "vera")


def test_its_title_is_in_the_words_of_a_decision(made):
    set_grants(SYSTEM, news(made), "user:vera", ["press"])
    decision = may_edit(made, "vera")
    assert "has the role press office" in decision.sentence


def test_somebody_who_lacks_it_does_not_give_it(made):
    set_holders(SYSTEM, news(made), "grant", ["editor"])
    with pytest.raises(Forbidden, match="lacks the role 'press'"):
        set_grants(made.identity("ed"), news(made), "user:vera", ["press"])


def test_only_who_manages_the_users_makes_and_removes_roles(made):
    for who in ("vera", "ed"):
        with pytest.raises(Forbidden):
            add_role(made.identity(who), made.site, "other")
        with pytest.raises(Forbidden):
            remove_role(made.identity(who), made.site, "press")


@pytest.mark.parametrize("name", ["", "Press", "a b", "-a", "a" * 51, "é", "_x"])
def test_a_name_that_does_not_fit_is_refused(made, name):
    with pytest.raises(Invalid) as caught:
        add_role(SYSTEM, made.site, name)
    assert set(caught.value.errors) == {"name"}


@pytest.mark.parametrize("name", ["press", "editor", "manager", "everyone"])
def test_a_name_is_given_once(made, name):
    with pytest.raises(NameTaken):
        add_role(SYSTEM, made.site, name)


def test_a_role_in_use_is_not_removed(made):
    with pytest.raises(NotPossible, match="still in use at /news"):
        remove_role(SYSTEM, made.site, "press")
    set_holders(SYSTEM, news(made), "edit", None)
    set_grants(SYSTEM, news(made), "user:vera", ["press"])
    with pytest.raises(NotPossible, match="still in use at /news"):
        remove_role(SYSTEM, made.site, "press")
    set_grants(SYSTEM, news(made), "user:vera", [])
    give_roles(SYSTEM, made.site, "user:vera", ["press"])
    with pytest.raises(NotPossible, match="has this role"):
        remove_role(SYSTEM, made.site, "press")
    give_roles(SYSTEM, made.site, "user:vera", [])
    remove_role(SYSTEM, made.site, "press")
    assert "press" not in known_roles(made.site)
    with pytest.raises(Invalid, match="press"):
        set_grants(SYSTEM, news(made), "user:vera", ["press"])


def test_a_role_that_the_trash_speaks_of_is_not_removed(made):
    delete(SYSTEM, news(made))
    with pytest.raises(NotPossible, match="still in use"):
        remove_role(SYSTEM, made.site, "press")


@pytest.mark.parametrize("name", ["editor", "nothing"])
def test_a_role_that_was_not_made_here_is_not_removed(made, name):
    with pytest.raises(NotFound):
        remove_role(SYSTEM, made.site, name)
