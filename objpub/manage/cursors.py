"""Cursors of lists: where a page of a list ends, as a signed text that says nothing to people.

A cursor holds what its list is sorted by, of a child that was shown, so that it can tell nobody about a child
that is hidden from them; and it is signed, so that nobody can ask for others.
"""

import base64
import hmac
import json
from typing import NamedTuple

SIGNATURE_BYTES = 12


class Cursor(NamedTuple):
    """A place in a list. back: does the page lie before it? key: of the child that it stands at."""

    back: bool
    key: tuple[str, ...]


def sign_cursor(secret: str, cursor: Cursor, about: str) -> str:
    """Return *cursor* as a text for URLs, which `read_cursor` takes back. about: the list it belongs to."""
    body = json.dumps([cursor.back, *cursor.key], separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(signature(secret, body, about) + body).rstrip(b"=").decode()


def read_cursor(secret: str, text: str, about: str) -> Cursor | None:
    """Return the cursor in *text*; None if it was not signed with *secret*, or for another list."""
    try:
        whole = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    signed, body = whole[:SIGNATURE_BYTES], whole[SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature(secret, body, about), signed):
        return None
    back, *key = json.loads(body)
    return Cursor(back, tuple(key))


def signature(secret: str, body: bytes, about: str) -> bytes:
    """Return what nobody without *secret* can write before *body*."""
    signed = b"cursor\0" + about.encode("utf-8", "replace") + b"\0" + body
    return hmac.digest(secret.encode(), signed, "sha256")[:SIGNATURE_BYTES]
