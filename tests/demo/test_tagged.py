"""Tags, what is related, and collections: pages that queries make, for whoever reads them."""

import re

import pytest

from objpub import testing
from objpub.demo import app
from objpub.demo import fill
from objpub.errors import Invalid
from objpub.operations import edit
from objpub.security import override_permission
from objpub.security import SYSTEM
from tests.feeds.validating import check_atom
from tests.feeds.validating import check_rss
from tests.parts import of_interface

PAGES = {
    "index.md": "# Handbook\n\nAll of it.\n",
    "a.md": "---\ntags: [sea, moon]\n---\n# High tide\n\nTwice a day.\n",
    "b.md": "---\ntags: [moon]\nkeywords: [moon, c/d]\n---\n# Craters\n\nRound.\n",
    "c.md": "---\ncategories: [sea]\n---\n# Boats\n\nAfloat.\n",
    "d.md": "# Tide tables\n\nMud.\n",
    **{f"n{number:02}.md": f"---\ntags: [many]\n---\n# Note {number}\n\nfiller\n" for number in range(12)},
}


@pytest.fixture
def site(tmp_path):
    for name, text in PAGES.items():
        file = tmp_path / "docs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    with testing.site(app) as site:
        fill(site.application, tmp_path / "docs")
        site.add_user("ann", roles=["editor"])
        yield site


def titles(page):
    return re.findall(r'<h2><a href="[^"]*">([^<]*)</a></h2>', page.text)


def hide(site, name):
    with site.work() as root:
        override_permission(root["docs"][name], "view", "editor")


def test_all_tags_are_counted_once_for_each_page(site):
    page = site.client.get("/tags")
    found = re.findall(r'href="(/tags/[^"]*)">([^<]*) <small>(\d+)<', page.text)
    assert found == [
        ("/tags/c/d", "c/d", "1"),
        ("/tags/many", "many", "12"),
        ("/tags/moon", "moon", "2"),
        ("/tags/sea", "sea", "2"),
    ]
    for address, tag, count in found:
        assert f"<h1>{tag}</h1>" in site.client.get(address).text
        assert f"<b>{count}</b>" in site.client.get(address).text


def test_the_page_of_a_tag_goes_on_and_has_a_feed(site):
    assert sorted(titles(site.client.get("/tags/sea"))) == ["Boats", "High tide"]
    page = site.client.get("/tags/many")
    following = re.search(r'rel="next" href="([^"]*)"', page.text)[1].replace("&amp;", "&")
    rest = titles(site.client.get(following))
    assert (len(titles(page)), len(rest)) == (10, 2) and set(rest).isdisjoint(titles(page))
    feed = re.search(r'title="many" href="([^"]*)"', page.text)[1].replace("&amp;", "&")
    assert sorted(check_atom(site.client.get(feed).body)) == sorted(titles(page) + rest)


def test_a_tag_that_one_may_not_see_is_none(site):
    hide(site, "b")
    assert site.client.get("/tags/c/d").status == 404
    assert site.client.get("/tags/nothing").status == 404
    assert "c/d" not in site.client.get("/tags").text
    assert titles(site.client.get("/tags/moon")) == ["High tide"]
    assert site.browser().login("ann").get("/tags/c/d").status == 200


def related(page):
    found = re.search(r"<h2>Related</h2>(.*?)</section>", page.text, re.DOTALL)
    return re.findall(r">([^<]+)</a>", found[1]) if found else []


def test_a_page_leads_to_its_tags_and_to_what_shares_them(site):
    page = site.client.get("/docs/d")
    assert related(page) == ["High tide"], "by the words of its title; not its neighbours"
    page = site.client.get("/docs/a")
    assert re.findall(r'rel="tag" href="([^"]*)"', page.text) == ["/tags/moon", "/tags/sea"]
    assert related(page) == ["Boats", "Tide tables"], "Craters is the next page anyway"
    hide(site, "c")
    assert related(site.client.get("/docs/a")) == ["Tide tables"]


def collection(site, client, **values):
    form = client.get("/manage/docs/@@add?type=Collection").form("form")
    for name, value in {"title": "All of the sea", **values}.items():
        form[name] = value
    return form.submit(follow=True)


@of_interface
def test_a_collection_shows_what_its_query_finds(site):
    ann = site.browser().login("ann")
    collection(site, ann, query="tags = sea | categories = sea")
    page = site.client.get("/docs/all-of-the-sea")
    assert titles(page) == ["Boats", "High tide"]
    hide(site, "c")
    assert titles(site.client.get("/docs/all-of-the-sea")) == ["High tide"]
    assert titles(ann.get("/docs/all-of-the-sea")) == ["Boats", "High tide"]
    for name, check in (("atom.xml", check_atom), ("rss.xml", check_rss)):
        assert check(ann.get(f"/docs/all-of-the-sea/{name}").body) == ["High tide"]


@of_interface
@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"query": "tags = sea & tgas = x"}, "At character 14: There is no index 'tgas'"),
        ({"query": "(tags = sea"}, "At character 12: wanted ), not the end"),
        ({"sort": "tags"}, "'tags' is nothing to sort by"),
    ],
)
def test_a_mistake_in_a_collection_is_told_at_its_field_and_nothing_is_added(site, values, told):
    ann = site.browser().login("ann")
    page = collection(site, ann, **values)
    assert page.status == 422
    field = next(iter(values))
    message = re.search(rf'id="[^"]*{field}-error">.*?<span>(.*?)</span>', page.text, re.DOTALL)
    assert message and told in message[1].replace("&#39;", "'").replace("&#x27;", "'")
    assert values[field] in page.text.replace("&amp;", "&"), "what was typed is kept"
    with site.work() as root:
        assert "all-of-the-sea" not in root["docs"]


@of_interface
def test_a_query_whose_place_is_gone_tells_those_who_can_mend_it_only(site):
    ann = site.browser().login("ann")
    collection(site, ann, query="within = /docs/secret")
    told = "There is nothing at '/docs/secret'"
    assert told in ann.get("/docs/all-of-the-sea").text.replace("&#39;", "'")
    page = site.client.get("/docs/all-of-the-sea")
    assert (page.status, "secret" in page.text) == (200, False)
    assert check_atom(site.client.get("/docs/all-of-the-sea/atom.xml").body) == []
    assert "query" not in site.client.get("/api/docs/all-of-the-sea").json["fields"]
    with pytest.raises(Invalid, match="quote has no end"), site.work() as root:
        edit(SYSTEM, root["docs"]["all-of-the-sea"], {"query": 'tags = "'})


@of_interface
def test_a_query_that_asks_for_too_much_tells_those_who_can_mend_it_only(site):
    ann = site.browser().login("ann")
    collection(site, ann, query=" | ".join(f"{letter}*" for letter in "abcdefgst"))
    page = site.client.get("/docs/all-of-the-sea")
    assert page.status == 200 and "beginnings" not in page.text
    assert check_atom(site.client.get("/docs/all-of-the-sea/atom.xml").body) == []
    assert "at most 8 beginnings of words" in ann.get("/docs/all-of-the-sea").text
