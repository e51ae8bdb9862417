"""Webhooks: signed messages to other programs, sent until they are taken.

The headers are those of Standard Webhooks (standardwebhooks.com): `webhook-id`, the same in each try, by
which the other side knows what it has already; `webhook-timestamp`; `webhook-signature`.
"""

import base64
import hashlib
import hmac
import json
import time
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
TIMEOUT_SECONDS = 10


class NotTaken(ObjpubError):
    """The other side did not take a message. is_final: will it never?"""

    def __init__(self, text: str, is_final: bool = False):
        super().__init__(text)
        self.is_final = is_final


def put_webhook(place: Any, url: str, event: str, data: Any) -> str:
    """Let a message be sent to *url* after the running transaction is committed; return the id of the job.

    url: http: or https:, chosen by code or a manager, never by a visitor. event: what happened. data: what
    JSON can hold. It is signed with the setting `webhooks.secret`. Raises Invalid for what is no such
    address.
    """
    parts = urlsplit(url) if isinstance(url, str) and len(url) <= URL_LENGTH else urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Invalid({"url": f"wanted an address that begins with https:// or http://, not {url!r:.100}"})
    return put_job(place, NAME, url=url, event=event, data=data)


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
    parts = urlsplit(url)
    kind = client.HTTPSConnection if parts.scheme == "https" else client.HTTPConnection
    connection = kind(str(parts.hostname), parts.port, timeout=TIMEOUT_SECONDS)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "objpub",
        "webhook-id": outside.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature_of(secret, outside.id, timestamp, body),
    }
    try:
        connection.request(
            "POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers
        )
        status = connection.getresponse().status
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise NotTaken(f"The other side answered {status}", is_final=status == 410)  # gone
