"""What a token may do of what its owner may: some permissions, everywhere or at one place and below."""

from dataclasses import dataclass
from typing import Any

MANAGE = "manage"


@dataclass(frozen=True, slots=True)
class Scope:
    """The limits of a token.

    title: of the token, for people. permissions: names; None for all that its owner has. place: nothing
    outside of it and what is below is reached; None for the whole site.
    """

    title: str
    permissions: frozenset[str] | None = None
    place: Any = None

    def refusal(self, permission: str, identity: Any, context: Any) -> str:
        """Return why the token is not enough for *permission* at *context*, or "" if it may be."""
        if self.permissions is not None and permission not in self.permissions:
            return f"The token “{self.title}” was not made for that."
        way = way_up(context)
        if self.place is not None and not any(step is self.place for step in way):
            return f"The token “{self.title}” is for another part of the site."
        people = getattr(way[-1], "users", None)
        if people is not None and any(step is people for step in way):
            return self._refusal_about_people(identity)
        return ""

    def _refusal_about_people(self, identity: Any) -> str:
        """Who may change an address or a password has the whole account, so that takes more than `edit`."""
        manages = self.permissions is None or MANAGE in self.permissions
        return "" if manages and "manager" in identity.roles else "A token is not enough to deal with people."


def way_up(context: Any) -> list[Any]:
    """Return *context* and what is above it; what is no place, such as an error, is above nothing."""
    way = [context]
    while (above := getattr(way[-1], "__parent__", None)) is not None:
        way.append(above)
    return way


def token_scope(context: Any, identity: Any) -> None:
    """Stand in an explanation for the rule that a token sets."""
