"""`objpub shell` and `objpub run`: Python with the site at hand."""

import code
import linecache
import rlcompleter
import sys
import traceback
from pathlib import Path
from types import CodeType
from typing import Any

import click

from objpub import operations
from objpub.database import Pair
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.operations import say
from objpub.publisher import Application
from objpub.security import SYSTEM

from .line import command
from .line import REFUSED
from .line import tell
from .sites import opened
from .sites import resource_at
from .sites import settings_at

try:
    import readline
except ImportError:  # a Python that was built without it
    readline = None  # type: ignore[assignment]

#: What messages call code that comes through a pipe.
PIPE = "<stdin>"
BANNER = """\
{title}, Python {version}. A transaction is open.

  site               the site, and find("/a/b") what is below it
  operations         add, edit, move, delete …: operations.edit(SYSTEM, find("/a"), {{"title": "A"}})
  commit("why")      keep the changes and begin anew; abort() forgets them, as leaving does
  app, database, registry, SYSTEM
"""


class Session:
    """A transaction that somebody types in: ended and begun anew as often as needed."""

    def __init__(self, application: Application, pair: Pair) -> None:
        self.application = application
        self.pair = pair
        self.site = site_of(pair.connection)

    def commit(self, sentence: str = "") -> None:
        """Keep the changes and begin anew. sentence: what was done, for the history."""
        if sentence:
            say(SYSTEM, self.site, sentence)
        else:
            self.pair.manager.get().user = SYSTEM.title
        self.pair.manager.commit()
        self.pair.manager.begin()

    def abort(self) -> None:
        """Forget the changes and begin anew."""
        self.pair.manager.abort()
        self.pair.manager.begin()

    def find(self, path: str) -> Any:
        """Return the resource at *path*. Raises NotPossible."""
        return resource_at(self.site, path)

    def names(self) -> dict[str, Any]:
        """Return what code finds by name."""
        return {
            "SYSTEM": SYSTEM,
            "abort": self.abort,
            "app": self.application,
            "commit": self.commit,
            "database": self.application.database,
            "find": self.find,
            "operations": operations,
            "registry": self.application.registry,
            "site": self.site,
        }


@command("objpub shell", "echo 'print(len(site))' | objpub shell", name="shell")
def shell(settings_path: Path | None) -> int:
    """Open a Python prompt with the site.

    A transaction is open: nothing is kept before `commit()`. What comes through a pipe is run instead.
    """
    with opened(settings_at(settings_path, bare=True)) as application:
        with transaction_for(application.database) as pair:
            session = Session(application, pair)
            names = {"__name__": "__console__", "__doc__": None, **session.names()}
            if not sys.stdin.isatty():
                program = compiled(sys.stdin.read(), PIPE)
                return REFUSED if program is None else finished(program, names)
            if readline is not None:
                readline.set_completer(rlcompleter.Completer(names).complete)
                readline.parse_and_bind("tab: complete")
            banner = BANNER.format(title=session.site.title or "The site", version=sys.version.split()[0])
            code.interact(banner, local=names, exitmsg="")
    return 0


@command(
    "objpub run tidy.py",
    "objpub run --dry-run tidy.py --older-than 30",
    name="run",
    context_settings={"allow_interspersed_args": False},  # as of Python's own: what follows is the script's
)
@click.argument("script", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("arguments", nargs=-1, metavar="[ARGS]...")
@click.option("--dry-run", is_flag=True, help="Change nothing: forget at the end what the script did.")
def run(script: Path, arguments: tuple[str, ...], dry_run: bool, settings_path: Path | None) -> int:
    """Run the Python file SCRIPT on the site, in one transaction.

    It has the names that `objpub shell` has. All that it does is kept at its end, or nothing if it fails. For
    work in several transactions it calls `commit()` itself. It finds ARGS, options too, in `sys.argv`.
    """
    program = compiled(script.read_bytes(), str(script))
    if program is None:
        return REFUSED
    with opened(settings_at(settings_path, bare=True)) as application:
        with transaction_for(application.database) as pair:
            session = Session(application, pair)
            names = {"__name__": "__main__", "__file__": str(script), **session.names()}
            sys.argv = [str(script), *arguments]
            sys.path.insert(0, str(script.resolve().parent))
            status = finished(program, names)
            if status == 0 and not dry_run:
                session.commit(f"Ran {script.name}")
    return status


def compiled(source: bytes | str, name: str) -> CodeType | None:
    """Return the code of *source*, or None, having said why not. name: of the file, for messages."""
    try:
        return compile(source, name, "exec")
    except (SyntaxError, ValueError) as error:
        place = f"{name}:{error.lineno}" if isinstance(error, SyntaxError) else name
        tell(f"{place}: {getattr(error, 'msg', error)}")
        return None


def finished(program: CodeType, names: dict[str, Any]) -> int:
    """Run *program* and return its status: 0 at its end, what it exits with, or 1 if it fails.

    A failure is shown with the lines of the script on the way there, not with those of objpub around it.
    """
    try:
        exec(program, names)  # noqa: S102 - that is what the command is for
    except SystemExit as error:
        if error.code is None or isinstance(error.code, int):
            return error.code or 0
        return tell(str(error.code))
    except Exception as error:  # whatever a script raises is its author's
        linecache.checkcache(program.co_filename)
        within = error.__traceback__.tb_next if error.__traceback__ is not None else None
        click.echo("".join(traceback.format_exception(type(error), error, within)), nl=False, err=True)
        return tell("nothing of what the script did since its last commit was kept")
    return 0
