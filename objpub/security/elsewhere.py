"""Passwords that are known elsewhere: by a directory, or by what a site declares with `@authenticate`."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from objpub.errors import BadName
from objpub.errors import SettingsError
from objpub.registry import Registry
from objpub.settings import Settings

from .accounts import check_user_id
from .directory import Directory
from .directory import pairs_from
from .identity import Refusal
from .outside import Claim
from .outside import known_name
from .outside import Said
from .outside import Sources
from .permissions import Roles
from .turns import BUSY_SECONDS
from .turns import CROWDED


class Elsewhere:
    """Asks others about names that have no password here.

    asked: functions of a name and a password. new_users: whether somebody new is let in. at_once: how many
    questions are asked at the same time, so that a slow directory leaves threads for others.
    """

    def __init__(
        self, asked: tuple[Callable[[str, str], Said], ...] = (), new_users: bool = True, at_once: int = 2
    ):
        self._asked = asked
        self._new_users = new_users
        self._turns = threading.BoundedSemaphore(at_once)

    def ask(self, users: Any, account: str, password: str) -> Said:
        """Return whose *account* and *password* are; None if nobody knows, a Refusal where that is unknown.

        A user who has a password here is never somebody else's: nobody outside says yes for him, nor learns
        what was typed. The others are asked all the same, about nobody, so that the time is the same.
        """
        if not self._asked:
            return None
        theirs = not users.stamp_of(account) and is_name(account)
        question = (account, password) if theirs else (secrets.token_hex(8), secrets.token_hex(8))
        if not self._turns.acquire(timeout=BUSY_SECONDS):
            return Refusal(CROWDED, 1)
        try:
            answers = (each(*question) for each in self._asked)
            said = next((answer for answer in answers if answer is not None), None)
        finally:
            self._turns.release()
        if not isinstance(said, Claim):
            return said
        name = known_name(users, said, self._new_users) if theirs else None
        return None if name is None or users.stamp_of(name) else replace(said, user_id=name)


def elsewhere_for(settings: Settings, registry: Registry | None) -> Elsewhere:
    """Return who else knows passwords, by *settings* and by what *registry* declares.

    Raises SettingsError for a directory that does not fit, or gives a role that nobody declared.
    """
    declared = () if registry is None else registry[Sources].authenticating
    if not settings.ldap.uri:
        return Elsewhere(declared, settings.outside.new_users)
    directory = Directory(settings.ldap)
    for _, role in pairs_from(settings.ldap.roles):
        if registry is not None and (role not in registry[Roles] or not registry[Roles][role].given):
            raise SettingsError(f"ldap.roles gives {role!r}, which is no role that can be given")
    return Elsewhere((*declared, directory), settings.outside.new_users)


def is_name(account: str) -> bool:
    """Could *account* be the id of a user?"""
    try:
        check_user_id(account)
    except BadName:
        return False
    return True
