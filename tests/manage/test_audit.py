"""The page of the audit record: what stands in it, for whom, narrowed, page by page, and as a file."""

import csv
import io
import json
import re
from html import unescape

import pytest

from objpub import App
from objpub import testing
from objpub.content import Folder
from objpub.operations import add_user
from objpub.operations import delete
from objpub.operations import give_roles
from objpub.operations import make_token
from objpub.operations import purge
from objpub.operations import remove_user
from objpub.operations import set_grants
from objpub.operations import set_holders
from objpub.operations import set_inheritance
from objpub.security import entries_of
from objpub.security import Permission
from objpub.security import record
from objpub.security import SYSTEM

AUDIT = "/manage/@@audit"
Auditing = Permission("audit", "Read the audit record", roles="reviewer")


@pytest.fixture
def admin(site):
    return site.browser().login("admin")


def entries(site):
    with site.work() as root:
        return [entry for _, entry in entries_of(root)]


def rows_of(page):
    """Return the rows of the table as lists of texts."""
    found = []
    for row in re.findall(r"<tr>(.*?)</tr>", page.text, re.DOTALL)[1:]:
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
        found.append([" ".join(unescape(re.sub(r"<[^>]*>", " ", cell)).split()) for cell in cells])
    return found


def test_the_latest_comes_first_with_when_who_what_and_from_where(site, admin):
    with site.work() as root:
        give_roles(SYSTEM, root, "user:nora", ["editor"])
    rows = rows_of(admin.get(AUDIT))
    assert rows[0][1:] == [
        "on the machine",
        "Set the roles of “nora”: editor Roles everywhere, user:nora",
        "–",
    ]
    assert rows[1][1] == "admin at the sign-in"
    assert rows[1][2].startswith("“admin” (admin) signed in")
    assert rows[1][3] == "127.0.0.1"


def test_it_is_narrowed_by_who_what_where_and_outcome(site, admin):
    with site.work() as root:
        give_roles(SYSTEM, root, "user:nora", ["editor"])
        delete(SYSTEM, root["news"]["tides"])
    assert len(rows_of(admin.get(f"{AUDIT}?what=delete"))) == 1
    assert len(rows_of(admin.get(f"{AUDIT}?where=/news"))) == 1
    assert [row[1] for row in rows_of(admin.get(f"{AUDIT}?who=admin&what=sign-in"))] == [
        "admin at the sign-in"
    ]
    assert rows_of(admin.get(f"{AUDIT}?outcome=refused")) == []
    assert "There is nothing like that" in admin.get(f"{AUDIT}?outcome=refused").text
    assert '<option value="delete" selected="selected">' in admin.get(f"{AUDIT}?what=delete").text


def test_it_goes_on_page_by_page(site, admin):
    with site.work() as root:
        for number in range(120):
            record(root, SYSTEM, "press.print", f"Printed {number}")
    page = admin.get(f"{AUDIT}?what=press")
    seen = [row[2] for row in rows_of(page)]
    assert len(seen) == 50
    for _ in range(2):
        with site.work() as root:
            record(root, SYSTEM, "press.print", "Printed meanwhile")
        page = older(admin, page)
        seen += [row[2] for row in rows_of(page)]
    assert seen == [f"Printed {number} press.print" for number in reversed(range(120))]
    assert "Older" not in page.text


def older(client, page):
    """Follow the link to what is older."""
    return client.get(unescape(re.search(r'rel="next" href="([^"]*)"', page.text)[1]))


def test_what_is_far_back_is_looked_for_page_by_page(site, admin, monkeypatch):
    monkeypatch.setattr("objpub.manage.audit.LOOKED_AT", 30)
    with site.work() as root:
        record(root, SYSTEM, "press.print", "Printed")
        for number in range(50):
            record(root, SYSTEM, "press.other", str(number))
    page = admin.get(f"{AUDIT}?what=press.print")
    assert "There is more further back" in page.text
    assert len(rows_of(older(admin, page))) == 1


@pytest.mark.parametrize("query", ["after=x", "after=..", "who=%00", "what=nothing", "where=" + "x" * 3_000])
def test_a_strange_question_is_no_mistake(admin, query):
    assert admin.get(f"{AUDIT}?{query}").status in {200, 400}


@pytest.mark.parametrize("who", ["nora", "tomas", "ines"])
def test_who_may_not_read_it_sees_no_way_to_it(site, who):
    client = site.browser().login(who)
    assert client.get(AUDIT).status == 403
    assert client.post("/manage/@@audit-export", {"kind": "csv"}).status == 403
    assert "@@audit" not in client.get("/manage/").text


def test_the_way_to_it_stands_at_the_side(admin):
    assert f'href="{AUDIT}"' in admin.get("/manage/").text


def test_a_site_can_give_it_to_others():
    app = App()
    app.include("objpub.manage", "tests.manage.pages")
    app.override(Auditing)
    with testing.site(app) as site:
        site.add_user("rita", roles=["reviewer"])
        assert site.browser().login("rita").get(AUDIT).status == 200


def test_the_export_is_what_the_page_shows_and_is_written_down(site, admin):
    with site.work() as root:
        record(root, SYSTEM, "press.print", "Printed", path="/news", title="=1+1")
        record(root, SYSTEM, "press.other", "Other")
    answer = admin.post("/manage/@@audit-export", {"kind": "csv", "what": "press.print"})
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit.csv"')
    assert answer.headers["Cache-Control"] == "no-store"
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert [row[7:] for row in rows] == [["title", "sentence"], ["'=1+1", "Printed"]]
    entry = entries(site)[0]
    assert (entry.what, entry.who, entry.way, entry.address) == (
        "audit.export",
        "admin",
        "session",
        "127.0.0.1",
    )
    assert entry.sentence == "Exported 1 entries of the audit record as csv: what press.print"


def test_the_export_as_json_lines(site, admin):
    with site.work() as root:
        record(root, SYSTEM, "press.print", "Printed", title="=1+1")
    answer = admin.post("/manage/@@audit-export", {"kind": "jsonl"})
    found = [json.loads(line) for line in answer.text.splitlines()]
    assert found[0]["title"] == "=1+1"
    assert len(found) == len(entries(site)) - 1


def test_an_export_by_get_is_refused(admin):
    assert admin.get("/manage/@@audit-export").status == 405


def test_nothing_reaches_it_by_url(site, admin):
    for path in ("/audit", "/++audit++", "/manage/audit", "/manage/++audit++/@@edit", "/users/audit"):
        assert admin.get(path).status == 404


WORDS = ["user.add", "roles", "grant", "permission", "cut", "token.make", "delete", "purge", "user.remove"]


def test_every_change_of_power_is_in_it_in_the_order_it_was_done(site, admin):
    before = len(entries(site))
    with site.work() as root:
        news: Folder = root["news"]
        add_user(SYSTEM, root, "zoe", None, title="Zoe")
        give_roles(SYSTEM, root, "user:zoe", ["editor"])
        set_grants(SYSTEM, news, "user:zoe", ["reviewer"])
        set_holders(SYSTEM, news, "edit", ["editor"])
        set_inheritance(SYSTEM, news, ["grants"])
        make_token(SYSTEM, root, "zoe", "Robot", permissions=["view"])
        purge(SYSTEM, delete(SYSTEM, news["tides"]))
        remove_user(SYSTEM, root, "zoe")
    found = entries(site)
    assert [each.what for each in found[: len(found) - before]][::-1] == WORDS
    assert [each.path for each in found[: len(found) - before]][::-1] == [
        "user:zoe",
        "user:zoe",
        "/news",
        "/news",
        "/news",
        "user:zoe",
        "/news/tides",
        "/news/tides",
        "user:zoe",
    ]
    assert found[3].sentence == "Made the token “Robot” of “Zoe” (zoe): view, 90 days"


def test_what_markup_somebody_wrote_stands_there_as_text(site, admin):
    with site.work() as root:
        record(root, SYSTEM, "<b>", "<script>1</script>", path="/<i>", title="<u>")
    page = admin.get(AUDIT)
    assert "<script>1" not in page.text
    assert "&lt;script&gt;1" in page.text
