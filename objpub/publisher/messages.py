"""A short message for the next page, in a signed cookie: nothing is written for it, no session is needed."""

import base64
import hmac
import json
from typing import Any

COOKIE = "objpub_message"
MOST_BYTES = 2_000


class MessageSigner:
    """Writes and reads the cookie. secret: what it is signed with."""

    def __init__(self, secret: str):
        self._key = secret.encode()

    def dumps(self, messages: list[dict[str, str]]) -> str:
        """Return the value of the cookie for *messages*; the oldest are left out where it gets too long."""
        while True:
            body = base64.urlsafe_b64encode(json.dumps(messages, separators=(",", ":")).encode()).decode()
            if len(body) <= MOST_BYTES or not messages:
                return f"{body}.{self._signature(body)}"
            messages = messages[1:]

    def loads(self, cookie: str) -> list[dict[str, str]]:
        """Return the messages of a cookie; none if we have not signed it."""
        body, _, signature = cookie.rpartition(".")
        if not hmac.compare_digest(self._signature(body).encode(), signature.encode("utf-8", "replace")):
            return []
        found: Any = json.loads(base64.urlsafe_b64decode(body))
        return list(found)

    def _signature(self, body: str) -> str:
        digest = hmac.digest(self._key, b"message\0" + body.encode("utf-8", "replace"), "sha256")
        return base64.urlsafe_b64encode(digest[:18]).decode()
