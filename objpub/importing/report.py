"""What an import did, for people and for programs."""

from collections import Counter
from dataclasses import dataclass
from dataclasses import field

from .problems import BrokenLink
from .problems import first_lines
from .problems import Problem
from .problems import UnknownName

# How many lines of each kind `str(report)` shows; the lists have them all.
LINES_SHOWN = 20


@dataclass
class Report:
    """What an import did.

    added, updated: resources written, by kind ("section", "page", "image", "file"). unchanged: resources that
    are as their files say. relinked: pages whose text is the same and whose links lead elsewhere now; they
    are among the updated. kept: what was edited on the site and is left as it is. removed: what was removed
    on the site and does not come back. vanished: what is on the site and whose file is gone, or not published
    any more; nothing is deleted. renamed: what could not have the name of its file. unpublished: path →
    why it is left out. problems: what could not be read or taken over. broken: links that lead nowhere.
    unknown: names in front matter that no field is for; they are kept among the `extra` of their pages.
    seconds: how long it took.
    """

    added: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    relinked: int = 0
    kept: list[Problem] = field(default_factory=list)
    removed: list[Problem] = field(default_factory=list)
    vanished: list[Problem] = field(default_factory=list)
    renamed: list[Problem] = field(default_factory=list)
    unpublished: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    broken: list[BrokenLink] = field(default_factory=list)
    unknown: list[UnknownName] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def written(self) -> int:
        """How many resources were added or updated."""
        return self.added.total() + self.updated.total()

    def __str__(self) -> str:
        return "\n".join(self.lines(LINES_SHOWN))

    def lines(self, limit: int | None = None) -> list[str]:
        """Return the whole report, line by line. limit: at most so many of each kind; None: all."""
        unpublished = [Problem(path, 0, reason) for path, reason in self.unpublished.items()]
        found = [f"{self.summary()} in {self.seconds:.1f} s"]
        for title, things in (
            ("Could not be taken over", self.problems),
            ("Edited on the site, left as they are", self.kept),
            ("Removed on the site, left away", self.removed),
            ("On the site, but not in the folder any more", self.vanished),
            ("Renamed", self.renamed),
            ("Not published", unpublished),
            ("Links that lead nowhere", self.broken),
            ("Names in front matter that no field is for, kept as other values", self.unknown),
        ):
            if things:
                found += ["", f"{title} ({len(things):,}):"]
                found += [f"  {line}" for line in first_lines(sorted(things), limit)]
        return found

    def summary(self) -> str:
        """Return the numbers in one line."""
        parts = [f"{counted(self.added) or 'nothing'} added"]
        if self.updated:
            parts.append(f"{counted(self.updated)} updated")
        if self.unchanged:
            parts.append(f"{self.unchanged:,} unchanged")
        if self.unpublished:
            parts.append(f"{len(self.unpublished):,} not published")
        return ", ".join(parts)


def counted(kinds: Counter[str]) -> str:
    """Return numbers by kind in words: "3 pages, 1 image"."""
    return ", ".join(
        f"{number:,} {kind}{'' if number == 1 else 's'}" for kind, number in kinds.items() if number
    )
