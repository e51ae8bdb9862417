"""What is set at a place, and what follows from it further down: grants, permissions, cuts, owners.

A place keeps four attributes, None or False by default in the class of every content type:

    _grants        principal → roles held here and below, such as {"user:ann": {"editor"}}
    _permissions   permission → roles that may here and below, in place of what is set further up
    _cut           what does not come down to here: a set of "grants" and "permissions"
    _owner         the id of the user it belongs to

What has a workflow has a state besides, `_state`; its workflow says which roles may do what in it. That comes
down as permissions do. Where both say something of one permission, both must allow.

The values are never changed, only replaced, so that each change is seen by the database.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from objpub.content import Content
from objpub.content import Folder
from objpub.schema import schema_of

GRANTS = "grants"
PERMISSIONS = "permissions"
NOTHING: Mapping[str, frozenset[str]] = MappingProxyType({})
ONLY_MANAGERS = frozenset({"manager"})


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


def roles_by_state(resource: Any) -> Mapping[str, frozenset[str]]:
    """Return the roles that have a permission by the state of *resource* itself: name → roles."""
    if not is_place(resource) or resource._workflow is None:
        return NOTHING
    found: Mapping[str, frozenset[str]] = resource._workflow.roles_in(resource._state)
    return found


def cuts_of(resource: Any) -> frozenset[str]:
    """Return what does not come down to *resource*: "grants", "permissions", both or nothing."""
    return frozenset(resource._cut) if is_place(resource) and resource._cut else frozenset()
