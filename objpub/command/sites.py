"""Which site a command is about: its settings, its application, and the way in and out of its database."""

import difflib
import importlib
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any
from typing import Never

from objpub.content import Folder
from objpub.database import Database
from objpub.database import files_named
from objpub.database import mounts_of
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.database import with_own_blobs
from objpub.errors import DatabaseError
from objpub.errors import DeclarationError
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.errors import ObjpubError
from objpub.errors import SettingsError
from objpub.lineage import find_resource
from objpub.publisher import App
from objpub.publisher import Application
from objpub.settings import load_settings
from objpub.settings import Settings

FILE = "objpub.toml"
MOST_NAMES = 5_000  # that a misspelt one is compared with
OBJPUB = Path(__file__).resolve().parent.parent


def settings_at(path: Path | None, *, bare: bool = False, **changes: Any) -> Settings:
    """Return the settings in the file at *path*.

    path: None for the first `objpub.toml` from the working directory upward. bare: a folder without one will
    do, it is a site of objpub's own types; else there must be one, or a database already. changes: settings
    that the command line changes.
    Raises SettingsError.
    """
    found = path or nearest_file(Path.cwd())
    settings = load_settings(found, os.environ)
    if found is None and not bare:
        if not has_database(settings):
            raise SettingsError(
                f"There is no {FILE} in {Path.cwd()} or above it: go to the folder of a site, name the file"
                " with --settings, or make a site with `objpub init DIR`"
            )
    return replace(settings, **changes)


def has_database(settings: Settings) -> bool:
    """Is the database of the site in a file that is there?"""
    try:
        return files_named(settings.database.uri, settings.folder)[0].exists()
    except DatabaseError:
        return False


def nearest_file(folder: Path) -> Path | None:
    """Return the `objpub.toml` in *folder* or the nearest folder above it, or None."""
    return next((place / FILE for place in (folder, *folder.parents) if (place / FILE).is_file()), None)


def app_for(settings: Settings) -> App:
    """Return the app of the site: what `[site] app` names, or objpub's own types.

    It names a package, which is scanned, or which has an `App` of its own called `app`.
    Raises DeclarationError, with the line of the mistake, for code that cannot be imported.
    """
    name = settings.site.app
    if not name:
        app = App()
        app.include("objpub.importing")
        return app
    folder = str(settings.folder)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    with told_as_mistakes(settings):
        try:
            own = getattr(importlib.import_module(name), "app", None)
        except ModuleNotFoundError as error:
            if error.name and f"{name}.".startswith(f"{error.name}."):
                sentence = (
                    f"There is no package {error.name!r}, which [site] app in {FILE} names, in {folder}"
                )
                raise DeclarationError(sentence) from error
            raise
    return own if isinstance(own, App) else App(name)


@contextmanager
def opened(settings: Settings) -> Iterator[Application]:
    """Give the application of the site, with its database open, and close it."""
    app = app_for(settings)
    with told_as_mistakes(settings):
        application = app.open(settings)
    try:
        yield application
    finally:
        application.close()


@contextmanager
def told_as_mistakes(settings: Settings) -> Iterator[None]:
    """Raise DeclarationError, with the line, for what the site's code raises while it is imported."""
    try:
        yield
    except ObjpubError:
        raise
    except SyntaxError as error:
        place = f'  File "{error.filename}", line {error.lineno}\n    {(error.text or "").strip()}'
        raise DeclarationError(f"The code of the site is not Python: {error.msg}", place) from error
    except Exception as error:  # whatever a module can raise when it is imported
        line = line_in(error, settings.folder)
        if line is None:
            raise
        message = f"The code of the site cannot be imported: {type(error).__name__}: {error}"
        raise DeclarationError(message, line) from error


def line_in(error: BaseException, folder: Path) -> str | None:
    """Return the innermost line of the site's code that *error* came through, for a message, or None."""
    trace = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in trace if is_of_site(frame.filename, folder)]
    if not frames:
        return None
    return f'  File "{frames[-1].filename}", line {frames[-1].lineno}\n    {frames[-1].line or ""}'


def is_of_site(file: str, folder: Path) -> bool:
    """Is *file* code of the site in *folder*, not of objpub or of another library?"""
    path = Path(file).resolve()
    if path.is_relative_to(OBJPUB) or "site-packages" in path.parts:
        return False
    return path.is_relative_to(folder.resolve())


@contextmanager
def reading(application: Application) -> Iterator[Any]:
    """Give the site in a transaction that changes nothing."""
    with transaction_for(application.database, read_only=True) as pair:
        yield site_of(pair.connection)


def resource_at(site: Any, path: str) -> Any:
    """Return the resource at *path*. Raises NotPossible, which names the nearest that there is."""
    try:
        return find_resource(site, path)
    except NotFound as error:
        near = difflib.get_close_matches(error.missing, names_around(error.context), 1)
        hint = f"; did you mean {error.walked.rstrip('/')}/{near[0]}?" if near else ""
        raise NotPossible(f"{error}{hint}") from error


def names_around(resource: Any) -> list[str]:
    """Return the names of the first children of *resource*; of what is no folder: none."""
    return list(islice(resource, MOST_NAMES)) if isinstance(resource, Folder) else []


def database_at(application: Application, mount: str) -> Database:
    """Return the database that is mounted at the path *mount*; "" is the site's own. Raises NotPossible."""
    if not mount:
        return application.database
    found = mounts_of(application.database).get(mount.rstrip("/"))
    return found if found is not None else no_mount(mount, application.settings)


def no_mount(mount: str, settings: Settings) -> Never:
    """Raise NotPossible, which says what is mounted."""
    there = ", ".join(path for path, _ in settings.mounts) or "nothing"
    raise NotPossible(f"No database is mounted at {mount!r}; mounted by the settings: {there}")


def database_uri(settings: Settings, mount: str = "") -> str:
    """Return the URI of the site's database, or of that mounted at the path *mount*, else NotPossible."""
    if not mount:
        return settings.database.uri
    found = dict(settings.mounts).get(mount.rstrip("/"))
    return with_own_blobs(found) if found is not None else no_mount(mount, settings)
