import pytest

from objpub.database import open_database
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.security import Passwords

from .conftest import one_line

PASSWORD = "a long enough passphrase"


def stored(function):
    """Return what *function* says of the users in the database of the working directory."""
    database = open_database("file:var/site.fs?blobs=var/blobs", create=False)
    try:
        with transaction_for(database, read_only=True) as pair:
            return function(site_of(pair.connection).users)
    finally:
        database.close()


def test_a_user_is_added_with_the_password_that_comes_through_the_pipe(objpub):
    result = objpub("user", "add", "Ann", "--role", "editor", "--title", "Ann Lee", stdin=f"{PASSWORD}\n")
    assert "ann" in result.output
    assert PASSWORD not in result.output
    assert stored(lambda users: users.verify("ann", PASSWORD, Passwords(1, 8, 1))[0])
    assert stored(lambda users: users.identity("ann").roles) >= {"editor"}


def test_a_list_shows_users_and_groups_with_roles(objpub):
    objpub(
        "user", "add", "ann", "--role", "editor", "--role", "reviewer", "--title", "Ann Lee", "--no-password"
    )
    text = objpub("user", "list").output
    assert "Ann Lee" in text
    assert "editor, reviewer" in text


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("ann lee",), "letters"),
        (("ann", "--role", "editr"), "editr"),
        (("ann", "--email", "nowhere"), "nowhere"),
        (("ben",), "ben"),
    ],
)
def test_what_is_wrong_with_a_user_is_told_before_a_password_is_asked_for(objpub, words, says):
    objpub("user", "add", "ben", "--no-password")
    said = one_line(objpub("user", "add", *words, stdin="", status=1))  # nothing comes for a password
    assert says in said and "password" not in said
    assert "ann" not in objpub("user", "list").stdout


def test_a_list_of_an_empty_site_has_a_head_only(objpub):
    assert objpub("user", "list").output.split() == ["Name", "Title", "E-mail", "Roles", "Groups"]


def test_a_list_writes_nothing(objpub, folder):
    objpub("user", "list")
    before = folder.joinpath("var", "site.fs").read_bytes()
    objpub("user", "list")
    assert folder.joinpath("var", "site.fs").read_bytes() == before


def test_a_new_password_replaces_the_old_one(objpub):
    objpub("user", "add", "ann", stdin=f"{PASSWORD}\n")
    objpub("user", "passwd", "ann", stdin="another long passphrase\n")
    assert not stored(lambda users: users.verify("ann", PASSWORD, Passwords(1, 8, 1))[0])
    assert stored(lambda users: users.verify("ann", "another long passphrase", Passwords(1, 8, 1))[0])


@pytest.mark.parametrize("password", ["", "\n", "short\n", "password123\n"])
def test_a_password_that_will_not_do_adds_nobody(objpub, password):
    assert "password" in one_line(objpub("user", "add", "ann", stdin=password, status=1))
    assert "ann" not in objpub("user", "list").output


def test_no_command_takes_a_password_as_an_argument(objpub):
    for words in (("add", "ann", "--password", PASSWORD), ("passwd", "ann", PASSWORD)):
        one_line(objpub("user", *words, status=2))


def test_roles_are_given_besides_others_and_taken_away(objpub):
    objpub("user", "add", "ann", "--role", "editor", "--no-password")
    assert "editor, reviewer" in objpub("user", "grant", "ann", "reviewer").output
    assert "everywhere: reviewer" in objpub("user", "grant", "ann", "editor", "--take").output


def test_a_role_can_be_given_at_one_place_only(objpub):
    objpub("user", "add", "ann", "--no-password")
    assert "at / and below: editor" in objpub("user", "grant", "ann", "editor", "--at", "/").output
    assert stored(lambda users: "editor" not in users.identity("ann").roles)
    assert "Yes." in objpub("why", "ann", "edit", "/").output


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("grant", "bob", "editor"), "no user 'bob'"),
        (("grant", "group:staff", "editor"), "no group 'staff'"),
        (("passwd", "bob"), "no user 'bob'"),
        (("remove", "bob"), "no user 'bob'"),
        (("grant", "ann", "editr"), "editr"),
        (("grant", "ann", "editor", "--at", "/nowhere"), "nowhere"),
        (("add", "a/b", "--no-password"), "a/b"),
        (("add", "ann", "--no-password"), "ann"),
        (("add", "bob", "--no-password", "--role", "editr"), "editr"),
    ],
)
def test_a_mistake_is_told_in_one_line_and_changes_nothing(objpub, folder, words, wanted):
    objpub("user", "add", "ann", "--no-password")
    before = folder.joinpath("var", "site.fs").read_bytes()
    assert wanted in one_line(objpub("user", *words, stdin=f"{PASSWORD}\n", status=1))
    assert folder.joinpath("var", "site.fs").read_bytes() == before


def test_a_user_is_removed_and_the_last_manager_stays(objpub):
    objpub("user", "add", "ann", "--no-password")
    objpub("user", "add", "root", "--role", "manager", "--no-password")
    objpub("user", "remove", "ann")
    assert "ann" not in objpub("user", "list").output
    assert "manager" in one_line(objpub("user", "remove", "root", status=1))
