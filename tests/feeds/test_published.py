"""Feeds and the sitemap: valid, the newest first, with addresses that lead back, and nothing hidden."""

import re
from datetime import date
from xml.etree.ElementTree import fromstring

import pytest

from objpub import Content
from objpub import field
from objpub import File
from objpub import Folder
from objpub import RichText
from objpub import testing
from objpub.feeds import published
from objpub.operations import add
from objpub.operations import edit
from objpub.operations import move
from objpub.operations import rename
from objpub.security import override_permission
from objpub.security import SYSTEM
from tests.feeds.validating import ATOM
from tests.feeds.validating import check_atom
from tests.feeds.validating import check_rss
from tests.feeds.validating import check_sitemap

CHECKS = {"atom.xml": check_atom, "rss.xml": check_rss}


class Blog(Folder, addable="anywhere"):
    """A series of articles."""

    description: str = field(default="")


class Article(Content, addable="anywhere"):
    """A dated piece of writing."""

    title: str = field(index="text")
    body: RichText = field(default="", index="text")
    remark: str = field(default="", multiline=True, read="edit")
    published_on: date | None = field(default=None, index="range")
    tags: frozenset[str] = field(default=(), index="keyword")


class Drawer(Folder, addable="anywhere"):
    """A folder whose description is for some."""

    description: str = field(default="", read="edit")


class Counter(Folder, addable="anywhere"):
    """A folder whose description is no text."""

    description: int = field(default=7)


class Sheet(Folder, addable="anywhere"):
    """A folder whose description is rich text."""

    description: RichText = field(default="<p>Fish &amp; chips</p>")


@pytest.fixture
def site():
    with testing.site(Blog, Article, Drawer, Counter, Sheet) as site:
        with site.work() as root:
            blog = add(SYSTEM, root, Blog(title="Shore notes", description="Fish & <chips>"), "blog")
            for day, title in ((2, "Ebb"), (9, "Tides <b>& more</b>"), (5, "Dünen 🌊 \u2028")):
                article = Article(title=title, published_on=date(2026, 5, day), tags={"sea"}, remark="sh!")
                add(SYSTEM, blog, article)
            add(SYSTEM, blog, Article(title="Undated", body="<p>Rope &amp; <b>sail</b>s</p>"))
            add(SYSTEM, blog, File.from_bytes(b"x", "x.txt"))
            hidden = add(SYSTEM, blog, Article(title="Hidden", published_on=date(2026, 6, 1)), "hidden")
            override_permission(hidden, "view", "editor")
        yield site


@pytest.mark.parametrize("name", CHECKS)
def test_a_feed_is_valid_and_the_newest_come_first(site, name):
    answer = site.client.get(f"/blog/{name}")
    assert answer.headers["Content-Type"] == f"application/{name.removesuffix('.xml')}+xml; charset=utf-8"
    titles = CHECKS[name](answer.body)
    assert titles == ["Tides <b>& more</b>", "Dünen 🌊", "Ebb", "Undated"]
    assert b"Rope &amp; sails" in answer.body or b"Rope &amp;amp; sails" in answer.body
    assert b"sh!" not in answer.body, "what not everybody may read"


@pytest.mark.parametrize("name", CHECKS)
def test_a_feed_of_a_query(site, name):
    ask = {"find": "tags = sea & published_on < 2026-05-08", "sort": "published_on", "limit": "1"}
    answer = site.client.get(f"/blog/{name}", query=ask)
    assert CHECKS[name](answer.body) == ["Ebb"]
    own = re.search(r'rel="self"[^>]*href="([^"]*)"', answer.text)[1].replace("&amp;", "&")
    assert CHECKS[name](site.client.get(own.removeprefix("http://localhost")).body) == ["Ebb"]
    assert CHECKS[name](site.client.get(f"/blog/{name}", query={"text": "rope"}).body) == ["Undated"]
    assert CHECKS[name](site.client.get(f"/blog/{name}", query={"text": "nowhere"}).body) == []


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        ({"limit": "0"}, "0 is not between 1 and 100"),
        ({"find": "tags ="}, "At character 7: wanted a value, not the end"),
        ({"find": "within = /blog/hidden"}, "At character 10: There is nothing at"),
        ({"sort": "tags"}, "is nothing to sort by"),
    ],
)
def test_what_cannot_be_asked_is_told(site, ask, told):
    answer = site.client.get("/blog/atom.xml", query=ask, headers={"Accept": "application/json"})
    assert answer.status == 422
    assert told in answer.text


def ids(site, path="/blog/atom.xml"):
    feed = fromstring(site.client.get(path).body)
    return {each.find(f"{ATOM}title").text: each.find(f"{ATOM}id").text for each in feed.iter(f"{ATOM}entry")}


def test_an_id_stays_whatever_happens_to_what_it_stands_for(site):
    before = ids(site)
    with site.work() as root:
        rename(SYSTEM, root["blog"]["ebb"], "low-water")
        edit(SYSTEM, root["blog"]["low-water"], {"body": "<p>New</p>"})
        move(SYSTEM, root["blog"]["low-water"], root)
    assert ids(site, "/atom.xml")["Ebb"] == before["Ebb"]
    assert len(set(before.values())) == len(before)


def test_feeds_and_sitemap_say_the_same_to_those_who_may_see_more(site):
    site.add_user("ed", roles=["editor"])
    editor = site.browser().login("ed")
    assert "Hidden" in editor.get("/blog/hidden").text
    for path in ("/blog/atom.xml", "/blog/rss.xml", "/sitemap.xml"):
        assert editor.get(path).body == site.client.get(path).body
        assert b"idden" not in editor.get(path).body


def test_a_sitemap_names_what_the_public_may_see(site):
    index, addresses = check_sitemap(site.client.get("/sitemap.xml").body)
    paths = [each.removeprefix("http://localhost") for each in addresses]
    assert not index
    assert (paths[:3], len(paths)) == (["/", "/blog/", "/blog/ebb"], 6)
    assert all(site.client.get(path).status == 200 for path in paths)
    with site.work() as root:
        override_permission(root["blog"], "view", "editor")
    assert check_sitemap(site.client.get("/sitemap.xml").body) == (False, ["http://localhost/"])


def test_a_large_sitemap_leads_to_its_parts(site, monkeypatch):
    whole = check_sitemap(site.client.get("/sitemap.xml").body)[1]
    monkeypatch.setattr(published, "PART", 2)
    index, parts = check_sitemap(site.client.get("/sitemap.xml").body)
    assert index
    found = [check_sitemap(site.client.get(each.removeprefix("http://localhost")).body) for each in parts]
    assert [address for _, addresses in found for address in addresses] == whole
    assert site.client.get(f"/sitemap.xml?part={len(parts) + 1}").status == 404
    assert site.client.get("/sitemap.xml?part=-1").status == 404
    assert site.client.get("/sitemap.xml?part=x").status == 400


def test_robots_are_told_of_the_sitemap(site):
    assert "Sitemap: http://localhost/sitemap.xml\n" in site.client.get("/robots.txt").text


@pytest.mark.parametrize("name", [*CHECKS, "sitemap.xml"])
def test_addresses_lead_back_below_a_prefix(site, name):
    place = "/" if name == "sitemap.xml" else "/blog/"
    answer = site.client.get(f"{place}{name}", environ={"SCRIPT_NAME": "/shop", "HTTP_HOST": "a.example"})
    (check_sitemap if name == "sitemap.xml" else CHECKS[name])(answer.body)
    found = set(re.findall(r"http://a\.example(/[\w.-]*)", answer.text))
    assert found == {"/shop"}
    assert "http://localhost" not in answer.text


def test_a_host_that_is_rooted_at_a_folder_has_its_own():
    with testing.site(Blog, Article, settings={"sites": {"b.example": "/blog", "a.example": "/"}}) as hosts:
        with hosts.work() as root:
            blog = add(SYSTEM, root, Blog(title="Shore notes"), "blog")
            add(SYSTEM, blog, Article(title="Ebb"))
            add(SYSTEM, root, Article(title="Elsewhere"))
        answer = hosts.client.get("/sitemap.xml", environ={"HTTP_HOST": "b.example"})
        assert check_sitemap(answer.body) == (False, ["http://b.example/", "http://b.example/ebb"])
        answer = hosts.client.get("/atom.xml", environ={"HTTP_HOST": "b.example"})
        assert check_atom(answer.body) == ["Ebb"]
        assert "http://b.example/ebb" in answer.text


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize(
    ("kind", "values", "subtitle"),
    [(Drawer, {"description": "sh!"}, ""), (Counter, {}, ""), (Sheet, {}, "Fish & chips")],
)
def test_a_feed_is_described_by_what_everybody_may_read(site, name, kind, values, subtitle):
    with site.work() as root:
        add(SYSTEM, root, kind(**values), "place")
    answer = site.client.get(f"/place/{name}")
    assert answer.status == 200
    found = [each for each in fromstring(answer.body).iter() if each.tag.endswith("subtitle")]
    assert "sh!" not in answer.text
    if name == "atom.xml":
        assert [each.text for each in found] == ([subtitle] if subtitle else [])


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize(("day", "zone"), [(date.min, "Europe/Rome"), (date.max, "America/New_York")])
def test_an_article_of_the_first_or_the_last_day_does_not_end_the_feed(site, name, day, zone):
    with site.work() as root:
        root.time_zone = zone
        add(SYSTEM, root["blog"], Article(title="Old as time", published_on=day))
    answer = site.client.get(f"/blog/{name}")
    assert answer.status == 200 and "Old as time" in CHECKS[name](answer.body)
