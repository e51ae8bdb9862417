"""What a query finds for somebody: in an order, by pages, counted. What may not be seen is in none of it."""

import base64
import json
from collections import Counter
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from objpub.content import Page
from objpub.content import PAGE_LIMIT
from objpub.errors import Invalid
from objpub.errors import UnknownIndex
from objpub.schema import did_you_mean

from .cursors import packed
from .cursors import unpacked
from .declarations import IndexSpec
from .declarations import SINGLE
from .draining import Draining
from .evaluating import Evaluation
from .evaluating import specs_named
from .identifiers import id_of
from .identifiers import resource_of
from .queries import Query
from .queries import Words
from .queries import words_of
from .sight import Sight
from .texts import Texts
from .wording import asked_for
from .wording import Snippet

#: Sorts by how well the texts fit, the best first; "-relevance" the worst first.
RELEVANCE = "relevance"

#: Sorts from the oldest to the newest; "-created" the newest first.
CREATED = "created"

#: So many words that are spelt alike are tried.
MOST_TRIED = 8

#: So many words that are found nowhere are replaced, and by so many names results can be sorted.
MOST_MISSPELT = 8
MOST_TERMS = 5


@dataclass(frozen=True)
class Facet:
    """One value of an index, and how many of the results have it."""

    value: Any
    count: int


#: Of values: (None, the key), or (a mark, the key) where it refers to a resource → (the value, how many).
Counted = dict[tuple[str | None, Any], tuple[Any, int]]


@dataclass(frozen=True)
class Term:
    """One of the names that results are sorted by. descending: from the largest to the smallest."""

    name: str
    specs: tuple[IndexSpec, ...]
    descending: bool

    def __str__(self) -> str:
        return f"{'-' if self.descending else ''}{self.name}"


class Results:
    """What *query* finds, in order. Found when it is first looked at, and the same from then on.

    query: as a value, which prints. sort: names of indexes, "-" before those that go down. limit: how many
    resources are given at most, None for all; `count` and `facets` are about all that was found.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        sight: Sight,
        query: Query,
        sort: str | Sequence[str] | None = None,
        limit: int | None = None,
    ) -> None:
        self.query = query
        self.limit = check_limit(limit)
        self._evaluation = evaluation
        self._sight = sight
        self._catalog = sight.catalog
        self._sort = self._terms(sort)
        self._catalog.check_built(self._indexes, query.names() | {term.name for term in self._sort})
        self._on_page: list[int] = []
        self._snippets: dict[int, Snippet] = {}

    @property
    def sort(self) -> str:
        """What the results are sorted by, such as "-published_on"; "" for when they came to be."""
        return ", ".join(str(term) for term in self._sort)

    @property
    def count(self) -> int:
        """How many resources were found, whatever the limit."""
        return len(self._seen)

    def __len__(self) -> int:
        return len(self._seen) if self.limit is None else min(len(self._seen), self.limit)

    def __bool__(self) -> bool:
        return bool(self._seen)

    def __iter__(self) -> Iterator[Any]:
        return map(self._resource, self._ids[: self.limit])

    def __getitem__(self, index: int | slice) -> Any:
        found = self._ids[: self.limit][index]
        return (
            [self._resource(number) for number in found] if isinstance(found, list) else self._resource(found)
        )

    def __repr__(self) -> str:
        return f"<Results: {self.query}>"

    def page(self, after: str | None = None, limit: int | None = None) -> Page:
        """Return some results behind the cursor *after*.

        after: None or "" for the first page, else what a page gave as `next` or `previous`. limit: None for
        the limit of the results, or 20. Where something was added or deleted meanwhile, nothing is shown
        twice or left out. Raises Invalid for a cursor or a limit that cannot be one.
        """
        limit = check_limit(limit) or self.limit or 20
        start = 0 if after in {None, ""} else self._start_behind(after or "")
        ids = self._on_page = self._ids[start : start + limit]
        end = start + len(ids)
        before = max(start - limit, 0)
        previous = None if start == 0 else "" if before == 0 else self._cursor(self._ids[before - 1])
        return Page(
            items=tuple(map(self._resource, ids)),
            next=self._cursor(ids[-1]) if ids and end < len(self._ids) else None,
            previous=previous,
        )

    def snippet(self, resource: Any) -> Snippet:
        """Return the piece of the texts of *resource* that fits best, as HTML with <mark> around the words.

        Without words in the query it is empty, and for what is not among the results, such as what who asks
        may not see.
        """
        texts = words_of(self.query)
        number = id_of(resource)
        if not texts or number not in self._among:
            return Snippet()
        if number not in self._snippets:  # one question for all of a page
            together = self._on_page if number in self._on_page else [number]
            self._snippets |= self._texts.snippets(texts, together)
        return self._snippets.get(number, Snippet())

    @cached_property
    def suggestion(self) -> str | None:
        """What was meant perhaps, where a word was found nowhere: the words with others spelt alike.

        Nothing is suggested that finds nothing for the one who asks. None: nothing better is known.
        """
        texts = words_of(self.query)
        if not texts or self.count:
            return None
        words = [(each.text, not each.is_phrase) for text in texts for each in asked_for(text)]
        missing = [single and not self._finds(word) for word, single in words]
        if sum(missing) > MOST_MISSPELT:
            return None
        better = [
            self._better(word) if lacks else word for (word, _), lacks in zip(words, missing, strict=True)
        ]
        text = " ".join(better)
        return text if better != [word for word, _ in words] and self._finds(text) else None

    def _better(self, word: str) -> str:
        """Return a word spelt like *word* that finds something; else itself."""
        return next((each for each in self._near(word)[:MOST_TRIED] if self._finds(each)), word)

    def _near(self, word: str) -> list[str]:
        return self._texts.near(word)

    def _finds(self, text: str) -> bool:
        """Does *text* by itself find anything for the one who asks?"""
        return bool(self._sight.of(self._evaluation.ids(Words(text))))

    @property
    def _texts(self) -> Draining:
        database = self._sight.connection.db()
        table: Texts = database.registry[Texts]
        return table.of(database)

    def facets(self, name: str, most: int | None = None) -> tuple[Facet, ...]:
        """Return the values of the index *name* among all that was found, with counts, the most first.

        most: how many values at most. What may not be seen is no value either. Raises Invalid for a name that
        is no index, or one of words.
        """
        counted = [(count, key, value) for (_, key), (value, count) in self._counted(name).items()]
        counted.sort(key=lambda each: (-each[0], type(each[1]).__name__, each[1]))
        return tuple(Facet(value, count) for count, _, value in counted[:most])

    def _counted(self, name: str) -> Counted:
        counts: Counter[tuple[bool, Any]] = Counter()
        self._catalog.check_built(self._indexes, (name,))
        for spec in specs_named(self._evaluation.indexes, name):
            index = self._catalog.indexes.get(spec.key)
            if index is None:
                continue
            for number in self._readable(self._seen, [spec]):
                counts.update((spec.refers, key) for key in index.keys_of(number))
        found: Counted = {}
        for (refers, key), count in counts.items():
            value = self._referred(key) if refers else key
            if value is not None:
                found["" if refers else None, key] = value, count
        return found

    @cached_property
    def _seen(self) -> list[int]:
        """The ids of what was found and may be seen, as they come."""
        found = self._evaluation.ids(self.query)
        seen = self._sight.of(found)
        asked = [spec for name in sorted(self.query.names()) for spec in specs_named(self._indexes, name)]
        return self._readable(seen, [*asked, *(spec for term in self._sort for spec in term.specs)])

    @cached_property
    def _among(self) -> frozenset[int]:
        return frozenset(self._seen)

    @cached_property
    def _ids(self) -> list[int]:
        """The ids in order."""
        found = list(self._seen)
        for term in reversed(self._sort):
            if term.name == RELEVANCE:
                found.sort(key=self._scorer(), reverse=not term.descending)
                continue
            if term.name == CREATED and not term.specs:
                found.sort(reverse=term.descending)
                continue
            rank = self._ranker(term)
            ranks = [(rank(number), number) for number in found]
            having = [each for each in ranks if each[0] is not None]
            lacking = [number for key, number in ranks if key is None]
            having.sort(key=lambda each: each[0], reverse=term.descending)
            found = [number for _, number in having] + lacking
        return found

    def _scorer(self) -> Callable[[int], float]:
        """Return what gives how well a resource fits."""
        scores = self._evaluation.scores
        return lambda number: scores.get(number, 0.0)

    @property
    def _indexes(self) -> Any:
        return self._evaluation.indexes

    def _readable(self, numbers: list[int], specs: Sequence[IndexSpec]) -> list[int]:
        """Return those of *numbers* whose values of *specs* may be seen: a field can have a permission."""
        for permission in sorted({spec.read for spec in specs if spec.read is not None}):
            kinds = [
                dotted
                for dotted in self._catalog.kinds
                if any(spec.read == permission and spec.key in self._keys_of(dotted) for spec in specs)
            ]
            closed = self._catalog.of_kinds(kinds)
            sight = Sight(self._catalog, self._sight.connection, self._sight.identity, permission)
            numbers = [number for number in numbers if number not in closed or sight.sees(number)]
        return numbers

    def _keys_of(self, dotted: str) -> set[str]:
        kind = self._indexes.kind_called(dotted)
        return {spec.key for spec in self._indexes.of(kind).values()} if kind is not None else set()

    def _terms(self, sort: str | Sequence[str] | None) -> tuple[Term, ...]:
        """Return what to sort by. Raises Invalid for a name that results cannot be sorted by."""
        if sort is None:
            return ()
        texts = [each.strip() for each in sort.split(",")] if isinstance(sort, str) else list(sort)
        if len(texts) > MOST_TERMS:
            raise Invalid({"sort": f"wanted at most {MOST_TERMS} names to sort by, not {len(texts):,}"})
        return tuple(self._term(text) for text in texts if text)

    def _term(self, text: str) -> Term:
        name, descending = (text[1:], True) if text.startswith("-") else (text, False)
        if name == RELEVANCE:
            return Term(name, (), descending)
        found = tuple(spec for spec in self._evaluation.indexes.named(name) if spec.kind in SINGLE)
        if not found and name == CREATED:
            return Term(name, (), descending)
        if not found:
            can = sorted({each.name for each in self._indexes.specs() if each.kind in SINGLE})
            near = did_you_mean(name, [*can, CREATED, RELEVANCE])
            there = near or f"; there are {', '.join(can) or 'none'}"
            raise UnknownIndex({"sort": f"{name!r} is nothing to sort by{there}"}, text)
        return Term(name, found, descending)

    def _ranker(self, term: Term) -> Callable[[int], Any]:
        """Return what gives the key of a resource to sort by; None for no value."""
        indexes = [self._catalog.indexes.get(spec.key) for spec in term.specs]
        keys_of = [index.keys_of for index in indexes if index is not None]
        if len(keys_of) == 1:
            only = keys_of[0]
            return lambda number: keys[0] if (keys := only(number)) else None

        def rank(number: int) -> Any:
            for position, each in enumerate(keys_of):
                if keys := each(number):
                    return position, keys[0]
            return None

        return rank

    def _resource(self, number: int) -> Any:
        return resource_of(self._sight.connection, number)

    def _referred(self, key: int) -> Any:
        return self._resource(key) if self._sight.sees(key) else None

    def _place(self, number: int) -> list[Any]:
        """Return where *number* stands in the order: the keys it is sorted by."""
        return [self._key(term, number) for term in self._sort]

    def _key(self, term: Term, number: int) -> Any:
        """Return what the resource *number* is sorted by."""
        if term.name == RELEVANCE:
            return self._scorer()(number)
        return self._ranker(term)(number) if term.specs else number

    def _cursor(self, number: int) -> str:
        text = json.dumps([*map(packed, self._place(number)), number], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def _start_behind(self, cursor: str) -> int:
        """Return the position of the first result behind *cursor*. Raises Invalid."""
        try:
            *keys, number = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            place = [unpacked(each) for each in keys]
            number = self._number_from(number)
            if len(place) != len(self._sort):
                raise ValueError(cursor)
            return next(
                (each for each, other in enumerate(self._ids) if self._is_behind(other, place, number)),
                len(self._ids),
            )
        except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError) as error:
            raise Invalid({"after": f"{cursor!r:.60} is no cursor of these results"}) from error

    def _number_from(self, value: Any) -> int:
        """Return the id that a cursor says. Raises ValueError for what cannot be one."""
        if type(value) is not int:
            raise ValueError(value)
        return value

    def _is_behind(self, number: int, place: list[Any], other: int) -> bool:
        """Does the resource *number* come after what has the id *other* and stood at *place*?"""
        for term, mine, theirs in zip(self._sort, self._place(number), place, strict=True):
            if mine == theirs:
                continue
            if mine is None or theirs is None:
                return mine is None
            down = term.descending is not (term.name == RELEVANCE)
            return bool(mine < theirs if down else mine > theirs)
        return number > other


def check_limit(limit: int | None) -> int | None:
    """Return *limit*. Raises Invalid unless it is None or a number of results that there can be on a page."""
    if limit is not None and (type(limit) is not int or not 1 <= limit <= PAGE_LIMIT):
        raise Invalid({"limit": f"{limit!r} is not between 1 and {PAGE_LIMIT}"})
    return limit
