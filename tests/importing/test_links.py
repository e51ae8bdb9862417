import pytest

from objpub.importing.links import Links
from objpub.importing.links import place_of
from objpub.importing.links import places_of_file
from objpub.importing.links import url_of_path

FILES = [
    "about/_index.md",
    "docs/Intro.md",
    "docs/Intro Two.md",
    "docs/img/Logo.PNG",
    "docs/sub/index.html",
    "top.md",
]


@pytest.fixture
def links():
    places = {}
    for file in FILES:
        for place in places_of_file(file):
            places.setdefault(place, file)
    places["old/intro"] = "docs/Intro.md"
    reasons = {"secret": "secret.md is not published: it is a draft"}
    return Links(places.get, lambda key: f"/x/{key}", reasons, lambda path: path == "/login")


@pytest.mark.parametrize(
    ("destination", "url"),
    [
        ("Intro.md", "/x/docs/Intro.md"),
        ("./intro/", "/x/docs/Intro.md"),
        ("intro", "/x/docs/Intro.md"),
        ("../docs/INTRO.MD#a b", "/x/docs/Intro.md#a%20b"),
        ("Intro%20Two.md", "/x/docs/Intro Two.md"),
        ("intro-two/", "/x/docs/Intro Two.md"),
        ("/docs/intro/?a=1#b", "/x/docs/Intro.md?a=1#b"),
        ("/docs/intro.html", "/x/docs/Intro.md"),
        ("/Old/Intro/", "/x/docs/Intro.md"),
        ("img/logo.png", "/x/docs/img/Logo.PNG"),
        ("../about/", "/x/about/_index.md"),
        ("/about/index.html", "/x/about/_index.md"),
        ("sub/", "/x/docs/sub/index.html"),
        ("top.md", "/x/top.md"),
        ("https://example.org/a", "https://example.org/a"),
        ("//example.org/a", "//example.org/a"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("#here", "#here"),
        ("/login", "/login"),
    ],
)
def test_a_destination_leads_somewhere(links, destination, url):
    assert links.resolve(destination, "docs/page.md", "docs/page.md").url == url


def test_a_link_of_a_page_may_be_written_as_browsers_read_it(links):
    assert links.resolve("../intro/", "docs/page.md", "docs/page.md").url == "/x/docs/Intro.md"
    assert links.resolve("../../top/", "docs/page.md", "docs/page.md").url == "/x/top.md"


@pytest.mark.parametrize(
    ("destination", "message"),
    [
        ("nowhere.md", "there is nothing of that name"),
        ("/secret/", "secret.md is not published: it is a draft"),
        ("../../../etc/passwd", "it leads out of the imported folder"),
        ("", "it has no destination"),
    ],
)
def test_a_destination_that_leads_nowhere_says_why(links, destination, message):
    found = links.resolve(destination, "docs/page.md", "docs/page.md")
    assert (found.url, found.message) == (None, message)


def test_one_place_has_many_spellings():
    assert {
        place_of(path) for path in ("/A/B.md", "a/b/", "a/b.html", "a/b/index.html", "/a/b/_index.md")
    } == {"a/b"}
    assert place_of("a/README.md") == "a"
    assert place_of("a/v1.2") == "a/v1.2"


def test_urls_are_quoted():
    assert url_of_path(("a b", "ä?"), folder=False) == "/a%20b/%C3%A4%3F"
    assert url_of_path(("a",), folder=True) == "/a/"
    assert url_of_path((), folder=True) == "/"
