"""`objpub check` and `pack`: looking after a database."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from ZODB.POSException import POSKeyError
from ZODB.POSException import StateLoadError

from objpub.catalog import check_catalog
from objpub.catalog import tops_of
from objpub.content import Folder
from objpub.content import folder_problems
from objpub.content import mend_folder
from objpub.database import check as check_database
from objpub.database import repair as repair_database
from objpub.lineage import find_resource
from objpub.lineage import path_of
from objpub.operations import pack_here
from objpub.publisher import Application
from objpub.traversal import ViewNames

from .line import command
from .line import Number
from .line import REFUSED
from .sites import database_at
from .sites import opened
from .sites import reading
from .sites import settings_at
from .speaking import counted
from .speaking import spinner

#: After so many folders memory is given back.
BATCH = 1_000


mounted = click.option(
    "--mount",
    default="",
    metavar="PATH",
    help="The database that is mounted at PATH, not the site's own.",
)


@command("objpub check", "objpub check --repair", "objpub check --mount /archive")
@click.option("--repair", is_flag=True, help="Mend what can be mended; what is lost is said.")
@mounted
def check(repair: bool, mount: str, settings_path: Path | None) -> int:
    """Look for damage in the database, and for mistakes.

    Every record is loaded: broken classes, missing objects and blobs and damaged trees are listed, and also
    folders that miscount their children, children that hide a view of the same name, and what the catalog
    says otherwise than the objects. Declarations and templates are checked, as at every start. Without
    --repair nothing is changed. The status is 1 if something was found, and left.
    """
    with opened(settings_at(settings_path)) as application:
        database = database_at(application, mount)
        with spinner("Checking") as say:
            found = list(check_database(database, lambda done: say(f"{done:,}")))
            if repair:
                for done in repair_database(database, found):
                    click.echo(f"Repaired {done}")
                found = list(check_database(database, lambda done: say(f"again, {done:,}")))
            problems = [str(each) for each in found if not each.unused]
            if not mount:
                problems += in_folders(application, repair)
                problems += in_catalog(application, lambda done: say(f"catalog, {done:,}"))
        for problem in [*problems, *(each for each in found if each.unused)]:
            click.echo(problem)
        records = counted(database.objectCount(), "record", "records")
    click.echo(f"{counted(len(problems), 'problem', 'problems') if problems else 'No problem'} in {records}.")
    return REFUSED if problems else 0


def in_catalog(application: Application, progress: Callable[[int], None]) -> list[str]:
    """Return a sentence for each thing that the catalog says otherwise than the objects."""
    with reading(application) as site:
        try:
            return [each for top in tops_of(site) for each in check_catalog(top._p_jar, progress)]
        except (POSKeyError, StateLoadError) as error:
            return [f"The catalog cannot be compared: {type(error).__name__} {error}; mend that first"]


def in_folders(application: Application, repair: bool) -> list[str]:
    """Return a sentence for each mistake in a folder. repair: mend those that can be, and say so."""
    problems: list[str] = []
    wrong: list[str] = []
    with reading(application) as site:
        for folder in folders_below(site):
            problems.extend(hidden_children(application.registry[ViewNames], folder))
            found = folder_problems(folder)
            problems.extend([] if repair else found)
            wrong.extend([path_of(folder)] * bool(found))
    for path in wrong if repair else ():
        with application.work(sentence=f"Repaired the count of {path}") as site:
            folder = find_resource(site, path)
            for sentence in folder_problems(folder):
                click.echo(f"Repaired {sentence}")
            mend_folder(folder)
    return problems


def folders_below(site: Any) -> Iterator[Folder]:
    """Yield *site* and each folder below it that can be read."""
    waiting: list[Any] = [site]
    visited = 0
    while waiting:
        folder = waiting.pop()
        try:
            inner = [child for child in folder.values() if isinstance(child, Folder)]
        except (POSKeyError, StateLoadError):
            continue  # that is told already
        yield folder
        waiting.extend(inner)
        visited += 1
        if not visited % BATCH:
            site._p_jar.cacheGC()


def hidden_children(names: ViewNames, folder: Folder) -> Iterator[str]:
    """Yield a sentence for each child that hides a view: it is older than the view, and has its name."""
    for name in names.keys(type(folder)):
        if folder.get(str(name)) is not None:
            yield f"{path_of(folder)}: the child {name!r} hides the view of the same name"


@contextmanager
def told_when_stopped() -> Iterator[None]:
    """Say, where Ctrl-C stops the work, that it may be begun anew."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo("Nothing is lost: the same command begins anew.", err=True)
        raise


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
        database = database_at(application, mount)
        with spinner("Packing") as say, told_when_stopped():
            told = pack_here(
                application.database,
                application.settings,
                days,
                database,
                lambda done, total: say(f"{100 * done // total} %" if total else f"{done:,}"),
            )
    click.echo(f"{told}.")
