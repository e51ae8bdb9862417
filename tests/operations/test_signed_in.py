"""Ending sessions."""

from datetime import datetime
from datetime import UTC

import pytest

from objpub.errors import Forbidden
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.operations import end_session
from objpub.operations import end_sessions
from objpub.security import override_permission
from objpub.security import Passwords
from objpub.security import SessionRules
from objpub.security import SYSTEM

CHEAP = Passwords(time_cost=1, memory_cost=8, parallelism=1)
RULES = SessionRules()


def begin(world, user_id):
    users = world.site.users
    if not users.stamp_of(user_id):
        users.set_password(user_id, "salt marsh wardens", CHEAP)
    users.sessions.begin(user_id, users.stamp_of(user_id), datetime.now(UTC), RULES)
    world.commit()


def sessions(world, user_id):
    users = world.site.users
    found = users.sessions.of(user_id, datetime.now(UTC), RULES)
    return [each.key for each in found if each.stamp == users.stamp_of(user_id)]


def test_end_all_of_ones_own(world):
    begin(world, "ann")
    begin(world, "ann")
    begin(world, "ed")
    assert len(sessions(world, "ann")) == 2
    end_sessions(world.identity("ann"), world.site, "ann")
    assert sessions(world, "ann") == []
    assert len(sessions(world, "ed")) == 1
    assert world.commit() == ("Signed “Ann Lee” (ann) out everywhere", "ann")


def test_a_manager_ends_those_of_others(world):
    begin(world, "ann")
    end_sessions(world.identity("tom"), world.site, "ann")
    assert sessions(world, "ann") == []


def test_nobody_else_does(world):
    override_permission(world.site.users, "grant", "editor")  # to give roles is not to manage people
    begin(world, "ann")
    with world.refuses(Forbidden):
        end_sessions(world.identity("ed"), world.site, "ann")
    assert len(sessions(world, "ann")) == 1


def test_nobody_signs_out_who_has_a_role_that_he_lacks(world):
    for permission in ("manage", "grant"):
        override_permission(world.site.users, permission, "editor")
    begin(world, "tom")
    begin(world, "ed")
    end_sessions(world.identity("ann"), world.site, "ed")
    with world.refuses(Forbidden):
        end_sessions(world.identity("ann"), world.site, "tom")


def test_there_is_no_such_user(world):
    with world.refuses(NotFound):
        end_sessions(world.identity("tom"), world.site, "nobody")


def test_end_one_of_ones_own(world):
    begin(world, "ann")
    begin(world, "ann")
    first, second = sessions(world, "ann")
    end_session(world.identity("ann"), world.site, first[:16])
    assert sessions(world, "ann") == [second]


@pytest.mark.parametrize("mark", ["", "abc", "nothing like it"])
def test_a_mark_of_nothing_ends_nothing(world, mark):
    begin(world, "ann")
    with world.refuses(NotFound):
        end_session(world.identity("ann"), world.site, mark)


def test_nobody_ends_one_of_others(world):
    begin(world, "ann")
    with world.refuses(NotFound):
        end_session(world.identity("ed"), world.site, sessions(world, "ann")[0])
    assert len(sessions(world, "ann")) == 1


def test_the_command_line_is_signed_in_nowhere(world):
    with world.refuses(NotPossible):
        end_session(SYSTEM, world.site, "0123456789abcdef")
