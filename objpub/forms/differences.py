"""Two texts compared word by word, and two changes of one text written together.

Pure functions: the merge page shows with them what both people did.
"""

import re
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

SAME, OUT, IN = "same", "out", "in"
WORDS = re.compile(r"<[^<>\n]*>[^\S\n]*|\w+[^\S\n]*|\n|[^\S\n]+|[^\w\s][^\S\n]*")

# The time that comparing takes grows with the number of changes times the length of both texts. Where there
# are more of either, whole lines are compared; where even these differ too much, all is replaced.
MOST_CHANGES = 500
MOST_STEPS = 4_000_000

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
    head, tail = same_ends(old, new)
    found = [("equal", 0, head, 0, head)] if head else []
    for kind, start, end, begin, stop in middle_steps(*middles(old, new)):
        found.append((kind, start + head, end + head, begin + head, stop + head))
    if tail:
        found.append(("equal", len(old) - tail, len(old), len(new) - tail, len(new)))
    return found


def same_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """Return how many pieces *old* and *new* have in common at the beginning, and at the end."""
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    left = shorter - head
    return head, next((at for at in range(left) if old[-1 - at] != new[-1 - at]), left)


def middles(old: Sequence[str], new: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Return *old* and *new* without what both begin and end with."""
    head, tail = same_ends(old, new)
    return old[head : len(old) - tail], new[head : len(new) - tail]


def middle_steps(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """Return the steps of difflib from *old* to *new*; of much too different ones that all is replaced."""
    if not old and not new:
        return []
    matches = matches_of(old, new)
    if matches is None:
        return [("replace", 0, len(old), 0, len(new))]
    found: list[tuple[str, int, int, int, int]] = []
    at = to = 0
    for start, begin, length in [*matches, (len(old), len(new), 0)]:
        found += [("replace", at, start, to, begin)] if start > at or begin > to else []
        at, to = start + length, begin + length
        found += [("equal", start, at, begin, to)] if length else []
    return found


def matches_of(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int]] | None:
    """Return (place in old, place in new, length) of what stayed, in order, with the fewest changes.

    None where they are too many. Eugene Myers, "An O(ND) difference algorithm and its variations" (1986):
    with each further change it is seen how far along each diagonal one comes, place in old less place in new.
    """
    size = len(old) + len(new)
    reached = {1: 0}
    before: list[dict[int, int]] = []
    for changes in range(min(size, MOST_CHANGES, MOST_STEPS // max(1, size)) + 1):
        before.append(reached.copy())
        for diagonal in range(-changes, changes + 1, 2):
            # Written out, as it runs often; `came_from` says the same.
            above, below = reached.get(diagonal + 1, -1), reached.get(diagonal - 1, -2) + 1
            at = above if above >= below else below
            to = at - diagonal
            while at < len(old) and to < len(new) and old[at] == new[to]:
                at, to = at + 1, to + 1
            reached[diagonal] = at
            if at >= len(old) and to >= len(new):
                return traced_back(before, len(old), len(new))
    return None


def came_from(reached: Mapping[int, int], diagonal: int) -> int:
    """Return the diagonal before the last change on the way to *diagonal*: something put in, or taken out."""
    above, below = reached.get(diagonal + 1, -1), reached.get(diagonal - 1, -2) + 1
    return diagonal + 1 if above >= below else diagonal - 1


def traced_back(before: list[dict[int, int]], at: int, to: int) -> list[tuple[int, int, int]]:
    """Return what stayed, from the end back to the beginning. before: how far one came with each change."""
    found: list[tuple[int, int, int]] = []
    for changes in range(len(before) - 1, -1, -1):
        reached = before[changes]
        last = came_from(reached, at - to)
        start = max(reached[last] + (last < at - to), 0) if changes else 0
        length = at - start
        if length:
            found.append((start, to - length, length))
        at, to = reached[last], reached[last] - last
    return found[::-1]


def comparable(before: str, *others: str) -> list[list[str]]:
    """Return the texts in pieces that can be compared: words, or lines where the words differ too much."""
    words = [WORDS.findall(text) for text in (before, *others)]
    pairs = [(words[0], each) for each in words[1:]]
    if all(matches_of(*middles(old, new)) is not None for old, new in pairs):
        return words
    return [text.splitlines(keepends=True) for text in (before, *others)]
