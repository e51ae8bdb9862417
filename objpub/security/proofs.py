"""Which passwords were right lately, so that a program's is not hashed again with each request."""

import hashlib
import hmac
import secrets
import threading
from datetime import datetime
from typing import Any

PROOF_SECONDS = 60  # how long a program's password that was right is not hashed again
MOST_PROOFS = 1000
NOTHING = (0.0, None)


class Proofs:
    """Remembers for a minute which passwords were right, as hashes under a key that nobody has.

    The stamp takes part, so that a changed password is forgotten at once.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._until: dict[bytes, tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def has(self, account: str, password: str, stamp: str, now: datetime) -> bool:
        """Was this right within the last minute?"""
        until, _ = self._until.get(self._digest(account, password, stamp), NOTHING)
        return now.timestamp() < until <= now.timestamp() + PROOF_SECONDS

    def claim(self, account: str, password: str, stamp: str) -> Any:
        """Return what was said elsewhere when this was found right, or None."""
        return self._until.get(self._digest(account, password, stamp), NOTHING)[1]

    def put(self, account: str, password: str, stamp: str, now: datetime, claim: Any = None) -> None:
        """Remember that this is right, and what was said elsewhere about it."""
        with self._lock:
            if len(self._until) >= MOST_PROOFS:
                self._until.clear()
            self._until[self._digest(account, password, stamp)] = (now.timestamp() + PROOF_SECONDS, claim)

    def _digest(self, *parts: str) -> bytes:
        text = "\0".join(parts).encode("utf-8", "replace")
        return hmac.new(self._key, text, hashlib.sha256).digest()

    def __repr__(self) -> str:
        return "<Proofs>"
