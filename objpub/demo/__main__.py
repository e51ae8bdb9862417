"""`python -m objpub.demo DIR`: objpub's documentation as a site, served from this machine."""

import pathlib
import sys

import click

from objpub.errors import ObjpubError

from .running import run


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=pathlib.Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535), help="The port.")
@click.option(
    "--docs",
    type=click.Path(exists=True, file_okay=False, path_type=pathlib.Path),
    help="The documentation to publish; default: docs beside the package objpub.",
)
def main(folder: pathlib.Path, host: str, port: int, docs: pathlib.Path | None) -> None:
    """Serve objpub's documentation as a site whose data is kept in the folder DIR."""
    try:
        run(folder, host, port, docs, click.echo)
    except (ObjpubError, OSError) as error:
        click.echo(f"The demo did not start: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
