"""`objpub reindex`: building the indexes of the catalog again."""

from pathlib import Path

import click

from objpub.errors import Invalid
from objpub.errors import NotPossible
from objpub.operations import reindex_here

from .line import command
from .sites import opened
from .sites import settings_at
from .speaking import spinner


@command("objpub reindex", "objpub reindex tags published_on")
@click.argument("names", metavar="[INDEX]...", nargs=-1)
def reindex(names: tuple[str, ...], settings_path: Path | None) -> None:
    """Build the indexes of the site again.

    All of them, or those called INDEX. A new index is built by itself when the site starts; this is for what
    `objpub check` finds, and for a computed index that reads something else than its resource. The work is
    done in batches: what was done before a Ctrl-C stays.
    """
    with opened(settings_at(settings_path)) as application:
        application.builder.close()  # what it was about to build is built here
        with spinner("Indexing") as say:
            try:
                told = reindex_here(
                    application.database,
                    application.settings,
                    names,
                    lambda count, total: say(f"{count:,} of {total:,}"),
                )
            except Invalid as error:
                raise NotPossible("; ".join(error.errors.values())) from error
    click.echo(f"{told}.")
