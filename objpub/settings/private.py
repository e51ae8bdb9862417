"""Files and folders that only their owner reads: whatever a site keeps."""

import os
import stat
from pathlib import Path

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


def private_folder(path: Path) -> Path:
    """Make *path* a folder that only its owner enters, and those above it that are missing; return it.

    One that is there is closed for others, unless it belongs to somebody else or everybody writes to it,
    as to `/tmp`. Raises OSError where it cannot be made.
    """
    if not path.is_dir():
        if not path.parent.is_dir():
            private_folder(path.parent)
        path.mkdir(PRIVATE_FOLDER, exist_ok=True)
    close_for_others(path)
    return path


def private_file(path: Path) -> Path:
    """Make *path* a file that only its owner reads, empty if it is not there yet, and return it.

    What a library then opens to write keeps that. Raises OSError where it cannot be made.
    """
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, PRIVATE_FILE))
    close_for_others(path)
    return path


def close_for_others(path: Path) -> None:
    """Take the rights of the group and of others from what is at *path*, if it is ours to close."""
    found = path.stat()
    shared = stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX
    if found.st_mode & 0o077 and found.st_uid == os.geteuid() and not shared:
        path.chmod(stat.S_IMODE(found.st_mode) & 0o700)
