"""Slows down whoever guesses passwords, by account and by address, and never locks the owner out for good.

Each wrong password counts for the account and for the address it came from. The first few cost nothing;
after them there is a wait, which doubles with each further one up to a limit. While it lasts, no password
is looked at. A count is forgotten some hours after its last wrong password.

An attacker can keep an account waiting, but not its owner: where somebody signed in before, an address
or a browser that carries the mark it was given then, has a count of its own for this account, and the
others' do not matter there. Sessions that exist go on in any case, and the command line can set passwords.

The counts are kept in the database and so survive a restart. Names and addresses are kept as hashes:
people type passwords where names belong.
"""

import hashlib
import ipaddress
import math
import secrets
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from itertools import islice
from typing import Any

from BTrees.OOBTree import OOBTree
from persistent import Persistent

KNOWN_PLACES = 20  # addresses and browsers remembered for each account
KNOWN_FOR = timedelta(days=180)
SWEPT_AT_ONCE = 20  # old counts looked at for each new one, so that their number stays bounded


@dataclass(frozen=True, slots=True)
class BackOff:
    """How fast the waits grow. free: wrong passwords without a wait. Times in seconds."""

    free: int
    first: float = 1.0
    longest: float = 900.0
    forgotten: float = 6 * 3600.0

    def wait(self, failures: int) -> float:
        """Return the wait after so many wrong passwords."""
        beyond = failures - self.free
        return min(self.longest, self.first * 2.0 ** min(beyond, 60)) if beyond >= 0 else 0.0


@dataclass(frozen=True, slots=True)
class ThrottleRules:
    """Limits for one account, for one account from a known place, and for one address."""

    account: BackOff = BackOff(free=5)
    known: BackOff = BackOff(free=10)
    address: BackOff = BackOff(free=30)


class Throttle(Persistent):
    """The counts and the known places of a site."""

    def __init__(self) -> None:
        self._counts: Any = OOBTree()  # key → (failures, time of the last one as a timestamp)
        self._known: Any = OOBTree()  # key of an account → ((key of a place, timestamp), ...), newest last

    def wait(self, account: str, places: "Places", now: datetime, rules: ThrottleRules) -> int:
        """Return the seconds until a password for *account* will be looked at; 0: now. Changes nothing."""
        waits = [self._left(key, back_off, now) for key, back_off in self._keys(account, places, now, rules)]
        return math.ceil(max(waits))

    def free(self, account: str, places: "Places", now: datetime, rules: ThrottleRules) -> dict[str, int]:
        """Return, by count, how many tries may be underway: what is left of the free ones, at least one."""
        return {
            key: max(1, back_off.free - self._failures(key, back_off, now)[0])
            for key, back_off in self._keys(account, places, now, rules)
        }

    def knows(self, account: str, places: "Places", now: datetime) -> bool:
        """Was *account* signed in to from one of *places*?"""
        return bool(self._known_place(account, places, now))

    def failed(self, account: str, places: "Places", now: datetime, rules: ThrottleRules) -> None:
        """Count a wrong password, of whatever unknown or known *account*."""
        for key, back_off in self._keys(account, places, now, rules):
            self._counts[key] = (self._failures(key, back_off, now)[0] + 1, now.timestamp())
        self._sweep(now, rules)

    def succeeded(self, account: str, places: "Places", now: datetime) -> None:
        """Forget the wrong passwords for *account* from here, and remember *places* as known.

        From a known place only its own count: the one that slows down strangers goes on.
        """
        key = key_of("account", account)
        place = self._known_place(account, places, now)
        self._counts.pop(key_of("known", account, place) if place else key, None)
        oldest = (now - KNOWN_FOR).timestamp()
        before = self._known.get(key, ())
        kept = [each for each in before if each[0] not in places.keys and each[1] > oldest]
        kept += [(place, now.timestamp()) for place in places.keys]
        self._known[key] = tuple(kept[-KNOWN_PLACES:])

    def is_quiet(self, account: str, places: "Places", now: datetime) -> bool:
        """Is there nothing to note when somebody signs in to *account* from *places* once more?"""
        place = self._known_place(account, places, now)
        return bool(place) and key_of("known", account, place) not in self._counts

    def knows_mark(self, account: str, mark: str, now: datetime) -> bool:
        """Was *mark* given to a browser that signed in to *account*?"""
        key = key_of("mark", mark)
        return bool(mark) and self._known_place(account, Places("", (key,)), now) == key

    def forget(self, account: str) -> None:
        """Forget the counts and known places of *account*: when its password is set, or it goes."""
        key = key_of("account", account)
        for place, _ in self._known.pop(key, ()):
            self._counts.pop(key_of("known", account, place), None)
        self._counts.pop(key, None)

    def _known_place(self, account: str, places: "Places", now: datetime) -> str:
        oldest = (now - KNOWN_FOR).timestamp()
        known = {place for place, used in self._known.get(key_of("account", account), ()) if used > oldest}
        return next((place for place in places.keys if place in known), "")

    def _keys(
        self, account: str, places: "Places", now: datetime, rules: ThrottleRules
    ) -> list[tuple[str, BackOff]]:
        """Return which counts matter. A known place has one of its own, so that no other can block it."""
        place = self._known_place(account, places, now)
        if place:
            return [(key_of("known", account, place), rules.known)]
        return [(key_of("account", account), rules.account), (places.address, rules.address)]

    def _left(self, key: str, back_off: BackOff, now: datetime) -> float:
        failures, gone = self._failures(key, back_off, now)
        return max(0.0, back_off.wait(failures) - max(0.0, gone))

    def _failures(self, key: str, back_off: BackOff, now: datetime) -> tuple[int, float]:
        """Return what is counted under *key*, and the seconds since the last; a clock may go back."""
        failures, last = self._counts.get(key, (0, 0.0))
        gone = now.timestamp() - last
        return (failures, gone) if -back_off.longest <= gone <= back_off.forgotten else (0, 0.0)

    def _sweep(self, now: datetime, rules: ThrottleRules) -> None:
        """Drop some counts that are forgotten anyway, from anywhere among the hashes."""
        longest = max(rules.account.forgotten, rules.known.forgotten, rules.address.forgotten)
        oldest = now.timestamp() - longest
        some = list(islice(self._counts.items(min=secrets.token_hex(20)), SWEPT_AT_ONCE))
        for key in [key for key, (_, last) in some if last < oldest]:
            del self._counts[key]

    def __len__(self) -> int:
        return len(self._counts)


@dataclass(frozen=True, slots=True)
class Places:
    """Where a try to sign in comes from.

    address: the key of its address. keys: those that may be known, the mark before the address, which
    others may share.
    """

    address: str
    keys: tuple[str, ...]


def places_of(address: str, mark: str = "") -> Places:
    """Return the places of a try: from *address*, by a browser that carries *mark* (or none)."""
    here = key_of("address", network_of(address))
    return Places(here, (key_of("mark", mark), here) if mark else (here,))


def network_of(address: str) -> str:
    """Return what counts as one address: all of IPv4, the first half of IPv6, which is one household."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:100]
    mapped = getattr(parsed, "ipv4_mapped", None)
    if parsed.version == 4 or mapped:
        return str(mapped or parsed)
    return str(ipaddress.ip_network((int(parsed), 64), strict=False).network_address)


def key_of(*parts: str) -> str:
    """Return a key that does not show what it is made of."""
    text = "\0".join(parts).encode("utf-8", "replace")
    return hashlib.blake2b(text, digest_size=20).hexdigest()
