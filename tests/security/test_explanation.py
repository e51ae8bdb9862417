"""What decisions say, read as a person would say it."""

import pytest

from objpub.configuration import Configuration
from objpub.content import Content
from objpub.content import Folder
from objpub.schema import field
from objpub.security import Deny
from objpub.security import grant
from objpub.security import Identity
from objpub.security import NO_IDENTITY
from objpub.security import override_permission
from objpub.security import Permission
from objpub.security import Policy
from objpub.security import Role
from objpub.security import rule
from objpub.security import set_cuts
from objpub.security import SYSTEM


class Page(Content, addable="anywhere"):
    title: str = field(default="")
    in_press: bool = field(default=False)


@rule(Page, "delete")
def not_in_press(page, identity):
    return Deny("It is being printed; try again tomorrow.") if page.in_press else None


@pytest.fixture
def registry():
    configuration = Configuration()
    moderate = Permission("blog.moderate", "Moderate articles", roles="editor")
    configuration.include("objpub.security", moderate, Role("press-editor"), not_in_press)
    return configuration.freeze()


@pytest.fixture
def tides(site):
    """A page in a folder of a site with some people and groups."""
    site.add("press", Folder())
    site["press"].add("tides", Page(title="Tides"))
    users = site.users
    users.add("ann", None, title="Ann Lee")
    users.add("ed", None, "reviewer", title="Ed Moss")
    users.add("tom", None, "manager", title="Tomas Lind")
    users.add_group("comms", "Communications")
    users.add_group("staff", "All staff")
    users.join("user:ann", "comms")
    users.join("group:comms", "staff")
    return site["press"]["tides"]


@pytest.fixture
def told(registry, tides, site):
    """Return the sentence about what somebody may do to the page, or to another resource."""

    def tell(who, permission, resource=tides):
        identity = site.users.identity(who) if isinstance(who, str) else who
        return registry[Policy].can(identity, permission, resource).sentence

    return tell


def test_everyone(told):
    assert told(NO_IDENTITY, "view") == "Everyone may view “Tides”."
    assert told("ann", "view") == "Everyone may view “Tides”."


def test_anybody_who_is_signed_in(told, tides):
    override_permission(tides, "view", "authenticated")
    assert told("ann", "view") == "Ann Lee may view “Tides”, as everybody who is signed in may."
    assert told(NO_IDENTITY, "view") == (
        "A visitor who is not signed in may not view /press/tides."
        " Everybody who is signed in may. Sign in first."
    )


def test_a_visitor_is_told_no_names(told):
    assert told(NO_IDENTITY, "edit") == (
        "A visitor who is not signed in may not edit “Tides”. It takes the role owner or editor."
        " Sign in first."
    )


def test_somebody_without_a_role(told):
    assert told("ann", "edit") == (
        "Ann Lee may not edit “Tides”. It takes the role owner or editor; Ann Lee has no role here."
        " Ask Tomas Lind."
    )


def test_somebody_with_another_role(told):
    assert told("ed", "edit") == (
        "Ed Moss may not edit “Tides”. It takes the role owner or editor; Ed Moss only has the role reviewer"
        " here. Ask Tomas Lind."
    )


def test_a_role_held_everywhere(told, site):
    site.users.set_roles("user:ed", "editor")
    assert told("ed", "edit") == "Ed Moss may edit “Tides”: Ed Moss has the role editor everywhere."


def test_a_role_held_everywhere_by_a_group(told, site):
    site.users.set_roles("group:staff", "editor")
    assert told("ann", "edit") == (
        "Ann Lee may edit “Tides”: the group “All staff” has the role editor everywhere, and Ann Lee is in"
        " it by being in the group “Communications”."
    )


def test_a_manager(told):
    assert (
        told("tom", "manage") == "Tomas Lind may manage “Tides”: Tomas Lind has the role manager everywhere."
    )


def test_the_command_line(told):
    assert told(SYSTEM, "delete") == "The command line may do everything."


def test_an_owner(told, tides):
    tides._owner = "ann"
    assert told("ann", "edit") == "Ann Lee may edit “Tides”: “Tides” belongs to Ann Lee."


def test_the_owner_of_the_folder(told, tides):
    tides.__parent__._owner = "ann"
    assert told("ann", "edit") == "Ann Lee may edit “Tides”: “press” belongs to Ann Lee."


def test_a_grant_inherited_from_a_folder(told, tides):
    grant(tides.__parent__, "user:ann", "editor")
    assert told("ann", "edit") == "Ann Lee may edit “Tides”: Ann Lee has the role editor at “press”."


def test_a_grant_to_a_group_in_a_group(told, tides):
    grant(tides.__parent__, "group:staff", "press-editor")
    override_permission(tides.__parent__, "edit", "press-editor")
    assert told("ann", "edit") == (
        "Ann Lee may edit “Tides”: the group “All staff” has the role press editor at “press”, and Ann Lee is"
        " in it by being in the group “Communications”."
    )


def test_a_grant_that_a_cut_keeps_away(told, tides):
    grant(tides.__parent__, "user:ann", "editor")
    set_cuts(tides, ["grants"])
    assert told("ann", "edit") == (
        "Ann Lee may not edit “Tides”. It takes the role owner or editor; Ann Lee has no role here."
        " Further up Ann Lee has the role editor, but “Tides” takes no roles from above. Ask Tomas Lind."
    )


def test_an_override_names_its_place(registry, tides, site):
    override_permission(tides.__parent__, "edit", "reviewer")
    decision = registry[Policy].can(site.users.identity("ann"), "edit", tides)
    assert (
        decision.steps[0].text == "To edit, one needs the role reviewer or manager. This is set at “press”."
    )
    assert decision.steps[0].place == "/press"
    assert decision.needs[0].roles == ("reviewer", "manager")
    assert decision.needs[0].grantors == ("Tomas Lind",)


def test_a_cut_of_permissions_is_told(registry, tides, site):
    override_permission(tides.__parent__, "edit", "reviewer")
    set_cuts(tides, ["permissions"])
    decision = registry[Policy].can(site.users.identity("ed"), "edit", tides)
    assert decision.steps[0].text == (
        "To edit, one needs the role owner, editor or manager. That is the default, as “Tides” takes no"
        " permissions from above."
    )


def test_a_rule(told, tides):
    tides._owner = "ann"
    tides.in_press = True
    assert told("ann", "delete") == (
        "Ann Lee may not delete “Tides”. It is being printed; try again tomorrow."
    )


def test_a_permission_with_a_longer_title(told):
    assert told("ed", "blog.moderate") == (
        "Ed Moss may not moderate articles at “Tides”. It takes the role editor; Ed Moss only has the role"
        " reviewer here. Ask Tomas Lind."
    )


def test_a_title_that_the_person_may_not_view_is_not_told(told, tides):
    override_permission(tides, "view", "reviewer")
    assert "Tides" not in told("ann", "view")
    assert told("ann", "edit").startswith("Ann Lee may not edit /press/tides.")
    assert told("ed", "edit").startswith("Ed Moss may not edit “Tides”.")


def test_other_users_are_not_shown_to_everybody(told, site):
    ed = site.users.get("ed")
    assert told(NO_IDENTITY, "view", ed) == (
        "A visitor who is not signed in may not view /users/people/ed. It takes the role owner."
        " Sign in first."
    )
    assert told("ed", "edit", ed) == "Ed Moss may edit “Ed Moss”: “Ed Moss” belongs to Ed Moss."


def test_those_who_can_grant_nearby_are_named_first(told, tides):
    grant(tides.__parent__, "user:ed", "manager")
    grant(tides.__parent__, "group:comms", "manager")
    set_cuts(tides.__parent__.__parent__, ["grants"])
    assert told(Identity("zoe", "Zoe", SYSTEM.roles - {"manager"}, frozenset({"user:zoe"})), "edit").endswith(
        "Ask Communications, Ed Moss or Tomas Lind."
    )


def test_a_resource_outside_of_any_site_can_be_asked_about(registry):
    decision = registry[Policy].can(Identity("zoe", ""), "edit", Page(title="Loose"))
    assert decision.sentence.startswith("zoe may not edit “Loose”. It takes the role owner or editor.")
    granted = Page(title="Loose")
    grant(granted, "group:x", "editor")
    zoe = Identity("zoe", "Zoe", frozenset({"everyone", "authenticated", "custom"}), frozenset({"group:x"}))
    sentence = registry[Policy].can(zoe, "edit", granted).sentence
    assert sentence == "Zoe may edit “Loose”: the group “x” has the role editor at “Loose”, and Zoe is in it."
    assert "role custom" in registry[Policy].can(zoe, "manage", granted).sentence


def test_every_step_of_a_decision(registry, tides, site):
    grant(tides.__parent__, "user:ed", "editor")
    decision = registry[Policy].can(site.users.identity("ed"), "edit", tides)
    assert [(step.kind, step.text) for step in decision.steps] == [
        (
            "permission",
            "To edit, one needs the role owner, editor or manager. That is the default, and no place on the"
            " way changes it.",
        ),
        ("role", "Ed Moss has the role reviewer everywhere."),
        ("role", "Ed Moss has the role editor at “press”."),
        ("answer", "So the answer is yes."),
    ]
    assert decision.steps[2].principal == "user:ed"
    assert decision.explanation is decision.explanation
    assert str(decision) == decision.sentence
