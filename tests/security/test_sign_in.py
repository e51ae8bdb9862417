import base64
import hashlib
from datetime import datetime
from datetime import timedelta
from datetime import UTC

import pytest
from webob import Request

from objpub.content import Site
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.security import Authenticator
from objpub.security import authenticator_for
from objpub.security import BackOff
from objpub.security import make_users
from objpub.security import NO_IDENTITY
from objpub.security import Passwords
from objpub.security import SESSION_COOKIE
from objpub.security import SessionRules
from objpub.security import ThrottleRules
from objpub.security.throttle import places_of
from objpub.security.turns import Turns
from objpub.settings import load_settings

CHEAP = Passwords(time_cost=1, memory_cost=8, parallelism=1)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
GOOD = "drifting amber kettle"
HOME = "192.0.2.7"
WRONG = "The name or the password is wrong."


def after(seconds):
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def site():
    """A loose site with one user."""
    site = Site()
    make_users(site).add("ann", GOOD, "editor", "Ann Lee", passwords=CHEAP)
    return site


class CountingPasswords(Passwords):
    """Passwords that remember how often they were asked."""

    def __init__(self):
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.checks = 0

    def check(self, password, stored):
        self.checks += 1
        return super().check(password, stored)


def authenticator(**more):
    return Authenticator(**{"passwords": CHEAP, **more})


def request_to(site, cookie="", basic="", address=HOME, method="POST"):
    environ = {"REMOTE_ADDR": address, "REQUEST_METHOD": method}
    if cookie:
        environ["HTTP_COOKIE"] = f"{SESSION_COOKIE}={cookie}"
    if basic:
        environ["HTTP_AUTHORIZATION"] = "Basic " + base64.b64encode(basic.encode()).decode()
    request = Request.blank("/", environ)
    request.site = site
    return request


def keep(outcome, site):
    for record in outcome.records:
        record(site)


# By name and password


def test_the_right_password_begins_a_session(site):
    here = authenticator()
    outcome = here.sign_in(site, "Ann ", GOOD, HOME, NOON)
    assert outcome
    assert outcome.identity.user_id == "ann"
    assert outcome.identity.roles == {"everyone", "authenticated", "editor"}
    assert len(outcome.identity.session.csrf) >= 43
    assert outcome.refusal is None
    found = here.identify(request_to(site, here.cookie_value(outcome.session_id)), NOON)
    assert found == outcome.identity
    assert found.session.csrf == outcome.identity.session.csrf


def test_wrong_name_and_wrong_password_are_answered_alike(site):
    here = authenticator()
    answers = [
        here.sign_in(site, name, password, HOME, NOON)
        for name, password in [
            ("ann", "wrong"),
            ("nobody", GOOD),
            ("", ""),
            ("ann", ""),
            ("\ud800", "\ud800"),
        ]
    ]
    assert {answer.refusal.text for answer in answers} == {WRONG}
    assert not any(answers)
    assert len(site.users.sessions) == 0
    assert len(site.users.throttle) == 0, "a refused request changes nothing itself"


def test_a_site_without_users_refuses_after_the_same_work():
    counting = CountingPasswords()
    outcome = Authenticator(passwords=counting).sign_in(Site(), "ann", GOOD, HOME, NOON)
    assert outcome.refusal.text == WRONG
    assert counting.checks == 1


def test_wrong_passwords_are_counted_by_their_records_and_then_answered_without_hashing(site):
    counting = CountingPasswords()
    here = Authenticator(passwords=counting)
    refusals = []
    for _ in range(8):
        outcome = here.sign_in(site, "ann", "wrong", HOME, NOON)
        keep(outcome, site)
        refusals.append(outcome.refusal)
    assert [refusal.retry_after for refusal in refusals] == [0, 0, 0, 0, 0, 1, 1, 1]
    assert counting.checks == 5
    assert "Try again in a second" in refusals[-1].text
    outcome = here.sign_in(site, "ann", GOOD, HOME, NOON)
    assert not outcome, "also the right one has to wait"
    assert here.sign_in(site, "ann", GOOD, HOME, after(1))


def test_an_unknown_name_is_slowed_down_alike(site):
    here = authenticator()
    for _ in range(8):
        outcome = here.sign_in(site, "nobody", "wrong", HOME, NOON)
        keep(outcome, site)
    assert outcome.refusal.retry_after == 1


def test_the_owner_signs_in_from_a_known_address_during_an_attack(site):
    here = authenticator()
    home = here.sign_in(site, "ann", GOOD, HOME, NOON)
    for number in range(100):
        keep(here.sign_in(site, "ann", "wrong", f"198.51.100.{number % 50}", after(number)), site)
    assert not here.sign_in(site, "ann", GOOD, "203.0.113.9", after(100))
    assert here.sign_in(site, "ann", GOOD, HOME, after(100))
    assert here.sign_in(site, "ann", GOOD, "203.0.113.9", after(100), mark=home.mark)
    assert here.identify(request_to(site, here.cookie_value(home.session_id)), after(100)).user_id == "ann"


def test_a_mark_is_kept_by_its_owner_and_renewed_for_others(site):
    here = authenticator()
    first = here.sign_in(site, "ann", GOOD, HOME, NOON)
    again = here.sign_in(site, "ann", GOOD, HOME, NOON, mark=first.mark)
    assert again.mark == first.mark
    planted = here.sign_in(site, "ann", GOOD, HOME, NOON, mark="planted by somebody")
    assert planted.mark not in ("planted by somebody", first.mark)
    assert not site.users.throttle.knows_mark("ann", "planted by somebody", NOON)


def test_signing_in_ends_the_session_there_was(site):
    here = authenticator()
    first = here.sign_in(site, "ann", GOOD, HOME, NOON)
    second = here.sign_in(site, "ann", GOOD, HOME, NOON, session_id=first.session_id)
    assert second.session_id != first.session_id
    assert here.by_session(site, first.session_id, NOON) is None
    assert here.by_session(site, second.session_id, NOON).user_id == "ann"


def test_signing_out(site):
    here = authenticator()
    outcome = here.sign_in(site, "ann", GOOD, HOME, NOON)
    here.sign_out(site, outcome.session_id)
    here.sign_out(site, outcome.session_id)
    here.sign_out(Site(), outcome.session_id)
    assert here.identify(request_to(site, here.cookie_value(outcome.session_id)), NOON) is NO_IDENTITY


def test_signing_in_renews_an_old_hash(site):
    stronger = Passwords(time_cost=2, memory_cost=16, parallelism=1)
    assert Authenticator(passwords=stronger).sign_in(site, "ann", GOOD, HOME, NOON)
    assert site.users.verify("ann", GOOD, stronger) == (True, None)


# By session


def test_a_session_that_is_over_is_a_visitor(site):
    here = authenticator(sessions=SessionRules(idle=3600, absolute=86400))
    cookie = here.cookie_value(here.sign_in(site, "ann", GOOD, HOME, NOON).session_id)
    assert here.identify(request_to(site, cookie), after(3599)).user_id == "ann"
    assert here.identify(request_to(site, cookie), after(3600)) is NO_IDENTITY


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_who_only_reads_leaves_nothing_to_write_before_the_session_would_end(site, method):
    here = authenticator(sessions=SessionRules(idle=4000))
    cookie = here.cookie_value(here.sign_in(site, "ann", GOOD, HOME, NOON).session_id)
    assert here.identify(request_to(site, cookie, method=method), after(999)).records == ()
    found = here.identify(request_to(site, cookie, method=method), after(1000))
    assert len(found.records) == 1
    keep(found, site)
    assert here.identify(request_to(site, cookie, method=method), after(4999)).authenticated
    program = request_to(site, basic=f"ann:{GOOD}", address="203.0.113.9", method=method)
    assert here.identify(program, after(1)).authenticated  # which is told to the audit record, once
    found = here.identify(program, after(2))
    assert found.authenticated
    assert found.records == ()
    assert len(here.identify(request_to(site, basic="ann:wrong", method=method), after(1)).records) == 1


def test_a_use_is_noted_every_few_minutes(site):
    here = authenticator()
    outcome = here.sign_in(site, "ann", GOOD, HOME, NOON)
    cookie = here.cookie_value(outcome.session_id)
    assert here.identify(request_to(site, cookie), after(299)).records == ()
    found = here.identify(request_to(site, cookie), after(300))
    assert len(found.records) == 1
    assert found.session.used == NOON.timestamp()
    keep(found, site)
    assert here.identify(request_to(site, cookie), after(301)).session.used == after(300).timestamp()


@pytest.mark.parametrize(
    "end",
    [
        lambda users: users.set_password("ann", "another long password", CHEAP),
        lambda users: users.set_password("ann", None),
        lambda users: users.sign_out_everywhere("ann"),
        lambda users: users.remove("ann"),
        lambda users: users.people.remove("ann"),
    ],
)
def test_what_ends_all_sessions(site, end):
    here = authenticator()
    outcome = here.sign_in(site, "ann", GOOD, HOME, NOON)
    records = dict(site.users.sessions._records)
    end(site.users)
    site.users.sessions._records.update(records)  # even if their records came back, as by an undo
    assert here.by_session(site, outcome.session_id, NOON) is None


def test_a_cookie_that_is_not_signed_by_us_is_not_looked_up(site):
    here, elsewhere = authenticator(secret="s" * 32), authenticator(secret="t" * 32)
    session_id = here.sign_in(site, "ann", GOOD, HOME, NOON).session_id
    good = here.cookie_value(session_id)
    assert here.session_id_of(good) == session_id
    for bad in (
        "",
        ".",
        session_id,
        session_id + ".",
        good[:-1],
        "x" + good,
        elsewhere.cookie_value(session_id),
    ):
        assert here.session_id_of(bad) == ""
    assert authenticator(secret="s" * 32).session_id_of(good) == session_id, "a restart keeps sessions"
    assert here.identify(request_to(site, elsewhere.cookie_value(session_id)), NOON) is NO_IDENTITY


def test_a_request_without_credentials_is_a_visitor(site):
    assert authenticator().identify(request_to(site)) is NO_IDENTITY
    assert authenticator().identify(request_to(Site(), "x.y"), NOON) is NO_IDENTITY


def test_a_session_of_a_site_without_users_is_none():
    assert authenticator().by_session(Site(), "x", NOON) is None


# By Basic authorization


def test_basic_authorization(site):
    here = authenticator()
    found = here.identify(request_to(site, basic=f"ann:{GOOD}"), NOON)
    assert found.user_id == "ann"
    assert found.session is None
    assert len(found.records) == 2, "the address is new, and the audit record is told"
    keep(found, site)
    assert here.identify(request_to(site, basic=f"ann:{GOOD}"), after(1)).records == ()


def test_a_password_with_a_colon(site):
    site.users.add("bob", "amber:drifting:kettle", passwords=CHEAP)
    assert (
        authenticator().identify(request_to(site, basic="bob:amber:drifting:kettle"), NOON).user_id == "bob"
    )


def test_wrong_basic_authorization_is_a_visitor_with_a_refusal(site):
    found = authenticator().identify(request_to(site, basic="ann:wrong"), NOON)
    assert not found.authenticated
    assert found.roles == NO_IDENTITY.roles
    assert found.refusal.text == WRONG
    assert len(found.records) == 1
    assert NO_IDENTITY.refusal is None


@pytest.mark.parametrize(
    "value", ["Basic", "Basic ", "Basic ???", "Basic /w==", "Basic YQ==", "Bearer x", "basic\t", "x"]
)
def test_what_cannot_be_read_is_a_visitor(site, value):
    request = Request.blank("/", {"HTTP_AUTHORIZATION": value, "REMOTE_ADDR": HOME})
    request.site = site
    assert not authenticator().identify(request, NOON).authenticated


def test_a_right_password_is_not_hashed_again_for_a_minute(site):
    counting = CountingPasswords()
    here = Authenticator(passwords=counting)
    for second in (0, 1, 59):
        assert here.identify(request_to(site, basic=f"ann:{GOOD}"), after(second)).authenticated
    assert counting.checks == 1
    here.identify(request_to(site, basic=f"ann:{GOOD}"), after(60))
    assert counting.checks == 2
    here.identify(request_to(site, basic=f"ann:{GOOD}"), after(-3600))
    assert counting.checks == 3, "a clock that goes back does not make it last"


class Late(Turns):
    """Turns that come after something else happened."""

    def __init__(self, happens):
        super().__init__()
        self.happens = happens

    def hashing(self, known):
        self.happens()
        return super().hashing(known)


def test_of_many_who_send_the_same_right_password_at_once_only_the_first_is_hashed(site):
    counting = CountingPasswords()
    turns = Late(lambda: here._proofs.put("ann", GOOD, site.users.stamp_of("ann"), NOON))
    here = Authenticator(passwords=counting, turns=turns)
    assert here.identify(request_to(site, basic=f"ann:{GOOD}"), NOON).user_id == "ann"
    assert counting.checks == 0


def test_a_changed_password_is_forgotten_at_once(site):
    here = authenticator()
    assert here.identify(request_to(site, basic=f"ann:{GOOD}"), NOON).authenticated
    site.users.set_password("ann", "another long password", CHEAP)
    assert not here.identify(request_to(site, basic=f"ann:{GOOD}"), NOON).authenticated
    assert here.identify(request_to(site, basic="ann:another long password"), NOON).authenticated
    site.users.remove("ann")
    assert not here.identify(request_to(site, basic="ann:another long password"), NOON).authenticated


def test_what_is_remembered_does_not_help_to_guess_while_there_is_a_wait(site):
    """Else whoever guesses could try at full speed, for a minute after each use by a program."""
    here = authenticator()
    keep(here.identify(request_to(site, basic=f"ann:{GOOD}"), NOON), site)
    for _ in range(10):
        keep(here.identify(request_to(site, basic="ann:wrong", address="203.0.113.9"), NOON), site)
    guessed = here.identify(request_to(site, basic=f"ann:{GOOD}", address="203.0.113.9"), NOON)
    assert not guessed.authenticated
    assert guessed.refusal.retry_after > 0
    assert here.identify(request_to(site, basic=f"ann:{GOOD}"), NOON).authenticated


def test_what_is_remembered_is_bounded_and_shows_no_password(site):
    here = authenticator()
    for number in range(1500):
        here._proofs.put(f"user{number}", GOOD, "stamp", NOON)
    assert len(here._proofs._until) <= 1000
    digest = hashlib.sha256(f"user1499\0{GOOD}\0stamp".encode()).digest()
    assert digest not in here._proofs._until
    assert here._proofs.has("user1499", GOOD, "stamp", NOON)
    assert not Authenticator(passwords=CHEAP)._proofs.has("user1499", GOOD, "stamp", NOON)


class Counting(Passwords):
    """Passwords that count how often one is checked."""

    checks = 0

    def check(self, password, stored):
        self.checks += 1
        return super().check(password, stored)


def test_basic_hashes_nothing_once_it_was_right(site):
    passwords = Counting(time_cost=1, memory_cost=8, parallelism=1)
    here = Authenticator(passwords=passwords)
    request = request_to(site, basic=f"ann:{GOOD}")
    here.identify(request, NOON)
    assert passwords.checks == 1
    for _ in range(20):
        assert here.identify(request, NOON).user_id == "ann"
    assert passwords.checks == 1


def test_a_session_goes_before_basic(site):
    site.users.add("bob", GOOD, passwords=CHEAP)
    here = authenticator()
    cookie = here.cookie_value(here.sign_in(site, "ann", GOOD, HOME, NOON).session_id)
    assert here.identify(request_to(site, cookie, f"bob:{GOOD}"), NOON).user_id == "ann"
    assert here.identify(request_to(site, "stale.cookie", f"bob:{GOOD}"), NOON).user_id == "bob"


# In a database


def test_finding_out_who_asks_only_reads_and_records_are_kept_apart(database):
    here = Authenticator(passwords=Passwords(2, 16, 1))
    with transaction_for(database) as pair:
        site = Site()
        put_site(pair.connection, site)
        make_users(site).add("ann", GOOD, passwords=CHEAP)
        pair.manager.commit()
    with transaction_for(database) as pair:
        session_id = here.sign_in(site_of(pair.connection), "ann", GOOD, HOME, NOON).session_id
        pair.manager.commit()
    cookie = here.cookie_value(session_id)
    credentials = [
        {"cookie": cookie},
        {"basic": "ann:wrong"},
        {"basic": f"ann:{GOOD}", "address": "203.0.113.9"},
    ]
    for given in credentials:
        with transaction_for(database, read_only=True) as pair:
            found = here.identify(request_to(site_of(pair.connection), **given), after(400))
            assert not pair.connection.violation
            assert not pair.connection._registered_objects
        with transaction_for(database) as pair:
            keep(found, site_of(pair.connection))
            pair.manager.commit()
        assert found.records
    with transaction_for(database) as pair:
        users = site_of(pair.connection).users
        assert users.sessions.find(session_id, NOON, here.sessions).used == after(400).timestamp()
        assert users.throttle.is_quiet("ann", places_of("203.0.113.9"), NOON)
        assert not users.throttle.is_quiet("ann", places_of(HOME), NOON), "the wrong one came from there"


# What is shown, and settings


def test_no_secret_in_what_is_shown(site):
    here = authenticator(secret="s" * 32)
    right = here.sign_in(site, "ann", GOOD, HOME, NOON)
    wrong = here.sign_in(site, "ann", "a secret typed wrong", HOME, NOON)
    shown = repr([here, here._proofs, right, wrong, right.identity, right.records, wrong.records, vars(here)])
    session = right.identity.session
    for secret in (GOOD, "a secret typed wrong", right.session_id, right.mark, session.csrf, session.key):
        assert secret not in shown
    assert "argon2id" not in shown


def test_settings_become_limits(tmp_path):
    environ = {
        "OBJPUB_SECRET": "s" * 40,
        "OBJPUB_SESSION_IDLE_SECONDS": "600",
        "OBJPUB_SESSION_ABSOLUTE_SECONDS": "7200",
        "OBJPUB_SECURITY_ARGON2_PASSES": "1",
        "OBJPUB_SECURITY_ARGON2_MEMORY_BYTES": "65536",
        "OBJPUB_SECURITY_ARGON2_LANES": "1",
        "OBJPUB_SECURITY_ACCOUNT_FAILURES": "3",
        "OBJPUB_SECURITY_ADDRESS_FAILURES": "7",
        "OBJPUB_SECURITY_FAILURE_SECONDS": "60",
    }
    (tmp_path / "objpub.toml").write_text("")
    here = authenticator_for(load_settings(tmp_path / "objpub.toml", environ))
    assert here.passwords.hash(GOOD).startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert (here.sessions.idle, here.sessions.absolute) == (600, 7200)
    assert here.throttle == ThrottleRules(
        BackOff(3, longest=60), BackOff(3, longest=60), BackOff(7, longest=60)
    )
    assert here.session_id_of(authenticator(secret="s" * 40).cookie_value("id")) == "id"


def test_a_long_wait_is_told_in_minutes(site):
    here = authenticator()
    for _ in range(20):
        site.users.throttle.failed("ann", places_of(HOME), NOON, here.throttle)
    assert here.sign_in(site, "ann", GOOD, HOME, NOON).refusal.text.endswith("Try again in 15 minutes.")
