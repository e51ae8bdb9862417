"""`objpub convert` and `objpub digest`: from one engine to another, and whether two databases are equal."""

from pathlib import Path

import click

from objpub.database import convert as convert_database
from objpub.database import digest as digest_of_database

from .line import command
from .sites import settings_at
from .speaking import counted
from .speaking import spinner


@command(
    "objpub convert file:var/site.fs postgresql:dbname=coast",
    'objpub convert "sqlite:var/site.sqlite" "file:new/site.fs?blobs=new/blobs"',
    name="convert",
)
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def convert(source: str, target: str, settings_path: Path | None) -> None:
    """Copy a database to another engine.

    FROM and TO are URIs as in the setting database.uri. Objects, files and, where both engines keep it, the
    whole past are copied, and compared at the end. TO must be empty, or have the beginning of FROM: a command
    that was stopped goes on when it is given again, and what was changed meanwhile is brought over so too.
    Nothing in FROM changes, and the site may run.
    """
    folder = settings_at(settings_path, bare=True).folder
    try:
        with spinner("Converting") as say:
            done = convert_database(
                source, target, root=folder, progress=lambda doing, number: say(f"{doing} {number:,}")
            )
    except KeyboardInterrupt:
        click.echo("Nothing is lost: the same command goes on from here.", err=True)
        raise
    past = "with their past" if done.history else "without their past, which one of the engines does not keep"
    copied = counted(done.transactions, "transaction", "transactions")
    click.echo(f"Copied {copied}{', behind those that were there already' if done.before else ''}.")
    click.echo(f"Both hold the same {said_of(done.digest.objects, done.digest.blobs)}, {past}.")
    click.echo(done.digest.value)


@command("objpub digest", "objpub digest postgresql:dbname=coast", name="digest")
@click.argument("uri", metavar="[URI]", default="")
def digest(uri: str, settings_path: Path | None) -> None:
    """Print one number for everything in a database.

    Two databases hold the same objects and files if their digests are equal, whatever their engines. URI is
    one as in the setting database.uri, which is taken if none is given. The site may run.
    """
    settings = settings_at(settings_path, bare=bool(uri))
    with spinner("Reading") as say:
        found = digest_of_database(
            uri or settings.database.uri, settings.folder, lambda number: say(f"{number:,} objects")
        )
    click.echo(f"{found.value}  {said_of(found.objects, found.blobs)}")


def said_of(objects: int, blobs: int) -> str:
    """Return how many objects, and files among them, in words."""
    return f"{counted(objects, 'object', 'objects')} and {counted(blobs, 'file', 'files')}"
