import io
import pickletools
from datetime import datetime
from datetime import UTC

import pytest

from objpub.content import Folder
from objpub.content import Site
from objpub.errors import BadName
from objpub.errors import Invalid
from objpub.errors import NameTaken
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.events import Moved
from objpub.events import notify
from objpub.events import SiteCreated
from objpub.lineage import path_of
from objpub.security import make_users
from objpub.security import NO_IDENTITY
from objpub.security import Passwords
from objpub.security import SessionRules
from objpub.security import User
from objpub.security.throttle import places_of
from objpub.security.throttle import ThrottleRules

CHEAP = Passwords(time_cost=1, memory_cost=8, parallelism=1)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
GOOD = "drifting amber kettle"


def test_users_are_made_once(site):
    users = site.users
    assert make_users(site) is users
    assert path_of(users) == "/users"
    assert "users" not in site, "no child of the site: no address leads there"


def test_a_new_site_gets_its_users(registry):
    site = Site()
    notify(registry, SiteCreated(site))
    assert len(site.users) == 0


def test_adding_a_user(site):
    user = site.users.add("Ann@Example.org", GOOD, "editor", "Ann Lee", "ann@example.org", passwords=CHEAP)
    assert user.__name__ == "ann@example.org"
    assert (user.title, user.email, user._owner) == ("Ann Lee", "ann@example.org", "ann@example.org")
    assert site.users.get("ANN@example.org ") is user
    assert "ann@example.org" in site.users
    assert "bob" not in site.users
    assert list(site.users) == ["ann@example.org"]
    assert site.users.roles_given("user:ann@example.org") == {"editor"}
    assert site.users.check_password("ann@example.org", GOOD, CHEAP)
    assert not site.users.check_password("ann@example.org", "something else", CHEAP)


@pytest.mark.parametrize(
    "user_id", ["", " ", "a b", "a:b", "a/b", ".a", "-a", "a" * 101, "system", "Everyone", "a\0"]
)
def test_a_name_that_cannot_be_one(site, user_id):
    with pytest.raises(BadName):
        site.users.add(user_id, None)
    assert len(site.users) == 0


@pytest.mark.parametrize("user_id", ["a", "josé", "张伟", "a.b+c@d-e.org", "A1"])
def test_a_name_that_can(site, user_id):
    site.users.add(user_id, None)
    assert user_id in site.users


def test_a_refused_user_leaves_nothing_behind(site):
    for arguments in (("ann", "short"), ("ann", GOOD, "editr"), ("ann", GOOD, "owner")):
        with pytest.raises(Invalid):
            site.users.add(*arguments, passwords=CHEAP)
    with pytest.raises(Invalid):
        site.users.add("ann", GOOD, email="not an address", passwords=CHEAP)
    assert len(site.users) == 0
    site.users.add("ann", GOOD, passwords=CHEAP)


def test_a_name_is_never_given_to_somebody_else(site):
    site.users.add("ann", GOOD, "manager", passwords=CHEAP)
    with pytest.raises(NameTaken):
        site.users.add("Ann", None)
    site.users.remove("ann")
    assert "ann" not in site.users
    assert site.users.principals_with(["manager"], 3) == []
    with pytest.raises(NameTaken, match="once"):
        site.users.add("ann", None)


def test_another_object_under_the_old_name_is_nobody(site):
    site.users.add("ann", GOOD, "manager", passwords=CHEAP)
    site.users.people.remove("ann")
    other = User(title="Another Ann")
    site.users.people.add("ann", other)
    assert site.users.identity("ann") is None
    other._mark = "of another account"
    assert site.users.identity("ann") is None
    assert not site.users.check_password("ann", GOOD, CHEAP)
    assert site.users.stamp_of("ann") == ""
    with pytest.raises(NotPossible, match="somebody else's name"):
        site.users.set_password("ann", GOOD, CHEAP)


def test_a_user_that_comes_back_from_the_trash_is_the_same(site):
    user = site.users.add("ann", GOOD, "manager", passwords=CHEAP)
    site.users.people.remove("ann")
    assert site.users.identity("ann") is None
    assert not site.users.check_password("ann", GOOD, CHEAP)
    site.users.people.add("ann", user)
    assert site.users.check_password("ann", GOOD, CHEAP)
    assert "manager" in site.users.identity("ann").roles


def test_a_user_added_as_content_can_be_given_a_password(site):
    site.users.people.add("bob", User(title="Bob"))
    assert site.users.identity("bob").title == "Bob"
    assert not site.users.check_password("bob", GOOD, CHEAP)
    site.users.set_password("bob", GOOD, CHEAP)
    assert site.users.check_password("bob", GOOD, CHEAP)
    assert site.users.get("bob")._owner == "bob"


def test_a_user_without_a_password_cannot_sign_in(site):
    site.users.add("ann", None)
    for password in ("", "None", GOOD):
        assert not site.users.check_password("ann", password, CHEAP)
    assert site.users.stamp_of("ann") == ""


def test_a_new_password_ends_sessions_and_forgets_places(site):
    users = site.users
    users.add("ann", GOOD, passwords=CHEAP)
    rules = SessionRules()
    users.sessions.begin("ann", users.stamp_of("ann"), NOON, rules)
    places = places_of("192.0.2.1")
    users.throttle.succeeded("ann", places, NOON)
    before = users.stamp_of("ann")
    users.set_password("ann", "another long password", CHEAP)
    assert users.check_password("ann", "another long password", CHEAP)
    assert not users.check_password("ann", GOOD, CHEAP)
    assert users.stamp_of("ann") != before
    assert len(users.sessions) == 0
    assert not users.throttle.is_quiet("ann", places, NOON)
    with pytest.raises(Invalid):
        users.set_password("ann", "short", CHEAP)
    with pytest.raises(NotFound, match="bob"):
        users.set_password("bob", GOOD, CHEAP)


def test_signing_out_everywhere_leaves_the_password(site):
    users = site.users
    users.add("ann", GOOD, passwords=CHEAP)
    users.sessions.begin("ann", users.stamp_of("ann"), NOON, SessionRules())
    before = users.stamp_of("ann")
    users.sign_out_everywhere("ann")
    assert users.stamp_of("ann") not in ("", before)
    assert len(users.sessions) == 0
    assert users.check_password("ann", GOOD, CHEAP)
    users.people.add("bob", User())
    users.sign_out_everywhere("bob")


def test_checking_renews_an_old_hash_and_keeps_sessions(site):
    users = site.users
    users.add("ann", GOOD, passwords=CHEAP)
    before = users.stamp_of("ann")
    stronger = Passwords(time_cost=2, memory_cost=16, parallelism=1)
    assert users.check_password("ann", GOOD, stronger)
    assert users.verify("ann", GOOD, stronger) == (True, None)
    assert users.stamp_of("ann") == before


def test_an_identity_has_the_roles_of_its_groups(site):
    users = site.users
    users.add("ann", None, "reviewer", "Ann Lee")
    users.add_group("comms", "Communications", "editor")
    users.add_group("staff")
    users.join("user:ann", "comms")
    users.join("group:comms", "staff")
    users.set_roles("group:staff", "manager")
    ann = users.identity("ann")
    assert ann.user_id == "ann"
    assert ann.roles == {"everyone", "authenticated", "reviewer", "editor", "manager"}
    assert ann.principals == {"user:ann", "group:comms", "group:staff"}
    assert users.members_of("staff") == ["group:comms"]
    assert users.groups_of("user:ann") == {"comms"}
    users.leave("group:comms", "staff")
    assert "manager" not in users.identity("ann").roles
    assert users.identity("nobody") is None


def test_a_removed_group_gives_nothing_and_its_name_stays_taken(site):
    users = site.users
    users.add("ann", None)
    users.add_group("staff", roles="editor")
    users.join("user:ann", "staff")
    users.remove_group("staff")
    assert users.identity("ann").principals == {"user:ann"}
    with pytest.raises(NameTaken, match="once"):
        users.add_group("staff")
    with pytest.raises(NotFound, match="group 'staff'"):
        users.remove_group("staff")


def test_only_what_is_there_can_be_given_roles_or_joined(site):
    users = site.users
    users.add("ann", None)
    for act in (
        lambda: users.set_roles("user:bob", "editor"),
        lambda: users.join("user:ann", "staff"),
        lambda: users.join("group:staff", "staff"),
        lambda: users.remove("bob"),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(Invalid, match="'user:ID'"):
        users.set_roles("ann", "editor")
    with pytest.raises(Invalid, match="did you mean 'editor'"):
        users.set_roles("user:ann", "editr")


def test_titles_of_principals(site):
    users = site.users
    users.add("ann", None, title="Ann Lee")
    users.add("bob", None)
    users.add_group("staff", "All staff")
    principals = ["user:ann", "user:bob", "group:staff", "user:gone", "x"]
    titles = [users.title_of_principal(each) for each in principals]
    assert titles == ["Ann Lee", "bob", "All staff", "gone", ""]


def test_users_cannot_be_renamed(site, registry):
    users = site.users
    user = users.add("ann", None)
    with pytest.raises(NotPossible, match="cannot be renamed"):
        notify(registry, Moved(user, users.people, "ann", users.people, "bob"))
    notify(registry, Moved(user, users.people, "ann", Folder(), "1"))


def test_users_are_hidden_from_others(site, policy):
    users = site.users
    ann, bob = users.add("ann", None), users.add("bob", None)
    identity = users.identity("ann")
    assert policy.can(identity, "view", ann)
    assert policy.can(identity, "edit", ann)
    for other in (bob, users, users.people, users.groups):
        assert not policy.can(identity, "view", other)
        assert not policy.can(NO_IDENTITY, "view", other)
    for permission in ("add", "delete", "grant", "manage"):
        assert not policy.can(identity, permission, ann)
    users.set_roles("user:ann", "editor")
    assert not policy.can(users.identity("ann"), "edit", bob), "an editor of the site is none of its users"


def test_nothing_secret_is_on_a_user(site):
    user = site.users.add("ann", GOOD, "manager", passwords=CHEAP)
    state = repr(user.__getstate__())
    assert "argon2" not in state
    assert "manager" not in state
    assert "argon2" not in repr(site.users._accounts.get("ann", user._mark))
    assert "argon2" not in repr(vars(site.users))


def test_stored_records_name_only_our_classes_and_trees(site):
    users = site.users
    users.add("ann", GOOD, "editor", passwords=CHEAP)
    users.add_group("staff", "Staff", "editor")
    users.join("user:ann", "staff")
    users.sessions.begin("ann", "s", NOON, SessionRules())
    users.throttle.succeeded("ann", places_of("192.0.2.1"), NOON)
    users.throttle.failed("bob", places_of("192.0.2.1"), NOON, ThrottleRules())
    site._p_jar.transaction_manager.commit()
    site._p_jar.transaction_manager.begin()
    storage = site._p_jar.db().storage
    named = set()
    for transaction in storage.iterator():
        for record in transaction:
            named |= names_in(record.data)
    foreign = {
        name for name in named if name.split(".")[0] not in {"objpub", "BTrees", "builtins", "persistent"}
    }
    assert foreign <= {"copyreg._reconstructor", "datetime.datetime", "datetime.timezone", "_codecs.encode"}


def names_in(data):
    """Return the globals that a pickle names."""
    found = set()
    stream = io.BytesIO(data)
    while stream.tell() < len(data):
        strings = []
        for opcode, argument, _ in pickletools.genops(stream):
            if opcode.name == "GLOBAL":
                found.add(argument.replace(" ", "."))
            elif "UNICODE" in opcode.name:
                strings.append(argument)
            elif opcode.name == "STACK_GLOBAL":
                found.add(".".join(strings[-2:]))
    return found
