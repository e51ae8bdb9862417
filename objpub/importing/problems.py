"""What can go wrong with files and links: the lines of a report."""

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """Something in a file that could not be taken over.

    file: its path below the imported folder. line: from 1; 0 where no line is to blame.
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


@dataclass(frozen=True, order=True)
class BrokenLink:
    """A link that leads nowhere. destination: as it was written. message: why it leads nowhere."""

    file: str
    line: int
    destination: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.destination or '(nothing)'}: {self.message}"


@dataclass(frozen=True, order=True)
class UnknownName:
    """A name in front matter that no field is for. count: in how many files. file, line: the first of them.

    near: a name that may have been meant, or "".
    """

    name: str
    count: int
    file: str
    line: int
    near: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        hint = f"; did you mean {self.near}?" if self.near else ""
        return f"{self.name}: in {self.count:,} file{'s' * (self.count != 1)}, first in {place}{hint}"


def first_of(problems: Sequence[Problem], most: int) -> list[Problem]:
    """Return the first *most* of the *problems* of one file, in its order, and how many more there are."""
    found = sorted(problems)
    if len(found) <= most:
        return found
    rest = found[most]
    return [*found[:most], Problem(rest.file, rest.line, f"and {len(found) - most:,} more from here on")]


def first_lines(things: Iterable[object], limit: int | None) -> list[str]:
    """Return up to *limit* of *things* as text, and a last line that says how many more there are."""
    lines = [str(thing) for thing in things]
    if limit is None or len(lines) <= limit:
        return lines
    return [*lines[:limit], f"... and {len(lines) - limit:,} more"]
