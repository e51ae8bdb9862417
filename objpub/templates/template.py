"""One template: compiled when it is first wanted, then only rendered."""

import logging
import os
import re
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from typing import Protocol

from transaction.interfaces import TransientError

from objpub.errors import DatabaseError
from objpub.errors import Refused
from objpub.errors import TemplateError
from objpub.errors import TemplateFailure

from .compiling import Compiled
from .compiling import INITIALIZE
from .kinds import HTML
from .places import mistake
from .places import Place
from .places import places_of
from .places import values_of
from .scope import Repeat
from .scope import Scope

log = logging.getLogger("objpub.templates")
PASSING = (TransientError, DatabaseError, Refused, TemplateError)  # what the publisher wants to see as it is
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
Function = Callable[..., None]


class Workshop(Protocol):
    """What a template needs of the table it belongs to."""

    defaults: dict[str, Any]

    def compiled(self, path: Path) -> Compiled:
        """Return the code of the template at *path*."""

    def names_for(self, template: "Template") -> dict[str, Any]:
        """Return the variables that every run of *template* has."""

    def loaded(self, template: "Template", name: str) -> "Template":
        """Return the template that the file *name*, relative to *template*, holds."""

    def check(self, template: "Template") -> None:
        """Raise TemplateError if *template* uses a macro, or fills a slot, that is not there."""


class Macro:
    """A macro, for metal:use-macro. include: the compiled function that writes it."""

    __slots__ = ("include",)

    def __init__(self, include: Function):
        self.include = include


class Macros:
    """The macros of one template, by name."""

    __slots__ = ("_file", "_macros")

    def __init__(self, file: str, functions: dict[str, Function]):
        self._file = file
        prefix = "render_"
        self._macros = {
            name.removeprefix(prefix): Macro(function)
            for name, function in functions.items()
            if name.startswith(prefix)
        }

    def __getitem__(self, name: str) -> Macro:
        macro = self._macros.get(mangled(name))
        if macro is None:
            names = ", ".join(sorted(self._macros)) or "none at all"
            raise LookupError(f"There is no macro called {name!r} in {self._file}; it has {names}")
        return macro

    def __contains__(self, name: str) -> bool:
        return mangled(name) in self._macros

    def __iter__(self) -> Iterator[str]:
        return iter(self._macros)

    @property
    def names(self) -> list[str]:
        """Their names; what is no letter or number in one is an underscore."""
        return list(self._macros)


def mangled(name: str) -> str:
    """Return the name of a macro as it is in the compiled code."""
    return "".join(each if each.isalnum() or each == "_" else "_" for each in name)


@dataclass(frozen=True)
class Cooked:
    """A template ready to run."""

    include: Function
    macros: Macros
    compiled: Compiled
    is_html: bool


class Document(str):
    """What a template of another kind than HTML has made. media_type: such as "text/csv"."""

    media_type: str
    is_text: bool
    __slots__ = ("is_text", "media_type")

    def __new__(cls, text: str, media_type: str, is_text: bool) -> "Document":
        """Return *text* as a document."""
        made = super().__new__(cls, text)
        made.media_type = media_type
        made.is_text = is_text
        return made


def document(page: str, compiled: Compiled) -> Document:
    """Return *page*, made by the template *compiled*; of XML without characters that XML cannot hold."""
    text = page if compiled.is_text else NOT_IN_XML.sub("", page)
    return Document(text, compiled.media_type, compiled.is_text)


def as_html(page: str) -> str:
    """Return what a template has made as part of a page of HTML: of a text its characters are shown."""
    return escape(page) if isinstance(page, Document) and page.is_text else page


class Template:
    """The page template in one file, found through `Templates.load`. It may be rendered by many threads."""

    def __init__(self, path: Path, workshop: Workshop):
        self.path = path
        self._workshop = workshop
        self._cooked: Cooked | None = None

    def __repr__(self) -> str:
        return f"<Template {self.path}>"

    @property
    def include(self) -> Function:
        """The whole template as a macro: `metal:use-macro="layout"`."""
        return self.current().include

    @property
    def macros(self) -> Macros:
        """The macros of the template: `metal:use-macro="layout.macros['page']"`."""
        return self.current().macros

    def __getitem__(self, name: str) -> Macro:
        """Return a macro: `metal:use-macro="layout['page']"`. Raises LookupError if there is none."""
        return self.macros[name]

    def render(self, /, **names: Any) -> str:
        """Return the page, with *names* as variables.

        Raises TemplateFailure, from the error, if an expression fails. A conflict of the database, what
        objpub refuses (`Refused`) and a `DatabaseError` come as they are, with the place as a note.
        """
        scope = Scope(self._workshop.defaults)
        scope.update(names)
        scope["repeat"] = Repeat()
        chunks: list[str] = []
        try:
            cooked = self.current()
            cooked.include(chunks, scope, {}, None, None, scope["target_language"])
            page = "".join(chunks)
            return page if cooked.is_html else document(page, cooked.compiled)
        except Exception as error:
            _fail(error)
            raise

    def current(self) -> Cooked:
        """Return the template ready to run; compile it if that has not been done. Raises TemplateError."""
        return self._cooked or self.cook()

    def cook(self) -> Cooked:
        """Compile the file as it is now. Raises TemplateError."""
        compiled = self._workshop.compiled(self.path)
        for name, line, column in compiled.loads:
            try:
                self._workshop.loaded(self, name)
            except TemplateError as error:
                raise mistake(error.message, Place(str(self.path), line, column, name)) from error
        variables: dict[str, Any] = {}
        exec(compiled.code, variables)  # noqa: S102 - made by Chameleon from a file of the site
        functions = variables[INITIALIZE](**self._workshop.names_for(self))
        macros = Macros(str(self.path), functions)
        self._cooked = Cooked(functions["render"], macros, compiled, compiled.kind == HTML)
        return self._cooked


class WatchedTemplate(Template):
    """A template in development: compiled again when its file has changed."""

    _stamp: tuple[int, int] | None = None

    def current(self) -> Cooked:
        """Return the template as its file is now. Raises TemplateError."""
        stamp, cooked = stamp_of(self.path), self._cooked
        if cooked is None or stamp != self._stamp:
            cooked = self.cook()
            self._stamp = stamp
            try:
                self._workshop.check(self)
            except TemplateError:
                self._stamp = None  # and say it again at the next request
                raise
        return cooked


def stamp_of(path: Path) -> tuple[int, int] | None:
    """Return what changes when the file at *path* does; None if there is no file."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def let_pass(error: Exception) -> None:
    """Raise *error* again if tal:on-error must not swallow it; else log it. Chameleon calls this."""
    if isinstance(error, PASSING):
        raise error
    log.warning("tal:on-error covered up an error", exc_info=error)


def _fail(error: Exception) -> None:
    """Raise the failure that says where in a template *error* happened, or note the place on it."""
    places = places_of(error)
    if isinstance(error, TemplateFailure):  # of a template that this one rendered
        raise TemplateFailure(error.cause, (*places, *error.places), error.values) from error.cause
    if not isinstance(error, PASSING):
        raise TemplateFailure(error, places, values_of(error)) from error
    if places:
        error.add_note(f"in a template:\n{places[-1]}")
