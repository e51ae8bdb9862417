"""All the commands, under one word."""

from importlib.metadata import version

import click

from .audit import audit
from .calling import call
from .converting import convert
from .converting import digest
from .copies import backup
from .copies import restore
from .errors import errors
from .evolving import evolve
from .indexing import reindex
from .keeping import check
from .keeping import pack
from .line import Program
from .looking import views
from .looking import why
from .mending import repair
from .modes import mode
from .people import user
from .python import run
from .python import shell
from .serving import serve
from .sharing import zeo
from .starting import init
from .taking_in import import_files


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("objpub"), prog_name="objpub", message="%(prog)s %(version)s")
def main() -> None:
    """Make, run and look after a site of objects.

    A command works on the site whose objpub.toml is in the working directory, or nearest above it.
    """


for command in (
    init,
    serve,
    mode,
    shell,
    run,
    call,
    views,
    why,
    user,
    audit,
    errors,
    import_files,
    reindex,
    check,
    repair,
    evolve,
    pack,
    backup,
    restore,
    convert,
    digest,
    zeo,
):
    main.add_command(command)
