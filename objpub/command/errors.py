"""`objpub errors`: what went wrong on the site, and nobody foresaw."""

from datetime import datetime
from pathlib import Path

import click

from objpub.errors import NotPossible
from objpub.publisher import found_tickets
from objpub.publisher import remove_tickets
from objpub.publisher import TicketGroup
from objpub.publisher import tickets_of
from objpub.security import SYSTEM

from .line import command
from .sites import opened
from .sites import reading
from .sites import settings_at
from .speaking import table


@command("objpub errors", "objpub errors 3fa9c107", "objpub errors --remove", name="errors")
@click.argument("number", required=False)
@click.option("--remove", is_flag=True, help="Remove all of them.")
def errors(number: str | None, remove: bool, settings_path: Path | None) -> None:
    """Show the errors that nobody foresaw, the latest first.

    NUMBER is a ticket, as a page or the log names it: then all that is known of that error is shown. What is
    secret was taken out before it was written.
    """
    if number is not None and remove:
        raise NotPossible("--remove is about all errors: give it without a number")
    with opened(settings_at(settings_path)) as application:
        if remove:
            with application.work(SYSTEM, "Removed the error tickets") as site:
                click.echo(f"Removed {remove_tickets(site):,} kinds of errors")
            return
        with reading(application) as site:
            if number is None:
                rows = [row_of(each) for each in tickets_of(site)]
                if rows:
                    table(("Latest (UTC)", "Times", "Ticket", "Error", "At"), rows)
                else:
                    click.echo("No errors are kept.")
                return
            found = found_tickets(site, number)
            if not found:
                raise NotPossible(f"There is no ticket {number!r}: see `objpub errors` for those there are")
            for group in found:
                show(group)


def row_of(group: TicketGroup) -> tuple[str, str, str, str, str]:
    """Return the line of the table for *group*."""
    last = group.last[0]
    return seconds(last.when), f"{group.count:,}", last.number, last.title, last.place


def show(group: TicketGroup) -> None:
    """Print the first time and the last ones of an error."""
    times = [group.first, *(each for each in reversed(group.last) if each != group.first)]
    click.echo(f"{group.count:,} times, first {seconds(times[0].when)} UTC")
    for told in times:
        click.echo(f"\nTicket {told.number}, {seconds(told.when)} UTC, request {told.request}")
        for title, text in told.rows:
            click.echo(f"  {title}: {text}")
        click.echo(told.text)


def seconds(when: datetime) -> str:
    """Return a moment in UTC as it is printed."""
    return when.replace(tzinfo=None).isoformat(" ", "seconds")
