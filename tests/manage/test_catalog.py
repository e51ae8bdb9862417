"""The page of the catalog: indexes, a query to try, a comparison, and building again."""

import re

import pytest

from objpub import Content
from objpub import field
from objpub import testing
from objpub.errors import NotPossible
from objpub.manage import catalog
from objpub.operations import add
from objpub.operations import begin_reindex
from objpub.security import SYSTEM


class Note(Content, addable="anywhere"):
    """A note with indexes."""

    title: str = field(index="text")
    tags: frozenset[str] = field(default=(), index="keyword")
    weight: int | None = field(default=None, index="range")


@pytest.fixture
def site():
    with testing.site("objpub.manage", Note) as site:
        site.add_user("ada", roles=["manager"])
        site.add_user("nora")
        with site.work() as root:
            for number in range(3):
                note = Note(title=f"Tide {number}", tags={"sea"}, weight=number if number else None)
                add(SYSTEM, root, note, f"n{number}")
        site.client.get("/")
        yield site


def ask(site, **query):
    return site.browser().login("ada").get("/manage/@@catalog", query=query)


def test_the_page_shows_each_index_with_its_kind_types_and_size(site):
    ask(site, find="tide")  # takes the texts in
    page = ask(site)
    rows = re.findall(r"<tr><td><b>(\w+)</b>(.*?)</tr>", page.text, re.DOTALL)
    told = {name: re.sub(r"<[^>]*>|\s+", " ", text).split() for name, text in rows}
    assert told["tags"][:3] == ["keyword", "Note", "3"]
    assert told["weight"][:3] == ["range", "Note", "2"]
    assert {"title", "description"} <= set(told)
    assert "Built" in told["tags"] and "all built" in page.text
    assert re.search(r"in 3 texts so far, [\d.,]+ \w+", page.text)
    assert 'href="/manage/@@catalog"' in site.browser().login("ada").get("/manage/@@database").text
    assert site.browser().login("nora").get("/manage/@@catalog").status == 403


def test_a_query_is_tried_and_a_mistake_in_it_told_at_its_field(site):
    page = ask(site, find="tags = sea & weight >= 1", sort="-weight")
    assert re.findall(r'<li><a href="[^"]*">(Tide \d)</a>', page.text) == ["Tide 2", "Tide 1"]
    assert "<b>2</b> found" in page.text
    assert "tags = sea &amp; weight &gt;= 1" in page.text
    page = ask(site, find="tags = sea & wieght = 1")
    assert page.status == 422
    message = re.search(r'id="find-error">.*?<span>(.*?)</span>', page.text, re.DOTALL)[1]
    assert "At character 14" in message and "did you mean" in message
    assert 'value="tags = sea &amp; wieght = 1"' in page.text
    page = ask(site, find="", sort="tags")
    assert page.status == 422
    assert re.search(r'id="sort-error">.*?is nothing to sort by', page.text, re.DOTALL)


def test_the_indexes_are_compared_and_what_is_wrong_is_told(site):
    assert "the indexes are right" in ask(site, check="yes").text
    with site.work() as root:
        root.catalog.settle()
        index = next(each for key, each in root.catalog.indexes.items() if key.startswith("tags"))
        index.put(int.from_bytes(root["n1"]._p_oid, "big"), ("lake",))
    page = ask(site, check="yes")
    assert "The indexes are not right" in page.text and "/n1: the index" in page.text


def test_a_comparison_that_takes_too_long_says_how_far_it_came(site, monkeypatch):
    monkeypatch.setattr(catalog, "CHECK_SECONDS", -1)
    assert "Nothing wrong among the first" in ask(site, check="yes").text


@pytest.mark.parametrize("name", ["tags", ""])
def test_indexes_are_built_again_beside_the_answers(site, name):
    with site.work() as root:
        root.catalog.settle()
        index = next(each for key, each in root.catalog.indexes.items() if key.startswith("tags"))
        index.put(int.from_bytes(root["n1"]._p_oid, "big"), ("lake",))
    assert "the indexes are right" not in ask(site, check="yes").text
    browser = site.browser().login("ada")
    form = browser.get("/manage/@@catalog").form("rebuilding")
    page = form.submit("Build all again" if not name else "tags", follow=True)
    begun = "Build the index tags again" if name else "Build all indexes again"
    assert page.path == "/manage/@@operations" and begun in page.text
    site.application.scheduler.long.wait()
    assert re.search(r"Done</b>: Indexed \d+ resources", browser.get(page.path).text)
    assert "the indexes are right" in ask(site, check="yes").text
    assert "Built" in browser.get("/manage/@@audit").text


def test_indexes_are_built_again_by_one_at_a_time(site):
    with site.work() as root:
        root.catalog.builds.until = 2.0**40
    assert "Another process is at work" in ask(site).text
    with site.work() as root:
        begin_reindex(SYSTEM, root)
    with pytest.raises(NotPossible, match="“Build all indexes again” is under way"), site.work() as root:
        begin_reindex(SYSTEM, root, ["tags"])
