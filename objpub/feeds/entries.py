"""What a feed says of a resource: a title, an address, when it came and changed, and a few lines of text."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import time
from datetime import UTC
from typing import Any

from objpub.catalog import plain
from objpub.content import modified_of
from objpub.content import title_of
from objpub.schema import Field
from objpub.schema import schema_of

#: Fields that say when something was published, and when it was last changed; the first that has a value.
PUBLISHED = ("published_on", "published", "date")
CHANGED = ("lastmod", "updated")
#: Fields that say in a few lines what it is about; where none does, it is the beginning of a long text.
SUMMARIES = ("summary", "description")
LONG = frozenset({"rich text", "markdown", "multiline text"})
LABELS = ("tags", "categories")
SUMMARY_CHARACTERS = 300
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """One resource in a feed.

    id: a URN that stays when it is renamed, moved or changed. address: with scheme and host. published: None
    where nothing says so. summary: plain text, "" for none. labels: its tags.
    """

    id: str
    title: str
    address: str
    updated: datetime
    published: datetime | None = None
    summary: str = ""
    labels: tuple[str, ...] = ()


def entry_of(resource: Any, request: Any) -> Entry:
    """Return what a feed says of *resource*. Fields that not everybody may read are left out."""
    schema = schema_of(type(resource))
    fields = {name: field for name, field in schema.items() if field.read is None}
    zone = request.site.zone
    published = first_moment(resource, fields, PUBLISHED, zone)
    title = title_of(resource) if "title" not in schema or "title" in fields else resource.__name__
    return Entry(
        id=urn_of(resource),
        title=" ".join(title.split()),
        address=request.url(resource, absolute=True),
        updated=first_moment(resource, fields, CHANGED, zone) or modified_of(resource) or NEVER,
        published=published or resource._created,
        summary=summary_of(resource, fields),
        labels=labels_of(resource, fields),
    )


def urn_of(resource: Any) -> str:
    """Return a name for *resource* that no other has, here or elsewhere, and that it keeps."""
    oid = resource._p_oid.hex() if resource._p_oid else "new"
    created = resource._created.isoformat() if resource._created else ""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"objpub {oid} {created}").urn


def first_moment(resource: Any, fields: dict[str, Field], names: Iterable[str], zone: Any) -> datetime | None:
    """Return the first of the moments in the fields called *names*; a day begins at midnight in *zone*."""
    for name in names:
        value = getattr(resource, name, None) if name in fields else None
        if isinstance(value, datetime):
            return value
        if isinstance(value, date):
            return datetime.combine(value, time(), zone)
    return None


def summary_of(resource: Any, fields: dict[str, Field]) -> str:
    """Return a few lines about *resource*, as plain text."""
    for name in SUMMARIES:
        value = getattr(resource, name, None) if name in fields else None
        if isinstance(value, str) and value.strip():
            return shortened(value)
    for name, field in fields.items():
        value = getattr(resource, name, None) if field.kind.name in LONG or field.multiline else None
        if isinstance(value, str) and value.strip():
            return shortened(value)
    return ""


def description_of(resource: Any) -> str:
    """Return the field that describes *resource*, as plain text; "" for none that everybody may read."""
    field = schema_of(type(resource)).get("description")
    value = getattr(resource, "description", None) if field is not None and field.read is None else None
    return plain(value).strip() if isinstance(value, str) else ""


def shortened(text: str) -> str:
    """Return the beginning of *text*, plain, up to the end of a word."""
    words = plain(text[: SUMMARY_CHARACTERS * 10])
    words = " ".join(words.split())
    if len(words) <= SUMMARY_CHARACTERS:
        return words
    return f"{words[:SUMMARY_CHARACTERS].rpartition(' ')[0] or words[:SUMMARY_CHARACTERS]} …"


def labels_of(resource: Any, fields: dict[str, Field]) -> tuple[str, ...]:
    """Return the tags and categories of *resource*."""
    found: set[str] = set()
    for name in LABELS:
        value = getattr(resource, name, None) if name in fields else None
        if isinstance(value, frozenset | tuple):
            found.update(str(each) for each in value)
    return tuple(sorted(found))
