"""The audit record: written with what it tells about, by several at a time, and never taken back."""

import re
import threading
from dataclasses import replace
from datetime import datetime
from datetime import timedelta
from datetime import UTC

import pytest
import transaction
from ZODB.POSException import ConflictError

from objpub.content import Site
from objpub.database import is_apart
from objpub.database import kept_apart
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import DatabaseError
from objpub.registry import Registry
from objpub.security import AuditFilter
from objpub.security import AuditRules
from objpub.security import entries_of
from objpub.security import Identity
from objpub.security import make_users
from objpub.security import NO_IDENTITY
from objpub.security import record
from objpub.security import Scope
from objpub.security import SYSTEM
from objpub.security.audit import NAME
from objpub.security.audit import Seldom
from objpub.security.audit import tell_sign_in
from objpub.security.audit import way_of
from objpub.security.trail import IN_A_VOLUME
from objpub.security.trail import ON_A_SHEET
from objpub.security.trail import Sheet
from objpub.security.trail import Trail
from objpub.security.trail import Volume

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ANN = Identity("ann", "Ann Lee", frozenset({"everyone", "authenticated"}), address="192.0.2.7")


@pytest.fixture
def database(tmp_path):
    database = open_database("file:site.fs?blobs=blobs", root=tmp_path, registry=Registry())
    with transaction_for(database) as pair:
        put_site(pair.connection, Site())
        make_users(site_of(pair.connection))
        pair.manager.commit()
    yield database
    database.close()


def write(database, words, now=NOON, who=ANN, **options):
    with transaction_for(database) as pair:
        record(site_of(pair.connection), who, "grant", words, now=now, **options)
        pair.manager.commit()


def read(database, *, since=None, cursor=""):
    with transaction_for(database, read_only=True) as pair:
        return [entry for _, entry in entries_of(site_of(pair.connection), cursor, since)]


def sentences(database, **options):
    return [entry.sentence for entry in read(database, **options)]


def test_an_entry_says_when_who_from_where_what_and_on_what(database):
    write(database, "Gave a role", path="/news", title="News")
    (entry,) = read(database)
    assert entry.when == NOON
    assert (entry.who, entry.way, entry.address) == ("ann", "password", "192.0.2.7")
    assert (entry.what, entry.path, entry.title) == ("grant", "/news", "News")
    assert (entry.sentence, entry.outcome) == ("Gave a role", "done")


@pytest.mark.parametrize(
    ("identity", "way"),
    [
        (NO_IDENTITY, ""),
        (SYSTEM, "system"),
        (ANN, "password"),
        (replace(ANN, session=object()), "session"),
        (replace(ANN, ambient=True), "outside"),
        (replace(ANN, scope=Scope("Build", None, None)), "token “Build”"),
    ],
)
def test_how_it_is_known_who_it_is(identity, way):
    assert way_of(identity) == way


def test_what_is_aborted_is_not_in_the_record(database):
    write(database, "first")
    with transaction_for(database) as pair:
        record(site_of(pair.connection), ANN, "grant", "never", now=NOON)
    assert sentences(database) == ["first"]


def test_a_loose_site_keeps_nothing():
    record(Site(), ANN, "grant", "Nowhere")


def test_texts_are_bounded_and_on_one_line(database):
    write(database, "a\nb\x00" + "x" * 5_000, path="p" * 5_000, title="t\u2028" * 5_000)
    (entry,) = read(database)
    assert entry.sentence.startswith("a b x")
    assert len(entry.sentence) == 600
    assert len(entry.path) == 1_000
    assert len(entry.title) == 200
    assert entry.title.isprintable()


def test_the_latest_comes_first_over_sheets_volumes_and_days(database):
    count = ON_A_SHEET * 2 + 3
    for number in range(count):
        write(database, str(number), NOON + timedelta(hours=number))
    assert sentences(database) == [str(number) for number in reversed(range(count))]


def test_a_cursor_goes_on_where_a_page_ended_whatever_was_added_meanwhile(database):
    for number in range(ON_A_SHEET + 5):
        write(database, str(number), NOON + timedelta(seconds=number))
    with transaction_for(database, read_only=True) as pair:
        pages = list(entries_of(site_of(pair.connection)))
    for at in (0, 3, 4, 5, len(pages) - 1):
        write(database, f"later {at}", NOON + timedelta(hours=1))
        cursor, entry = pages[at]
        assert sentences(database, cursor=cursor) == [each.sentence for _, each in pages[at + 1 :]]


@pytest.mark.parametrize("cursor", ["x", "..", "9", "a.b.c.d", "0.0.0"])
def test_a_cursor_that_is_none_finds_nothing_wrong(database, cursor):
    write(database, "one")
    assert sentences(database, cursor=cursor) in ([], ["one"])


def test_since_leaves_out_what_is_older(database):
    for number in range(100):
        write(database, str(number), NOON + timedelta(minutes=number))
    assert sentences(database, since=NOON + timedelta(minutes=97)) == ["99", "98", "97"]


def test_a_clock_that_was_put_back_changes_no_order(database):
    for words, moment in (("a", NOON), ("b", NOON - timedelta(days=3)), ("c", NOON)):
        write(database, words, moment)
    assert sentences(database) == ["c", "b", "a"]
    assert read(database)[1].when == NOON - timedelta(days=3)


@pytest.mark.parametrize("step", [timedelta(0), timedelta(days=1)], ids=["on one day", "on new days"])
def test_several_who_write_at_a_time_do_not_conflict(database, step):
    write(database, "first")
    conflicts = []
    rounds, threads = 12, 8
    barrier = threading.Barrier(threads)

    def work(who):
        for number in range(rounds):
            with transaction_for(database) as pair:
                record(site_of(pair.connection), ANN, "grant", f"{who} {number}", now=NOON + number * step)
                barrier.wait(30)
                try:
                    pair.manager.commit()
                except ConflictError as error:
                    conflicts.append(error)

    workers = [threading.Thread(target=work, args=(who,)) for who in range(threads)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert conflicts == []
    assert len(set(sentences(database))) == rounds * threads + 1


def test_what_was_written_cannot_be_taken_back_by_a_merge():
    before, committed, mine = {"_kept": {"1": "a"}}, {"_kept": {"1": "a", "2": "b"}}, {"_kept": {}}
    for kind in (Sheet, Volume):
        with pytest.raises(ConflictError):
            kind()._p_resolveConflict(dict(before), dict(committed), dict(mine))


def test_two_who_tidy_at_a_time_do_not_both_tell_it():
    before, gone = {"_kept": {"1": "a", "2": "b"}, "_tidied": ""}, {"_kept": {"2": "b"}, "_tidied": "x"}
    with pytest.raises(ConflictError):
        Trail()._p_resolveConflict(dict(before), dict(gone), dict(gone))
    merged = Trail()._p_resolveConflict(
        dict(before), {"_kept": {"1": "a", "2": "b", "3": "c"}, "_tidied": ""}, dict(gone)
    )
    assert merged == {"_kept": {"2": "b", "3": "c"}, "_tidied": "x"}


def test_undo_of_the_storage_refuses_what_wrote_to_the_record(database):
    with transaction_for(database) as pair:
        site_of(pair.connection).title = "Changed"
        record(site_of(pair.connection), ANN, "grant", "with a change", now=NOON)
        pair.manager.commit()
    with pytest.raises(DatabaseError, match="audit record"):
        database.undo(database.undoInfo()[0]["id"])
    assert sentences(database) == ["with a change"]


def test_undo_of_the_storage_takes_back_what_did_not(database):
    write(database, "before")
    with transaction_for(database) as pair:
        site_of(pair.connection).title = "Changed"
        pair.manager.commit()
    manager = transaction.TransactionManager()
    database.undo(database.undoInfo()[0]["id"], manager.begin())
    manager.commit()
    with transaction_for(database) as pair:
        assert site_of(pair.connection).title == ""
    assert sentences(database) == ["before"]


def test_everything_in_it_tells_undo_to_leave_it_alone(database):
    for number in range(ON_A_SHEET + 1):
        write(database, str(number))
    with transaction_for(database) as pair:
        trail = kept_apart(pair.connection, NAME)
        volume = trail[trail.keys()[0]]
        found = {type(each) for each in (trail, volume, volume[volume.keys()[0]])}
    assert found == {Trail, Volume, Sheet}
    assert all(is_apart(each) for each in found)
    assert not is_apart(Site)


def test_a_pack_keeps_all_of_it(database):
    for number in range(ON_A_SHEET * 3):
        write(database, str(number))
    before = read(database)
    database.pack(days=0)
    assert read(database) == before


def test_it_is_no_part_of_the_site(database):
    write(database, "one")
    with transaction_for(database) as pair:
        site = site_of(pair.connection)
        assert site.get(NAME) is None
        assert not any(isinstance(each, Trail) for each in vars(site).values())
        assert isinstance(kept_apart(pair.connection, NAME), Trail)


def test_what_is_too_old_goes_and_that_is_written_down(database):
    database.registry[AuditRules].days = 30
    for number in range(100):
        write(database, str(number), NOON + timedelta(days=number))
    found = sentences(database)
    assert found[0] == "99"
    kept = [each for each in found if each.isdigit()]
    assert kept == [str(number) for number in range(99, 99 - len(kept), -1)]
    assert 30 <= len(kept) <= 32
    told = [each for each in read(database) if each.what == "audit.remove"]
    limits = "the record keeps 30 days and about 1,000,000 entries"
    assert re.fullmatch(rf"Removed the oldest entries, \d of them: {limits}", told[0].sentence)
    assert told[0].way == "system"


def test_what_is_too_much_goes(database):
    rules = database.registry[AuditRules]
    rules.days, rules.entries = 0, 200
    for number in range(60):
        for _ in range(10):
            write(database, str(number), NOON + timedelta(days=number))
    kept = [each for each in sentences(database) if each.isdigit()]
    assert kept[:10] == ["59"] * 10
    assert 100 <= len(kept) <= 220


def test_without_limits_nothing_goes(database):
    rules = database.registry[AuditRules]
    rules.days = rules.entries = 0
    for number in range(30):
        write(database, str(number), NOON + timedelta(days=number * 400))
    assert len(read(database)) == 30


def test_a_volume_that_is_full_is_followed_by_another(database, monkeypatch):
    monkeypatch.setattr("objpub.security.trail.IN_A_VOLUME", 2)
    for number in range(ON_A_SHEET * 5):
        write(database, str(number))
    with transaction_for(database) as pair:
        assert len(kept_apart(pair.connection, NAME)) == 3
    assert sentences(database) == [str(number) for number in reversed(range(ON_A_SHEET * 5))]
    assert IN_A_VOLUME > 2


def test_what_is_typed_as_a_name_is_written_only_where_it_is_a_user(database):
    with transaction_for(database) as pair:
        site = site_of(pair.connection)
        site.users.add("ann", None, title="Ann Lee")
        for account in ("ann", "correct horse battery", ""):
            for outcome in ("refused", "throttled"):
                tell_sign_in(site, account, "192.0.2.7", "form", outcome, NOON)
        pair.manager.commit()
    entries = read(database)
    assert "horse" not in repr(entries)
    assert [each.sentence for each in entries] == [
        "Sign-in for a name that no user has has to wait, after too many wrong passwords",
        "Sign-in refused, with a name that no user has",
        "Sign-in for a name that no user has has to wait, after too many wrong passwords",
        "Sign-in refused, with a name that no user has",
        "Sign-in for “Ann Lee” (ann) has to wait, after too many wrong passwords",
        "Wrong password for “Ann Lee” (ann)",
    ]
    assert [(each.who, each.path) for each in entries[-2:]] == [("", "user:ann"), ("", "user:ann")]
    assert {each.path for each in entries[:-2]} == {""}


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ({}, True),
        ({"who": "ann"}, True),
        ({"who": "Ann"}, True),
        ({"who": "bob"}, True),
        ({"who": "eve"}, False),
        ({"what": "user"}, True),
        ({"what": "user.add"}, True),
        ({"what": "use"}, False),
        ({"what": "grant"}, False),
        ({"where": "192.0.2"}, True),
        ({"where": "192.0.3"}, False),
        ({"where": "user:bob"}, True),
        ({"where": "user:bo"}, False),
        ({"outcome": "done"}, True),
        ({"outcome": "refused"}, False),
    ],
)
def test_a_filter(database, wanted, fits):
    with transaction_for(database) as pair:
        record(site_of(pair.connection), ANN, "user.add", "Added", path="user:bob", now=NOON)
        pair.manager.commit()
    assert AuditFilter(**wanted).fits(read(database)[0]) is fits


def test_a_filter_by_place_takes_what_is_below_it_and_nothing_beside_it(database):
    write(database, "one", path="/news/tides")
    (entry,) = read(database)
    assert [AuditFilter(where=each).fits(entry) for each in ("/news", "/news/", "/", "/news/tides")] == [
        True
    ] * 4
    assert not AuditFilter(where="/new").fits(entry)


def test_what_comes_often_is_told_once_in_a_while_with_how_often_it_came():
    seldom = Seldom(60.0)
    assert [seldom.due("here", NOON + timedelta(seconds=each)) for each in (0, 1, 59, 60, 61)] == [
        0,
        None,
        None,
        2,
        None,
    ]
    assert seldom.due("there", NOON) == 0


def test_from_many_places_only_so_many_are_told_in_a_minute():
    seldom = Seldom(60.0, most=10)
    told = [seldom.due(str(number), NOON) for number in range(50)]
    assert told.count(None) == 40
    assert seldom.due("49", NOON + timedelta(seconds=60)) == 1


def test_what_is_remembered_for_it_is_bounded():
    seldom = Seldom(60.0, most=10)
    seldom.known_keys = 20
    for number in range(100):
        seldom.due(str(number), NOON)
    assert len(seldom._known) == 20
