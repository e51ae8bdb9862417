"""Running the demo: a folder with its database, the application over it, and what its terminal says."""

import os
import pathlib
import sys
import time
from typing import Any

from objpub.importing import Report
from objpub.publisher import App
from objpub.publisher import first_run
from objpub.publisher import Server
from objpub.settings import load_settings
from objpub.settings import Settings

from .filling import documentation_folder
from .filling import fill


def demo_app() -> App:
    """Return the demo as an app: its own types, views and templates, and the types of the import."""
    app = App("objpub.demo")
    app.include("objpub.importing")
    return app


def demo_settings(folder: pathlib.Path, host: str = "127.0.0.1", port: int = 8080) -> Settings:
    """Return the settings of a demo that lives in *folder*: those of its objpub.toml, else the defaults.

    They are written to objpub.toml at first, so that every `objpub` command works on the demo too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "objpub.toml"
    if not file.exists():
        file.write_text('[site]\napp = "objpub.demo"\n', encoding="utf-8")
    return load_settings(file, {**os.environ, "OBJPUB_SERVER_HOST": host, "OBJPUB_SERVER_PORT": str(port)})


def run(folder: pathlib.Path, host: str, port: int, docs: pathlib.Path | None, say: Any) -> None:
    """Serve the demo in *folder* until it is stopped. docs: see `documentation_folder`; say prints."""
    begun = time.monotonic()
    settings = demo_settings(folder, host, port)
    application = demo_app().open(settings)
    try:
        server = Server(application, host, port, settings.server.threads)
        source = documentation_folder(docs)
        if source is None:
            say("There is no documentation beside the package objpub; name its folder with --docs.")
        elif (report := fill(application, source)) is not None:
            say(filled(report, source))
        for line in welcome(application, folder, server.address):
            say(line)
        say(f"Ready in {time.monotonic() - begun:.1f} s. Stop it with Ctrl-C.")
        server.run()
    finally:
        application.close()


def welcome(application: Any, folder: pathlib.Path, address: str) -> list[str]:
    """Return the lines that say where the site is, and how to sign in: at the first start the password."""
    credentials = first_run(application)
    lines = ["", f"  objpub demo   {address}"]
    if credentials is None:
        command = pathlib.Path(sys.executable).with_name("objpub")
        again = f"stop this, then: cd {folder.resolve()} && {command} user passwd admin"
        return [*lines, f"  sign in       {address}login", f"  new password  {again}", ""]
    return [
        *lines,
        f"  sign in       {address}login",
        f"  name          {credentials.name}",
        f"  password      {credentials.password}   (shown only now)",
        "",
    ]


def filled(report: Report, source: pathlib.Path) -> str:
    """Return what the first import did, in one line."""
    pages = report.added.get("page", 0) + report.added.get("section", 0)
    return f"Imported {pages} pages from {source}. From now on the site is its own; this is not done again."
