"""The search page of the demo: words, chapters, what was meant, pages, and nothing that is hidden."""

import re

import pytest

from objpub import testing
from objpub.demo import app
from objpub.demo import fill
from objpub.security import override_permission

PAGES = {
    "index.md": "# Handbook\n\nAll of it.\n",
    "tutorial/index.md": "# Learn\n\nBegin here.\n",
    "tutorial/a.md": "# Tides\n\nThe *high* tide comes `twice` a day.\n",
    "howto/index.md": "# Tasks\n\nNothing yet.\n",
    "howto/tie.md": "# Tie a knot\n\nBefore the tide comes, with <rope>.\n",
    **{f"howto/n{number:02}.md": f"# Number {number}\n\nfiller\n" for number in range(12)},
}


@pytest.fixture
def site(tmp_path):
    for name, text in PAGES.items():
        file = tmp_path / "docs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    with testing.site(app) as site:
        fill(site.application, tmp_path / "docs")
        yield site


def titles(page):
    return re.findall(r'<h2><a href="[^"]*">([^<]*)</a></h2>', page.text)


def test_words_are_found_with_snippets_and_chapters(site):
    page = site.client.get("/search", query={"q": "tide"})
    assert titles(page) == ["Tides", "Tie a knot"]
    assert "<b>2</b> pages" in page.text
    assert "<mark>tide</mark>" in page.text
    assert "twice a day" in page.text, "without the marks of Markdown"
    assert re.search(r"Tutorial\s*<small>1</small>", page.text)
    learn = re.search(r'href="([^"]*within=[^"]*)">Tutorial', page.text)[1].replace("&amp;", "&")
    assert titles(site.client.get(learn)) == ["Tides"]


def test_an_empty_search_is_a_form_and_nothing_else(site):
    page = site.client.get("/search")
    assert (page.status, titles(page)) == (200, [])


def test_a_misspelt_word_is_offered_as_it_was_meant(site):
    page = site.client.get("/search", query={"q": "tdie"})
    assert "Did you mean" in page.text
    assert re.search(r'href="/search\?q=tide">tide</a>', page.text)


def test_where_no_page_has_all_the_words_those_with_some_come(site):
    page = site.client.get("/search", query={"q": "knot filler"})
    assert "with some of the words" in page.text
    assert "Tie a knot" in titles(page)


def test_where_nothing_is_found_the_page_says_what_else_to_try(site):
    page = site.client.get("/search", query={"q": "qqq xyz", "within": "/docs/tutorial/"})
    assert titles(page) == []
    assert "No page" in page.text and "has “qqq xyz”." in page.text
    assert re.search(r'href="/search\?q=qqq\+xyz">Look in all chapters', page.text)
    assert 'href="/tags"' in page.text
    assert "<b>0</b>" not in page.text
    page = site.client.get("/search", query={"find": "type = Page & tags = nothing"})
    assert "is what the query asks for" in page.text


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"q": "tide", "within": "/nowhere"}, "There is no chapter at &#39;/nowhere&#39;"),
        ({"q": "tide", "after": "x"}, "is no cursor of these results"),
        ({"within": "/nowhere"}, "There is no chapter"),
    ],
)
def test_a_parameter_that_means_nothing_is_told_on_the_page(site, query, told):
    page = site.client.get("/search", query=query)
    assert page.status == 422
    assert told in page.text or told.replace("&#39;", "'") in page.text
    assert 'role="search"' in page.text


def test_more_than_a_page_is_gone_through(site):
    page = site.client.get("/search", query={"q": "filler"})
    following = re.search(r'rel="next" href="([^"]*)"', page.text)[1].replace("&amp;", "&")
    rest = site.client.get(following)
    assert (len(titles(page)), len(titles(rest))) == (10, 2)
    assert set(titles(page)).isdisjoint(titles(rest))


def test_a_query_is_answered_and_a_mistake_in_it_is_told_with_its_place(site):
    assert titles(site.client.get("/search", query={"find": "type = Section & tide"})) == []
    assert len(titles(site.client.get("/search", query={"find": "type = Page & tide"}))) == 2
    page = site.client.get("/search", query={"find": 'tags = "'})
    assert (page.status, "At character 8" in page.text) == (422, True)
    assert site.client.get("/search", query={"q": "tide", "after": "x"}).status == 422


def test_what_is_hidden_is_not_found_not_counted_and_not_offered(site):
    with site.work() as root:
        chapter = next(each for each in root.values() if "tutorial" in each)["tutorial"]
        override_permission(chapter, "view", "editor")
    assert "Did you mean" in site.client.get("/search", query={"q": "comse"}).text
    page = site.client.get("/search", query={"q": "tide"})
    assert (titles(page), "<small>" in page.text) == (["Tie a knot"], False)
    assert "Did you mean" not in site.client.get("/search", query={"q": "hihg"}).text
    page = site.client.get("/search", query={"find": "within = /docs/tutorial"})
    assert (page.status, "There is nothing at" in page.text) == (422, True)
