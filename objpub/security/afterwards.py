"""What is kept of a try to sign in, by a transaction after the answer: each is called with the site."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from typing import Any

from .audit import REFUSED
from .audit import tell_sign_in
from .throttle import Places
from .throttle import ThrottleRules

Record = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Failed:
    """Count a wrong password."""

    account: str = field(repr=False)
    places: Places
    rules: ThrottleRules
    now: datetime
    address: str = ""
    way: str = ""
    end: Callable[[], None] | None = field(default=None, repr=False, compare=False)

    def __call__(self, site: Any) -> None:
        """Keep it in *site*, and in its audit record; the try is not underway any more."""
        site.users.throttle.failed(self.account, self.places, self.now, self.rules)
        if self.end is not None:
            self.end()
        tell_sign_in(site, self.account, self.address, self.way, REFUSED, self.now)


@dataclass(frozen=True, slots=True)
class Succeeded:
    """Forget the wrong passwords before the right one; keep a renewed hash."""

    account: str
    places: Places
    now: datetime
    renewed: str | None = field(default=None, repr=False)

    def __call__(self, site: Any) -> None:
        """Keep it in *site*."""
        site.users.throttle.succeeded(self.account, self.places, self.now)
        if self.renewed:
            site.users.renew_hash(self.account, self.renewed)


@dataclass(frozen=True, slots=True)
class SessionUsed:
    """Note the use of a session."""

    key: str = field(repr=False)
    now: datetime

    def __call__(self, site: Any) -> None:
        """Keep it in *site*."""
        site.users.sessions.used(self.key, self.now)
