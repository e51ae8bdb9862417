"""The first content of the demo: objpub's documentation, imported once into an empty site."""

import pathlib
import re
from typing import Any

from objpub.importing import import_folder
from objpub.importing import Report
from objpub.importing import Section
from objpub.lineage import path_of
from objpub.operations import edit
from objpub.operations import order
from objpub.operations import say
from objpub.security import SYSTEM

PLACE = "docs"
CHAPTERS = {  # in the order in which they are read, with their short titles; "" keeps the title
    "tutorial": "Tutorial",
    "howto": "How-to",
    "explanation": "",
    "reference": "",
    "glossary": "",
}


def documentation_folder(given: pathlib.Path | str | None = None) -> pathlib.Path | None:
    """Return the folder of the documentation; None where there is none.

    given: the folder to take; None: `docs` beside the package `objpub`, as it is in a checkout.
    """
    folder = pathlib.Path(given) if given else pathlib.Path(__file__).resolve().parents[2] / "docs"
    return folder if (folder / "index.md").is_file() else None


def is_filled(application: Any) -> bool:
    """Does the site hold anything yet? What was imported once is never touched again by a start."""
    with application.work() as site:
        return len(site) > 0


def fill(application: Any, folder: pathlib.Path) -> Report | None:
    """Import the documentation in *folder* into the site of *application*, in the order in which it is read.

    Returns what the import says; None, and nothing is done, where the site holds anything already.
    """
    if is_filled(application):
        return None
    report = import_folder(application.database, folder, f"/{PLACE}", identity=SYSTEM)
    with application.work() as site:
        arrange(site[PLACE])
    return report


def arrange(docs: Section) -> None:
    """Put what was imported in the order in which it is read, and give the chapters short titles."""
    chapters = [name for name in CHAPTERS if name in docs]
    put_first(docs, chapters)
    for name in chapters:
        if CHAPTERS[name]:
            edit(SYSTEM, docs[name], {"link_title": CHAPTERS[name]})
        if isinstance(docs[name], Section):
            put_first(docs[name], linked_names(docs[name]))
    say(SYSTEM, docs, f"Put {docs.title} in reading order")


def linked_names(section: Section) -> list[str]:
    """Return the names of the children of *section* in the order in which its own text links to them."""
    found = re.findall(rf'href="{re.escape(path_of(section))}/([^/"#?]+)', section.html)
    return [name for name in dict.fromkeys(found) if name in section]


def put_first(section: Section, names: list[str]) -> None:
    """Let the children called *names* stand first in *section*, in that order."""
    for name in reversed(names):
        order(SYSTEM, section, name, to="first")
