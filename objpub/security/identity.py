"""Who a request claims and proves to be."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from functools import lru_cache
from typing import Any

ANYBODY = frozenset({"everyone"})
SIGNED_IN = frozenset({"everyone", "authenticated"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody was not signed in; the same words whether the name or the password was wrong.

    retry_after: seconds until another try will be looked at; 0 where nothing has to be waited for.
    """

    text: str
    retry_after: int = 0


@dataclass(frozen=True)
class Identity:
    """Who asks: a user with roles, a visitor (`NO_IDENTITY`), or the command line (`SYSTEM`).

    user_id: None for a visitor and for the command line. title: shown to people.
    roles: those held everywhere, "everyone" and "authenticated" among them.
    principals: whom grants may name, "user:ann" and "group:staff"; groups of groups are resolved.
    session: the session it was read from, or None. scope: what the token that came may be used for; None
    for all that the person may do. ambient: a server in front says who it is, with whatever a browser sends,
    so that a change needs a sign of its origin. address: where a change comes from, ""
    for none. refusal: why what came was not accepted, or None. viewer: who sees the site as this person, and
    may change nothing meanwhile, see `viewing`; None for the person himself.
    records: what must be kept although the request only reads, or is refused; each is called with the
    site, in a transaction of its own after the answer.
    """

    user_id: str | None
    title: str
    roles: frozenset[str] = ANYBODY
    principals: frozenset[str] = frozenset()
    session: Any = field(default=None, repr=False, compare=False)
    scope: Any = field(default=None)
    ambient: bool = field(default=False, compare=False)
    address: str = field(default="", repr=False, compare=False)
    refusal: Refusal | None = field(default=None, compare=False)
    records: tuple[Callable[[Any], None], ...] = field(default=(), repr=False, compare=False)
    viewer: "Identity | None" = field(default=None, repr=False, compare=False)

    def __init__(
        self,
        user_id: str | None,
        title: str,
        roles: frozenset[str] = ANYBODY,
        principals: frozenset[str] = frozenset(),
        session: Any = None,
        scope: Any = None,
        ambient: bool = False,
        address: str = "",
        refusal: Refusal | None = None,
        records: tuple[Callable[[Any], None], ...] = (),
        viewer: "Identity | None" = None,
    ):
        # One is made for each request of somebody known: what a frozen dataclass writes here is slow.
        own = self.__dict__
        own["user_id"] = user_id
        own["title"] = title
        own["roles"] = roles
        own["principals"] = principals
        own["session"] = session
        own["scope"] = scope
        own["ambient"] = ambient
        own["address"] = address
        own["refusal"] = refusal
        own["records"] = records
        if viewer is not None:
            own["viewer"] = viewer

    def at(self, address: str) -> "Identity":
        """Return the same identity with another *address*."""
        return visitor_at(address) if self is NO_IDENTITY else self._at(address)

    def _at(self, address: str) -> "Identity":
        """Return it, made."""
        found = object.__new__(Identity)
        found.__dict__.update(self.__dict__, address=address)
        return found

    @property
    def authenticated(self) -> bool:
        """Is it known who this is?"""
        return "authenticated" in self.roles

    @property
    def actor(self) -> "Identity":
        """Who it is that asks, also while he sees the site as somebody else."""
        return self.viewer or self

    def __str__(self) -> str:
        return self.title


NO_IDENTITY = Identity(None, "visitor")
SYSTEM = Identity(None, "system", SIGNED_IN | {"manager"})


@lru_cache(maxsize=1_024)
def visitor_at(address: str) -> Identity:
    """Return a visitor with an *address*: most changes without a session come from a few."""
    return NO_IDENTITY._at(address)
