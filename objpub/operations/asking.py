"""The questions before anything changes: may this identity, and does it make sense?"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from objpub.content import addable_in
from objpub.content import BrokenResource
from objpub.content import Content
from objpub.content import Folder
from objpub.content import hold_in_place
from objpub.content import walk
from objpub.database import database_of
from objpub.database import registry_of
from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.errors import NotPossible
from objpub.lineage import lineage
from objpub.lineage import top
from objpub.registry import Registry
from objpub.schema import ASK
from objpub.schema import MISSING
from objpub.schema import Schema
from objpub.schema import schema_of
from objpub.security import Identity
from objpub.security import Policy

from .sentences import quoted


def registry_for(resource: Any) -> Registry:
    """Return the registry of the site that *resource* is in. Raises NotPossible for a loose tree."""
    registry = registry_of(resource)
    if registry is None:
        raise NotPossible(f"{quoted(resource)} is in no site, so nothing says who may do what with it")
    return registry


def policy_for(resource: Any) -> Policy:
    """Return what decides about *resource*. Raises NotPossible for a loose tree."""
    return registry_for(resource)[Policy]


def require(identity: Identity, permission: str, resource: Any) -> None:
    """Raise Forbidden, which explains itself, unless *identity* has *permission* on *resource*."""
    policy_for(resource).require(identity, permission, resource)


def require_person(identity: Identity) -> None:
    """Raise Forbidden for what came with a token: whoever finds one does not get the whole account by it."""
    if identity.scope is not None:
        raise Forbidden("This takes a sign-in: a token is not enough")


def require_seen(identity: Identity, permission: str, resource: Any) -> None:
    """Raise Forbidden unless *identity* has "view" and *permission* on *resource*: nobody works blindly."""
    policy = policy_for(resource)
    policy.require(identity, "view", resource)
    policy.require(identity, permission, resource)


def require_adding(identity: Identity, folder: Any) -> None:
    """Raise Forbidden unless *identity* has "add" on *folder*, then NotPossible unless it is a folder.

    "view" is not needed: a folder that some may add to, and not look into, takes letters like a box.
    """
    if isinstance(folder, Content):
        require(identity, "add", folder)  # first: nobody else is told what it is
    check_folder(folder)


def require_below(identity: Identity, permissions: Iterable[str], resource: Any) -> int:
    """Raise Forbidden unless *identity* has all of *permissions* on everything below *resource* too.

    Returns how many resources there are, *resource* itself among them.
    """
    policy = policy_for(resource)
    permissions = tuple(permissions)
    count = 0
    for step in walk(resource):
        count += 1
        for permission in permissions if step is not resource else ():
            decision = policy.can(identity, permission, step)
            if not decision:
                raise Forbidden(
                    f"There is something in {quoted(resource)} that {identity} may not {permission}",
                    decision,
                )
    return count


def check_fields(identity: Identity, schema: Schema, resource: Any, names: Iterable[str]) -> None:
    """Raise Forbidden unless *identity* may see and change, at *resource*, each of the fields *names*."""
    policy = policy_for(resource)
    for name in names:
        for permission in (schema[name].read, schema[name].write):
            if permission is not None:
                policy.require(identity, permission, resource)


def check_fields_moving(identity: Identity, resource: Any, folder: Any, before: Any = None) -> None:
    """Raise Forbidden if *identity* would come to see or change fields by putting *resource* into *folder*.

    The same for a field that has a value, and that only others may change in *folder*: it could have been
    set where *identity* may. before: where the rights until now are asked for; None: at each resource.
    """
    policy = policy_for(folder)
    for step in walk(resource):
        place = step if before is None else before
        for name, field in schema_of(type(step)).items():
            for permission in filter(None, (field.read, field.write)):
                here, there = (bool(policy.can(identity, permission, each)) for each in (place, folder))
                carried = permission is field.write and getattr(step, name, None) != field.default
                if here is not there and (there or carried):
                    raise Forbidden(
                        f"{identity} has other rights in {quoted(folder)}, and the field “{field.title}” of"
                        f" {quoted(step)} depends on them; it takes somebody with the same rights in both"
                    )


ELSEWHERE = "refers to something in another database of the site, and can only refer to what is in its own"


def check_references(identity: Identity, schema: Schema, values: Mapping[str, Any], place: Any) -> None:
    """Raise Invalid for a reference, in checked *values*, to something that *identity* could not know.

    That is what *identity* may not view, what is in the trash, and what is not in the site of *place*.
    The message is the same for all of them. Nor can anything refer to what is in another database.
    """
    policy = policy_for(place)
    site = top(place)
    targets = [
        (name, target)
        for name, value in values.items()
        if not schema[name].kind.uploads
        for target in (value if isinstance(value, tuple | frozenset) else (value,))
        if isinstance(target, Content)
    ]
    database = database_of(place)
    errors = {name: ELSEWHERE for name, target in targets if database_of(target) is not database} | {
        name: "refers to something that is not there"
        for name, target in targets
        if top(target) is not site or is_trashed(target) or not policy.can(identity, "view", target)
    }
    if errors:
        raise Invalid(errors)
    for name, target in targets:
        if schema[name].on_delete != ASK:
            hold_in_place(target)  # else somebody could delete it at the same moment


def is_trashed(resource: Any) -> bool:
    """Is *resource* in the trash of its site?"""
    return any(isinstance(step, Discarded) for step in lineage(resource))


class Discarded:
    """A mixin for what holds deleted resources: nothing below it can be referred to or added to."""


def check_folder(folder: Any) -> None:
    """Raise NotPossible unless *folder* is a folder of the site's tree; one in the trash is not."""
    if not isinstance(folder, Folder):
        raise NotPossible(f"{quoted(folder)} is not a folder")
    if not in_tree(folder):
        raise NotPossible(f"Nothing can be put into {quoted(folder)}: it is not in the tree of the site")


def check_in_folder(resource: Any) -> None:
    """Raise NotPossible unless *resource* is in a folder of the site's tree: the site itself is not."""
    folder = resource.__parent__
    if folder is None:
        raise NotPossible(f"{quoted(resource)} is in no folder, so it cannot be moved, copied or deleted")
    if not in_tree(folder) or not holds(folder, resource):
        raise NotPossible(f"{quoted(resource)} is a part of {quoted(folder)}, not an item in a folder")


def check_movable(resource: Any) -> None:
    """Raise NotPossible unless *resource* is in a folder of the site's tree, and whole."""
    check_in_folder(resource)
    if isinstance(resource, BrokenResource):
        raise NotPossible(
            f"The class of {quoted(resource)}, {resource.class_name}, is missing; it can only be deleted"
        )


def in_tree(folder: Any) -> bool:
    """Is *folder*, with all that holds it, a folder?"""
    return all(isinstance(step, Folder) for step in lineage(folder))


def holds(folder: Any, resource: Any) -> bool:
    """Is *resource* a child of *folder*? Its files, and the users and the trash of a site, are not."""
    name = resource.__name__
    return name in folder and (isinstance(resource, BrokenResource) or folder[name] is resource)


def check_same_site(resource: Any, folder: Any) -> None:
    """Raise NotPossible if *folder* belongs to another site than *resource*."""
    if top(resource) is not top(folder):
        raise NotPossible(f"{quoted(folder)} is in another site than {quoted(resource)}")


def check_addable(folder: Any, kind: type, below: Any = None) -> None:
    """Raise NotPossible unless resources of class *kind* may be added in *folder*.

    below: a folder that is on its way into *folder*, asked about in its place.
    """
    place = folder if below is None else below
    possible = addable_in(registry_for(folder), place)
    if all(each.kind is not kind for each in possible):
        titles = ", ".join(each.title for each in possible) or "nothing"
        raise NotPossible(f"{type_title(kind)} cannot be added in {quoted(place)}; possible there: {titles}")


def check_tree_addable(folder: Any, resource: Any) -> None:
    """Raise NotPossible unless *resource* may be added in *folder*, and all below it where it is."""
    for step in walk(resource):
        check_addable(folder, type(step), None if step is resource else step.__parent__)


def type_title(kind: type) -> str:
    """Return what people call resources of class *kind*."""
    content_type = vars(kind).get("__content_type__")
    return content_type.title if content_type else kind.__name__


def given_values(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the checked *values* that are not the default of their field."""
    return {
        name: value
        for name, value in values.items()
        if schema[name].default is MISSING or schema[name].default != value
    }


def all_of(*checks: Callable[[], Any]) -> list[Any]:
    """Call each of *checks*, and return what they return.

    Raises the Invalid that one of them raises; where it is several, one with the errors of all.
    """
    results, refusals = [], []
    for check in checks:
        try:
            results.append(check())
        except Invalid as error:
            refusals.append(error)
    if len(refusals) == 1:
        raise refusals[0]
    if refusals:
        raise Invalid({name: text for error in refusals for name, text in error.errors.items()})
    return results
