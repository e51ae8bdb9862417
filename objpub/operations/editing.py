"""Changing the fields of a resource, merged field by field with what others did meanwhile."""

import re
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones
from zoneinfo import ZoneInfo
from zoneinfo import ZoneInfoNotFoundError

from objpub.content import Site
from objpub.content import title_of
from objpub.database import registry_of
from objpub.errors import Clash
from objpub.errors import Invalid
from objpub.errors import NotPossible
from objpub.events import Modified
from objpub.events import notify
from objpub.lineage import path_of
from objpub.lineage import top
from objpub.mail import address_from
from objpub.schema import did_you_mean
from objpub.schema import Schema
from objpub.schema import schema_of
from objpub.schema import shown
from objpub.security import Group
from objpub.security import Identity
from objpub.security import User

from .asking import check_fields
from .asking import check_references
from .asking import is_trashed
from .asking import require_seen
from .giving import require_standing
from .linking import address_of
from .linking import with_kept_links
from .merging import merge_digests
from .sentences import all_or_nothing
from .sentences import quoted
from .sentences import say
from .sizing import check_sizes

LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True)
class Edited:
    """What an edit did.

    changed: names of the fields that have other values now. merged: names of the fields that somebody
    else changed since the edit was begun, and whose values stand; empty where the start is not known.
    """

    changed: frozenset[str]
    merged: frozenset[str]


def edit(
    identity: Identity,
    resource: Any,
    values: Mapping[str, Any],
    started_from: Mapping[str, str] | None = None,
) -> Edited:
    """Give fields of *resource* new *values*, and merge with what others changed meanwhile.

    values: field name → value; a field that is left out stays as it is. started_from: field name →
    digest of the value that the caller started from, as `digests_of` gave it; a field without one is set
    to its value whatever it was. Needs "view" and "edit"; for the site itself "manage".
    Raises Invalid with every error at once, and Clash when the caller and somebody else gave one field
    different values. Where nothing changes, nothing is written and nobody is told.
    """
    if is_trashed(resource):
        raise NotPossible(f"{quoted(resource)} is in the trash; restore it first")
    require_seen(identity, permission_to_edit(resource), resource)
    schema = schema_of(type(resource))
    started_from = started_from or {}
    check_known(schema, started_from)
    checked = schema.check(values, partial=True)
    checked = with_kept_links(identity, resource, checked, resource, address_of(resource, path_of(resource)))
    sent = {name: schema[name].digest(value) for name, value in checked.items()}
    merge = merge_digests(started_from, digests_of(resource, {*sent, *started_from}), sent)
    check_fields(identity, schema, resource, (*merge.changed, *merge.clashes))
    wanted = {name: checked[name] for name in merge.changed}
    check_references(identity, schema, wanted, resource)
    check_site(resource, wanted)
    check_address(identity, resource, wanted)
    check_files(schema, resource, wanted)
    check_sizes(schema, resource, wanted)
    if merge.clashes:
        raise Clash({name: (value_of(resource, name), checked[name]) for name in merge.clashes})
    if merge.changed:
        changed = frozenset(merge.changed)
        with all_or_nothing(resource):
            for name, value in wanted.items():
                setattr(resource, name, value)
            notify(registry_of(resource), Modified(resource, changed))
            words = f"Edited {quoted(resource)}: {titles(schema, merge.changed)}"
            say(identity, resource, words, **audited(resource))
    return Edited(frozenset(merge.changed), frozenset(merge.merged))


def digests_of(resource: Any, names: Iterable[str] | None = None) -> dict[str, str]:
    """Return a digest of the value of each field of *resource*: what an edit starts from.

    names: of which fields; None: of all. Pass it to `edit` as *started_from*, then or days later.
    """
    schema = schema_of(type(resource))
    wanted = schema if names is None else frozenset(names)
    return {name: field.digest(value_of(resource, name)) for name, field in schema.items() if name in wanted}


def audited(resource: Any) -> dict[str, Any]:
    """Return what `say` is told for the audit record: something about users and groups only."""
    word = {User: "user", Group: "group"}.get(type(resource))
    about = (f"{word}:{resource.__name__}", title_of(resource))
    return {"what": f"{word}.edit", "about": about} if word else {}


def permission_to_edit(resource: Any) -> str:
    """Return the permission that changing fields of *resource* needs: those of the site are its settings."""
    return "manage" if isinstance(resource, Site) else "edit"


def value_of(resource: Any, name: str) -> Any:
    """Return the value of a field; None where it was declared later and has no default."""
    return getattr(resource, name, None)


def check_known(schema: Schema, started_from: Mapping[str, str]) -> None:
    """Raise Invalid if *started_from* speaks about something that is no field."""
    unknown = [name for name in started_from if name not in schema]
    if unknown:
        raise Invalid({name: f"There is no field {name!r} to have started from" for name in unknown})


def check_files(schema: Schema, resource: Any, values: Mapping[str, Any]) -> None:
    """Raise NotPossible for a file that belongs to something else already."""
    for name, value in values.items():
        if schema[name].kind.uploads and getattr(value, "__parent__", None) not in (None, resource):
            raise NotPossible(f"{quoted(value)} belongs to {quoted(value.__parent__)} already; send another")


def check_address(identity: Identity, resource: Any, values: Mapping[str, Any]) -> None:
    """Raise Forbidden for another mail address of somebody who has a role that *identity* lacks.

    Whoever reads the mail to it can set the password.
    """
    if "email" in values and isinstance(resource, User) and resource.__name__ != identity.user_id:
        users = top(resource).users
        if resource.__parent__ is users.people:
            require_standing(identity, users, f"user:{resource.__name__}")


def check_site(resource: Any, values: Mapping[str, Any]) -> None:
    """Raise Invalid for what the site cannot have: a time zone or a language that is none, and the like."""
    if not isinstance(resource, Site):
        return
    errors = {}
    zone, front_page = values.get("time_zone"), values.get("front_page")
    if zone is not None and not is_zone(zone):
        near = did_you_mean(zone, available_timezones()) or ", wanted one such as Europe/Rome"
        errors["time_zone"] = f"There is no time zone {shown(zone)}{near}"
    if front_page is not None and not resource.is_in(front_page):
        errors["front_page"] = f"wanted a page of the site, not {quoted(front_page)}"
    problem = language_problem(values.get("languages", ()))
    if problem:
        errors["languages"] = problem
    errors.update(mail_problems(values))
    if errors:
        raise Invalid(errors)


def mail_problems(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with the addresses among *values*: browsers take some that no letter can have."""
    errors = {}
    for name in ("mail_from", "mail_reply_to"):
        try:
            address_from(values.get(name) or "nobody@localhost")
        except ValueError as error:
            errors[name] = str(error)
    return errors


def language_problem(tags: Iterable[str]) -> str:
    """Return what is wrong with *tags*, the languages of a site; "" if nothing is."""
    met: set[str] = set()
    for tag in tags:
        if not LANGUAGE.fullmatch(tag):
            return f"There is no language {shown(tag)}, wanted a tag such as en or de-CH in each line"
        if tag.lower() in met:
            return f"names {tag!r} twice, wanted each language once"
        met.add(tag.lower())
    return ""


def is_zone(name: str) -> bool:
    """Is there a time zone called *name*?"""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def titles(schema: Schema, names: Iterable[str]) -> str:
    """Return the titles of fields as they stand in a sentence: "title, summary"."""
    return ", ".join((schema[name].title or name).lower() for name in names)
