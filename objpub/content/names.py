"""The names of resources: one rule for every way in, and names made from titles."""

import itertools
import random
import unicodedata
from collections.abc import Callable
from collections.abc import Container
from typing import Any

from objpub.database import registry_of
from objpub.errors import BadName
from objpub.registry import ByClass
from objpub.registry import Registry
from objpub.schema import schema_of

#: Longest name in bytes of UTF-8: what a file system takes.
MAXIMUM_BYTES = 255

#: Longest name made from a title, in characters.
SLUG_CHARACTERS = 80

#: Letters that Unicode does not take apart, in ASCII.
FOLDED = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l",
    "ħ": "h", "\u0131": "i", "ŋ": "n", "ŧ": "t", "ĸ": "k", "&": " and ", "'": "", "\u2019": "",
}  # fmt: skip

#: Characters that turn the direction of text, so that a name looks like another one.
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")

REFUSED_CATEGORIES = {
    "Cc": "a control character",
    "Cs": "half a character",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
}


class ReservedNames(ByClass[str]):
    """Names that new children of a folder may not have: (folder class, name) → what owns the name.

    Other parts fill it at the freeze: `registry[ReservedNames].put(Blog, "feed", "a view")`.
    """


def check_name(name: Any, folder: Any = None) -> str:
    """Return *name* as a child of *folder* will carry it: in Unicode's composed form (NFC).

    folder: whose reserved names are refused too; None asks for the rule of all names only.
    Raises BadName, which says what is wrong with it.
    """
    if not isinstance(name, str):
        raise BadName(f"A name is text, not {name!r}")
    name = unicodedata.normalize("NFC", name)
    wrong = wrong_with(name)
    if wrong is None and folder is not None:
        owner = owner_of(name, folder, registry_of(folder))
        wrong = owner and f"belongs to {owner} of {type(folder).__name__}"
    if wrong is not None:
        raise BadName(f"The name {shortened(name)!r} {wrong}")
    return name


def wrong_with(name: str) -> str | None:
    """Return what keeps *name* from being a name anywhere, as the end of a sentence; None if nothing does."""
    if not name:
        return "is empty"
    if name in {".", ".."}:
        return "means a place, in every URL"
    for start, reason in STARTS.items():
        if name.startswith(start):
            return f"starts with {start!r}, {reason}"
    for character in name:
        wrong = wrong_with_character(character)
        if wrong is not None:
            return f"has {wrong}, {character!r}"
    if name != name.strip():
        return "has space around it"
    size = len(name.encode())
    if size > MAXIMUM_BYTES:
        return f"is {size} bytes long; at most {MAXIMUM_BYTES} are possible"
    return None


STARTS = {"_": "which is private", "@@": "which asks for a view", "++": "which asks for a namespace"}


def wrong_with_character(character: str) -> str | None:
    """Return in words why no name may have *character*; None if it may."""
    if character == "/":
        return "a slash"
    if character in TURNING:
        return "a character that turns the direction of text"
    return REFUSED_CATEGORIES.get(unicodedata.category(character))


def owner_of(name: str, folder: Any, registry: Registry | None) -> str | None:
    """Return what owns *name* below *folder* already, such as "a view"; None if nothing does."""
    declared = schema_of(type(folder)).get(name)
    if declared is not None and declared.kind.uploads:
        return "a field"
    return registry[ReservedNames].find(type(folder), name) if registry is not None else None


def shortened(name: str) -> str:
    """Return *name* short enough for a message."""
    return name if len(name) <= 60 else name[:57] + "..."


def slug_of(title: str) -> str:
    """Return *title* as a name for URLs: lower case, no accents, hyphens between; "" if nothing stays.

    Letters of scripts other than Latin are kept: browsers show them readably.
    """
    letters = "".join(folded(character) for character in unicodedata.normalize("NFC", title))
    words = "".join(letter if is_part_of_word(letter) else " " for letter in letters.lower()).split()
    slug = "-".join(words)
    if len(slug) > SLUG_CHARACTERS:
        cut = slug[: SLUG_CHARACTERS + 1].rfind("-")
        slug = slug[: cut if cut > 0 else SLUG_CHARACTERS]
    return fitting(slug, MAXIMUM_BYTES - 20)


def folded(character: str) -> str:
    """Return *character* without its accent where it is Latin; else as it is."""
    if character.lower() in FOLDED:
        return FOLDED[character.lower()]
    parts = unicodedata.normalize("NFKD", character)
    return parts.encode("ascii", "ignore").decode() if parts[:1].isascii() else character


def is_part_of_word(character: str) -> bool:
    """Does *character* stay in a slug: a letter, a digit, or a mark that belongs to a letter?"""
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def fitting(text: str, size: int) -> str:
    """Return the start of *text* that has at most *size* bytes in UTF-8."""
    return text.encode()[:size].decode(errors="ignore")


def name_from(title: str, folder: Any, *, fallback: str = "item") -> str:
    """Return a name for a new child of *folder*, made from its *title*: not taken and not reserved.

    fallback: what to start from where the title has no letters. A taken name gets "-2", "-3" and so on
    to "-9", then a number that nobody else will be trying at the same time.
    """
    start = slug_of(title) or slug_of(fallback) or "item"
    registry = registry_of(folder)

    def is_free(name: str) -> bool:
        return name not in folder and wrong_with(name) is None and not owner_of(name, folder, registry)

    return start if is_free(start) else f"{start}-{spread_number(lambda n: is_free(f'{start}-{n}'))}"


def first_number(is_free: Callable[[int], bool]) -> int:
    """Return a number from 2 on that is free; a million taken ones cost forty questions.

    The numbers up to 9 are asked one by one; above that the steps double, then the gap is halved.
    """
    for number in range(2, 10):
        if is_free(number):
            return number
    taken = 9
    free = next(number for number in (2**power for power in itertools.count(4)) if is_free(number))
    while free - taken > 1:
        middle = (free + taken) // 2
        taken, free = (taken, middle) if is_free(middle) else (middle, free)
    return free


def spread_number(is_free: Callable[[int], bool]) -> int:
    """Return a number from 2 on that is free: the first one up to 9, above that any.

    Who adds at the same time does not know of the others; if all took the first, all but one would have to
    begin anew. Each range has ten times as many numbers as the one before, so a few questions do.
    """
    for number in range(2, 10):
        if is_free(number):
            return number
    ranges = (random.randrange(10, 10**digits) for digits in itertools.count(3))
    return next(number for number in ranges if is_free(number))


def unique_name(
    name: str, taken: Container[str], number_for: Callable[[Callable[[int], bool]], int] = first_number
) -> str:
    """Return *name*; if it is *taken*, with a number before its ending: "cat.png" → "cat-2.png".

    number_for: returns a number that a function says is free: `first_number` for who plans alone,
    `spread_number` where others may be adding.
    """
    if name not in taken:
        return name
    start, dot, ending = name.rpartition(".")
    if not start:
        start, dot, ending = name, "", ""
    number = number_for(lambda n: f"{start}-{n}{dot}{ending}" not in taken)
    return f"{start}-{number}{dot}{ending}"
