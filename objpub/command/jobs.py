"""`objpub tick`: doing what is due, for sites that no server of objpub serves."""

from pathlib import Path

import click

from objpub.jobs import run_due

from .line import command
from .sites import opened
from .sites import settings_at
from .speaking import counted


@command("objpub tick")
def tick(settings_path: Path | None) -> None:
    """Do what is due: transitions, long operations, mail and webhooks.

    `objpub serve` does so by itself. This is for cron, where another server runs the site; with several
    machines each may have it, as nothing is done twice.
    """
    with opened(settings_at(settings_path)) as application:
        work = application.database, application.mailer, application.settings
        count = sum(run_due(*work, outside=outside, holder="tick") for outside in (False, True))
        application.scheduler.long.wait()
    click.echo(f"Did {counted(count, 'job', 'jobs')}.")
