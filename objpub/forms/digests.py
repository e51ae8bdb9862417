"""What a form started from: digests of the fields, signed, in a hidden value of the form itself.

The signature is made with the secret of the site, so a form outlives a restart of the server and the end of
a session.
"""

import base64
import hmac
import json
from collections.abc import Mapping

SIGNATURE_BYTES = 18


def sign_digests(secret: str, digests: Mapping[str, str], about: str) -> str:
    """Return *digests*, field name → digest, as a text that `read_digests` takes back.

    about: what they belong to; it is signed, too, so that they are good for nothing else.
    """
    body = base64.urlsafe_b64encode(json.dumps(dict(digests), separators=(",", ":")).encode()).decode()
    return f"{body}.{signature(secret, body, about)}"


def read_digests(secret: str, text: str, about: str) -> dict[str, str] | None:
    """Return the digests in *text*; None if they were not signed with *secret*, or for something else."""
    body, _, signed = text.rpartition(".")
    wanted = signature(secret, body, about).encode()
    if not hmac.compare_digest(wanted, signed.encode("utf-8", "replace")):
        return None
    return {str(name): str(digest) for name, digest in json.loads(base64.urlsafe_b64decode(body)).items()}


def signature(secret: str, body: str, about: str) -> str:
    """Return what nobody without *secret* can write below *body*."""
    signed = f"form\0{about}\0{body}".encode("utf-8", "replace")
    made = hmac.digest(secret.encode(), signed, "sha256")
    return base64.urlsafe_b64encode(made[:SIGNATURE_BYTES]).decode()
