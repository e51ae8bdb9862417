import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from objpub.errors import NotPossible
from objpub.security.membership import Membership

ALL = {"a", "b", "c", "d"}


def test_roles_are_found_by_principal_and_back():
    membership = Membership()
    membership.set_roles("user:ann", ["editor", "reviewer"])
    membership.set_roles("group:staff", ["editor"])
    assert membership.roles_of("user:ann") == {"editor", "reviewer"}
    assert membership.having("editor") == ["group:staff", "user:ann"]
    membership.set_roles("user:ann", ["reviewer"])
    assert membership.having("editor") == ["group:staff"]
    membership.set_roles("group:staff", [])
    assert membership.having("editor") == []
    assert membership.roles_of("nobody") == frozenset()


def test_groups_in_groups_are_resolved():
    membership = Membership()
    membership.join("user:ann", "a")
    membership.join("group:a", "b")
    membership.join("group:b", "c")
    membership.set_roles("group:c", ["editor"])
    membership.set_roles("user:ann", ["reviewer"])
    principals, roles = membership.resolved("user:ann", ALL)
    assert principals == {"user:ann", "group:a", "group:b", "group:c"}
    assert roles == {"editor", "reviewer"}
    assert membership.members_of("b") == ["group:a"]


def test_a_group_that_is_gone_gives_nothing_nor_what_lies_behind_it():
    membership = Membership()
    membership.join("user:ann", "a")
    membership.join("group:a", "b")
    membership.set_roles("group:b", ["editor"])
    assert membership.resolved("user:ann", ALL - {"a"}) == ({"user:ann"}, frozenset())


def test_a_group_cannot_come_to_be_in_itself():
    membership = Membership()
    membership.join("group:a", "b")
    membership.join("group:b", "c")
    for group in ("a", "b", "c"):
        with pytest.raises(NotPossible, match="would be in itself"):
            membership.join("group:c", group)


def test_a_loop_that_is_stored_already_is_lived_with():
    membership = Membership()
    membership._groups.update({"group:a": frozenset({"b"}), "group:b": frozenset({"a"})})
    membership.join("user:ann", "a")
    assert membership.above("user:ann") == {"user:ann", "group:a", "group:b"}
    assert membership.resolved("user:ann", ALL)[0] == {"user:ann", "group:a", "group:b"}


def test_leaving_and_forgetting():
    membership = Membership()
    membership.join("user:ann", "a")
    membership.join("user:bob", "a")
    membership.leave("user:ann", "a")
    membership.leave("user:ann", "a")
    assert membership.members_of("a") == ["user:bob"]
    membership.set_roles("group:a", ["editor"])
    membership.forget("group:a")
    assert membership.groups_of("user:bob") == frozenset()
    assert membership.having("editor") == []


GROUP = st.sampled_from(sorted(ALL))
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["join", "leave"]),
        st.sampled_from(["user:x", "group:a", "group:b", "group:c"]),
        GROUP,
    ),
    max_size=30,
)


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_whatever_happens_there_is_no_loop_and_the_way_back_is_right(steps):
    membership = Membership()
    for word, principal, group in steps:
        try:
            getattr(membership, word)(principal, group)
        except NotPossible:
            pass
    principals = ["user:x", *(f"group:{each}" for each in ALL)]
    for principal in principals:
        for group in membership.groups_of(principal):
            assert principal in membership.members_of(group)
            assert principal not in membership.above(f"group:{group}")
    for group in ALL:
        assert all(group in membership.groups_of(each) for each in membership.members_of(group))
