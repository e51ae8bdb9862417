"""Drafts of what is there already: other values of its fields, which stay hidden until they are published."""

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from datetime import UTC
from typing import Any

from persistent import Persistent

from objpub.content import Content
from objpub.content import File
from objpub.content import Image
from objpub.content import Upload
from objpub.errors import Clash
from objpub.errors import NotPossible
from objpub.lineage import path_of
from objpub.schema import built_in
from objpub.schema import Field
from objpub.schema import Schema
from objpub.schema import schema_of
from objpub.security import Identity

from .asking import check_fields
from .asking import check_references
from .asking import is_trashed
from .asking import policy_for
from .asking import require_seen
from .editing import check_files
from .editing import check_known
from .editing import check_site
from .editing import edit
from .editing import Edited
from .editing import permission_to_edit
from .editing import titles
from .editing import value_of
from .linking import address_of
from .linking import with_kept_links
from .merging import CLASH
from .merging import decide
from .merging import KEEP
from .sentences import all_or_nothing
from .sentences import quoted
from .sentences import say
from .sizing import check_sizes


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
    saved. Of a file in a field it is that file, also where the field is the bytes of a file itself.

    who, who_title: of the last who saved it. when: in UTC. started: of each, the digest of the public value
    that it was begun with.
    """

    values: Mapping[str, Any]
    started: Mapping[str, str]
    who: str
    who_title: str
    when: datetime


def draft_of(identity: Identity, resource: Any) -> Draft | None:
    """Return the draft of *resource*; None for none, and for those who may not see and edit it.

    Fields that *identity* may not see are left out, and those that are to refer to something hidden.
    """
    kept = getattr(resource, "_draft", None)
    if kept is None:
        return None
    policy = policy_for(resource)
    if not all(policy.can(identity, each, resource) for each in ("view", permission_to_edit(resource))):
        return None
    values = seen_in(identity, resource, kept)
    started = {name: kept.started[name] for name in values if name in kept.started}
    return Draft(values, started, kept.who, kept.who_title, kept.when) if values else None


def save_draft(
    identity: Identity,
    resource: Any,
    values: Mapping[str, Any],
    started_from: Mapping[str, str] | None = None,
) -> Edited:
    """Keep *values* of fields as the draft of *resource*, beside what it had; nothing that is public changes.

    values: field name → value; one that is as the public one leaves the draft. started_from: field name →
    digest of the value that the caller started from: of the draft, or of the public one where the draft had
    none. A field that the caller left as it was stays as others made it meanwhile; what they made public is
    asked about when the draft is published. A file lies in a blob of its own, which is garbage when the draft
    is discarded. Needs what `edit` needs. Raises Invalid, Forbidden, and Clash for a field of which somebody
    else saved another draft meanwhile.
    """
    if is_trashed(resource):
        raise NotPossible(f"{quoted(resource)} is in the trash; restore it first")
    require_seen(identity, permission_to_edit(resource), resource)
    before = resource._draft.values if resource._draft is not None else {}
    changed = changed_in(identity, resource, before, values, started_from or {})
    schema = schema_of(type(resource))
    wanted = {name: value for name, value in before.items() if name not in changed}
    wanted |= {name: value for name, value in changed.items() if differs(schema, resource, name, value)}
    if wanted != before:
        with all_or_nothing(resource):
            keep(identity, resource, wanted, started_from or {})
            words = f"Saved a draft of {quoted(resource)}: {titles(schema, changed)}" if wanted else ""
            say(identity, resource, words or f"Discarded the draft of {quoted(resource)}")
    return Edited(frozenset(changed if wanted != before else ()), frozenset())


def changed_in(
    identity: Identity,
    resource: Any,
    before: Mapping[str, Any],
    values: Mapping[str, Any],
    started_from: Mapping[str, str],
) -> dict[str, Any]:
    """Return those of *values*, checked, that the draft of *resource* takes over. before: what it says.

    Raises what `save_draft` raises.
    """
    schema = schema_of(type(resource))
    check_known(schema, started_from)
    checked = schema.check(values, partial=True)
    checked = with_kept_links(identity, resource, checked, resource, address_of(resource, path_of(resource)))
    decided = {
        name: decide(started_from.get(name), *map(schema[name].digest, (here(resource, before, name), value)))
        for name, value in checked.items()
    }
    changed = {name: checked[name] for name, what in decided.items() if what != KEEP}
    check_fields(identity, schema, resource, changed)
    check_references(identity, schema, changed, resource)
    check_site(resource, changed)
    check_files(schema, resource, changed)
    check_sizes(schema, resource, changed)
    clashes = {
        name: (before[name], checked[name]) for name in changed if decided[name] == CLASH and name in before
    }
    if clashes:
        raise Clash(clashes)
    return {name: held(resource, value) for name, value in changed.items()}


def held(resource: Any, value: Any) -> Any:
    """Return *value* as a draft of *resource* holds it: bytes in a file, groups as mappings.

    Raises Invalid for no such file.
    """
    if not isinstance(value, Upload):
        return built_in(value)
    return (Image if isinstance(resource, Image) else File).of(value)


def released(field: Field, value: Any) -> Any:
    """Return the *value* of a draft as *field* takes it. Inverse: `held`."""
    return value.upload if field.kind.name == Upload.field_kind.name and value is not None else value


def publish_draft(identity: Identity, resource: Any) -> Edited:
    """Let the fields of *resource* have the values of its draft, merged with what others changed meanwhile.

    Needs what `edit` needs. Fields that *identity* may not see or not change stay in the draft. Raises
    NotPossible without a draft, Clash for a field that somebody else has given another value since the draft
    was begun, and what `edit` raises.
    """
    kept, names = require_draft(identity, resource)
    started = {name: kept.started[name] for name in names if name in kept.started}
    schema = schema_of(type(resource))
    values = {name: released(schema[name], kept.values[name]) for name in names}
    edited = edit(identity, resource, values, started_from=started)
    with all_or_nothing(resource):
        drop(resource, kept, names)
    return edited


def discard_draft(identity: Identity, resource: Any) -> None:
    """Forget the draft of *resource*, but for fields that *identity* may not see or not change.

    Needs what `edit` needs. Raises NotPossible without a draft.
    """
    kept, names = require_draft(identity, resource)
    with all_or_nothing(resource):
        drop(resource, kept, names)
        say(identity, resource, f"Discarded the draft of {quoted(resource)}")


def files_in_draft(identity: Identity, resource: Any, shown: Mapping[str, str]) -> dict[str, Any]:
    """Return the files that the draft of *resource* still holds as they were *shown*, as `edit` takes them.

    shown: field name → digest, as for `settle_draft`.
    """
    draft, schema = draft_of(identity, resource), schema_of(type(resource))
    if draft is None:
        return {}
    return {
        name: released(schema[name], value)
        for name, value in draft.values.items()
        if schema[name].kind.uploads and schema[name].digest(value) == shown.get(name)
    }


def settle_draft(identity: Identity, resource: Any, shown: Mapping[str, str]) -> None:
    """Take out of the draft of *resource* what has become public. Needs what `edit` needs.

    shown: field name → digest of the value that the draft had when it was looked at; one that somebody gave
    another value since stays. Without a draft nothing is done.
    """
    require_seen(identity, permission_to_edit(resource), resource)
    kept, schema = resource._draft, schema_of(type(resource))
    if kept is None:
        return
    names = [
        name
        for name in seen_in(identity, resource, kept)
        if name in shown and schema[name].digest(kept.values[name]) == shown[name]
    ]
    if names:
        with all_or_nothing(resource):
            drop(resource, kept, names)


def require_draft(identity: Identity, resource: Any) -> tuple[Values, list[str]]:
    """Return the draft of *resource* as it is kept, and the names of the fields that *identity* may change.

    Raises Forbidden, also where that is none of those that may be seen, and NotPossible without a draft.
    """
    require_seen(identity, permission_to_edit(resource), resource)
    kept: Values | None = resource._draft
    seen = {} if kept is None else seen_in(identity, resource, kept)
    if kept is None or not seen:
        raise NotPossible(f"There is no draft of {quoted(resource)}")
    policy, schema = policy_for(resource), schema_of(type(resource))
    writes = {name: schema[name].write for name in seen}
    names = [name for name, each in writes.items() if each is None or policy.can(identity, each, resource)]
    if not names:
        check_fields(identity, schema, resource, seen)
    return kept, names


def seen_in(identity: Identity, resource: Any, kept: Values) -> dict[str, Any]:
    """Return what *kept* says of the fields that *identity* may see, without what refers to hidden things."""
    policy, schema = policy_for(resource), schema_of(type(resource))
    return {
        name: value
        for name, value in kept.values.items()
        if name in schema
        and (schema[name].read is None or policy.can(identity, schema[name].read, resource))
        and (
            schema[name].kind.uploads
            or all(policy.can(identity, "view", each) for each in resources_in(value))
        )
    }


def resources_in(value: Any) -> list[Content]:
    """Return what the *value* of a field refers to."""
    values = value if isinstance(value, tuple | frozenset) else (value,)
    return [each for each in values if isinstance(each, Content)]


def keep(identity: Identity, resource: Any, wanted: dict[str, Any], started_from: Mapping[str, str]) -> None:
    """Let *wanted* be the draft of *resource*; {} for none. started_from: see `save_draft`."""
    if not wanted:
        resource._draft = None
        return
    if resource._draft is None:
        resource._draft = Values()
    kept, schema = resource._draft, schema_of(type(resource))
    begun = {name: schema[name].digest(value_of(resource, name)) for name in wanted if name in schema}
    kept.started = begun | {n: d for n, d in (*started_from.items(), *kept.started.items()) if n in wanted}
    kept.values = wanted
    kept.who, kept.who_title, kept.when = identity.user_id or "", identity.title, datetime.now(UTC)


def drop(resource: Any, kept: Values, names: Iterable[str]) -> None:
    """Take the fields *names* out of the draft *kept* of *resource*, with those that it no longer has."""
    gone, schema = set(names), schema_of(type(resource))
    left = {name: each for name, each in kept.values.items() if name not in gone and name in schema}
    if not left:
        resource._draft = None
        return
    kept.values = left
    kept.started = {name: each for name, each in kept.started.items() if name in left}


def here(resource: Any, before: Mapping[str, Any], name: str) -> Any:
    """Return the value of a field in *before*, what the draft says; the public one where that has none."""
    return before[name] if name in before else value_of(resource, name)


def differs(schema: Schema, resource: Any, name: str, value: Any) -> bool:
    """Has the field *name* of *resource* another value than *value*?"""
    digest = schema[name].digest
    return bool(digest(value) != digest(value_of(resource, name)))
