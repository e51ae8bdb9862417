"""`objpub serve`: the site, answering; and answering anew when its code changes."""

import errno
import importlib.util
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from typing import TYPE_CHECKING

import click

from objpub.database import serves_several
from objpub.errors import DeclarationError
from objpub.errors import ObjpubError
from objpub.errors import SettingsError
from objpub.libraries import later
from objpub.publisher import address_of
from objpub.publisher import Application
from objpub.publisher import first_run
from objpub.publisher import greeting
from objpub.publisher import logging_to
from objpub.publisher import server_for
from objpub.settings import Settings

from .line import command
from .line import in_words
from .line import Number
from .line import tell
from .sites import nearest_file
from .sites import opened
from .sites import settings_at
from .workers import bound_listener
from .workers import command_line
from .workers import inherited
from .workers import live_by
from .workers import Workers

if TYPE_CHECKING:
    import hupper
else:
    hupper = later("hupper")

#: Files that change what a site does are looked at so often,
LOOK_SECONDS = 0.2
#: and the server has so long to end its requests before another one is started.
SHUTDOWN_SECONDS = 3
#: Several processes wait so long for their address: those of a killed first process may still have it.
ADDRESS_SECONDS = 10.0
CODE = ".py"
WATCHED = (CODE, ".pt", ".zpt")


@command("objpub serve", "objpub serve --reload", "objpub serve --host 0.0.0.0 --port 80", name="serve")
@click.option("--host", help="The address to listen on; default: the setting server.host, 127.0.0.1.")
@click.option(
    "--port", type=Number(whole=True, most=65_535), help="The port to listen on; default: server.port, 8080."
)
@click.option(
    "--reload/--no-reload",
    default=None,
    help="Take changes of code and templates at once, and show tracebacks in the browser; default: the"
    " setting development.",
)
@click.option("--worker", hidden=True)
def serve(
    host: str | None, port: int | None, reload: bool | None, worker: str | None, settings_path: Path | None
) -> None:
    """Answer requests until Ctrl-C.

    The first start makes the database and a user who may do everything, and prints the sign-in, once.
    """
    settings = settings_for(settings_path, host, port, reload)
    if worker is not None:
        answer_as_worker(settings, worker)
    elif settings.development:
        hupper.start_reloader(
            f"{__name__}.serve_watched",
            reload_interval=LOOK_SECONDS,
            shutdown_interval=SHUTDOWN_SECONDS,
            logger=Announcer(),
            worker_kwargs={"path": settings_path, "host": host, "port": port},
        )
    elif settings.server.processes > 1:
        answer_together(settings, settings_path)
    else:
        answer(settings)


def settings_for(path: Path | None, host: str | None, port: int | None, reload: bool | None) -> Settings:
    """Return the settings of the site with what the command line says. None leaves a setting as it is."""
    settings = settings_at(path, bare=True)
    given: Any = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    development = settings.development if reload is None else reload
    return replace(settings, server=replace(settings.server, **given), development=development)


def answer(settings: Settings) -> None:
    """Open the site, say where it is, and answer requests until a signal ends it."""
    with opened(settings) as application, messages(application):
        server = listening(application)
        try:
            credentials = first_run(application)
            click.echo(greeting(application, server.address, credentials))
            sys.stdout.flush()
        except BaseException:
            server.close()
            raise
        server.run()


def messages(application: Application) -> AbstractContextManager[None]:
    """Return what writes down the messages that are logged while *application* answers."""
    return logging_to(sys.stderr, application.settings.log.form, application.running)


def listening(application: Application) -> Any:
    """Return a server that listens where the settings say. Raises SettingsError where nobody can."""
    settings = application.settings.server
    listener = listener_for(application.settings)
    return server_for(application, settings.host, settings.port, settings.threads, listener)


def listener_for(settings: Settings) -> socket.socket:
    """Return a socket that listens where the settings say. Raises SettingsError where nobody can."""
    server = settings.server
    path = str(settings.folder / server.socket) if server.socket else ""
    try:
        return patient_listener(server.host, server.port, path, ADDRESS_SECONDS * (server.processes > 1))
    except OSError as error:
        place = f"at {path}" if path else f"on {server.host or '*'} port {server.port}"
        other = "server.socket" if path else "--host and --port, or"
        raise SettingsError(
            f"Cannot listen {place}: {error.strerror or error}; choose another with {other} in objpub.toml"
        ) from error


def patient_listener(host: str, port: int, path: str, seconds: float) -> socket.socket:
    """Return a listening socket, see `bound_listener`; one that is taken is tried again for so long.

    A first process that was killed leaves workers that finish what they answer, or have just begun to start.
    """
    until = time.monotonic() + seconds
    told = False
    while True:
        try:
            return bound_listener(host, port, path)
        except OSError as error:
            if error.errno not in {errno.EADDRINUSE, errno.EEXIST} or time.monotonic() >= until:
                raise
            if not told:
                click.echo(
                    f"{path or f'Port {port}'} is taken; waiting up to {seconds:.0f} s for it", err=True
                )
                told = True
        time.sleep(LOOK_SECONDS)


# Several processes


def answer_together(settings: Settings, path: Path | None) -> None:
    """Open the site once, say where it is, and let workers answer until a signal ends them.

    Raises SettingsError for a database that serves one process.
    """
    number = settings.server.processes
    if not serves_several(settings.database.uri):
        raise SettingsError(
            f"server.processes is {number}, and a database in a file or in memory serves one process: set"
            ' database.uri to "zeo:var/zeo.sock" and start `objpub zeo`, or to one of sqlite: or postgresql:'
        )
    listener = listener_for(settings)
    with listener:
        with opened(settings) as application:
            credentials = first_run(application)
            address = address_of(settings.server.host, place_of(listener))
            click.echo(greeting(application, address, credentials))
        sys.stdout.flush()
        given = ["--settings", str(path)] if path is not None else []
        lifeline = Workers(command_line([*given, "--no-reload"]), listener, number).run()
        if lifeline is not None:
            answer_beside(settings, listener, lifeline)


def place_of(listener: socket.socket) -> Any:
    """Return the port of *listener*, or the path of a Unix socket."""
    name = listener.getsockname()
    return name if isinstance(name, str) else name[1]


def answer_as_worker(settings: Settings, numbers: str) -> None:
    """Answer beside other processes. numbers: of what the first process passed on."""
    listener, lifeline = inherited(numbers)
    answer_beside(settings, listener, lifeline)


def answer_beside(settings: Settings, listener: socket.socket, lifeline: socket.socket) -> None:
    """Answer beside other processes that take from the same *listener*, as long as the first one lives."""
    with opened(settings) as application, messages(application):
        server = server_for(
            application, settings.server.host, settings.server.port, settings.server.threads, listener
        )
        live_by(lifeline, server)
        server.run()


# Anew at every change


class Announcer:
    """Says which file makes the site start again; the rest of what hupper tells is for its own developers."""

    def error(self, text: str) -> None:
        """Say what went wrong."""
        click.echo(text, err=True)

    def info(self, text: str) -> None:
        """Say which file was changed, if that is what *text* is about."""
        path, is_change, _ = text.partition(" changed; reloading")
        if is_change:
            click.echo(f"{Path(path).name} was changed: starting again", err=True)

    def debug(self, text: str) -> None:
        """Say nothing."""


def serve_watched(path: Path | None, host: str | None, port: int | None) -> None:
    """Answer requests in a process that is ended, and started again, when the code of the site changes.

    In a site with a mistake nothing answers; the next change starts it again.
    """
    with suppress(KeyboardInterrupt):
        reloader = hupper.get_reloader()
        settings_file = path or nearest_file(Path.cwd())
        if settings_file is not None:
            reloader.watch_files([str(settings_file)])
        folder: Path | None = None
        try:
            settings = settings_for(path, host, port, True)
            folder = code_folder(settings)
            if folder is not None:
                reloader.watch_files([str(each) for each in files_in(folder) if each.suffix == CODE])
                threading.Thread(target=watch_names, args=(folder, reloader), daemon=True).start()
            answer(settings)
        except ObjpubError as error:
            wait_for_change(error, folder, reloader)


def wait_for_change(error: ObjpubError, folder: Path | None, reloader: Any) -> None:
    """Say what *error* says, and do nothing until this process is ended.

    folder: of the site's code. A process that ended itself would lose a change that is made before hupper
    looks again.
    """
    if folder is not None and isinstance(error, DeclarationError):
        # A template may have stopped the start. While the site answers, it reads them anew by itself.
        reloader.watch_files([str(each) for each in files_in(folder)])
    tell(in_words(error))
    click.echo("The next change starts it again.", err=True)
    signal.pause()


def watch_names(folder: Path, reloader: Any) -> None:
    """Start the site again when a file of code or a template came or went."""
    before = set(files_in(folder))
    while set(files_in(folder)) == before:
        time.sleep(LOOK_SECONDS)
    names = sorted(each.name for each in before ^ set(files_in(folder)))
    click.echo(f"{' and '.join(names[:3])} came or went: starting again", err=True)
    reloader.trigger_reload()


def code_folder(settings: Settings) -> Path | None:
    """Return the folder of the site's package; None for a site of objpub's own types, or of one module."""
    name = settings.site.app
    if not name:
        return None
    if str(settings.folder) not in sys.path:
        sys.path.insert(0, str(settings.folder))
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    places = list(found.submodule_search_locations or ()) if found is not None else []
    return Path(places[0]) if places else None


def files_in(folder: Path) -> Iterator[Path]:
    """Yield the files of code and the templates below *folder*."""
    return (path for path in folder.rglob("*") if path.suffix in WATCHED and not path.name.startswith("."))
