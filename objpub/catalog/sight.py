"""What somebody may see of what was found, decided by the places where something is set.

A resource has the rights of the nearest place above it at which grants, permissions or cuts are set, and of
its nearest owner. So the answer is found once for each such place, not for each resource. Where a rule has a
say, and for a token that is for a part of the site, each resource is asked.
"""

from collections.abc import Iterable
from typing import Any

from objpub.content import Content
from objpub.security import cuts_of
from objpub.security import Identity
from objpub.security import Policy
from objpub.security import standing_at

from .catalog import Catalog
from .declarations import Indexes
from .identifiers import NOWHERE
from .identifiers import resource_of

OWNER = frozenset({"owner"})
MANAGER = "manager"
GRANTS = "grants"

#: The place of what hangs on nothing that leads to the site, as where a class is missing.
LOST = -1

YES, NO, FOR_OWNER = "yes", "no", "for its owner"


class Sight:
    """What *identity* may do *permission* at, of the resources of one catalog, in one transaction."""

    def __init__(
        self, catalog: Catalog, connection: Any, identity: Identity, permission: str = "view"
    ) -> None:
        registry = connection.db().registry
        self.catalog = catalog
        self.connection = connection
        self.identity = identity
        self.permission = permission
        self.policy: Policy = registry[Policy]
        self._default = self.policy.default_holders(permission)
        self._manages = MANAGER in identity.roles
        self._homes: dict[int, int] = {NOWHERE: NOWHERE}
        self._owners: dict[int, str | None] = {NOWHERE: None}
        self._answers: dict[int, str] = {LOST: NO}
        self._lost: list[Any] = []
        self._asked: list[Any] = []
        indexes = registry[Indexes]
        for dotted, ids in catalog.kinds.items():
            kind = indexes.kind_called(dotted)
            if kind is None and ids and (found := resource_of(connection, ids.minKey())) is not None:
                kind = type(found)
            if kind is None:
                self._lost.append(ids)
            elif not self._manages and self.policy.asks_rules(permission, kind):
                self._asked.append(ids)

    def of(self, numbers: Iterable[int]) -> list[int]:
        """Return those of *numbers* that are seen, in their order."""
        scope = self.identity.scope
        if scope is not None:
            return [number for number in numbers if self.is_allowed(number)]
        places, homes, answers = self.catalog.places, self._homes, self._answers
        parents = self.catalog.parents
        found = []
        for number in numbers:
            parent = parents.get(number)
            if number in places or parent is None or parent not in homes:
                home = self.home(number)
            else:
                home = homes[parent]
            answer = answers.get(home)
            if answer is None:
                answer = answers[home] = self.answer_at(home)
            if answer is YES or (answer is FOR_OWNER and self.owner(number) == self.identity.user_id):
                found.append(number)
        for ids in self._lost:
            found = [number for number in found if number not in ids]
        for ids in self._asked:
            found = [number for number in found if number not in ids or self.is_allowed(number)]
        return found

    def sees(self, number: int) -> bool:
        """Is the resource *number* seen?"""
        return bool(self.of((number,)))

    def is_allowed(self, number: int) -> bool:
        """Ask the policy about the resource *number* itself."""
        resource = resource_of(self.connection, number)
        if resource is None or self.home(number) == LOST:
            return False
        return bool(self.policy.can(self.identity, self.permission, resource))

    def home(self, number: int) -> int:
        """Return the id of the nearest place of *number*; NOWHERE for none, LOST for what is in no site."""
        places, parents, homes = self.catalog.places, self.catalog.parents, self._homes
        way = []
        step: int | None = number
        while True:
            if step is None or any(step in ids for ids in self._lost):
                found = LOST
                break
            if step in homes:
                found = homes[step]
                break
            way.append(step)
            step = parents.get(step)
        for each in reversed(way):
            if found != LOST and each in places:
                found = each
            homes[each] = found
        return found

    def owner(self, number: int) -> str | None:
        """Return who owns the resource *number*: the nearest owner, unless a cut of grants comes first."""
        catalog, known = self.catalog, self._owners
        way = []
        step = number
        while step not in known:
            way.append(step)
            step = catalog.parents.get(step, NOWHERE)
        found = known[step]
        for each in reversed(way):
            own = catalog.owners.get(each)
            if own is not None:
                found = own
            elif each in catalog.places and self.cuts_grants(each):
                found = None
            known[each] = found
        return found

    def cuts_grants(self, place: int) -> bool:
        """Does nothing of the grants from above come down to *place*?"""
        resource = resource_of(self.connection, place)
        return resource is None or GRANTS in cuts_of(resource)

    def answer_at(self, home: int) -> str:
        """Return whether what has its nearest place at *home* is seen: YES, NO or FOR_OWNER."""
        identity = self.identity
        if self._manages:
            return YES
        if home == NOWHERE:
            roles, holders = identity.roles, self._default
        else:
            place: Content | None = resource_of(self.connection, home)
            if place is None:
                return NO
            standing = standing_at(identity, place)
            roles = identity.roles | standing.granted
            holders = standing.holders(self.permission, self._default)
        if MANAGER in roles or not roles.isdisjoint(holders):
            return YES
        return FOR_OWNER if identity.user_id is not None and "owner" in holders else NO
