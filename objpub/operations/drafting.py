"""Drafts of what is there already: other values of its fields, which stay hidden until they are published."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from datetime import UTC
from typing import Any

from persistent import Persistent

from objpub.errors import NotPossible
from objpub.schema import schema_of
from objpub.security import Identity

from .asking import check_fields
from .asking import check_references
from .asking import is_trashed
from .asking import policy_for
from .asking import require_seen
from .editing import check_files
from .editing import check_site
from .editing import digests_of
from .editing import edit
from .editing import Edited
from .editing import permission_to_edit
from .editing import titles
from .editing import value_of
from .sentences import all_or_nothing
from .sentences import quoted
from .sentences import say


class Values(Persistent):
    """What a draft says, apart from its resource: it is read only when the draft is asked for."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.started: dict[str, str] = {}
        self.who = ""
        self.who_title = ""
        self.when = datetime.now(UTC)


@dataclass(frozen=True)
class Draft:
    """A draft. values: field name → what it is to be; those that differ from the public ones when it was
    saved.

    who, who_title: of the last who saved it. when: in UTC. started: digests of the public values then.
    """

    values: Mapping[str, Any]
    started: Mapping[str, str]
    who: str
    who_title: str
    when: datetime


def draft_of(identity: Identity, resource: Any) -> Draft | None:
    """Return the draft of *resource*; None for none, and for those who may not edit it.

    Fields that *identity* may not see are left out.
    """
    kept = getattr(resource, "_draft", None)
    policy = policy_for(resource) if kept is not None else None
    if kept is None or policy is None or not policy.can(identity, permission_to_edit(resource), resource):
        return None
    schema = schema_of(type(resource))
    values = {
        name: value
        for name, value in kept.values.items()
        if name in schema and (schema[name].read is None or policy.can(identity, schema[name].read, resource))
    }
    return Draft(values, kept.started, kept.who, kept.who_title, kept.when)


def save_draft(
    identity: Identity,
    resource: Any,
    values: Mapping[str, Any],
    started_from: Mapping[str, str] | None = None,
) -> Edited:
    """Keep *values* of fields as the draft of *resource*, beside what it had; nothing that is public changes.

    values: field name → value; one that is as the public one leaves the draft. started_from: is not looked
    at: what others changed meanwhile is asked about when the draft is published. Needs what `edit` needs.
    Raises Invalid, Forbidden, and NotPossible for files, which a draft cannot hold.
    """
    if is_trashed(resource):
        raise NotPossible(f"{quoted(resource)} is in the trash; restore it first")
    require_seen(identity, permission_to_edit(resource), resource)
    schema = schema_of(type(resource))
    checked = schema.check(values, partial=True)
    changed = {name: each for name, each in checked.items() if differs(schema, resource, name, each)}
    check_fields(identity, schema, resource, changed)
    check_references(identity, schema, changed, resource)
    check_site(resource, changed)
    check_files(schema, resource, changed)
    if any(schema[name].kind.uploads for name in changed):
        raise NotPossible("A draft holds no files; save the file first")
    before = resource._draft.values if resource._draft is not None else {}
    wanted = {name: value for name, value in before.items() if name not in checked} | changed
    if wanted == before:
        return Edited(frozenset(), frozenset())
    with all_or_nothing(resource):
        keep(identity, resource, wanted)
        words = f"Saved a draft of {quoted(resource)}: {titles(schema, wanted)}" if wanted else ""
        say(identity, resource, words or f"Discarded the draft of {quoted(resource)}")
    return Edited(frozenset(changed), frozenset())


def publish_draft(identity: Identity, resource: Any) -> Edited:
    """Let the fields of *resource* have the values of its draft, merged with what others changed meanwhile.

    Needs what `edit` needs. Raises NotPossible without a draft, Clash for a field that somebody else has
    given another value since the draft was saved, and what `edit` raises.
    """
    kept = require_draft(identity, resource)
    edited = edit(identity, resource, dict(kept.values), started_from=dict(kept.started))
    with all_or_nothing(resource):
        resource._draft = None
    return edited


def discard_draft(identity: Identity, resource: Any) -> None:
    """Forget the draft of *resource*. Needs what `edit` needs. Raises NotPossible without a draft."""
    require_draft(identity, resource)
    with all_or_nothing(resource):
        resource._draft = None
        say(identity, resource, f"Discarded the draft of {quoted(resource)}")


def require_draft(identity: Identity, resource: Any) -> Values:
    """Return the draft of *resource* as it is kept. Raises Forbidden, and NotPossible without one."""
    require_seen(identity, permission_to_edit(resource), resource)
    kept: Values | None = resource._draft
    if kept is None:
        raise NotPossible(f"There is no draft of {quoted(resource)}")
    return kept


def keep(identity: Identity, resource: Any, wanted: dict[str, Any]) -> None:
    """Let *wanted* be the draft of *resource*; {} for none."""
    if not wanted:
        resource._draft = None
        return
    if resource._draft is None:
        resource._draft = Values()
    kept, now = resource._draft, digests_of(resource, wanted)
    kept.started = {name: kept.started.get(name, now[name]) for name in wanted}
    kept.values = wanted
    kept.who, kept.who_title, kept.when = identity.user_id or "", identity.title, datetime.now(UTC)


def differs(schema: Any, resource: Any, name: str, value: Any) -> bool:
    """Has the field *name* of *resource* another value than *value*?"""
    digest = schema[name].digest
    return bool(digest(value) != digest(value_of(resource, name)))
