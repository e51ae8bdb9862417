"""`objpub check` and `pack`: looking after a database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from objpub.catalog import check_catalog
from objpub.content import Folder
from objpub.database import check as check_database
from objpub.lineage import path_of
from objpub.publisher import Application
from objpub.security import record
from objpub.security import SYSTEM
from objpub.traversal import ViewNames

from .line import command
from .line import Number
from .line import REFUSED
from .sites import database_at
from .sites import opened
from .sites import reading
from .sites import settings_at
from .speaking import counted
from .speaking import size
from .speaking import spinner

#: After so many folders memory is given back.
BATCH = 1_000


mounted = click.option(
    "--mount",
    default="",
    metavar="PATH",
    help="The database that is mounted at PATH, not the site's own.",
)


@command("objpub check", "objpub check --mount /archive")
@mounted
def check(mount: str, settings_path: Path | None) -> int:
    """Look for damage in the database, and for mistakes.

    Every record is loaded: broken classes, missing objects and blobs and damaged trees are listed, and also
    children that hide a view of the same name, and what the catalog says otherwise than the objects.
    Declarations and templates are checked, as at every start. Nothing is changed. The status is 1 if
    something was found.
    """
    with opened(settings_at(settings_path)) as application:
        database = database_at(application, mount)
        with spinner("Checking") as say:
            problems = [str(each) for each in check_database(database, lambda done: say(f"{done:,}"))]
            if not mount:
                problems += hidden_children(application)
                with reading(application) as site:
                    problems += check_catalog(site._p_jar, lambda done: say(f"catalog, {done:,}"))
        for problem in problems:
            click.echo(problem)
        records = counted(database.objectCount(), "record", "records")
    click.echo(f"{counted(len(problems), 'problem', 'problems') if problems else 'No problem'} in {records}.")
    return REFUSED if problems else 0


def hidden_children(application: Application) -> Iterator[str]:
    """Yield a sentence for each child that hides a view: it is older than the view, and has its name."""
    names = application.registry[ViewNames]
    with reading(application) as site:
        waiting: list[Any] = [site]
        visited = 0
        while waiting:
            folder = waiting.pop()
            for name in names.keys(type(folder)):
                if folder.get(name) is not None:
                    yield f"{path_of(folder)}: the child {name!r} hides the view of the same name"
            waiting.extend(child for child in folder.values() if isinstance(child, Folder))
            visited += 1
            if not visited % BATCH:
                site._p_jar.cacheGC()


@command("objpub pack", "objpub pack --days 0", name="pack")
@click.option(
    "--days",
    type=Number(),
    default=30.0,
    show_default="30",
    help="Keep the past of so many days. Undo and history reach back no further.",
)
@mounted
def pack(days: float, mount: str, settings_path: Path | None) -> None:
    """Remove from the database what was replaced long ago.

    What was deleted goes too. The file becomes smaller, and undo and history reach less far back.
    """
    with opened(settings_at(settings_path)) as application:
        with spinner("Packing"):
            packed = database_at(application, mount).pack(days=days)
        with application.work() as site:
            words = f"Packed the database{f' at {mount}' if mount else ''}, up to {days:g} days ago"
            record(site, SYSTEM, "pack", words, path=mount or "/", title="" if mount else site.title)
    saved = packed.bytes_before - packed.bytes_after
    click.echo(
        f"Packed {size(packed.bytes_before)} to {size(packed.bytes_after)}, {size(max(saved, 0))} less."
    )
