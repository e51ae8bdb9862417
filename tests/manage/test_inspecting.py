"""The tab Inspect: what is stored of an object, by its address and by a number; nothing that is secret."""

import pickle
import re

import pytest

from objpub import testing
from objpub.content import modified_of
from objpub.operations import make_token
from objpub.operations import save_draft
from objpub.security import entries_of
from objpub.security import grant
from objpub.security import SYSTEM
from tests.manage.conftest import settle
from tests.manage.dated import Note
from tests.manage.dated import Shelf
from tests.manage.flows import Story


@pytest.fixture(scope="module")
def site():
    things = ("objpub.manage", "tests.manage.pages", "tests.manage.dated", "tests.manage.flows")
    with testing.site(*things) as site:
        settle(site)
        with site.work() as root:
            shelf = root.add("shelf", Shelf(title="Shelf"))
            first = shelf.add("first", Note(title="First <b>", tags=["sea"], stars=3, grade="top grade"))
            shelf.add("second", Note(title="Second", about=first))
            story = root.add("story", Story(title="Story", text="Water."))
            save_draft(SYSTEM, story, {"title": "Drafted"})
            make_token(SYSTEM, root, "ines", "Robot", permissions=None)
            grant(root["shelf"], "user:tomas", "manager")
        site.people = {name: site.browser().login(name) for name in ("admin", "ines", "tomas")}
        yield site


def number_of(site, path):
    with site.work() as root:
        found = root
        for name in path.strip("/").split("/"):
            found = found[name]
        return f"{int.from_bytes(found._p_oid, 'big'):x}"


def rows_of(page):
    body = page.text.partition('<h2 class="h2">What is stored</h2>')[2].partition("</table>")[0]
    found = re.findall(r"<tr><td><code>([^<]*)</code></td><td>(.*?)</td></tr>", body, re.DOTALL)
    return {name: re.sub(r"<[^>]+>", "", text).strip() for name, text in found}


def test_a_manager_sees_what_is_stored(site):
    admin = site.people["admin"]
    page = admin.get("/manage/shelf/second/@@inspect")
    assert page.status == 200
    assert "tests.manage.dated.Note" in page.text
    assert re.search(r"<dd>\d[\d,]* bytes</dd>", page.text)
    assert "<dd>/shelf/second</dd>" in page.text
    assert f"<dt>Number</dt><dd>{number_of(site, '/shelf/second')}</dd>" in page.text
    with site.work() as root:
        second = root["shelf"]["second"]
        second._p_activate()
        serial, when = second._p_serial.hex(), f"{modified_of(second):%Y-%m-%dT%H:%M}"
    assert f"<dt>Serial</dt><dd>{serial}</dd>" in page.text
    assert f'<dt>Last change</dt><dd><time datetime="{when}' in page.text
    rows = rows_of(page)
    assert rows["title"] == "&#39;Second&#39;" or rows["title"] == "'Second'"
    assert rows["about"].endswith(number_of(site, "/shelf/first"))
    assert ">Inspect<" in admin.get("/manage/shelf/").text
    page = admin.get(f"/manage/shelf/second/@@inspect?oid={number_of(site, '/shelf/first')}")
    assert "First &lt;b&gt;" in page.text
    page = admin.get("/manage/shelf/first/@@inspect?all=yes")
    assert f">{number_of(site, '/shelf/second')}<" in page.text.partition('id="all"')[2]


@pytest.mark.parametrize("who", ["ines", "tomas", None])
def test_nobody_else_sees_anything_of_it(site, who):
    browser = site.people[who] if who else site.browser()
    first = number_of(site, "/shelf/first")
    for path in (
        "/manage/shelf/first/@@inspect",
        f"/manage/@@inspect?oid={first}",
        f"/manage/shelf/@@inspect?oid={first}",
    ):
        assert browser.get(path).status in {303, 403}, "a manager of a place is none of the database"
    assert browser.post("/manage/@@inspect-export", {"oid": first}).status in {401, 403}
    if who:
        assert ">Inspect<" not in browser.get("/manage/shelf/").text


def test_nothing_that_signs_in_is_shown_or_given_away_whatever_number_is_asked_for(site):
    admin = site.people["admin"]
    with site.work() as root:
        users = root.users
        secrets = [users._accounts.__getstate__(), users._sessions.__getstate__()]
        hashes = re.findall(
            r"\$argon2[^'\"]+", repr([dict(each) if hasattr(each, "keys") else each for each in secrets])
        )
        stamps = [users.session_stamp(name) for name in ("admin", "ines")]
        keys = list(users._sessions._records) + [each.key for each in users.tokens.of("ines")]
        csrf = [each[4] for each in users._sessions._records.values()]
        texts = {*hashes, *stamps, *keys, *csrf}
        last = int.from_bytes(site.database.storage.new_oid(), "big")
        numbers = [int.from_bytes(each.oid, "big") for each in records_in(site)]
    assert last and len(texts) > 5
    for number in numbers:
        page = admin.get(f"/manage/@@inspect?oid={number:x}&all=")
        assert page.status == 200
        shown = page.text.partition('<h2 class="h2">The record</h2>')[2]
        assert not [text for text in texts if text in shown], page.text
        if "Export the record" not in shown:
            assert admin.post("/manage/@@inspect-export", {"oid": f"{number:x}"}).status == 403
        else:
            data = admin.post("/manage/@@inspect-export", {"oid": f"{number:x}"}).body
            assert not [text for text in texts if text.encode() in data]


def records_in(site):
    return {record.oid: record for each in site.database.storage.iterator() for record in each}.values()


def test_a_record_is_exported_and_that_is_written_down(site):
    admin = site.people["admin"]
    number = number_of(site, "/shelf/second")
    answer = admin.post("/manage/@@inspect-export", {"oid": number})
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert f"record-{number}.bin" in answer.headers["Content-Disposition"]
    assert b"Second" in answer.body and pickle.PROTO in answer.body
    with site.work() as root:
        entry = next(iter(entries_of(root)))[1]
    assert (entry.who, entry.what, entry.path) == ("admin", "record.export", "/shelf/second")


def test_what_only_some_may_read_keeps_its_record_at_home(site):
    with site.work() as root:
        grant(root, "user:ines", "manager")
    ines = site.people["ines"]
    page = ines.get("/manage/shelf/first/@@inspect")
    assert page.status == 200 and "top grade" in page.text, "a manager of the top of the site"


@pytest.mark.parametrize(
    ("oid", "status", "says"),
    [
        ("zz", 422, "wanted up to 16 digits"),
        ("-1", 422, "wanted up to 16 digits"),
        ("f" * 17, 422, "wanted up to 16 digits"),
        ("ffffffffffffffff", 404, "There is no object"),
        ("1_0", 422, "wanted up to 16 digits"),
        ("<b>", 422, "&lt;b&gt;"),
    ],
)
def test_what_is_no_number_is_told(site, oid, status, says):
    page = site.people["admin"].get(f"/manage/shelf/@@inspect?oid={oid}")
    assert page.status == status
    assert says in page.text
    assert "tests.manage.dated.Shelf" in page.text, "and the object itself is shown"
    assert site.people["admin"].post("/manage/@@inspect-export", {"oid": oid}).status == status
