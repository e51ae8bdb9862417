"""From the source of a template to code: Chameleon's compiler, with errors that a newcomer understands."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any

from chameleon.astutil import Symbol
from chameleon.exc import TemplateError as ChameleonError
from chameleon.nodes import Context
from chameleon.nodes import Macro
from chameleon.nodes import Module
from chameleon.nodes import Sequence
from chameleon.nodes import Text
from chameleon.tales import DEFAULT_MARKER
from chameleon.tokenize import Token

from .expressions import Expressions
from .kinds import kind_of
from .kinds import PROGRAMS
from .kinds import TEXT
from .macros import MacroNotes
from .macros import Position
from .places import mistake
from .places import Place
from .program import Filling
from .program import LeftOut
from .reasons import reason_of
from .safe_places import SafeCompiler
from .safe_places import SafeEngine
from .scoping import Scoping

DEFAULT_EXPRESSIONS = {".pt": "python", ".zpt": "path"}  # by the end of the file name
INITIALIZE = "initialize"  # the function in the code that makes the functions of the template


class PageCompiler(Scoping, SafeCompiler):
    """Chameleon's compiler, which chooses what to do by the name of the class of each node."""

    def __init__(self, engine: Any, node: Module, filename: str, source: str, builtins: Iterable[str]):
        self._wants_attrs = "attrs" in source
        super().__init__(engine, node, filename, source, builtins=builtins, strict=True)

    visit_Program = SafeCompiler.visit_MacroProgram  # noqa: N815 - named after the class
    visit_XmlProgram = visit_TextProgram = visit_Program  # noqa: N815 - the same

    def visit_Alias(self, node: Any) -> Any:  # noqa: N802 - the same
        """Leave the variable `attrs` of each element away where no expression can be using it."""
        return super().visit_Alias(node) if self._wants_attrs or node.names != ["attrs"] else []

    def visit_Filling(self, node: Any) -> Any:  # noqa: N802 - the same
        """Compile what fills a slot where it stands, too: inside another slot it is shown in both."""
        return self.visit(node.node)


class LeftOutCompiler(PageCompiler):
    """Compiles what comes into no page, to find the mistakes in it."""

    visit_LeftOut = SafeCompiler.visit_MacroProgram  # noqa: N815 - named after the class

    def visit_Filling(self, node: Any) -> Any:  # noqa: N802 - the same
        """Leave out what fills a slot: it is compiled with the page."""
        return []

    def visit_Cancel(self, node: Any) -> Any:  # noqa: N802 - the same
        """Compile a case by itself: its switch may stand in the page."""
        return self.visit(node.node)


@dataclass(frozen=True)
class Compiled:
    """The code of a template. loads: the files of its `load:` expressions. macros: what it says of them.

    kind: html, xml or text. media_type: what it is called on the way to a browser.
    """

    code: CodeType
    loads: tuple[Position, ...]
    macros: MacroNotes
    kind: str
    media_type: str

    @property
    def is_text(self) -> bool:
        """Is nothing escaped in it?"""
        return self.kind == TEXT


def read_source(path: Path) -> str:
    """Return the text of the template at *path*. Raises TemplateError for none, or one that is not UTF-8."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise mistake(f"The template cannot be read: {error.strerror}", Place(str(path))) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        reason = f"The template is not UTF-8: byte {data[error.start]:#04x}"
        raise mistake(reason, Place(str(path), line, column)) from error
    return text if text.startswith("<?xml") else text.replace("\r\n", "\n").replace("\r", "\n")


def compile_template(source: str, file: str, names: Iterable[str]) -> Compiled:
    """Compile *source*, the text of the template at *file*.

    names: of the variables that every run has, such as "template"; "layout" is there if a layout is.
    Raises TemplateError, which says where the mistake is.
    """
    names = tuple(names)
    expressions = Expressions(DEFAULT_EXPRESSIONS[Path(file).suffix])
    engine = partial(SafeEngine, expressions, default_marker=Symbol(DEFAULT_MARKER))
    try:
        kind, media_type = kind_of(source, file)
        program = PROGRAMS[kind](source, file, "layout" in names)
        compiler = PageCompiler(engine, Module(INITIALIZE, program), file, source, names)
        if left_out := [node for node in program.left_out if not isinstance(node, Text | Filling)]:
            LeftOutCompiler(engine, Module(INITIALIZE, as_macro(left_out)), file, source, names)
        code = compile(compiler.code, f"<compiled {file}>", "exec", dont_inherit=True)
    except ChameleonError as error:
        raise mistake(reason_of(error), place_of(error.token, file)) from None
    except (SyntaxError, LookupError, ValueError, TypeError, AttributeError, AssertionError) as error:
        raise mistake(f"The template does not compile: {error}", Place(file)) from error
    except RecursionError as error:
        raise mistake("Elements or expressions are nested too deep", Place(file)) from error
    loads = {token.pos: Position.of(token) for token in expressions.loads}
    return Compiled(code, tuple(loads.values()), program.macros_read.notes(), kind, media_type)


def as_macro(left_out: list[Any]) -> LeftOut:
    """Return the nodes that come into no page as one macro, which can be compiled."""
    return LeftOut((Macro(None, [Context(Sequence(left_out))]),))


def place_of(token: Token, file: str) -> Place:
    """Return where *token* is; without line where Chameleon lost that."""
    if token.source is None:
        return Place(file, expression=str(token))
    line, column = token.location
    return Place(file, line, column + 1, str(token))
