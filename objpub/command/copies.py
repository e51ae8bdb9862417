"""`objpub backup` and `objpub restore`: copies of a database, and the way back."""

from datetime import datetime
from datetime import UTC
from pathlib import Path
from typing import Any

import click

from objpub.database import back_up_database
from objpub.database import backups_in
from objpub.database import restore_database

from .keeping import mounted
from .line import command
from .sites import database_uri
from .sites import settings_at
from .speaking import counted
from .speaking import size
from .speaking import spinner

#: The name of a backup, UTC.
NAME = "%Y-%m-%d-%H-%M-%S"


class Moment(click.ParamType):
    """A moment as it is written by people and by programs; without a zone it is UTC."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return *value* as the name of a backup."""
        for read in (datetime.fromisoformat, lambda text: datetime.strptime(text, NAME)):
            try:
                found = read(value)
            except ValueError:
                continue
            return (found.astimezone(UTC) if found.tzinfo else found).strftime(NAME)
        return self.fail(f"wanted a moment such as 2026-11-21T12:00 (UTC), not {value!r}", param, ctx)


@command("objpub backup /backups/site", "objpub backup /backups/site --full", name="backup")
@click.argument("folder", metavar="DEST", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--full", is_flag=True, help="Copy everything, not only what is new since the last backup in DEST."
)
@mounted
def backup(folder: Path, full: bool, mount: str, settings_path: Path | None) -> None:
    """Add a backup of the site to the folder DEST.

    It has the objects and the files of the site as they are now. The site may be running meanwhile.
    """
    settings = settings_at(settings_path)
    with spinner("Backing up") as say:
        done = back_up_database(
            database_uri(settings, mount),
            folder,
            root=settings.folder,
            full=full,
            progress=lambda number, _: say(counted(number, "transaction", "transactions")),
        )
    if not done.files:
        click.echo(f"Nothing is new since the last backup in {folder}.")
        return
    kind = "everything" if done.full else "what is new"
    copied = size(sum(path.stat().st_size for path in done.files))
    click.echo(f"Backed up {kind} to {folder}: {copied}, and {counted(done.blobs, 'file', 'files')}.")


@command(
    "objpub restore /backups/site",
    "objpub restore /backups/site --list",
    "objpub restore /backups/site --moment 2026-11-21T12:00 --to sqlite:var/noon.sqlite",
    name="restore",
)
@click.argument("folder", metavar="SRC", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--moment",
    type=Moment(),
    metavar="TIME",
    help="As it was at TIME, such as 2026-11-21T12:00, UTC; default: the last backup.",
)
@click.option("--to", "target", metavar="URI", help="The database to write; default: that of the site.")
@click.option(
    "--list", "listed", is_flag=True, help="Only print the moments of the backups in SRC, UTC, up to TIME."
)
@mounted
def restore(
    folder: Path,
    moment: str | None,
    target: str | None,
    listed: bool,
    mount: str,
    settings_path: Path | None,
) -> None:
    """Write a backup in the folder SRC to an empty database.

    At TIME, or between two backups: where the later one holds the past, as that of any engine but those
    without history, and nothing of it was packed away meanwhile, every second can be gone back to; else to
    the last backup before. What it is as of is said at the end.

    Nothing is ever written over: move the database of the site away first, or name another one with --to. All
    files are compared with their checksums, and at the end every object is looked at.
    """
    if listed:
        for each in backups_in(folder):
            if moment is None or each <= moment:
                click.echo(told(each))
        return
    settings = settings_at(settings_path, bare=True)
    uri = target or database_uri(settings, mount)
    with spinner("Restoring") as say:
        done = restore_database(
            folder,
            uri,
            root=settings.folder,
            moment=moment,
            progress=lambda number, _: say(counted(number, "transaction", "transactions")),
        )
    objects = counted(done.digest.objects, "object", "objects")
    files = counted(done.digest.blobs, "file", "files")
    click.echo(f"Restored {objects} and {files}, as of {told(done.moment)} UTC; nothing is missing.")
    click.echo(done.digest.value)


def told(moment: str) -> str:
    """Return the name of a backup as people write a moment."""
    return datetime.strptime(moment, NAME).isoformat()
