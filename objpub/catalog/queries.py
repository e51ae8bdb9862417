"""Queries as values: they print, combine with & | and ~, and can be asked of one resource too.

    where.tags == "sea"                          # equal; of a keyword index, among them
    where.tags.among({"sea", "tide"})            # any of
    where.published_on >= date(2026, 1, 1)       # also < <= > and where.published_on.between(low, high)
    where.published_on.given                     # has a value
    below(blog) & kind(Article) & words("spring tide") & ~(where.tags == "draft")

Printed they are what `?find=` takes, see `language`.
"""

from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any

from objpub.content import Content
from objpub.lineage import path_of

#: So many words are looked for at most where some of them will do.
MOST_WORDS = 12


class Query:
    """A condition on resources."""

    #: How tightly it binds when it is printed: | 1, & 2, ~ 3, a condition 4.
    strength = 4

    def __and__(self, other: "Query") -> "Query":
        return And((*parts_of(self, And), *parts_of(other, And)))

    def __or__(self, other: "Query") -> "Query":
        return Or((*parts_of(self, Or), *parts_of(other, Or)))

    def __invert__(self) -> "Query":
        return self.part if isinstance(self, Not) else Not(self)

    def __bool__(self) -> bool:
        raise TypeError(f"A query is neither true nor false; combine queries with & | and ~: {self}")

    def names(self) -> frozenset[str]:
        """Return the names of the indexes that it is about."""
        return frozenset()

    def inside(self, strength: int) -> str:
        """Return it as text, in parentheses where it binds less than *strength*."""
        return f"({self})" if self.strength < strength else str(self)


@dataclass(frozen=True)
class Everything(Query):
    """No condition."""

    def __str__(self) -> str:
        return "all"


@dataclass(frozen=True)
class AnyOf(Query):
    """The index *name* has one of *values*."""

    name: str
    values: tuple[Any, ...]

    def names(self) -> frozenset[str]:
        """Return the name."""
        return frozenset({self.name})

    def __str__(self) -> str:
        texts = [as_text(each) for each in self.values]
        return f"{self.name} = {texts[0]}" if len(texts) == 1 else f"{self.name} in ({', '.join(texts)})"


@dataclass(frozen=True)
class Between(Query):
    """The index *name* has a value from *low* to *high*; None: no limit. above, below: without it itself."""

    name: str
    low: Any = None
    high: Any = None
    above: bool = False
    below: bool = False

    @property
    def strength(self) -> int:  # type: ignore[override]
        """Two limits print as two conditions."""
        return 4 if self.low is None or self.high is None else 2

    def names(self) -> frozenset[str]:
        """Return the name."""
        return frozenset({self.name})

    def __str__(self) -> str:
        found = []
        if self.low is not None:
            found.append(f"{self.name} {'>' if self.above else '>='} {as_text(self.low)}")
        if self.high is not None:
            found.append(f"{self.name} {'<' if self.below else '<='} {as_text(self.high)}")
        return " & ".join(found)


@dataclass(frozen=True)
class Given(Query):
    """The index *name* has a value."""

    name: str

    def names(self) -> frozenset[str]:
        """Return the name."""
        return frozenset({self.name})

    def __str__(self) -> str:
        return f"{self.name} = *"


@dataclass(frozen=True)
class OfKind(Query):
    """The resource is of one of the classes."""

    kinds: tuple[type, ...]

    def __str__(self) -> str:
        names = [kind.__name__ for kind in self.kinds]
        return f"type = {names[0]}" if len(names) == 1 else f"type in ({', '.join(names)})"


@dataclass(frozen=True)
class Below(Query):
    """The resource is somewhere below *place*, and not that itself."""

    place: Any

    def __str__(self) -> str:
        return f"within = {quote(path_of(self.place))}"


@dataclass(frozen=True)
class Words(Query):
    """The texts of the resource have the words: see `texts` for what they may say."""

    text: str

    def __str__(self) -> str:
        return f"text = {quote(self.text)}"


@dataclass(frozen=True)
class And(Query):
    """All of *parts*."""

    parts: tuple[Query, ...]
    strength = 2

    def names(self) -> frozenset[str]:
        """Return the names that the parts are about."""
        return frozenset().union(*(each.names() for each in self.parts))

    def __str__(self) -> str:
        return " & ".join(each.inside(2) for each in self.parts) or "all"


@dataclass(frozen=True)
class Or(Query):
    """One of *parts*, or several."""

    parts: tuple[Query, ...]
    strength = 1

    def names(self) -> frozenset[str]:
        """Return the names that the parts are about."""
        return frozenset().union(*(each.names() for each in self.parts))

    def __str__(self) -> str:
        return " | ".join(each.inside(1) for each in self.parts)


@dataclass(frozen=True)
class Not(Query):
    """Not *part*."""

    part: Query
    strength = 3

    def names(self) -> frozenset[str]:
        """Return the names that the part is about."""
        return self.part.names()

    def __str__(self) -> str:
        return f"~({self.part})"


class Named:
    """The index of a name, on the way to a query: see the top."""

    __slots__ = ("_name",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, name: str) -> None:
        self._name = name

    def __eq__(self, value: object) -> Query:  # type: ignore[override]
        return AnyOf(self._name, (value,))

    def __ne__(self, value: object) -> Query:  # type: ignore[override]
        return Not(AnyOf(self._name, (value,)))

    def __ge__(self, value: Any) -> Query:
        return Between(self._name, low=value)

    def __gt__(self, value: Any) -> Query:
        return Between(self._name, low=value, above=True)

    def __le__(self, value: Any) -> Query:
        return Between(self._name, high=value)

    def __lt__(self, value: Any) -> Query:
        return Between(self._name, high=value, below=True)

    def among(self, values: Iterable[Any]) -> Query:
        """Return the query for any of *values*."""
        return AnyOf(self._name, in_order(values))

    def between(self, low: Any, high: Any) -> Query:
        """Return the query for values from *low* to *high*, both included; None is no limit."""
        return Between(self._name, low, high)

    @property
    def given(self) -> Query:
        """The query for what has a value."""
        return Given(self._name)


class Where:
    """Gives the index of each name as an attribute: `where.tags`."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Named:
        if name.startswith("_"):
            raise AttributeError(name)
        return Named(name)


where = Where()


def kind(*kinds: type) -> Query:
    """Return the query for resources of one of the classes *kinds*, subclasses too."""
    return OfKind(kinds)


def below(place: Any) -> Query:
    """Return the query for what is somewhere below *place*."""
    return Below(place)


def words(text: str) -> Query:
    """Return the query for what has the words of *text*."""
    return Words(text)


def some_words(text: str) -> Query:
    """Return the query for what has one of the words of *text*, or several: what has most comes first.

    Words beyond `MOST_WORDS` are not looked for.
    """
    parts = tuple(Words(each) for each in list(dict.fromkeys(text.split()))[:MOST_WORDS])
    return Or(parts) if len(parts) > 1 else Words(text)


def words_of(query: Query) -> list[str]:
    """Return the texts that *query* looks for; not those that must not be there."""
    if isinstance(query, Words):
        return [query.text]
    if isinstance(query, And | Or):
        return [text for part in query.parts for text in words_of(part)]
    return []


def parts_of(query: Query, kind: type[And] | type[Or]) -> tuple[Query, ...]:
    """Return the parts of *query* if it is of the class *kind*, else itself."""
    if isinstance(query, kind):
        return query.parts
    if not isinstance(query, Query):
        raise TypeError(f"A query is combined with queries, not with {query!r}")
    return (query,)


def in_order(values: Iterable[Any]) -> tuple[Any, ...]:
    """Return *values* as a tuple whose order follows from the values."""
    if isinstance(values, str):
        return (values,)
    found = tuple(values)
    return tuple(sorted(found, key=as_text)) if isinstance(values, set | frozenset) else found


def any_of(name: str, value: Any) -> Query:
    """Return the query that an argument of `find` means: a set, list or tuple is any of its values."""
    several = isinstance(value, set | frozenset | list | tuple)
    return AnyOf(name, in_order(value) if several else (value,))


PRINTED: dict[type, Callable[[Any], str]] = {
    bool: lambda value: "yes" if value else "no",
    int: str,
    float: repr,
    datetime: lambda value: quote(value.isoformat()),
    date: lambda value: value.isoformat(),
}


def as_text(value: Any) -> str:
    """Return *value* as it stands in a query."""
    if isinstance(value, Content):
        return quote(path_of(value))
    printed = PRINTED.get(type(value))
    return printed(value) if printed is not None else quote(str(value))


def quote(text: str) -> str:
    """Return *text* in quotes, unless it is one plain word."""
    plain = text.replace("-", "").replace("_", "").isalnum() and text.isascii()
    if plain and text.lower() not in {"and", "or", "not", "in", "all"}:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
