"""Workflows as values: what they refuse, and where they say it."""

import pytest

from objpub.configuration import Configuration
from objpub.content import Content
from objpub.errors import DeclarationError
from objpub.security import Permission
from objpub.workflow import State
from objpub.workflow import Transition
from objpub.workflow import Workflow


def test_the_first_state_is_the_one_of_new_content():
    flow = Workflow(State("draft"), State("done"), Transition("finish", "draft -> done"))

    class Task(Content, workflow=flow):
        pass

    assert Task()._state == flow.initial == "draft"
    assert vars(Task())["_state"] == "draft"


def test_a_transition_may_begin_at_several_states():
    flow = Workflow(
        State("draft"), State("in-review"), State("done"), Transition("finish", "draft in-review -> done")
    )
    assert [each.name for each in flow.leading_from("in-review")] == ["finish"]
    assert list(flow.leading_from("done")) == []
    assert (flow.title_of("in-review"), flow.title_of("gone_now")) == ("In review", "Gone now")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: State("Draft"), "wants a name of small letters"),
        (lambda: Transition("go", "draft"), "wants a way such as 'draft -> published', not 'draft'"),
        (lambda: Transition("go", "a -> b c"), "wants a way such as"),
        (lambda: Transition("go", "-> b"), "wants a way such as"),
        (lambda: Workflow(), "at least one State"),
        (lambda: Workflow("draft"), "not 'draft'"),
        (lambda: Workflow(State("a"), State("a")), "one State('a'), not two"),
        (
            lambda: Workflow(State("draft"), Transition("go", "draft -> drafd")),
            "names a state 'drafd' that there is not; did you mean 'draft'?",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(make, said):
    with pytest.raises(DeclarationError) as caught:
        make()
    assert said in str(caught.value)
    assert "test_declarations.py" in str(caught.value)


def frozen(flow):
    class Task(Content, workflow=flow):
        pass

    configuration = Configuration()
    configuration.include("objpub.security", "objpub.workflow", Task)
    return configuration.freeze()


@pytest.mark.parametrize(
    ("flow", "said"),
    [
        (Workflow(State("a", view="editr")), "State('a'): There is no role 'editr'; did you mean 'editor'?"),
        (Workflow(State("a", viev="editor")), "There is no permission 'viev'; did you mean 'view'?"),
        (
            Workflow(State("a"), Transition("go", "a -> a", needs="edti")),
            "Transition('go', 'a -> a'): There is no permission 'edti'; did you mean 'edit'?",
        ),
        ("draft", "Task: workflow is a Workflow, not 'draft'"),
    ],
)
def test_a_misspelt_role_or_permission_stops_the_start(flow, said):
    with pytest.raises(DeclarationError) as caught:
        frozen(flow)
    assert said in str(caught.value)
    assert "test_declarations.py" in str(caught.value)


def test_a_permission_is_declared_by_the_transition_that_needs_it():
    publish = Permission("press.publish", roles="editor")
    frozen(Workflow(State("a", {"press.publish": "editor"}), Transition("go", "a -> a", needs=publish)))


def test_what_a_state_that_is_gone_said_is_for_managers_alone():
    flow = Workflow(State("a", view="everyone"), State("b", edit="editor"))
    assert flow.roles_in("c") == {"edit": {"manager"}, "view": {"manager"}}
    assert flow.roles_in(None) == flow.roles_in("a") == {"view": {"everyone", "manager"}}
