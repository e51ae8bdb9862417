"""What somebody may see of what was found, decided by the places where something is set.

A resource has the rights of the nearest place above it at which grants, permissions or cuts are set, and of
its nearest owner, and those that the state of the nearest resource with a workflow allows besides. So the
answer is found once for each such place and state, not for each resource. Where a rule has a say, and for a
token that is for a part of the site, each resource is asked.
"""

from collections.abc import Iterable
from typing import Any

from objpub.database import site_of
from objpub.security import cuts_of
from objpub.security import Identity
from objpub.security import Policy
from objpub.security import standing_at

from .declarations import Indexes
from .identifiers import id_of
from .identifiers import NOWHERE
from .identifiers import resource_of
from .reading import Reading

OWNER = frozenset({"owner"})
NOTHING: dict[str, frozenset[str]] = {}
MANAGER = "manager"
GRANTS = "grants"
PERMISSIONS = "permissions"

#: The place of what hangs on nothing that leads to the site, as where a class is missing.
LOST = -1

#: The roles that a state leaves a permission to; None where no state says something of it.
Limit = frozenset[str] | None

YES, NO, FOR_OWNER = "yes", "no", "for its owner"


class Sight:
    """What *identity* may do *permission* at, of the resources of one catalog, in one transaction."""

    def __init__(
        self, catalog: Reading, connection: Any, identity: Identity, permission: str = "view"
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
        self._answers: dict[Any, str] = {}  # by place, and state
        self._limits: dict[str, Limit] = {}  # by what the catalog keeps of a state
        self._limited: dict[int, Limit] = {NOWHERE: None}
        self._lost: list[Any] = []
        self._asked: list[Any] = []
        indexes = self._indexes = registry[Indexes]
        self._has_states = indexes.has_states and not self._manages
        self._must_ask = self._has_states and not catalog.is_ready(indexes)  # states may be missing still
        if connection.db().mounted_at:
            self._look_above()
        for dotted in catalog.kinds:
            kind = indexes.kind_called(dotted)
            if kind is None:
                ids = catalog.kinds[dotted]
                if ids and (found := resource_of(connection, ids.minKey())) is not None:
                    kind = type(found)
            if kind is None:
                self._lost.append(ids)
            elif not self._manages and self.policy.asks_rules(permission, kind):
                self._asked.append(catalog.kinds[dotted])

    def _look_above(self) -> None:
        """Let what holds where the database is mounted come down into it: the owner and the state there."""
        folder = site_of(self.connection).__parent__
        connection = None if folder is None else folder._p_jar
        catalog = None if connection is None else site_of(connection).catalog
        if catalog is None:  # nobody knows what is above
            self._homes[NOWHERE] = LOST
            return
        above = Sight(catalog.reading(), connection, self.identity, self.permission)
        number = id_of(folder)
        self._homes[NOWHERE] = LOST if above.home(number) == LOST else NOWHERE
        self._owners[NOWHERE] = above.owner(number)
        self._limited[NOWHERE] = above.limit(number) if self._has_states else None
        self._must_ask = self._must_ask or above._must_ask

    @property
    def asks_each(self) -> bool:
        """Are there resources of which each has to be asked, and loaded for it?"""
        return bool(self._asked) or self._must_ask or self.identity.scope is not None

    def of(self, numbers: Iterable[int]) -> list[int]:
        """Return those of *numbers* that are seen, in their order."""
        scope = self.identity.scope
        if scope is not None or self._must_ask:
            return [number for number in numbers if self.is_allowed(number)]
        found = self._by_states(numbers) if self._has_states else self._by_places(numbers)
        for ids in self._lost:
            found = [number for number in found if number not in ids]
        for ids in self._asked:
            found = [number for number in found if number not in ids or self.is_allowed(number)]
        return found

    def _by_places(self, numbers: Iterable[int]) -> list[int]:
        """Return those of *numbers* that places and owners allow."""
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
        return found

    def _by_states(self, numbers: Iterable[int]) -> list[int]:
        """Return those of *numbers* that places, owners and states allow."""
        places, homes, answers = self.catalog.places, self._homes, self._answers
        parents, states, limits = self.catalog.parents, self.catalog.states, self._limits
        limited = self._limited
        found = []
        for number in numbers:
            parent = parents.get(number)
            if number in places or parent is None or parent not in homes:
                home = self.home(number)
            else:
                home = homes[parent]
            key = states.get(number)
            if key in limits:
                limit = limits[key]
            elif key is None and number not in places and parent in limited:
                limit = limited[parent]
            else:
                limit = self.limit(number)
            answer = answers.get((home, limit))
            if answer is None:
                answer = answers[home, limit] = self.answer_at(home, limit)
            if answer is YES or (answer is FOR_OWNER and self.owner(number) == self.identity.user_id):
                found.append(number)
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

    def limit(self, number: int) -> Limit:
        """Return the roles that the state of *number* leaves the permission to, or that of the nearest above.

        A cut of permissions keeps away what comes from above it.
        """
        catalog, known = self.catalog, self._limited
        states = catalog.states
        way = []
        step = number
        while step not in known:
            way.append(step)
            step = catalog.parents.get(step, NOWHERE)
        found = known[step]
        for each in reversed(way):
            if found is not None and each in catalog.places and self.cuts(each, PERMISSIONS):
                found = None
            key = states.get(each)
            if key is not None and (own := self.limit_in(key)) is not None:
                found = own
            known[each] = found
        return found

    def limit_in(self, key: str) -> Limit:
        """Return the roles that have the permission in the state that *key* tells of, see `state_key`."""
        dotted, _, state = key.rpartition(":")
        workflow = getattr(self._indexes.kind_called(dotted), "_workflow", None)
        found: Limit = None if workflow is None else workflow.roles_in(state).get(self.permission)
        if found is not None:
            self._limits[key] = found
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
            elif each in catalog.places and self.cuts(each, GRANTS):
                found = None
            known[each] = found
        return found

    def cuts(self, place: int, what: str) -> bool:
        """Does nothing of *what*, "grants" or "permissions", come down to *place* from above?"""
        resource = resource_of(self.connection, place)
        return resource is None or what in cuts_of(resource)

    def answer_at(self, home: int, limit: Limit = None) -> str:
        """Return whether what has its nearest place at *home* is seen: YES, NO or FOR_OWNER.

        limit: the roles that its state leaves the permission to.
        """
        identity = self.identity
        if home == LOST:
            return NO
        if self._manages:
            return YES
        place = None if home == NOWHERE else resource_of(self.connection, home)
        if place is None and home != NOWHERE:
            return NO
        roles, wanted = self.conditions(place, limit)
        if MANAGER in roles or not any(roles.isdisjoint(each) for each in wanted):
            return YES
        owning = roles | OWNER
        if identity.user_id is None or any(owning.isdisjoint(each) for each in wanted):
            return NO
        return FOR_OWNER

    def conditions(self, place: Any, limit: Limit) -> tuple[frozenset[str], list[frozenset[str]]]:
        """Return the roles at *place* of the one who asks, except the owner's, and what it takes one of each.

        place: None for where nothing is set. limit: the roles that a state leaves the permission to.
        """
        wanted = [] if limit is None else [limit]
        if place is None:
            return self.identity.roles, wanted or [self._default]
        standing = standing_at(self.identity, place)
        if limit is None or standing.closed or self.permission in standing.overrides:
            overrides = standing._replace(stated=NOTHING)  # what is below may be in another state
            wanted.append(overrides.holders(self.permission, self._default))
        return self.identity.roles | standing.granted, wanted
