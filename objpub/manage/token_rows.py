"""Tokens as the profile and the page of a person list them."""

from datetime import datetime
from datetime import UTC
from typing import Any

from objpub.lineage import path_of
from objpub.security import Permissions

MARK = 16  # characters of a token's key that say which one is meant


def tokens_of(request: Any, user: Any) -> list[dict[str, Any]]:
    """Return the tokens of *user* as the list shows them, the newest first."""
    now = datetime.now(UTC)
    permissions = request.registry[Permissions]
    return [
        {
            "mark": token.key[:MARK],
            "title": token.title,
            "may": in_words(permissions, token.permissions),
            "where": where(request, token),
            "expires": moment_of(token.expires),
            "over": token.gone or token.is_over(now),
            "used": moment_of(token.used) if token.used else None,
        }
        for token in request.site.users.tokens.of(user.__name__)
    ]


def where(request: Any, token: Any) -> str:
    """Return the path of the place that *token* is for, "" for the whole site."""
    if token.gone:
        return "deleted"
    return "" if token.place is None else path_of(token.place)


def in_words(permissions: Permissions, names: frozenset[str] | None) -> str:
    """Return the titles of permissions, "Edit, View"; "" for all of them."""
    if names is None:
        return ""
    return ", ".join(sorted(permissions[name].title if name in permissions else name for name in names))


def moment_of(timestamp: float) -> datetime:
    """Return a timestamp as a moment that can be shown."""
    return datetime.fromtimestamp(timestamp, UTC)
