"""Tokens: kept as hashes, limited to their scope, and never more than their owner."""

import base64
from datetime import datetime
from datetime import timedelta
from datetime import UTC

import pytest
from webob import Request

from objpub.content import Content
from objpub.content import Folder
from objpub.security import Authenticator
from objpub.security import grant
from objpub.security import Passwords
from objpub.security.tokens import NOTED_SECONDS

CHEAP = Passwords(time_cost=1, memory_cost=8, parallelism=1)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
GOOD = "drifting amber kettle"


@pytest.fixture
def site(site):
    """The site in a database, with ann, an editor, and tom, a manager; /news/tides and /archive."""
    site.users.add("ann", GOOD, "editor", "Ann Lee", passwords=CHEAP)
    site.users.add("tom", GOOD, "manager", passwords=CHEAP)
    site.add("news", Folder())
    site["news"].add("tides", Content())
    site.add("archive", Folder())
    site._p_jar.transaction_manager.commit()
    site._p_jar.transaction_manager.begin()
    return site


def made(site, user="ann", permissions=None, place=None, lasting=DAY):
    return site.users.make_token(user, "Deploy", permissions, place, NOON, lasting)


def asked(site, text, now=NOON, scheme="Bearer ", method="GET"):
    environ = {"HTTP_AUTHORIZATION": scheme + text, "REQUEST_METHOD": method}
    request = Request.blank("/", environ)
    request.site = site
    return Authenticator(passwords=CHEAP).identify(request, now)


def keep(identity, site):
    for record in identity.records:
        record(site)


def test_a_token_is_its_owner(site):
    identity = asked(site, made(site))
    assert (identity.user_id, identity.title) == ("ann", "Ann Lee")
    assert "editor" in identity.roles
    assert identity.session is None
    assert asked(site, made(site), scheme="bearer  ") == identity


@pytest.mark.parametrize(
    "change",
    [lambda text: text[:-1], lambda text: text + "x", str.lower, lambda text: "", lambda text: "ä\ud800"],
)
def test_any_other_text_is_refused(site, change):
    identity = asked(site, change(made(site)))
    assert not identity.authenticated
    assert identity.refusal.text == "This token is not valid, or not any more."


def test_a_token_is_no_password_and_a_password_no_token(site):
    text = made(site)
    basic = base64.b64encode(f"ann:{text}".encode()).decode()
    assert not asked(site, basic, scheme="Basic ").authenticated
    assert not asked(site, GOOD).authenticated


def test_the_text_of_a_token_is_stored_nowhere(site, database):
    text = made(site)
    assert text.startswith("objpub_") and len(text) >= 50
    site._p_jar.transaction_manager.commit()
    for revision in database.storage.iterator():
        for record in revision:
            assert text.encode() not in record.data
            assert text.removeprefix("objpub_").encode() not in record.data
    site._p_jar.transaction_manager.begin()
    assert text not in repr(site.users.tokens.of("ann"))


def test_a_token_ends_on_its_day(site):
    text = made(site)
    assert asked(site, text, NOON + DAY - timedelta(seconds=1)).authenticated
    assert not asked(site, text, NOON + DAY).authenticated
    assert not asked(site, text, NOON - DAY).authenticated, "a clock that went back does not lengthen it"


def test_a_token_ends_when_it_is_revoked(site):
    first, second = made(site), made(site)
    token = site.users.tokens.find(first, NOON)
    site.users.tokens.revoke(token.key)
    assert not asked(site, first).authenticated
    assert asked(site, second).authenticated


@pytest.mark.parametrize(
    "change",
    [
        lambda users: users.set_password("ann", "another long one", CHEAP),
        lambda users: users.set_password("ann", None),
        lambda users: users.remove("ann"),
    ],
)
def test_a_token_ends_with_the_password_and_with_its_owner(site, change):
    text, other = made(site), made(site, "tom")
    change(site.users)
    assert not asked(site, text).authenticated
    assert asked(site, other).authenticated


def test_signing_out_everywhere_is_about_browsers_only(site):
    text = made(site)
    site.users.sign_out_everywhere("ann")
    assert asked(site, text).authenticated


def test_somebody_without_a_password_can_have_a_token(site):
    site.users.add("robot", None)
    assert asked(site, made(site, "robot")).user_id == "robot"


def test_roles_that_are_taken_from_the_owner_are_taken_from_the_token_at_once(site):
    text = made(site)
    site.users.set_roles("user:ann", [])
    assert "editor" not in asked(site, text).roles


def test_the_use_is_noted_every_few_minutes_only(site):
    text = made(site)
    identity = asked(site, text)
    keep(identity, site)
    assert site.users.tokens.of("ann")[0].used == NOON.timestamp()
    soon, later = NOON + timedelta(seconds=NOTED_SECONDS - 1), NOON + timedelta(seconds=NOTED_SECONDS)
    assert asked(site, text, soon).records == ()
    keep(identity, site)
    keep(asked(site, text, later), site)
    assert site.users.tokens.of("ann")[0].used == later.timestamp()


def test_a_use_of_a_token_that_was_revoked_meanwhile_leaves_nothing(site):
    identity = asked(site, made(site))
    site.users.tokens.revoke_all_of("ann")
    keep(identity, site)
    assert site.users.tokens.of("ann") == []
    assert len(site.users.tokens._used) == 0


def test_expired_tokens_are_shown_for_a_while_and_then_dropped(site):
    made(site)
    for days, count in ((20, 2), (40, 2)):
        site.users.make_token("ann", "Next", None, None, NOON + timedelta(days=days), DAY)
        assert len(site.users.tokens.of("ann")) == count


# What it may do


def test_a_token_does_only_what_it_was_made_for(site, policy):
    identity = asked(site, made(site, permissions=["view", "edit"]))
    tides = site["news"]["tides"]
    assert policy.can(identity, "edit", tides)
    decision = policy.can(identity, "delete", tides)
    assert not decision
    assert decision.sentence == ("Ann Lee may not delete “tides”. The token “Deploy” was not made for that.")
    assert decision.steps[-2].text == "The token “Deploy” was not made for that."
    assert decision.steps[-1].text == "So the answer is no."


def test_a_token_for_a_place_reaches_nothing_else(site, policy):
    identity = asked(site, made(site, place=site["news"]))
    assert policy.can(identity, "edit", site["news"]["tides"])
    assert policy.can(identity, "edit", site["news"])
    for place in (site, site["archive"]):
        decision = policy.can(identity, "view", place)
        assert not decision
        assert "for another part of the site" in decision.sentence


def test_a_place_is_followed_and_its_name_is_not_inherited(site, policy):
    text = made(site, place=site["news"])
    news = site["news"]
    site.remove("news")
    site.add("older", news)
    site.add("news", Folder())
    identity = asked(site, text)
    assert policy.can(identity, "edit", site["older"]["tides"])
    assert not policy.can(identity, "edit", site["news"])


def test_a_token_of_a_manager_is_bound_by_its_scope_too(site, policy):
    identity = asked(site, made(site, "tom", permissions=["view"], place=site["news"]))
    assert policy.can(identity, "view", site["news"])
    assert not policy.can(identity, "edit", site["news"])
    assert not policy.can(identity, "view", site["archive"])


def test_a_token_never_does_more_than_its_owner(site, policy):
    site.users.add("nora", None)
    identity = asked(site, made(site, "nora", permissions=["view", "edit", "manage", "grant"]))
    for permission in ("edit", "manage", "grant"):
        assert not policy.can(identity, permission, site["news"])
    grant(site["news"], "user:nora", ["editor"])
    assert policy.can(identity, "edit", site["news"]["tides"])
    assert not policy.can(identity, "manage", site["news"])


def test_a_token_does_not_reach_its_owner(site, policy):
    ann = site.users.get("ann")
    assert policy.can(site.users.identity("ann"), "edit", ann)
    for permissions in (None, ["view", "edit"], ["view", "edit", "manage"]):
        identity = asked(site, made(site, permissions=permissions))
        assert not policy.can(identity, "edit", ann), "whoever sets the address gets the account"
        assert not policy.can(identity, "view", ann)


def test_a_token_of_a_manager_deals_with_people_only_if_it_was_made_to_manage(site, policy):
    ann = site.users.get("ann")
    assert policy.can(asked(site, made(site, "tom")), "edit", ann)
    assert policy.can(asked(site, made(site, "tom", permissions=["view", "manage"])), "view", ann)
    assert not policy.can(asked(site, made(site, "tom", permissions=["view", "edit"])), "edit", ann)
    assert not policy.can(asked(site, made(site, "tom", place=site["news"])), "edit", ann)


def test_a_token_whose_place_is_gone_is_over(site):
    text = made(site, place=site["news"])
    key = site.users.tokens.find(text, NOON).key
    record = site.users.tokens._records[key]
    site.users._tokens._records[key] = (*record[:3], lambda: None, *record[4:])
    assert not asked(site, text).authenticated
