"""The way in, for those who see everything, some places, one place, or nothing."""

import gc
import re
import sys

import pytest

from objpub import testing
from objpub.manage import places
from objpub.operations import add_new
from objpub.security import grant
from objpub.security import override_permission
from objpub.security import SYSTEM
from tests.manage.pages import Section


@pytest.mark.parametrize("name", ["admin", "ines"])
def test_who_sees_the_site_finds_its_contents(site, name):
    answer = site.browser().login(name).get("/manage/")
    assert answer.status == 200
    assert "<h1>Site</h1>" in answer.text


def test_the_way_in_without_a_slash_leads_to_the_one_with_it(site):
    answer = site.browser().login("ines").get("/manage")
    assert (answer.status, answer.location) == (308, "/manage/")


def test_who_has_one_place_is_led_there(site):
    answer = site.browser().login("tomas").get("/manage/")
    assert (answer.status, answer.location) == (303, "/manage/news/")


def test_who_has_several_places_chooses(site):
    with site.work() as root:
        inner = add_new(SYSTEM, root["archive"], Section, {"title": "Maps"})
        grant(inner, "user:tomas", "reviewer")
    answer = site.browser().login("tomas").get("/manage/")
    assert "<h1>Where you may work</h1>" in answer.text
    places = [
        target for _, target in answer.page.links if target in {"/manage/news/", "/manage/archive/maps/"}
    ]
    assert places == ["/manage/news/", "/manage/archive/maps/"]
    assert "Archive" not in answer.text
    assert "There may be more" not in answer.text


def test_a_place_that_may_not_be_viewed_is_none(site):
    with site.work() as root:
        grant(root["archive"], "user:tomas", "editor")
        override_permission(root["archive"], "view", "manager")
    answer = site.browser().login("tomas").get("/manage/")
    assert (answer.status, answer.location) == (303, "/manage/news/")


def test_who_may_work_nowhere_is_refused_and_told_why(site):
    answer = site.browser().login("nora").get("/manage/")
    assert answer.status == 403
    assert "nora may not use the management interface" in answer.text
    assert "News" not in answer.text


def test_a_visitor_signs_in_first_and_comes_back(site):
    client = site.browser()
    answer = client.get("/manage/")
    assert (answer.status, answer.location) == (303, "/login?came_from=%2Fmanage%2F")
    form = answer.follow().form("/login")
    assert form.fill(name="ines", password="correct horse").submit().status in {303, 401}


def test_a_site_too_large_to_look_everywhere_says_so(site, monkeypatch):
    monkeypatch.setattr(places, "LOOKED_AT", 1)
    answer = site.browser().login("tomas").get("/manage/")
    assert answer.status == 200
    assert "There may be more" in answer.text


def test_what_may_not_be_edited_can_be_looked_at(site):
    with site.work() as root:
        override_permission(root["news"]["tides"], "edit", "manager")
        root["news"]["tides"]._owner = "ines"
    answer = site.browser().login("ines").get("/manage/news/tides")
    assert answer.status == 200
    assert "/news/tides</dd>" in answer.text
    assert "<dd>ines</dd>" in answer.text
    assert "You can look at this, but not change it." in answer.text


def test_what_is_broken_is_shown_to_managers_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    code = "from objpub import Content\n\n\nclass Gone(Content, addable='anywhere'):\n    title: str\n"
    (tmp_path / "gone_away.py").write_text(code)
    with testing.site("gone_away") as site:
        site.add_user("admin", roles=["manager"])
        site.add_user("ines", roles=["editor"])
        with site.work() as root:
            root.add("reel", sys.modules["gone_away"].Gone(title="Reel"))
        monkeypatch.delitem(sys.modules, "gone_away")
        (tmp_path / "gone_away.py").unlink()
        site.database.cacheMinimize()
        gc.collect()  # what the transaction has left knows the class
        admin = site.browser().login("admin")
        assert site.browser().login("ines").get("/manage/reel").status in {403, 404}
        line = admin.get("/manage/").text.split('data-name="reel"')[1].split("</tr>")[0]
        assert "Broken item" in line and "Delete…" in line and 'href="@@delete?pick=reel"' in line
        assert not any(word in line for word in ("Edit", "Rename…", "Copy…"))
        answer = admin.get("/manage/reel")
        assert answer.status == 200
        assert "no working code" in answer.text and "whole again as soon as the code is back" in answer.text
        assert "gone_away.Gone" in answer.text
        assert "<dd>/reel</dd>" in answer.text
        assert "View on site" not in answer.text
        record = admin.get("/manage/reel/@@inspect")
        assert "which is missing or fails" in record.text
        assert "Reel" in record.text.partition("What is stored")[2]
        assert 'href="/manage/@@delete?pick=reel"' in record.text
        assert b"Reel" in record.form("export").submit().body
        answer = answer.click("Delete…").form("delete").submit(follow=True)
        assert "reel" not in re.findall(r'data-name="([^"]*)"', answer.text)
        assert "reel" not in site.browser().login("ines").get("/manage/").text
