"""The pairs of z3c.pt: the examples of its README, and the templates that its tests use."""

import contextlib
import doctest
import itertools
import pathlib
import types
from collections.abc import Iterator

from objpub.templates import Template

from .fetching import tests_of
from .pairs import Pair
from .suites import template_in

LIKE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
NAMESPACES = "functions that adapters of zope.component provide"
FILES = (  # test_templates.py: file, what the template is given, what is in the page, what it needs
    ("boolean.pt", {}, '<input type="input" checked="checked" />', ""),
    ("false.pt", {}, 'checked="False"', ""),
    ("exists.pt", {"callable": lambda: 1 / 0}, "<div>ok</div>", ""),
    ("nocall.pt", {"callable": "a value"}, "<div>a value</div>", ""),
    ("path.pt", {"editor": "dummy"}, "supported", ""),
    ("helloworld.pt", {}, "Hello World!", ""),
    ("provider.pt", {}, "", "provider:, an expression of zope.contentprovider"),
)


def same_example(wanted: str, came: str) -> bool:
    """Compare as the examples of z3c.pt are: white space is one space, "..." is anything."""
    return doctest.OutputChecker().check_output(wanted, f"{came}\n", LIKE)


def within(wanted: str, came: str) -> bool:
    """Compare as the tests of z3c.pt do: it is somewhere in the page."""
    return wanted in came


def z3c_pt(folder: pathlib.Path, work: pathlib.Path) -> Iterator[Pair]:
    """Yield the pairs of z3c.pt."""
    package = tests_of(folder, "z3c[._]pt-*/src/z3c/pt")
    makers = stand_ins(package, work / "z3c")
    here = types.SimpleNamespace(dummy_wysiwyg_support=True)
    for name, options, wanted, needs in FILES:
        yield Pair(
            f"tests/{name}",
            needs,
            lambda name=name, options=options: makers["PageTemplateFile"](f"tests/{name}").on(
                {"context": here, "here": here}
            )(**options),
            wanted,
            within,
        )
    yield from examples(package, makers)


def examples(package: pathlib.Path, makers: dict) -> Iterator[Pair]:
    """Yield the examples of the README that print what a template gives."""
    module = types.ModuleType("z3c_pt_stand_in")
    vars(module).update(makers)
    names = dict(makers)
    for example in doctest.DocTestParser().get_examples((package / "README.rst").read_text()):
        source = example.source
        if source.startswith("print(") and example.want.lstrip().startswith("<"):
            needs = NAMESPACES if "grandpa" in names else ""
            code = compile(source.strip().removeprefix("print"), f"README.rst:{example.lineno + 1}", "eval")
            yield Pair(
                f"README.rst:{example.lineno + 1}",
                needs,
                lambda code=code: eval(code, names),  # noqa: S307 - an example of the suite
                example.want,
                same_example,
            )
        elif not source.startswith(("print(", "from z3c", "import zope", "from zope")):
            with contextlib.suppress(Exception):  # what comes after it then fails, and says so
                exec(compile(source, "README.rst", "exec"), names)


def stand_ins(package: pathlib.Path, work: pathlib.Path) -> dict:
    """Return the classes that the examples use, over our templates."""
    numbers = itertools.count()

    class PageTemplate:
        """A template in a text."""

        def __init__(self, body: str, **options: object):
            self.template: Template = template_in(work, f"{next(numbers)}.zpt", body)
            self.names: dict = {}

        def on(self, names: dict) -> "PageTemplate":
            """Return the template with further variables."""
            bound = object.__new__(type(self))
            bound.template, bound.names = self.template, names
            return bound

        def bind(self, thing: object, request: object = None) -> "PageTemplate":
            """Return the template with *thing* as its view."""
            return self.on({"view": thing, "context": thing, "request": request})

        def __get__(self, thing: object, kind: object = None) -> "PageTemplate":
            return self.bind(thing)

        def __call__(self, *args: object, **options: object) -> str:
            return self.template.render(**{**self.names, "options": {**options, "args": args}})

    class PageTemplateFile(PageTemplate):
        """A template in a file."""

        def __init__(self, path: str, **options: object):
            super().__init__((package / path).read_text())
            self.filename = str(package / path)

    class ViewPageTemplate(PageTemplate):
        """A template of a view."""

        def bind(self, view: object, request: object = None) -> PageTemplate:
            """Return the template of *view*, with what it is a view of."""
            return self.on({"view": view, "context": view.context, "request": view.request})

        def __call__(self, *args: object, **options: object) -> str:
            names = dict(zip(("view", "context", "request"), args, strict=False))
            return self.template.render(**{**self.names, **names, "options": options})

    class ViewPageTemplateFile(ViewPageTemplate):
        """The same in a file."""

        def __init__(self, path: str, **options: object):
            super().__init__((package / path).read_text())

    made = (PageTemplate, PageTemplateFile, ViewPageTemplate, ViewPageTemplateFile)
    tests = types.SimpleNamespace(__path__=[str(package / "tests")])
    return {**{each.__name__: each for each in made}, "tests": tests}
