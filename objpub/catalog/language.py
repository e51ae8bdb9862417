"""Queries written as text, as in `?find=`: a small language that can only ask.

    tags = sea & published_on >= 2026-01-01 & "spring tide"
    type in (Article, Page) & ~(tags in (draft, old)) | within = "/blog" & length = *

Conditions stand beside each other (&, or nothing), with | between what may hold instead, ~ before what must
not hold, and parentheses. A word or a text in quotes by itself is looked for in texts. What a query prints is
what is read here.
"""

import re
from collections.abc import Callable
from typing import Any
from typing import NamedTuple

from objpub.content import Content
from objpub.content import content_types
from objpub.errors import Invalid
from objpub.errors import Refused
from objpub.registry import Registry
from objpub.schema import did_you_mean
from objpub.schema import Surroundings

from .declarations import Indexes
from .evaluating import specs_named
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

#: Longest text of a query, most conditions in it, and how deep its parentheses may go.
MOST_CHARACTERS = 2_000
MOST_CONDITIONS = 50
DEEPEST = 20

TOKEN = re.compile(
    r"""\s*(?:
        (?P<quoted>"(?:[^"\\]|\\.)*")
      | (?P<sign><=|>=|!=|[=<>&|~(),])
      | (?P<word>[^\s"=<>!&|~(),]+)
    )""",
    re.VERBOSE,
)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
COMPARED = {"=", "!=", "<", "<=", ">", ">="}


class Token(NamedTuple):
    """A piece of a query. kind: "quoted", "sign", "word" or "end". start: its position, from 0."""

    kind: str
    text: str
    start: int


class BadQuery(Invalid):
    """A query that cannot be read. position: of the character where reading stopped, from 0."""

    def __init__(self, sentence: str, position: int) -> None:
        super().__init__({"find": f"At character {position + 1}: {sentence}"})
        self.position = position


def parse(text: str, registry: Registry, find: Callable[[str], Any], zone: Any = None) -> Query:
    """Return the query that *text* says.

    find: path → resource, as the one who asks may see it; a Refused where there is nothing. zone: in which
    times without one are meant; None: they must carry it. Raises BadQuery, which says what was wanted, and
    where.
    """
    if len(text) > MOST_CHARACTERS:
        raise BadQuery(
            f"A query has at most {MOST_CHARACTERS:,} characters, not {len(text):,}", MOST_CHARACTERS
        )
    return Reader(text, registry, find, zone).whole()


class Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str, registry: Registry, find: Callable[[str], Any], zone: Any) -> None:
        self.registry = registry
        self.indexes = registry[Indexes]
        self.find = find
        self.surroundings = Surroundings(zone, find)
        self.tokens = tokens_of(text)
        self.position = 0
        self.conditions = 0

    @property
    def token(self) -> Token:
        """The token that is next."""
        return self.tokens[self.position]

    def take(self) -> Token:
        """Return the next token and go on."""
        token = self.token
        self.position += 1
        return token

    def skip(self, *texts: str) -> bool:
        """Go on if the next token is a sign or word among *texts*, and say whether it was."""
        found = self.token.kind in {"sign", "word"} and self.token.text.lower() in texts
        self.position += found
        return found

    def whole(self) -> Query:
        """Return the query of the whole text; of an empty one, everything."""
        if self.token.kind == "end":
            return Everything()
        query = self.either(0)
        if self.token.kind != "end":
            raise self.refusal("wanted a condition, &, | or the end")
        return query

    def either(self, depth: int) -> Query:
        """Return parts with | between them."""
        parts = [self.together(depth)]
        while self.skip("|", "or"):
            parts.append(self.together(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def together(self, depth: int) -> Query:
        """Return parts that stand beside each other."""
        parts = [self.part(depth)]
        while True:
            if self.skip("&", "and") or self.begins_part():
                parts.append(self.part(depth))
            else:
                return parts[0] if len(parts) == 1 else And(tuple(parts))

    def begins_part(self) -> bool:
        """Does another part begin here, without a sign before it?"""
        token = self.token
        if token.kind == "sign":
            return token.text in {"~", "("}
        return token.kind == "quoted" or (token.kind == "word" and token.text.lower() not in {"or", "and"})

    def part(self, depth: int) -> Query:
        """Return one condition, or parentheses, or the contrary of one."""
        if depth > DEEPEST:
            raise self.refusal(f"at most {DEEPEST} parentheses and ~ can be inside each other")
        if self.skip("~", "not"):
            return Not(self.part(depth + 1))
        if self.skip("("):
            query = self.either(depth + 1)
            if not self.skip(")"):
                raise self.refusal("wanted )")
            return query
        self.conditions += 1
        if self.conditions > MOST_CONDITIONS:
            raise self.refusal(f"a query has at most {MOST_CONDITIONS} conditions")
        token = self.take()
        if token.kind == "quoted":
            return Words(unquoted(token.text))
        if token.kind != "word":
            raise self.refusal("wanted a condition", token)
        if self.token.text in COMPARED and self.token.kind == "sign":
            return self.compared(token, self.take().text)
        if self.token.kind == "word" and self.token.text.lower() == "in" and self.after_next("("):
            self.take()
            return self.among(token)
        return Everything() if token.text.lower() == "all" else Words(token.text)

    def after_next(self, sign: str) -> bool:
        """Is the token after the next one *sign*?"""
        token = self.tokens[min(self.position + 1, len(self.tokens) - 1)]
        return token.kind == "sign" and token.text == sign

    def compared(self, name: Token, sign: str) -> Query:
        """Return the condition with the value that is next."""
        start = self.token
        if sign in {"=", "!="}:
            query = self.equal(name, [self.value()], [start])
            return query if sign == "=" else Not(query)
        if name.text in {"type", "within", "text"}:
            raise self.refusal(f"{name.text} has no order: wanted =", start)
        value = self.converted(name, self.value(), start)
        low, high = (value, None) if sign[0] == ">" else (None, value)
        return Between(name.text, low, high, above=sign == ">", below=sign == "<")

    def among(self, name: Token) -> Query:
        """Return the condition with the values in parentheses that are next."""
        self.take()
        texts, starts = [], []
        while True:
            starts.append(self.token)
            texts.append(self.value())
            if self.skip(")"):
                return self.equal(name, texts, starts)
            if not self.skip(","):
                raise self.refusal("wanted , or )")

    def value(self) -> str:
        """Return the text of the value that is next."""
        token = self.take()
        if token.kind == "quoted":
            return unquoted(token.text)
        if token.kind == "word":
            return token.text
        raise self.refusal("wanted a value", token)

    def equal(self, name: Token, texts: list[str], starts: list[Token]) -> Query:
        """Return the condition that *name* is one of *texts*."""
        if name.text == "type":
            return OfKind(tuple(self.kind(text, start) for text, start in zip(texts, starts, strict=True)))
        if name.text == "within":
            if len(texts) > 1:
                raise self.refusal("within wants one path", starts[1])
            try:
                return Below(self.find(texts[0]))
            except Refused as error:
                raise self.refusal(f"There is nothing at {texts[0]!r}", starts[0]) from error
        if name.text == "text":
            found = [Words(text) for text in texts]
            return found[0] if len(found) == 1 else Or(tuple(found))
        if texts == ["*"] and starts[0].kind == "word":
            self.specs(name)
            return Given(name.text)
        values = [self.converted(name, text, start) for text, start in zip(texts, starts, strict=True)]
        return AnyOf(name.text, tuple(values))

    def kind(self, text: str, start: Token) -> type:
        """Return the content type called *text*."""
        if text == Content.__name__:  # declares no type itself: everything is one
            return Content
        types = content_types(self.registry)
        found = types.named(text)
        if found is None:
            near = did_you_mean(text, [each.name for each in types])
            raise self.refusal(f"There is no type {text!r}{near}", start)
        return found.kind

    def converted(self, name: Token, text: str, start: Token) -> Any:
        """Return the value that *text* means for the index *name*."""
        problem = ""
        for spec in self.specs(name):
            try:
                return spec.value_from(text, self.surroundings)
            except ValueError as error:
                problem = str(error)
        raise self.refusal(f"{name.text}: {problem}", start)

    def specs(self, name: Token) -> list[Any]:
        """Return the indexes called *name*."""
        try:
            return specs_named(self.indexes, name.text)
        except Invalid as error:
            raise self.refusal(next(iter(error.errors.values())), name) from error

    def refusal(self, sentence: str, token: Token | None = None) -> BadQuery:
        """Return the error about *token*, or the next one."""
        token = self.token if token is None else token
        met = "the end" if token.kind == "end" else repr(token.text)
        return BadQuery(sentence if sentence[0].isupper() else f"{sentence}, not {met}", token.start)


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of *text*, one for the end among them. Raises BadQuery."""
    found = []
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            rest = text[position:].lstrip()
            if not rest:
                break
            start = len(text) - len(rest)
            raise BadQuery(
                "This quote has no end" if rest[0] == '"' else f"{rest[0]!r} means nothing here", start
            )
        kind = str(match.lastgroup)
        found.append(Token(kind, match[kind], match.start(kind)))
        position = match.end()
    return [*found, Token("end", "", len(text))]


def unquoted(text: str) -> str:
    """Return what stands between quotes."""
    return ESCAPED.sub(r"\1", text[1:-1])
