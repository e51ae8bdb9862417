"""Putting something new into a folder."""

from collections.abc import Mapping
from datetime import datetime
from datetime import UTC
from typing import Any

from objpub.content import Content
from objpub.content import hold_in_place
from objpub.content import walk
from objpub.errors import NotPossible
from objpub.lineage import inside
from objpub.schema import schema_of
from objpub.security import Identity

from .asking import all_of
from .asking import check_addable
from .asking import check_fields
from .asking import check_references
from .asking import check_tree_addable
from .asking import given_values
from .asking import require_adding
from .linking import keep_links
from .naming import name_for
from .naming import wanted_name
from .sentences import all_or_nothing
from .sentences import quoted
from .sentences import say
from .sizing import check_tree_sizes


def add_new(
    identity: Identity, folder: Any, kind: type, values: Mapping[str, Any], name: str | None = None
) -> Any:
    """Make a resource of class *kind* with the field *values*, add it to *folder*, and return it.

    name: None makes one from the title. Needs "add" on the folder, and what a field that is given asks for.
    Raises Invalid with every error at once, that of the name among them; NameTaken, or NotPossible where
    *kind* cannot be added.
    """
    require_adding(identity, folder)
    check_addable(folder, kind)
    schema = schema_of(kind)
    checked, name = all_of(
        lambda: schema.check(values),
        lambda: None if name is None else wanted_name(folder, name),
    )
    given = given_values(schema, checked)
    check_fields(identity, schema, folder, given)
    check_references(identity, schema, given, folder)
    return add(identity, folder, kind(**checked), name)


def add(identity: Identity, folder: Any, resource: Any, name: str | None = None) -> Any:
    """Put *resource*, with all that is in it, into *folder*, and return it.

    resource: in no folder yet; it will belong to *identity*, unless it has an owner. name: None makes one
    from the title, or keeps the file name of a file. Needs "add" on the folder.
    Raises BadName, NameTaken, NotPossible where something of it cannot be added, or Invalid for a file that
    is larger than the site takes.
    """
    require_adding(identity, folder)
    check_loose(resource, folder)
    check_tree_addable(folder, resource)
    check_tree_sizes(resource, folder)
    name = name_for(folder, resource) if name is None else wanted_name(folder, name)
    with all_or_nothing(folder):
        keep_links(identity, resource, folder, name)
        stamp(identity, resource)
        put(folder, name, resource)
        say(identity, resource, f"Added {quoted(resource)} to {quoted(folder)}", named=[folder])
    return resource


def check_loose(resource: Any, folder: Any) -> None:
    """Raise NotPossible unless *resource* is content that is in no folder, and could come into *folder*."""
    if not isinstance(resource, Content):
        raise NotPossible(f"A folder holds content, not {resource!r}")
    if resource.__parent__ is not None:
        raise NotPossible(f"{quoted(resource)} is in a folder already; move or copy it")
    if inside(folder, resource):
        raise NotPossible(f"{quoted(resource)} cannot be put into itself")


def put(folder: Any, name: str, resource: Any) -> Any:
    """Add *resource* to *folder*, which nobody may delete or move meanwhile: the transaction would fail.

    Returns the resource.
    """
    hold_in_place(folder)
    return folder.add(name, resource)


def stamp(identity: Identity, resource: Any) -> None:
    """Say whose *resource* is, and since when there is what is in it, where nothing says so yet."""
    if resource._owner is None and identity.user_id is not None:
        resource._owner = identity.user_id
    now = datetime.now(UTC)
    for step in walk(resource):
        if step._created is None:
            step._created = now
