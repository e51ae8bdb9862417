"""Where a request really came from, when servers in front have passed it on.

They say it in `Forwarded` (RFC 7239) or in `X-Forwarded-For`, `-Proto`, `-Host`, `-Port` and `-Prefix`.
Anybody can send these headers, so they count only where they come from a trusted peer, and only those that
the setting `server.proxy_headers` names. The one who asked is the rightmost address that is not trusted; what
stands left of it he may have written himself.
"""

import re
from collections.abc import Iterator
from typing import Any
from typing import NamedTuple

from objpub.errors import SettingsError
from objpub.security import is_trusted
from objpub.security import PEER

from .problems import BadRequest

STANDARD = "HTTP_FORWARDED"
X_HEADERS = {f"x-forwarded-{part}": part for part in ("for", "proto", "host", "port", "prefix")}
KNOWN = ("Forwarded", *(f"X-Forwarded-{part.capitalize()}" for part in X_HEADERS.values()))
PAIR = re.compile(r'\s*([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s";,=]+))\s*(?:(;)|(,)|$)')
HOST = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
PREFIX = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~@+-]+)+")
SCHEMES = ("http", "https")
PORTS = {"http": "80", "https": "443"}
MOST_SERVERS = 32


class Origin(NamedTuple):
    """What servers in front said of a request; "" for what they said nothing of. address: of who asked."""

    address: str = ""
    proto: str = ""
    host: str = ""
    port: str = ""
    prefix: str = ""


class Forwarding:
    """Which servers in front are believed, and what of. Raises SettingsError for an unknown header."""

    def __init__(self, proxies: tuple[str, ...], headers: tuple[str, ...]):
        self.proxies = proxies
        named = [header.lower() for header in headers]
        for header in named:
            if header != "forwarded" and header not in X_HEADERS:
                wanted = ", ".join(KNOWN)
                raise SettingsError(f"server.proxy_headers names {header!r}, wanted some of {wanted}")
        self.standard = "forwarded" in named
        self.parts = {X_HEADERS[each]: variable_of(each) for each in named if each in X_HEADERS}
        believed = {STANDARD} if self.standard else set()
        self.ignored = {STANDARD, *map(variable_of, X_HEADERS)} - believed - set(self.parts.values())

    def correct(self, environ: dict[str, Any]) -> None:
        """Put into *environ* what trusted servers said, and take out what nobody believes.

        The true peer stays as `objpub.peer`. Raises BadRequest where two headers contradict each other, or
        cannot be read: it is not said which of them is right, so none is.
        """
        peer = environ.get("REMOTE_ADDR", "")
        environ[PEER] = peer
        if not is_trusted(peer, self.proxies):
            for name in (*self.ignored, STANDARD, *self.parts.values()):
                environ.pop(name, None)
            return
        for name in self.ignored:
            environ.pop(name, None)
        said = Origin()
        if self.standard and STANDARD in environ:
            said = self.from_standard(environ[STANDARD])
        if any(name in environ for name in self.parts.values()):
            said = agreed(said, self.from_parts(environ))
        put(environ, said)

    def from_standard(self, header: str) -> Origin:
        """Return what `Forwarded` says. Raises BadRequest if it cannot be read."""
        hops = list(hops_of(header))
        number = self.asked_by([hop.get("for", "") for hop in hops])
        hop = hops[number]
        proto, host = hop.get("proto", "").lower(), hop.get("host", "")
        return checked(Origin(without_port(hop.get("for", "")), proto, host))

    def from_parts(self, environ: dict[str, Any]) -> Origin:
        """Return what the headers `X-Forwarded-…` say. Raises BadRequest if they cannot be read."""
        values = {part: listed(environ[name]) for part, name in self.parts.items() if name in environ}
        addresses = values.pop("for", [])
        number = self.asked_by(addresses) if addresses else 0
        found = {part: each[0] if len(each) == 1 else "" for part, each in values.items()}
        for part, each in values.items():
            if len(each) > 1 and len(each) == len(addresses):
                found[part] = each[number]
            elif len(each) > 1:
                text = ", ".join(each)[:80]
                raise BadRequest(f"X-Forwarded-{part.capitalize()} says several things: {text!r}")
        found["proto"] = found.get("proto", "").lower()
        address = without_port(addresses[number]) if addresses else ""
        return checked(Origin(address, **found))

    def asked_by(self, addresses: list[str]) -> int:
        """Return the position of the rightmost address that is no server of ours; 0 where all are."""
        if len(addresses) > MOST_SERVERS:
            raise BadRequest(f"Passed on by {len(addresses)} servers; at most {MOST_SERVERS} count")
        for number in range(len(addresses) - 1, -1, -1):
            if not is_trusted(without_port(addresses[number]), self.proxies):
                return number
        return 0


def variable_of(header: str) -> str:
    """Return where WSGI puts *header*."""
    return "HTTP_" + header.upper().replace("-", "_")


def listed(header: str) -> list[str]:
    """Return the values of a header that lists some."""
    return [each.strip() for each in header.split(",")]


def hops_of(header: str) -> Iterator[dict[str, str]]:
    """Yield the pairs of each server in `Forwarded`, names in lower case. Raises BadRequest."""
    hop: dict[str, str] = {}
    position = 0
    while position < len(header):
        match = PAIR.match(header, position)
        name = match[1].lower() if match is not None else ""
        if match is None or name in hop:
            raise BadRequest(f"The header Forwarded cannot be read: {header[:80]!r}")
        hop[name] = re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3]
        if match[5]:
            yield hop
            hop = {}
        position = match.end()
        if (match[4] or match[5]) and position == len(header):
            raise BadRequest(f"The header Forwarded ends too early: {header[:80]!r}")
    if not hop:
        raise BadRequest("The header Forwarded says nothing")
    yield hop


def without_port(address: str) -> str:
    """Return *address* without brackets and port: "[2001:db8::1]:4711" → "2001:db8::1"."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address


def checked(said: Origin) -> Origin:
    """Return *said*. Raises BadRequest for what cannot be true."""
    problems = (
        ("scheme", said.proto, said.proto in SCHEMES),
        ("host", said.host, HOST.fullmatch(said.host)),
        ("port", said.port, is_port(said.port)),
        ("prefix", said.prefix, said.prefix == "/" or PREFIX.fullmatch(said.prefix.rstrip("/"))),
        ("address", said.address, said.address.isprintable() and len(said.address) < 256),
    )
    for name, value, good in problems:
        if value and not good:
            raise BadRequest(f"A server in front says that the {name} was {value[:80]!r}")
    return said._replace(prefix=said.prefix.rstrip("/"))


def is_port(text: str) -> bool:
    """Is *text* the number of a port?"""
    return text.isascii() and text.isdigit() and len(text) < 6 and int(text) < 65_536


def agreed(one: Origin, other: Origin) -> Origin:
    """Return what *one* and *other* say together. Raises BadRequest where they contradict each other."""
    for name, first, second in zip(Origin._fields, one, other, strict=True):
        if first and second and first.lower() != second.lower():
            both = f"{name} {first!r} and {second!r}"
            raise BadRequest(f"Forwarded and X-Forwarded-* contradict each other: {both}")
    return Origin(*(first or second for first, second in zip(one, other, strict=True)))


def put(environ: dict[str, Any], said: Origin) -> None:
    """Write *said* into *environ*, as if the request had come directly."""
    if said.address:
        environ["REMOTE_ADDR"] = said.address
    if said.proto:
        environ["wsgi.url_scheme"] = said.proto
    if said.host:
        environ["HTTP_HOST"] = said.host
    if said.port:
        environ["HTTP_HOST"] = with_port(environ.get("HTTP_HOST", ""), said.port, environ["wsgi.url_scheme"])
    if said.prefix:
        environ["SCRIPT_NAME"] = said.prefix + environ.get("SCRIPT_NAME", "")


def with_port(host: str, port: str, scheme: str) -> str:
    """Return *host* with *port*, or without where that is the usual one of *scheme*."""
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name if PORTS[scheme] == port else f"{name}:{port}"
