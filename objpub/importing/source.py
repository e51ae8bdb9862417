"""The folder that is imported: what lies in it, read with care, and never anything outside it."""

import hashlib
import os
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from urllib.parse import unquote

from objpub.errors import BadSource
from objpub.errors import NotPossible

from .frontmatter import FrontMatter
from .frontmatter import read_front_matter
from .html_pages import read_html_page
from .problems import Problem

# A page is text that people wrote; Hugo's longest has 126,000 bytes.
LARGEST_PAGE_BYTES = 5_000_000
DEEPEST_FOLDER = 100

MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd"})
HTML = frozenset({".html", ".htm"})
IMAGES = frozenset({".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp"})

NEVER_CONTENT = frozenset({"thumbs.db", "desktop.ini", "_content.gotmpl"})
"""What systems leave in folders, and Hugo's programs that make pages while it builds."""

CONTROLS = re.compile("[\x01-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass
class Directory:
    """A folder of the source. path: below the source, "" for itself. files: names, in their order."""

    path: str
    files: list[str] = field(default_factory=list)
    directories: "list[Directory]" = field(default_factory=list)


class Source:
    """A folder on disk. Paths are relative to it, with slashes: "howto/one.md"."""

    def __init__(self, root: Path) -> None:
        """Take the folder *root*. Raises NotPossible where it is none."""
        if not root.is_dir():
            raise NotPossible(f"There is no folder {str(root)!r} to import")
        self.root = root.resolve()
        self.problems: list[Problem] = []
        self._digests: dict[str, str] = {}
        self._folders: dict[str, Path] = {}  # where they are on disk, links followed: many files lie in one

    def directory(self, path: str = "", depth: int = 0) -> Directory:
        """Return the folder at *path* with all that lies below it; what cannot be taken is a problem."""
        found = Directory(path)
        for name, entry in self._entries(path):
            place = posixpath.join(path, name)
            if entry.is_dir(follow_symlinks=False):
                if depth < DEEPEST_FOLDER:
                    found.directories.append(self.directory(place, depth + 1))
                else:
                    self.problems.append(
                        Problem(place, 0, f"folders more than {DEEPEST_FOLDER} deep are left")
                    )
            elif self._is_inside(entry) and entry.is_file():
                found.files.append(name)
            else:
                self.problems.append(Problem(place, 0, "it is no file, or a link that is not followed"))
        return found

    def _entries(self, path: str) -> Iterator[tuple[str, "os.DirEntry[str]"]]:
        try:
            with os.scandir(self.root / path) as entries:
                ordered = sorted(entries, key=lambda entry: (entry.name.casefold(), entry.name))
        except OSError as error:
            self.problems.append(Problem(path or ".", 0, error.strerror or str(error)))
            return
        for entry in ordered:
            name = entry.name
            if name.startswith(".") or name.endswith("~") or name.lower() in NEVER_CONTENT:
                continue
            if not is_utf8(name):
                name = os.fsencode(name).decode("utf-8", "replace")
                self.problems.append(Problem(posixpath.join(path, name), 0, "its name is not UTF-8"))
                continue
            yield name, entry

    def _is_inside(self, entry: "os.DirEntry[str]") -> bool:
        return not entry.is_symlink() or self._is_shown(Path(entry.path).resolve())

    def _is_shown(self, place: Path) -> bool:
        """Is *place* a file of the source, and neither hidden nor in a hidden folder, as `.git` is?"""
        if not place.is_relative_to(self.root) or not place.is_file():
            return False
        return not any(part.startswith(".") for part in place.relative_to(self.root).parts)

    def file(self, path: str) -> Path:
        """Return where the file at *path* is on disk. Raises BadSource where that is outside the source."""
        folder, name = posixpath.split(path)
        if folder not in self._folders:
            self._folders[folder] = (self.root / folder).resolve()
        place = self._folders[folder] / name
        if name in ("", ".", "..") or place.is_symlink():
            place = place.resolve()
        if not place.is_relative_to(self.root):
            raise BadSource(0, f"{path!r} is outside the imported folder")
        return place

    def digest(self, path: str) -> str:
        """Return the SHA-256 of the file at *path*; "" where there is none. Each is read once."""
        if path not in self._digests:
            try:
                with open(self.file(path), "rb") as file:
                    self._digests[path] = hashlib.file_digest(file, "sha256").hexdigest()
            except (OSError, BadSource, ValueError):
                self._digests[path] = ""
        return self._digests[path]

    def page(self, path: str) -> FrontMatter:
        """Return the values and the text of the page at *path*. Raises BadSource with the line to blame."""
        text = self.text(path)
        found = read_front_matter(text)
        if ending(path) in HTML:
            return read_html_page(found)
        return found

    def text(self, path: str) -> str:
        """Return the text of the file at *path*, lines ended by "\\n". Raises BadSource.

        Control characters, which no page may hold, are left out.
        """
        try:
            place = self.file(path)
            if place.stat().st_size > LARGEST_PAGE_BYTES:
                raise BadSource(0, f"it has more than {LARGEST_PAGE_BYTES:,} bytes, too many for a page")
            raw = place.read_bytes()
        except OSError as error:
            raise BadSource(0, error.strerror or str(error)) from error
        self._digests.setdefault(path, hashlib.sha256(raw).hexdigest())
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            raise BadSource(line, f"the byte 0x{raw[error.start]:02x} is not UTF-8") from error
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            raise BadSource(line, "it holds a NUL character, so it is no text")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text if text.isprintable() else CONTROLS.sub("", text)

    def include(self, written: str, file: str) -> tuple[str, FrontMatter]:
        """Return the path and the contents of what *file* includes as *written*.

        "/a.md" is looked for from the top of the source, "a.md" beside *file* first. What is hidden, such as
        ".git/config", is not there. Raises BadSource.
        """
        path = unquote(written).strip()
        places = [path.lstrip("/")]
        if not path.startswith("/"):
            places.insert(0, posixpath.join(posixpath.dirname(file), path))
        for place in map(posixpath.normpath, places):
            for candidate in (place, f"{place}.md"):
                if path and "\0" not in path and self._is_shown(self.file(candidate)):
                    return candidate, self.page(candidate)
        raise BadSource(0, "there is no such file in the imported folder")


def ending(path: str) -> str:
    """Return the ending of a file's name in lower case, with its dot."""
    return posixpath.splitext(path)[1].lower()


def is_utf8(name: str) -> bool:
    """Is the name of a file text?"""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
