"""Identity from outside: who somebody is, said by a server in front, by a directory, or by a site's own code.

    @identify
    def by_badge(request):
        badge = request.headers.get("X-Badge")
        return Claim(BADGES[badge]) if badge in BADGES else None

    @authenticate
    def by_company(name, password):
        return Claim(name, title=...) if company.accepts(name, password) else None

`@identify` is asked with every request, before sessions; `@authenticate` at a sign-in, about a name that has
no password here. Both answer with a Claim; None is no opinion, and a Refusal is a no with its reason. A claim
is about a user of the site; somebody new becomes one, without any role, if `outside.new_users` says so. An id
that was removed here stays removed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace
from typing import Any

from objpub.configuration import Declaration
from objpub.configuration import note
from objpub.configuration import source_here
from objpub.errors import BadName
from objpub.errors import Invalid
from objpub.registry import Registry

from .accounts import check_user_id
from .audit import record
from .identity import Identity
from .identity import NO_IDENTITY
from .identity import Refusal
from .identity import SIGNED_IN

UNKNOWN = "Nobody on this site has that name."
LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody is, as something outside says.

    user_id: the user's id here. title, email: for somebody who is new. roles: held everywhere, as long as
    this sign-in lasts, besides those that the site gives.
    """

    user_id: str
    title: str = ""
    email: str = ""
    roles: frozenset[str] = frozenset()


Said = Claim | Refusal | None


class Sources:
    """The table of what is asked, by name, in the order of declaration."""

    def __init__(self) -> None:
        self._identifying: dict[str, Callable[[Any], Said]] = {}
        self._authenticating: dict[str, Callable[[str, str], Said]] = {}

    @property
    def identifying(self) -> tuple[Callable[[Any], Said], ...]:
        """What is asked with every request."""
        return tuple(self._identifying.values())

    @property
    def authenticating(self) -> tuple[Callable[[str, str], Said], ...]:
        """What is asked at a sign-in."""
        return tuple(self._authenticating.values())

    def put_identifying(self, function: Callable[[Any], Said]) -> None:
        """Ask *function* with every request."""
        self._identifying[function.__name__] = function

    def put_authenticating(self, function: Callable[[str, str], Said]) -> None:
        """Ask *function* at a sign-in."""
        self._authenticating[function.__name__] = function


def identify(function: Callable[[Any], Said]) -> Callable[[Any], Said]:
    """Declare that *function*, of a request, says who sends it: a Claim, a Refusal, or None."""

    def apply(registry: Registry) -> None:
        registry[Sources].put_identifying(function)

    key = ("identify", function.__name__)
    note(function, Declaration("identify", (key,), apply, source_here(), target=function))
    return function


def authenticate(function: Callable[[str, str], Said]) -> Callable[[str, str], Said]:
    """Declare that *function*, of a name and a password, says whose they are: a Claim, a Refusal, or None.

    It takes the same time whether the name is unknown or the password wrong, and refuses an empty one.
    """

    def apply(registry: Registry) -> None:
        registry[Sources].put_authenticating(function)

    key = ("authenticate", function.__name__)
    note(function, Declaration("authenticate", (key,), apply, source_here(), target=function))
    return function


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Make a user of somebody who came from outside for the first time."""

    claim: Claim

    def __call__(self, site: Any) -> None:
        """Keep it in *site*."""
        welcome(site.users, self.claim)


def identified(request: Any, said: Claim | Refusal) -> Identity:
    """Return whom *request* comes from, by what was *said* about it; a visitor with a refusal otherwise.

    Changes nothing: somebody new becomes a user by a record, after the answer.
    """
    if isinstance(said, Refusal):
        return replace(NO_IDENTITY, refusal=said)
    users = request.site.users
    settings = getattr(request, "settings", None)
    name = known_name(users, said, settings is None or settings.outside.new_users)
    if name is None:
        return replace(NO_IDENTITY, refusal=Refusal(UNKNOWN))
    return replace(as_claimed(users, replace(said, user_id=name)), ambient=True)


def as_claimed(users: Any, claim: Claim) -> Identity:
    """Return the identity that *claim*, about a known name, gives. Changes nothing."""
    name = claim.user_id
    found = users.identity(name)
    if found is None:
        found = Identity(name, claim.title[:LONGEST_TITLE] or name, SIGNED_IN, frozenset({f"user:{name}"}))
        found = replace(found, records=(Newcomer(claim),))
    return replace(found, roles=found.roles | claim.roles)


def known_name(users: Any, claim: Claim, new_users: bool) -> str | None:
    """Return the id that *claim* means here: of a user, or of somebody who may become one; else None."""
    try:
        name = check_user_id(claim.user_id)
    except BadName:
        return None
    if users is None:
        return None
    if users.is_taken(name):
        return name if users.identity(name) is not None else None
    return name if new_users else None


def welcome(users: Any, claim: Claim) -> None:
    """Make a user of whom *claim* is about, unless there is or was one. What it says amiss is left out."""
    if users.is_taken(claim.user_id):
        return
    title = "".join(each for each in claim.title if each.isprintable())[:LONGEST_TITLE]
    for name, email in ((title, claim.email), (title, ""), ("", "")):
        try:
            user = users.add(claim.user_id, None, (), name, email)
        except Invalid:
            continue
        principal = f"user:{user.__name__}"
        title = users.title_of_principal(principal)
        words = f"Added the user “{title}” ({user.__name__}), who came from outside"
        record(users, NO_IDENTITY, "user.add", words, path=principal, title=title, way="outside")
        return
