"""A copy of a resource with all that is in it: the same content, and nobody's rights."""

from typing import Any

from objpub.content import copy_of
from objpub.content import walk
from objpub.errors import Forbidden
from objpub.lineage import top
from objpub.schema import MISSING
from objpub.schema import schema_of
from objpub.security import cuts_of
from objpub.security import Identity
from objpub.security import overrides_of
from objpub.workflow import reset_state

from .adding import put
from .adding import stamp
from .asking import check_addable
from .asking import policy_for
from .asking import require
from .asking import require_adding
from .asking import require_below
from .crossing import crosses
from .linking import release_links
from .moving import check_destination
from .moving import under_name
from .naming import free_name
from .naming import wanted_name
from .sentences import all_or_nothing
from .sentences import quoted
from .sentences import say


def copy(identity: Identity, resource: Any, folder: Any, name: str | None = None) -> Any:
    """Put a copy of *resource*, with all that is in it, into *folder*, and return the copy.

    name: None keeps the one it has, with a number where that is taken. References to what is elsewhere
    stay, the bytes of files are copied. The copy belongs to *identity*; roles granted to people are not
    copied, and it is in the first state of its workflow. A field that *identity* may not see, or not set in
    *folder*, gets its default.
    Needs "view" on the resource and on everything in it, "add" on the folder, and "grant" on the folder
    if something in the resource has permissions of its own. Raises as `move` does.
    """
    require(identity, "view", resource)
    require_adding(identity, folder)
    check_destination(resource, folder)
    require_below(identity, ("view",), resource)
    check_addable(folder, type(resource))
    check_permissions(identity, resource, folder)
    reset = [values_to_reset(identity, step, folder) for step in walk(resource)]
    old_name = resource.__name__
    name = free_name(folder, old_name) if name is None else wanted_name(folder, name)
    copied = copy_of(resource, apart=crosses(resource, folder))
    if crosses(resource, folder):
        release_links(copied, top(resource))
    with all_or_nothing(folder):
        for step, values in zip(walk(copied), reset, strict=True):
            for field, value in values.items():
                setattr(step, field, value)
            reset_state(step)
        stamp(identity, copied)
        put(folder, name, copied)
        words = f"Copied {quoted(resource)} to {quoted(folder)}{under_name(name, old_name)}"
        say(identity, copied, words, named=[resource, folder])
    return copied


def check_permissions(identity: Identity, resource: Any, folder: Any) -> None:
    """Raise Forbidden if something of *resource* has permissions of its own that *identity* may not set.

    A copy takes them along, so that nothing becomes visible by being copied; but they may also open
    what *folder* keeps closed, and that is for those to decide who may grant there.
    """
    if policy_for(folder).can(identity, "grant", folder):
        return
    for step in walk(resource):
        if overrides_of(step) or cuts_of(step):
            raise Forbidden(
                f"{quoted(step)} has permissions of its own; to copy it takes somebody"
                f" who may grant roles in {quoted(folder)}"
            )


def values_to_reset(identity: Identity, resource: Any, folder: Any) -> dict[str, Any]:
    """Return the fields of *resource* that a copy in *folder* does not take over, with their defaults.

    Without this a copy would show its new owner what the original hides, or say of changed content what
    only others may say. Raises Forbidden where such a field has no default.
    """
    policy, schema = policy_for(folder), schema_of(type(resource))
    defaults = {
        name: field.default
        for name, field in schema.items()
        if (field.read is not None and not policy.can(identity, field.read, resource))
        or (field.write is not None and not policy.can(identity, field.write, folder))
    }
    if MISSING in defaults.values():
        raise Forbidden(
            f"{quoted(resource)} has fields that {identity} may not see or set; it cannot be copied"
        )
    return defaults
