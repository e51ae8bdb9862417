"""Which fields of a resource somebody may see and change.

    salary: int = field(default=0, read="manage", write="manage")

A field with `read=` is seen by those who have that permission on the resource, besides `view`; one with
`write=` is changed by those who have it, besides `edit`. What one may not see one may not change.
"""

from collections.abc import Callable
from typing import Any

from objpub.configuration import Declaration
from objpub.configuration import note
from objpub.configuration import source_here
from objpub.content import content_types
from objpub.errors import DeclarationError
from objpub.registry import Registry
from objpub.schema import schema_of

from .identity import Identity
from .permissions import Permissions
from .policy import Policy


def readable_fields(policy: Policy, identity: Identity, resource: Any) -> frozenset[str]:
    """Return the names of the fields of *resource* that *identity* may see."""
    if not policy.can(identity, "view", resource):
        return frozenset()
    return _allowed(policy, identity, resource, lambda field: (field.read,))


def writable_fields(policy: Policy, identity: Identity, resource: Any) -> frozenset[str]:
    """Return the names of the fields of *resource* that *identity* may change."""
    if not policy.can(identity, "edit", resource):
        return frozenset()
    return _allowed(policy, identity, resource, lambda field: (field.read, field.write))


def _allowed(
    policy: Policy, identity: Identity, resource: Any, permissions: Callable[[Any], tuple[Any, ...]]
) -> frozenset[str]:
    return frozenset(
        name
        for name, field in schema_of(type(resource)).items()
        if all(each is None or policy.can(identity, each, resource) for each in permissions(field))
    )


def check_fields(registry: Registry) -> None:
    """Raise DeclarationError for a field that names a permission nobody declared."""
    for content_type in content_types(registry):
        for name, field in schema_of(content_type.kind).items():
            for permission in filter(None, (field.read, field.write)):
                try:
                    registry[Permissions].resolve(permission)
                except DeclarationError as error:
                    where = f"{content_type.name}.{name}"
                    raise DeclarationError(f"{where}: {error.message}", content_type.source) from error


note(check_fields, Declaration("check", (), check_fields, source_here(0), phase=2))
