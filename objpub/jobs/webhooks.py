"""Webhooks: signed messages to other programs, sent until they are taken.

The headers are those of Standard Webhooks (standardwebhooks.com): `webhook-id`, the same in each try, by
which the other side knows what it has already; `webhook-timestamp`; `webhook-signature`.
"""

import base64
import hashlib
import hmac
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Collection
from contextlib import suppress
from typing import Any
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from objpub.errors import Invalid
from objpub.errors import ObjpubError
from objpub.libraries import later

from .declarations import job
from .queue import put_job

if TYPE_CHECKING:
    from http import client
else:
    client = later("http.client")

NAME = "objpub.webhook"
URL_LENGTH = 2_000
UNICAST = ipaddress.ip_network("2000::/3")  # what of IPv6 is given out on the internet
TIMEOUT_SECONDS = 10


class NotTaken(ObjpubError):
    """The other side did not take a message. is_final: will it never?"""

    def __init__(self, text: str, is_final: bool = False):
        super().__init__(text)
        self.is_final = is_final


def put_webhook(place: Any, url: str, event: str, data: Any) -> str:
    """Let a message be sent to *url* after the running transaction is committed; return the id of the job.

    url: http: or https:, on the internet or a host that `webhooks.private_hosts` names, without a name and
    password. event: what happened. data: what JSON can hold. It is signed with the setting `webhooks.secret`.
    Raises Invalid for what is no such address.
    """
    if not is_address(url):
        raise Invalid({"url": f"wanted an address that begins with https:// or http://, not {url!r:.100}"})
    return put_job(place, NAME, url=url, event=event, data=data)


def is_address(url: Any) -> bool:
    """Can *url* be the address of a program? Letters of other alphabets have to be encoded in it."""
    if not isinstance(url, str) or len(url) > URL_LENGTH or not url.isascii():
        return False
    try:
        parts = urlsplit(url)
        is_whole = parts.port != 0 and bool(parts.hostname)
    except ValueError:  # of the port, and of brackets that do not match
        return False
    is_plain = url.isprintable() and " " not in url and "@" not in parts.netloc
    return is_plain and is_whole and parts.scheme in {"http", "https"}


def signature_of(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a message: HMAC with SHA-256 over id, time and body, as "v1,..." in base 64."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


@job(NAME, title="Call a webhook", outside=True)
def send_webhook(outside: Any, url: str, event: str, data: Any) -> None:
    """Send the message. Raises NotTaken unless it is answered with a status of 2xx; nothing is redirected."""
    secret = outside.settings.webhooks.secret
    if not secret:
        raise NotTaken("webhooks.secret is not set, so nothing can be signed")
    body = json.dumps({"type": event, "data": data}, ensure_ascii=False).encode()
    timestamp = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "objpub",
        "webhook-id": outside.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature_of(secret, outside.id, timestamp, body),
    }
    status = posted(url, body, headers, outside.settings.webhooks.private_hosts)
    if not 200 <= status < 300:
        raise NotTaken(f"The other side answered {status}", is_final=status == 410)  # gone


def posted(url: str, body: bytes, headers: dict[str, str], private_hosts: Collection[str]) -> int:
    """Send *body* to *url*, and return the status of the answer, all within TIMEOUT_SECONDS.

    private_hosts: those that may be in a private network. Raises NotTaken for others there, and OSError and
    HTTPException where it does not work.
    """
    parts = urlsplit(url)
    host, is_secret = str(parts.hostname), parts.scheme == "https"
    port = parts.port or (443 if is_secret else 80)
    reached = [reach(host, port, host in private_hosts)]
    timer = threading.Timer(TIMEOUT_SECONDS, hang_up, (reached,))
    timer.daemon = True
    timer.start()
    try:
        if is_secret:
            safe = ssl.create_default_context()
            reached.append(safe.wrap_socket(reached[0], server_hostname=host, do_handshake_on_connect=False))
            reached[-1].do_handshake()
        connection = (client.HTTPSConnection if is_secret else client.HTTPConnection)(host, port)
        connection.sock = reached[-1]
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, headers)
        return int(connection.getresponse().status)
    finally:
        timer.cancel()
        reached[-1].close()


def reach(host: str, port: int, may_be_private: bool) -> Any:
    """Return a socket that leads to *host*, whose name is looked up once. Raises NotTaken and OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [(ip, port) for each in found if is_public(ip := str(each[4][0])) or may_be_private]
    if not addresses:
        raise NotTaken(f"{host} is in a private network, and webhooks.private_hosts does not name it")
    for address in addresses[:-1]:
        try:
            return socket.create_connection(address, TIMEOUT_SECONDS)
        except OSError:
            continue
    return socket.create_connection(addresses[-1], TIMEOUT_SECONDS)


def is_public(address: str) -> bool:
    """Is the IP *address* on the internet? One that wraps another, of whatever network, is not."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and (found not in UNICAST or found.sixtofour is not None):
        return False
    return found.is_global and not found.is_multicast


def hang_up(reached: list[Any]) -> None:
    """End the connection, also for who waits for something of it."""
    with suppress(OSError):
        reached[-1].shutdown(socket.SHUT_RDWR)
