"""The templates of one application."""

import os
import threading
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from objpub.errors import DeclarationError
from objpub.errors import TemplateError

from .cache import CodeCache
from .compiling import compile_template
from .compiling import Compiled
from .compiling import DEFAULT_EXPRESSIONS
from .compiling import read_source
from .functions import PathFunctions
from .kinds import MEDIA_TYPES
from .safe_places import NAMES
from .scope import untranslated
from .slots import check_macros
from .steps import called
from .steps import Steps
from .steps import TraverseStep
from .template import Function
from .template import let_pass
from .template import Macros
from .template import Template
from .template import WatchedTemplate

LAYOUTS = ("layout.pt", "layout.zpt")
ENDS = tuple(kind + end for kind in ("", *MEDIA_TYPES) for end in DEFAULT_EXPRESSIONS)


class Templates:
    """The templates of one application, by file. The registry makes it; `configure` says what it needs."""

    def __init__(self) -> None:
        self._templates: dict[Path, Template] = {}
        self._asked: dict[Path | str, Template] = {}  # by the path as it was asked for
        self._layouts: dict[Path, tuple[Path, ...]] = {}  # by the folder of a template
        self._lock = threading.RLock()
        self._steps = Steps()
        self.defaults: dict[str, Any] = {}
        self.configure()

    def configure(
        self,
        *,
        development: bool = False,
        cache_folder: Path | None = None,
        layout: Path | None = None,
        names: Mapping[str, Any] | None = None,
        translate: Callable[..., Any] = untranslated,
    ) -> None:
        """Set how templates are found, compiled and run. Call it before the first is loaded.

        development: compile a template again when its file has changed.
        cache_folder: keep compiled templates there for the next start; None: keep objpub's own only.
        layout: the layout of templates that have none of their own; None: they have none.
        names: further variables of every template, the same in every run.
        translate: what `i18n:` attributes call.
        Raises DeclarationError if templates have been loaded already.
        """
        if self._templates:
            raise DeclarationError("Templates are configured before the first of them is loaded, not after")
        self.development = development
        self._cache = CodeCache(cache_folder)
        self._layout = None if layout is None else layout.resolve()
        self._names = dict(names or {})
        self.defaults = {
            "__translate": translate,
            "__decode": bytes.decode,
            "__on_error_handler": let_pass,
            "target_language": None,
        }

    @property
    def traverse_step(self) -> TraverseStep | None:
        """What a path uses for a step to a view; the part that knows views sets it.

        It is a function (resource, view name, request) that returns the view as a callable without arguments,
        and raises LookupError or NotFound where there is none. None: paths end at attributes.
        """
        return self._steps.traverse_step

    @traverse_step.setter
    def traverse_step(self, step: TraverseStep | None) -> None:
        self._steps.traverse_step = step

    def __iter__(self) -> Iterator[Template]:
        return iter(list(self._templates.values()))

    def load(self, path: Path | str) -> Template:
        """Return the template in the file at *path*; it is compiled later, by `compile_all` or when needed.

        Raises TemplateError if there is no such file or its name does not end in .pt or .zpt.
        """
        template = self._asked.get(path)
        if template is None:
            template = self._asked[path] = self._load(Path(path).resolve())
        return template

    def _load(self, path: Path) -> Template:
        template = self._templates.get(path)
        if template is None:
            if path.suffix not in DEFAULT_EXPRESSIONS:
                raise TemplateError(f"The name of a template ends in .pt or .zpt, not as in {str(path)!r}")
            if not path.is_file():
                raise TemplateError(f"There is no template at {str(path)!r}")
            made = WatchedTemplate(path, self) if self.development else Template(path, self)
            template = self._templates.setdefault(path, made)
        return template

    def find(self, folder: Path, stem: str) -> Template | None:
        """Return the template called *stem*, such as "article-print", in *folder*; None if there is none.

        Raises TemplateError if there are two, such as a .pt and a .zpt, or a .pt and a .txt.pt.
        """
        try:
            there = set(os.listdir(folder))
        except OSError:
            return None
        found = [folder / name for end in ENDS if (name := f"{stem}{end}") in there]
        if len(found) > 1:
            raise TemplateError(f"There are two templates for one view: {' and '.join(map(str, found))}")
        return self.load(found[0]) if found else None

    def compile_all(self) -> None:
        """Compile every template that was loaded, and those that they load.

        Raises TemplateError, which names every template that has a mistake.
        """
        mistakes: dict[str, TemplateError] = {}
        seen: set[Path] = set()
        while waiting := [template for template in self if template.path not in seen]:
            for template in waiting:
                seen.add(template.path)
                try:
                    template.current()
                    self.check(template)
                except TemplateError as error:
                    mistakes[str(error)] = error  # a layout's comes with each template that uses it
        if mistakes:
            raise _together(list(mistakes.values()))

    freeze = compile_all  # the registry calls it, once everything is declared

    def layout_of(self, path: Path) -> Template | None:
        """Return the layout of the template at *path*: beside it, else further up, else the site's."""
        layout = next((each for each in self._layouts_for(path.parent) if each != path), self._layout)
        return self.load(layout) if layout not in (None, path) else None

    def _layouts_for(self, folder: Path) -> tuple[Path, ...]:
        """Return the layouts for templates in *folder*, the nearest first; in development as they are now."""
        found = self._layouts.get(folder)
        if found is None or self.development:
            near = (each / name for each in layout_folders(folder) for name in LAYOUTS)
            found = self._layouts[folder] = tuple(path for path in near if path.is_file())
        return found

    # What templates ask of the table they belong to

    def compiled(self, path: Path) -> Compiled:
        """Return the code of the template at *path*, from the cache if it is there. Raises TemplateError."""
        with self._lock:
            source = read_source(path)
            names = tuple(sorted(self._variables(path)))
            found = self._cache.get(source, str(path), names)
            if found is None:
                found = compile_template(source, str(path), names)
                self._cache.put(source, str(path), names, found)
            return found

    def names_for(self, template: Template) -> dict[str, Any]:
        """Return the variables that every run of *template* has."""
        return self._variables(template.path)

    def loaded(self, template: Template, name: str) -> Template:
        """Return the template in the file *name*, relative to that of *template*. Raises TemplateError."""
        return self.load(template.path.parent / name.strip())

    def check(self, template: Template) -> None:
        """Raise TemplateError if *template* uses a macro, or fills a slot, that is not there."""
        check_macros(self, template)

    def _variables(self, path: Path) -> dict[str, Any]:
        template = self.load(path)
        layout = self.layout_of(path)
        own: dict[str, Any] = {
            "template": template,
            "macros": OwnMacros(template),
            "nothing": None,
            "__load": lambda name: self.loaded(template, name),
            "__walk": self._steps.walk,
            "__called": called,
            **NAMES,
        }
        if layout is not None:
            own["layout"] = NearestLayout(self, path) if self.development else layout
        names = {**self._names, **own}
        names["__function"] = PathFunctions(self._steps.walk, names)
        return names


class OwnMacros:
    """The variable `macros`: those of the template itself, which is not compiled yet when this is made."""

    def __init__(self, template: Template):
        self._template = template

    def __getitem__(self, name: str) -> Any:
        return self._template.macros[name]

    def __contains__(self, name: str) -> bool:
        return name in self._template.macros

    def __iter__(self) -> Iterator[str]:
        return iter(self._template.macros)

    @property
    def names(self) -> list[str]:
        """Their names, as of `Macros`."""
        return self._template.macros.names


class NearestLayout:
    """The variable `layout` in development: looked for anew each time, since files come and go."""

    def __init__(self, templates: Templates, path: Path):
        self._templates = templates
        self._path = path

    def _current(self) -> Template:
        layout = self._templates.layout_of(self._path)
        if layout is None:
            raise TemplateError(f"The layout of {str(self._path)!r} is gone")
        return layout

    @property
    def include(self) -> Function:
        """The whole layout as a macro."""
        return self._current().include

    @property
    def macros(self) -> Macros:
        """The macros of the layout."""
        return self._current().macros


def layout_folders(folder: Path) -> Iterator[Path]:
    """Yield where the layout of a template in *folder* may be, the nearest first.

    That is the folder itself, those above it up to the `templates` folder it is in, and the `templates`
    folders of the packages around.
    """
    yield folder
    package = folder
    if "templates" in folder.parts:
        while package.name != "templates":
            package = package.parent
            yield package
        package = package.parent
    while (package / "__init__.py").is_file():
        yield package / "templates"
        package = package.parent


def _together(mistakes: list[TemplateError]) -> TemplateError:
    """Return one error for *mistakes*: itself if it is one."""
    first = mistakes[0]
    if len(mistakes) == 1:
        return first
    return TemplateError(
        f"{len(mistakes)} templates have mistakes:",
        *mistakes,
        file=first.file,
        line=first.line,
        column=first.column,
        expression=first.expression,
    )
