"""`objpub user token`, `tokens` and `revoke`."""

import pytest

from .conftest import one_line
from .test_people import stored


def titles(users):
    return [token.title for token in users.tokens.of("ann")]


@pytest.fixture
def ann(objpub):
    """Somebody who has no password."""
    objpub("user", "add", "ann", "--role", "editor", "--no-password")


def test_a_token_is_printed_once_listed_and_revoked(objpub, ann):
    words = (
        "--title",
        "Nightly build",
        "--permission",
        "view",
        "--permission",
        "edit",
        "--at",
        "/",
        "--days",
        "3",
    )
    text = objpub("user", "token", "Ann", *words).output
    assert text.startswith("objpub_") and text.count("\n") == 1
    assert stored(lambda users: users.tokens.of("ann")[0].permissions) == {"view", "edit"}
    assert (
        stored(lambda users: users.tokens.of("ann")[0].expires - users.tokens.of("ann")[0].made) == 3 * 86_400
    )
    listed = objpub("user", "tokens", "ann").output
    assert "Nightly build" in listed and "edit, view" in listed and "never" in listed
    assert text.strip() not in listed
    objpub("user", "revoke", "ann", listed.splitlines()[1].split()[0])
    assert stored(titles) == []


def test_a_token_for_everything(objpub, ann):
    objpub("user", "token", "ann", "--title", "All")
    assert "everything" in objpub("user", "tokens", "ann").output


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("token", "bob", "--title", "x"), "no user 'bob'"),
        (("token", "ann", "--title", ""), "title"),
        (
            ("token", "ann", "--title", "x", "--permission", "veiw"),
            "no permission 'veiw'; did you mean 'view'?",
        ),
        (("token", "ann", "--title", "x", "--at", "/nowhere"), "nowhere"),
        (
            ("token", "ann", "--title", "x", "--days", "1000"),
            "days: wanted a whole number of days from 1 to 366, not 1000",
        ),
        (("tokens", "bob"), "no user 'bob'"),
        (
            ("revoke", "ann", "0123"),
            "ann has no token with the mark '0123'; `objpub user tokens ann` shows them",
        ),
    ],
)
def test_a_mistake_is_told_in_one_line_and_changes_nothing(objpub, ann, words, wanted):
    assert wanted in one_line(objpub("user", *words, status=1))
    assert stored(titles) == []


def test_a_link_to_set_a_password_is_printed(objpub, folder, ann):
    assert objpub("user", "link", "ann").output.startswith("http://localhost:8080/reset?token=")
    with folder.joinpath("objpub.toml").open("a") as file:
        file.write('[server]\nurl = "https://coast.example.org"\n')
    text = objpub("user", "link", "ann").output
    assert text.startswith("https://coast.example.org/reset?token=")
    assert "no user 'bob'" in one_line(objpub("user", "link", "bob", status=1))
