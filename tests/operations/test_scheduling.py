"""Transitions that are made later."""

from dataclasses import replace
from datetime import datetime
from datetime import timedelta
from datetime import UTC

import pytest

from objpub.configuration import Configuration
from objpub.content import Content
from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.jobs import queue_of
from objpub.operations import add_new
from objpub.operations import copy
from objpub.operations import delete
from objpub.operations import edit
from objpub.operations import rename
from objpub.operations import schedule
from objpub.operations import scheduled_for
from objpub.operations import transition
from objpub.operations import unschedule
from objpub.schema import field
from objpub.security import Deny
from objpub.security import NO_IDENTITY
from objpub.security import override_permission
from objpub.security import Permission
from objpub.workflow import decisions_of
from objpub.workflow import State
from objpub.workflow import state_of
from objpub.workflow import Transition
from objpub.workflow import Workflow
from tests.jobs.conftest import do as do

Publish = Permission("press.publish", roles="editor")


def is_long(article, identity):
    return None if len(article.title) > 3 else Deny("It is too short.")


class Article(
    Content,
    addable="anywhere",
    workflow=Workflow(
        State("draft", view="owner editor"),
        State("published", view="everyone"),
        Transition("publish", "draft -> published", needs=Publish, guard=is_long),
        Transition("expire", "published -> draft", needs=Publish),
    ),
):
    title: str = field(default="")


class Letter(
    Content,
    addable="anywhere",
    workflow=Workflow(
        State("draft", view="everyone", edit="owner editor"),
        State("pending", view="everyone", edit="editor"),
        State("sent", view="everyone", edit="everyone"),
        Transition("submit", "draft -> pending"),
        Transition("approve", "pending -> sent"),
        Transition("reopen", "sent -> draft"),
    ),
):
    """Who wrote it may edit it as long as it is a draft, and somebody else approves it."""


@pytest.fixture
def registry(request):
    configuration = Configuration()
    parts = ("content", "security", "workflow", "jobs", "operations")
    configuration.include(*(f"objpub.{part}" for part in parts), request.module)
    return configuration.freeze()


@pytest.fixture
def article(world):
    made = add_new(world.identity("ann"), world.site, Article, {"title": "Tides"})
    world.commit()
    return made


def later(hours=1):
    return datetime.now(UTC) + timedelta(hours=hours)


def hours_pass(world):
    """Let everything that is scheduled be due."""
    queue = queue_of(world.site)
    for each in list(queue.inside.values()):
        queue.postpone(each, 1)
    world.commit()


def test_a_transition_is_made_when_it_is_due_by_who_scheduled_it(world, article, do):
    planned = schedule(world.identity("ann"), article, "publish", later(), "At last")
    said, who = world.commit()
    assert said == f"Scheduled “Publish” of “Tides” for {planned.when:%Y-%m-%d %H:%M} UTC" and who == "ann"
    schedule(world.identity("ann"), article, "expire", later(2))
    world.commit()
    assert do() == 0 and state_of(article) == "draft"
    assert [each.transition for each in scheduled_for(article)] == ["publish", "expire"]
    (first, _) = queue_of(world.site).inside.values()
    queue_of(world.site).postpone(first, 1)
    world.commit()
    rename(world.identity("ann"), article, "waves")
    world.commit()
    assert do() == 1 and state_of(article) == "published"
    (decided,) = decisions_of(article)
    assert (decided.who, decided.who_title, decided.comment) == ("ann", "Ann Lee", "At last")
    assert [each.transition for each in scheduled_for(article)] == ["expire"]
    hours_pass(world)
    do()
    assert state_of(article) == "draft" and scheduled_for(article) == ()


@pytest.mark.parametrize(
    ("who", "name", "hours", "error"),
    [
        ("vera", "publish", 1, Forbidden),
        ("ann", "publish", -1, Invalid),
        ("ann", "fly", 1, NotPossible),
    ],
)
def test_what_may_not_be_or_is_over_is_not_scheduled(world, article, who, name, hours, error):
    with world.refuses(error):
        schedule(world.identity(who), article, name, later(hours))
    assert scheduled_for(article) == ()


def test_a_moment_without_a_zone_is_refused(world, article):
    with world.refuses(Invalid):
        schedule(world.identity("ann"), article, "publish", datetime(2100, 1, 1))


def test_not_more_than_ten_wait(world, article):
    for number in range(10):
        schedule(world.identity("ann"), article, "publish", later(number + 1))
    with world.refuses(NotPossible):
        schedule(world.identity("ann"), article, "publish", later())


def test_what_is_cancelled_is_not_made(world, article, do):
    planned = schedule(world.identity("ann"), article, "publish", later())
    world.commit()
    with world.refuses(Forbidden):
        unschedule(world.identity("vera"), article, planned.id)
    unschedule(world.identity("ed"), article, planned.id)
    assert world.commit()[0] == "Cancelled “Publish” of “Tides”"
    assert not list(queue_of(world.site).waiting()) and scheduled_for(article) == ()
    with pytest.raises(NotFound):
        unschedule(world.identity("ed"), article, planned.id)


def test_what_became_of_it_meanwhile_counts(world, article, do):
    for kind in ("published by hand", "deleted"):
        schedule(world.identity("ann"), article, "publish", later())
        if kind == "deleted":
            delete(world.identity("ann"), article)
        else:
            transition(world.identity("ann"), article, "publish")
        hours_pass(world)
        assert do() == 1
        assert not list(queue_of(world.site).waiting()) and not queue_of(world.site).dead
        assert [each.transition for each in decisions_of(article)][:1] == ["publish"]
        article._state = "draft"
    assert len(decisions_of(article)) == 1


def test_a_guard_is_asked_when_it_is_due(world, article, do):
    schedule(world.identity("ann"), article, "publish", later())
    edit(world.identity("ann"), article, {"title": "Ebb"})
    world.commit()
    for _ in range(3):
        hours_pass(world)
        do()
    (dead,) = queue_of(world.site).dead.values()
    assert "“Ebb”: It is too short." in dead.error and state_of(article) == "draft"


def test_a_copy_has_nothing_scheduled(world, article):
    schedule(world.identity("ann"), article, "publish", later())
    assert scheduled_for(copy(world.identity("ann"), article, world.site)) == ()


@pytest.mark.parametrize("lost", ["role", "user", "view"])
def test_who_lost_the_right_meanwhile_decides_nothing_any_more(world, article, do, lost):
    schedule(world.identity("ann"), article, "publish", later())
    if lost == "user":
        world.site.users.remove("ann")
    elif lost == "role":
        world.site.users.set_roles("user:ann", ())
    else:
        override_permission(article, "view", ["manager"])
    world.commit()
    for _ in range(3):
        hours_pass(world)
        do()
    (dead,) = queue_of(world.site).dead.values()
    assert dead.error.startswith("Forbidden: ") and state_of(article) == "draft"
    assert ("no user of the site any more" in dead.error) is (lost == "user")


def test_what_is_scheduled_in_one_state_is_asked_for_in_the_state_that_it_leaves(world, do):
    override_permission(world.site, "add", ["authenticated"])
    letter = add_new(world.identity("vera"), world.site, Letter, {})
    schedule(world.identity("vera"), letter, "approve", later())
    transition(world.identity("vera"), letter, "submit")
    world.commit()
    for _ in range(3):
        hours_pass(world)
        do()
    assert state_of(letter) == "pending"
    (dead,) = queue_of(world.site).dead.values()
    assert dead.error.startswith("Forbidden: ")


def test_a_role_that_came_with_the_sign_in_counts_when_it_is_due(world, article, do):
    claimed = replace(world.identity("vera"), roles=frozenset({"everyone", "authenticated", "editor"}))
    schedule(claimed, article, "publish", later())
    hours_pass(world)
    do()
    assert state_of(article) == "published" and decisions_of(article)[0].who == "vera"


def test_a_visitor_schedules_nothing(world):
    letter = add_new(world.identity("ann"), world.site, Letter, {})
    for name in ("submit", "approve"):
        transition(world.identity("ann"), letter, name)
    override_permission(letter, "edit", ["everyone"])
    with world.refuses(Forbidden):
        schedule(NO_IDENTITY, letter, "reopen", later())


@pytest.mark.parametrize("when", ["9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59.999999+00:00"])
def test_what_is_too_far_is_refused(world, article, when):
    with world.refuses(Invalid):
        schedule(world.identity("ann"), article, "publish", datetime.fromisoformat(when))
