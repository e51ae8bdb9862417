"""Walking along an index from a place on, upwards or downwards: no more is read than is walked."""

import json
from collections.abc import Iterator
from heapq import merge
from typing import Any

from .results import packed
from .results import unpacked


class Kept:
    """The ids in a tree, but those that were *touched*; in their place those that are *there*."""

    def __init__(self, tree: Any, touched: set[int], there: list[Any]) -> None:
        self._tree = tree
        self._touched = touched
        self._there = there

    def __contains__(self, number: int) -> bool:
        return number in self._there if number in self._touched else number in self._tree

    def __iter__(self) -> Iterator[int]:
        return self.behind(None, False)

    def behind(self, place: Any, down: bool) -> Iterator[Any]:
        """Yield what is behind *place*; None: all of it."""
        known = (each for each in self._walked(place, down) if self._number(each) not in self._touched)
        there = (
            each
            for each in (reversed(self._there) if down else self._there)
            if place is None or (each < place if down else each > place)
        )
        return merge(known, there, reverse=down) if self._there else known

    def _walked(self, place: Any, down: bool) -> Iterator[Any]:
        tree = self._tree
        if not down:
            yield from tree.keys(place, excludemin=place is not None) if tree else ()
            return
        while tree:
            try:
                place = tree.maxKey() if place is None else tree.maxKey(self._below(place))
            except ValueError:  # there is none below
                return
            yield place

    def _number(self, key: Any) -> Any:
        return key

    def _below(self, key: Any) -> Any:
        return key - 1


class Pairs(Kept):
    """The same for pairs (value, id)."""

    def _number(self, key: Any) -> Any:
        return key[1]

    def _below(self, key: Any) -> Any:
        return key[0], key[1] - 1


def by_number(sets: list[Any], down: bool, place: Any) -> Iterator[tuple[str, int]]:
    """Yield (place, id) of the ids in *sets*, behind *place*."""
    streams = [ids.behind(place, down) for ids in sets]
    return ((str(number), number) for number in merge(*streams, reverse=down))


def by_value(indexes: list[Any], down: bool, place: Any) -> Iterator[tuple[str, int]]:
    """Yield (place, id) of what *indexes*, which have an order, hold, one after the other, behind *place*."""
    order = list(enumerate(indexes))
    for position, index in reversed(order) if down else order:
        if index is None or (place and (position > place[0] if down else position < place[0])):
            continue
        start = (unpacked(place[1]), place[2]) if place and position == place[0] else None
        for value, number in index.behind(start, down):
            yield json.dumps([position, packed(value), number]), number
