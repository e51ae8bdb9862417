"""The documentation of Hugo, brought in by one command and walked over the web as its readers do."""

import re
import subprocess
import sys
from collections import deque
from datetime import datetime
from datetime import UTC
from html import unescape
from itertools import takewhile
from urllib.parse import urldefrag
from urllib.parse import urljoin

import pytest

from objpub.lineage import find_resource
from objpub.operations import edit
from objpub.publisher import App
from objpub.security import SYSTEM
from objpub.settings import load_settings
from objpub.testing import Client
from tests.importing.hugo import published
from tests.importing.hugo import unpacked

pytestmark = pytest.mark.slow

HTML = "text/html"
LINK = re.compile(r'<(?:a|link|script|img)\b[^>]*?\s(?P<kind>href|src)="(?P<to>[^"]*)"')
IMAGE = re.compile(r'<img\b[^>]*?\ssrc="([^"]*)"')
HEADING = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL)

# What happens to the manual after the first import.
EDITED = ("about/features", "about/security", "templates/menu", "templates/rss", "commands/hugo")
MATH = ("Abs", "Acos", "Add", "Asin", "Atan", "Ceil", "Cos", "Div")
CHANGED = ("templates/menu.md", "templates/robots.md", *(f"functions/math/{name}.md" for name in MATH))
REMOVED = (
    "functions/math/Pi.md",
    "functions/time/Now.md",
    "host-and-deploy/host-on-netlify/netlify-01.png",
)


class Place:
    """A site of objpub's own types in a folder of its own; it is opened for each block, as a server is."""

    def __init__(self, folder, manual):
        self.folder = folder
        self.manual = manual

    def run(self, *words):
        """Run the command line in a process of its own, and return what it prints."""
        command = [sys.executable, "-m", "objpub.command", *map(str, words)]
        run = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        assert (run.returncode, run.stderr) == (0, ""), run.stderr
        return run.stdout

    def import_manual(self):
        return self.run("import", self.manual, "/docs", "--all")

    def opened(self):
        app = App()
        app.include("objpub.importing")
        return app.open(load_settings(self.folder / "objpub.toml", {"OBJPUB_LOG_ACCESS": "0"}))

    def last_transaction(self):
        application = self.opened()
        try:
            return application.database.lastTransaction()
        finally:
            application.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A site with the manual, imported by one command."""
    folder = tmp_path_factory.mktemp("site")
    folder.joinpath("objpub.toml").touch()
    place = Place(folder, unpacked("hugodocs-content.tar.gz", tmp_path_factory.mktemp("hugo"), "content/en/"))
    place.first = place.import_manual()
    return place


@pytest.fixture
def application(place):
    """The application of the site."""
    application = place.opened()
    yield application
    application.close()


@pytest.fixture
def client(application):
    """A browser that nobody has signed in with."""
    return Client(application)


def heading_of(text):
    """Return the text of the first heading of a page, as people read it."""
    return unescape(re.sub(r"<[^>]*>", "", HEADING.search(text)[1])).strip()


class Crawler:
    """Follows every link of a site. answers: (status, media type) by path; links, images: how many it met."""

    def __init__(self, client):
        self.client = client
        self.answers = {}
        self.headings = {}
        self.links = self.images = self.elsewhere = 0
        self.wrong = []

    def walk(self, start):
        """Follow every link from *start* on, each address once."""
        waiting = deque([start])
        met = {start}
        while waiting:
            path = waiting.popleft()
            for to in self._links_on(path):
                if to not in met:
                    met.add(to)
                    waiting.append(to)

    def _links_on(self, path):
        """Ask for *path*; yield the addresses on this site that it leads to."""
        response = self.client.get(path)
        self.answers[path] = response.status, response.content_type
        if response.status != 200 or response.content_type != HTML:
            return
        self.headings[path] = heading_of(response.text)
        ids = set(re.findall(r'\s(?:id|name)="([^"]+)"', response.text))
        for match in LINK.finditer(response.text):
            written = unescape(match["to"])
            to, fragment = urldefrag(written)
            if re.match(r"[a-z]+:|//", written):
                self.elsewhere += 1
                continue
            self.images += match["kind"] == "src"
            self.links += match["kind"] == "href"
            if not to and fragment and unescape(fragment) not in ids and "%" not in fragment:
                self.wrong.append((path, written))
            yield urljoin(path, to) if to else path


def test_one_command_imports_it_and_says_what_it_did(place):
    assert re.match(r"\d+ sections?, \d+ pages, 58 images added, \d+ not published in ", place.first)
    assert "Links that lead nowhere (" in place.first
    assert "content-management/" in place.first
    listed = place.first.partition("Links that lead nowhere")[2].split("\n")[1:]
    links = list(takewhile(lambda line: line.startswith("  "), listed))
    assert links
    assert [line for line in links if not re.match(r"  \S+\.md:\d+: ", line)] == []
    assert "Could not be taken over" not in place.first


def test_every_page_that_hugo_would_publish_answers_with_its_title_and_its_images(place, client):
    pages = list(published(place.manual, datetime.now(UTC)))
    assert 700 < len(pages) <= 789
    pictures = set()
    for path, front, _ in pages:
        response = client.get(f"/docs{path}", follow=True)
        assert (response.status, response.content_type) == (200, HTML), path
        assert heading_of(response.text) == str(front["title"]), path
        title = unescape(re.search(r"<title>(.*?)</title>", response.text, re.DOTALL)[1])
        assert str(front["title"]) in title, path
        for picture in IMAGE.findall(response.text):
            pictures.add(urljoin(response.path, unescape(picture)))
    local = {picture for picture in pictures if picture.startswith("/")}
    assert len(local) > 40
    for picture in local:
        response = client.get(picture)
        assert (response.status, response.content_type[:6]) == (200, "image/"), picture
        assert response.body


def test_a_crawler_walks_it_all_and_meets_no_dead_link(place, client, capsys):
    crawler = Crawler(client)
    crawler.walk("/docs/")
    wrong = {path: answer for path, answer in crawler.answers.items() if answer[0] != 200}
    assert wrong == {}
    reached = {path.partition("?")[0].rstrip("/") for path in crawler.headings if path.startswith("/docs/")}
    assert reached == {f"/docs{path}" for path, _, _ in published(place.manual, datetime.now(UTC))}
    with capsys.disabled():
        print(
            f"\n{len(reached)} pages walked, {crawler.links} links and {crawler.images} images on"
            f" them followed to {len(crawler.answers)} addresses, {crawler.elsewhere} lead elsewhere"
        )
    assert crawler.wrong == []
    assert crawler.links > 3_985  # those of the texts, and the navigation


def test_a_second_import_writes_nothing(place):
    before = place.last_transaction()
    report = place.import_manual()
    assert re.match(r"nothing added, \d+ unchanged, ", report)
    assert "updated" not in report.split("\n")[0]
    assert place.last_transaction() == before


def test_edits_on_the_site_changes_in_the_folder_and_removals_meet(place):
    application = place.opened()
    with application.work() as site:
        for path in EDITED:
            page = find_resource(site, f"/docs/{path}")
            edit(SYSTEM, page, {"text": "Written on the site.\n"})
    application.close()
    for file in CHANGED:
        with (place.manual / file).open("a", encoding="utf-8") as opened:
            opened.write("\nWritten in the folder.\n")
    for file in REMOVED:
        (place.manual / file).unlink()
    report = place.import_manual()
    first, _, rest = report.partition("\n")
    assert first.startswith("nothing added, 9 pages updated, ")
    assert listed(rest, "Edited on the site, left as they are") == sorted(f"{path}.md" for path in EDITED)
    assert "templates/menu.md: it was edited on the site, and is left although its file has changed" in rest
    assert listed(rest, "On the site, but not in the folder any more") == sorted(REMOVED)
    assert_pages_after(place)
    before = place.last_transaction()
    place.import_manual()
    assert place.last_transaction() == before


def listed(report, title):
    """Return the files that a part of a report is about."""
    part = report.partition(f"{title} (")[2].split("\n\n")[0]
    return sorted(line.strip().split(":")[0] for line in part.split("\n")[1:])


def assert_pages_after(place):
    """Ask for the pages that were edited, changed and removed, and one beside them."""
    application = place.opened()
    client = Client(application)
    try:
        for path in EDITED:
            text = client.get(f"/docs/{path}").text
            assert "<p>Written on the site.</p>" in text, path
            assert "Written in the folder" not in text, path
        for file in CHANGED[1:]:
            assert "<p>Written in the folder.</p>" in client.get(url_of(file)).text, file
        for file in REMOVED:
            assert client.get(url_of(file)).status == 200, file  # nothing is deleted
        beside = client.get(url_of("functions/math/Floor.md")).text
        assert "Written on the site" not in beside
        assert "Written in the folder" not in beside
    finally:
        application.close()


def url_of(file):
    return "/docs/" + file.lower().removesuffix(".md")
