"""What is secret about users, kept apart from them: hashes of passwords and the stamps of their sessions.

An account stays when its user goes, without a password: so an id is never given to somebody else, who
would find the grants of the first one.
"""

import re
import secrets
import unicodedata
from typing import Any
from typing import NamedTuple

from BTrees.OOBTree import OOBTree
from persistent import Persistent

from objpub.errors import BadName

from .passwords import Passwords

USER_ID = re.compile(r"\w[\w.@+-]{0,99}")
RESERVED = frozenset({"system", "visitor", "everyone", "authenticated"})


class Account(NamedTuple):
    """What is secret about a user.

    mark: the same as on the user it belongs to. stamp: sessions that carry another one are over.
    password: a hash, or None: cannot sign in.
    """

    mark: str
    stamp: str
    password: str | None

    def __repr__(self) -> str:
        return "<Account>"


class Accounts(Persistent):
    """The accounts of a site by user id."""

    def __init__(self) -> None:
        self._accounts: Any = OOBTree()  # user id → (mark, stamp, hash or None)

    def __contains__(self, user_id: object) -> bool:
        return user_id in self._accounts

    def get(self, user_id: str, mark: str | None) -> Account | None:
        """Return the account of *user_id* if it belongs to the user with *mark*, or None."""
        stored = self._accounts.get(user_id)
        return Account(*stored) if stored is not None and mark is not None and stored[0] == mark else None

    def put(self, user_id: str, mark: str, password: str | None) -> None:
        """Keep an account with the hash *password*, and a new stamp: sessions until now are over."""
        self._accounts[user_id] = (mark, secrets.token_hex(16), password)

    def renew(self, user_id: str, password: str) -> None:
        """Keep another hash of the same password; sessions go on."""
        mark, stamp, _ = self._accounts[user_id]
        self._accounts[user_id] = (mark, stamp, password)

    def close(self, user_id: str) -> None:
        """Let nobody sign in to *user_id* any more, and nobody else have it."""
        self.put(user_id, "", None)


def user_id_from(name: str) -> str:
    """Return the user id that somebody means who typed *name*."""
    text = name.encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFKC", text).strip().casefold()


def check_user_id(name: str) -> str:
    """Return *name* as a user id. Raises BadName for what cannot be one."""
    user_id = user_id_from(name)
    if not USER_ID.fullmatch(user_id):
        raise BadName(f"A user's name has up to 100 letters, digits and . @ + - _, not {name!r}")
    if user_id in RESERVED:
        raise BadName(f"{name!r} means something else already")
    return user_id


def check_password(passwords: Passwords, account: Account | None, password: str) -> tuple[bool, str | None]:
    """Return whether *password* is that of *account*, and a new hash if it needs one.

    account: None for somebody unknown: the same work, and never right.
    """
    return passwords.check(password, None if account is None else account.password)
