"""`objpub init`: a small site to begin with."""

import keyword
import re
import shlex
import sys
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from objpub.errors import NotPossible

from .line import command

#: What the names of the files for a new site end with, so that nothing takes them for code of objpub.
ENDING = ".txt"
#: Names that mean something else in a site, or to Python.
RESERVED = frozenset({"objpub", "test", "tests", "var"})
#: Files whose names begin with a dot, which a wheel leaves out.
HIDDEN = {"gitignore": ".gitignore"}
#: Words in them that stand for the name of the package and the title of the site.
PACKAGE = "PACKAGE"
TITLE = "SITE_TITLE"


@command("objpub init blog", settings=False, name="init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
def init(folder: Path) -> None:
    """Make a small site in the new folder DIR.

    It has a type, two views with templates, settings, and tests that pass.
    """
    name = package_name(folder.resolve().name)
    if folder.exists() and any(folder.iterdir()):
        raise NotPossible(f"There is something in {folder} already; name a folder that is empty or not there")
    for path, text in scaffold(name):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    click.echo(
        f"Made a site in {folder}. What comes next:\n\n"
        f"  cd {shlex.quote(str(folder))}\n  objpub serve --reload\n\n"
        f"Its types are in {name}/content.py, its pages in {name}/views.py and {name}/templates."
    )


def package_name(folder: str) -> str:
    """Return the name of the package for a site in *folder*: "My Blog" → "my_blog".

    A name that means something in Python already is made longer: "test" → "test_site".
    """
    name = re.sub(r"\W+", "_", folder, flags=re.ASCII).strip("_").lower() or "site"
    if name[0].isdigit():
        name = f"site_{name}"
    taken = name in sys.stdlib_module_names or keyword.iskeyword(name) or name in RESERVED
    return f"{name}_site" if taken or name == "site" else name


def scaffold(name: str) -> Iterator[tuple[str, str]]:
    """Yield path and text of each file of a new site whose package is called *name*."""
    title = name.removesuffix("_site").replace("_", " ").capitalize()
    for path, text in texts_in(files(__package__) / "templates" / "site"):
        path = path.removesuffix(ENDING).replace(PACKAGE, name)
        path = HIDDEN.get(path, path)
        yield path, text.replace(PACKAGE, name).replace(TITLE, title)


def texts_in(folder: Traversable, above: str = "") -> Iterator[tuple[str, str]]:
    """Yield path and text of each file below *folder*."""
    for each in folder.iterdir():
        if each.is_dir():
            yield from texts_in(each, f"{above}{each.name}/")
        else:
            yield above + each.name, each.read_text("utf-8")
