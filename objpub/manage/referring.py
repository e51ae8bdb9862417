"""What refers to something, as far as that is known without searching for long.

References are ordinary ones in the database, which keeps no list of who refers to whom. So the fields that
could hold one are looked at, in as many resources as a page may take the time for.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from objpub.content import walk
from objpub.lineage import inside
from objpub.schema import schema_of

from .permission import visible

LOOKED_AT = 2_000  # resources; a page is still there in the twinkling of an eye
REFERENCE = "reference"  # the name of the kind
HOLDS_TEXT_WITH_LINKS = "rich text"
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
    """What refers to some resources. found: those that are named. others: how many more, or hidden ones.

    complete: was the whole site looked at?
    """

    found: tuple[Reference, ...]
    others: int
    complete: bool

    @property
    def count(self) -> int:
        """How many there are in all."""
        return len(self.found) + self.others


def referring_to(request: Any, targets: Iterable[Any]) -> Referring:
    """Return what refers, from outside, to *targets* or something in them: by reference, or in a text."""
    wanted = tuple(targets)
    paths = {f'href="{request.url(each).rstrip("/")}': each for each in wanted}
    found: list[Reference] = []
    others = looked_at = 0
    for resource in islice(walk(request.site), LOOKED_AT + 1):
        looked_at += 1
        for title, target in references_in(resource, wanted, paths):
            if any(inside(resource, each) for each in wanted):
                continue
            if len(found) < NAMED and visible(request, resource):
                found.append(Reference(resource, title, target))
            else:
                others += 1
    return Referring(tuple(found), others, looked_at <= LOOKED_AT)


def references_in(
    resource: Any, targets: tuple[Any, ...], paths: dict[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Yield (title of a field, target) for each field of *resource* that refers into one of *targets*.

    paths: what a link to a target begins with → the target.
    """
    for name, field in schema_of(type(resource)).items():
        kind = getattr(field.kind, "item", field.kind)
        if kind.name == REFERENCE:
            value = getattr(resource, name, None)
            found = [each for each in (value if isinstance(value, SEVERAL) else (value,)) if each is not None]
            yield from (
                (field.title, each) for each in targets if any(inside(other, each) for other in found)
            )
        elif kind.name == HOLDS_TEXT_WITH_LINKS:
            text = str(getattr(resource, name, "") or "")
            for start, target in paths.items():
                if any(f"{start}{end}" in text for end in '"/#?'):
                    yield field.title, target
