"""`objpub mode`: whom the site serves."""

from pathlib import Path

import click

from objpub.settings import MAINTENANCE
from objpub.settings import mode_in
from objpub.settings import MODES
from objpub.settings import NORMAL
from objpub.settings import READ_ONLY
from objpub.settings import set_mode

from .line import command
from .sites import settings_at

SENTENCES = {
    NORMAL: "The site is open: everybody may read and change what they may.",
    READ_ONLY: "The site is read-only: everybody may read, and every change is answered 503.",
    MAINTENANCE: "The site is in maintenance: managers may come in, everybody else is answered 503.",
}


@command("objpub mode", "objpub mode read-only", "objpub mode maintenance", "objpub mode normal", name="mode")
@click.argument("wanted", metavar="[MODE]", type=click.Choice(MODES), required=False)
def mode(wanted: str | None, settings_path: Path | None) -> None:
    """Say whom the site serves, or change it.

    MODE is normal, read-only or maintenance. A site that runs takes it within a second, and keeps it after
    its next start, whatever the setting server.mode says.
    """
    settings = settings_at(settings_path, bare=True)
    if wanted is not None:
        set_mode(settings.folder, wanted)
    click.echo(SENTENCES[mode_in(settings.folder, settings.server.mode)])
