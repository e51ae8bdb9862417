"""`objpub audit`: the record on the command line."""

import json
from datetime import datetime
from datetime import timedelta
from datetime import UTC

import pytest

from objpub.command.audit import moment_from
from objpub.errors import NotPossible

from .conftest import one_line

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def done(objpub):
    """A site where ann was added, then bob, and ann became an editor."""
    objpub("user", "add", "ann", "--no-password", "--title", "Ann Lee")
    objpub("user", "add", "bob", "--no-password")
    objpub("user", "grant", "ann", "editor")
    return objpub


def test_the_latest_comes_first_with_who_and_what(done):
    lines = done("audit").output.splitlines()
    assert [line.split()[3] for line in lines[1:]] == ["roles", "user.add", "user.add"]
    assert "Set the roles of “Ann Lee” (ann): editor" in lines[1]
    assert " system " in lines[1]


def test_it_is_narrowed(done):
    assert len(done("audit", "--who", "bob").output.splitlines()) == 2
    assert len(done("audit", "--what", "user").output.splitlines()) == 3
    assert len(done("audit", "--where", "user:ann").output.splitlines()) == 3
    assert done("audit", "--outcome", "refused").output == "The record has no such entry.\n"
    assert len(done("audit", "--most", "1").output.splitlines()) == 2
    assert len(done("audit", "--since", "1h").output.splitlines()) == 4
    assert len(done("audit", "--since", "2199-01-01").output.splitlines()) == 1


def test_what_cannot_be_asked_for_is_said_with_what_can(objpub):
    assert "wanted a whole number from 0 upward, not '-1'" in objpub("audit", "--most", "-1", status=2).output
    assert "'maybe' is not one of 'done'," in objpub("audit", "--outcome", "maybe", status=2).output


def test_json_has_an_object_on_each_line(done):
    found = [json.loads(line) for line in done("audit", "--json").output.splitlines()]
    assert [each["path"] for each in found] == ["user:ann", "user:bob", "user:ann"]
    assert found[0]["when"].endswith("Z")
    assert set(found[0]) == {
        "when",
        "who",
        "way",
        "address",
        "what",
        "outcome",
        "path",
        "title",
        "sentence",
    }


def test_a_pack_is_in_it(done):
    done("pack", "--days", "0")
    assert "Packed the database, up to 0 days ago" in done("audit", "--what", "pack").output


def test_a_moment_that_is_none_is_told(objpub):
    assert "'yesterday' is no moment" in one_line(objpub("audit", "--since", "yesterday", status=1))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2d", NOON - timedelta(days=2)),
        ("3h", NOON - timedelta(hours=3)),
        ("10m", NOON - timedelta(minutes=10)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T12:30", datetime(2026, 11, 1, 12, 30, tzinfo=UTC)),
        ("2026-11-01T12:30+02:00", datetime(2026, 11, 1, 10, 30, tzinfo=UTC)),
    ],
)
def test_moments(text, wanted):
    assert moment_from(text, NOON) == wanted


@pytest.mark.parametrize("text", ["", "d", "-2d", "99999999999d", "2026-13-01", "2x"])
def test_what_is_no_moment(text):
    with pytest.raises(NotPossible):
        moment_from(text, NOON)
