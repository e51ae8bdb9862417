"""States: who may do what in them, who may change them, and what is remembered of it."""

import pytest

from objpub.configuration import Configuration
from objpub.content import Content
from objpub.content import Folder
from objpub.errors import DeclarationError
from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.errors import NotPossible
from objpub.events import on
from objpub.events import Transitioned
from objpub.operations import add_new
from objpub.operations import choices
from objpub.operations import copy
from objpub.operations import delete
from objpub.operations import edit
from objpub.operations import may_restore
from objpub.operations import transition
from objpub.schema import field
from objpub.security import Deny
from objpub.security import entries_of
from objpub.security import grant
from objpub.security import NO_IDENTITY
from objpub.security import override_permission
from objpub.security import Permission
from objpub.security import Policy
from objpub.security import set_cuts
from objpub.workflow import decisions_of
from objpub.workflow import State
from objpub.workflow import state_of
from objpub.workflow import Transition
from objpub.workflow import Workflow

Moderate = Permission("press.moderate", title="Moderate", roles="editor")
HEARD = []


def has_summary(article, identity):
    return None if article.summary else Deny("It has no summary.")


publishing = Workflow(
    State("draft", view="owner editor", edit="owner editor"),
    State("pending", view="owner editor", edit="editor"),
    State("published", view="everyone", edit="editor"),
    Transition("submit", "draft -> pending"),
    Transition("publish", "draft pending -> published", needs=Moderate, guard=has_summary),
    Transition("reject", "pending -> draft", needs=Moderate, comment=True),
    Transition("retract", "published -> draft", needs=Moderate),
)


class Section(Folder, addable="anywhere", workflow=publishing):
    summary: str = field(default="")


class Article(Content, addable="anywhere", workflow=publishing):
    title: str = field(default="")
    summary: str = field(default="")


class Note(Content, addable="anywhere"):
    pass


@on(Transitioned, Article)
def hear(event):
    HEARD.append((event.transition, event.before, event.after, event.comment))


@pytest.fixture
def registry(request):
    configuration = Configuration()
    parts = ("content", "security", "workflow", "operations")
    configuration.include(*(f"objpub.{part}" for part in parts), request.module)
    return configuration.freeze()


@pytest.fixture
def article(world):
    """An article of vera's, who may add in the folder it is in, and nothing else."""
    folder = world.site.add("press", Folder())
    override_permission(folder, "add", "authenticated")
    made = add_new(world.identity("vera"), folder, Article, {"title": "Tides", "summary": "They come."})
    world.commit()
    return made


def may(world, user_id, permission, resource):
    identity = NO_IDENTITY if user_id is None else world.identity(user_id)
    return bool(world.database.registry[Policy].can(identity, permission, resource))


def who_may(world, permission, resource):
    return [user_id for user_id in (None, "vera", "ann", "tom") if may(world, user_id, permission, resource)]


def test_the_state_says_who_may_do_what(world, article):
    assert state_of(article) == "draft"
    assert who_may(world, "view", article) == who_may(world, "edit", article) == ["vera", "ann", "tom"]
    transition(world.identity("vera"), article, "submit")
    assert who_may(world, "view", article) == ["vera", "ann", "tom"]
    assert who_may(world, "edit", article) == ["ann", "tom"]
    transition(world.identity("ann"), article, "publish")
    assert who_may(world, "view", article) == [None, "vera", "ann", "tom"]
    with world.refuses(Forbidden):
        edit(world.identity("vera"), article, {"title": "Mine"})


def test_what_is_set_at_a_place_and_the_state_must_both_allow(world, article):
    transition(world.identity("ann"), article, "publish")
    override_permission(article.__parent__, "view", "reviewer editor")
    assert who_may(world, "view", article) == ["ann", "tom"]
    grant(article.__parent__, "user:vera", "reviewer")
    assert who_may(world, "view", article) == ["vera", "ann", "tom"]
    transition(world.identity("ann"), article, "retract")
    override_permission(article.__parent__, "view", "everyone")
    assert who_may(world, "view", article) == ["vera", "ann", "tom"]


def test_a_state_comes_down_to_what_is_below_until_a_nearer_one_or_a_cut(world):
    section = world.site.add("section", Section())
    note, inner = section.add("note", Note()), section.add("inner", Section())
    assert who_may(world, "view", note) == ["ann", "tom"]
    inner._state = "published"
    assert who_may(world, "view", inner) == [None, "vera", "ann", "tom"]
    set_cuts(note, ["permissions"])
    assert who_may(world, "view", note) == [None, "vera", "ann", "tom"]


def test_a_state_that_is_not_declared_any_more_is_for_managers(world, article):
    article._state = "archived"
    assert who_may(world, "view", article) == ["tom"]
    del article._state  # as what is older than the workflow of its type
    assert state_of(article) == "draft"
    assert who_may(world, "view", article) == ["vera", "ann", "tom"]


def test_an_answer_names_the_state_that_decides(world, article):
    transition(world.identity("vera"), article, "submit")
    policy = world.database.registry[Policy]
    said = policy.can(world.identity("vera"), "edit", article)
    assert said.sentence.startswith(
        "Vera Holm may not edit “Tides”. It is in the state “Pending”. It takes the role editor;"
    )
    assert [each.text for each in said.steps if each.kind == "state"] == [
        "“Tides” is in the state “Pending”, in which one needs the role editor or manager to edit."
    ]
    assert "permission" not in [each.kind for each in said.steps]
    hidden = policy.can(NO_IDENTITY, "view", article)
    assert "ending" not in hidden.sentence and "Tides" not in hidden.sentence
    assert policy.can(world.identity("ann"), "edit", article).sentence == (
        "Ann Lee may edit “Tides”: Ann Lee has the role editor everywhere."
    )
    override_permission(article.__parent__, "edit", "reviewer")
    kinds = [each.kind for each in policy.can(world.identity("ann"), "edit", article).steps]
    assert kinds[:2] == ["permission", "state"]


def test_who_decided_what_is_remembered_and_told(world, article):
    HEARD.clear()
    transition(world.identity("vera"), article, "submit", "  Please look. ")
    assert world.commit() == ("Changed “Tides” from draft to pending", "vera")
    transition(world.identity("ann"), article, "reject", "Too\nshort")
    world.commit()
    found = [(each.who_title, each.transition, each.after, each.comment) for each in decisions_of(article)]
    assert found == [
        ("Ann Lee", "reject", "draft", "Too\nshort"),
        ("Vera Holm", "submit", "pending", "Please look."),
    ]
    assert HEARD == [
        ("submit", "draft", "pending", "Please look."),
        ("reject", "pending", "draft", "Too\nshort"),
    ]
    entries = [entry for _, entry in entries_of(world.site) if entry.what == "transition"]
    assert [(each.who, each.path, each.sentence) for each in entries] == [
        ("ann", "/press/tides", "Changed “Tides” from pending to draft: Too short"),
        ("vera", "/press/tides", "Changed “Tides” from draft to pending: Please look."),
    ]


@pytest.mark.parametrize(
    ("who", "name", "comment", "error", "said"),
    [
        ("vera", "publish", "", Forbidden, "Vera Holm may not moderate “Tides”"),
        ("ed", "retract", "", NotPossible, "“Tides” is draft now; “Retract” is for what is published"),
        ("ed", "publsh", "", NotPossible, "There is no transition 'publsh'; did you mean 'publish'?"),
        ("ed", "submit", "x" * 1_001, Invalid, "wanted at most 1,000 characters, not 1,001"),
        (None, "retract", "", Forbidden, "may not view"),
    ],
)
def test_what_may_not_be_or_makes_no_sense_is_refused(world, article, who, name, comment, error, said):
    identity = NO_IDENTITY if who is None else world.identity(who)
    with world.refuses(error) as caught:
        transition(identity, article, name, comment)
    assert said in str(caught.value)
    assert state_of(article) == "draft" and decisions_of(article) == ()


def test_a_comment_can_be_asked_for(world, article):
    transition(world.identity("vera"), article, "submit")
    with world.refuses(Invalid) as caught:
        transition(world.identity("ann"), article, "reject", " ")
    assert "wanted a comment that says why" in str(caught.value)


def test_a_guard_stops_what_is_not_ready(world, article):
    edit(world.identity("ann"), article, {"summary": ""})
    found = choices(world.identity("ann"), article)
    assert [(each.transition.name, each.end, each.why_not) for each in found] == [
        ("submit", "Pending", ""),
        ("publish", "Published", "It has no summary."),
    ]
    with world.refuses(NotPossible) as caught:
        transition(world.identity("ann"), article, "publish")
    assert str(caught.value) == "It has no summary."


def test_a_guard_that_answers_nonsense_is_an_error(world, article, monkeypatch):
    monkeypatch.setattr(publishing.transitions["publish"], "guard", lambda resource, identity: True)
    with pytest.raises(DeclarationError):
        transition(world.identity("ann"), article, "publish")


def test_one_is_offered_what_one_may(world, article):
    assert [each.transition.name for each in choices(world.identity("vera"), article)] == ["submit"]
    assert choices(NO_IDENTITY, article) == []
    note = world.site.add("note", Note())
    assert choices(world.identity("tom"), note) == []
    with pytest.raises(NotPossible):
        transition(world.identity("tom"), note, "publish")


def test_a_copy_begins_as_what_is_new_does(world, article):
    transition(world.identity("ann"), article, "publish")
    copied = copy(world.identity("vera"), article, article.__parent__)
    assert (state_of(copied), decisions_of(copied)) == ("draft", ())
    assert state_of(article) == "published" and len(decisions_of(article)) == 1


def test_what_is_in_the_trash_stays_as_it_is_and_hidden(world, article):
    transition(world.identity("ann"), article, "publish")
    world.commit()
    entry = delete(world.identity("ann"), article)
    assert not may(world, None, "view", article)
    assert choices(world.identity("ann"), article) == []
    with pytest.raises(NotPossible):
        transition(world.identity("tom"), article, "retract")
    article._state = "draft"
    override_permission(entry.old_folder(), "delete", "authenticated")
    world.site.users.add("otto", None, "", "Otto")
    assert not may_restore(world.identity("otto"), entry)
    article._state = "published"
    assert may_restore(world.identity("otto"), entry)
