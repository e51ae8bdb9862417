"""The source distributions whose test suites are tried."""

import pathlib
import subprocess
import sys
import tarfile

#: In these versions; another one may have other templates.
SOURCES = ("Chameleon==4.6.0", "zope.tal==6.0", "zope.pagetemplate==6.1", "z3c.pt==5.2")


def fetched(folder: pathlib.Path) -> pathlib.Path:
    """Put the source distributions into *folder*, if they are not there, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    if not list(folder.glob("*.tar.gz")):
        fetch = ["download", "--quiet", "--no-binary", ":all:", "--no-deps", "--dest", str(folder)]
        subprocess.run([sys.executable, "-m", "pip", *fetch, *SOURCES], check=True)
    for archive in folder.glob("*.tar.gz"):
        if not (folder / archive.name.removesuffix(".tar.gz")).is_dir():
            with tarfile.open(archive) as members:
                members.extractall(folder, filter="data")
    return folder


def tests_of(folder: pathlib.Path, path: str) -> pathlib.Path:
    """Return the folder of the tests at *path* in one of the distributions in *folder*."""
    (found,) = folder.glob(path)
    return found
