"""Real folders: the documentation of Hugo, and a folder of 4,600 short pages."""

import collections
import re
from datetime import datetime
from datetime import UTC
from html import unescape
from urllib.parse import unquote

import pytest

from objpub.configuration import Configuration
from objpub.content import Folder
from objpub.content import Image
from objpub.content import Site
from objpub.content import walk
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.importing import Document
from objpub.importing import import_folder
from objpub.lineage import find_resource
from objpub.lineage import path_of
from objpub.operations import edit
from objpub.security import SYSTEM
from tests.importing.hugo import published
from tests.importing.hugo import unpacked

# Two pages of Hugo's documentation expire on 2026-11-18.
NOW = datetime(2026, 11, 1, tzinfo=UTC)

# Why links of Hugo's documentation lead nowhere: reason → how many, by file, line and destination.
BROKEN = {
    # [term](g) is a notation of that site's own theme: it leads to a glossary that the theme makes.
    "theme's glossary": 364,
    # <{{% eturl … %}}> gives the address of a template of Hugo: a shortcode of the theme, without inner text.
    "theme's shortcode as a destination": 38,
    # Examples of image processing show pictures of the theme, which are not among the contents.
    "theme's picture": 31,
    # The glossary again, by its address: the theme puts its terms into that page.
    "place in the theme's glossary": 1,
}


@pytest.fixture(scope="module")
def site_database():
    """A database with a site that knows the types."""
    configuration = Configuration()
    configuration.include("objpub.content", "objpub.security", "objpub.operations", "objpub.importing")
    database = open_database("demo:", registry=configuration.freeze())
    with transaction_for(database) as pair:
        put_site(pair.connection, Site(title="Manuals"))
        pair.manager.commit()
    yield database
    database.close()


@pytest.fixture(scope="module")
def manual(tmp_path_factory):
    """The contents of Hugo's documentation."""
    return unpacked("hugodocs-content.tar.gz", tmp_path_factory.mktemp("hugo"), "content/en/")


@pytest.fixture(scope="module")
def first_report(site_database, manual):
    """The report of the first import to /hugo."""
    return import_folder(site_database, manual, "/hugo", identity=SYSTEM, now=NOW)


@pytest.fixture
def site(site_database, first_report):
    """The site with Hugo's documentation in it, for reading."""
    with transaction_for(site_database, read_only=True) as pair:
        yield site_of(pair.connection)


def test_every_page_that_hugo_would_publish_is_there(site, manual):
    wanted = [("/hugo" + path, front, text) for path, front, text in published(manual, NOW)]
    assert len(wanted) == 789
    for path, front, _ in wanted:
        page = find_resource(site, path)
        assert isinstance(page, Document), path
        assert page.title == str(front["title"]), path
        assert page.tags | page.categories | page.keywords == {
            *front.get("tags", ()),
            *front.get("categories", ()),
            *front.get("keywords", ()),
        }, path
        assert page.weight == front.get("weight"), path
        assert page.description == (front.get("description") or ""), path


def test_nothing_else_is_there(site, manual):
    wanted = {"/hugo" + path for path, _, _ in published(manual, NOW)}
    found = {path_of(each) for each in walk(site["hugo"]) if isinstance(each, Document)}
    assert found == wanted


def test_every_page_has_its_text(site, manual):
    for path, _, text in published(manual, NOW):
        page = find_resource(site, "/hugo" + path)
        words = re.sub(r"<!--.*?-->|\{\{[<%](?!/\*| include).*?[>%]\}\}", "", text, flags=re.DOTALL)
        assert bool(page.html) == bool(words.strip()), path
        outside_code = re.sub(r"<pre.*?</pre>|<code.*?</code>", "", page.html, flags=re.DOTALL)
        assert "{{<" not in outside_code, path
        assert "{{%" not in outside_code, path


def test_the_counts_of_the_report(first_report):
    assert dict(first_report.added) == {"section": 76, "page": 713, "image": 58}
    assert len(first_report.unpublished) == 203
    assert first_report.problems == first_report.renamed == first_report.kept == []


def test_links_that_lead_nowhere_are_listed_with_file_and_line(first_report, manual):
    reasons = collections.Counter()
    for link in first_report.broken:
        line = (manual / link.file).read_text("utf-8").split("\n")[link.line - 1]
        if link.destination == "g":
            reasons["theme's glossary"] += 1
            assert "](g)" in line or "][" in line, link
        elif not link.destination:
            reasons["theme's shortcode as a destination"] += 1
        elif link.destination.lstrip("/").startswith("images/examples/"):
            reasons["theme's picture"] += 1
            assert "{{< img" in line or "{{< figure" in line, link
        elif "glossary/#" in link.destination:
            reasons["place in the theme's glossary"] += 1
    assert dict(reasons) == BROKEN
    assert len(first_report.broken) == sum(BROKEN.values()) == 434


def test_a_crawler_finds_no_dead_link(site, capsys):
    pages = [each for each in walk(site["hugo"]) if isinstance(each, Document)]
    ids = {path_of(page): set(re.findall(r'\sid="([^"]+)"', page.html)) for page in pages}
    links = images = 0
    for page in pages:
        for kind, to in re.findall(r'<(a|img)\b[^>]*?\s(?:href|src)="([^"]*)"', page.html):
            to, _, fragment = unescape(to).partition("#")
            if re.match(r"[a-z]+:", to):
                continue
            there = find_resource(site, unquote(to)) if to else page
            assert isinstance(there, Image) == (kind == "img")
            assert to.endswith("/") == isinstance(there, Folder) or not to
            links, images = links + (kind == "a"), images + (kind == "img")
            if fragment and path_of(there) != "/hugo/quick-reference/glossary":
                assert unquote(fragment) in ids[path_of(there)], f"{path_of(page)}: {to}#{fragment}"
    with capsys.disabled():
        print(f"\n{len(pages)} pages walked, {links} links and {images} images followed")
    assert (links, images) == (3985, 56)


def test_aliases_lead_to_the_new_place(site):
    # functions/collections/Where.md has had another address, /functions/where.
    assert "/functions/where" in find_resource(site, "/hugo/functions/collections/where").aliases


def test_a_second_import_writes_nothing(site_database, manual, first_report):
    before = site_database.lastTransaction()
    report = import_folder(site_database, manual, "/hugo", identity=SYSTEM, now=NOW)
    assert site_database.lastTransaction() == before
    assert (report.written, report.unchanged) == (0, 847)
    assert report.broken == first_report.broken


def test_edits_changes_and_removals_meet(site_database, manual, first_report):
    edited = ["about/features", "about/security", "templates/menu", "templates/rss", "commands/hugo"]
    changed = ["templates/menu.md", "templates/robots.md", *(f"functions/math/{name}.md" for name in MATH)]
    removed = [
        "functions/time/Now.md",
        "functions/math/Pi.md",
        "host-and-deploy/host-on-netlify/netlify-01.png",
    ]
    with transaction_for(site_database) as pair:
        for path in edited:
            page = find_resource(site_of(pair.connection), f"/hugo/{path}")
            edit(SYSTEM, page, {"title": f"{page.title}, edited"})
        pair.manager.commit()
    for file in changed:
        (manual / file).write_text((manual / file).read_text("utf-8") + "\nOne paragraph more.\n", "utf-8")
    for file in removed:
        (manual / file).unlink()
    report = import_folder(site_database, manual, "/hugo", identity=SYSTEM, now=NOW)
    assert dict(report.updated) == {"page": 9}
    assert dict(report.added) == {}
    assert [each.file for each in report.kept] == sorted(f"{path}.md" for path in edited)
    assert [each.file for each in report.kept if "has changed" in each.message] == ["templates/menu.md"]
    assert [each.file for each in report.vanished] == sorted(removed)
    with transaction_for(site_database, read_only=True) as pair:
        site = site_of(pair.connection)
        for file in changed:
            page = find_resource(site, "/hugo/" + file.lower().removesuffix(".md"))
            assert ("One paragraph more." in page.html) == (file != "templates/menu.md"), file
        for path in edited:
            assert find_resource(site, f"/hugo/{path}").title.endswith(", edited")
        assert find_resource(site, "/hugo/functions/math/pi")
    before = site_database.lastTransaction()
    import_folder(site_database, manual, "/hugo", identity=SYSTEM, now=NOW)
    assert site_database.lastTransaction() == before


MATH = ("Abs", "Acos", "Add", "Asin", "Atan", "Ceil", "Cos", "Div")


@pytest.mark.slow
def test_a_folder_of_thousands_of_pages(site_database, tmp_path):
    common = unpacked("tldr-pages.tar.xz", tmp_path, "pages/common/")
    report = import_folder(site_database, common, "/tldr", identity=SYSTEM)
    files = [path for path in common.glob("*.md") if path.name != "..md"]  # a hidden file
    assert len(files) > 4_600
    assert report.added["page"] == len(files)
    assert report.problems == report.broken == []
    with transaction_for(site_database, read_only=True) as pair:
        folder = site_of(pair.connection)["tldr"]
        assert len(folder) == len(files)
        tar = folder["tar"]
        assert (tar.title, tar.text.split("\n")[0]) == ("tar", "> Archiving utility.")
        assert folder["["].title == "["
    before = site_database.lastTransaction()
    assert import_folder(site_database, common, "/tldr", identity=SYSTEM).unchanged == len(files) + 1
    assert site_database.lastTransaction() == before
