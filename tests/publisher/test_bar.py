"""The bar at the bottom of pages in development: what the request did. Elsewhere there is none."""

import re

import pytest

from objpub import Content
from objpub import Site
from objpub import testing
from objpub.publisher import Application
from objpub.publisher.development import bar_of
from objpub.publisher.development import Watch
from objpub.publisher.watched import WatchedApplication
from objpub.security import Policy
from objpub.views import as_json
from objpub.views import Response
from objpub.views import view

PAGE = {"Accept": "text/html,*/*;q=0.8"}
PASSES = []


class Note(Content, addable="anywhere"):
    """A note."""

    title: str = ""


def page(text):
    return Response(f"<html><body><p>{text}</p></body></html>")


@view(Site, "listed", permission="public")
def listed(site, request):
    titles = [child.title for child in site.values() if request.can("edit", child)]
    return page(", ".join(titles))


@view(Note, "save", method="POST", permission="public")
def save(note, request):
    note.title  # noqa: B018 - read before the other one changes it
    if not PASSES:
        PASSES.append(1)
        with request.application.work() as root:
            root["note"].title = "the other one's"
    note.title = "<b>mine</b>"
    return page("saved")


@view(Site, "part", permission="public")
def part(site, request):
    return Response("<p>no whole page</p>")


@view(Site, "data", permission="public")
def data(site, request):
    return as_json({"a": "</body>"})


def running(development=True):
    settings = {"development": development}
    return testing.site(Note, listed, save, part, data, settings=settings)


@pytest.fixture
def site():
    PASSES.clear()
    with running() as site:
        site.add_user("mia", roles=["manager"])
        with site.work() as root:
            for name in ("note", "second", "third"):
                root.add(name, Note(title=name))
        site.database.cacheMinimize()
        yield site


def bar_in(answer):
    found = re.findall(r'<aside class="objpub-bar".*</aside>', answer.text, re.DOTALL)
    assert len(found) <= 1
    return found[0] if found else ""


def test_a_page_says_what_its_request_did(site):
    answer = site.client.get("/listed", headers=PAGE)
    bar = bar_in(answer)
    assert answer.text.endswith(f"{bar}</body></html>")
    assert answer.headers["Content-Length"] == str(len(answer.raw))
    assert re.search(r"[\d.]+ ms · [3-9] objects loaded · 0 written · 0 conflicts", bar)
    assert "3 permission checks" in bar and "edit at Note: 3" in bar
    for step in (
        "reading the request",
        "who asks",
        "walk",
        "permissions",
        "the view, the commit and the rest",
    ):
        assert re.search(rf"<dd>[\d.]+ ms {step}[^.]*?</dd>", bar), step
    assert re.search(r"<dd>GET Site @@listed, [^<]+/test_bar.py:\d+</dd>", bar)
    assert re.search(r"\d+ objects of \d+ known are in memory", bar)


def test_conflicts_and_written_objects_are_told(site):
    bar = bar_in(site.client.post("/note/save", headers=PAGE))
    assert "1 written" in bar and "1 conflict " in bar
    assert "test_bar.Note: title: /note" in bar


def test_templates_are_told(site):
    bar = bar_in(site.client.get("/login", headers=PAGE))
    assert "<dd>login.pt: 1</dd>" in bar
    assert re.search(r"<dd>[\d.]+ ms templates</dd>", bar)


def test_it_brings_no_script_and_no_style_of_its_own_and_escapes(site):
    answer = site.client.get("/listed", headers=PAGE)
    bar = bar_in(answer)
    assert "<script" not in bar and "style=" not in bar and "<style" not in bar
    link = re.search(r'href="([^"]+)"', bar)[1]
    assert "position: fixed" in site.client.get(link).text
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    watch = Watch()
    watch.conflicts.append(("<b>", "<i>", "/"))
    watch.templates["<script>"] = watch.checks["<u>", '">'] = 1
    said = bar_of(watch, Asked())
    assert (
        "&lt;b&gt;: &lt;i&gt;: /" in said
        and "&lt;u&gt; at &quot;&gt;: 1" in said
        and "GET &lt;em&gt;" in said
    )
    assert not {"<b>", "<i>", "<u>", "<script>", "<em>"} & set(re.findall(r"<[a-z]+>", said))


class Asked:
    """A request as the bar sees it."""

    method, view = "GET", "<em>"

    def static(self, name):
        return f"/static/{name}"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/listed", {"Accept": "application/json"}),
        ("/listed", {"Accept": "*/*"}),
        ("/listed", {**PAGE, "Sec-Fetch-Dest": "empty"}),
        ("/part", PAGE),
        ("/data", PAGE),
        ("/robots.txt", PAGE),
        ("/static/objpub-publisher/plain.css", PAGE),
    ],
)
def test_what_is_no_page_for_a_browser_gets_none(site, path, headers):
    assert "objpub-bar" not in site.client.get(path, headers=headers).text


def test_a_page_that_differs_each_time_has_no_tag_and_is_not_packed(site):
    answer = site.client.get("/listed", headers={**PAGE, "Accept-Encoding": "gzip", "If-None-Match": "*"})
    assert answer.status == 200 and bar_in(answer)
    assert answer.headers.get("ETag") is None and answer.headers.get("Content-Encoding") is None


def test_the_head_of_a_page_has_the_length_that_the_answer_says(site):
    assert site.client.head("/listed", headers=PAGE).raw == b""


def test_out_of_development_there_is_no_bar_and_nothing_is_measured():
    with running(development=False) as site:
        assert type(site.application) is Application
        assert "objpub-bar" not in site.client.get("/listed", headers=PAGE).text
        policy = site.application.registry[Policy]
        assert not {"can", "identify"} & vars(policy).keys()
        assert "respond" not in vars(site.application)
    with running() as site:
        assert type(site.application) is WatchedApplication
