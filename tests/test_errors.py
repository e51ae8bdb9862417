"""What the errors say and carry; the tree of them that the module draws."""

import inspect
import re

import pytest

from objpub import errors
from objpub.templates import Place

KINDS = [
    each for each in vars(errors).values() if inspect.isclass(each) and each.__module__ == errors.__name__
]


def test_the_tree_is_drawn_as_it_is():
    drawn, path = {}, []
    for line in errors.__doc__.split("\n\n")[1].splitlines():
        indent, name = re.match(r"([│├└─ ]*)(\w+)", line).groups()
        path = [*path[: len(indent) // 4], name]
        drawn[name] = path[-2] if len(path) > 1 else "Exception"
    assert drawn == {each.__name__: each.__base__.__name__ for each in KINDS}


@pytest.mark.parametrize(
    ("error", "text", "values"),
    [
        (errors.DeclarationError("No", "a.py:1", "b.py:2"), "No\na.py:1\nb.py:2", {"message": "No"}),
        (errors.TemplateError("No", file="a.pt", line=3), "No", {"file": "a.pt", "line": 3, "column": 0}),
        (errors.NotFound("/a/b"), "Nothing at '/a/b'", {"path": "/a/b", "walked": "", "missing": ""}),
        (errors.NotFound("/a/b", "/a", "b"), "Nothing at '/a/b': '/a' has no 'b'", {"missing": "b"}),
        (errors.MethodNotAllowed("PUT", {"POST", "GET"}), "PUT is not possible here, only GET, POST", {}),
        (
            errors.MethodNotAllowed("PUT", ["GET"]),
            "PUT is not possible here, only GET",
            {"allowed": ("GET",)},
        ),
        (errors.Forbidden("No", decision=7), "No", {"decision": 7}),
        (errors.Invalid({"a": "no", "b": "never"}), "a: no; b: never", {"errors": {"a": "no", "b": "never"}}),
        (errors.BadName("No"), "name: No", {"errors": {"name": "No"}}),
        (errors.NameTaken("a"), "There is already something called 'a'", {"name": "a"}),
        (errors.NameTaken("a", "/b"), "There is already something called 'a' in /b", {"name": "a"}),
        (errors.Clash({"a": (1, 2)}), "Changed by somebody else meanwhile: a", {"fields": {"a": (1, 2)}}),
        (errors.Closed("Later", 60), "Later", {"retry_after": 60}),
        (errors.NoRoom("Full", 60), "Full", {"retry_after": 60}),
        (errors.BadSource(3, "no"), "line 3: no", {"line": 3, "reason": "no"}),
        (errors.BadSource(0, "no"), "no", {"line": 0}),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_an_error_says_what_it_carries(error, text, values):
    assert str(error) == text
    assert {name: getattr(error, name) for name in values} == values


def test_a_template_failure_has_the_innermost_place_and_the_cause():
    cause = ZeroDivisionError("by zero")
    failure = errors.TemplateFailure(cause, [Place("page.pt", 1, 2, "a"), Place("inner.pt", 3, 4, "b")])
    assert (failure.file, failure.line, failure.column, failure.expression) == ("inner.pt", 3, 4, "b")
    assert failure.cause is cause
    assert str(failure).startswith("A template failed: ZeroDivisionError: by zero\n")
    bare = errors.TemplateFailure(cause)
    assert (bare.file, bare.line, bare.column, bare.expression, bare.places) == ("", 0, 0, "", ())
