"""Search in the whole site, and what the palette offers: by words, titles, paths and types, and by rights."""

import re

import pytest

from objpub.content import File
from objpub.manage import searching
from objpub.operations import add_new
from objpub.security import override_permission
from objpub.security import SYSTEM
from objpub.views import action
from tests.manage.flows import Story
from tests.manage.pages import Page


@action(Page, "Shout", permission="edit")
def shout(page, request):
    """Make the title loud."""
    page.title = page.title.upper()


THINGS = (shout, "tests.manage.flows")


@pytest.fixture
def filled(site):
    """The site with a file, whose title is indexed, and a story to decide about."""
    with site.work() as root:
        root["archive"].add("chart", File.from_bytes(b"x", "chart.txt", title="Tide tables of the harbour"))
        add_new(SYSTEM, root["news"], Story, {"title": "A story", "text": "Water."})
    return site


def found_by(client, query):
    """Return the paths of what the search page lists."""
    answer = client.get(f"/manage/@@search?{query}")
    assert answer.status == 200
    return re.findall(r'<small class="dim">([^<]+)</small>', answer.text)


def offered(client, path, q=""):
    """Return the titles that the palette of *path* offers."""
    answer = client.get(f"/manage{path}@@palette?q={q}")
    assert answer.status == 200
    return re.findall(r'role="option".*?<span>([^<]+)</span>', answer.text, re.S)


def test_things_are_found_by_words_and_beginnings_whether_their_titles_are_indexed_or_not(filled):
    ines = filled.browser().login("ines")
    assert sorted(found_by(ines, "q=tide")) == ["/archive/chart", "/news/tides"]
    assert found_by(ines, "q=harb") == ["/archive/chart"]
    assert found_by(ines, "q=tables+h") == ["/archive/chart"]
    assert found_by(ines, "q=mar") == ["/news/marsh"]
    assert found_by(ines, "q=nothing+like+it") == []


def test_what_begins_with_what_was_asked_for_comes_first(filled):
    with filled.work() as root:
        add_new(SYSTEM, root["news"], Page, {"title": "A marsh walk"})
    assert found_by(filled.browser().login("ines"), "q=marsh") == ["/news/marsh", "/news/a-marsh-walk"]


def test_things_are_found_by_path_and_what_it_begins(filled):
    ines = filled.browser().login("ines")
    assert found_by(ines, "q=/news/t") == ["/news/tides"]
    assert found_by(ines, "q=/news/")[:3] == ["/news", "/news/a-story", "/news/herons"]
    assert found_by(ines, "q=/nowhere/at/all") == []


def test_things_are_found_by_type_the_newest_first(filled):
    ines = filled.browser().login("ines")
    assert found_by(ines, "type=File") == ["/archive/chart"]
    assert found_by(ines, "type=Series") == ["/news/series"]
    assert found_by(ines, "q=tide&type=File") == ["/archive/chart"]
    assert found_by(ines, "q=tide&type=Image") == []
    assert found_by(ines, "type=Page")[0] == "/news/series/three"


def test_nothing_is_found_that_may_not_be_seen(filled):
    with filled.work() as root:
        override_permission(root["news"]["marsh"], "view", "manager")
    assert found_by(filled.browser().login("ines"), "q=mar") == []
    assert found_by(filled.browser().login("ines"), "q=/news/m") == []
    tomas = filled.browser().login("tomas")
    assert found_by(tomas, "q=tide") == ["/news/tides"]
    assert found_by(tomas, "type=File") == []
    nora = filled.browser().login("nora")
    assert found_by(nora, "q=tide") == []
    assert filled.browser().get("/manage/@@search?q=tide").status == 303


def test_only_the_newest_are_looked_at_where_a_title_is_not_indexed_and_that_is_said(filled, monkeypatch):
    monkeypatch.setattr(searching, "LOOKED_AT", 3)
    ines = filled.browser().login("ines")
    answer = ines.get("/manage/@@search?q=tides")
    assert "only the newest were looked at" in answer.text
    assert "/news/tides" not in answer.text


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("q=" + "x" * 201, "at most 200 characters"),
        ("type=Nonsense", "no type called “Nonsense”"),
        ("q=" + "+".join(["w"] * 60), "at most 50 words"),
    ],
)
def test_what_cannot_be_asked_is_said(filled, query, says):
    answer = filled.browser().login("ines").get(f"/manage/@@search?{query}")
    assert answer.status == 422
    assert says in answer.text


def test_the_search_field_stands_on_every_page_for_those_who_have_signed_in(filled):
    field = 'action="/manage/@@search"'
    for path in ("/news/", "/news/tides/@@edit", "/@@profile", "/news/@@rename?pick=tides", "/nothing"):
        assert field in filled.browser().login("ines").get(f"/manage{path}").text, path


def test_the_palette_offers_what_one_may_do_here_and_where_one_may_go(filled):
    ines, tomas = filled.browser().login("ines"), filled.browser().login("tomas")
    here = offered(ines, "/news/tides/")
    for title in ("Edit", "References", "View on site", "Shout", "Move…", "Delete…", "Add: Page", "Trash"):
        assert title in here, title
    assert "Database" not in here and "Contents" not in here
    assert "Database" in offered(filled.browser().login("admin"), "/")
    assert "Submit" in " ".join(offered(ines, "/news/a-story/"))
    assert "Contents of the site" not in offered(tomas, "/")
    assert not {"Edit", "Add: Page", "Contents"} & set(offered(tomas, "/"))


def test_the_palette_adds_nothing_where_one_may_not(filled):
    ines = filled.browser().login("ines")
    assert "Add: Page" in offered(ines, "/news/tides/")
    with filled.work() as root:
        override_permission(root["news"], "add", "manager")
    assert "Add: Page" not in offered(ines, "/news/tides/")
    assert "Add: Page" not in offered(ines, "/news/")


def test_the_palette_is_narrowed_by_what_is_typed(filled):
    ines = filled.browser().login("ines")
    assert sorted(offered(ines, "/news/", "tid")) == ["Tide tables of the harbour", "Tides"]
    assert offered(ines, "/news/", "trash") == ["Trash"]
    assert offered(ines, "/news/", "dele")[0] == "Delete…"
    assert offered(ines, "/news/", "zzz") == []
    assert offered(filled.browser().login("nora"), "/", "tid") == []


def test_the_palette_of_what_one_may_not_see_is_refused(filled):
    assert filled.browser().login("tomas").get("/manage/archive/@@palette").status == 403
    assert filled.browser().get("/manage/news/@@palette").status in {303, 401, 403}


def test_a_failure_offers_the_palette_of_the_site(filled):
    answer = filled.browser().login("tomas").get("/manage/archive/")
    assert answer.status == 403
    assert 'data-url="/manage/@@palette"' in answer.text
