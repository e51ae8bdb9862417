"""What can go wrong with files and links: the lines of a report."""

from collections.abc import Iterable
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


def first_lines(things: Iterable[object], limit: int | None) -> list[str]:
    """Return up to *limit* of *things* as text, and a last line that says how many more there are."""
    lines = [str(thing) for thing in things]
    if limit is None or len(lines) <= limit:
        return lines
    return [*lines[:limit], f"... and {len(lines) - limit:,} more"]
