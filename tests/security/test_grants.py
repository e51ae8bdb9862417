import pytest

from objpub.content import Content
from objpub.content import Folder
from objpub.errors import Invalid
from objpub.security import cuts_of
from objpub.security import grant
from objpub.security import grants_of
from objpub.security import override_permission
from objpub.security import overrides_of
from objpub.security import restore_permission
from objpub.security import revoke
from objpub.security import set_cuts


class Page(Content, addable="anywhere"):
    pass


def test_a_grant_adds_to_earlier_ones(site):
    grant(site, "user:ann", "editor")
    grant(site, "user:ann", ["reviewer"])
    grant(site, "group:staff", "editor reviewer")
    assert grants_of(site) == {"user:ann": {"editor", "reviewer"}, "group:staff": {"editor", "reviewer"}}


def test_a_grant_is_a_change_of_its_resource(site):
    site.add("page", Page())
    page = site["page"]
    site._p_jar.transaction_manager.commit()
    site._p_jar.transaction_manager.begin()
    page._p_deactivate()
    grant(page, "user:ann", "editor")
    assert page._p_changed
    site._p_jar.transaction_manager.commit()
    site._p_jar.transaction_manager.begin()
    grant(page, "user:ann", "editor")
    assert not page._p_changed, "what is granted already changes nothing"


def test_what_is_set_cannot_be_changed_in_place(site):
    grant(site, "user:ann", "editor")
    with pytest.raises(TypeError):
        grants_of(site)["user:bob"] = frozenset({"manager"})
    with pytest.raises(TypeError):
        overrides_of(site)["view"] = frozenset({"manager"})


def test_revoking_takes_some_or_all(site):
    grant(site, "user:ann", "editor reviewer")
    revoke(site, "user:ann", "editor")
    assert grants_of(site) == {"user:ann": {"reviewer"}}
    revoke(site, "user:bob")
    revoke(site, "user:ann", "manager")
    assert grants_of(site) == {"user:ann": {"reviewer"}}
    revoke(site, "user:ann")
    assert grants_of(site) == {}
    assert "_grants" not in vars(site)


def test_revoking_on_an_object_that_is_not_loaded(site):
    site.add("page", Page())
    page = site["page"]
    grant(page, "user:ann", "editor")
    site._p_jar.transaction_manager.commit()
    site._p_jar.transaction_manager.begin()
    page._p_deactivate()
    revoke(page, "user:ann")
    assert grants_of(page) == {}
    page._p_activate()
    set_cuts(page, ["grants"])
    site._p_jar.transaction_manager.commit()
    site._p_jar.transaction_manager.begin()
    page._p_deactivate()
    set_cuts(page, [])
    assert cuts_of(page) == frozenset()


@pytest.mark.parametrize("principal", ["ann", "", "user:", "role:editor", ":ann", "everyone", None])
def test_something_that_is_no_principal_is_refused(site, principal):
    with pytest.raises(Invalid, match="'user:ID' or 'group:ID' is wanted") as caught:
        grant(site, principal, "editor")
    assert repr(principal) in str(caught.value)
    assert grants_of(site) == {}


def test_an_unknown_role_is_refused_and_the_nearest_named(site):
    with pytest.raises(Invalid, match="no role 'editr'; did you mean 'editor'"):
        grant(site, "user:ann", "editr")


@pytest.mark.parametrize("role", ["everyone", "authenticated", "owner"])
def test_a_role_that_follows_from_who_somebody_is_cannot_be_given(site, role):
    with pytest.raises(Invalid, match="cannot be given"):
        grant(site, "user:ann", role)


def test_roles_are_checked_in_a_folder_made_in_this_transaction(site):
    site.add("new", Folder())
    with pytest.raises(Invalid, match="editr"):
        grant(site["new"], "user:ann", "editr")


def test_a_loose_resource_can_be_given_grants():
    page = Page()
    grant(page, "user:ann", "anything")
    assert grants_of(page) == {"user:ann": {"anything"}}


def test_a_permission_can_be_overridden_and_restored(site):
    override_permission(site, "view", "authenticated")
    override_permission(site, "edit", [])
    assert overrides_of(site) == {"view": {"authenticated", "manager"}, "edit": {"manager"}}
    restore_permission(site, "view")
    restore_permission(site, "add")
    assert overrides_of(site) == {"edit": {"manager"}}
    restore_permission(site, "edit")
    assert "_permissions" not in vars(site)


def test_an_override_of_nothing_known_is_refused(site):
    with pytest.raises(Invalid, match="no permission 'veiw'; did you mean 'view'"):
        override_permission(site, "veiw", "everyone")
    with pytest.raises(Invalid, match="no role 'everybody'"):
        override_permission(site, "view", "everybody")


def test_restoring_below_users_does_not_take_the_protection_of_the_class(site):
    override_permission(site.users, "view", "everyone")
    restore_permission(site.users, "view")
    assert "view" in overrides_of(site.users)


def test_cuts_are_of_two_kinds(site):
    set_cuts(site, ["grants"])
    assert cuts_of(site) == {"grants"}
    set_cuts(site, ("permissions", "grants"))
    assert cuts_of(site) == {"grants", "permissions"}
    set_cuts(site, ())
    assert cuts_of(site) == frozenset()
    with pytest.raises(Invalid, match="not 'roles'"):
        set_cuts(site, ["roles"])


def test_only_built_in_types_are_stored(site):
    grant(site, "user:ann", "editor")
    override_permission(site, "view", "editor")
    set_cuts(site, ["grants"])
    assert type(site._grants) is dict
    assert type(site._grants["user:ann"]) is frozenset
    assert type(site._permissions) is dict
    assert type(site._cut) is frozenset
