"""Two texts compared word by word, and two changes of one text written together.

Pure functions: the merge page shows with them what both people did.
"""

import re
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, OUT, IN = "same", "out", "in"
WORDS = re.compile(r"<[^<>\n]*>[^\S\n]*|\w+[^\S\n]*|\n|[^\S\n]+|[^\w\s][^\S\n]*")

# Comparing takes at worst the product of both lengths; above this, whole lines are compared, then nothing.
MOST_COMPARISONS = 4_000_000

# An unchanged passage longer than this is shown with its beginning and its end only.
LONG_PASSAGE = 400


@dataclass(frozen=True)
class Piece:
    """A passage. kind: "same", "out" if it was taken out, "in" if it was put in."""

    kind: str
    text: str

    @property
    def words(self) -> str:
        """The passage without the space at its end, which need not be marked."""
        return self.text.rstrip()

    @property
    def space(self) -> str:
        """The space at its end."""
        return self.text[len(self.words) :]


@dataclass(frozen=True)
class Change:
    """Pieces *start* to *end* of the text before are now *pieces*."""

    start: int
    end: int
    pieces: tuple[str, ...]


def differences(before: str, after: str) -> list[Piece]:
    """Return what became of *before* in *after*, in its order."""
    old, new = comparable(before, after)
    found = []
    for kind, start, end, begin, stop in steps(old, new):
        if kind == "equal":
            found.append(Piece(SAME, "".join(old[start:end])))
            continue
        found += [Piece(OUT, "".join(old[start:end]))] if end > start else []
        found += [Piece(IN, "".join(new[begin:stop]))] if stop > begin else []
    return found


def abridged(pieces: Sequence[Piece]) -> list[Piece]:
    """Return *pieces* with long passages that are the same cut in their middle."""
    return [Piece(each.kind, cut(each.text)) if each.kind == SAME else each for each in pieces]


def cut(text: str) -> str:
    """Return *text*; of a long one its beginning and its end."""
    half = LONG_PASSAGE // 2
    return text if len(text) <= LONG_PASSAGE else f"{text[:half]} … {text[-half:]}"


def together(before: str, mine: str, theirs: str) -> str:
    """Return *before* with both changes in; where they meet, theirs stands first, then mine."""
    old, my, their = comparable(before, mine, theirs)
    found: list[str] = []
    at = 0
    for start, end, ours, others in meetings(changes(old, my), changes(old, their)):
        found += old[at:start]
        their_text = applied(old, start, end, others)
        my_text = applied(old, start, end, ours)
        if not others or my_text == their_text:
            found.append(my_text)
        elif not ours:
            found.append(their_text)
        else:
            found.append(joined(their_text, my_text))
        at = end
    return "".join([*found, *old[at:]])


def joined(one: str, other: str) -> str:
    """Return two passages behind each other, with a space between words."""
    space = " " if one and other and not one[-1].isspace() and not other[0].isspace() else ""
    return one + space + other


def meetings(
    mine: Sequence[Change], theirs: Sequence[Change]
) -> Iterator[tuple[int, int, list[Change], list[Change]]]:
    """Yield (start, end, my changes, their changes) of each passage that somebody changed."""
    waiting = sorted([(each, True) for each in mine] + [(each, False) for each in theirs], key=place_of)
    group: list[tuple[Change, bool]] = []
    end = -1
    for change, is_mine in waiting:
        if group and change.start > end:
            yield grouped(group, end)
            group = []
        end = max(end, change.end) if group else change.end
        group.append((change, is_mine))
    if group:
        yield grouped(group, end)


def place_of(waiting: tuple[Change, bool]) -> tuple[int, int]:
    """Return where a change stands, to sort by."""
    return waiting[0].start, waiting[0].end


def grouped(group: list[tuple[Change, bool]], end: int) -> tuple[int, int, list[Change], list[Change]]:
    """Return what `meetings` yields of changes that touch each other."""
    ours = [change for change, is_mine in group if is_mine]
    others = [change for change, is_mine in group if not is_mine]
    return group[0][0].start, end, ours, others


def applied(old: Sequence[str], start: int, end: int, changed: Sequence[Change]) -> str:
    """Return the passage *start* to *end* of *old* with some changes in."""
    found: list[str] = []
    at = start
    for change in changed:
        found += [*old[at : change.start], *change.pieces]
        at = change.end
    return "".join([*found, *old[at:end]])


def changes(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """Return what has to be done to *old* to have *new*."""
    return [
        Change(start, end, tuple(new[begin:stop]))
        for kind, start, end, begin, stop in steps(old, new)
        if kind != "equal"
    ]


def steps(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """Return the steps of difflib from *old* to *new*; what both begin and end with is not compared."""
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    left = shorter - head
    tail = next((at for at in range(left) if old[-1 - at] != new[-1 - at]), left)
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    found = [("equal", 0, head, 0, head)] if head else []
    for kind, start, end, begin, stop in middle_steps(middle_old, middle_new):
        found.append((kind, start + head, end + head, begin + head, stop + head))
    if tail:
        found.append(("equal", len(old) - tail, len(old), len(new) - tail, len(new)))
    return found


def middle_steps(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """Return the steps of difflib from *old* to *new*; of much too long ones that all is replaced."""
    if not old and not new:
        return []
    if len(old) * len(new) > MOST_COMPARISONS:
        return [("replace", 0, len(old), 0, len(new))]
    return list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())


def comparable(before: str, *others: str) -> list[list[str]]:
    """Return the texts in pieces that can be compared: words, or lines where there are too many words."""
    words = [WORDS.findall(text) for text in (before, *others)]
    if all(len(words[0]) * len(each) <= MOST_COMPARISONS for each in words[1:]):
        return words
    return [text.splitlines(keepends=True) for text in (before, *others)]
