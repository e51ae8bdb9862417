"""The audit record: who signed in or tried to, who gave what to whom, who took what away.

    record(site, identity, "grant", "Set the roles of “Ann” in “News”: editor", path="/news", title="News")
    for cursor, entry in entries_of(site):
        print(entry.when, entry.who, entry.sentence)

Nothing in it changes. It is written in the transaction of what it tells about, so that there is not one
without the other; what is refused, such as a wrong password, is written in a transaction of its own after
the answer. It lies apart from the site (`objpub.database.apart`): no URL leads to it, undo does not meet it,
and a pack keeps it.

What somebody types as a name or a password is never written: only the id of a user that there is.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from datetime import timedelta
from datetime import UTC
from typing import Any

from objpub.database import connection_of
from objpub.database import keep_apart
from objpub.database import kept_apart
from objpub.database import registry_of
from objpub.events import on
from objpub.events import SiteCreated
from objpub.lineage import top

from .identity import Identity
from .identity import SYSTEM
from .trail import Trail

NAME = "audit"  # beside the site, in the root mapping
DONE = "done"
REFUSED = "refused"
THROTTLED = "throttled"
OUTCOMES = {DONE: "done", REFUSED: "refused", THROTTLED: "had to wait"}

#: What is said of a refusal where no name was typed, by the way that was tried.
UNKNOWN = {
    "token": "A token that is not valid, or not any more",
    "outside": "Somebody whom what says who somebody is did not let in",
}

#: What can have happened: a word that stays the same, and what people call it.
WORDS = {
    "sign-in": "Sign-in",
    "sign-out": "Sign-out",
    "session.end": "Sessions ended",
    "view-as.begin": "Site seen as somebody else",
    "view-as.end": "Site seen as oneself again",
    "user.add": "User added",
    "user.edit": "User edited",
    "user.remove": "User removed",
    "group.add": "Group added",
    "group.edit": "Group edited",
    "group.remove": "Group removed",
    "role.add": "Role made",
    "role.remove": "Role removed",
    "roles": "Roles everywhere",
    "groups": "Membership of groups",
    "password.set": "Password set",
    "password.link": "Link for a password",
    "token.make": "Token made",
    "token.revoke": "Token revoked",
    "grant": "Roles at a place",
    "permission": "Permissions at a place",
    "cut": "Inheritance cut",
    "refused": "Change refused",
    "transition": "State changed",
    "delete": "Deleted",
    "restore": "Restored",
    "purge": "Deleted for good",
    "backup": "Backup",
    "pack": "Pack",
    "reindex": "Indexes built again",
    "record.export": "Record exported",
    "errors.remove": "Errors removed",
    "audit.export": "Audit exported",
    "audit.remove": "Audit shortened",
}

LENGTHS = {"who": 200, "way": 120, "address": 100, "path": 1_000, "title": 200, "sentence": 600}


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that happened.

    when: in UTC. who: the id of the user, "" where nobody is known. way: how that was known: "session",
    "password" (sent with the request), "token “…”", "outside", "link", "system" (the command line), or ""
    for a visitor. address: where the request came from, "" for none. what: one of `WORDS`, or a word of
    the site. outcome: "done", "refused" or "throttled". path, title: of what it was done to, as they were
    then; of a user "user:ann", and the name. sentence: for people.
    """

    when: datetime
    who: str
    way: str
    address: str
    what: str
    outcome: str
    path: str
    title: str
    sentence: str


class AuditRules:
    """How long entries are kept. days, entries: the oldest beyond them go; 0 for no limit."""

    def __init__(self) -> None:
        self.days = 400
        self.entries = 1_000_000


def record(
    place: Any,
    identity: Identity,
    what: str,
    sentence: str,
    *,
    path: str = "",
    title: str = "",
    outcome: str = DONE,
    way: str | None = None,
    now: datetime | None = None,
) -> None:
    """Write an entry to the audit record of the database that *place* is in; in a loose tree: nothing.

    what: one of `WORDS`, or a word of the site's own. way: how it is known who it is; None: as *identity*
    says. now: default the clock's. The other arguments are those of `AuditEntry`.
    """
    connection = connection_of(top(place))  # what is mounted has no record of its own
    if connection is None:
        return
    moment = now or datetime.now(UTC)
    trail = kept_apart(connection, NAME)
    if trail is None:
        trail = Trail()
        keep_apart(connection, NAME, trail)
    tidy(trail, place, moment)
    way = way_of(identity) if way is None else way
    trail.append(
        moment,
        stored(moment, identity.user_id or "", way, identity.address, what, outcome, path, title, sentence),
    )


def stored(moment: datetime, *texts: str) -> tuple[Any, ...]:
    """Return what is kept of an entry: its moment in microseconds since 1970, and texts of bounded length."""
    micros = round(moment.timestamp() * 1_000_000)
    names = list(AuditEntry.__dataclass_fields__)[1:]
    return micros, *(one_line(text)[: LENGTHS.get(name, 40)] for name, text in zip(names, texts, strict=True))


def tidy(trail: Trail, place: Any, now: datetime) -> None:
    """Once a day, remove what is too old or too much, and write that down too."""
    day = now.astimezone(UTC).date()
    if trail.tidied >= day.isoformat():
        return
    registry = registry_of(place)
    rules = AuditRules() if registry is None else registry[AuditRules]
    count, more = trail.remove_old(now, rules.days, rules.entries)
    if not more:
        trail.tidied_on(day)
    if count:
        limits = [f"{rules.days:,} days"] if rules.days else []
        limits += [f"about {rules.entries:,} entries"] if rules.entries else []
        words = f"Removed the oldest entries, {count:,} of them: the record keeps {' and '.join(limits)}"
        trail.append(now, stored(now, "", way_of(SYSTEM), "", "audit.remove", DONE, "", "", words))


def entries_of(
    site: Any, cursor: str = "", since: datetime | None = None
) -> Iterator[tuple[str, AuditEntry]]:
    """Yield (cursor, entry) of the audit record, the latest first.

    cursor: of the entry before the first that is wanted; "" for all. since: nothing older.
    """
    trail = kept_apart(connection_of(site), NAME)
    if trail is None:
        return
    for place, (micros, *texts) in trail.latest_first(cursor, since):
        when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
        if since is None or when >= since:
            yield place, AuditEntry(when, *texts[:8])


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted; "" is any.

    who: who did it, or to whom it was done, by id. what: a word, or the beginning of some, as "user". where:
    a path, with all below it, or the beginning of an address. outcome: as in the entry.
    """

    who: str = ""
    what: str = ""
    where: str = ""
    outcome: str = ""

    def fits(self, entry: AuditEntry) -> bool:
        """Is *entry* wanted?"""
        who, what, where = self.who.casefold(), self.what, self.where
        folder = where if where.endswith("/") else f"{where}/"
        return (
            (not who or who in (entry.who, entry.path.removeprefix("user:")))
            and (not what or entry.what == what or entry.what.startswith(f"{what}."))
            and (not self.outcome or entry.outcome == self.outcome)
            and (not where or entry.address.startswith(where) or f"{entry.path}/".startswith(folder))
        )


def way_of(identity: Identity) -> str:
    """Return how it is known who *identity* is."""
    if identity.scope is not None:
        return f"token “{identity.scope.title}”"
    if identity.session is not None:
        return "session"
    if identity.ambient:
        return "outside"
    if identity.user_id is not None:
        return "password"
    return "system" if identity.authenticated else ""


def one_line(text: str) -> str:
    """Return *text* without line breaks and control characters."""
    return "".join(each if each.isprintable() else " " for each in text)


class Seldom:
    """Says when something that can come very often is worth an entry: once in a while, for each key.

    So nobody fills a disk by trying. seconds: between two for a key. most: for all keys in a minute. It
    remembers in the memory of this process only.
    """

    known_keys = 10_000

    def __init__(self, seconds: float, most: int = 60):
        self.seconds = seconds
        self.most = most
        self._known: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._minute = (0, 0)
        self._lock = threading.Lock()

    def due(self, key: str, now: datetime) -> int | None:
        """Return how many came with *key* since it was worth an entry last; None while it is not again."""
        moment = now.timestamp()
        with self._lock:
            last, untold = self._known.pop(key, (0.0, 0))
            minute = int(moment // 60)
            used = self._minute[1] if self._minute[0] == minute else 0
            worth = not 0 <= moment - last < self.seconds and used < self.most
            self._known[key] = (moment, 0) if worth else (last, untold + 1)
            if len(self._known) > self.known_keys:
                self._known.popitem(last=False)
            if worth:
                self._minute = (minute, used + 1)
        return untold if worth else None


@dataclass(frozen=True, slots=True)
class SignInTold:
    """Write a try to sign in, for a transaction after the answer. account: what was typed, used only where
    it is the id of a user. more: how many others like it were not written.
    """

    account: str = field(repr=False)
    address: str
    way: str
    outcome: str
    now: datetime
    more: int = 0

    def __call__(self, site: Any) -> None:
        """Write it to the record of *site*."""
        tell_sign_in(site, self.account, self.address, self.way, self.outcome, self.now, self.more)


@dataclass(frozen=True, slots=True)
class RefusalTold:
    """Write that somebody was refused a change, for a transaction after the answer.

    path: of the request; what it brought is not written. more: how many others of his were not written.
    """

    identity: Identity = field(repr=False)
    method: str
    path: str
    now: datetime
    more: int = 0

    def __call__(self, site: Any) -> None:
        """Write it to the record of *site*."""
        words = f"Refused: {self.method} {self.path}"
        words += f"; and {self.more:,} more of the same person before" if self.more else ""
        record(site, self.identity, "refused", words, path=self.path, outcome=REFUSED, now=self.now)


def tell_sign_in(
    site: Any, account: str, address: str, way: str, outcome: str, now: datetime, more: int = 0
) -> None:
    """Write a sign-in, or a try, to the record of *site*; the arguments are those of `SignInTold`."""
    users = site.users
    there = users is not None and users.get(account) is not None
    title = users.title_of_principal(f"user:{account}") if there else ""
    whose = f"“{title}” ({account})" if there else "a name that no user has"
    words = {
        DONE: f"{whose} signed in",
        REFUSED: f"Wrong password for {whose}" if there else f"Sign-in refused, with {whose}",
        THROTTLED: f"Sign-in for {whose} has to wait, after too many wrong passwords",
    }[outcome]
    words = words if outcome == DONE else UNKNOWN.get(way, words)
    words += f"; and {more:,} more like this before" if more else ""
    identity = Identity(account if there and outcome == DONE else None, "", address=address)
    path = f"user:{account}" if there else ""
    record(site, identity, "sign-in", words, path=path, title=title, outcome=outcome, way=way, now=now)


@on(SiteCreated)
def begin(event: SiteCreated) -> None:
    """Begin the record of a new site, so that the first two who write do not both begin one."""
    connection = connection_of(top(event.resource))
    if connection is not None and kept_apart(connection, NAME) is None:
        keep_apart(connection, NAME, Trail())
