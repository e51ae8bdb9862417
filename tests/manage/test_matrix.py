"""Who can do what: at the top of the site and at a place, as a page and as files without formulas."""

import csv
import io
from urllib.parse import urlencode

import pytest

from objpub import testing
from objpub.operations import transition
from objpub.security import grant
from objpub.security import override_permission
from objpub.security import Policy
from objpub.security import SYSTEM
from tests.manage.conftest import settle
from tests.manage.flows import Story


@pytest.fixture(scope="module")
def site():
    with testing.site("objpub.manage", "tests.manage.pages", "tests.manage.flows") as site:
        settle(site)
        with site.work() as root:
            root.users.add("formula", None, title="=HYPERLINK(1)")
            root.users.add_group("staff", title="All staff", roles=["reviewer"])
            override_permission(root["news"], "edit", ["reviewer"])
            grant(root["news"], "user:formula", "editor")
            story = root["news"].add("story", Story(title="Story", text="Water."))
            transition(SYSTEM, story, "submit", "")
            root["archive"].add("<b>", Story(title="Odd", text=""))
        site.admin = site.browser().login("admin")
        yield site


def table(site, **query):
    answer = site.admin.get(f"/manage/@@matrix-export?{urlencode(query)}")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.text)))


def allowed(rows):
    """Return permission → roles that have it."""
    names = rows[0][3:]
    return {
        row[1]: {name for name, mark in zip(names, row[3:], strict=True) if mark == "yes"} for row in rows[1:]
    }


@pytest.mark.parametrize("path", ["/", "/news", "/news/tides", "/news/story", "/archive"])
def test_each_mark_is_what_the_policy_says(site, path):
    found = allowed(table(site, at=path))
    with site.work() as root:
        policy, place = site.registry[Policy], root
        for name in filter(None, path.split("/")):
            place = place[name]
        for role in ("editor", "reviewer"):
            name = f"only-{role}-{path.strip('/').replace('/', '-') or 'top'}"
            if root.users.get(name) is None:
                root.users.add(name, None, roles=[role])
            identity = root.users.identity(name)
            for permission, roles in found.items():
                assert bool(policy.can(identity, permission, place)) is (role in roles), (permission, role)
            root.users.remove(name)


def test_the_page_shows_a_place_and_who_has_a_role_there(site):
    page = site.admin.get("/manage/@@matrix?at=/news/tides")
    assert page.status == 200
    row = page.text.partition('<small class="dim">edit</small>')[2].partition("</tr>")[0]
    assert row.count(">yes<") == 2, "reviewers and managers"
    held = page.text.partition("<dt>Editor</dt>")[2].partition("</dd>")[0]
    assert "id=tomas" in held and "id=ines" in held and "/manage/news/@@security" in held
    assert "id=staff" in page.text.partition("<dt>Reviewer</dt>")[2].partition("</dd>")[0]
    assert (
        'href="/manage/@@matrix?at=%2Fnews%2Ftides"' in site.admin.get("/manage/news/tides/@@security").text
    )
    assert "Who can do what" in site.admin.get("/manage/@@roles").text


def test_the_people_are_a_file_in_which_nothing_is_a_formula(site):
    rows = table(site, at="/news", what="people")
    assert ["/news", "editor", "user", "tomas", "tomas", "/news"] in rows
    assert ["/news", "editor", "user", "ines", "ines", "everywhere"] in rows
    assert ["/news", "reviewer", "group", "staff", "All staff", "everywhere"] in rows
    assert ["/news", "editor", "user", "formula", "'=HYPERLINK(1)", "/news"] in rows
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@" and cell]


@pytest.mark.parametrize("at", ["/nowhere", "news/../..", "/news/<b>", "\x00", "/users/ann"])
def test_what_is_no_place_is_told(site, at):
    page = site.admin.get(f"/manage/@@matrix?{urlencode({'at': at})}")
    assert page.status == 422
    assert "There is nothing at" in page.text and "<b></span>" not in page.text
    assert site.admin.get(f"/manage/@@matrix-export?{urlencode({'at': at})}").status == 422
    assert site.admin.get("/manage/@@matrix-export?what=passwords").status == 400


def test_only_who_manages_people_sees_it(site):
    for who in ("ines", "tomas", "nora"):
        browser = site.browser().login(who)
        for path in ("/manage/@@matrix", "/manage/@@matrix-export?what=people"):
            assert browser.get(path).status == 403
    assert "@@matrix" not in site.browser().login("ines").get("/manage/news/@@security").text
