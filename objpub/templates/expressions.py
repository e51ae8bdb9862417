"""The types of expressions: python:, path:, nocall:, string:, structure:, not:, exists:, load:."""

import ast
import difflib
import re
from collections.abc import Callable
from typing import Any

from chameleon.astutil import load
from chameleon.astutil import Symbol
from chameleon.codegen import template
from chameleon.exc import ExpressionError
from chameleon.parser import substitute
from chameleon.tales import DEFAULT_MARKER
from chameleon.tales import match_prefix
from chameleon.tales import NotExpr
from chameleon.tales import ProxyExpr
from chameleon.tales import PythonExpr
from chameleon.tales import re_continuation
from chameleon.tales import resolve_global
from chameleon.tales import StringExpr
from chameleon.tales import StructureExpr
from chameleon.tales import TalesExpr
from chameleon.tokenize import Token
from chameleon.utils import Markup

from objpub.errors import Forbidden
from objpub.errors import NotFound

# what makes "a | b" go on to b
CAUGHT: Any = (AttributeError, NameError, LookupError, TypeError, ValueError, NotFound, Forbidden)
SEGMENT = r"[^\s/|{}$<>\"'&?][^/|{}$<>\"'&?\n]*"
PATH = re.compile(rf"[A-Za-z_]\w*(?:/(?:\?[A-Za-z]\w*|{SEGMENT}))*")
FUNCTIONS = {
    "path": "path",
    "nocall": "uncalled",
    "exists": "exists",
    "string": "string",
}  # of TALES in Python
Statements = list[ast.stmt]


class Python(PythonExpr):
    """An expression of Python. `a.b` is the attribute b and nothing else: no item is tried in its place."""

    exceptions = CAUGHT

    def __init__(self, expression: Token, functions: bool = False):
        super().__init__(expression)
        self.functions = functions

    def __call__(self, target: ast.Name, engine: Any) -> Statements:
        """Return the statements that assign the value to *target*; with *functions*, bars are Python's."""
        if not self.functions:
            statements: Statements = super().__call__(target, engine)
            return statements
        return self.translate_proxy(engine, self.expression, target)

    def translate(self, expression: Token, target: ast.Name) -> Statements:
        """Return the statement that assigns the value to *target*."""
        stripped = expression.strip()
        string = substitute(re_continuation, "\n", stripped).replace("\n", " ")
        if not string:
            raise ExpressionError("No input:", expression)
        try:
            tree = ast.parse(str(string), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            said = error.msg.partition(" (detected")[0] if isinstance(error, SyntaxError) else error
            reason = f"{str(string)!r} is not a Python expression: {said}"
            raise ExpressionError(reason, stripped) from error
        for node in ast.walk(tree):
            if isinstance(node, ast.Yield | ast.YieldFrom | ast.Await):
                raise ExpressionError("yield and await cannot be used in a template", stripped)
            if self.functions and isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                node.func = function_named(node.func)
        return [ast.Assign(targets=[target], value=tree.body)]


def function_named(name: ast.Name) -> ast.expr:
    """Return what the *name* of a function means: one of TALES, if no variable is called so."""
    if name.id not in FUNCTIONS:
        return name
    return ast.Call(func=load("__function"), args=[ast.Constant(name.id), load("econtext")], keywords=[])


class Path(TalesExpr):
    """A path: a variable, then steps. What it leads to is called if it can be, unless *call* is False."""

    exceptions = CAUGHT

    def __init__(self, expression: Token, call: bool = True):
        super().__init__(expression)
        self.call = call

    def translate(self, expression: Token, target: ast.Name) -> Statements:
        """Return the statement that assigns the value to *target*."""
        stripped = expression.strip()
        if not stripped:
            raise ExpressionError("No input:", expression)
        if PATH.fullmatch(stripped) is None:
            raise ExpressionError(
                f'{str(stripped)!r} is not a path: a variable, then names, with "/" between them', stripped
            )
        first, *names = str(stripped).split("/")
        value: ast.expr = load(first)
        if names:
            steps = ast.Tuple(elts=[step(name.strip(), stripped) for name in names], ctx=ast.Load())
            value = ast.Call(func=load("__walk"), args=[value, steps, load("econtext")], keywords=[])
        if self.call:
            value = ast.Call(func=load("__called"), args=[value], keywords=[])
        return [ast.Assign(targets=[target], value=value)]


def step(name: str, path: Token) -> ast.expr:
    """Return one step of *path* as a value of Python: a text, or for "?name" a variable."""
    if name.startswith("?"):
        return load(name[1:])
    if name.startswith("_"):
        raise ExpressionError(f"{name!r} begins with _ and is private: a path cannot go there", path)
    return ast.Constant(name)


def as_structure(value: Any) -> Any:
    """Return *value* as HTML; None and the default stay what they are."""
    if value is None or value is DEFAULT_MARKER or hasattr(value, "__html__"):
        return value
    return Markup(value)


class Structure(StructureExpr):
    """Marks the value as HTML, which is not escaped."""

    wrapper_class = Symbol(as_structure)


class Exists:
    """True if the expression, a path without calling what it leads to, can be worked out."""

    def __init__(self, expression: Callable[..., Statements]):
        self.expression = expression

    def __call__(self, target: ast.Name, engine: Any) -> Statements:
        """Return the statements that assign True or False to *target*."""
        classes = ast.Tuple(elts=[resolve_global(each) for each in CAUGHT], ctx=ast.Load())
        body = self.expression(target, engine) + template("target = True", target=target)
        otherwise = template("target = False", target=target)
        handler = ast.ExceptHandler(type=classes, name=None, body=otherwise)
        return [ast.Try(body=body, handlers=[handler], orelse=[], finalbody=[])]


class Expressions:
    """Parses the expressions of one template.

    default: the type of an expression without a prefix, "python" or "path". loads: filled with the file names
    that `load:` expressions name.
    """

    def __init__(self, default: str):
        self.default = default
        self.loads: list[Token] = []
        self._types: dict[str, Callable[[Token], Any]] = {
            "python": lambda expression: Python(expression, functions=default == "path"),
            "path": Path,
            "nocall": lambda expression: Path(expression, call=False),
            "string": StringExpr,
            "structure": Structure,
            "not": NotExpr,
            "exists": self._exists,
            "load": self._load,
        }

    def __call__(self, expression: Token) -> Any:
        """Return what compiles *expression*. Raises ExpressionError for a prefix that does not exist."""
        prefix, rest = self._split(expression)
        if prefix not in self._types:
            near = difflib.get_close_matches(prefix, self._types, 1)
            hint = f"did you mean {near[0]}:?" if near else "there are " + ", ".join(self._types)
            raise ExpressionError(f"There is no expression type {prefix!r}; {hint}", expression)
        return self._types[prefix](rest)

    def _split(self, expression: Token) -> tuple[str, Token]:
        match = match_prefix(expression)
        return (self.default, expression) if match is None else (match[1], expression[match.end() :])

    def _exists(self, expression: Token) -> Exists:
        prefix, rest = self._split(expression)
        return Exists(Path(rest, call=False) if prefix == "path" else self(expression))

    def _load(self, expression: Token) -> ProxyExpr:
        if "$" not in expression and "|" not in expression:
            self.loads.append(expression.strip())
        return ProxyExpr("__load", expression, ignore_prefix=False)
