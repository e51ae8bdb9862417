"""Looking after the database: packing it, and backing it up. The site goes on meanwhile."""

import re
from collections.abc import Iterable
from pathlib import Path

from objpub.catalog import Indexes
from objpub.content import Site
from objpub.database import BackedUp
from objpub.database import connection_of
from objpub.database import Database
from objpub.database import Packed
from objpub.errors import DatabaseError
from objpub.errors import Invalid
from objpub.errors import NotPossible
from objpub.jobs import discard_job as forget
from objpub.jobs import retry_job as try_again
from objpub.security import Identity
from objpub.security import record

from .asking import require
from .sentences import say

#: What the folder of a backup can be called: nothing that leads elsewhere.
FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
MOST_DAYS = 36_500


def pack_database(identity: Identity, site: Site, days: float) -> Packed:
    """Remove what was replaced or deleted more than *days* ago, and return the sizes before and after.

    Undo and history reach back no further then. Needs "manage" on the site. Raises Invalid for days that
    make no sense, and NotPossible while a pack or a backup is running, and without room on the disk.
    """
    require(identity, "manage", site)
    check_days(days)
    try:
        packed = database_of(site).pack(days=days)
    except DatabaseError as error:
        raise NotPossible(str(error)) from error
    record(
        site, identity, "pack", f"Packed the database, up to {days:g} days ago", path="/", title=site.title
    )
    return packed


def back_up_database(
    identity: Identity, site: Site, backups: Path, name: str, *, full: bool = False
) -> BackedUp:
    """Add a backup of all objects and files to the folder called *name* in *backups*, and say what was new.

    full: copy everything, not only what is new since the last backup there. Needs "manage" on the site.
    Raises Invalid for a name that cannot be one, and NotPossible where the database is not kept in a file,
    and while a pack is running.
    """
    require(identity, "manage", site)
    check_backup_name(name)
    try:
        done = database_of(site).backup(backups / name, full=full)
    except (DatabaseError, OSError) as error:
        raise NotPossible(str(error)) from error
    words = f"Copied {'everything' if done.full else 'what was new'} to the backup {name}"
    record(site, identity, "backup", words, path="/", title=site.title)
    return done


def retry_job(identity: Identity, site: Site, job_id: str) -> None:
    """Let a job that was put aside wait again. Needs "manage" on the site. Raises NotFound, Forbidden."""
    require(identity, "manage", site)
    try_again(site, job_id)
    say(identity, site, "Let a job that was put aside be tried again")


def discard_job(identity: Identity, site: Site, job_id: str) -> None:
    """Forget a job that was put aside. Needs "manage" on the site. Raises NotFound, Forbidden."""
    require(identity, "manage", site)
    forget(site, job_id)
    say(identity, site, "Forgot a job that was put aside")


def check_days(days: float) -> None:
    """Raise Invalid for a number of *days* that no pack can keep."""
    if not 0 <= days <= MOST_DAYS:
        raise Invalid({"days": f"wanted a number of days from 0 to {MOST_DAYS:,}, not {days:g}"})


def check_backup_name(name: str) -> None:
    """Raise Invalid for a *name* that no folder of backups can have."""
    if not FOLDER_NAME.fullmatch(name):
        raise Invalid({"name": f"wanted up to 60 letters, digits and . - _ without spaces, not {name!r}"})


def check_indexes(site: Site, names: Iterable[str]) -> None:
    """Raise Invalid for one of *names* that is no index."""
    registry = database_of(site).registry
    there = registry[Indexes].names() if registry is not None else []
    unknown = [name for name in names if name not in there]
    if unknown:
        known = ", ".join(there) or "none"
        raise Invalid({"index": f"There is no index {unknown[0]!r:.60}; there are {known}"})


def database_of(site: Site) -> Database:
    """Return the database that *site* is in. Raises NotPossible for a loose one."""
    connection = connection_of(site)
    if connection is None:
        raise NotPossible("The site is in no database")
    database: Database = connection.db()
    return database
