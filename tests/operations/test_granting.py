"""What holds at a place: local roles, what comes down, which roles may do what."""

import pytest

from objpub.content import Folder
from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.operations import set_grants
from objpub.operations import set_holders
from objpub.operations import set_inheritance
from objpub.schema import field
from objpub.security import cuts_of
from objpub.security import grant
from objpub.security import grants_of
from objpub.security import override_permission
from objpub.security import overrides_of
from objpub.security import Policy
from objpub.security import set_cuts


class Place(Folder, addable="anywhere"):
    title: str = field(default="")


@pytest.fixture
def news(world):
    """A folder in a folder."""
    above = world.site.add("above", Place(title="Above"))
    news = above.add("news", Place(title="News"))
    world.commit()
    return news


def chief_at(world, place, user_id="vera", role="reviewer"):
    """Let *user_id* have *role* at *place*, and let reviewers grant there."""
    grant(place, f"user:{user_id}", role)
    override_permission(place, "grant", "reviewer")
    world.commit()
    return world.identity(user_id)


def can(world, user_id, permission, place):
    return bool(world.database.registry[Policy].can(world.identity(user_id), permission, place))


def test_cutting_roles_keeps_those_from_above_away(world, news):
    grant(news.__parent__, "user:vera", "editor")
    world.commit()
    assert can(world, "vera", "edit", news)
    set_inheritance(world.identity("tom"), news, ["grants"])
    assert cuts_of(news) == {"grants"}
    assert not can(world, "vera", "edit", news)
    assert world.commit() == ("Roles no longer come down to “News” from above", "tom")
    set_inheritance(world.identity("tom"), news, [])
    assert can(world, "vera", "edit", news)
    assert world.commit()[0] == "Roles and permissions come down to “News” from above"


def test_cutting_what_is_cut_writes_nothing(world, news):
    set_inheritance(world.identity("tom"), news, ["permissions"])
    world.commit()
    before = world.database.lastTransaction()
    set_inheritance(world.identity("tom"), news, ["permissions"])
    world.commit()
    assert world.database.lastTransaction() == before


def test_only_known_things_can_be_cut(world, news):
    with world.refuses(Invalid) as caught:
        set_inheritance(world.identity("tom"), news, ["everything"])
    assert "everything" in caught.value.errors["cut"]


def test_cutting_needs_grant(world, news):
    with world.refuses(Forbidden):
        set_inheritance(world.identity("ann"), news, ["grants"])


def test_nobody_cuts_away_a_role_that_he_lacks(world, news):
    chief = chief_at(world, news)
    set_inheritance(chief, news, ["grants"])  # nothing comes down from above
    set_inheritance(chief, news, [])
    grant(news.__parent__, "user:ann", "editor")
    with world.refuses(Forbidden) as caught:
        set_inheritance(chief, news, ["grants"])
    assert "editor" in str(caught.value)


def test_nobody_lets_come_down_a_role_that_he_lacks(world, news):
    grant(world.site, "user:ann", "editor")
    chief = chief_at(world, news)
    set_cuts(news, ["grants"])
    with world.refuses(Forbidden):
        set_inheritance(chief, news, [])


def test_roles_that_a_cut_further_up_stops_do_not_count(world, news):
    grant(world.site, "user:ann", "editor")
    set_cuts(news.__parent__, ["grants"])
    set_inheritance(chief_at(world, news), news, ["grants"])
    assert cuts_of(news) == {"grants"}


def test_nobody_lets_others_decide_about_what_he_may_not_do(world, news):
    override_permission(news.__parent__, "delete", "editor")
    chief = chief_at(world, news)
    with world.refuses(Forbidden):
        set_inheritance(chief, news, ["permissions"])


def test_set_holders(world, news):
    set_holders(world.identity("tom"), news, "edit", ["reviewer"])
    assert overrides_of(news)["edit"] == {"reviewer", "manager"}
    assert not can(world, "ann", "edit", news)
    assert world.commit() == ("Set the roles for “Edit” in “News”: manager, reviewer", "tom")
    set_holders(world.identity("tom"), news, "edit", None)
    assert can(world, "ann", "edit", news)
    assert world.commit()[0] == "Let what comes from above decide about “Edit” in “News”"


@pytest.mark.parametrize("permission, roles", [("fly", ["editor"]), ("edit", ["pilot"])])
def test_set_holders_of_known_things_only(world, news, permission, roles):
    with world.refuses(Invalid):
        set_holders(world.identity("tom"), news, permission, roles)


def test_set_holders_needs_grant(world, news):
    with world.refuses(Forbidden):
        set_holders(world.identity("ann"), news, "edit", ["reviewer"])


def test_nobody_opens_what_is_closed_to_himself(world, news):
    chief = chief_at(world, news)
    with world.refuses(Forbidden):
        set_holders(chief, news, "manage", ["reviewer"])
    assert "manage" not in overrides_of(news)


def test_grants_for_nobody(world, news):
    with world.refuses(NotFound):
        set_grants(world.identity("tom"), news, "user:nobody", ["editor"])
    assert not grants_of(news)
