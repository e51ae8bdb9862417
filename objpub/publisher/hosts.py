"""The hosts of a site, and where each is rooted in the tree: `[sites] "blog.example.org" = "/blog"`.

The site's own host shows the whole tree. Each other one shows what is at its place, and no more: its address
`/` is that place, and whatever lies elsewhere has its address on the site's own host.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from objpub.errors import SettingsError
from objpub.settings import Settings

from .forwarded import Forwarding
from .incoming import Incoming
from .incoming import name_of_host
from .problems import BadRequest

WHOLE = "/"
NO_WHOLE = '[sites]: there is no host for the whole tree; add one with the path "/", or set server.url'
LABEL = re.compile(r"[a-z0-9_-]+")


class Arrivals:
    """What happens to each request before it is read, as far as the settings ask for anything."""

    def __init__(self, settings: Settings):
        server = settings.server
        own = urlsplit(server.url)
        self.forwarding = Forwarding(server.proxies, server.proxy_headers) if server.proxies else None
        self.prefix = server.prefix
        self.scheme, self.own = own.scheme, own.hostname
        self.roots = dict(settings.sites)
        self.names = {name.lower() for name in server.hosts}
        if self.roots:
            if own.hostname:
                self.roots.setdefault(own.hostname, WHOLE)
            if WHOLE not in (path for host, path in self.roots.items() if host[0] != "*"):
                raise SettingsError(NO_WHOLE)
        first = next((host for host, path in self.roots.items() if path == WHOLE and host[0] != "*"), "")
        is_own = self.roots.get(own.hostname or "") == WHOLE
        self.main = own.netloc.rpartition("@")[2] if is_own else first

    def take(self, incoming: Incoming) -> None:
        """Correct what servers in front changed, cut off the prefix, and find the root of the host.

        Raises BadRequest for a host that is not answered, and NotFound for a path outside the prefix.
        """
        environ = incoming.environ
        if self.forwarding is not None:
            self.forwarding.correct(environ)
        if self.prefix:
            incoming.cut(self.prefix)
        if self.roots or self.names:
            self.enter(incoming, environ.get("HTTP_HOST", ""))

    def enter(self, incoming: Incoming, host: str) -> None:
        """Find where *host* is rooted. Raises BadRequest for one that is not answered."""
        name = name_of_host(host)
        label, dot, rest = name.partition(".")
        wild = f"*.{rest}" if dot and LABEL.fullmatch(label) else ""
        path = self.roots.get(name) or self.roots.get(wild, "").replace("*", label)
        if path:
            if path != WHOLE:
                incoming.root = tuple(path[1:].split("/"))
            if name != self.own:
                said = "" if self.forwarding is not None else self.scheme
                incoming.origin = f"{said or incoming.environ['wsgi.url_scheme']}://{host.lower()}"
        elif name not in self.names and (not wild or wild not in self.names):
            raise BadRequest(f"Host: {host[:80]!r} is not a name of this site")

    def main_address(self, environ: dict[str, Any]) -> str:
        """Return the address of the whole site, with a slash at its end."""
        return f"{self.scheme or environ['wsgi.url_scheme']}://{self.main}{self.prefix}/"


def arrivals_for(settings: Settings) -> Arrivals | None:
    """Return what happens to each request first; None where they are taken as they come."""
    server = settings.server
    if settings.sites or server.proxies or server.prefix or any(name[:1] == "*" for name in server.hosts):
        return Arrivals(settings)
    return None
