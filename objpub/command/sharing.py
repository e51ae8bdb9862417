"""`objpub zeo`: one database file, for several processes."""

import signal
import sys
from pathlib import Path

import click

from objpub.database import storage_server

from .line import command
from .sites import settings_at


@command("objpub zeo", name="zeo")
def zeo(settings_path: Path | None) -> None:
    """Serve the database file of the site to several processes.

    The database is the one of the settings: a zeo: address, or a file, which is then served at the socket
    zeo.sock beside it. Only processes of the same user reach a socket; over a network both sides need a
    certificate. The site itself is served by `objpub serve`, with the zeo: address in its settings.
    """
    settings = settings_at(settings_path, bare=True)
    server = storage_server(settings.database.uri, settings.folder)
    signal.signal(signal.SIGTERM, lambda number, frame: server.stop())
    signal.signal(signal.SIGINT, lambda number, frame: server.stop())
    click.echo(f"Serving the database {server.file} at {server.place}")
    if not settings.database.uri.startswith("zeo:"):
        click.echo(f'For the processes of the site: [database] uri = "zeo:{server.place}"')
    sys.stdout.flush()
    server.run()
