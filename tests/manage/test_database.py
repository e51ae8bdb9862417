"""The database page, pack and backup."""

import re

import pytest

from objpub import testing
from objpub.jobs import begin_long
from objpub.jobs import long_operations_of
from objpub.manage.charts import chart_of
from objpub.operations import edit
from objpub.security import SYSTEM
from tests.manage.conftest import settle

quiet = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of repozo


@pytest.fixture
def filed():
    """The site in a file, with a past."""
    with testing.site("objpub.manage", "tests.manage.pages", file=True) as site:
        settle(site)
        for number in range(20):
            with site.work() as root:
                edit(SYSTEM, root["news"]["tides"], {"text": f"Text {number} " * 50})
        yield site


def test_the_page_shows_numbers_and_what_was_done_last(filed):
    page = filed.browser().login("admin").get("/manage/@@database")
    assert page.status == 200
    row = next(each for each in page.text.split("<tr") if "Edited “Tides”: text" in each)
    assert ">system</td>" in row.partition("</tr>")[0]
    assert "“admin” signed in" in page.text and "of /login" not in page.text
    for word in ("Engine", "Records", "Uploaded files", "In memory"):
        assert word in page.text
    figures = page.text.partition('<dl class="figures">')[2].partition("</dl>")[0]
    assert re.search(r"<dt>Engine</dt><dd>file <small>", figures)
    size = r"<dd>[\d.,]+ \w+ <small>"
    for number in (
        rf"{size}{filed.database.figures()['objects']:,} objects</small>",
        rf"{size}\d+ in all versions</small>",
        rf"{size}of [\d.,]+ \w+, [\d,]+ objects</small>",
        r"<dd>\d+ <small>\d+ waiting</small>",
    ):
        assert len(re.findall(number, figures)) == 1, number
    for name in ("ines", "tomas", "nora"):
        browser = filed.browser().login(name)
        for path in ("database", "pack", "backup"):
            assert browser.get(f"/manage/@@{path}").status == 403
        for path in ("pack", "backup"):
            assert browser.post(f"/manage/@@{path}", {"days": "0", "name": "site"}).status == 403
    assert not (filed.folder / "var" / "backups").exists()


def test_how_busy_the_last_hour_was_is_drawn_and_told(filed):
    browser = filed.browser().login("admin")
    for _ in range(5):
        browser.get("/news/tides")
    filed.client.login("admin")  # commits its session
    text = browser.get("/manage/@@database").text
    drawn = dict(re.findall(r'<figure data-name="(.+?)">(.*?)</figure>', text, flags=re.S))
    assert set(drawn) == {"Requests", "Objects loaded", "Commits"}
    for name, least in (("Requests", 7), ("Commits", 2)):
        total, most = map(int, re.search(r'class="dim">(\d+), at most (\d+) in', drawn[name]).groups())
        assert total >= least and total >= most > 0, name
        assert 0 < drawn[name].count("<rect") <= 60


def test_a_chart_has_a_bar_for_each_minute_in_which_something_happened():
    chart = chart_of("Requests", [0.0, 10.0, 5.0, 0.001])
    assert [(bar.x, bar.y, bar.height) for bar in chart.bars] == [(10, 0, 40), (20, 20, 20), (30, 39, 1)]
    assert (chart.total, chart.most, chart.width) == (15, 10, 38)
    assert chart_of("Requests", [0.0] * 60).bars == ()


def test_a_pack_is_confirmed_and_told_in_numbers(filed):
    browser = filed.browser().login("admin")
    before = filed.database.getSize()
    page = browser.get("/manage/@@database").click("Pack…")
    assert filed.database.getSize() == before
    page = page.form("packing").fill(days="0").submit(follow=True)
    assert page.path == "/manage/@@operations" and "Pack the database" in page.text
    filed.application.scheduler.long.wait()
    assert re.search(r"Done</b>: Packed [\d.]+ kB to [\d.]+ kB, [\d.]+ kB less", browser.get(page.path).text)
    assert filed.database.getSize() < before
    assert browser.get("/manage/news/", follow=True).status == 200


DAYS = [("-1", "from 0 to"), ("many", "many"), ("", "number of days"), ("nan", "from 0"), ("1e9", "from 0")]


def test_days_that_make_no_sense(filed):
    browser = filed.browser().login("admin")
    before = filed.database.getSize()
    for days, said in DAYS:
        answer = browser.post("/manage/@@pack", {"days": days})
        assert answer.status == 422, days
        assert 'id="days-error"' in answer.text
        assert said in answer.text
        assert answer.form("packing")["days"] == days
    assert filed.database.getSize() == before


@quiet
def test_a_backup_is_confirmed_and_told_in_numbers(filed):
    browser = filed.browser().login("admin")
    page = browser.get("/manage/@@database").click("Back up…")
    assert str(filed.folder / "var" / "backups") in page.text
    page.form("backing-up").fill(name="nightly").submit()
    filed.application.scheduler.long.wait()
    assert "Backed up everything to nightly" in browser.get("/manage/@@operations").text
    page = browser.get("/manage/@@database")
    assert list((filed.folder / "var" / "backups" / "nightly").glob("*.fs"))
    assert "<b>nightly</b>" in page.text


@quiet
def test_a_backup_holds_what_is_new_or_everything(filed):
    browser = filed.browser().login("admin")
    for full, kind in ((False, "everything"), (False, "what is new"), (True, "everything")):
        with filed.work() as root:
            edit(SYSTEM, root["news"]["tides"], {"text": f"{kind} {full}"})
        browser.get("/manage/@@backup").form("backing-up").fill(name="nightly", full=full).submit()
        filed.application.scheduler.long.wait()
        with filed.work() as root:
            latest = next(iter(long_operations_of(root).all()))
        assert f"Backed up {kind} to nightly" in latest.told


def test_a_backup_goes_nowhere_else(filed):
    browser = filed.browser().login("admin")
    before = {path for path in filed.folder.rglob("*") if "tmp" not in path.parts}
    for name in ("", "..", "../out", "a/b", "/etc", "a b", "x" * 61):
        answer = browser.post("/manage/@@backup", {"name": name, "full": "yes"})
        assert answer.status == 422, name
        assert 'id="name-error"' in answer.text
        assert answer.form("backing-up")["name"] == name
        assert answer.form("backing-up")["full"] == "yes"
    assert {path for path in filed.folder.rglob("*") if "tmp" not in path.parts} == before


def test_two_at_once_are_refused_and_it_is_told_who_began_the_first(filed):
    browser = filed.browser().login("admin")
    with filed.work() as root:
        begin_long(root, "objpub.pack", "database", "Pack", {"days": 1}, who="ines", who_title="Ines")
    answers = [
        browser.post(f"/manage/@@{path}", values)
        for path, values in (("pack", {"days": "0"}), ("backup", {"name": "site"}))
    ]
    assert [each.status for each in answers] == [409, 409]
    assert re.search(r"“Pack” is under way: Ines began it on \d{4}-\d\d-\d\d \d\d:\d\d UTC", answers[0].text)
    assert answers[0].form("packing")["days"] == "0"
    assert not (filed.folder / "var" / "backups").exists()


def test_a_database_in_memory_says_that_it_cannot_be_backed_up(site):
    browser = site.browser().login("admin")
    assert "keeps no past" in browser.get("/manage/@@database").text
    browser.post("/manage/@@backup", {"name": "site"})
    site.application.scheduler.long.wait()
    page = browser.get("/manage/@@operations")
    assert "Failed" in page.text and "is in memory" in page.text
