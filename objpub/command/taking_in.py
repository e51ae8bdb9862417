"""`objpub import`: a folder of files becomes a tree of documents on the site."""

from collections.abc import Callable
from pathlib import Path

import click

from objpub.content import ContentTypes
from objpub.errors import NotPossible
from objpub.importing import import_folder
from objpub.importing import Page
from objpub.importing import Report
from objpub.importing import Section
from objpub.jobs import carry_out_here
from objpub.jobs import Work
from objpub.publisher import Application
from objpub.security import SYSTEM

from .line import command
from .sites import opened
from .sites import settings_at
from .speaking import bar


@command("objpub import docs /docs", "objpub import ~/blog/content / --all", name="import")
@click.argument("source", metavar="SRC", type=click.Path(path_type=Path))
@click.argument("path")
@click.option("--all", "everything", is_flag=True, help="Print every line of the report.")
def import_files(source: Path, path: str, everything: bool, settings_path: Path | None) -> None:
    """Make the files in the folder SRC a tree of documents at PATH.

    Markdown and HTML become pages, images and other files are kept as they are. Done again, it brings over
    what has changed in SRC, leaves what was edited on the site, and says so. A file with a mistake is named
    with its line, and does not stop the others. If it is stopped, do it again: it goes on where it was.
    """
    with opened(settings_at(settings_path, bare=True)) as application:
        refuse_without_types(application)
        with bar("Importing") as move:
            report = import_once(application, source, path, move)
    click.echo("\n".join(report.lines()) if everything else str(report))


def import_once(application: Application, source: Path, path: str, move: Callable[..., None]) -> Report:
    """Import *source* while nobody else imports, and return the report.

    move: told how far it is. In the list of long operations it stands from its first change on: where nothing
    is new, nothing is written.
    """
    works: list[Work] = []

    def hear(done: int, total: int, last: str) -> None:
        move(done, total, last)
        for work in works:
            work.reach(done, total)

    def carry(write: Callable[[], None]) -> None:
        def take_in(work: Work) -> str:
            works.append(work)
            write()
            return f"Imported {source.name} to {path}"

        carry_out_here(
            application.database,
            application.settings,
            take_in,
            name="objpub.import",
            subject="import",
            sentence=f"Import {source.name} to {path}",
            arguments={},
            who="",
            who_title="the command line",
        )

    return import_folder(application.database, source, path, identity=SYSTEM, progress=hear, carry=carry)


def refuse_without_types(application: Application) -> None:
    """Raise NotPossible if the site has not brought in the types that an import makes."""
    types = application.registry[ContentTypes]
    if types.get(Page) is None or types.get(Section) is None:
        raise NotPossible(
            "The site has no pages and sections to import into: write `app = App(__name__)` and"
            ' `app.include("objpub.importing")` in its package'
        )
