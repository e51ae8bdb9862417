"""The database: what there is to know in numbers, the last transactions, pack and backup."""

from pathlib import Path
from typing import Any

from objpub.content import Site
from objpub.database import connection_of
from objpub.errors import Invalid
from objpub.errors import Refused
from objpub.operations import begin_backup
from objpub.operations import begin_pack
from objpub.operations import sentence_of
from objpub.views import view

from .charts import charts
from .frame import framed
from .operations import lead_to_operation
from .picking import text_of
from .typed import refused
from .typed import Typed

LATEST = 20
LONGEST = 240  # characters of a sentence in the list
DAYS = "30"
NAME = "site"


@view(Site, "database", area="manage", permission="manage", template="database.pt")
def show(site: Site, request: Any) -> dict[str, Any]:
    """Show the database in numbers, how busy it was in the last hour, and what was done last."""
    database = connection_of(site).db()
    latest = [(each["moment"], each["user"], short(sentence_of(each))) for each in database.latest(LATEST)]
    return framed(
        request,
        "database",
        "Database",
        figures=database.figures(),
        engine=request.settings.database.uri.partition(":")[0],
        charts=charts(request),
        latest=latest,
        backups=backups_in(folder_of(request)),
        days=DAYS,
        name=NAME,
    )


@view(Site, "pack", area="manage", permission="manage", template="pack.pt")
def packing(site: Site, request: Any) -> Any:
    """Say what a pack means, and ask."""
    return pack_page(request, Typed(request.form if "days" in request.form else None))


@view(Site, "pack", area="manage", method="POST", permission="manage", template="pack.pt")
def pack(site: Site, request: Any) -> Any:
    """Begin to pack the database, and lead to where it is told how far that is."""
    try:
        begun = begin_pack(request.identity, site, days_from(request))
    except Refused as error:
        return refused(request, error, lambda typed: pack_page(request, typed), "days")
    return lead_to_operation(request, begun)


@view(Site, "backup", area="manage", permission="manage", template="backup.pt")
def backing_up(site: Site, request: Any) -> Any:
    """Say what a backup means and where it goes, and ask."""
    return backup_page(request, Typed(request.form if "name" in request.form else None))


@view(Site, "backup", area="manage", method="POST", permission="manage", template="backup.pt")
def back_up(site: Site, request: Any) -> Any:
    """Begin a backup to a folder below var/backups, and lead to where it is told how far that is."""
    name, full = text_of(request, "name").strip(), text_of(request, "full") == "yes"
    try:
        begun = begin_backup(request.identity, site, name, full=full)
    except Refused as error:
        return refused(request, error, lambda typed: backup_page(request, typed), "name")
    return lead_to_operation(request, begun)


def short(sentence: str) -> str:
    """Return *sentence* cut to a length that a list bears."""
    return sentence if len(sentence) <= LONGEST else f"{sentence[:LONGEST]}…"


def days_from(request: Any) -> float:
    """Return the number of days that was typed. Raises Invalid."""
    text = text_of(request, "days").strip()
    try:
        return float(text)
    except ValueError:
        raise Invalid({"days": f"wanted a number of days such as {DAYS}, not {text!r}"}) from None


def folder_of(request: Any) -> Path:
    """Return the folder that backups go to, whether it is there or not."""
    folder: Path = request.settings.folder
    return folder / "var" / "backups"


def backups_in(folder: Path) -> list[tuple[str, int]]:
    """Return (name, bytes of records) of the backups that are in *folder*."""
    if not folder.is_dir():
        return []
    found = []
    for each in sorted(folder.iterdir()):
        records = [*each.glob("*.fs"), *each.glob("*.deltafs")] if each.is_dir() else []
        if records:
            found.append((each.name, sum(path.stat().st_size for path in records)))
    return found


def pack_page(request: Any, typed: Typed) -> dict[str, Any]:
    """Return what the question before a pack shows."""
    figures = connection_of(request.site).db().figures()
    return framed(request, "database", "Pack the database", typed=typed, figures=figures, days=DAYS)


def backup_page(request: Any, typed: Typed) -> dict[str, Any]:
    """Return what the question before a backup shows."""
    figures = connection_of(request.site).db().figures()
    return framed(
        request,
        "database",
        "Back up the database",
        typed=typed,
        figures=figures,
        name=NAME,
        folder=str(folder_of(request)),
    )
