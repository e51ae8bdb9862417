"""`objpub import`: a folder of files becomes a tree of documents on the site."""

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
        found: list[Report] = []
        with bar("Importing") as move:

            def take_in(work: Work) -> str:
                def hear(done: int, total: int, last: str) -> None:
                    move(done, total, last)
                    work.reach(done, total)

                found.append(import_folder(work.database, source, path, identity=SYSTEM, progress=hear))
                return found[0].summary()

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
        report = found[0]
    click.echo("\n".join(report.lines()) if everything else str(report))


def refuse_without_types(application: Application) -> None:
    """Raise NotPossible if the site has not brought in the types that an import makes."""
    types = application.registry[ContentTypes]
    if types.get(Page) is None or types.get(Section) is None:
        raise NotPossible(
            "The site has no pages and sections to import into: write `app = App(__name__)` and"
            ' `app.include("objpub.importing")` in its package'
        )
