"""Tokens: what programs sign in with, `Authorization: Bearer objpub_…`, instead of somebody's password.

A token acts as its owner, and never does more than the owner may at that moment; most do less (`scope`).
It is told once, when it is made; the database keeps its hash. 256 random bits need no slow hash and no
throttle: nobody guesses them. A token ends on its day, when it is revoked, with its owner's password, and
with its owner.
"""

import hashlib
import secrets
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import datetime
from datetime import timedelta
from itertools import chain
from itertools import islice
from typing import Any

from BTrees.OOBTree import OOBTree
from persistent import Persistent
from persistent.wref import WeakRef

from .identity import Identity
from .identity import NO_IDENTITY
from .identity import Refusal
from .scope import Scope

PREFIX = "objpub_"
NOTED_SECONDS = 300.0  # how exactly the last use is kept: programs ask often, and a use is a write
KEPT_SECONDS = 30 * 86_400.0  # for which one that has expired is still shown
SWEPT_AT_ONCE = 20  # expired tokens looked for at each new one, so that their number stays bounded
NOT_VALID = "This token is not valid, or not any more."


@dataclass(frozen=True, slots=True)
class Token:
    """A token as a value, without its secret. key: its hash. made, expires, used: timestamps; used is 0 for
    never. permissions: names, None for all. place: of the site, None for all of it; gone: it is deleted.
    """

    key: str = field(repr=False)
    user_id: str
    title: str
    permissions: frozenset[str] | None
    place: Any
    gone: bool
    made: float
    expires: float
    used: float

    def is_over(self, now: datetime) -> bool:
        """Has its day come? A clock that goes back to before it was made ends it too."""
        return not self.made - NOTED_SECONDS <= now.timestamp() < self.expires


class Tokens(Persistent):
    """The tokens of a site."""

    def __init__(self) -> None:
        self._records: Any = OOBTree()  # key → (user id, title, permissions or None, place, made, expires)
        self._used: Any = OOBTree()  # key → timestamp

    def make(
        self,
        user_id: str,
        title: str,
        permissions: Iterable[str] | None,
        place: Any,
        now: datetime,
        lasting: timedelta,
    ) -> str:
        """Make a token for *user_id* and return its text, which is kept nowhere.

        permissions: names; None for all. place: a resource; None for the whole site.
        """
        self._sweep(now)
        text = PREFIX + secrets.token_urlsafe(32)
        wanted = None if permissions is None else tuple(sorted(permissions))
        where = None if place is None else WeakRef(place)
        moments = (now.timestamp(), (now + lasting).timestamp())
        self._records[key_of(text)] = (user_id, title, wanted, where, *moments)
        return text

    def find(self, text: str, now: datetime) -> Token | None:
        """Return the token with this *text*; None if there is none, or its day has come. Changes nothing."""
        found = self._token(key_of(text))
        return None if found is None or found.is_over(now) else found

    def of(self, user_id: str) -> list[Token]:
        """Return the tokens of *user_id*, the newest first; those that have expired lately too."""
        keys = [key for key, record in self._records.items() if record[0] == user_id]
        return sorted(filter(None, map(self._token, keys)), key=lambda token: token.made, reverse=True)

    def used(self, key: str, now: datetime) -> None:
        """Note that the token with *key* is used. One that was revoked meanwhile stays revoked."""
        if key in self._records and now.timestamp() - self._used.get(key, 0.0) >= NOTED_SECONDS:
            self._used[key] = now.timestamp()

    def revoke(self, key: str) -> None:
        """End the token with *key*. One that is not there is no error."""
        self._records.pop(key, None)
        self._used.pop(key, None)

    def revoke_all_of(self, user_id: str) -> int:
        """End all tokens of *user_id*, and return how many there were."""
        found = self.of(user_id)
        for token in found:
            self.revoke(token.key)
        return len(found)

    def _token(self, key: str) -> Token | None:
        record = self._records.get(key)
        if record is None:
            return None
        user_id, title, permissions, where, made, expires = record
        place = None if where is None else where()
        wanted = None if permissions is None else frozenset(permissions)
        gone = where is not None and place is None
        return Token(key, user_id, title, wanted, place, gone, made, expires, self._used.get(key, 0.0))

    def _sweep(self, now: datetime) -> None:
        oldest = now.timestamp() - KEPT_SECONDS
        from_anywhere = chain(self._records.items(min=secrets.token_hex(32)), self._records.items())
        some = list(islice(from_anywhere, SWEPT_AT_ONCE))
        for key in [key for key, record in some if record[-1] < oldest]:
            self.revoke(key)


@dataclass(frozen=True, slots=True)
class TokenUsed:
    """Note the use of a token."""

    key: str = field(repr=False)
    now: datetime

    def __call__(self, site: Any) -> None:
        """Keep it in *site*."""
        site.users.tokens.used(self.key, self.now)


def identity_by_token(site: Any, text: str, now: datetime) -> Identity:
    """Return whom the token *text* acts as, limited to its scope, or a visitor with a refusal.

    Changes nothing: the use is noted by a record, after the answer, and only every few minutes.
    """
    refused = replace(NO_IDENTITY, refusal=Refusal(NOT_VALID))
    users = site.users
    token = None if users is None else users.tokens.find(text, now)
    if token is None or token.gone:
        return refused
    records = (TokenUsed(token.key, now),) if now.timestamp() - token.used >= NOTED_SECONDS else ()
    scope = Scope(token.title, token.permissions, token.place)
    return users.identity(token.user_id, scope=scope, records=records) or refused


def has_token(environ: Mapping[str, Any]) -> bool:
    """Does a request bring a token of ours?"""
    scheme, text = authorization_of(environ)
    return scheme == "bearer" and text.startswith(PREFIX)


def authorization_of(environ: Mapping[str, Any]) -> tuple[str, str]:
    """Return the header `Authorization` as its scheme in small letters, and what comes after it."""
    header = environ.get("HTTP_AUTHORIZATION", "").replace("\t", " ").strip(" ")
    scheme, _, rest = header.partition(" ")
    return scheme.lower(), rest.strip(" ")


def key_of(text: str) -> str:
    """Return under which key the token *text* is kept."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
