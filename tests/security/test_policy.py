import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from webob import Request

from objpub.configuration import Configuration
from objpub.content import BrokenResource
from objpub.content import Content
from objpub.content import Folder
from objpub.errors import DeclarationError
from objpub.errors import Forbidden
from objpub.registry import Registry
from objpub.security import Decision
from objpub.security import Identity
from objpub.security import NO_IDENTITY
from objpub.security import Permission
from objpub.security import Policy
from objpub.security import SYSTEM
from tests.security.plain_words import in_plain_words

SIGNED_IN = frozenset({"everyone", "authenticated"})
ANN = Identity("ann", "Ann", SIGNED_IN, frozenset({"user:ann", "group:staff"}))
EDITOR = Identity("ed", "Ed", SIGNED_IN | {"editor"}, frozenset({"user:ed"}))
MANAGER = Identity("max", "Max", SIGNED_IN | {"manager"}, frozenset({"user:max"}))


class Page(Content, addable="anywhere"):
    pass


class Virtual:
    """A child that exists only while it is looked at, as @traverse makes them."""

    def __init__(self, parent, name):
        self.__parent__ = parent
        self.__name__ = name


def tree(depth):
    """Return a site-like folder and the page that lies *depth* below it."""
    top = step = Folder()
    for number in range(depth):
        child = Page() if number == depth - 1 else Folder()
        child.__parent__, child.__name__ = step, f"n{number}"
        step = child
    return top, step


@pytest.mark.parametrize(
    ("identity", "allowed"),
    [
        (NO_IDENTITY, {"view"}),
        (ANN, {"view"}),
        (EDITOR, {"view", "add", "edit", "delete"}),
        (MANAGER, {"view", "add", "edit", "delete", "grant", "manage", "audit"}),
        (SYSTEM, {"view", "add", "edit", "delete", "grant", "manage", "audit"}),
    ],
    ids=lambda value: None if isinstance(value, set) else str(value),
)
def test_defaults(policy, identity, allowed):
    page = tree(2)[1]
    assert {each.name for each in policy.permissions if policy.can(identity, each, page)} == allowed
    assert {each.name for each in policy.permissions if policy.can(identity, each.name, page)} == allowed


def test_what_nobody_was_given_is_refused():
    secret = Permission("secret")
    configuration = Configuration()
    configuration.include("objpub.security", secret)
    policy = configuration.freeze()[Policy]
    assert not policy.can(EDITOR, "secret", Page())
    assert policy.can(MANAGER, "secret", Page())


def test_an_owner_has_the_role_on_what_is_his(policy):
    top, page = tree(2)
    page._owner = "ann"
    assert policy.can(ANN, "edit", page)
    assert not policy.can(ANN, "edit", top)
    assert policy.roles_of(ANN, page) == SIGNED_IN | {"owner"}


def test_what_has_no_owner_belongs_to_whom_its_folder_belongs(policy):
    folder, page = tree(1)
    folder._owner = "ann"
    assert policy.can(ANN, "edit", page)
    page._owner = "bob"
    assert not policy.can(ANN, "edit", page)


def test_a_visitor_owns_nothing(policy):
    assert not policy.can(NO_IDENTITY, "edit", Page())


def test_a_local_role_holds_below_its_place_only(policy):
    top, page = tree(3)
    page.__parent__._grants = {"user:ann": frozenset({"editor"})}
    assert policy.can(ANN, "edit", page)
    assert policy.can(ANN, "edit", page.__parent__)
    assert not policy.can(ANN, "edit", page.__parent__.__parent__)
    assert not policy.can(ANN, "edit", top)


def test_a_group_is_given_roles_like_a_user(policy):
    top, page = tree(2)
    top._grants = {"group:staff": frozenset({"editor"})}
    assert policy.can(ANN, "edit", page)
    assert not policy.can(Identity("bob", "Bob", SIGNED_IN, frozenset({"user:bob"})), "edit", page)


def test_a_cut_of_grants_keeps_them_away_and_leaves_permissions(policy):
    top, page = tree(3)
    top._grants = {"user:ann": frozenset({"editor"})}
    top._permissions = {"view": frozenset({"editor", "manager"})}
    page.__parent__._cut = frozenset({"grants"})
    assert not policy.can(ANN, "edit", page)
    assert not policy.can(ANN, "view", page)
    assert not policy.can(NO_IDENTITY, "view", page)
    page.__parent__._grants = {"user:ann": frozenset({"editor"})}
    assert policy.can(ANN, "edit", page), "what is granted at the cut itself counts"


def test_a_cut_of_grants_keeps_owners_away_too(policy):
    top, page = tree(2)
    top._owner = "ann"
    assert policy.can(ANN, "edit", page)
    page._cut = frozenset({"grants"})
    assert not policy.can(ANN, "edit", page)


def test_a_cut_of_permissions_brings_the_defaults_back(policy):
    top, page = tree(2)
    top._permissions = {"view": frozenset({"manager"})}
    assert not policy.can(NO_IDENTITY, "view", page)
    page._cut = frozenset({"permissions"})
    assert policy.can(NO_IDENTITY, "view", page)


def test_the_nearest_override_decides(policy):
    top, page = tree(2)
    top._permissions = {"view": frozenset({"manager"})}
    page._permissions = {"view": frozenset({"editor", "manager"})}
    assert policy.can(EDITOR, "view", page)
    assert not policy.can(EDITOR, "view", top)
    assert policy.can(EDITOR, "edit", page), "other permissions are not touched"


def test_a_manager_is_never_locked_out(policy):
    top, page = tree(2)
    for place in (top, page):
        place._permissions = {"manage": frozenset(), "view": frozenset()}
        place._cut = frozenset({"grants", "permissions"})
    assert policy.can(MANAGER, "manage", page)
    assert policy.can(MANAGER, "view", page)


def test_a_virtual_child_has_what_comes_down_to_it(policy):
    top, page = tree(1)
    top._permissions = {"view": frozenset({"authenticated", "manager"})}
    top._grants = {"user:ann": frozenset({"editor"})}
    child = Virtual(Virtual(top, "2026"), "05")
    assert not policy.can(NO_IDENTITY, "view", child)
    assert policy.can(ANN, "view", child)
    assert policy.can(ANN, "edit", child)


def test_a_cut_holds_for_virtual_children_too(policy):
    top, page = tree(2)
    top._permissions = {"view": frozenset({"manager"})}
    page._cut = frozenset({"permissions"})
    assert policy.can(NO_IDENTITY, "view", Virtual(page, "2026"))
    assert not policy.can(NO_IDENTITY, "view", Virtual(top, "2026"))


def test_the_policy_identifies_by_its_authenticator(policy):
    assert policy.identify(Request.blank("/")) is NO_IDENTITY


def test_an_object_without_its_class_is_open_to_managers_only(policy):
    broken = BrokenResource(None, tree(1)[0], "lost")
    assert not policy.can(NO_IDENTITY, "view", broken)
    assert not policy.can(EDITOR, "view", Virtual(broken, "below"))
    assert policy.can(MANAGER, "view", broken)


def test_an_error_while_an_object_loads_allows_nothing(policy):
    class Cracked(Page):
        @property
        def _permissions(self):
            raise AttributeError("evolve step failed")

    with pytest.raises(AttributeError, match="evolve step failed"):
        policy.can(NO_IDENTITY, "view", Cracked())


def test_an_unknown_permission_is_an_error_that_names_the_nearest(policy):
    with pytest.raises(DeclarationError, match="did you mean 'view'"):
        policy.can(NO_IDENTITY, "veiw", Page())
    with pytest.raises(DeclarationError, match="no permission 'view'"):
        Registry()[Policy].can(NO_IDENTITY, "view", Page())


def test_require_says_nothing_or_raises_with_the_decision(policy):
    policy.require(EDITOR, "edit", Page())
    with pytest.raises(Forbidden, match="Ann may not edit") as caught:
        policy.require(ANN, "edit", Page())
    assert isinstance(caught.value.decision, Decision)
    assert caught.value.decision.permission == "edit"


def test_a_decision_is_true_or_false_and_says_so(policy):
    yes, no = policy.can(EDITOR, "edit", Page()), policy.can(ANN, "edit", Page())
    assert (bool(yes), yes.allowed, bool(no), no.allowed) == (True, True, False, False)
    assert repr(no) == "<Denied: 'Ann' edit Page>"
    assert repr(yes) == "<Allowed: 'Ed' edit Page>"
    with pytest.raises(AttributeError):
        yes.something = 1


def test_nobody_gives_a_role_that_he_lacks(policy):
    top, page = tree(1)
    top._permissions = {"grant": frozenset({"editor", "manager"})}
    policy.require_giving(EDITOR, frozenset({"editor"}), page)
    with pytest.raises(Forbidden, match="lacks the role 'manager'"):
        policy.require_giving(EDITOR, frozenset({"editor", "manager"}), page)
    with pytest.raises(Forbidden, match="may not grant roles"):
        policy.require_giving(ANN, frozenset(), page)
    policy.require_giving(MANAGER, frozenset({"reviewer"}), page)


# The fast walk, the walk that explains, and the rules in plain words: always of one mind

ROLES = st.frozensets(st.sampled_from(["owner", "editor", "reviewer", "manager"]), max_size=2)
PLACE = st.fixed_dictionaries(
    {
        "_grants": st.none()
        | st.dictionaries(st.sampled_from(["user:ann", "group:staff", "user:bob"]), ROLES),
        "_permissions": st.none()
        | st.dictionaries(
            st.sampled_from(["view", "edit"]),
            st.frozensets(st.sampled_from(["everyone", "authenticated", "owner", "editor"])),
        ),
        "_cut": st.just(False) | st.frozensets(st.sampled_from(["grants", "permissions"])),
        "_owner": st.sampled_from([None, "ann", "bob"]),
    }
)
IDENTITIES = st.sampled_from([NO_IDENTITY, ANN, EDITOR, MANAGER])


@settings(max_examples=300, deadline=None)
@given(
    places=st.lists(PLACE, min_size=1, max_size=4),
    identity=IDENTITIES,
    name=st.sampled_from(["view", "edit"]),
)
def test_three_ways_to_the_answer_agree(places, identity, name):
    configuration = Configuration()
    configuration.include("objpub.security")
    policy = configuration.freeze()[Policy]
    context = None
    for values in places:
        place = Folder()
        place.__parent__, place.__name__ = context, "n" if context is not None else None
        for attribute, value in values.items():
            setattr(place, attribute, value)
        context = place
    decision = policy.can(identity, name, context)
    assert bool(decision) == in_plain_words(policy, identity, name, context)
    roles = {role for step in decision.steps if step.kind == "role" for role in step.roles}
    holders = next(step for step in decision.steps if step.kind == "permission").roles
    assert roles == policy.roles_of(identity, context) - ({"everyone", "authenticated"} - set(holders))
    assert bool(decision) == bool((set(holders) | {"manager"}) & roles)
    assert decision.steps[-1].text == f"So the answer is {'yes' if decision else 'no'}."
    assert bool(decision.needs) != bool(decision)
