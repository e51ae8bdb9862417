"""Names for places inside a page, made as Hugo and GitHub make them."""

import re


class Anchors:
    """The names given in one page so far; no name is given twice."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def name(self, text: str) -> str:
        """Return a free name for a heading that reads *text*: "What's new?" → "whats-new"."""
        wanted = anchor_of(text) or "heading"
        number = self._taken.get(wanted, 0)
        name = f"{wanted}-{number}" if number else wanted
        while name in self._taken:
            number += 1
            name = f"{wanted}-{number}"
        self._taken[wanted] = number + 1
        self._taken.setdefault(name, 1)
        return name

    def take(self, name: str) -> str:
        """Note that the writer gave *name* to a place, and return it."""
        self._taken.setdefault(name, 1)
        return name


def anchor_of(text: str) -> str:
    """Return *text* in lower case, space as "-", without what is neither letter, digit, "-" nor "_"."""
    return re.sub(r"[^\w-]", "", re.sub(r"\s", "-", text.strip().lower()))
