"""`objpub audit`: who signed in, who gave what to whom, and who took what away."""

from collections.abc import Iterator
from datetime import datetime
from datetime import timedelta
from datetime import UTC
from itertools import islice
from pathlib import Path
from typing import Any

import click

from objpub.errors import NotPossible
from objpub.security import as_json_lines
from objpub.security import AUDIT_OUTCOMES
from objpub.security import AuditEntry
from objpub.security import AuditFilter
from objpub.security import entries_of

from .line import command
from .line import Number
from .sites import opened
from .sites import reading
from .sites import settings_at
from .speaking import table

SHOWN = 100


@command(
    "objpub audit --since 2d",
    "objpub audit --who ann --what user --json",
    "objpub audit --outcome refused --where 192.0.2",
)
@click.option("--since", help="A day or a moment in UTC, 2026-11-01 or 2026-11-01T12:00; or 2d, 3h, 10m ago.")
@click.option("--who", default="", help="Who did it, or to whom it was done.")
@click.option("--what", default="", help="What was done: a word, or its beginning, such as user.")
@click.option("--where", default="", help="A path and what is below it, or how an address begins.")
@click.option("--outcome", type=click.Choice(AUDIT_OUTCOMES), help="How it ended.")
@click.option("--most", default=SHOWN, show_default=True, type=Number(whole=True), help="So many; 0: all.")
@click.option("--json", "as_lines", is_flag=True, help="One JSON object on each line.")
def audit(
    since: str | None,
    who: str,
    what: str,
    where: str,
    outcome: str | None,
    most: int,
    as_lines: bool,
    settings_path: Path | None,
) -> None:
    """Show the audit record, the latest first.

    It says who signed in or tried to, who gave which roles to whom, who made tokens, and who changed people,
    deleted or exported things.
    """
    start = None if since is None else moment_from(since, datetime.now(UTC))
    wanted = AuditFilter(who, what, where, outcome or "")
    with opened(settings_at(settings_path)) as application, reading(application) as site:
        found = islice(fitting(site, wanted, start), most or None)
        if as_lines:
            for line in as_json_lines(found):
                click.echo(line, nl=False)
        elif not (rows := [row_of(each) for each in found]):
            click.echo("The record has no such entry.")
        else:
            table(("When (UTC)", "Who", "From", "What", "Outcome", ""), rows)


def fitting(site: Any, wanted: AuditFilter, since: datetime | None) -> Iterator[AuditEntry]:
    """Yield the entries that are *wanted*, the latest first."""
    return (entry for _, entry in entries_of(site, since=since) if wanted.fits(entry))


def row_of(entry: AuditEntry) -> tuple[str, str, str, str, str, str]:
    """Return the line of the table for *entry*."""
    when = entry.when.replace(tzinfo=None).isoformat(" ", "seconds")
    return when, entry.who or entry.way, entry.address, entry.what, entry.outcome, entry.sentence


def moment_from(text: str, now: datetime) -> datetime:
    """Return the moment that somebody typed. Raises NotPossible for what is none."""
    units = {"d": "days", "h": "hours", "m": "minutes"}
    number, unit = text[:-1], units.get(text[-1:])
    try:
        if unit and number.isdecimal():
            return now - timedelta(**{unit: int(number)})
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise NotPossible(
            f"{text!r} is no moment; wanted one such as 2026-11-01, 2026-11-01T12:00 or 2d"
        ) from None
