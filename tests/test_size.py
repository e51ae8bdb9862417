"""Small and flat: budgets of lines and branches, counted.

Whoever needs more says why in EXCEPTIONS; an exception that is not needed any longer fails too.
"""

import ast
import pathlib

import pytest

FILE_LINES = 400
FUNCTION_LINES = 50  # without the docstring
BRANCHES = 10
EXCEPTIONS: dict[str, str] = {
    # "objpub/part/module.py" or "objpub/part/module.py:Class.method" → the reason
}
VAGUE = {"base", "common", "core", "helper", "helpers", "misc", "util", "utils"}
ROOT = pathlib.Path(__file__).parent.parent
FILES = sorted((ROOT / "objpub").rglob("*.py"))
BRANCHING = (
    ast.If,
    ast.IfExp,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.ExceptHandler,
    ast.match_case,
    ast.comprehension,
)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def functions_in(node, prefix=""):
    """Yield (qualified name, node) for each function below *node*, those inside functions too."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (*FUNCTIONS, ast.ClassDef)):
            name = f"{prefix}{child.name}"
            if isinstance(child, FUNCTIONS):
                yield name, child
            yield from functions_in(child, f"{name}.")
        else:
            yield from functions_in(child, prefix)


def lines_of(function):
    """Return how many lines *function* has from `def` on, without its docstring."""
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        lines -= docstring.end_lineno - docstring.lineno + 1
    return lines


def branches_of(function):
    """Return how many places in *function* can go two ways; functions inside it count for themselves."""
    count = 0
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        if not isinstance(node, FUNCTIONS):
            count += isinstance(node, BRANCHING)
            waiting.extend(ast.iter_child_nodes(node))
    return count


def excesses(source, name):
    """Return what is too large in *source*: place → a sentence."""
    found = {}
    if source.count("\n") > FILE_LINES:
        found[name] = f"{name} has {source.count(chr(10))} lines, {FILE_LINES} are allowed"
    for function, node in functions_in(ast.parse(source)):
        place = f"{name}:{function}"
        lines, branches = lines_of(node), branches_of(node)
        if lines > FUNCTION_LINES:
            found[place] = f"{place} has {lines} lines, {FUNCTION_LINES} are allowed"
        if branches > BRANCHES:
            found[place] = f"{place} has {branches} branches, {BRANCHES} are allowed"
    return found


def all_excesses():
    found = {}
    for path in FILES:
        found |= excesses(path.read_text("utf-8"), str(path.relative_to(ROOT)))
    return found


def test_files_and_functions_are_small():
    assert [text for place, text in all_excesses().items() if place not in EXCEPTIONS] == []


def test_every_exception_is_needed_and_has_a_reason():
    assert set(EXCEPTIONS) <= set(all_excesses())
    assert all(len(reason) > 20 for reason in EXCEPTIONS.values())


def test_no_file_has_a_name_that_says_nothing():
    assert [path for path in FILES if path.stem.strip("_") in VAGUE or path.parent.name in VAGUE] == []


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("\n" * 401, "x.py has 401 lines"),
        ("def f():\n" + "    a = 1\n" * 50, "x.py:f has 51 lines"),
        ("class A:\n    def f(self):\n" + "        a = 1\n" * 50, "x.py:A.f has 51 lines"),
        ("def f():\n" + "    if a: pass\n" * 11, "x.py:f has 11 branches"),
        ("def f():\n    def g():\n" + "        if a: pass\n" * 11, "x.py:f.g has 11 branches"),
    ],
)
def test_what_is_too_large_is_found(source, wanted):
    assert [text.startswith(wanted) for text in excesses(source, "x.py").values()] == [True]


@pytest.mark.parametrize(
    "source",
    [
        "\n" * 400,
        "def f():\n    '''One\n" + "    line\n" * 60 + "    '''\n" + "    a = 1\n" * 49,
        "def f():\n" + "    if a: pass\n" * 10,
        "def f():\n" + "    if a: pass\n" * 6 + "    def g():\n" + "        if a: pass\n" * 6,
    ],
)
def test_what_is_just_small_enough_passes(source):
    assert excesses(source, "x.py") == {}
