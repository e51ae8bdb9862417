"""How each application is installed, prepared and served: as its documentation says, by waitress."""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from .acceptance import NAME
from .acceptance import PASSWORD

APPS = Path(__file__).parent / "apps"
ROOT = Path(__file__).parent.parent.parent
THREADS = 4
PATIENCE_SECONDS = 30
#: Framework → the commands that make its database, and the person who signs in.
PREPARED = {
    "objpub": (["{bin}/python", "-m", "objpub.command", "user", "add", NAME, "--role", "editor"],),
    "flask": (
        ["{bin}/flask", "--app", "texts", "init-db"],
        ["{bin}/flask", "--app", "texts", "add-user", NAME, "--password", PASSWORD],
    ),
    "django": (
        ["{bin}/python", "manage.py", "makemigrations", "texts"],
        ["{bin}/python", "manage.py", "migrate"],
        [
            "{bin}/python",
            "manage.py",
            "createsuperuser",
            "--noinput",
            "--username",
            NAME,
            "--email",
            "a@example.org",
        ],
    ),
    "pyramid": (["{bin}/python", "-m", "texts.add_user", NAME],),
}
WAITRESS = ["{bin}/python", "-m", "waitress", "--listen", "127.0.0.1:{port}", "--threads", str(THREADS)]
SERVED = {
    "objpub": ["{bin}/python", "-m", "objpub.command", "serve", "--port", "{port}", "--no-reload"],
    "flask": [*WAITRESS, "--call", "texts:create_app"],
    "django": [*WAITRESS, "website.wsgi:application"],
    "pyramid": [*WAITRESS, "--call", "texts:main"],
}
FRAMEWORKS = tuple(SERVED)


def install(framework, folder):
    """Return the folder of programs of a virtual environment that has what *framework* needs; made once."""
    if framework == "objpub":
        return Path(sys.executable).parent
    place = folder / framework
    if not place.joinpath("installed").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
        needed = ["-r", str(APPS / framework / "requirements.txt")]
        pip = [
            str(place / "bin" / "python"),
            "-m",
            "pip",
            "--disable-pip-version-check",
            "install",
            "--quiet",
        ]
        subprocess.run([*pip, *needed], check=True)
        place.joinpath("installed").touch()
    return place / "bin"


@contextmanager
def served(framework, programs, folder):
    """Serve the application in *framework*, copied to the empty *folder*; give the port and the process."""
    shutil.copytree(APPS / framework, folder, ignore=shutil.ignore_patterns("__pycache__"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {
        **os.environ,
        "SECRET_KEY": "s" * 50,
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        "OBJPUB_LOG_ACCESS": "0",
    }
    environ |= {"PYTHONPATH": os.pathsep.join([str(folder), *([str(ROOT)] if framework == "objpub" else [])])}
    words = {"bin": programs, "port": port}
    for command in PREPARED[framework]:
        line = [word.format(**words) for word in command]
        subprocess.run(
            line,
            cwd=folder,
            env=environ,
            input=PASSWORD + "\n",
            text=True,
            check=True,
            stdout=subprocess.PIPE,
        )
    with folder.joinpath("output.txt").open("w") as output:
        line = [word.format(**words) for word in SERVED[framework]]
        process = subprocess.Popen(line, cwd=folder, env=environ, stdout=output, stderr=output)
        try:
            wait_for(port, process, folder)
            yield port, process
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def wait_for(port, process, folder):
    """Wait until something listens at *port*."""
    begun = time.monotonic()
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            said = folder.joinpath("output.txt").read_text()
            assert process.poll() is None, said
            assert time.monotonic() - begun < PATIENCE_SECONDS, said
            time.sleep(0.05)
