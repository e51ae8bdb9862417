"""What somebody is at a place, and who may what there: found by one walk up, and remembered.

The connection of a place has a `memory`: it forgets everything when anything in it is about to change, at
a rollback and with each transaction. Kept there is only what comes from objects that have not changed since
they were stored; the next change of such an object is announced before it happens. So a second question
about a place is two lookups, and never answered by what held before. What holds for visitors, who are all
the same, is kept until something is committed, whoever does it.
"""

from collections.abc import Collection
from collections.abc import Mapping
from typing import Any
from typing import NamedTuple

from persistent import Persistent

from objpub.content import BrokenResource
from objpub.lineage import lineage

from .identity import ANYBODY
from .identity import Identity
from .identity import NO_IDENTITY
from .places import GRANTS
from .places import is_place
from .places import NOTHING
from .places import ONLY_MANAGERS
from .places import PERMISSIONS
from .places import roles_by_state

NOBODY: frozenset[str] = frozenset()
OWNER = frozenset({"owner"})
MOST_PLACES = 10_000  # remembered at a time for one identity
MOST_LASTING = 1_000  # for visitors, over several transactions
MOST_IDENTITIES = 100


class Standing(NamedTuple):
    """What holds at a place for one identity.

    roles: all that it has there, those held everywhere among them. granted: those by grants.
    owns: is the nearest owner the one who asks? overrides: permission → roles, as set there or further up.
    closed: what is not among the overrides is for managers only, as a class on the way up is missing.
    stated: permission → roles, by the state of the resource or the nearest further up that says something.
    """

    roles: frozenset[str]
    granted: frozenset[str] = NOBODY
    owns: bool = False
    overrides: Mapping[str, frozenset[str]] = NOTHING
    closed: bool = False
    stated: Mapping[str, frozenset[str]] = NOTHING

    def holders(self, name: str, default: frozenset[str]) -> frozenset[str]:
        """Return the roles that have the permission *name* here; *default*: where no place says otherwise.

        Where a place does, and a state too, it takes a role of each: see `is_barred`.
        """
        found = self.overrides.get(name)
        if found is None:
            return ONLY_MANAGERS if self.closed else self.stated.get(name, default)
        return found

    def is_barred(self, name: str, roles: Collection[str]) -> bool:
        """Does a state keep the permission *name* from all of *roles*?"""
        found = self.stated.get(name)
        return found is not None and found.isdisjoint(roles)


#: What holds for a visitor where nothing is set: made once, as most pages are asked for by visitors.
VISITING = Standing(ANYBODY)


class Memory:
    """What one identity has at places, as long as it can be relied on; see above.

    places: by the id of a place, what holds there, and the place itself, so that its id stays its own.
    """

    __slots__ = ("identity", "places", "shared")

    def __init__(self, identity: Identity, shared: Any) -> None:
        self.identity = identity  # kept too
        self.shared = shared  # by its connection, and by those to databases that are mounted there
        self.places: dict[int, tuple[Standing, Any]] = {}

    def learn(self, place: Any, connection: Any) -> Standing:
        """Return what holds at *place*, by a walk up, and keep it if that is possible."""
        found = walk(self.identity, place, self.places)
        if connection.is_changed:
            steady = all(self.is_steady(step) for step in lineage(place))
        else:
            steady = self.is_steady(place)  # and so is all that it hangs on
        if steady:
            if len(self.places) >= (MOST_LASTING if self.identity is NO_IDENTITY else MOST_PLACES):
                self.places.clear()
            self.places[id(place)] = found, place
        return found

    def is_steady(self, step: Any) -> bool:
        """Will the connection be told before *step* changes? Not if it has changed already, or is new."""
        connection = getattr(step, "_p_jar", None)
        return connection is not None and step._p_changed is False and connection.memory is self.shared


def standing_at(identity: Identity, context: Any) -> Standing:
    """Return what holds at *context* for *identity*. At what is no place that is what holds above it."""
    try:
        connection = context._p_jar
    except AttributeError:
        if context is None or is_place(context) or isinstance(context, BrokenResource):
            return walk(identity, context)
        return standing_at(identity, getattr(context, "__parent__", None))
    if connection is None:
        return walk(identity, context)
    memories = connection.memory
    if identity.roles is ANYBODY and identity.user_id is None and not identity.principals:
        identity, memories = NO_IDENTITY, connection.lasting  # visitors are all the same
    memory = memories.get(id(identity))
    if memory is None:
        if len(memories) >= MOST_IDENTITIES:
            memories.clear()
        memory = memories[id(identity)] = Memory(identity, connection.memory)
    known: tuple[Standing, Any] | None = memory.places.get(id(context))
    if known is not None:
        return known[0]
    if memory.places or connection.is_changed:  # more than one place is asked about, or one more than once
        above = getattr(context, "__parent__", None)
        if above is not None and id(above) not in memory.places:
            memory.learn(above, connection)  # what is beside it will be asked for too, as in a list
    found: Standing = memory.learn(context, connection)
    return found


def holders_at(name: str, context: Any, default: frozenset[str]) -> frozenset[str]:
    """Return the roles that have the permission *name* at *context*.

    The nearest place that says something decides; where none does, or a cut comes first, *default*.
    What is stored but cannot say what is set at it, as its class is missing, is open to managers only.
    """
    return standing_at(NO_IDENTITY, context).holders(name, default)


def walk(identity: Identity, step: Any, known: Mapping[int, tuple[Standing, Any]] | None = None) -> Standing:
    """Return what holds at *step*. known: the places of a `Memory`, where the walk may end."""
    principals = identity.principals
    granted, owner, overrides, stated = NOBODY, None, NOTHING, NOTHING
    base = None
    while step is not None:
        try:
            own = step._permissions
            workflow = type(step)._workflow  # found faster than at the step
            cut = step._cut
            grants = step._grants
            above = step.__parent__
            if owner is None:
                owner = step._owner  # the nearest: what has none is his too
        except AttributeError as error:
            base = _past_stranger(identity, step, error)
            break
        if grants:
            for each in principals:
                if each in grants:
                    granted |= grants[each]
        if own or workflow is not None:
            overrides = {**(own or NOTHING), **overrides}
            stated = {**roles_by_state(step), **stated}
        if cut:
            base = _past_cut(walk(identity, above, known), cut, identity)
            break
        if known and id(above) in known:
            base = known[id(above)][0]
            break
        step = above
    found = _with(base, identity, granted, owner, overrides)
    return found._replace(stated={**found.stated, **stated}) if stated else found


def _with(
    above: Standing | None,
    identity: Identity,
    granted: frozenset[str],
    owner: str | None,
    overrides: Mapping[str, frozenset[str]],
) -> Standing:
    """Return what holds where this is set, and *above* further up; above: None for nothing."""
    if above is None:
        above = VISITING if identity.roles is ANYBODY else Standing(identity.roles)
    if not granted and owner is None and not overrides:
        return above
    granted |= above.granted
    owns = above.owns if owner is None else owner == identity.user_id
    roles = identity.roles | granted | OWNER if owns else identity.roles | granted
    return Standing(roles, granted, owns, {**above.overrides, **overrides}, above.closed, above.stated)


def _past_cut(above: Standing, cut: Collection[str], identity: Identity) -> Standing:
    """Return what of *above* comes down through *cut*."""
    if GRANTS in cut:
        above = above._replace(roles=identity.roles, granted=NOBODY, owns=False)
    if PERMISSIONS in cut:
        above = above._replace(overrides=NOTHING, closed=False, stated=NOTHING)
    return above


def _past_stranger(identity: Identity, step: Any, error: AttributeError) -> Standing:
    """Return what holds at *step*, which is no place; if it is one, raise the *error* that it made.

    A virtual child lets pass what comes down. What is stored, and of a class that is missing, might say
    anything, and so is open to managers only.
    """
    if is_place(step):
        raise error
    found = walk(identity, getattr(step, "__parent__", None))
    if isinstance(step, Persistent | BrokenResource):
        found = found._replace(overrides=NOTHING, closed=True)
    return found
