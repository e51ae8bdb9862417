"""What a site's author makes: declarations collected under a name, and the ways to run them."""

import os
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from objpub.configuration import Configuration
from objpub.configuration import declared_in
from objpub.content import ContentTypes
from objpub.content import ReservedNames
from objpub.content import Site
from objpub.database import close_all
from objpub.database import Database
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import DatabaseDamaged
from objpub.errors import DatabaseError
from objpub.errors import DatabaseInUse
from objpub.errors import DeclarationError
from objpub.events import notify
from objpub.events import SiteCreated
from objpub.registry import Registry
from objpub.settings import load_settings
from objpub.settings import private_folder
from objpub.settings import Settings
from objpub.templates import Templates

from .application import Application
from .mounts import mount_databases
from .scripts import app_of_script
from .server import run
from .services import SERVICES
from .watched import WatchedApplication

OWN_PARTS = (
    "objpub.content",
    "objpub.security",
    "objpub.workflow",
    "objpub.jobs",
    "objpub.catalog",
    "objpub.operations",
    "objpub.views",
    "objpub.publisher",
)
PLUGINS = ("objpub.manage", "objpub.api", "objpub.dav", "objpub.feeds")  # brought in where they are there
PLAIN_LAYOUT = Path(__file__).parent / "layouts" / "layout.pt"
RESERVED = ("manage", "api", "dav", "static", "metrics")


class App:
    """The declarations of a site.

    name: a package or module to scan, such as "blog" or `__name__`; None: only what is included.
    Importing a module has no effect by itself; nothing is looked at before `freeze`.
    """

    def __init__(self, name: str | None = None):
        self.name = name
        self._included: list[Any] = []
        self._overrides: list[Any] = []
        self._registries: dict[bool, Registry] = {}

    def include(self, *things: Any) -> None:
        """Bring in what *things* declare: names of packages, modules, or decorated objects."""
        self._included.extend(things)

    def override(self, *things: Any) -> None:
        """Bring in what *things* declare, in place of what is declared about the same."""
        self._overrides.extend(things)

    @property
    def included(self) -> tuple[Any, ...]:
        """What was brought in by `include`, in its order."""
        return tuple(self._included)

    @property
    def overrides(self) -> tuple[Any, ...]:
        """What was brought in by `override`, in its order."""
        return tuple(self._overrides)

    @property
    def things(self) -> list[Any]:
        """Everything that is included, objpub's own parts first."""
        plugins = [name for name in PLUGINS if find_spec(name) is not None]
        own = [self.name] if self.name is not None else []
        return list(dict.fromkeys([*OWN_PARTS, *plugins, *self._included, *own]))

    def freeze(self, *, development: bool = False, template_cache: Path | None = None) -> Registry:
        """Collect, look for conflicts, and return the registry, read-only. Raises DeclarationError.

        template_cache: a private folder where compiled templates are kept for the next time.
        """
        configuration = Configuration()
        registry = configuration.registry
        templates = registry[Templates]
        templates.configure(
            development=development, layout=self.layout(), cache_folder=writable(template_cache)
        )
        configuration.include(*self.things)
        configuration.override(*self._overrides)
        for name in (*SERVICES, *RESERVED):
            registry[ReservedNames].put(Site, name, "a service")
        configuration.freeze()
        site_class(registry)
        return registry

    def open(self, settings: Settings, template_cache: Path | None = None) -> Application:
        """Return the application: declarations frozen, database opened, its site made if there is none.

        template_cache: as for `freeze`; by default in the folder of the site, below `var/cache`.
        """
        cache = template_cache or settings.folder / "var" / "cache" / "templates"
        registry = self.freeze(development=settings.development, template_cache=cache)
        database = database_of(settings, registry)
        try:
            ensure_site(database, registry)
            mount_databases(database, registry, settings)
            make = WatchedApplication if settings.development else Application
            application = make(settings, registry, database, self.static_folders())
            application.builder.build_small()
            return application
        except BaseException:
            close_all(database)
            raise

    def wsgi(self, path: str | Path | None = "objpub.toml") -> Application:
        """Return the application with the settings in the file at *path*, or by default ones for None."""
        found = Path(path) if path is not None and Path(path).exists() else None
        application = self.open(load_settings(found, os.environ))
        application.builder.start()
        application.scheduler.start()
        return application

    def run(self, *arguments: str) -> None:
        """Run the site: database made, admin made, address printed. For a site in one file."""
        run(app_of_script(self), list(arguments or sys.argv[1:]))

    def layout(self) -> Path:
        """Return the layout of pages that have none of their own: the site's, or a plain one.

        A layout has the slots `title`, a whole element, and `content`. That of a plugin is for its own pages.
        """
        plugins = {name.replace(".", "-") for name in (*OWN_PARTS, *PLUGINS)}
        for folder in [folder for part, folder in self.parts() if part not in plugins][::-1]:
            for name in ("layout.pt", "layout.zpt"):
                if (folder / "templates" / name).is_file():
                    return folder / "templates" / name
        return PLAIN_LAYOUT

    def static_folders(self) -> dict[str, Path]:
        """Return the folders `static` of what is included, by part."""
        return {part: folder / "static" for part, folder in self.parts() if (folder / "static").is_dir()}

    def folders(self) -> Iterable[Path]:
        """Yield the folders of the included packages, objpub's own publisher first."""
        for _, folder in self.parts():
            yield folder

    def parts(self) -> Iterable[tuple[str, Path]]:
        """Yield (name, folder) of what is included as a package or module."""
        for thing in self.things:
            module = sys.modules.get(thing) if isinstance(thing, str) else thing
            if isinstance(thing, str) and module is None:
                list(declared_in(thing))  # imports it
                module = sys.modules[thing]
            if isinstance(module, ModuleType) and getattr(module, "__file__", None):
                name = module.__spec__.name if module.__spec__ else Path(str(module.__file__)).stem
                yield name.replace(".", "-"), Path(str(module.__file__)).resolve().parent


def database_of(settings: Settings, registry: Registry) -> Database:
    """Open the database that *settings* name. Raises DatabaseError, which names the setting too."""
    try:
        return open_database(
            settings.database.uri,
            registry=registry,
            cache_bytes=settings.database.cache_bytes,
            root=settings.folder,
        )
    except (DatabaseInUse, DatabaseDamaged):
        raise
    except DatabaseError as error:
        raise DatabaseError(f"{error} (the setting database.uri)") from error


def writable(folder: Path | None) -> Path | None:
    """Return *folder*, made if need be; None where that is not possible."""
    try:
        return folder and private_folder(folder)
    except OSError:
        return None


def ensure_site(database: Database, registry: Registry) -> None:
    """Make the site of an empty database; a site that is there stays as it is."""
    with transaction_for(database) as pair:
        if site_of(pair.connection) is not None:
            return
        site = site_class(registry)()
        put_site(pair.connection, site)
        pair.connection.add(site)
        notify(registry, SiteCreated(site))
        transaction = pair.manager.get()
        transaction.user = "system"
        transaction.note("Made the site")
        pair.manager.commit()


def site_class(registry: Registry) -> type[Site]:
    """Return the class of the site: the one subclass of Site that is declared, else Site.

    Raises DeclarationError for two.
    """
    own = [each for each in registry[ContentTypes] if issubclass(each.kind, Site) and each.kind is not Site]
    if len(own) > 1:
        names = ", ".join(each.name for each in own)
        sources = (each.source for each in own)
        raise DeclarationError(f"There can be one class of site, and there are {len(own)}: {names}", *sources)
    return own[0].kind if own else Site
