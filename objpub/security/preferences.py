"""What somebody likes otherwise than others: kept beside the users, by the id of the user and a name."""

from typing import Any

from BTrees.OOBTree import OOBTree

LAST = chr(0x10FFFF)  # sorts behind every name


def preference_of(users: Any, user_id: str | None, name: str) -> tuple[str, ...] | None:
    """Return what the user *user_id* chose under *name*; None where nothing was chosen."""
    if users is None or user_id is None or users._preferences is None:
        return None
    found: tuple[str, ...] | None = users._preferences.get((user_id, name))
    return found


def keep_preference(users: Any, user_id: str, name: str, values: tuple[str, ...] | None) -> None:
    """Keep what a user chose under *name*; None: what everybody has."""
    if users._preferences is None:
        users._preferences = OOBTree()
    if values is None:
        users._preferences.pop((user_id, name), None)
    elif users._preferences.get((user_id, name)) != values:
        users._preferences[user_id, name] = values


def forget_preferences(users: Any, user_id: str) -> None:
    """Forget all that a user chose."""
    if users._preferences is not None:
        for key in list(users._preferences.keys(min=(user_id,), max=(user_id, LAST))):
            del users._preferences[key]
