"""Whose mistake is an index that there is not: of the one who asks for it, or of the site's code?"""

import pytest

from objpub import testing
from objpub import view
from objpub.content import Content
from objpub.schema import field


class Story(Content, addable="anywhere"):
    title: str = field(default="", index="range")
    tags: frozenset[str] = field(default=(), index="keyword")


@view(Story, "by-name", permission="public")
def by_name(story, request):
    return str(request.find(Story, tgas="sea").count)


@view(Story, "by-sort", permission="public")
def by_sort(story, request):
    return str(request.find(Story, sort="-titel").count)


@view(Story, "by-facet", permission="public")
def by_facet(story, request):
    return str(len(request.find(Story).facets("tgas")))


@view(Story, "asked", permission="public")
def asked(story, request, sort: str = "", find: str = "", tags: str | None = None, facet: str = "tags"):
    found = request.find(Story, request.query_from(find), sort=sort or None, tags=tags)
    return f"{found.count} {len(found.facets(facet))}"


@pytest.fixture(scope="module")
def site():
    views = (by_name, by_sort, by_facet, asked)
    with testing.site(Story, *views, settings={"log.tickets": True}) as site:
        with site.work() as root:
            root.add("story", Story(title="Ebb", tags={"sea"}))
        yield site


@pytest.mark.parametrize(("name", "meant"), [("by-name", "tags"), ("by-sort", "title"), ("by-facet", "tags")])
def test_what_the_code_of_the_site_asks_for_wrongly_is_an_error_of_the_site(site, name, meant, caplog):
    answer = site.client.get(f"/story/{name}?sort=title", headers={"Accept": "application/json"})
    assert answer.status == 500
    assert "did you mean" not in answer.text, "what is wrong with the site is not for visitors"
    assert f"did you mean '{meant}'" in caplog.text
    assert "test_own_mistakes.py" in caplog.text, "and where"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("sort=-titel", "'titel' is nothing to sort by; did you mean 'title'"),
        ("sort=title,-titel", "'titel' is nothing to sort by; did you mean 'title'"),
        ("sort=zzz", "'zzz' is nothing to sort by; there are "),
        ("find=tgas+%3D+sea", "There is no index 'tgas'; did you mean 'tags'"),
        ("facet=tgas", "There is no index 'tgas'; did you mean 'tags'"),
    ],
)
def test_what_comes_with_the_address_is_a_mistake_of_who_asks(site, query, said):
    answer = site.client.get(f"/story/asked?{query}", headers={"Accept": "application/json"})
    assert answer.status == 422
    assert said in str(answer.json["errors"])


def test_what_is_right_is_answered(site):
    assert site.client.get("/story/asked?sort=-title&find=tags+%3D+sea&tags=sea").text == "1 1"
