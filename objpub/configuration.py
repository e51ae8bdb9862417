"""Collects declarations with their source lines, finds conflicts, fills the registry once.

A decorator such as `@view(Article)` only leaves a note on what it decorates: a `Declaration` with the
line it stands on. `Configuration.include` collects the notes of a package, a module or a single object;
`Configuration.freeze` looks for conflicts and lets each declaration fill its table.
"""

import importlib
import inspect
import linecache
import pkgutil
import sys
from collections.abc import Callable
from collections.abc import Hashable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from types import ModuleType
from typing import Any

from objpub.errors import ConflictingDeclarations
from objpub.errors import DeclarationError
from objpub.registry import Registry

NOTES = "__objpub_declarations__"


@dataclass(frozen=True)
class Source:
    """A line of somebody's code: what a message points at."""

    file: str
    line: int

    @property
    def text(self) -> str:
        """The line itself, without its indentation; empty where the file cannot be read."""
        return linecache.getline(self.file, self.line).strip()

    def __str__(self) -> str:
        return f'  File "{self.file}", line {self.line}\n    {self.text}'


def source_here(depth: int = 1) -> Source:
    """Return the line that called, *depth* calls above the caller of this function."""
    frame = sys._getframe(depth + 1)
    return Source(frame.f_code.co_filename, frame.f_lineno)


@dataclass(frozen=True, eq=False)
class Declaration:
    """What one decorator said.

    word: the directive, such as "view". keys: what it speaks about; two declarations that share a key
    conflict. apply: called once at the freeze with the registry; it fills a table or raises
    DeclarationError. phase: lower ones are applied first (0 types and permissions, 1 what refers to
    them, 2 checks over everything).
    """

    word: str
    keys: tuple[Hashable, ...]
    apply: Callable[[Registry], None]
    source: Source
    phase: int = 1
    target: Any = field(default=None, repr=False)


def note(target: Any, declaration: Declaration) -> None:
    """Leave *declaration* on *target* for a later `include` to find.

    Raises DeclarationError for what takes no note, such as a method of a list.
    """
    if not hasattr(target, "__dict__"):
        word = declaration.word
        raise DeclarationError(f"@{word} wants a function of its own, not {target!r}", declaration.source)
    notes = vars(target).get(NOTES)
    if notes is None:
        notes = []
        setattr(target, NOTES, notes)
    notes.append(declaration)


def notes_of(target: Any) -> list[Declaration]:
    """Return the declarations left on *target* itself, not on its class or bases."""
    own: Mapping[str, Any] = getattr(target, "__dict__", None) or {}
    found: list[Declaration] = own.get(NOTES, [])
    return found


class Configuration:
    """Declarations on their way into a registry. registry: what the freeze fills and returns."""

    def __init__(self) -> None:
        self.registry = Registry()
        self._declarations: dict[Declaration, None] = {}  # an ordered set
        self._overrides: dict[Declaration, None] = {}
        self._frozen_at: Source | None = None

    def include(self, *things: Any) -> None:
        """Bring in what *things* declare: names of packages, modules, or decorated objects."""
        for thing in things:
            for declaration in declared_in(thing):
                self.declare(declaration)

    def override(self, *things: Any) -> None:
        """Bring in what *things* declare, in place of what others declared about the same."""
        for thing in things:
            found = list(declared_in(thing))
            if not found:
                raise DeclarationError(f"{thing!r} declares nothing that could override")
            for declaration in found:
                self._refuse_if_frozen(declaration)
                self._declarations.pop(declaration, None)
                self._overrides[declaration] = None

    def declare(self, declaration: Declaration) -> None:
        """Take one declaration. Raises DeclarationError after the freeze."""
        self._refuse_if_frozen(declaration)
        if declaration not in self._overrides:
            self._declarations[declaration] = None

    def freeze(self) -> Registry:
        """Find conflicts, apply every declaration by phase, and return the registry, read-only.

        Raises ConflictingDeclarations, which prints both places, or whatever a declaration raises.
        """
        self._frozen_at = source_here()
        standing = standing_declarations(self._declarations, self._overrides)
        registry = self.registry
        for declaration in sorted(standing, key=lambda each: each.phase):
            try:
                declaration.apply(registry)
            except DeclarationError as error:
                if not error.sources:
                    raise type(error)(error.message, declaration.source) from error
                raise
        registry.freeze()
        return registry

    def _refuse_if_frozen(self, declaration: Declaration) -> None:
        if self._frozen_at is not None:
            raise DeclarationError(
                "The configuration is frozen; this declaration comes too late:",
                declaration.source,
                f"  frozen at\n{self._frozen_at}",
            )


def standing_declarations(
    declarations: Iterable[Declaration], overrides: Iterable[Declaration]
) -> list[Declaration]:
    """Return what remains after overriding. Raises ConflictingDeclarations for two equals."""
    replaced = by_key(overrides)
    plain = [each for each in declarations if not any(key in replaced for key in each.keys)]
    by_key(plain)
    return [*plain, *overrides]


def by_key(declarations: Iterable[Declaration]) -> dict[Hashable, Declaration]:
    """Return the declarations by what they speak about. Raises ConflictingDeclarations for two equals."""
    found: dict[Hashable, Declaration] = {}
    for declaration in declarations:
        for key in declaration.keys:
            if key in found:
                raise ConflictingDeclarations(
                    f"Two declarations of {describe(key)} conflict. Remove one, or bring one in with"
                    " app.override(...):",
                    found[key].source,
                    declaration.source,
                )
            found[key] = declaration
    return found


def describe(key: Hashable) -> str:
    """Return a key in words, for messages: ("view", Article, "print", "GET") → view Article 'print' GET."""
    if not isinstance(key, tuple):
        return str(key)
    words = [part.__name__ if isinstance(part, type) else str(part) or "(default)" for part in key]
    return " ".join(words)


def declared_in(thing: Any) -> Iterator[Declaration]:
    """Yield the declarations of *thing*: a dotted name, a module (with all below it), or an object.

    Raises DeclarationError when a dotted name cannot be imported; an error inside a module passes.
    """
    if isinstance(thing, str):
        thing = import_named(thing)
    if isinstance(thing, ModuleType):
        for module in modules_below(thing):
            yield from declared_in_module(module, thing.__name__)
    else:
        yield from notes_of(thing)


def import_named(name: str) -> ModuleType:
    """Import the module called *name*. Raises DeclarationError where there is none."""
    try:
        return sys.modules[name] if name in sys.modules else importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(error.name + ".")):
            raise DeclarationError(f"There is no package called {name!r} to include") from error
        raise


def modules_below(module: ModuleType) -> Iterator[ModuleType]:
    """Yield *module* and, if it is a package, every module below it; `__main__` and tests are left out.

    So are those that the package calls NEEDS_EXTRA: they import what need not be there, or is seldom used,
    and declare nothing.
    """
    yield module
    left_out = {"__main__", "tests", *getattr(module, "NEEDS_EXTRA", ())}
    for _, name, _ in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if name not in left_out:
            yield from modules_below(importlib.import_module(f"{module.__name__}.{name}"))


def declared_in_module(module: ModuleType, package: str) -> Iterator[Declaration]:
    """Yield what stands in *module*; functions and classes imported from outside *package* are left out."""
    for value in list(vars(module).values()):
        notes = notes_of(value)
        if notes and (inspect.isfunction(value) or inspect.isclass(value)):
            home = value.__module__
            if home != package and not home.startswith(package + "."):
                continue
        yield from notes
