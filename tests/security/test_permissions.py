import pytest

from objpub.configuration import Configuration
from objpub.errors import ConflictingDeclarations
from objpub.errors import DeclarationError
from objpub.security import Permission
from objpub.security import Permissions
from objpub.security import Policy
from objpub.security import Role
from objpub.security import Roles


def frozen(*things, override=()):
    configuration = Configuration()
    configuration.include("objpub.security", *things)
    if override:
        configuration.override(*override)
    return configuration.freeze()


def test_the_defaults_are_declared_like_any_other(registry):
    permissions = registry[Permissions]
    assert permissions.names() == ["add", "audit", "delete", "edit", "grant", "manage", "view"]
    assert permissions["view"].roles == {"everyone"}
    for name in ("add", "edit", "delete"):
        assert permissions[name].roles == {"owner", "editor", "manager"}
    for name in ("grant", "manage"):
        assert permissions[name].roles == {"manager"}
    assert registry[Roles].names() == [
        "authenticated", "editor", "everyone", "manager", "owner", "reviewer",
    ]  # fmt: skip


def test_a_permission_is_a_value():
    moderate = Permission("blog.moderate", title="Moderate articles", roles=["editor"])
    assert (moderate.name, moderate.title, moderate.roles) == (
        "blog.moderate",
        "Moderate articles",
        frozenset({"editor"}),
    )
    assert moderate == Permission("blog.moderate", "Moderate articles", "editor")
    assert str(moderate) == "blog.moderate"
    assert moderate.source.file == __file__
    with pytest.raises(AttributeError):
        moderate.roles = frozenset({"everyone"})


def test_roles_may_be_one_text_and_a_title_is_made_from_the_name():
    permission = Permission("blog.send-to-press", roles="editor reviewer")
    assert permission.roles == {"editor", "reviewer"}
    assert permission.title == "Send to press"


@pytest.mark.parametrize("name", ["", "Edit", "edit it", "a..b", ".a", "a.", "é", "a\n", None, 7])
def test_a_name_that_does_not_fit_is_refused_with_its_line(name):
    with pytest.raises(DeclarationError, match="wants a name of small letters") as caught:
        Permission(name)
    assert repr(name) in str(caught.value)
    assert "test_permissions.py" in str(caught.value)


def test_an_included_permission_is_known():
    moderate = Permission("blog.moderate", roles="editor")
    assert frozen(moderate)[Permissions]["blog.moderate"] is moderate


def test_the_nearest_name_is_named(registry):
    with pytest.raises(DeclarationError, match="There is no permission 'edti'; did you mean 'edit'?"):
        registry[Permissions].resolve("edti")
    with pytest.raises(DeclarationError, match="There is no permission 'zzz'; there are add, audit, delete"):
        registry[Permissions].resolve("zzz")
    with pytest.raises(DeclarationError, match="A permission or its name is wanted, not 7"):
        registry[Permissions].resolve(7)


def test_use_in_a_declaration_declares_a_permission():
    configuration = Configuration()
    configuration.include("objpub.security")
    permissions = Permissions()
    local = Permission("local")
    assert permissions.resolve(local) is local
    assert permissions.resolve("local") is local


def test_the_known_permission_stands_for_every_other_of_its_name():
    strict = Permission("edit", "Edit", roles="manager")
    registry = frozen(override=[strict])
    from_code = Permission("edit", "Edit", roles="everyone")
    assert registry[Permissions].resolve(from_code) is strict


def test_two_permissions_of_one_name_stop_the_start_with_both_lines():
    with pytest.raises(ConflictingDeclarations, match="permission blog.moderate") as caught:
        frozen(Permission("blog.moderate"), Permission("blog.moderate", roles="editor"))
    assert str(caught.value).count("test_permissions.py") == 2


def test_an_override_replaces_a_default():
    registry = frozen(override=[Permission("view", roles="authenticated")])
    assert registry[Permissions]["view"].roles == {"authenticated"}


def test_a_role_that_nobody_declared_stops_the_start():
    with pytest.raises(DeclarationError, match="no role 'editr'; did you mean 'editor'") as caught:
        frozen(Permission("blog.moderate", roles="editr"))
    assert "test_permissions.py" in str(caught.value)


def test_a_site_declares_roles_of_its_own():
    press = Role("press-editor")
    registry = frozen(press, Permission("print", roles="press-editor"))
    assert registry[Roles]["press-editor"].title == "Press editor"
    assert str(press) == "press-editor"
    assert registry[Policy].default_holders("print") == {"press-editor", "manager"}


def test_nothing_comes_in_after_the_freeze(registry):
    with pytest.raises(DeclarationError, match="'late' comes too late"):
        registry[Permissions].put(Permission("late"))


def test_the_table_can_be_walked(registry):
    assert "edit" in registry[Permissions]
    assert "edti" not in registry[Permissions]
    assert len(registry[Permissions]) == len(list(registry[Permissions])) == 7
