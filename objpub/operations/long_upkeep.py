"""Packing, backing up and building indexes as long operations, which say how far they are."""

import time
from collections.abc import Callable
from collections.abc import Iterable
from typing import Any

from objpub.catalog import build
from objpub.catalog import is_being_built
from objpub.catalog import take_in_texts
from objpub.content import Site
from objpub.database import Database
from objpub.database import mounts_of
from objpub.jobs import carry_out_here
from objpub.jobs import long_operation
from objpub.jobs import LongOperation
from objpub.jobs import Work
from objpub.security import Identity
from objpub.security import record

from .asking import require
from .long import begin
from .long import who_began
from .sentences import counted
from .sentences import sized
from .upkeep import check_backup_name
from .upkeep import check_days
from .upkeep import check_indexes

LANE = "upkeep"
PACK, BACKUP, REINDEX = "objpub.pack", "objpub.backup", "objpub.reindex"
#: What one of them is about: packs and backups of a database follow each other.
DATABASE, CATALOG = "database", "catalog"
WAIT_SECONDS = 0.1
BY_COMMAND: Any = {"arguments": {}, "who": "", "who_title": "the command line"}


def begin_pack(identity: Identity, site: Site, days: float) -> LongOperation:
    """Let the database be packed, up to *days* ago, and return the record of that.

    Needs "manage" on the site. Raises Invalid for days that make no sense, and NotPossible while a pack or a
    backup is under way.
    """
    require(identity, "manage", site)
    check_days(days)
    return begin(identity, site, PACK, DATABASE, "Pack the database", back="@@database", days=days)


def begin_backup(identity: Identity, site: Site, name: str, *, full: bool = False) -> LongOperation:
    """Let a backup be added to the folder *name* of var/backups, and return the record of that.

    full: copy everything. Needs "manage" on the site. Raises Invalid for a name that cannot be one, and
    NotPossible while a pack or a backup is under way.
    """
    require(identity, "manage", site)
    check_backup_name(name)
    sentence = f"Back up the database to {name}"
    return begin(identity, site, BACKUP, DATABASE, sentence, back="@@database", name=name, full=full)


def begin_reindex(identity: Identity, site: Site, names: Iterable[str] = ()) -> LongOperation:
    """Let the indexes called *names*, () for all, be built again, and return the record of that.

    Needs "manage" on the site. Raises Invalid for a name that is no index, and NotPossible while that is
    under way.
    """
    require(identity, "manage", site)
    names = list(names)
    check_indexes(site, names)
    sentence = f"Build the {'index' if len(names) == 1 else 'indexes'} {', '.join(names)} again"
    sentence = sentence if names else "Build all indexes again"
    return begin(identity, site, REINDEX, CATALOG, sentence, back="@@catalog", names=names)


@long_operation(PACK, "Pack the database", lane=LANE, left="The database is as it was.")
def pack_it(work: Work, days: float) -> str:
    """Pack the database."""
    return packed(work, days, work.database)


def packed(work: Work, days: float, database: Database) -> str:
    """Pack *database*, that of the site or one that is mounted in it, and return what that did."""
    identity = ask(work)
    before, after = database.pack(days=days, watch=work)
    at = f" at {database.mounted_at}" if database.mounted_at else ""
    sentence = f"Packed the database{at}, up to {days:g} days ago"
    write_down(work, identity, "pack", sentence, database.mounted_at)
    return f"Packed {sized(before)} to {sized(after)}, {sized(max(before - after, 0))} less"


@long_operation(
    BACKUP,
    "Back up the database",
    lane=LANE,
    left="The backups are those there were. Uploaded files that were copied need not be copied again.",
)
def back_it_up(work: Work, name: str, full: bool) -> str:
    """Add a backup."""
    identity = ask(work)
    done = work.database.backup(work.settings.folder / "var" / "backups" / name, full=full, watch=work)
    if not done.files:
        return f"Nothing is new since the last backup in {name}"
    kind = "everything" if done.full else "what is new"
    sentence = f"Copied {'everything' if done.full else 'what was new'} to the backup {name}"
    write_down(work, identity, "backup", sentence)
    size = sized(sum(path.stat().st_size for path in done.files))
    files = f"{done.blobs:,} {'file' if done.blobs == 1 else 'files'}"
    return f"Backed up {kind} to {name}: {size}, and {files}"


@long_operation(
    REINDEX,
    "Build indexes again",
    lane=LANE,
    unit="resources",
    left="The indexes stay as they are.",
)
def reindex_it(work: Work, names: list[str]) -> str:
    """Build indexes again."""
    return reindexed(work, names)


def reindexed(work: Work, names: Iterable[str]) -> str:
    """Build the indexes *names*, () for all, again, and return what was done."""
    names = tuple(names)
    identity = ask(work)
    work.look(lambda site: check_indexes(site, names))
    resources = 0
    for database in (work.database, *mounts_of(work.database).values()):
        while is_being_built(database):  # by a process that has just started
            work.step(0)
            time.sleep(WAIT_SECONDS)
        built = build(database, names=names, everything=not names, progress=work.reach)
        resources += built.resources
    take_in_texts(work.database)
    what = f"the indexes {', '.join(names)}" if names else "all indexes"
    write_down(work, identity, "reindex", f"Built {what} again")
    done = counted(resources, "resource", "resources")
    return f"Indexed {done}: {', '.join(names) or 'all indexes'}"


# By the command line


def pack_here(
    site: Database, settings: Any, days: float, database: Database, on_progress: Callable[[int, int], None]
) -> str:
    """Pack *database* in this thread, as the command line does, and return what that did.

    site: the database that the site is in, where it is told that this goes on. on_progress: hears of (done,
    of how many). Raises NotPossible while a pack or a backup is under way, or where somebody cancelled it.
    """
    at = f" at {database.mounted_at}" if database.mounted_at else ""
    return carry_out_here(
        site,
        settings,
        lambda work: packed(work, days, database),
        on_progress,
        name=PACK,
        subject=DATABASE + at,
        sentence=f"Pack the database{at}",
        **BY_COMMAND,
    )


def reindex_here(
    site: Database, settings: Any, names: tuple[str, ...], on_progress: Callable[[int, int], None]
) -> str:
    """Build the indexes *names*, () for all, in this thread, and return what was done.

    Raises Invalid for a name that is no index, and NotPossible as `pack_here` does.
    """
    return carry_out_here(
        site,
        settings,
        lambda work: reindexed(work, names),
        on_progress,
        name=REINDEX,
        subject=CATALOG,
        sentence="Build indexes again",
        **BY_COMMAND,
    )


def ask(work: Work) -> Identity:
    """Return who began *work*. Raises Forbidden unless he may still do it."""

    def asked(site: Any) -> Identity:
        identity = who_began(site, work)
        require(identity, "manage", site)
        return identity

    return work.look(asked)


def write_down(work: Work, identity: Identity, what: str, sentence: str, path: str = "") -> None:
    """Put into the audit record what *identity* has done, who may be no user any more.

    path: of a mounted database, or "".
    """

    def write(site: Any) -> None:
        title = "" if path else site.title
        record(site, identity, what, sentence, path=path or "/", title=title)

    work.change(write)
