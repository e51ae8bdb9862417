"""Links to set a new password without the old one: signed, for a while, good once.

Nothing is stored for a link. The signature covers the stamp of the account, which each new password changes:
so a link ends when it is used, and when the password changes in any other way, or the user signs out
everywhere. It covers the e-mail address too: a link that went to an address which is not the user's any more
is good for nothing.
"""

import base64
import binascii
import hmac
from datetime import datetime
from typing import Any

from .accounts import user_id_from
from .throttle import BackOff
from .throttle import key_of
from .throttle import network_of
from .throttle import Places
from .throttle import ThrottleRules

LONGEST = 1_000  # characters of a link's token that are looked at


class ResetLinks:
    """Makes the tokens of such links, and reads them. secret: what they are signed with."""

    def __init__(self, secret: bytes):
        self._secret = secret

    def make(self, users: Any, user_id: str, now: datetime, seconds: float) -> str:
        """Return a token with which *user_id* can be given a new password until *seconds* have gone.

        "" for somebody without an account.
        """
        stamp = users.session_stamp(user_id)
        expires = int(now.timestamp() + seconds)
        if not stamp:
            return ""
        name = base64.urlsafe_b64encode(user_id.encode()).decode().rstrip("=")
        return f"{name}.{expires}.{self._signature(users, user_id, stamp, expires)}"

    def user_of(self, users: Any, token: str, now: datetime) -> str | None:
        """Return whose password may be set with *token*; None if it is not ours, is used, or is over."""
        name, _, rest = token[:LONGEST].partition(".")
        expires, _, signature = rest.partition(".")
        user_id = decoded(name)
        stamp = "" if users is None or not user_id else users.session_stamp(user_id)
        if not stamp or not (expires.isascii() and expires.isdigit() and len(expires) < 15):
            return None
        wanted = self._signature(users, user_id, stamp, int(expires))
        right = hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace"))
        return user_id if right and now.timestamp() < int(expires) else None

    def _signature(self, users: Any, user_id: str, stamp: str, expires: int) -> str:
        user = users.get(user_id)
        address = (user.email or "") if user is not None else ""
        text = "\0".join(("reset", user_id, stamp, address, str(expires)))
        digest = hmac.digest(self._secret, text.encode("utf-8", "replace"), "sha256")
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def __repr__(self) -> str:
        return "<ResetLinks>"


def decoded(name: str) -> str:
    """Return the user id in a token, "" for what is none."""
    try:
        return base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode()
    except (binascii.Error, ValueError):
        return ""


#: How often a link may be asked for, in whose name ever, and from one address: mails reach other people.
ASKED = ThrottleRules(
    account=BackOff(free=3, first=60.0, longest=3600.0),
    address=BackOff(free=20, first=30.0, longest=3600.0),
)


def wait_to_ask(users: Any, typed: str, address: str, now: datetime) -> int:
    """Return the seconds until *typed*, a name or an e-mail address, may be asked about from *address*."""
    return int(users.throttle.wait(*asking(typed, address), now, ASKED))


def note_asked(users: Any, typed: str, address: str, now: datetime) -> None:
    """Count that *typed* was asked about from *address*, whether there is such a user or not."""
    users.throttle.failed(*asking(typed, address), now, ASKED)


def asking(typed: str, address: str) -> tuple[str, Places]:
    """Return what is counted: apart from the wrong passwords, so that neither gets in the other's way."""
    place = key_of("asked from", network_of(address))
    return f"\0asked about\0{user_id_from(typed)}", Places(place, ())


def users_meant(users: Any, typed: str) -> list[Any]:
    """Return the users whose name or e-mail address *typed* is, who have a password and an address.

    Who has no password cannot get one so: it may have been taken away. All users are looked at, whether one
    is found or not, so that the time says nothing.
    """
    wanted = user_id_from(typed)
    found = [
        user
        for name, user in users.people.items()
        if wanted and wanted in (name, user_id_from(getattr(user, "email", None) or ""))
    ]
    return [user for user in found if user.email and users.stamp_of(user.__name__)]
