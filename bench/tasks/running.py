"""How each site is installed, filled and served: each by its own documentation."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PASSWORD = "a tide table of 1911"
PATIENCE_SECONDS = 120
THREADS = 4
WAITRESS = ["{python}", "-m", "waitress", "--listen", "127.0.0.1:{port}", "--threads", str(THREADS)]
SERVED = {
    "objpub": ["{python}", "-m", "objpub.command", "serve", "--port", "{port}", "--no-reload"],
    "wagtail": [*WAITRESS, "website.wsgi:application"],
    "django": [*WAITRESS, "website.wsgi:application"],
}
DJANGO = (["makemigrations", "pages"], ["migrate", "--verbosity", "0"], ["collectstatic", "--noinput"])
SYSTEMS = tuple(SERVED)


def install(folder: Path) -> Path:
    """Return the Python of a virtual environment in *folder* that has Wagtail and Django; made once."""
    place = folder / "environment"
    python = place / "bin" / "python"
    if not place.joinpath("installed").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run([*pip, "-r", str(HERE / "requirements.txt")], check=True)
        place.joinpath("installed").touch()
    return python


class Place:
    """The site of one *system*. python: that has what it needs. folder: where it lies, filled once."""

    def __init__(self, system: str, python: Path, folder: Path):
        self.system = system
        self.python = python
        self.folder = folder
        self.filled = folder.with_name(f"{folder.name}-filled")

    def fill(self, material: Path, pictures: Path) -> None:
        """Make the site and fill it, unless that was done; then put it to its folder as it was then."""
        if not self.filled.joinpath("done").exists():
            shutil.rmtree(self.filled, ignore_errors=True)
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(HERE / f"{self.system}_site", self.filled, ignore=ignored)
            for words in () if self.system == "objpub" else DJANGO:
                self.run("manage.py", *words, at=self.filled)
            self.run("fill.py", str(material), str(pictures), PASSWORD, at=self.filled)
            self.filled.joinpath("done").touch()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.filled, self.folder)
        site = HERE / f"{self.system}_site"  # its code may have changed since
        shutil.copytree(site, self.folder, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)

    def run(self, *words: str, at: Path | None = None) -> str:
        """Run a script in the folder of the site, and return what it printed."""
        done = subprocess.run(
            [str(self.python), *words],
            cwd=at or self.folder,
            env=self.environ(at or self.folder),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{self.system}: {' '.join(words)}: {done.stderr[-4000:]}")
        return done.stdout

    def facts(self) -> dict[str, Any]:
        """Return what the database holds, while nobody serves it."""
        found: dict[str, Any] = json.loads(self.run("facts.py").splitlines()[-1])
        return found

    def environ(self, folder: Path) -> dict[str, str]:
        """Return the environment of its processes."""
        paths = [str(folder), *([str(ROOT)] if self.system == "objpub" else [])]
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "DJANGO_SETTINGS_MODULE": "website.settings",
        }

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve it; gives its address."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        line = [word.format(python=self.python, port=port) for word in SERVED[self.system]]
        with self.folder.joinpath("output.txt").open("w") as output:
            process = subprocess.Popen(
                line, cwd=self.folder, env=self.environ(self.folder), stdout=output, stderr=output
            )
            try:
                wait_for(port, process, self.folder)
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()
                process.wait(PATIENCE_SECONDS)


def wait_for(port: int, process: Any, folder: Path) -> None:
    """Wait until something listens at *port*."""
    begun = time.monotonic()
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            said = folder.joinpath("output.txt").read_text()
            if process.poll() is not None or time.monotonic() - begun > PATIENCE_SECONDS:
                raise SystemExit(f"The server does not answer: {said[-4000:]}") from None
            time.sleep(0.1)
