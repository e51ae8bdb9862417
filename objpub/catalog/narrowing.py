"""What is directly in a folder, by the indexes: with a value, counted, in an order; as somebody sees it.

    here = narrow(identity, folder, ("see", "view"))
    here.shares("tags", here.numbers(folder.values()), {"type": "blog.Article"})
    here.page({"tags": "sea"}, "published_on", descending=True)

A question costs the same however large the folder is: no more is looked at than a limit says.
"""

import json
from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from itertools import islice
from typing import Any

from BTrees.LLBTree import intersection
from BTrees.LLBTree import LLSet

from objpub.content import dotted_name
from objpub.database import connection_of
from objpub.database import site_of
from objpub.lineage import inside
from objpub.security import Identity

from .catalog import Catalog
from .declarations import Indexes
from .declarations import IndexSpec
from .identifiers import id_of
from .identifiers import resource_of
from .reading import Reading
from .referring import REFERENCES
from .sight import Sight
from .walking import by_number
from .walking import by_value
from .walking import Kept
from .walking import Pairs

TYPE = "type"  # by which content types are asked for, as "blog.content.Article"
FACETED = frozenset({"value", "keyword"})
SAMPLE = 100  # resources whose values are offered, of a folder that is not looked at as a whole
COUNTED = 150  # of those that have a value, are counted in such a folder
MOST_STEPS = 20_000  # looked at for one page of a list
MOST_ASKED = 2_000  # of those that a rule has to be asked about
FEW_VALUES = 12  # of an index, that are offered without a sample
BATCH = 64


@dataclass(frozen=True)
class Share:
    """What in a folder has one value. text: of the value, for an address. key: the value. more: at least."""

    text: str
    key: Any
    count: int
    more: bool = False


@dataclass(frozen=True)
class Slice:
    """A page of a list. items: resources. first, last: where it begins and ends, "" for nothing on it.

    before, behind: is there more? cut: was it given up to look for more?
    """

    items: tuple[Any, ...]
    first: str = ""
    last: str = ""
    before: bool = False
    behind: bool = False
    cut: bool = False


def narrow(identity: Identity, folder: Any, permissions: Sequence[str] = ("view",)) -> "Narrowing | None":
    """Return what is directly in *folder* of what *identity* may do all *permissions* at.

    None where no catalog knows it: it is new, or still being indexed.
    """
    connection = connection_of(folder)
    site = None if connection is None else site_of(connection)
    catalog: Catalog | None = getattr(site, "catalog", None)
    if connection is None or catalog is None or folder._p_oid is None or not inside(folder, site):
        return None
    indexes: Indexes = connection.db().registry[Indexes]
    if not catalog.is_ready(indexes) or id_of(folder) not in catalog:
        return None
    return Narrowing(catalog.reading(), indexes, connection, id_of(folder), identity, permissions)


class Narrowing:
    """The children of one folder for one person, in one transaction."""

    def __init__(
        self,
        catalog: Reading,
        indexes: Indexes,
        connection: Any,
        folder: int,
        identity: Identity,
        permissions: Sequence[str],
    ) -> None:
        self._catalog = catalog
        self._indexes = indexes
        self._connection = connection
        self._folder = folder
        self._sights = [Sight(catalog, connection, identity, each) for each in permissions]
        self._asks = any(each.asks_each for each in self._sights)
        self._reads_all = "manager" in identity.roles and identity.scope is None
        self._found: dict[tuple[str, str], list[Any]] = {}

    def numbers(self, children: Iterable[Any]) -> list[int]:
        """Return the ids of those of *children* that are seen; nothing is loaded for it."""
        found = map(self.number_of, children)
        return self._seen([number for number in found if number])

    def number_of(self, child: Any) -> int:
        """Return the id of *child*; 0 for what no catalog knows: broken, or mounted from another database."""
        return id_of(child) if getattr(child, "_p_jar", None) is self._connection else 0

    def names(self, kinds: Iterable[type]) -> list[str]:
        """Return what resources of *kinds* are narrowed by, type first, without what only some may read."""
        found = dict.fromkeys(
            spec.name for kind in kinds for spec in self._indexes.of(kind).values() if self._is_faceted(spec)
        )
        return [TYPE, *sorted(found)]

    def kinds(self, numbers: Sequence[int]) -> list[type]:
        """Return the content types of the resources with these *numbers*."""
        found = (self._indexes.kind_called(dotted) for dotted in self._of_kinds(numbers))
        return [kind for kind in found if kind is not None]

    def fits(self, number: int, filters: Mapping[str, str]) -> bool:
        """Has the resource *number* all values that *filters* say, by the name of an index?"""
        return all(any(number in ids for ids in self._having(name, text)) for name, text in filters.items())

    def knows(self, name: str) -> bool:
        """Is there something called *name* that one can narrow to?"""
        return name == TYPE or bool(self._specs(name))

    def can_sort(self, name: str) -> bool:
        """Is there an index *name* with an order, by which a folder of any size can be sorted?"""
        return any(self._is_ordered(spec) for spec in self._indexes.named(name))

    def shares(self, name: str, numbers: Sequence[int], filters: Mapping[str, str]) -> list[Share]:
        """Return the values of *name* among the children with *numbers* that fit the other *filters*."""
        others = {each: text for each, text in filters.items() if each != name}
        counts = self._counted(name, self._fitting(numbers, others))
        return in_order(Share(text, key, count) for (text, key), count in counts.items())

    def shares_of_many(self, name: str, sample: Sequence[int], filters: Mapping[str, str]) -> list[Share]:
        """Return values of *name* in a folder that has *sample* among its children, counted up to a limit."""
        others = {each: text for each, text in filters.items() if each != name}
        few = None if self._asks else self._few_of(others)
        if few is not None:
            return self.shares(name, few, filters)
        counts = self._counted(name, self._fitting(sample, others))
        if self._asks:
            return in_order(Share(text, key, count, True) for (text, key), count in counts.items())
        values = dict.fromkeys([*counts, *self._few(name)])
        shares = [self._share(name, text, key, others, counts.get((text, key), 0)) for text, key in values]
        return in_order(each for each in shares if each.count)

    def _few_of(self, filters: Mapping[str, str]) -> list[int] | None:
        """Return the ids of the children that have a value of *filters*; None where they may be many."""
        for sets in self._sets(filters):
            some = list(islice(chain(*sets), COUNTED + 1))
            if len(some) <= COUNTED:
                return self._seen(self._of_folder(some))
        return None

    def _share(self, name: str, text: str, key: Any, others: Mapping[str, str], least: int) -> Share:
        """Return how many of the children that fit *others* have a value; *least* is known already."""
        some = list(islice(chain(*self._having(name, text)), COUNTED + 1))
        fitting = self._fitting(self._of_folder(some[:COUNTED]), others)
        return Share(text, key, max(len(self._seen(list(fitting))), least), len(some) > COUNTED)

    def _fitting(self, numbers: Sequence[int], filters: Mapping[str, str]) -> Sequence[int]:
        """Return those of *numbers* that have all values that *filters* say."""
        return [number for number in numbers if self.fits(number, filters)] if filters else numbers

    def _of_folder(self, numbers: Iterable[int]) -> list[int]:
        parents, folder = self._catalog.parents, self._folder
        return [number for number in numbers if parents.get(number) == folder]

    def page(
        self,
        filters: Mapping[str, str],
        sort: str = "",
        down: bool = False,
        after: str = "",
        back: bool = False,
        limit: int = 50,
    ) -> Slice:
        """Return a page of the children that fit *filters*.

        sort: the name of an index, see `can_sort`: what has no value is left out; "": as they came to be.
        down: from the largest to the smallest. after: where another page begins or ends; back: before it.
        """
        walk = self._walk(filters, sort, down is not back, after)
        found = list(islice(walk.found(), limit + 1))
        kept = found[:limit][::-1] if back else found[:limit]
        if not kept:
            return Slice((), cut=walk.cut)
        more = len(found) > limit
        there = next(self._walk(filters, sort, down is back, kept[-1 if back else 0][0]).found(), None)
        items = tuple(resource_of(self._connection, number) for _, number in kept)
        before, behind = (more, there is not None) if back else (there is not None, more)
        return Slice(items, kept[0][0], kept[-1][0], before, behind, walk.cut)

    def resource(self, key: int) -> Any:
        """Return the resource that the value *key* of a reference leads to; None where it is not seen."""
        return resource_of(self._connection, key) if self._seen([key]) else None

    def refers(self, name: str) -> bool:
        """Are the values of *name* resources?"""
        return any(spec.refers for spec in self._indexes.named(name))

    def _seen(self, numbers: list[int]) -> list[int]:
        for sight in self._sights:
            numbers = sight.of(numbers)
        return numbers

    def _is_faceted(self, spec: IndexSpec) -> bool:
        return spec.kind in FACETED and spec.name not in {REFERENCES, TYPE} and self._is_read(spec)

    def _is_ordered(self, spec: IndexSpec) -> bool:
        return spec.kind == "range" and self._is_read(spec)

    def _is_read(self, spec: IndexSpec) -> bool:
        return spec.read is None or self._reads_all

    def _specs(self, name: str) -> list[IndexSpec]:
        return [spec for spec in self._indexes.named(name) if self._is_faceted(spec)]

    def _counted(self, name: str, numbers: Sequence[int]) -> Counter[tuple[str, Any]]:
        """Count the values of *name*, with their texts, among the resources with *numbers*."""
        counts: Counter[tuple[str, Any]] = Counter()
        if name == TYPE:
            for dotted, number in self._of_kinds(numbers).items():
                kind = self._indexes.kind_called(dotted)
                if kind is not None:
                    counts[dotted_name(kind), kind] += number
            return counts
        for spec in self._specs(name):
            index = self._catalog.indexes.get(spec.key)
            if index is not None:
                for number in numbers:
                    counts.update((text_of(key), key) for key in index.keys_of(number))
        return counts

    def _of_kinds(self, numbers: Sequence[int]) -> Counter[str]:
        """Count the resources with *numbers* by the names of their classes."""
        entries = self._catalog.entries
        pending = [entry for number in numbers if (entry := entries.get(number)) is not None]
        counts = Counter(entry.kind for entry in pending)
        among = LLSet([number for number in numbers if number not in entries])
        for dotted, ids in self._catalog.catalog.kinds.items():
            if among and (number := len(intersection(ids, among))):
                counts[dotted] += number
        return counts

    def _few(self, name: str) -> list[tuple[str, Any]]:
        """Return all values of *name*, with their texts, where there are few."""
        if name == TYPE:
            kinds = (self._indexes.kind_called(dotted) for dotted in self._catalog.kinds)
            return [(dotted_name(kind), kind) for kind in kinds if kind is not None]
        indexes = [self._catalog.catalog.indexes.get(spec.key) for spec in self._specs(name)]
        keys = [key for each in indexes if each is not None for key in islice(each.values(), FEW_VALUES + 1)]
        return [(text_of(key), key) for key in keys] if len(keys) <= FEW_VALUES else []

    def _having(self, name: str, text: str) -> list[Any]:
        """Return sets of the ids of what has the value of *name* that *text* says; [] where there is none."""
        found = self._found.get((name, text))
        if found is None:
            trees = self._catalog.catalog
            if name == TYPE:
                kind = self._indexes.kind_called(text)
                names = [] if kind is None else self._indexes.dotted_names((kind,))
                exact = [each for each in names if self._indexes.kind_called(each) is kind]
                found = [self._kept(trees.kinds.get(each), None, each) for each in exact]
            else:
                found = [
                    self._kept(sets_with(trees.indexes.get(spec.key), key), spec.key, key)
                    for spec in self._specs(name)
                    for key in keys_from(text)
                ]
            found = [each for each in found if each is not None]
            self._found[name, text] = found
        return found

    def _kept(self, ids: Any, index: str | None, value: Any) -> Kept | None:
        """Return the ids of what has *value* in *index*, None for the class: of *ids* and what is pending."""
        touched, there = set(), []
        for number, entry in self._catalog.entries.items():
            if entry is None or entry.whole or index in entry.keys:
                touched.add(number)
            if entry is None:
                continue
            if entry.kind == value if index is None else value in entry.keys.get(index, ()):
                there.append(number)
                touched.add(number)
        return (
            None
            if ids is None and not there
            else Kept(ids if ids is not None else (), touched, sorted(there))
        )

    def _pairs(self, spec: IndexSpec) -> Pairs | None:
        """Return the pairs (value, id) of an index with an order."""
        index = self._catalog.catalog.indexes.get(spec.key)
        entries = self._catalog.entries
        touched = {
            number
            for number, entry in entries.items()
            if entry is None or entry.whole or spec.key in entry.keys
        }
        there = [
            (key, number)
            for number, entry in entries.items()
            if entry
            for key in entry.keys.get(spec.key, ())
        ]
        return None if index is None else Pairs(index._pairs, touched, sorted(there))

    def _walk(self, filters: Mapping[str, str], sort: str, down: bool, after: str) -> "Walk":
        place = json.loads(after) if after else None
        if sort:
            specs = [spec for spec in self._indexes.named(sort) if self._is_ordered(spec)]
            return Walk(self, filters, by_value([self._pairs(spec) for spec in specs], down, place))
        return Walk(self, filters, by_number(next(self._sets(filters)), down, place))

    def _sets(self, filters: Mapping[str, str]) -> Iterator[list[Any]]:
        """Yield the sets of what has one of the values of *filters*, which are likely to be the fewest."""
        for name, text in sorted(filters.items(), key=lambda each: each[0] == TYPE)[:1]:
            yield self._having(name, text)


class Walk:
    """Looks for what fits along an index. cut: was it given up?"""

    def __init__(self, here: Narrowing, filters: Mapping[str, str], steps: Iterator[tuple[str, int]]) -> None:
        self.cut = False
        self._here = here
        self._filters = filters
        self._steps = steps

    def found(self) -> Iterator[tuple[str, int]]:
        """Yield (place, id) of what is in the folder, fits, and is seen."""
        here = self._here
        parents, folder = here._catalog.parents, here._folder
        most = MOST_ASKED if here._asks else MOST_STEPS
        batch: list[tuple[str, int]] = []
        for count, (place, number) in enumerate(self._steps):
            if count >= most:
                self.cut = True
                break
            if parents.get(number) == folder and here.fits(number, self._filters):
                batch.append((place, number))
                if len(batch) == BATCH:
                    yield from self._seen(batch)
                    batch = []
        yield from self._seen(batch)

    def _seen(self, batch: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
        seen = frozenset(self._here._seen([number for _, number in batch]))
        return (each for each in batch if each[1] in seen)


def sets_with(index: Any, key: Any) -> Any:
    """Return the ids that *index* has for the value *key*; None for none, and where it cannot be in it."""
    try:
        return None if index is None else index._ids.get(key)
    except TypeError:
        return None


def keys_from(text: str) -> list[Any]:
    """Return the values that *text* can be of. Inverse: `text_of`."""
    if text in {"yes", "no"}:
        return [text, text == "yes"]
    number = text.removeprefix("-")
    return [text, int(text)] if number.isascii() and number.isdigit() and len(number) < 20 else [text]


def text_of(key: Any) -> str:
    """Return a text for the value *key*, as it stands in an address."""
    return ("yes" if key else "no") if isinstance(key, bool) else str(key)


def in_order(shares: Iterable[Share]) -> list[Share]:
    """Return *shares*, the largest first."""
    return sorted(shares, key=lambda each: (-each.count, each.text))
