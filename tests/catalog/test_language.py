"""Queries as text: what is read, what is refused, and where."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from objpub.catalog import BadQuery
from objpub.catalog import below
from objpub.catalog import kind
from objpub.catalog import parse
from objpub.catalog import where
from objpub.catalog import words
from objpub.catalog.queries import Everything
from objpub.configuration import Configuration
from objpub.content import Content
from objpub.content import Folder
from objpub.errors import NotFound
from objpub.schema import field


class Article(Content, addable="anywhere"):
    title: str = field(default="", index="text")
    tags: frozenset[str] = field(default=(), index="keyword")
    day: date | None = field(default=None, index="range")
    count: int = field(default=0, index="range")
    done: bool = field(default=False, index="value")


CONFIGURATION = Configuration()
CONFIGURATION.include("objpub.content", "objpub.security", "objpub.catalog", Article)
REGISTRY = CONFIGURATION.freeze()
BLOG = Folder()
BLOG.__name__, BLOG.__parent__ = "blog", Folder()


def find(path):
    """Return the one resource that there is."""
    if path != "/blog":
        raise NotFound(path)
    return BLOG


def read(text):
    return parse(text, REGISTRY, find)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Everything()),
        ("  all ", Everything()),
        ("tags = sea", where.tags == "sea"),
        ('tags="old town"', where.tags == "old town"),
        (r'tags = "a\"b\\"', where.tags == 'a"b\\'),
        ("tags != sea", ~(where.tags == "sea")),
        ("tags in (sea, tide)", where.tags.among(["sea", "tide"])),
        ("tags in (sea)", where.tags == "sea"),
        ("day >= 2026-01-02", where.day >= date(2026, 1, 2)),
        ("day<2026-01-02", where.day < date(2026, 1, 2)),
        ("count > -3", where.count > -3),
        ("count <= 3", where.count <= 3),
        ("day = *", where.day.given),
        ("done = yes", where.done == True),  # noqa: E712
        ("type = Article", kind(Article)),
        ("type in (Article, Folder)", kind(Article, Folder)),
        ("within = /blog", below(BLOG)),
        ("sea", words("sea")),
        ('"high tide"', words("high tide")),
        ("text = sea", words("sea")),
        ("sea tide", words("sea") & words("tide")),
        ("sea & tide | ~moon", words("sea") & words("tide") | ~words("moon")),
        ("sea AND (tide OR NOT moon)", words("sea") & (words("tide") | ~words("moon"))),
        ("tags = in", where.tags == "in"),
    ],
)
def test_what_is_written_is_read(text, query):
    assert read(text) == query
    assert read(str(query)) == query, "and what it prints too"


@pytest.mark.parametrize(
    ("text", "said", "position"),
    [
        ("tags =", "wanted a value, not the end", 6),
        ("tags = = x", "wanted a value, not '='", 7),
        ("tagz = sea", "There is no index 'tagz'; did you mean 'tags'", 0),
        ("title = sea", "is of words", 0),
        ("day = soon", "day: wanted a date", 6),
        ("count in (1, two)", "count: wanted", 13),
        ("tags in (sea", "wanted , or \\)", 12),
        ("(sea", "wanted \\), not the end", 4),
        ("sea)", "wanted a condition, &, | or the end, not '\\)'", 3),
        ("sea | | tide", "wanted a condition, not '|'", 6),
        ("& sea", "wanted a condition, not '&'", 0),
        ('tags = "sea', "This quote has no end", 7),
        ("sea ! tide", "'!' means nothing here", 4),
        ("type = Artcle", "There is no type 'Artcle'; did you mean 'Article'", 7),
        ("type > Article", "type has no order", 7),
        ("within = /nowhere", "There is nothing at '/nowhere'", 9),
        ("within in (/blog, /blog)", "within wants one path", 18),
        ("~" * 30 + "sea", "at most 20", 21),
        ("(" * 30 + "sea", "at most 20", 21),
        ("sea " * 60, "at most 50 conditions", 200),
        ("x" * 2_001, "at most 2,000 characters", 2_000),
    ],
)
def test_a_mistake_is_told_with_its_place(text, said, position):
    with pytest.raises(BadQuery, match=said.replace("|", "[|]")) as caught:
        read(text)
    assert caught.value.position == position
    assert f"At character {position + 1}: " in str(caught.value)


@given(st.text(alphabet='ab1 "\\=<>!&|~(),-*/\n', max_size=40) | st.text(max_size=30))
@settings(max_examples=400, deadline=None, derandomize=True)
def test_whatever_comes_is_read_or_refused(text):
    try:
        query = read(text)
    except BadQuery:
        return
    assert str(read(str(query))) == str(query)
