"""What tal:on-error covers up, and what passes it."""

import pytest
from transaction.interfaces import TransientError
from ZODB.POSException import ConflictError
from ZODB.POSException import ReadConflictError

from objpub.errors import Busy
from objpub.errors import MethodNotAllowed
from objpub.errors import NotFound
from objpub.errors import WriteOnRead


class LockLost(TransientError):
    """As storages in other databases raise it."""


@pytest.mark.parametrize(
    "error",
    [
        ConflictError(),
        ReadConflictError(),
        LockLost(),
        WriteOnRead("Article.title"),
        NotFound("/gone"),
        MethodNotAllowed("PUT", {"GET"}),
        Busy("later"),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize(
    "text",
    [
        "<p tal:on-error=\"'covered'\">${fail()}</p>",
        '<p tal:on-error="\'covered\'"><b tal:on-error="\'inner\'" tal:content="fail()"/></p>',
        '<p tal:on-error="\'covered\'" tal:attributes="class fail()"/>',
        '<p tal:on-error="\'covered\'"><x metal:use-macro="macros[fail()]"/></p>',
    ],
)
def test_what_is_tried_again_or_has_an_answer_of_its_own_passes(page, error, text):
    def fail():
        raise error

    with pytest.raises(type(error)) as caught:
        page(text, fail=fail)
    assert caught.value is error


def test_the_variables_of_what_failed_are_forgotten(page):
    text = """<p tal:define="x 1" tal:on-error="x | 'none'"><b tal:define="x 2; y 3">${1 / 0}</b></p>
${x | 'none'} ${y | 'none'} ${z} ${error | 'none'}"""
    assert page(text, z=9) == "<p>none</p>\nnone none 9 none"


def test_the_loop_around_goes_on(page):
    text = '<tal:x repeat="x (1, 0, 2)"><b tal:on-error="string:none">${2 // x}</b></tal:x>'
    assert page(text) == "<b>2</b><b>none</b><b>1</b>"


def test_the_error_is_a_variable(page):
    text = '<p tal:on-error="string:${error.type.__name__} in ${error.lineno}: ${error.value}">\n${1 / 0}</p>'
    assert page(text) == "<p>ZeroDivisionError in 2: division by zero</p>"


def test_the_error_about_a_variable_that_is_not_there_has_its_name(page):
    text = """<p tal:on-error="string:${error.value.args[0]}: ${error.value}">${nix}</p>"""
    assert page(text) == "<p>nix: There is no variable called 'nix' here</p>"
