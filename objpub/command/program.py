"""All the commands, under one word. The module of each is imported when it is asked for."""

import importlib
from collections.abc import Iterator
from collections.abc import Mapping
from importlib.metadata import version

import click

from .line import Program

#: By the name of the command: the module of this part that has it, and what it is called there.
COMMANDS = {
    "init": ("starting", "init"),
    "serve": ("serving", "serve"),
    "mode": ("modes", "mode"),
    "shell": ("python", "shell"),
    "run": ("python", "run"),
    "call": ("calling", "call"),
    "views": ("looking", "views"),
    "why": ("looking", "why"),
    "user": ("people", "user"),
    "audit": ("audit", "audit"),
    "errors": ("errors", "errors"),
    "import": ("taking_in", "import_files"),
    "reindex": ("indexing", "reindex"),
    "tick": ("jobs", "tick"),
    "check": ("keeping", "check"),
    "repair": ("mending", "repair"),
    "evolve": ("evolving", "evolve"),
    "pack": ("keeping", "pack"),
    "backup": ("copies", "backup"),
    "restore": ("copies", "restore"),
    "convert": ("converting", "convert"),
    "digest": ("converting", "digest"),
    "zeo": ("sharing", "zeo"),
}


class Table(Mapping[str, click.Command]):
    """Commands by name, each imported when it is asked for: `serve` needs nothing of the others."""

    def __init__(self, places: Mapping[str, tuple[str, str]]):
        self._places = places

    def __getitem__(self, name: str) -> click.Command:
        module, word = self._places[name]
        found: click.Command = getattr(importlib.import_module(f".{module}", __package__), word)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


@click.group(
    cls=Program,
    commands=Table(COMMANDS),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(version("objpub"), prog_name="objpub", message="%(prog)s %(version)s")
def main() -> None:
    """Make, run and look after a site of objects.

    A command works on the site whose objpub.toml is in the working directory, or nearest above it.
    """
