"""`/api`: a resource, and what a query finds below it, by pages; nothing that may not be seen."""

from datetime import date

import pytest

from objpub import Content
from objpub import field
from objpub import Folder
from objpub import Ref
from objpub import testing
from objpub.operations import add
from objpub.security import override_permission
from objpub.security import SYSTEM

ACCEPT = {"Accept": "application/json"}


class Blog(Folder, addable="anywhere"):
    """A series of articles."""


class Article(Content, addable=Blog):
    """A dated piece of writing."""

    title: str = field(index="text")
    published_on: date | None = field(default=None, index="range")
    tags: frozenset[str] = field(default=(), index="keyword")
    about: "Ref[Content] | None" = field(default=None, index="value")
    fee: int = field(default=0, index="range", read="edit")


@pytest.fixture
def site():
    with testing.site(Blog, Article) as site:
        with site.work() as root:
            blog = add(SYSTEM, root, Blog(), "blog")
            hidden = add(SYSTEM, blog, Article(title="Hidden tide", tags={"secret"}), "hidden")
            override_permission(hidden, "view", "editor")
            for day in range(1, 6):
                article = Article(
                    title=f"Tide {day}", published_on=date(2026, 5, day), tags={"sea"}, about=hidden, fee=day
                )
                add(SYSTEM, blog, article, f"t{day}")
        yield site


def asked(site, **query):
    return site.client.get("/api/blog/", query=query, headers=ACCEPT)


def test_a_resource_is_shown_with_what_may_be_read(site):
    answer = site.client.get("/api/blog/t2").json
    assert (answer["type"], answer["title"], answer["name"]) == ("Article", "Tide 2", "t2")
    assert answer["url"] == "http://localhost/blog/t2"
    assert answer["fields"] == {
        "title": "Tide 2",
        "published_on": "2026-05-02",
        "tags": ["sea"],
        "about": None,  # it may not be seen
    }
    assert site.client.get("/api/blog/hidden").status in {303, 401}
    site.add_user("ed", roles=["editor"])
    fields = site.browser().login("ed").get("/api/blog/t2").json["fields"]
    assert (fields["fee"], fields["about"]) == (2, "http://localhost/blog/hidden")


def test_pages_lead_through_all_of_it_in_order(site):
    answer = asked(site, find="tags = sea", sort="-published_on", limit="2").json
    titles = [each["title"] for each in answer["items"]]
    assert answer["count"] == 5
    while answer["next"] and len(titles) < 10:
        answer = site.client.get(answer["next_url"].removeprefix("http://localhost")).json
        titles += [each["title"] for each in answer["items"]]
    assert titles == [f"Tide {day}" for day in (5, 4, 3, 2, 1)]
    assert answer["next_url"] is None


def test_hidden_ones_are_not_found_not_counted_and_no_facets(site):
    answer = asked(site, find="", facets="tags").json
    assert (answer["count"], answer["facets"]) == (5, {"tags": [{"value": "sea", "count": 5}]})
    assert asked(site, find="fee >= 0").json["count"] == 0
    assert asked(site, text="hidden").json["count"] == 0
    assert asked(site, text="hiddenn").json["suggestion"] is None
    assert asked(site, find="", facets="about").json["facets"] == {"about": []}


def test_words_have_snippets_and_suggestions(site):
    answer = asked(site, text="tide").json
    assert answer["sort"] == "relevance"
    assert answer["items"][0]["snippet"].startswith("<mark>Tide</mark>")
    assert asked(site, text="tdie").json["suggestion"] == "tide"


@pytest.mark.parametrize(
    ("query", "status", "name", "told"),
    [
        ({"find": "tags = sea & tgas = x"}, 422, "find", "At character 14: There is no index 'tgas'"),
        ({"find": 'tags = "'}, 422, "find", "At character 8: This quote has no end"),
        ({"find": "within = /blog/hidden"}, 422, "find", "At character 10: There is nothing at"),
        ({"find": "", "after": "x"}, 422, "after", "is no cursor of these results"),
        ({"find": "", "limit": "0"}, 422, "limit", "0 is not between 1 and"),
        ({"find": "", "limit": "many"}, 400, "limit", "wanted"),
        ({"find": "", "sort": "tags"}, 422, "sort", "is nothing to sort by"),
        ({"find": "", "facets": "colour"}, 422, "colour", "There is no index 'colour'"),
    ],
)
def test_what_cannot_be_asked_is_told_with_its_place(site, query, status, name, told):
    answer = asked(site, **query)
    assert (answer.status, answer.content_type) == (status, "application/problem+json")
    assert told in answer.json["errors"][name]


@pytest.mark.parametrize("query", ["about = {}", "within = {}"])
def test_a_path_in_a_query_does_not_tell_whether_there_is_something_hidden(site, query):
    with site.work() as root:
        box = add(SYSTEM, root, Blog(), "box")
        override_permission(box, "view", "editor")
        add(SYSTEM, box, Article(title="Plan"), "plan")
    said = []
    for path in ("/box/plan", "/box/none", "/none"):
        answer = asked(site, find=query.format(path))
        assert answer.status == 422
        said.append(answer.text.replace(path, "PATH"))
    assert len(set(said)) == 1


def test_facets_are_counted_once_and_of_some_indexes_only(site):
    answer = asked(site, find="", facets=["tags"] * 30)
    assert list(answer.json["facets"]) == ["tags"]
    answer = asked(site, find="", facets=[f"x{number}" for number in range(11)])
    assert answer.status == 422 and "at most 10 names of indexes" in answer.text
