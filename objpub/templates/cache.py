"""Compiled templates kept in a folder, so that the next start need not compile them again."""

import hashlib
import importlib.metadata
import importlib.util
import logging
import marshal
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from objpub.settings import private_folder

from .compiling import Compiled
from .macros import MacroNotes
from .macros import Position

log = logging.getLogger("objpub.templates")
DIGEST_BYTES = 32
MOST_FILES = 1_000  # in a folder; a large site has a tenth of that
PRODUCT = Path(__file__).resolve().parents[1]
#: Code of the product's own templates, for every site of those who may write there, as that of its modules.
OWN = PRODUCT / "__pycache__" / "templates"


class CodeCache:
    """Code of templates in *folder*, one file for each template; that of objpub's own beside its modules.

    Without a folder only that of objpub's own is kept.

    A file is used only by the same Python, Chameleon and objpub that wrote it, and only for the same source.
    It holds code that is run: nobody else may write to the folder.
    """

    def __init__(self, folder: Path | None):
        self.folder = folder
        if folder is not None:
            private_folder(folder)
        salt = hashlib.sha256(importlib.util.MAGIC_NUMBER)
        salt.update(importlib.metadata.version("chameleon").encode())
        for module in sorted(Path(__file__).parent.glob("*.py")):
            salt.update(module.read_bytes())
        self._salt = salt.digest()

    def get(self, source: str, file: str, names: tuple[str, ...]) -> Compiled | None:
        """Return the code that was kept for this *source* at *file*, or None."""
        for folder in self._folders(file, is_own(file)):
            if (found := self._read(folder, source, file, names)) is not None:
                return found
        return None

    def _read(self, folder: Path, source: str, file: str, names: tuple[str, ...]) -> Compiled | None:
        try:
            data = folder.joinpath(name_for(file)).read_bytes()
            if data[:DIGEST_BYTES] != self._digest(source, file, names):
                return None
            code, loads, macros, *kind = marshal.loads(data[DIGEST_BYTES:])  # written by this class
            loads = tuple(Position(*each) for each in loads)
            return Compiled(code, loads, MacroNotes.from_plain(*macros), *kind)
        except (OSError, EOFError, ValueError, TypeError):
            return None

    def put(self, source: str, file: str, names: tuple[str, ...], compiled: Compiled) -> None:
        """Keep *compiled* for the next start; where that is not possible, the log says so."""
        digest = self._digest(source, file, names)
        parts = (
            compiled.code,
            plain(compiled.loads),
            plain(compiled.macros),
            compiled.kind,
            compiled.media_type,
        )
        data = digest + marshal.dumps(parts)
        reason: str | None = None
        for folder in self._folders(file, is_own(file) and not sys.dont_write_bytecode):
            try:
                write(folder / name_for(file), data)
                keep_few(folder)
                return
            except OSError as error:
                reason = error.strerror
        if self.folder is not None:
            log.warning("Compiled templates cannot be kept in %s: %s", self.folder, reason)

    def _folders(self, file: str, beside: bool) -> tuple[Path, ...]:
        """Return where the code of *file* may be, first choices first. beside: the modules of objpub too."""
        folders = (OWN, self.folder) if beside else (self.folder,)
        return tuple(each for each in folders if each is not None)

    def _digest(self, source: str, file: str, names: tuple[str, ...]) -> bytes:
        parts = (file, *names, source)
        return hashlib.sha256(self._salt + "\0".join(parts).encode("utf-8", "surrogatepass")).digest()


def is_own(file: str) -> bool:
    """Is *file* one of the product's own templates?"""
    return Path(file).is_relative_to(PRODUCT)


def name_for(file: str) -> str:
    """Return the name of the file that holds the code of the template *file*, for this kind of Python."""
    digest = hashlib.sha256(file.encode()).hexdigest()[:16]
    return f"{Path(file).stem}-{digest}.{sys.implementation.cache_tag}.code"


def write(path: Path, data: bytes) -> None:
    """Put *data* into the file *path*, all at once for those who read it."""
    if path.parent == OWN:
        path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=path.stem, dir=path.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
    os.replace(temporary, path)


def keep_few(folder: Path) -> None:
    """Remove the older half of the files if there are too many: of templates that have moved or gone."""
    with os.scandir(folder) as entries:
        files = [entry for entry in entries if entry.is_file()]
    if len(files) > MOST_FILES:
        for entry in sorted(files, key=lambda each: each.stat().st_mtime_ns)[: len(files) // 2]:
            Path(entry.path).unlink(missing_ok=True)


def plain(value: Any) -> Any:
    """Return tuples in tuples without the names of their parts, which `marshal` cannot keep."""
    return tuple(map(plain, value)) if isinstance(value, tuple) else value
