"""What refers to something, as far as that is known without searching for long.

References are ordinary ones in the database, which keeps no list of who refers to whom. So the fields that
could hold one, and the texts that could link to it, are looked at, in as many resources as a page may take
the time for.
"""

import re
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import islice
from typing import Any
from urllib.parse import unquote

from objpub.content import walk
from objpub.importing import Document
from objpub.lineage import inside
from objpub.lineage import path_of
from objpub.schema import schema_of

from .permission import visible

LOOKED_AT = 2_000  # resources; a page is still there in the twinkling of an eye
REFERENCE = "reference"  # the name of the kind
RICH_TEXT, MARKDOWN = "rich text", "markdown"  # kinds of texts with links in them
LINK = re.compile(r'\b(?:href|src)="([^"#?]*)')
LINK_IN_MARKDOWN = re.compile(r"\]\(\s*<?([^\s)>#?]+)|^ {0,3}\[[^\]]+\]:\s*<?([^\s>#?]+)", re.MULTILINE)
NAMED = 20
SEVERAL = (tuple, frozenset)


@dataclass(frozen=True)
class Reference:
    """A resource, the title of its field, and the resource that this refers to."""

    resource: Any
    field: str
    target: Any


@dataclass(frozen=True)
class Referring:
    """What refers to some resources. found: those that are named. count: of resources that may be seen.

    others: how many of these are not named. hidden: does one refer to them that may not be seen? How many
    do is not told. complete: was the whole site looked at?
    """

    found: tuple[Reference, ...]
    count: int
    others: int
    hidden: bool
    complete: bool


def referring_to(request: Any, targets: Iterable[Any]) -> Referring:
    """Return what refers, from outside, to *targets* or something in them: by reference, or in a text."""
    wanted = tuple(targets)
    paths = {path_of(each): each for each in wanted}
    found: list[Reference] = []
    count = others = looked_at = 0
    hidden = False
    for resource in islice(walk(request.site), LOOKED_AT + 1):
        looked_at += 1
        if any(inside(resource, each) for each in wanted):
            continue
        referring = list(references_in(request, resource, wanted, paths))
        if not referring:
            continue
        if not visible(request, resource):
            hidden = True
            continue
        count += 1
        if count <= NAMED:
            found.extend(Reference(resource, title, target) for title, target in referring)
        else:
            others += 1
    return Referring(tuple(found), count, others, hidden, looked_at <= LOOKED_AT)


def references_in(
    request: Any, resource: Any, targets: tuple[Any, ...], paths: dict[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Yield (title of a field, target) for each field of *resource* that refers into one of *targets*.

    A field that the one who asks may not see is left out. paths: of the targets.
    """
    for name, field in schema_of(type(resource)).items():
        kind = getattr(field.kind, "item", field.kind).name
        if kind not in {REFERENCE, RICH_TEXT, MARKDOWN}:
            continue
        if field.read is not None and not request.can(field.read, resource):
            continue
        values = values_in(resource, name)
        if kind == REFERENCE:
            found = [each for each in targets if any(inside(other, each) for other in values)]
        else:
            linked = {each for text in values for each in links_in(resource, name, kind, text)}
            found = list(
                dict.fromkeys(filter(None, (around(link, paths, request.prefix) for link in linked)))
            )
        yield from ((field.title, each) for each in found)


def values_in(resource: Any, name: str) -> list[Any]:
    """Return the value of a field as a list: its items, or itself alone; without None."""
    value = getattr(resource, name, None)
    return [each for each in (value if isinstance(value, SEVERAL) else (value,)) if each is not None]


def links_in(resource: Any, name: str, kind: str, text: str) -> set[str]:
    """Return what *text* links to, as it is written; of a document's own text, as it is rendered."""
    if kind == MARKDOWN and name == "text" and isinstance(resource, Document):
        text = resource.html
    links = set(LINK.findall(text))
    if kind == MARKDOWN:
        links.update("".join(found) for found in LINK_IN_MARKDOWN.findall(text))
    return links


def around(link: str, paths: dict[str, Any], prefix: str) -> Any:
    """Return the one of *paths* that *link* leads to or into, or None."""
    path = unquote(unescape(link)).removeprefix(prefix).rstrip("/")
    while path:
        if path in paths:
            return paths[path]
        path = path.rpartition("/")[0]
    return None
