"""Files of parts: `/static/PART/FINGERPRINT/path`, cached by browsers forever.

Every included package with a folder `static` has one. The fingerprint is one of the whole folder, so that
what one file says of another relative to itself stays right. Texts are compressed once, as well as can be.
"""

import gzip
import hashlib
import mimetypes
from email.utils import formatdate
from pathlib import Path
from typing import Any

from objpub.errors import DeclarationError
from objpub.errors import NotFound
from objpub.views import binary
from objpub.views import FileBody
from objpub.views import Response

from .finishing import takes_gzip
from .finishing import VARY

FOREVER = "max-age=31536000, immutable"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".ico": "image/x-icon",
    ".txt": "text/plain; charset=utf-8",
}
PACKED = frozenset({".css", ".html", ".js", ".json", ".mjs", ".svg", ".txt", ".xml"})  # it pays for these
MOST_PACKED_BYTES = 2_000_000  # of one file, which is kept in memory


class StaticFiles:
    """The static files of one application. folders: by part; watch: look for changes at each URL."""

    def __init__(self, folders: dict[str, Path], watch: bool = False):
        self.folders = folders
        self._watch = watch
        self._prints = {part: fingerprint(folder) for part, folder in folders.items()}
        self._files = {part: listed(folder) for part, folder in folders.items()}
        self._packed: dict[Path, tuple[str, bytes]] = {}  # its tag, and its bytes

    def url(self, path: str) -> str:
        """Return the URL of "PART/path". Raises DeclarationError for a file that is not there."""
        part, _, rest = path.partition("/")
        if self._watch and part in self.folders:
            self._prints[part] = fingerprint(self.folders[part])
            self._files[part] = listed(self.folders[part])
        if rest not in self._files.get(part, ()):
            there = (
                ", ".join(sorted(self._files.get(part, ()))) or f"no part {part!r}, only {list(self.folders)}"
            )
            raise DeclarationError(f"There is no static file {path!r}; there is {there}")
        return f"/static/{part}/{self._prints[part]}/{rest}"

    def answer(self, segments: tuple[str, ...], accepted: str = "") -> Response:
        """Answer /static/PART/FINGERPRINT/path; without a fingerprint too, but then not cached for long.

        Only listed files are there, so no path leads out. accepted: the header `Accept-Encoding`. Raises
        NotFound.
        """
        part = segments[1] if len(segments) > 1 else ""
        files = self._files.get(part, {})
        rest = "/".join(segments[2:])
        cached = False
        if rest not in files and len(segments) > 3:
            cached = segments[2] == self._prints.get(part)
            rest = "/".join(segments[3:])
        file = files.get(rest)
        if file is None or not file.is_file():
            raise NotFound("/" + "/".join(segments), "/static", part)
        response = file_answer(file, FOREVER if cached else "max-age=60")
        if file.suffix in PACKED and 0 < (response.content_length or 0) <= MOST_PACKED_BYTES:
            self._pack(file, response, accepted)
        return response

    def _pack(self, file: Path, response: Response, accepted: str) -> None:
        """Let *response* have *file* compressed where the client takes that; say that it depends on it."""
        if not takes_gzip(accepted):
            response._headerlist.append(VARY)
            return
        body, tag = response._app_iter, response.headers["ETag"]
        known, packed = self._packed.get(file, ("", b""))
        if known != tag:
            packed = gzip.compress(b"".join(body), 9, mtime=0)
            self._packed[file] = tag, packed
        body.close()
        response._app_iter = [packed]
        response.headers["Content-Length"] = str(len(packed))
        response.headers["Content-Encoding"] = "gzip"
        response.headers["ETag"] = f'{tag[:-1]}-gzip"'


def file_answer(file: Path, cache: str) -> Response:
    """Return *file* with its media type; streamed."""
    kind = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    response = stored_file(file, kind)
    response.headers["Cache-Control"] = cache
    return response


def stored_file(file: Path, media_type: str) -> Response:
    """Return the bytes of *file*, which is replaced as a whole when it changes, so that its tag is strong."""
    facts = file.stat()
    response = binary(media_type, FileBody(file.open("rb")))
    response.content_length = facts.st_size  # WebOb forgets it where the body is set
    response.headers["ETag"] = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"'
    response.headers["Last-Modified"] = formatdate(facts.st_mtime, usegmt=True)
    return response


def listed(folder: Path) -> dict[str, Path]:
    """Return the files below *folder* by their path in it; hidden ones are left out."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def fingerprint(folder: Path) -> str:
    """Return ten characters that change with any file of *folder*."""
    digest: Any = hashlib.blake2b(digest_size=5)
    for name, path in sorted(listed(folder).items()):
        digest.update(name.encode() + b"\0" + hashlib.blake2b(path.read_bytes()).digest())
    found: str = digest.hexdigest()
    return found
