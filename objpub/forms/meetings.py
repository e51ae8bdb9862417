"""Two people in one field: what there was before, what each of them made of it, and both together.

The value before is found in the history of the resource, by the digest that the form started from.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as declared
from datetime import datetime
from html import unescape
from typing import Any

from objpub.content import File
from objpub.content import title_of
from objpub.database import as_of
from objpub.database import revisions_of
from objpub.lineage import path_of
from objpub.schema import Field
from objpub.schema import Surroundings

from .differences import abridged
from .differences import differences
from .differences import Piece
from .differences import together

REVISIONS_ASKED = 25  # how far back a form may have been loaded; further back nothing is shown as "before"

#: Kinds of text in which two changes can be written together.
WRITTEN = frozenset({"text", "multiline text", "markdown", "rich text"})

BLOCK_END = re.compile(r"</(?:p|div|li|h[1-6]|blockquote|pre|tr|figure|dt|dd)>|<br\s*/?>|<hr\s*/?>", re.I)
TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True)
class Before:
    """A value of the past. said: for people. texts: as a form shows it. moment: since when it was there."""

    said: str
    texts: list[str]
    moment: datetime


@dataclass(frozen=True)
class Past:
    """What the history of a resource tells about some of its fields.

    before: name → what a form started from. authors: name → (user id, moment) of the value that is there now.
    """

    before: dict[str, Before] = declared(default_factory=dict)
    authors: dict[str, tuple[str, datetime]] = declared(default_factory=dict)


@dataclass(frozen=True)
class Meeting:
    """One field that two people have changed, to choose from.

    before: what both started from, None where that is not known; since: when it was saved. theirs: what is
    saved; who, when: by whom and when, "" and None where that is not known. mine: what was sent. theirs and
    mine are compared with before, or mine with theirs where that is not known. together: a text with both
    changes in, None where that makes no sense. clean: do the changes not touch each other?
    """

    before: list[Piece] | None
    theirs: list[Piece]
    mine: list[Piece]
    since: datetime | None = None
    who: str = ""
    when: datetime | None = None
    together: str | None = None
    clean: bool = False


def past_of(resource: Any, fields: Mapping[str, Field], started: Mapping[str, str], zone: Any) -> Past:
    """Look through the history of *resource* for the values that *started*, digests by name, speak of."""
    past = Past()
    now = {name: fields[name].digest(getattr(resource, name, None)) for name in started}
    newest = set(started)  # names of fields whose value of today goes back at least so far
    for revision in revisions_of(resource, REVISIONS_ASKED):
        with as_of(resource, revision) as state:
            for name in started:
                value = getattr(state, name, None)
                digest = fields[name].digest(value)
                newest -= {name} if digest != now[name] else set()
                if name in newest:
                    past.authors[name] = (revision.user, revision.moment)
                if digest == started[name] and name not in past.before:
                    shown = fields[name].to_text(value, zone)
                    texts = shown if isinstance(shown, list) else [shown]
                    past.before[name] = Before(said(fields[name], value, zone), texts, revision.moment)
        if len(past.before) == len(started):
            break
    return past


def met(field: Field, theirs: Any, mine: Any, past: Past, who: str, surroundings: Surroundings) -> Meeting:
    """Return the meeting of two values of *field*. mine: a value, or what was typed where that is none.

    past: what the history tells. who: the title of the one who saved theirs.
    """
    before = past.before.get(field.name)
    their_text = said(field, theirs, surroundings)
    my_text = mine if isinstance(mine, str) and field.many else said(field, mine, surroundings)
    base = before.said if before is not None else None
    both = written_together(field, before, theirs, mine, surroundings)
    return Meeting(
        before=None if base is None else abridged([Piece("same", base)] if base else []),
        theirs=abridged(differences(their_text if base is None else base, their_text)),
        mine=abridged(differences(their_text if base is None else base, my_text)),
        since=before.moment if before is not None else None,
        who=who,
        when=past.authors[field.name][1] if field.name in past.authors else None,
        together=None if both is None else both[0],
        clean=both is not None and both[1],
    )


def written_together(
    field: Field, before: Before | None, theirs: Any, mine: Any, surroundings: Surroundings
) -> tuple[str, bool] | None:
    """Return a text with both changes in, and whether they do not touch; None where that makes no sense."""
    if before is None or field.choices:
        return None
    if field.many:
        return items_together(field, before, theirs, mine, surroundings)
    if field.kind.name not in WRITTEN or not isinstance(mine, str):
        return None
    base = before.texts[0] if before.texts else ""
    their_text, my_text = (str(field.to_text(each, surroundings)) for each in (theirs, mine))
    one = together(base, my_text, their_text)
    other = together(base, their_text, my_text)
    return one, one == other


def items_together(
    field: Field, before: Before, theirs: Any, mine: Any, surroundings: Surroundings
) -> tuple[str, bool] | None:
    """Return what both have added to a set, without what either took away; None for what has an order."""
    if field.kind.name != "frozenset" or not isinstance(mine, frozenset) or not isinstance(theirs, frozenset):
        return None
    base = set(before.texts)
    my_items, their_items = (set(field.to_text(each, surroundings)) for each in (mine, theirs))
    kept = (base & my_items & their_items) | (my_items - base) | (their_items - base)
    return "\n".join(sorted(kept)), True


def said(field: Field, value: Any, surroundings: Surroundings) -> str:
    """Return a value as people read it: titles of choices and references, text without its markup."""
    if value is None or value == () or value == frozenset():
        return ""
    if field.many and isinstance(value, tuple | frozenset):
        titles = dict(field.choices)
        texts = field.to_text(value, surroundings)
        return "\n".join(titles.get(each, each) for each in texts)
    titles = dict(field.choices)
    if titles and value in titles:
        return titles[value]
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, File):
        return value.filename
    if field.kind.name == "reference" and hasattr(value, "__parent__"):
        return f"{title_of(value)} ({path_of(value)})"
    text = str(field.to_text(value, surroundings))
    return plain(text) if field.kind.name == "rich text" else text


def plain(html: str) -> str:
    """Return what people read of *html*, a block in each line."""
    text = unescape(TAG.sub("", BLOCK_END.sub("\n", html)))
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())
