"""Whom a site serves at this moment: everybody, everybody who only reads, or those who look after it.

The setting `server.mode` says it for a start; the file `var/mode`, which `objpub mode` writes, says it for a
site that runs, and after its next start.
"""

import os
from pathlib import Path

from objpub.errors import SettingsError

from .private import private_file
from .private import private_folder

NORMAL = "normal"
READ_ONLY = "read-only"
MAINTENANCE = "maintenance"
MODES = (NORMAL, READ_ONLY, MAINTENANCE)
FILE = "mode"


def mode_in(folder: Path, default: str = NORMAL) -> str:
    """Return the mode of the site in *folder*, one of MODES; *default* where nothing was said.

    Raises SettingsError for a file that says something else.
    """
    path = folder / "var" / FILE
    try:
        said = path.read_text("utf-8").strip()
    except FileNotFoundError:
        return default
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"Cannot read {path}: {error}") from error
    if said not in MODES:
        raise SettingsError(f"{path} is {said[:40]!r}, wanted one of {', '.join(MODES)}")
    return said


def set_mode(folder: Path, mode: str) -> None:
    """Let the site in *folder* have *mode*, one of MODES; one that runs sees it within a second."""
    path = private_folder(folder / "var") / FILE
    part = private_file(path.with_name(f"{FILE}.{os.getpid()}"))
    part.write_text(f"{mode}\n", "utf-8")
    part.replace(path)
