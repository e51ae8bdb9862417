import pytest

from objpub.configuration import Configuration
from objpub.content import Content
from objpub.errors import ConflictingDeclarations
from objpub.errors import DeclarationError
from objpub.errors import Forbidden
from objpub.schema import field
from objpub.security import Deny
from objpub.security import Identity
from objpub.security import NO_IDENTITY
from objpub.security import Permission
from objpub.security import Policy
from objpub.security import rule
from objpub.security import SYSTEM


class Article(Content):
    in_press: bool = field(default=False)


class Column(Article):
    pass


EDITOR = Identity("ann", "Ann", frozenset({"everyone", "authenticated", "editor"}), frozenset({"user:ann"}))


@rule(Article, "edit")
def not_in_press(article, identity):
    if article.in_press:
        return Deny("It is being printed.")
    return None


@rule(Column, "edit")
def only_its_writer(column, identity):
    return None if identity.user_id == "bob" else Deny("Only Bob writes this column.")


def policy_with(*things):
    configuration = Configuration()
    configuration.include("objpub.security", *things)
    return configuration.freeze()[Policy]


def test_a_rule_without_an_opinion_changes_nothing():
    policy = policy_with(not_in_press)
    assert policy.can(EDITOR, "edit", Article())
    assert not policy.can(NO_IDENTITY, "edit", Article())


def test_a_rule_can_say_no_and_why():
    policy = policy_with(not_in_press)
    article = Article(in_press=True)
    decision = policy.can(EDITOR, "edit", article)
    assert not decision
    assert "It is being printed." in decision.sentence
    assert "The rule not_in_press says no: It is being printed." in [step.text for step in decision.steps]
    assert [need.text for need in decision.needs] == ["It is being printed."]
    with pytest.raises(Forbidden, match="being printed"):
        policy.require(EDITOR, "edit", article)


def test_a_rule_is_about_its_permission_only():
    assert policy_with(not_in_press).can(EDITOR, "delete", Article(in_press=True))


def test_managers_and_the_command_line_are_above_rules():
    policy = policy_with(not_in_press)
    article = Article(in_press=True)
    assert policy.can(SYSTEM, "edit", article)
    article._grants = {"user:ann": frozenset({"manager"})}
    assert policy.can(EDITOR, "edit", article)


def test_the_rules_of_bases_count_too():
    policy = policy_with(not_in_press, only_its_writer)
    bob = Identity("bob", "Bob", EDITOR.roles, frozenset({"user:bob"}))
    assert not policy.can(EDITOR, "edit", Column())
    assert policy.can(bob, "edit", Column())
    assert not policy.can(bob, "edit", Column(in_press=True))


def test_two_rules_about_one_thing_conflict():
    @rule(Article, "edit")
    def another(article, identity):
        return None

    with pytest.raises(ConflictingDeclarations, match="rule Article edit"):
        policy_with(not_in_press, another)


def test_a_misspelt_permission_stops_the_start():
    @rule(Article, "edti")
    def never(article, identity):
        return None

    with pytest.raises(DeclarationError, match="did you mean 'edit'") as caught:
        policy_with(never)
    assert "test_rules.py" in str(caught.value)


def test_a_rule_wants_a_class():
    @rule("Article", "edit")
    def never(article, identity):
        return None

    with pytest.raises(DeclarationError, match="wants a class as its first argument, not 'Article'"):
        policy_with(never)


def test_a_rule_may_speak_about_a_permission_value():
    shout = Permission("shout", roles="everyone")

    @rule(Article, shout)
    def quiet(article, identity):
        return Deny("Quiet, please.")

    assert not policy_with(shout, quiet).can(NO_IDENTITY, "shout", Article())


@pytest.mark.parametrize("answer", [True, False, "no", 0, Deny])
def test_a_rule_that_returns_something_else_is_an_error_and_allows_nothing(answer):
    @rule(Article, "edit")
    def odd(article, identity):
        return answer

    with pytest.raises(DeclarationError, match="a rule returns None or Deny"):
        policy_with(odd).can(EDITOR, "edit", Article())
