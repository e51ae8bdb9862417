"""A site in a temporary database, for as long as a test runs."""

import json
import os
import tempfile
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import AbstractContextManager
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from objpub.content import Site
from objpub.database import Database
from objpub.operations import add_user
from objpub.publisher import App
from objpub.publisher import Application
from objpub.registry import Registry
from objpub.security import Identity
from objpub.security import Policy
from objpub.security import SYSTEM
from objpub.settings import load_settings

from .client import Client
from .client import PASSWORD

FILE = "file:var/site.fs?blobs=var/blobs"

#: What differs from the settings of a site that people use: nothing is kept, nothing is waited for.
SETTINGS: dict[str, Any] = {
    "database.uri": "demo:",
    "log.access": False,
    "log.tickets": False,
    "secret": "a secret that is only good for tests",
    "security.argon2_lanes": 1,
    "security.argon2_memory_bytes": 8_192,
    "security.argon2_passes": 1,
}


class SiteUnderTest:
    """A site that runs in this process.

    app: its declarations. application: the WSGI callable. folder: of its files, gone at the end.
    client: a browser; `browser()` gives others.
    """

    def __init__(self, app: App, application: Application, folder: Path):
        self.app = app
        self.application = application
        self.folder = folder
        self.client = self.browser()

    @property
    def registry(self) -> Registry:
        """What the declarations filled."""
        return self.application.registry

    @property
    def database(self) -> Database:
        """The temporary database."""
        return self.application.database

    def work(self, identity: Identity = SYSTEM, sentence: str = "") -> AbstractContextManager[Site]:
        """Give the site in a transaction that commits at the end of the block, or aborts if it fails."""
        return self.application.work(identity, sentence)

    def browser(self, **options: Any) -> Client:
        """Return a new client without cookies. options: see `Client`."""
        return Client(self.application, **options)

    def add_user(self, name: str, password: str = PASSWORD, roles: Iterable[str] = ()) -> None:
        """Add somebody who can sign in; `client.login(name)` knows the default password."""
        with self.work() as site:
            passwords = self.registry[Policy].authenticator.passwords
            add_user(SYSTEM, site, name, password, roles=roles, passwords=passwords)

    def last_transaction(self) -> str:
        """Return the id of the last transaction: unchanged, nothing was written meanwhile."""
        tid: bytes = self.database.lastTransaction()
        return tid.hex()


@contextmanager
def site(
    *things: Any, settings: Mapping[str, Any] | None = None, file: bool = False
) -> Iterator[SiteUnderTest]:
    """Run a site of *things* until the end of the block; its database and files are gone then.

    things: names of packages, modules, decorated functions and classes; or one App. settings: values by
    name, {"limits.fields": 10}. file: keep the database in a file instead of in memory.
    Raises DeclarationError and SettingsError as a start of the site does.
    """
    app = things[0] if len(things) == 1 and isinstance(things[0], App) else App()
    if things and app is not things[0]:
        app.include(*things)
    with tempfile.TemporaryDirectory(prefix="objpub-test-") as name:
        folder = Path(name)
        values = {**SETTINGS, **({"database.uri": FILE} if file else {}), **(settings or {})}
        loaded = load_settings(written(folder / "objpub.toml", values), {})
        application = app.open(loaded, template_cache=template_cache())
        try:
            yield SiteUnderTest(app, application, folder)
        finally:
            application.close()


def template_cache() -> Path | None:
    """Return where compiled templates are kept from one test to the next, and to the next run: a cache of
    the user's, which may be emptied at any time. None where the user has no folder.
    """
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "objpub" / "templates"
    except RuntimeError:
        return None


def written(path: Path, values: Mapping[str, Any]) -> Path:
    """Write settings by name as TOML to *path*, and return it."""
    path.write_text("".join(f"{name} = {as_toml(value)}\n" for name, value in values.items()), "utf-8")
    return path


def as_toml(value: Any) -> str:
    """Return *value* as TOML: a table on one line, else as JSON, which is the same there."""
    if isinstance(value, Mapping):
        rows = (f"{json.dumps(name)} = {as_toml(each)}" for name, each in value.items())
        return "{ " + ", ".join(rows) + " }"
    return json.dumps(value, ensure_ascii=False)
