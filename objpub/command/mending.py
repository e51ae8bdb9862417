"""`objpub repair`: a database file whose end is damaged."""

from pathlib import Path

import click

from objpub.database import mend_file

from .keeping import mounted
from .line import command
from .sites import database_uri
from .sites import settings_at
from .speaking import counted
from .speaking import spinner


@command("objpub repair", "objpub repair --mount /archive")
@mounted
def repair(mount: str, settings_path: Path | None) -> None:
    """Make a database file whole that does not open any more.

    What stands behind the last whole transaction, as a loss of power may leave it, is cut off, and a copy of
    it is kept beside the file. Where whole transactions come again behind the damage, the file is written
    anew from all of them, and the old one is kept. A file that is whole stays as it is.
    """
    settings = settings_at(settings_path, bare=True)
    with spinner("Looking at every transaction"):
        mended = mend_file(database_uri(settings, mount), settings.folder)
    if mended.kept is None:
        click.echo("The file is whole: nothing had to be done.")
        return
    tail = mended.tail
    if tail.behind is None:
        cut = counted(tail.size, "byte", "bytes")
        click.echo(f"Cut off {cut} behind byte {tail.position:,}{tail.moment}. They are in {mended.kept}.")
    else:
        click.echo(f"Wrote the file anew from all whole transactions. The old one is {mended.kept}.")
    click.echo("Now let `objpub check` look whether anything is missing.")
