"""What came in: path decoded, form parsed, limits kept; once for a request, however often it is tried."""

import itertools
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from string import ascii_letters
from string import digits
from typing import Any
from urllib.parse import urlsplit

from objpub.errors import NotFound
from objpub.settings import LimitSettings
from objpub.traversal import split_path

from .cookies import read_cookies
from .form import EMPTY
from .form import Form
from .form import read_form
from .problems import BadRequest
from .problems import CrossSite
from .problems import TooLong
from .problems import UnknownMethod

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SAME = frozenset({"same-origin", "none"})
OF_HOSTS = frozenset(ascii_letters + digits + "-._:[]")
USUAL_PORTS = {"http": 80, "https": 443}


class Incoming:
    """A request as it arrived. segments: of its path. slash: whether the path ends with one.

    plain: whether the path was written without empty and dotted segments. form: what it carries. root: the
    segments of the place that its host is rooted at; () for the whole tree. origin: scheme and host of a host
    of the setting `sites`, as browsers know it; "" for others.
    """

    __slots__ = (
        "environ",
        "form",
        "id",
        "is_safe",
        "method",
        "origin",
        "path",
        "plain",
        "root",
        "segments",
        "slash",
        "started",
    )

    def __init__(self, environ: dict[str, Any], request_id: str):
        self.environ = environ
        self.id = request_id
        self.started = time.perf_counter()
        self.method: str = environ["REQUEST_METHOD"]
        self.is_safe = self.method in SAFE
        self.path = environ.get("PATH_INFO") or "/"
        self.segments: tuple[str, ...] = ()
        self.root: tuple[str, ...] = ()
        self.origin = ""
        self.plain = True
        self.slash = self.path[-1:] == "/"
        self.form: Form = EMPTY

    def cut(self, prefix: str) -> None:
        """Take *prefix* from the path, and note that the site stands below it. Raises NotFound elsewhere."""
        path = self.path
        if not (path == prefix or path.startswith(f"{prefix}/")):
            raise NotFound(path, "/", path[1:].partition("/")[0])
        self.environ["SCRIPT_NAME"] = self.environ.get("SCRIPT_NAME", "") + prefix
        self.path = self.environ["PATH_INFO"] = path[len(prefix) :] or "/"
        self.slash = path[-1] == "/"

    def seconds(self) -> float:
        """Return how long it has taken so far."""
        return time.perf_counter() - self.started

    def read(self, limits: LimitSettings, hosts: tuple[str, ...], folder: Path, origin: str = "") -> None:
        """Check and parse what came. Raises a Problem, or NotFound for a path that leaves the site.

        hosts: the names that are answered; none for any. folder: where files are spooled. origin: of the
        site as browsers know it, where that differs from how requests arrive.
        """
        environ = self.environ
        if self.method not in METHODS:
            raise UnknownMethod(f"The method {self.method[:40]!r} is not known here")
        self.path = decoded_path(self.path, limits)
        self.segments, self.plain = split_path(self.path)
        if len(self.segments) > limits.depth:
            raise TooLong(f"The path has {len(self.segments)} segments; at most {limits.depth} are walked")
        if "HTTP_TRANSFER_ENCODING" in environ and environ.get("CONTENT_LENGTH"):
            raise BadRequest("A request has either a Content-Length or a Transfer-Encoding")
        host = environ.get("HTTP_HOST", "")
        if not OF_HOSTS.issuperset(host):
            raise BadRequest(f"Host: {host[:80]!r} is no name of a host, with or without a port")
        if hosts:
            check_host(host, hosts)
        if "HTTP_COOKIE" in environ:
            read_cookies(environ, limits.cookie_bytes)
        if not self.is_safe:
            check_origin(environ, self.origin or origin)
            self.form = read_form(environ, limits, folder)
        elif environ.get("QUERY_STRING"):
            self.form = read_form({**environ, "CONTENT_LENGTH": ""}, limits, folder)


def decoded_path(path: str, limits: LimitSettings) -> str:
    """Return the path as text: WSGI gives its bytes as latin-1. Raises BadRequest or TooLong."""
    if len(path) > limits.path_bytes:
        raise TooLong(f"The path has {len(path):,} bytes; at most {limits.path_bytes:,} are taken")
    if not path.isascii():
        try:
            path = path.encode("latin-1").decode("utf-8")
        except UnicodeError as error:
            raise BadRequest(f"The path is not UTF-8: {path[:80]!r}") from error
    if not path.isprintable() and any(ord(character) < 32 or ord(character) == 127 for character in path):
        raise BadRequest(f"The path has control characters: {path[:80]!r}")
    return path


def check_host(host: str, hosts: tuple[str, ...]) -> None:
    """Raise BadRequest if *host* is none of those that are answered."""
    if name_of_host(host) not in hosts:
        raise BadRequest(f"Host: {host[:80]!r} is not a name of this site")


def name_of_host(host: str) -> str:
    """Return *host* in lower case and without its port; "" where that is no port."""
    name, colon, port = host.rpartition(":") if ":" in host.rpartition("]")[2] else (host, "", "")
    return "" if colon and not (port.isascii() and port.isdigit()) else name.lower()


def check_origin(environ: dict[str, Any], known: str = "") -> None:
    """Raise CrossSite for a request that changes something and says it comes from another site.

    `Sec-Fetch-Site` decides where the browser sends it, else `Origin`. A program sends neither; whether it
    brings a browser's cookie without a proof is asked when its session is known. known: the origin of the
    site for browsers, such as "https://example.org" where a server in front speaks TLS.
    """
    site = environ.get("HTTP_SEC_FETCH_SITE")
    if site is not None:
        if site not in SAME:
            raise CrossSite(f"This request was sent by another site's page (Sec-Fetch-Site: {site[:40]!r})")
        return
    origin = environ.get("HTTP_ORIGIN")
    if origin is not None:
        origin = origin.lower()
        if origin == known:
            return
        own = f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}"
        if origin != own.lower():
            raise CrossSite(f"This request was sent by a page of {origin[:80]!r}, not of {known or own!r}")


def origin_of(url: str) -> str:
    """Return scheme, host and port of *url* as browsers write them in `Origin`; "" for no URL."""
    parts = urlsplit(url)
    if not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in {None, USUAL_PORTS.get(parts.scheme)} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def request_ids() -> Iterator[str]:
    """Return short ids that no other process has: a random part and a count.

    Any thread may take the next one: this is no generator, which would fail if two did so at once.
    """
    return map(f"{secrets.token_hex(4)}-%x".__mod__, itertools.count(1))
