"""What is remembered of places: a second question is no second walk, and no answer is an old one."""

import os
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize
from hypothesis.stateful import invariant
from hypothesis.stateful import precondition
from hypothesis.stateful import rule
from hypothesis.stateful import RuleBasedStateMachine
from hypothesis.stateful import run_state_machine_as_test

from objpub import testing
from objpub.configuration import Configuration
from objpub.content import Folder
from objpub.content import Site
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.lineage import lineage
from objpub.security import grant
from objpub.security import Identity
from objpub.security import make_users
from objpub.security import NO_IDENTITY
from objpub.security import override_permission
from objpub.security import Policy
from objpub.security import restore_permission
from objpub.security import revoke
from objpub.security import set_cuts
from tests.security.plain_words import in_plain_words

NAMES = ("view", "edit", "delete", "grant")
ROLES = st.sampled_from(["editor", "reviewer", "manager"])
PRINCIPALS = st.sampled_from(["user:ann", "user:bob", "group:staff", "group:press"])
HOLDERS = st.frozensets(st.sampled_from(["everyone", "authenticated", "owner", "editor", "reviewer"]))
CUTS = st.frozensets(st.sampled_from(["grants", "permissions"]))
MOST_PLACES = 7
LOOKED = []


class Room(Folder):
    """A folder that counts how often somebody asks what is granted at it."""

    @property
    def _grants(self):
        LOOKED.append(self.__name__)
        return self._given

    @_grants.setter
    def _grants(self, value):
        self._given = value

    _given = None


@contextmanager
def request_at(database):
    """Give the site of *database* in a transaction of its own, as a request does."""
    pair = database.pairs.take()
    pair.manager.begin()
    try:
        yield pair, site_of(pair.connection)
    finally:
        pair.manager.abort()
        database.pairs.give_back(pair)


@pytest.fixture
def rooms(database, site):
    """A site with rooms in rooms, stored: hall, and in it east, west and north."""
    place = site.add("house", Room()).add("hall", Room())
    place.add("east", Room())
    place.add("west", Room())
    place.add("north", Room())
    grant(site, "user:ann", "editor")
    site._p_jar.transaction_manager.commit()
    site._p_jar.transaction_manager.begin()
    LOOKED.clear()
    return place


@pytest.fixture
def ann():
    return Identity("ann", "Ann", frozenset({"everyone", "authenticated"}), frozenset({"user:ann"}))


def looked():
    """Return where it was asked what is granted, since the last time."""
    found, LOOKED[:] = list(LOOKED), []
    return found


def test_a_second_question_at_a_place_asks_nothing_on_the_way_up(policy, rooms, ann):
    assert policy.can(ann, "edit", rooms["east"])
    assert set(looked()) == {"east", "hall", "house"}
    assert policy.can(ann, "edit", rooms["east"])
    assert policy.can(ann, "delete", rooms["east"])
    assert not policy.can(ann, "manage", rooms["east"])
    assert "editor" in policy.roles_of(ann, rooms["east"])
    assert looked() == []


def test_what_lies_beside_it_asks_at_itself_only(policy, rooms, ann):
    policy.can(ann, "edit", rooms["east"])
    looked()
    assert policy.can(ann, "edit", rooms["west"])
    assert sorted(looked()) == ["hall", "house", "west"], "with the second one all that they share"
    assert policy.can(ann, "edit", rooms["north"])
    assert policy.can(ann, "edit", rooms)
    assert looked() == ["north"]


def test_another_identity_finds_nothing_of_the_first(policy, rooms, ann):
    assert policy.can(ann, "edit", rooms)
    twin = Identity("ann", "Ann", ann.roles, ann.principals)
    looked()
    assert policy.can(twin, "edit", rooms)
    assert set(looked()) == {"hall", "house"}
    assert not policy.can(Identity("bob", "Bob", ann.roles, frozenset({"user:bob"})), "edit", rooms)
    assert not policy.can(NO_IDENTITY, "edit", rooms)


def test_another_transaction_begins_without_knowing_anything(policy, rooms, ann):
    policy.can(ann, "edit", rooms)
    manager = rooms._p_jar.transaction_manager
    manager.commit()
    manager.begin()
    looked()
    assert policy.can(ann, "edit", rooms)
    assert set(looked()) == {"hall", "house"}


@pytest.mark.skipif(
    os.environ.get("OBJPUB_TEST_ENGINE", "").startswith(("postgresql", "sqlite")),
    reason="RelStorage does not say at once that nothing was committed",
)
def test_what_holds_for_visitors_is_known_in_the_next_transaction_too(policy, rooms):
    policy.can(NO_IDENTITY, "view", rooms)
    manager = rooms._p_jar.transaction_manager
    manager.abort()
    manager.begin()
    looked()
    assert policy.can(NO_IDENTITY, "view", rooms)
    assert looked() == []


@pytest.mark.parametrize("kept", [True, False], ids=["committed", "aborted"])
def test_what_holds_for_visitors_is_found_anew_after_a_change(policy, rooms, kept):
    assert policy.can(NO_IDENTITY, "view", rooms)
    manager = rooms._p_jar.transaction_manager
    override_permission(rooms, "view", "editor")
    manager.savepoint()  # stored, but not for good
    assert not policy.can(NO_IDENTITY, "view", rooms)
    (manager.commit if kept else manager.abort)()
    manager.begin()
    assert bool(policy.can(NO_IDENTITY, "view", rooms)) is not kept


class Objector:
    """Takes part in a transaction, behind the database, and does not agree to its commit."""

    transaction_manager = None

    def sortKey(self):  # noqa: N802
        return "~"

    def tpc_vote(self, transaction):
        raise RuntimeError("no")

    def nothing(self, transaction):
        pass

    abort = tpc_begin = commit = tpc_finish = tpc_abort = nothing


def test_what_holds_for_visitors_is_forgotten_when_a_commit_breaks_off(policy, rooms):
    connection = rooms._p_jar
    manager = connection.transaction_manager
    override_permission(rooms, "view", "editor")
    manager.get().join(Objector())
    connection.lasting["what was asked before the end"] = "the state that was to be"
    with pytest.raises(RuntimeError, match="no"):
        manager.commit()
    assert connection.lasting == {}
    manager.abort()
    manager.begin()
    assert policy.can(NO_IDENTITY, "view", rooms)


def test_what_holds_for_visitors_is_found_anew_after_somebody_elses_change(database, policy, rooms):
    with request_at(database) as (pair, site):
        place = site["house"]["hall"]
        assert policy.can(NO_IDENTITY, "view", place)
        override_permission(rooms, "view", "editor")
        rooms._p_jar.transaction_manager.commit()
        assert policy.can(NO_IDENTITY, "view", place), "a transaction sees one moment"
        pair.manager.abort()
        pair.manager.begin()
        assert not policy.can(NO_IDENTITY, "view", place)
    rooms._p_jar.transaction_manager.begin()


def test_what_holds_for_visitors_in_a_mounted_database_is_found_anew_after_changes(tmp_path):
    settings = {"database.uri": f"file:{tmp_path}/site.fs"}
    with testing.site(settings=settings) as first, first.work() as root:
        root.add("old", Folder())
    settings["mounts"] = {"/old/archive": f"file:{tmp_path}/archive.fs"}
    with testing.site(settings=settings) as running:
        policy = running.registry[Policy]
        with running.work() as root:
            root["old"]["archive"].add("year", Folder())
        with request_at(running.database) as (pair, root):
            year = root["old"]["archive"]["year"]
            for place, roles in ((year, "editor"), (root["old"], None)):
                assert policy.can(NO_IDENTITY, "view", year)
                with running.work() as elsewhere:
                    changed = elsewhere["old"]["archive"]["year"] if roles else elsewhere["old"]
                    override_permission(changed, "view", roles or "reviewer")
                pair.manager.abort()
                pair.manager.begin()
                assert not policy.can(NO_IDENTITY, "view", year), place
                with running.work() as elsewhere:
                    restore_permission(
                        elsewhere["old"]["archive"]["year"] if roles else elsewhere["old"], "view"
                    )
                pair.manager.abort()
                pair.manager.begin()


def test_what_has_changed_is_not_remembered_and_what_lies_above_is(policy, rooms, ann):
    rooms["east"]._given = {"user:ann": frozenset({"reviewer"})}
    assert "reviewer" in policy.roles_of(ann, rooms["east"])
    looked()
    rooms["east"]._given = {}  # the same object once more: no connection hears of that
    assert "reviewer" not in policy.roles_of(ann, rooms["east"])
    assert looked() == ["east"]


def test_what_is_new_is_not_remembered(policy, site, ann):
    new = site.add("new", Folder())
    assert not policy.can(ann, "edit", new)
    grant(new, "user:ann", "editor")
    assert policy.can(ann, "edit", new)


def test_what_stands_below_something_new_is_not_remembered(policy, rooms, ann, site):
    new = site.add("new", Folder())
    east = rooms["east"]
    rooms.detach("east")
    new.attach("east", east)
    site._p_jar.transaction_manager.savepoint()
    assert policy.can(ann, "edit", east)
    revoke(site, "user:ann")
    assert not policy.can(ann, "edit", east)


def test_a_rollback_over_two_savepoints_takes_what_was_remembered_along(policy, rooms, ann, site):
    manager = site._p_jar.transaction_manager
    first = manager.savepoint()
    grant(rooms, "user:ann", "reviewer")
    manager.savepoint()  # stored, so that the room has not changed since
    assert "reviewer" in policy.roles_of(ann, rooms["east"])
    first.rollback()
    assert "reviewer" not in policy.roles_of(ann, rooms["east"])


def test_another_request_sees_what_was_committed_meanwhile(database, policy, rooms, ann):
    with request_at(database) as (pair, site):
        place = site["house"]["hall"]
        assert policy.can(ann, "edit", place)
        revoke(rooms._p_jar.root()["site"], "user:ann")
        rooms._p_jar.transaction_manager.commit()
        assert policy.can(ann, "edit", place), "a transaction sees one moment"
        pair.manager.abort()
        pair.manager.begin()
        assert not policy.can(ann, "edit", place)
    rooms._p_jar.transaction_manager.begin()


def test_memory_is_bounded(policy, rooms, ann, monkeypatch):
    monkeypatch.setattr("objpub.security.standing.MOST_PLACES", 2)
    monkeypatch.setattr("objpub.security.standing.MOST_IDENTITIES", 3)
    for number in range(8):
        other = Identity(f"n{number}", "", ann.roles, frozenset({f"user:n{number}"}))
        for place in (rooms["east"], rooms["west"], rooms):
            policy.can(other, "edit", place)
    memory = rooms._p_jar.memory
    assert len(memory) <= 3
    assert all(len(each.places) <= 2 for each in memory.values())


def test_what_is_known_of_visitors_is_bounded(policy, rooms, monkeypatch):
    monkeypatch.setattr("objpub.security.standing.MOST_LASTING", 2)
    for place in (rooms["east"], rooms["west"], rooms):
        policy.can(NO_IDENTITY, "view", place)
    assert all(len(each.places) <= 2 for each in rooms._p_jar.lasting.values())


def test_a_mounted_database_has_what_comes_down_to_it_and_nothing_else(tmp_path):
    settings = {"database.uri": f"file:{tmp_path}/site.fs"}
    with testing.site(settings=settings) as first, first.work() as root:
        root.add("old", Folder())
    settings["mounts"] = {"/old/archive": f"file:{tmp_path}/archive.fs"}
    with testing.site(settings=settings) as running:
        policy = running.registry[Policy]
        with running.work() as root:
            archive = root["old"]["archive"]
            for number in range(9):  # their numbers in the database are those of others in the site's own
                grant(archive.add(f"n{number}", Folder()), "user:ann", "editor")
        with running.work() as root:
            archive, old = root["old"]["archive"], root["old"]
            ann = Identity("ann", "Ann", frozenset({"everyone"}), frozenset({"user:ann"}))
            places = (root, old, *archive.values(), archive, root.users, root.users.people)
            for place in places * 2:
                assert bool(policy.can(ann, "edit", place)) == in_plain_words(policy, ann, "edit", place)
            grant(old, "user:ann", "reviewer")
            assert "reviewer" in policy.roles_of(ann, archive["n1"])
            revoke(old, "user:ann")  # the same object once more
            assert "reviewer" not in policy.roles_of(ann, archive["n1"])
            grant(archive["n1"], "user:ann", "reviewer")
            assert "reviewer" in policy.roles_of(ann, archive["n1"])


@pytest.mark.parametrize("known", ["above", "below"])
def test_what_is_known_in_a_mounted_database_is_forgotten_with_what_lies_above(tmp_path, known):
    settings = {"database.uri": f"file:{tmp_path}/site.fs"}
    with testing.site(settings=settings) as first, first.work() as root:
        root.add("old", Folder())
    settings["mounts"] = {"/old/archive": f"file:{tmp_path}/archive.fs"}
    with testing.site(settings=settings) as running:
        policy = running.registry[Policy]
        with running.work() as root:
            root["old"]["archive"].add("year", Folder()).add("page", Folder())
        with running.work() as root:
            old = root["old"]
            year = old["archive"]["year"]
            page = year["page"]
            ann = Identity("ann", "Ann", frozenset({"everyone"}), frozenset({"user:ann"}))
            asked = page if known == "below" else year
            assert policy.can(ann, "view", asked) and not policy.can(ann, "edit", asked)
            override_permission(old, "view", "editor")
            assert not policy.can(ann, "view", asked), "what was set further up counts at once"
            grant(old, "user:ann", "editor")
            assert policy.can(ann, "edit", asked)
            revoke(root["old"], "user:ann")
            assert not policy.can(ann, "edit", asked) and not policy.can(ann, "view", asked)


class Changing(RuleBasedStateMachine):
    """One connection, in which checks and every kind of change take turns; never an answer of before."""

    @initialize()
    def begin(self):
        configuration = Configuration()
        configuration.include("objpub.security", "objpub.content")
        registry = configuration.freeze()
        self.policy = registry[Policy]
        self.database = open_database("demo:", registry=registry)
        self.pair = self.database.pairs.take()
        self.pair.manager.begin()
        self.site = Site(title="Site")
        put_site(self.pair.connection, self.site)
        users = make_users(self.site)
        for each in ("ann", "bob"):
            users.add(each, None)
        for each in ("staff", "press"):
            users.add_group(each)
        self.site.add("a", Folder()).add("b", Folder()).add("c", Folder())
        self.site.add("d", Folder())
        self.count = 0
        self.savepoints = []
        self.pair.manager.commit()
        self.pair.manager.begin()
        self.people()

    def teardown(self):
        if hasattr(self, "pair"):
            self.pair.manager.abort()
            self.database.close()

    def people(self):
        """Find out anew who is in which group, as the next request does."""
        users = self.site.users
        self.identities = [NO_IDENTITY, users.identity("ann"), users.identity("bob")]

    def places(self):
        """Return every folder of the site."""
        found = [self.site]
        for each in found:
            found.extend(each.values())
        return found

    def place(self, data):
        return data.draw(st.sampled_from(self.places()))

    @invariant()
    def every_answer_is_of_now(self):
        if not hasattr(self, "pair"):
            return
        for place in self.places():
            for identity in self.identities:
                for name in NAMES:
                    expected = in_plain_words(self.policy, identity, name, place)
                    assert bool(self.policy.can(identity, name, place)) == expected, (identity, name, place)

    @rule(data=st.data(), principal=PRINCIPALS, role=ROLES)
    def grant(self, data, principal, role):
        grant(self.place(data), principal, [role])

    @rule(data=st.data(), principal=PRINCIPALS)
    def revoke(self, data, principal):
        revoke(self.place(data), principal)

    @rule(data=st.data(), name=st.sampled_from(NAMES), roles=HOLDERS)
    def override(self, data, name, roles):
        override_permission(self.place(data), name, roles)

    @rule(data=st.data(), name=st.sampled_from(NAMES))
    def restore(self, data, name):
        restore_permission(self.place(data), name)

    @rule(data=st.data(), cuts=CUTS)
    def cut(self, data, cuts):
        set_cuts(self.place(data), cuts)

    @rule(data=st.data(), owner=st.sampled_from([None, "ann", "bob"]))
    def give(self, data, owner):
        self.place(data)._owner = owner

    @rule(data=st.data())
    def move(self, data):
        moved, target = self.place(data), self.place(data)
        if moved is self.site or moved in lineage(target) or moved.__name__ in target:
            return
        target.attach(moved.__name__, moved.__parent__.detach(moved.__name__))

    @rule(data=st.data())
    def add(self, data):
        if len(self.places()) < MOST_PLACES:
            self.count += 1
            self.place(data).add(f"n{self.count}", Folder())

    @rule(data=st.data())
    def remove(self, data):
        place = self.place(data)
        if place is not self.site:
            place.__parent__.remove(place.__name__)

    @rule(group=st.sampled_from(["staff", "press"]), joins=st.booleans())
    def change_groups(self, group, joins):
        users = self.site.users
        (users.join if joins else users.leave)("user:ann", group)
        self.people()

    @rule(role=st.sampled_from(["", "editor", "manager"]))
    def change_roles(self, role):
        self.site.users.set_roles("group:staff", role)
        self.people()

    @rule()
    def savepoint(self):
        self.savepoints.append(self.pair.manager.savepoint())

    @precondition(lambda self: self.savepoints)
    @rule(back=st.integers(1, 3))
    def roll_back(self, back):
        del self.savepoints[max(1, len(self.savepoints) - back + 1) :]
        self.savepoints[-1].rollback()
        self.people()

    @rule(kept=st.booleans())
    def next_request(self, kept):
        (self.pair.manager.commit if kept else self.pair.manager.abort)()
        self.savepoints.clear()
        self.pair.manager.begin()
        self.people()


def test_no_answer_is_of_before_whatever_is_changed():
    run_state_machine_as_test(
        Changing,
        settings=settings(
            max_examples=30, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
