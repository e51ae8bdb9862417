"""Tokens are made by their owner, or by whoever may manage that user; never by a token."""

from dataclasses import replace

import pytest

from objpub.content import Folder
from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.operations import end_session
from objpub.operations import end_sessions
from objpub.operations import make_token
from objpub.operations import revoke_token
from objpub.operations import set_password
from objpub.operations.tokens import MOST_TOKENS
from objpub.schema import field
from objpub.security import override_permission
from objpub.security import Passwords
from objpub.security import Scope
from objpub.security import SYSTEM

CHEAP = Passwords(time_cost=1, memory_cost=8, parallelism=1)
GOOD = "salt marsh wardens"


class Box(Folder, addable="anywhere"):
    title: str = field(default="")


@pytest.fixture
def site(world):
    world.site.add("news", Box(title="News"))
    world.commit()
    return world.site


def tokens(site, user_id):
    return site.users.tokens.of(user_id)


def test_one_makes_and_revokes_ones_own(world, site):
    ann = world.identity("vera")
    text = make_token(ann, site, "vera", " Deploy ", permissions=["view"], place=site["news"], days=30)
    assert text.startswith("objpub_")
    assert world.commit() == ("Made the token “Deploy” of “Vera Holm” (vera)", "vera")
    token = tokens(site, "vera")[0]
    assert (token.title, token.permissions, token.place) == ("Deploy", {"view"}, site["news"])
    assert token.expires - token.made == 30 * 86_400
    revoke_token(ann, site, "vera", token.key[:16])
    assert world.commit() == ("Revoked the token “Deploy” of “Vera Holm” (vera)", "vera")
    assert tokens(site, "vera") == []
    with world.refuses(NotFound):
        revoke_token(ann, site, "vera", token.key[:16])


def test_no_sentence_and_no_description_has_the_text_of_a_token(world, site):
    text = make_token(world.identity("ann"), site, "ann", "Deploy", permissions=None)
    assert text not in repr(world.commit())


@pytest.mark.parametrize("mark", ["", "a", "0123456"])
def test_a_short_mark_means_no_token(world, site, mark):
    make_token(world.identity("ann"), site, "ann", "Deploy", permissions=None)
    with world.refuses(NotFound):
        revoke_token(world.identity("ann"), site, "ann", mark and tokens(site, "ann")[0].key[: len(mark)])


def test_a_manager_does_it_for_others_and_nobody_else(world, site):
    override_permission(site.users, "manage", ["editor"])
    override_permission(site.users, "grant", ["editor"])
    make_token(world.identity("tom"), site, "ann", "For her", permissions=None)
    make_token(SYSTEM, site, "ann", "By command", permissions=None)
    make_token(SYSTEM, site, "tom", "Of a manager", permissions=None)
    world.commit()
    with world.refuses(Forbidden):
        make_token(world.identity("vera"), site, "ann", "x", permissions=None)
    with world.refuses(Forbidden):
        make_token(world.identity("ann"), site, "tom", "x", permissions=None)  # lacks the role manager
    with world.refuses(Forbidden):
        revoke_token(world.identity("ann"), site, "tom", tokens(site, "tom")[0].key)
    with world.refuses(NotFound):
        make_token(SYSTEM, site, "nobody", "x", permissions=None)


@pytest.mark.parametrize("user_id", ["ann", "tom"])
def test_a_token_does_nothing_about_the_account(world, site, user_id):
    set_password(SYSTEM, site, user_id, GOOD, passwords=CHEAP)
    make_token(SYSTEM, site, user_id, "Old", permissions=None)
    world.commit()
    by_token = replace(world.identity(user_id), scope=Scope("Old"))
    for user in ("ann", "tom"):
        with world.refuses(Forbidden):
            make_token(by_token, site, user, "New", permissions=None)
        with world.refuses(Forbidden):
            revoke_token(by_token, site, user, tokens(site, user_id)[0].key)
        with world.refuses(Forbidden):
            set_password(by_token, site, user, "another long one", current=GOOD, passwords=CHEAP)
        with world.refuses(Forbidden):
            end_sessions(by_token, site, user)
    with world.refuses(Forbidden):
        end_session(by_token, site, "0" * 16)


def test_every_mistake_is_told_at_once(world, site):
    with world.refuses(Invalid) as caught:
        make_token(
            world.identity("ann"), site, "ann", " ", permissions=["veiw"], place=Box(title="Loose"), days=367
        )
    assert set(caught.value.errors) == {"title", "permissions", "place", "days"}
    for wrong in ({"title": "x" * 101}, {"title": "a\nb"}, {"permissions": []}, {"days": 0}, {"days": True}):
        with world.refuses(Invalid) as caught:
            make_token(
                world.identity("ann"), site, "ann", **{"title": "Deploy", "permissions": ["view"], **wrong}
            )
        assert set(caught.value.errors) == set(wrong)


def test_a_place_that_one_may_not_view_is_none(world, site):
    override_permission(site["news"], "view", ["manager"])
    with world.refuses(Invalid) as caught:
        make_token(world.identity("ann"), site, "ann", "Deploy", permissions=None, place=site["news"])
    assert caught.value.errors == {"place": "there is nothing at this path"}


def test_there_are_so_many_and_no_more(world, site):
    for _ in range(MOST_TOKENS):
        make_token(world.identity("ann"), site, "ann", "Deploy", permissions=None)
    with world.refuses(NotPossible):
        make_token(world.identity("ann"), site, "ann", "Deploy", permissions=None)
    make_token(world.identity("ed"), site, "ed", "Deploy", permissions=None)
