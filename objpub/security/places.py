"""What is set at a place, and what follows from it further down: grants, permissions, cuts, owners.

A place keeps four attributes, None or False by default in the class of every content type:

    _grants        principal → roles held here and below, such as {"user:ann": {"editor"}}
    _permissions   permission → roles that may here and below, in place of what is set further up
    _cut           what does not come down to here: a set of "grants" and "permissions"
    _owner         the id of the user it belongs to

The values are never changed, only replaced, so that each change is seen by the database.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from persistent import Persistent

from objpub.content import BrokenResource
from objpub.content import Content
from objpub.content import Folder
from objpub.schema import schema_of

GRANTS = "grants"
PERMISSIONS = "permissions"
NOTHING: Mapping[str, frozenset[str]] = MappingProxyType({})
ONLY_MANAGERS = frozenset({"manager"})


def holders_at(name: str, context: Any, default: frozenset[str]) -> frozenset[str]:
    """Return the roles that have the permission *name* at *context*.

    The nearest place that says something decides; where none does, or a cut comes first, *default*.
    What is stored but cannot say what is set at it, as its class is missing, is open to managers only.
    """
    step = context
    try:
        while step is not None:
            overrides = step._permissions
            if overrides is not None and name in overrides:
                return overrides[name]
            if step._cut and PERMISSIONS in step._cut:
                return default
            step = step.__parent__
    except AttributeError:
        return _holders_with_strangers(name, step, default)
    return default


def _holders_with_strangers(name: str, step: Any, default: frozenset[str]) -> frozenset[str]:
    while step is not None:
        if not is_place(step):
            if isinstance(step, Persistent | BrokenResource):
                return ONLY_MANAGERS
        elif step._permissions is not None and name in step._permissions:
            return step._permissions[name]
        elif PERMISSIONS in cuts_of(step):
            return default
        step = step.__parent__
    return default


def field_permissions(name: str, context: Any) -> list[Any]:
    """Return what a file in a field needs at its owner besides *name*: the `read` and `write` of the field.

    The file has an address of its own, which must not open what the field keeps shut.
    """
    owner = context.__parent__
    if not isinstance(owner, Content) or (isinstance(owner, Folder) and context.__name__ in owner):
        return []
    declared = schema_of(type(owner)).get(context.__name__)
    if declared is None or getattr(owner, context.__name__, None) is not context:
        return []
    needed = (declared.read, declared.write) if name in {"edit", "delete"} else (declared.read,)
    return [each for each in needed if each is not None]


def local_roles(identity: Any, context: Any) -> set[str]:
    """Return the roles that *identity* has at *context* by grants and as an owner.

    The owner is who the nearest `_owner` of the lineage names, so what has none belongs to whom its
    folder belongs to. Nothing comes down through a cut of grants.
    """
    found: set[str] = set()
    user_id = identity.user_id
    principals = identity.principals
    looks_for_owner = user_id is not None
    step = context
    kind, place = None, False
    while step is not None:
        if type(step) is not kind:  # most steps are of the same class as the one below
            kind, place = type(step), is_place(step)
        if place:
            grants = step._grants
            if grants and not grants.keys().isdisjoint(principals):
                found.update(*(grants[each] for each in principals if each in grants))
            if looks_for_owner and (owner := step._owner) is not None:
                looks_for_owner = False
                if owner == user_id:
                    found.add("owner")
            cut = step._cut
            if cut and GRANTS in cut:
                break
            step = step.__parent__
        else:
            step = getattr(step, "__parent__", None)
    return found


def is_place(step: Any) -> bool:
    """Can something be set at *step*? Virtual children are no places, and let pass what comes down."""
    return hasattr(type(step), "_permissions")


def grants_of(resource: Any) -> Mapping[str, frozenset[str]]:
    """Return the grants made at *resource* itself: principal → roles."""
    found = resource._grants if is_place(resource) else None
    return MappingProxyType(found) if found else NOTHING


def overrides_of(resource: Any) -> Mapping[str, frozenset[str]]:
    """Return the permissions set at *resource* itself: name → roles."""
    found = resource._permissions if is_place(resource) else None
    return MappingProxyType(found) if found else NOTHING


def cuts_of(resource: Any) -> frozenset[str]:
    """Return what does not come down to *resource*: "grants", "permissions", both or nothing."""
    return frozenset(resource._cut) if is_place(resource) and resource._cut else frozenset()
