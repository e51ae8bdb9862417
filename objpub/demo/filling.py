"""The first content of the demo: objpub's documentation, imported once into an empty site."""

import pathlib
from typing import Any

import objpub
from objpub.importing import import_folder
from objpub.importing import Report
from objpub.operations import order
from objpub.security import SYSTEM

PLACE = "docs"
READING_ORDER = ("tutorial", "howto", "explanation", "reference", "glossary")


def documentation_folder(given: pathlib.Path | str | None = None) -> pathlib.Path | None:
    """Return the folder of the documentation; None where there is none.

    given: the folder to take; None: `docs` beside the package `objpub`, as it is in a checkout.
    """
    folder = pathlib.Path(given) if given else pathlib.Path(objpub.__file__).resolve().parent.parent / "docs"
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
    with application.work(sentence="Put the documentation in reading order") as site:
        docs = site[PLACE]
        for name in reversed([each for each in READING_ORDER if each in docs]):
            order(SYSTEM, docs, name, to="first")
    return report
