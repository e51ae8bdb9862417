"""The overview and the reports: recent changes, one's own, what is old, types that are used."""

import re

import pytest

from objpub import testing
from objpub.content import Folder
from objpub.manage import dashboard
from objpub.manage import reports
from objpub.operations import add_new
from objpub.operations import delete
from objpub.operations import edit
from objpub.operations import transition
from objpub.security import override_permission
from objpub.security import SYSTEM
from tests.manage.conftest import app_for
from tests.manage.conftest import settle
from tests.manage.flows import Story
from tests.manage.pages import Page

THINGS = ("tests.manage.flows",)


@pytest.fixture
def site(request, apps):
    """The site in a file: that engine keeps the past."""
    with testing.site(app_for(apps, request), file=True) as site:
        settle(site)
        yield site


def part(answer, name):
    """Return the text of the part of a page with the id *name*, without marks."""
    found = re.search(
        rf'<section id="{name}".*?</section>|<section class="part" id="{name}".*?</section>',
        answer.text,
        re.S,
    )
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_recent_changes_are_told_in_sentences_the_latest_first_and_sign_ins_are_none(site):
    with site.work() as root:
        edit(SYSTEM, root["news"]["tides"], {"title": "High tides"})
    with site.work() as root:
        edit(SYSTEM, root["news"]["marsh"], {"title": "Salt marsh"})
    text = part(site.browser().login("admin").get("/manage/@@dashboard"), "changes")
    assert 0 <= text.index("Salt marsh") < text.index("High tides")
    assert "signed in" not in text and "initial database creation" not in text
    assert "just now" in text


def test_a_change_of_the_site_itself_is_one(site):
    with site.work() as root:
        edit(SYSTEM, root, {"title": "Saltmarsh"})
    text = part(site.browser().login("admin").get("/manage/@@dashboard"), "changes")
    assert "Saltmarsh" in text


def test_what_one_may_not_see_is_no_change_and_what_is_gone_no_link(site):
    with site.work() as root:
        override_permission(root["archive"], "view", "manager")
    with site.work() as root:
        add_new(SYSTEM, root["archive"], Page, {"title": "Secret"})
    with site.work() as root:
        edit(SYSTEM, root["news"]["herons"], {"title": "Grey herons"})
    with site.work() as root:
        delete(SYSTEM, root["news"]["herons"])
    admin = site.browser().login("admin").get("/manage/@@dashboard")
    assert "Secret" in part(admin, "changes")
    assert "Added the user" in part(admin, "changes")
    assert 'href="/manage/users"' not in admin.text
    assert "/news/herons" not in admin.text
    tomas = part(site.browser().login("tomas").get("/manage/@@dashboard"), "changes")
    assert "Secret" not in tomas
    nora = part(site.browser().login("nora").get("/manage/@@dashboard"), "changes")
    assert "Nothing that you may see" in nora
    assert site.browser().get("/manage/@@dashboard").status == 303


def test_what_one_changed_oneself_is_listed_once(site):
    ines = site.browser().login("ines")
    for title in ("High tides", "Higher tides"):
        page = ines.get("/manage/news/tides/@@edit")
        page.form("form").fill(title=title).submit()
    text = part(ines.get("/manage/@@dashboard"), "mine")
    assert text.count("/news/tides") == 1
    assert "Higher tides" in text
    assert "/news/tides" not in part(site.browser().login("tomas").get("/manage/@@dashboard"), "mine")


def test_what_waits_for_one_is_listed_with_its_way(site):
    with site.work() as root:
        story = add_new(SYSTEM, root["news"], Story, {"title": "A story", "text": "Water."})
        transition(SYSTEM, story, "submit", "Please look")
    answer = site.browser().login("admin").get("/manage/@@dashboard")
    assert "A story" in part(answer, "waiting")
    assert "/manage/news/a-story/@@workflow" in answer.text
    assert "Nothing waits for you" in part(site.browser().login("nora").get("/manage/@@dashboard"), "waiting")


def test_what_was_not_changed_for_long_is_listed_the_longest_ago_first(site):
    with site.work() as root:
        edit(SYSTEM, root["news"]["tides"], {"title": "High tides"})
    ines = site.browser().login("ines")
    text = part(ines.get("/manage/@@reports?days=0"), "ageing")
    assert text.index("/news/marsh") < text.index("/news/tides")
    assert "/news/series " not in text.replace("/news/series/", "")
    assert "nothing as old as that" in part(ines.get("/manage/@@reports"), "ageing")
    nora = site.browser().login("nora")
    assert "nothing as old as that" in part(nora.get("/manage/@@reports?days=0"), "ageing")


def test_some_of_what_is_old_is_on_the_overview_too(site, monkeypatch):
    ines = site.browser().login("ines")
    assert 'id="old"' not in ines.get("/manage/@@dashboard").text
    with site.work() as root:
        edit(SYSTEM, root["news"]["tides"], {"title": "High tides"})
        override_permission(root["news"]["herons"], "view", ("manager",))
    monkeypatch.setattr(dashboard, "DAYS", 0)
    page = ines.get("/manage/@@dashboard")
    text = part(page, "old")
    assert text.startswith("Not changed for long Marsh /news/marsh just now")
    assert text.endswith("All that is old") and "/news/series/one" in text and "erons" not in text
    assert page.click("All that is old").path == "/manage/@@reports"


def test_only_what_was_made_first_is_looked_at_and_that_is_said(site, monkeypatch):
    monkeypatch.setattr(reports, "LOOKED_AT", 2)
    text = part(site.browser().login("ines").get("/manage/@@reports?days=0"), "ageing")
    assert "the 2 that were made first were looked at" in text
    assert text.count("Page") == 2


def test_types_are_counted_as_far_as_one_may_see_them_each_by_itself(site):
    with site.work() as root:
        root.add("box", Folder())
    admin, tomas = (site.browser().login(name).get("/manage/@@reports") for name in ("admin", "tomas"))
    assert re.search(r"Page .*?6 ", part(admin, "types") + " ")
    assert re.search(r"Section .*?2 ", part(admin, "types") + " ")
    assert re.search(r"Folder .*?1 ", part(admin, "types") + " ")
    assert re.search(r"Section .*?1 ", part(tomas, "types") + " ")
    assert "Folder" not in part(tomas, "types")


@pytest.mark.parametrize("days", ["-1", "soon", "36501"])
def test_days_that_never_were_are_refused(site, days):
    assert site.browser().login("ines").get(f"/manage/@@reports?days={days}").status in {400, 422}
