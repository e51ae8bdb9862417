"""From a query to the ids of what it finds, by the indexes, before anybody asks who may see it.

Each kind of query is a row in a table. A part of an "and" is asked only about what the parts before it left.
"""

from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

from BTrees.LLBTree import difference
from BTrees.LLBTree import intersection
from BTrees.LLBTree import LLSet
from BTrees.LLBTree import multiunion

from objpub.errors import Invalid
from objpub.errors import UnknownIndex
from objpub.schema import did_you_mean

from .declarations import Indexes
from .declarations import IndexSpec
from .identifiers import id_of
from .queries import And
from .queries import AnyOf
from .queries import Below
from .queries import Between
from .queries import Everything
from .queries import Given
from .queries import Not
from .queries import OfKind
from .queries import Or
from .queries import Query
from .queries import Words
from .reading import Reading
from .wording import beginnings_in
from .wording import MOST_BEGINNINGS

#: Finds what has one of several texts, with scores by id.
Texts = Callable[[Sequence[str]], dict[int, float]]

#: Which parts of an "and" are asked first: those that leave least at the smallest cost.
ORDER: tuple[type, ...] = (AnyOf, Words, OfKind, Between, Given, Or, And, Everything, Below, Not)

NOTHING: Any = LLSet()

#: So many resources are asked for their value one by one, rather than all that lies between two limits.
FEW = 5_000


class Evaluation:
    """One query at work.

    scores: id → how well its texts fit, where words were asked for; the more the better.
    """

    def __init__(self, catalog: Reading, indexes: Indexes, texts: Texts | None = None) -> None:
        """texts: finds what has one of several texts, returns scores by id; None where there is no index."""
        self.catalog = catalog
        self.indexes = indexes
        self._texts = texts
        self.scores: dict[int, float] = {}
        self._inside: dict[int, dict[int, bool]] = {}
        self._beginnings = 0

    def ids(self, query: Query, among: Any = None) -> Any:
        """Return the ids of what *query* finds, as a set of BTrees. among: look only at these; None: all."""
        return EVALUATED[type(query)](self, query, among)

    def universe(self, among: Any) -> Any:
        """Return *among*, or all ids."""
        return self.catalog.all() if among is None else among

    def any_of(self, query: AnyOf, among: Any) -> Any:
        """Return what has one of the values; values that no type of this name could have are an error."""
        found = []
        for spec, keys in keyed(self.indexes, query.name, query.values):
            index = self.catalog.indexes.get(spec.key)
            if index is not None:
                found.append(index.equal(keys))
        return within(found[0] if len(found) == 1 else multiunion(found), among)

    def between(self, query: Between, among: Any) -> Any:
        """Return what has a value between the limits."""
        specs = ordered_specs(self.indexes, query.name)
        ends = [each for each in (query.low, query.high) if each is not None]
        found = []
        for spec, keys in keyed(self.indexes, query.name, ends, specs, whole=True):
            index = self.catalog.indexes.get(spec.key)
            if index is not None:
                low = keys[0] if query.low is not None else None
                high = keys[-1] if query.high is not None else None
                limits = (low, high, query.above, query.below)
                if among is not None and len(among) <= FEW:
                    found.append(LLSet(index.between_among(among, *limits)))
                else:
                    found.append(index.between(*limits))
        return within(multiunion(found), among)

    def given(self, query: Given, among: Any) -> Any:
        """Return what has a value."""
        specs = specs_named(self.indexes, query.name)
        indexes = [self.catalog.indexes.get(spec.key) for spec in specs]
        return within(multiunion([each.having() for each in indexes if each is not None]), among)

    def of_kind(self, query: OfKind, among: Any) -> Any:
        """Return what is of one of the classes."""
        return within(self.catalog.of_kinds(self.indexes.dotted_names(query.kinds)), among)

    def below(self, query: Below, among: Any) -> Any:
        """Return what is below the place. Up from each resource; each folder is looked at once."""
        top = id_of(query.place)
        known = self._inside.setdefault(top, {top: True, 0: False})
        parents = self.catalog.parents
        found = []
        for number in self.universe(among):
            parent = parents.get(number, 0)
            answer = known.get(parent)
            if answer if answer is not None else self._is_below(parent, known):
                found.append(number)
        return LLSet(found)

    def words(self, query: Words, among: Any) -> Any:
        """Return what has the words, and remember the scores."""
        return self._having((query.text,), among)

    def _having(self, texts: Sequence[str], among: Any) -> Any:
        """Return what has one of *texts*, asked for at once, so that what has several comes first."""
        if self._texts is None:
            raise Invalid({"text": "There is no index of texts here"})
        self._beginnings += beginnings_in(texts)
        if self._beginnings > MOST_BEGINNINGS:
            raise Invalid({"text": f"wanted at most {MOST_BEGINNINGS} beginnings of words, such as tid*"})
        scores = self._texts(texts)
        if not self.scores:
            self.scores = scores
        elif scores is not self.scores:
            for number, score in scores.items():
                self.scores[number] = self.scores.get(number, 0.0) + score
        if among is not None:
            return intersection(LLSet(scores), among)
        parents = self.catalog.parents
        return LLSet([number for number in scores if number in parents])

    def all_of(self, query: And, among: Any) -> Any:
        """Return what every part finds."""
        for part in sorted(query.parts, key=lambda each: ORDER.index(type(each))):
            among = self.ids(part, among)
            if not among:
                return NOTHING
        return self.universe(among)

    def one_of(self, query: Or, among: Any) -> Any:
        """Return what a part finds."""
        texts = [part.text for part in query.parts if isinstance(part, Words)]
        found = [self.ids(part, among) for part in query.parts if not isinstance(part, Words)]
        return multiunion([*found, self._having(texts, among)] if texts else found)

    def negated(self, query: Not, among: Any) -> Any:
        """Return what the part does not find."""
        return difference(self.universe(among), self.ids(query.part, among))

    def _is_below(self, number: int, known: dict[int, bool]) -> bool:
        way = []
        while number not in known:
            way.append(number)
            number = self.catalog.parents.get(number, 0)
        answer = known[number]
        for each in way:
            known[each] = answer
        return answer


EVALUATED: dict[type, Callable[[Evaluation, Any, Any], Any]] = {
    Everything: lambda evaluation, query, among: evaluation.universe(among),
    AnyOf: Evaluation.any_of,
    Between: Evaluation.between,
    Given: Evaluation.given,
    OfKind: Evaluation.of_kind,
    Below: Evaluation.below,
    Words: Evaluation.words,
    And: Evaluation.all_of,
    Or: Evaluation.one_of,
    Not: Evaluation.negated,
}


def within(found: Any, among: Any) -> Any:
    """Return what of *found* is in *among*; None: all of it."""
    return found if among is None else intersection(found, among)


def specs_named(indexes: Indexes, name: str) -> list[IndexSpec]:
    """Return the indexes called *name*. Raises Invalid where there is none, or only of texts."""
    found = indexes.named(name)
    if not found:
        near = did_you_mean(name, indexes.names()) or f"; there are {', '.join(indexes.names()) or 'none'}"
        raise UnknownIndex({name: f"There is no index {name!r}{near}"}, name)
    found = [spec for spec in found if spec.kind != "text"]
    if not found:
        raise UnknownIndex({name: f"The index {name!r} is of words: ask for text= instead"}, name)
    return found


def ordered_specs(indexes: Indexes, name: str) -> list[IndexSpec]:
    """Return the indexes called *name* that have an order. Raises Invalid where there is none."""
    found = [spec for spec in specs_named(indexes, name) if spec.kind == "range"]
    if not found:
        raise UnknownIndex({name: f"The index {name!r} has no order; index='range' gives it one"}, name)
    return found


def keyed(
    indexes: Indexes, name: str, values: Any, specs: list[IndexSpec] | None = None, whole: bool = False
) -> list[tuple[IndexSpec, list[Any]]]:
    """Return (index, keys) of the indexes called *name* that could have *values*.

    whole: all of the values, else one will do. Raises Invalid where none could.
    """
    found = []
    problem = ""
    for spec in specs_named(indexes, name) if specs is None else specs:
        keys = []
        for value in values:
            try:
                keys.append(spec.key_for(value))
            except ValueError as error:
                problem = str(error)
        if keys and not (whole and len(keys) < len(values)):
            found.append((spec, keys))
    if not found and values:
        raise Invalid({name: problem})
    return found
