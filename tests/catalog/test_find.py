"""Arguments of find, values, sorting, pages, and what is refused."""

from datetime import date

import pytest

from objpub.catalog import find
from objpub.catalog import where
from objpub.content import Content
from objpub.content import Folder
from objpub.errors import Invalid
from objpub.schema import field
from objpub.schema import Ref
from objpub.security import NO_IDENTITY
from objpub.security import SYSTEM


class Blog(Folder, addable="anywhere"):
    pass


class Article(Content, addable="anywhere"):
    title: str = field(index="text")
    tags: frozenset[str] = field(default=(), index="keyword")
    day: date | None = field(default=None, index="range")
    count: int = field(default=0, index="value")
    blog: "Ref[Blog] | None" = field(default=None, index="value")
    pay: int = field(default=0, index="range", read="manage")


class Letter(Article, addable="anywhere"):
    pass


@pytest.fixture
def site(world):
    """Four articles and a letter in a blog and beside it."""
    blog = world.site.add("blog", Blog())
    for number, (name, kind) in enumerate((("a", Article), ("b", Article), ("c", Letter), ("d", Article))):
        values = {"title": name, "count": number % 2, "tags": {f"t{number % 3}"}, "pay": number}
        blog.add(name, kind(**values, day=date(2026, 1, 1 + number) if number else None, blog=blog))
    world.site.add("e", Article(title="e", tags={"t0", "t1"}, day=date(2026, 1, 2)))
    world.commit()
    return world.site


def names(results):
    return [each.__name__ for each in results]


def test_a_class_finds_its_subclasses_too_and_several_are_one_of(site):
    assert names(find(SYSTEM, site, Article)) == ["a", "b", "c", "d", "e"]
    assert names(find(SYSTEM, site, Letter)) == ["c"]
    assert sorted(names(find(SYSTEM, site, Blog, Letter))) == ["blog", "c"]


def test_none_is_no_condition_and_a_set_is_any_of(site):
    assert find(SYSTEM, site, Article, tags=None, day=None).count == 5
    assert names(find(SYSTEM, site, tags={"t1", "t2"})) == ["b", "c", "e"]
    assert names(find(SYSTEM, site, tags=["t2"], count=0)) == ["c"]
    assert names(find(SYSTEM, site, tags=frozenset())) == []


def test_within_is_what_is_below(site):
    assert names(find(SYSTEM, site, within=site["blog"])) == ["a", "b", "c", "d"]
    assert find(SYSTEM, site, within=site["e"]).count == 0


def test_a_reference_is_found_by_what_it_refers_to(site):
    assert find(SYSTEM, site, blog=site["blog"]).count == 4
    assert [(facet.value, facet.count) for facet in find(SYSTEM, site).facets("blog")] == [(site["blog"], 4)]


def test_what_has_no_value_comes_last_in_both_directions(site):
    assert names(find(SYSTEM, site, Article, sort="day")) == ["b", "e", "c", "d", "a"]
    assert names(find(SYSTEM, site, Article, sort="-day")) == ["d", "c", "b", "e", "a"]
    assert names(find(SYSTEM, site, Article, sort=["-count", "-day"])) == ["d", "b", "c", "e", "a"]


def test_a_limit_limits_what_is_given_and_not_the_count(site):
    found = find(SYSTEM, site, Article, sort="-day", limit=2)
    assert (names(found), len(found), found.count) == (["d", "c"], 2, 5)


def test_pages_go_on_where_they_stopped_whatever_was_added_or_deleted(world, site):
    first = find(SYSTEM, site, Article, sort="-day").page(limit=2)
    assert names(first) == ["d", "c"]
    site["blog"].remove("c")
    site.add("f", Article(title="f", day=date(2027, 1, 1)))
    world.commit()
    second = find(SYSTEM, world.site, Article, sort="-day").page(first.next, 2)
    assert names(second) == ["b", "e"]
    third = find(SYSTEM, world.site, Article, sort="-day").page(second.next, 2)
    assert (names(third), third.next) == (["a"], None)
    assert names(find(SYSTEM, world.site, Article, sort="-day").page(second.previous, 2)) == ["f", "d"]


@pytest.mark.parametrize(
    "cursor",
    ["x", "W10", "WzFd", "eyJhIjoxfQ", "W1sxXSwyXQ", "bnVsbA", "é", "====", "W3t9LDFd", "W1tb" * 2_000],
)
def test_a_cursor_of_something_else_is_refused(site, cursor):
    with pytest.raises(Invalid, match="cursor"):
        find(SYSTEM, site, Article, sort="-day").page(cursor)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"tagz": "x"}, "tagz: There is no index 'tagz'; did you mean 'tags'"),
        ({"title": "x"}, "title: The index 'title' is of words"),
        ({"day": "yesterday"}, "day: wanted a date.*'yesterday'"),
        ({"tags": 3}, "tags: wanted a line of text, not 3"),
        ({"sort": "tags"}, "sort: 'tags' is nothing to sort by; there are blog, count, day, pay"),
        ({"sort": "-nothing"}, "sort: 'nothing' is nothing to sort by"),
        ({"limit": 0}, "limit: 0 is not between"),
        ({"limit": "5"}, "limit: '5' is not between"),
        ({"within": "/blog"}, "within: wanted a resource, not '/blog'"),
    ],
)
def test_what_no_index_knows_is_refused_by_name_and_value(site, arguments, said):
    with pytest.raises(Invalid, match=said):
        find(SYSTEM, site, **arguments).count  # noqa: B018


def test_what_is_no_condition_is_refused(site):
    with pytest.raises(Invalid, match="wanted a content type or a query, not 'tags = x'"):
        find(SYSTEM, site, "tags = x")
    with pytest.raises(Invalid, match="'count' has no order"):
        find(SYSTEM, site, where.count >= 1).count  # noqa: B018
    with pytest.raises(TypeError, match="neither true nor false"):
        assert where.tags == "a" and where.tags == "b"


def test_what_a_field_hides_is_found_sorted_and_counted_only_for_those_who_may_see_it(site):
    assert find(SYSTEM, site, where.pay >= 0).count == 5
    assert find(NO_IDENTITY, site, where.pay >= 0).count == 0
    assert find(NO_IDENTITY, site, ~(where.pay >= 2)).count == 2, "the site and the blog have no pay"
    assert find(NO_IDENTITY, site, Article, sort="-pay").count == 0
    assert find(NO_IDENTITY, site, Article).facets("pay") == ()
    assert len(find(SYSTEM, site, Article).facets("pay")) == 4


def test_a_facet_can_be_cut_to_the_most_frequent(site):
    assert [facet.value for facet in find(SYSTEM, site).facets("tags", most=2)] == ["t0", "t1"]


def test_reading_writes_nothing(world, site):
    before = world.database.lastTransaction()
    list(find(SYSTEM, site, Article, tags="t1", sort="day"))
    world.commit()
    assert world.database.lastTransaction() == before
