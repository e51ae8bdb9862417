"""What people wrote, and what stands in an address, never runs on a page of the management interface."""

import pytest

from objpub.content import File
from objpub.operations import add_new
from objpub.operations import edit
from objpub.security import SYSTEM
from tests.manage.pages import Page
from tests.manage.test_attacks_exposure import addresses_of
from tests.manage.test_attacks_exposure import full as full  # the fixture
from tests.publisher.test_attacks_output import dangers
from tests.publisher.test_attacks_output import RICH

LINES = [" ".join(text.split()) for text in RICH]
BAD = '"><script>alert(1)</script>'
OWN = {"svg", "template", "form"}  # pages have symbols, a menu to copy, and forms with relative addresses
ASKED = (
    *(f"/news/?{name}={BAD}" for name in ("find", "sort", "page")),
    *(f"/news/@@move?pick=tides&{name}={BAD}" for name in ("pick", "to", "page", "more")),
    *(f"/news/@@rename?pick={pick}&page={BAD}" for pick in ("tides", BAD)),
    *(f"/news/tides/@@security?who={who}&may={BAD}&change={BAD}&all={BAD}" for who in ("admin", BAD)),
    *(f"/@@{view}={BAD}" for view in ("users?q", "users?after", "groups?after", "trash?after", "user?id")),
    *(f"/@@{view}={BAD}" for view in ("pack?days", "backup?name", "restore?pick", "group?id")),
    *(f"/{place}{BAD.replace('/', '%2F')}" for place in ("", "@@", "news/", "news/@@")),
    f"/news/@@add?type={BAD}",
)


@pytest.fixture
def written(full):
    """The site with something dangerous in every text that a person can write."""
    whole = " ".join(LINES)
    with full.work() as root:
        news = root["news"]
        for number, text in enumerate(LINES):
            add_new(SYSTEM, news, Page, {"title": text, "text": text}, f"bad-{number}")
        file = File.from_bytes(b"x", f"{BAD.replace('/', '')}.txt", title=whole[:9_000])
        add_new(SYSTEM, news, Page, {"title": "Named"}, '"><img src=x onerror=alert(1)>')
        news.add("file", file)
        for image in (root["map"], news["map"]):
            edit(SYSTEM, image, {"title": whole[:9_000], "alt": whole[:9_000]})
        for each in (news, news["tides"], root["about"]):
            edit(SYSTEM, each, {"title": whole[:9_000]})
        edit(SYSTEM, root, {"title": whole[:200], "description": whole[:500]})
        for name in ("admin", "ines", "tomas", "nora"):
            edit(SYSTEM, root.users.get(name), {"title": f"{BAD} {name}"})
        edit(SYSTEM, root.users.groups["staff"], {"title": BAD, "description": whole[:1_000]})
    return full


@pytest.mark.parametrize("name", ["admin", "tomas"])
def test_no_page_runs_what_people_wrote(written, name):
    browser = written.browser().login(name)
    paths = [path for method, path in addresses_of(written)[0] if method == "GET"]
    wrong = {}
    for path in [*paths, *ASKED]:
        answer = browser.get(f"/manage{path}")
        assert answer.status < 500, path
        found = [each for each in dangers(answer.text) if each not in OWN]
        if found:
            wrong[path] = found
    assert wrong == {}
    assert len(paths) > 50


@pytest.mark.parametrize("path", ["/news/", "/news/tides/@@edit", "/@@users", "/news/@@delete?pick=tides"])
def test_no_form_and_no_drawing_comes_from_what_people_wrote(written, path):
    text = written.browser().login("admin").get(f"/manage{path}").text
    assert text.count("<svg") == text.count('<svg class="') + text.count("<svg hidden")
    assert "<form>" not in text
