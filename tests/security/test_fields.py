import pytest

from objpub.configuration import Configuration
from objpub.content import Content
from objpub.errors import DeclarationError
from objpub.schema import field
from objpub.security import Identity
from objpub.security import NO_IDENTITY
from objpub.security import override_permission
from objpub.security import readable_fields
from objpub.security import SYSTEM
from objpub.security import writable_fields


class Job(Content):
    title: str = field(default="")
    salary: int = field(default=0, read="manage")
    approved: bool = field(default=False, write="manage")


EDITOR = Identity("ed", "Ed", frozenset({"everyone", "authenticated", "editor"}), frozenset({"user:ed"}))


def test_who_sees_which_field(policy):
    job = Job()
    assert readable_fields(policy, NO_IDENTITY, job) == {"title", "approved"}
    assert readable_fields(policy, EDITOR, job) == {"title", "approved"}
    assert readable_fields(policy, SYSTEM, job) == {"title", "salary", "approved"}


def test_who_changes_which_field(policy):
    job = Job()
    assert writable_fields(policy, NO_IDENTITY, job) == frozenset()
    assert writable_fields(policy, EDITOR, job) == {"title"}, "what one may not see one may not change"
    assert writable_fields(policy, SYSTEM, job) == {"title", "salary", "approved"}


def test_who_may_not_view_sees_no_field(policy):
    job = Job()
    override_permission(job, "view", "editor")
    assert readable_fields(policy, NO_IDENTITY, job) == frozenset()


def test_a_misspelt_permission_of_a_field_stops_the_start():
    class Typo(Content):
        salary: int = field(default=0, read="mange")

    configuration = Configuration()
    configuration.include("objpub.security", Typo)
    with pytest.raises(
        DeclarationError, match=r"Typo.salary: There is no permission 'mange'; did you mean 'manage'"
    ):
        configuration.freeze()
