"""Users and groups, passwords, and who has which role where."""

import pytest

from objpub.content import Content
from objpub.content import Folder
from objpub.errors import BadName
from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.errors import NameTaken
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.events import on
from objpub.events import Removed
from objpub.operations import add_group
from objpub.operations import add_user
from objpub.operations import delete
from objpub.operations import edit
from objpub.operations import end_sessions
from objpub.operations import give_roles
from objpub.operations import make_reset_link
from objpub.operations import make_token
from objpub.operations import remove_group
from objpub.operations import remove_user
from objpub.operations import set_grants
from objpub.operations import set_groups
from objpub.operations import set_password
from objpub.schema import field
from objpub.security import grant
from objpub.security import grants_of
from objpub.security import Group
from objpub.security import override_permission
from objpub.security import Passwords
from objpub.security import SYSTEM
from objpub.security import User

CHEAP = Passwords(time_cost=1, memory_cost=8, parallelism=1)
GOOD = "salt marsh wardens"


class Place(Folder, addable="anywhere"):
    title: str = field(default="")


class Page(Content, addable="anywhere"):
    title: str = field()


@on(Removed, User)
@on(Removed, Group)
def refuse(event):
    if event.resource.__name__ == "cursed":
        raise Invalid({"name": "is cursed"})


@pytest.fixture
def site(world):
    world.site.add("news", Place(title="News"))
    world.commit()
    return world.site


@pytest.fixture
def chief(world, site):
    """Somebody who may manage users and grant roles, and has no role but editor."""
    for permission in ("manage", "grant"):
        override_permission(site.users, permission, "editor")
        override_permission(site, permission, "editor")
    world.commit()
    return world.identity("ann")


# users


def test_roles_may_come_from_anything_that_can_be_read_once(world, site):
    add_user(SYSTEM, site, "ines", None, roles=iter(["editor"]))
    add_group(SYSTEM, site, "staff", roles=iter(["reviewer"]))
    assert site.users.roles_given("user:ines") == {"editor"}
    assert site.users.roles_given("group:staff") == {"reviewer"}


def test_add_user(world, site):
    user = add_user(
        world.identity("tom"), site, "Ines", GOOD, roles=["editor"], title="Ines Okafor", passwords=CHEAP
    )
    assert user.title == "Ines Okafor"
    assert site.users.check_password("ines", GOOD, CHEAP)
    assert "editor" in world.identity("ines").roles
    assert world.commit() == ("Added the user “Ines Okafor” (ines)", "tom")


def test_all_errors_of_a_new_user_come_at_once(world, site):
    with world.refuses(Invalid) as caught:
        add_user(SYSTEM, site, "a b", "short", email="nothing", title="x" * 300)
    assert set(caught.value.errors) == {"name", "password", "email", "title"}
    assert "short" not in str(caught.value)


def test_a_taken_user_id_is_refused(world, site):
    with world.refuses(NameTaken):
        add_user(SYSTEM, site, "ANN", None)


def test_only_who_manages_adds_users(world, site):
    with world.refuses(Forbidden):
        add_user(world.identity("ann"), site, "ines", None)


def test_nobody_gives_a_role_that_he_lacks(world, site, chief):
    for roles in (["manager"], ["editor", "reviewer"]):
        with world.refuses(Forbidden) as caught:
            add_user(chief, site, "ines", None, roles=roles)
        assert "lacks the role" in str(caught.value)
        with world.refuses(Forbidden):
            give_roles(chief, site, "user:vera", roles)
        with world.refuses(Forbidden):
            set_grants(chief, site["news"], "user:vera", roles)
        with world.refuses(Forbidden):
            add_group(chief, site, "staff", roles=roles)
    add_user(chief, site, "ines", None, roles=["editor"])


def test_nobody_takes_a_role_that_he_lacks(world, site, chief):
    give_roles(SYSTEM, site, "user:vera", ["reviewer"])
    set_grants(SYSTEM, site["news"], "user:vera", ["reviewer"])
    world.commit()
    for taking in (
        lambda: give_roles(chief, site, "user:vera", []),
        lambda: set_grants(chief, site["news"], "user:vera", []),
    ):
        with world.refuses(Forbidden) as caught:
            taking()
        assert "lacks the role 'reviewer'" in str(caught.value)


def test_remove_user(world, site):
    remove_user(world.identity("tom"), site, "Vera")
    assert "vera" not in site.users
    assert world.commit() == ("Removed the user “Vera Holm” (vera)", "tom")
    with world.refuses(NotFound):
        remove_user(SYSTEM, site, "vera")


def test_nobody_removes_somebody_who_has_more_roles(world, site, chief):
    with world.refuses(Forbidden):
        remove_user(chief, site, "tom")


# passwords


def test_a_manager_sets_a_password(world, site):
    set_password(world.identity("tom"), site, "vera", GOOD, passwords=CHEAP)
    assert site.users.check_password("vera", GOOD, CHEAP)
    assert world.commit() == ("Set another password for “Vera Holm” (vera)", "tom")


def test_ones_own_password_is_changed_by_saying_it(world, site):
    set_password(SYSTEM, site, "vera", GOOD, passwords=CHEAP)
    vera = world.identity("vera")
    for wrong in (None, "", "something else"):
        with world.refuses(Invalid) as caught:
            set_password(vera, site, "vera", "another good one", current=wrong, passwords=CHEAP)
        assert set(caught.value.errors) == {"current"}
    set_password(vera, site, "vera", "another good one", current=GOOD, passwords=CHEAP)
    assert site.users.check_password("vera", "another good one", CHEAP)


def test_a_password_that_will_not_do_is_refused(world, site):
    with world.refuses(Invalid) as caught:
        set_password(SYSTEM, site, "vera", "short", passwords=CHEAP)
    assert set(caught.value.errors) == {"password"}


def test_nobody_sets_the_password_of_somebody_else(world, site):
    with world.refuses(Forbidden):
        set_password(world.identity("ann"), site, "vera", GOOD, current=GOOD, passwords=CHEAP)


def test_nobody_takes_over_somebody_with_more_roles(world, site, chief):
    with world.refuses(Forbidden):
        set_password(chief, site, "tom", GOOD, passwords=CHEAP)
    site.users.add_group("bosses", roles=["manager"])
    site.users.add_group("chiefs")
    site.users.join("group:chiefs", "bosses")
    site.users.join("user:vera", "chiefs")
    with world.refuses(Forbidden):
        set_password(chief, site, "vera", GOOD, passwords=CHEAP)
    set_password(chief, site, "ed", GOOD, passwords=CHEAP)


def test_a_password_of_nobody(world, site):
    with world.refuses(NotFound):
        set_password(SYSTEM, site, "nobody", GOOD, passwords=CHEAP)


# roles


def test_give_roles_gives_and_takes(world, site):
    give_roles(world.identity("tom"), site, "user:vera", ["reviewer", "editor"])
    assert site.users.roles_given("user:vera") == {"editor", "reviewer"}
    assert world.commit() == ("Set the roles of “Vera Holm” (vera): editor, reviewer", "tom")
    give_roles(SYSTEM, site, "user:vera", [])
    assert world.commit()[0] == "Set the roles of “Vera Holm” (vera): none"


def test_roles_that_are_there_already_change_nothing(world, site):
    before = world.database.lastTransaction()
    give_roles(SYSTEM, site, "user:ann", ["editor"])
    set_grants(SYSTEM, site["news"], "user:ann", [])
    world.commit()
    assert world.database.lastTransaction() == before


@pytest.mark.parametrize("role", ["king", "everyone", "owner"])
def test_a_role_that_cannot_be_given_is_refused(world, site, role):
    with world.refuses(Invalid) as caught:
        give_roles(SYSTEM, site, "user:vera", [role])
    assert role in caught.value.errors["roles"]
    with world.refuses(Invalid):
        set_grants(SYSTEM, site["news"], "user:vera", [role])


@pytest.mark.parametrize("principal", ["user:nobody", "group:nobody", "vera", ""])
def test_roles_of_nobody(world, site, principal):
    with world.refuses(NotFound):
        give_roles(SYSTEM, site, principal, ["editor"])
    with world.refuses(NotFound):
        set_grants(SYSTEM, site["news"], principal, ["editor"])


def test_the_last_manager_stays(world, site):
    tom = world.identity("tom")
    for change in (
        lambda: give_roles(tom, site, "user:tom", []),
        lambda: remove_user(tom, site, "tom"),
    ):
        with world.refuses(NotPossible) as caught:
            change()
        assert str(caught.value) == "This would leave the site without any manager"
    give_roles(tom, site, "user:ann", ["manager"])
    give_roles(tom, site, "user:tom", [])


def test_a_manager_by_a_group_counts(world, site):
    add_group(SYSTEM, site, "bosses", roles=["manager"])
    add_group(SYSTEM, site, "chiefs")
    set_groups(SYSTEM, site, "group:chiefs", ["bosses"])
    with world.refuses(NotPossible):
        give_roles(SYSTEM, site, "user:tom", [])
    set_groups(SYSTEM, site, "user:ann", ["chiefs"])
    give_roles(SYSTEM, site, "user:tom", [])
    world.commit()
    for change in (
        lambda: set_groups(SYSTEM, site, "user:ann", []),
        lambda: set_groups(SYSTEM, site, "group:chiefs", []),
        lambda: remove_group(SYSTEM, site, "chiefs"),
        lambda: remove_group(SYSTEM, site, "bosses"),
        lambda: give_roles(SYSTEM, site, "group:bosses", []),
    ):
        with world.refuses(NotPossible):
            change()
        assert "manager" in world.identity("ann").roles


# groups


def test_groups(world, site):
    add_group(world.identity("tom"), site, "staff", title="All staff", roles=["editor"])
    assert world.commit() == ("Added the group “All staff” (staff)", "tom")
    set_groups(world.identity("tom"), site, "user:vera", ["staff"])
    assert world.commit()[0] == "Set the groups of “Vera Holm” (vera): staff"
    assert "editor" in world.identity("vera").roles
    set_groups(SYSTEM, site, "user:vera", [])
    assert "editor" not in world.identity("vera").roles
    remove_group(SYSTEM, site, "staff")
    assert world.commit()[0].endswith("; Removed the group “All staff” (staff)")


def test_a_group_is_not_in_itself(world, site):
    add_group(SYSTEM, site, "staff")
    add_group(SYSTEM, site, "wardens")
    set_groups(SYSTEM, site, "group:wardens", ["staff"])
    add_group(SYSTEM, site, "all")
    set_groups(SYSTEM, site, "group:staff", ["all"])
    for groups, error in ((["wardens"], NotPossible), (["staff"], NotPossible), (["nobody"], NotFound)):
        with world.refuses(error):
            set_groups(SYSTEM, site, "group:staff", groups)
    assert site.users.groups_of("group:staff") == {"all"}


def test_groups_that_are_not_there(world, site):
    with world.refuses(NotFound):
        set_groups(SYSTEM, site, "user:vera", ["staff"])
    with world.refuses(NotFound):
        remove_group(SYSTEM, site, "staff")
    with world.refuses(BadName):
        add_group(SYSTEM, site, "a b")


def test_nobody_joins_a_group_that_has_more_roles(world, site, chief):
    add_group(SYSTEM, site, "bosses", roles=["manager"])
    with world.refuses(Forbidden):
        set_groups(chief, site, "user:ann", ["bosses"])
    with world.refuses(Forbidden):
        remove_group(chief, site, "bosses")


def test_nobody_comes_by_way_of_people_to_a_role_that_he_lacks_at_a_place(world, site, chief):
    add_group(SYSTEM, site, "press")
    add_group(SYSTEM, site, "staff")
    set_groups(SYSTEM, site, "group:staff", ["press"])
    set_grants(SYSTEM, site["news"], "group:press", ["reviewer"])
    set_grants(SYSTEM, site["news"], "user:vera", ["manager"])
    world.commit()
    for deed in (
        lambda: set_groups(chief, site, "user:ann", ["press"]),
        lambda: set_groups(chief, site, "user:ann", ["staff"]),
        lambda: set_password(chief, site, "vera", GOOD, passwords=CHEAP),
        lambda: make_token(chief, site, "vera", "Mine", permissions=None),
        lambda: make_reset_link(chief, site, "vera"),
        lambda: end_sessions(chief, site, "vera"),
        lambda: remove_user(chief, site, "vera"),
        lambda: remove_group(chief, site, "press"),
    ):
        with world.refuses(Forbidden) as caught:
            deed()
        assert "news" not in str(caught.value).lower()
    delete(SYSTEM, site["news"])
    with world.refuses(Forbidden):
        set_groups(chief, site, "user:ann", ["press"])
    set_groups(world.identity("tom"), site, "user:ann", ["press"])


def test_nobody_gives_his_address_to_somebody_with_more_roles(world, site, chief):
    for permission in ("view", "edit"):
        override_permission(site.users, permission, "editor owner")
    give_roles(SYSTEM, site, "user:vera", ["reviewer"])
    world.commit()
    for user_id in ("tom", "vera"):
        with world.refuses(Forbidden):
            edit(chief, site.users.get(user_id), {"email": "ann@saltmarsh.example"})
        edit(chief, site.users.get(user_id), {"title": "Somebody"})
    edit(chief, site.users.get("ed"), {"email": "ed@saltmarsh.example"})
    edit(chief, site.users.get("ann"), {"email": "ann@saltmarsh.example"})
    edit(world.identity("vera"), site.users.get("vera"), {"email": "vera@saltmarsh.example"})


def test_people_with_the_same_roles_at_a_place_are_dealt_with(world, site, chief):
    add_group(SYSTEM, site, "press")
    set_grants(SYSTEM, site["news"], "group:press", ["editor"])
    world.commit()
    set_groups(chief, site, "user:vera", ["press"])
    set_password(chief, site, "vera", GOOD, passwords=CHEAP)


@pytest.fixture
def grantor(world, site):
    """Somebody who may grant roles, and has them all but manager, and does not manage users."""
    override_permission(site.users, "grant", "editor")
    world.commit()
    return world.identity("ann")


def test_who_may_only_grant_roles_does_not_manage_users(world, site, grantor):
    site.users.add_group("staff", roles=["editor"])
    site.users.join("user:ed", "staff")
    for change in (
        lambda: add_user(grantor, site, "ines", None),
        lambda: remove_user(grantor, site, "vera"),
        lambda: set_password(grantor, site, "vera", GOOD, passwords=CHEAP),
        lambda: add_group(grantor, site, "wardens"),
        lambda: remove_group(grantor, site, "staff"),
        lambda: set_groups(grantor, site, "user:vera", ["staff"]),
    ):
        with world.refuses(Forbidden):
            change()
    give_roles(grantor, site, "user:vera", ["editor"])


@pytest.mark.parametrize("kind", ["user", "group"])
def test_a_subscriber_that_refuses_leaves_nothing_that_could_be_committed(world, site, kind):
    if kind == "user":
        add_user(SYSTEM, site, "cursed", None)
    else:
        add_group(SYSTEM, site, "cursed")
    world.commit()
    with pytest.raises(Invalid, match="is cursed"):
        (remove_user if kind == "user" else remove_group)(SYSTEM, site, "cursed")
    assert world.manager.isDoomed()


def test_groups_of_nobody(world, site):
    with world.refuses(NotFound):
        set_groups(SYSTEM, site, "user:nobody", [])


# local roles


def test_set_grants(world, site):
    set_grants(world.identity("tom"), site["news"], "user:vera", ["editor"])
    assert world.commit() == ("Set the roles of “Vera Holm” (vera) in “News”: editor", "tom")
    assert grants_of(site["news"]) == {"user:vera": {"editor"}}
    set_grants(SYSTEM, site["news"], "user:vera", ["reviewer"])
    assert grants_of(site["news"]) == {"user:vera": {"reviewer"}}
    set_grants(SYSTEM, site["news"], "user:vera", [])
    assert grants_of(site["news"]) == {}


def test_set_grants_takes_its_permission(world, site):
    with world.refuses(Forbidden):
        set_grants(world.identity("ann"), site["news"], "user:ann", ["editor"])


def test_a_local_manager_gives_roles_there_and_nowhere_else(world, site):
    set_grants(SYSTEM, site["news"], "user:vera", ["manager"])
    vera = world.identity("vera")
    set_grants(vera, site["news"], "user:ann", ["reviewer"])
    with world.refuses(Forbidden):
        set_grants(vera, site, "user:ann", ["reviewer"])
    with world.refuses(Forbidden):
        give_roles(vera, site, "user:vera", ["manager"])


def test_the_roles_of_somebody_who_is_gone_can_be_taken_away(world, site):
    grant(site["news"], "user:gone", "editor")
    world.commit()
    set_grants(SYSTEM, site["news"], "user:gone", [])
    assert grants_of(site["news"]) == {}


def test_people_are_those_of_a_site(world, site):
    with world.refuses(NotPossible):
        add_user(SYSTEM, site["news"], "ines", None)
    with world.refuses(NotPossible):
        set_grants(SYSTEM, Folder(), "user:ann", ["editor"])


def test_a_user_edits_the_own_name_and_not_that_of_others(world, site):
    edit(world.identity("vera"), site.users.get("vera"), {"title": "Vera Lind"})
    with world.refuses(Forbidden):
        edit(world.identity("ann"), site.users.get("vera"), {"title": "Mine"})
