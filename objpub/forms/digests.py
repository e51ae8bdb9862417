"""What a form started from: digests of the fields, signed, in a hidden value of the form itself.

The signature is made with the secret of the site, so a form outlives a restart of the server and the end of
a session.
"""

import base64
import hmac
import json
from collections.abc import Mapping

SIGNATURE_BYTES = 18
ABOUT = ""  # the key, among the digests, of what they belong to: no field is called so


def sign_digests(secret: str, digests: Mapping[str, str], about: str) -> str:
    """Return *digests*, field name → digest, as a text that `read_digests` takes back.

    about: what they belong to; it is signed, too, so that they are good for nothing else.
    """
    known = {ABOUT: about, **digests}
    body = base64.urlsafe_b64encode(json.dumps(known, separators=(",", ":")).encode()).decode()
    return f"{body}.{signature(secret, body, about)}"


def read_digests(secret: str, text: str, about: str) -> dict[str, str] | None:
    """Return the digests in *text*; None if they were not signed with *secret*, or for something else."""
    body, _, signed = text.rpartition(".")
    wanted = signature(secret, body, about).encode()
    if not hmac.compare_digest(wanted, signed.encode("utf-8", "replace")):
        return None
    return {name: digest for name, digest in content_of(body).items() if name != ABOUT}


def about_in(secret: str, text: str) -> str | None:
    """Return what the digests in *text* belong to; None if they were not signed with *secret*."""
    try:
        about = content_of(text.rpartition(".")[0])[ABOUT]
    except (KeyError, ValueError):
        return None
    return None if read_digests(secret, text, about) is None else about


def content_of(body: str) -> dict[str, str]:
    """Return what stands before the signature. Raises ValueError for what was not written here."""
    try:
        found = json.loads(base64.urlsafe_b64decode(body))
    except RecursionError:
        raise ValueError("wanted digests by name, not so many brackets") from None
    if not isinstance(found, dict):
        raise ValueError(f"wanted digests by name, not {found!r}")
    return {str(name): str(digest) for name, digest in found.items()}


def signature(secret: str, body: str, about: str) -> str:
    """Return what nobody without *secret* can write below *body*."""
    signed = f"form\0{about}\0{body}".encode("utf-8", "replace")
    made = hmac.digest(secret.encode(), signed, "sha256")
    return base64.urlsafe_b64encode(made[:SIGNATURE_BYTES]).decode()
