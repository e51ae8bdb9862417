"""Three values of a field meet: the one an edit started from, the one that is here, and the one sent.

Pure functions over digests; `Field.digest` makes them. Two fields never have to do with each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass

KEEP = "keep"
TAKE = "take"
CLASH = "clash"


@dataclass(frozen=True)
class Merge:
    """What becomes of each field, in the order of the declaration.

    changed: to be set. merged: changed by somebody else since the start; what is here stays.
    clashes: changed to different values by both.
    """

    changed: tuple[str, ...]
    merged: tuple[str, ...]
    clashes: tuple[str, ...]


def merge_digests(before: Mapping[str, str], here: Mapping[str, str], sent: Mapping[str, str]) -> Merge:
    """Decide for each field of *here*: what to take, what to keep, and what needs a person.

    before: what the edit started from; a field that is missing takes what is sent. sent: what the edit
    wants; a field that is missing was not touched.
    """
    decided = {
        name: decide(before.get(name), digest, sent.get(name, before.get(name, digest)))
        for name, digest in here.items()
    }
    return Merge(
        changed=tuple(name for name in here if decided[name] == TAKE),
        merged=tuple(
            name for name in here if decided[name] == KEEP and here[name] != before.get(name, here[name])
        ),
        clashes=tuple(name for name in here if decided[name] == CLASH),
    )


def decide(before: str | None, here: str, sent: str) -> str:
    """Return what to do with one field: KEEP what is here, TAKE what was sent, or CLASH."""
    if sent == here:
        return KEEP
    if before is None or before == here:  # nobody else touched it
        return TAKE
    return KEEP if before == sent else CLASH
