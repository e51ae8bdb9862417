"""`objpub evolve`: all stored resources in today's shape."""

from pathlib import Path

import click

from objpub.content import evolve_all

from .keeping import mounted
from .line import command
from .line import REFUSED
from .sites import database_at
from .sites import opened
from .sites import settings_at
from .speaking import bar
from .speaking import counted


@command("objpub evolve --dry-run", "objpub evolve", name="evolve")
@click.option("--dry-run", is_flag=True, help="Run the steps, but write nothing.")
@mounted
def evolve(dry_run: bool, mount: str, settings_path: Path | None) -> int:
    """Write all stored resources in today's shape.

    The steps of @evolve run when a resource is loaded, so this is not needed for them to work: it saves
    running them again, and finds those that fail. It works in batches; a command that was stopped goes on
    when it is given again. The status is 1 if a step failed; its resources stay as they are.
    """
    with opened(settings_at(settings_path)) as application, bar("Evolving") as move:
        done = evolve_all(
            database_at(application, mount),
            dry_run=dry_run,
            progress=lambda done, total: move(done, total, ""),
        )
    for name, number in done.kinds.items():
        click.echo(f"{number:,}  {name}")
    for problem in done.problems:
        click.echo(problem)
    found = counted(done.total, "resource", "resources")
    click.echo(f"{found} would be written." if dry_run else f"Wrote {found} in today's shape.")
    return REFUSED if done.problems else 0
