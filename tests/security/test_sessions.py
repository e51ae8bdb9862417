from datetime import datetime
from datetime import timedelta
from datetime import UTC

from ZODB.POSException import ConflictError

from objpub.database import put_site
from objpub.database import site_of
from objpub.security import SessionRules
from objpub.security import Sessions

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
RULES = SessionRules(idle=3600, absolute=86400, noted=300)


def after(seconds):
    return NOON + timedelta(seconds=seconds)


def test_a_session_is_found_by_its_id_which_is_not_stored():
    sessions = Sessions()
    session_id = sessions.begin("ann", "stamp", NOON, RULES)
    session = sessions.find(session_id, NOON, RULES)
    assert (session.user_id, session.stamp, session.made) == ("ann", "stamp", NOON.timestamp())
    assert len(session_id) >= 43, "256 bits"
    stored = repr(dict(sessions._records))
    assert session_id not in stored
    assert session.key in stored
    assert sessions.find(session.key, NOON, RULES) is None, "what is stored opens nothing"


def test_no_two_sessions_are_alike():
    sessions = Sessions()
    made = [sessions.begin("ann", "s", NOON, RULES) for _ in range(50)]
    tokens = {sessions.find(each, NOON, RULES).csrf for each in made}
    assert len(set(made)) == len(tokens) == 50


def test_nobody_finds_a_session_that_is_not_there():
    sessions = Sessions()
    for strange in ("", "x", "\ud800", "x" * 10_000):
        assert sessions.find(strange, NOON, RULES) is None


def test_a_session_ends_without_use_and_at_last():
    sessions = Sessions()
    session_id = sessions.begin("ann", "s", NOON, RULES)
    assert sessions.find(session_id, after(3599), RULES)
    assert sessions.find(session_id, after(3600), RULES) is None
    key = sessions.find(session_id, NOON, RULES).key
    for hour in range(1, 48):
        sessions.used(key, after(hour * 1800))
    assert sessions.find(session_id, after(86399), RULES)
    assert sessions.find(session_id, after(86400), RULES) is None


def test_a_use_is_noted_every_few_minutes_only():
    sessions = Sessions()
    session = sessions.find(sessions.begin("ann", "s", NOON, RULES), NOON, RULES)
    assert not sessions.is_due(session, after(299), RULES)
    assert sessions.is_due(session, after(300), RULES)
    assert sessions.is_due(session, after(15), SessionRules(idle=60, noted=300)), "in time for a short limit"


def test_noting_a_use_does_not_bring_an_ended_session_back():
    sessions = Sessions()
    session_id = sessions.begin("ann", "s", NOON, RULES)
    key = sessions.find(session_id, NOON, RULES).key
    sessions.end(key)
    sessions.end(key)
    sessions.used(key, after(1))
    assert sessions.find(session_id, after(1), RULES) is None
    assert len(sessions) == 0


def test_a_late_note_does_not_go_back_in_time():
    sessions = Sessions()
    session_id = sessions.begin("ann", "s", NOON, RULES)
    key = sessions.find(session_id, NOON, RULES).key
    sessions.used(key, after(1000))
    sessions.used(key, after(500))
    assert sessions.find(session_id, after(1000), RULES).used == after(1000).timestamp()


def test_the_sessions_of_a_user():
    sessions = Sessions()
    first = sessions.begin("ann", "s", NOON, RULES)
    second = sessions.begin("ann", "s", after(10), RULES)
    other = sessions.begin("bob", "s", NOON, RULES)
    assert [each.made for each in sessions.of("ann", after(20), RULES)] == [
        after(10).timestamp(),
        NOON.timestamp(),
    ]
    sessions.end_all_of("ann")
    assert [sessions.find(each, after(20), RULES) is None for each in (first, second, other)] == [
        True,
        True,
        False,
    ]


def test_ended_sessions_go_as_new_ones_come():
    sessions = Sessions()
    for number in range(2000):
        sessions.begin("ann", "s", after(number * 60), RULES)
    assert len(sessions) < 500, "an hour of one each minute are 60, and some not swept yet"


def test_nothing_secret_is_shown():
    sessions = Sessions()
    session = sessions.find(sessions.begin("ann", "stamp", NOON, RULES), NOON, RULES)
    for secret in (session.key, session.csrf, "stamp="):
        assert secret not in repr(session)


def test_two_people_sign_in_at_the_same_time(database):
    first, second = database.pairs.take(), database.pairs.take()
    first.manager.begin()
    put_site(first.connection, Sessions())
    for number in range(200):
        site_of(first.connection).begin(f"user{number}", "s", NOON, RULES)
    first.manager.commit()
    conflicts = 0  # where one of them splits a bucket, the other has to come again
    for _ in range(10):
        made = []
        for pair in (first, second):
            pair.manager.begin()
            made.append(site_of(pair.connection).begin("ann", "s", NOON, RULES))
        first.manager.commit()
        try:
            second.manager.commit()
        except ConflictError:
            conflicts += 1
            second.manager.abort()
            made.pop()
        first.manager.begin()
        assert all(site_of(first.connection).find(each, NOON, RULES) for each in made)
        first.manager.abort()
    assert conflicts <= 3
    database.pairs.give_back(first)
    database.pairs.give_back(second)


def test_notes_are_kept_until_their_session_ends():
    sessions = Sessions()
    first, second = (sessions.find(sessions.begin("ann", "s", NOON, RULES), NOON, RULES) for _ in "ab")
    assert sessions.notes(first.key, "undo") == ()
    sessions.note(first.key, "undo", ("one",))
    sessions.note(first.key, "kept", ("two",))
    sessions.note(second.key, "undo", ("three",))
    sessions.end(first.key)
    assert [sessions.notes(first.key, name) for name in ("undo", "kept")] == [(), ()]
    assert sessions.notes(second.key, "undo") == ("three",)
    sessions.end_all_of("ann")
    assert len(sessions._notes) == 0


def test_nothing_is_noted_for_a_session_that_is_not_there():
    sessions = Sessions()
    sessions.begin("ann", "s", NOON, RULES)
    sessions.note("elsewhere", "undo", ("one",))
    assert sessions.notes("elsewhere", "undo") == ()
