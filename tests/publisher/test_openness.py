"""Whom the site serves: read-only, maintenance, and a disk that is nearly full."""

import logging
import math
import os
import subprocess

import pytest

from objpub import Content
from objpub import testing
from objpub.database import check
from objpub.publisher import openness
from objpub.settings import set_mode
from objpub.views import view


class Page(Content, addable="anywhere"):
    title: str


@view(Page)
def show(page, request):
    return page.title


@view(Page, "retitle", method="POST", permission="view")
def retitle(page, request, title: str):
    page.title = title
    return "done"


THINGS = (Page, show, retitle)


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setattr(openness, "LOOK_SECONDS", 0.0)
    with testing.site(*THINGS) as site:
        yield filled(site)


def filled(site):
    with site.work() as root:
        root.add("page", Page(title="Tides"))
    site.add_user("mia", roles=["manager"])
    site.add_user("eve", roles=["editor"])
    return site


def test_a_read_only_site_is_read_and_takes_no_change(site):
    mia = site.browser().login("mia")
    set_mode(site.folder, "read-only")
    last = site.last_transaction()
    for client in (site.client, mia):
        assert client.get("/page").text == "Tides"
        refused = client.post("/page/retitle", {"title": "Changed"})
        assert (refused.status, refused.headers["Retry-After"]) == (503, "60")
        assert "everything can be read, and nothing can be changed for now" in refused.text
    told = site.client.post("/page/retitle", {"title": "x"}, headers={"Accept": "application/json"})
    assert (told.content_type, told.json["status"]) == ("application/problem+json", 503)
    assert told.json["title"] == "Back in a while"
    assert site.browser().post("/login", {"name": "mia", "password": "wrong"}).status == 503
    assert site.last_transaction() == last
    set_mode(site.folder, "normal")
    assert mia.post("/page/retitle", {"title": "Changed"}).text == "done"


@pytest.mark.parametrize("mode", ["normal", "read-only"])
def test_what_follows_an_answer_is_not_written_to_a_read_only_site(site, mode):
    set_mode(site.folder, mode)
    last = site.last_transaction()
    assert site.client.get("/page", headers={"Authorization": "Bearer objpub_nothing"}).status == 401
    assert (site.last_transaction() == last) is (mode == "read-only")


def test_in_maintenance_only_managers_come_in(site):
    mia, eve = site.browser().login("mia"), site.browser().login("eve")
    set_mode(site.folder, "maintenance")
    for client in (site.client, eve):
        for path in ("/", "/page", "/nothing", "/manage"):
            refused = client.get(path)
            assert (refused.status, refused.headers["Retry-After"]) == (503, "60"), path
            assert "will be back in a while" in refused.text
        assert client.post("/page/retitle", {"title": "Changed"}).status == 503
    assert mia.get("/page").text == "Tides"
    assert mia.post("/page/retitle", {"title": "Changed"}).text == "done"
    assert site.browser().login("mia").get("/page").text == "Changed"
    set_mode(site.folder, "normal")
    assert site.client.get("/page").text == "Changed"


@pytest.mark.parametrize("mode", ["read-only", "maintenance"])
def test_services_go_on_in_any_mode(site, mode):
    set_mode(site.folder, mode)
    for path in ("/health", "/ready", "/robots.txt"):
        assert site.client.get(path).status == 200


@pytest.mark.parametrize("mode", ["read-only", "maintenance"])
def test_the_setting_holds_for_a_start_and_the_command_says_otherwise(mode, monkeypatch):
    monkeypatch.setattr(openness, "LOOK_SECONDS", 0.0)
    with testing.site(*THINGS, settings={"server.mode": mode}) as site:
        filled(site)
        assert site.client.post("/page/retitle", {"title": "Changed"}).status == 503
        set_mode(site.folder, "normal")
        assert site.client.post("/page/retitle", {"title": "Changed"}).status == 200


def test_the_file_is_looked_at_again_after_a_while_only():
    with testing.site(*THINGS) as site:
        filled(site)
        set_mode(site.folder, "maintenance")
        look = site.application.openness.look
        now = site.application.openness._next_look
        assert look(now - 0.001) == "normal"
        assert look(now) == "maintenance"


def test_a_mode_that_nobody_knows_changes_nothing_and_is_told(site, caplog):
    set_mode(site.folder, "read-only")
    assert site.client.post("/page/retitle", {"title": "Changed"}).status == 503
    (site.folder / "var" / "mode").write_text("open")
    assert site.client.post("/page/retitle", {"title": "Changed"}).status == 503
    assert "is 'open', wanted one of normal, read-only, maintenance" in caplog.text


# A disk that is nearly full


@pytest.fixture
def disk(tmp_path):
    """A disk of 16 MB. Only root can have one: the test is skipped for others, and fails in CI."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        message = "A small disk for the test needs the rights of root: mount -t tmpfs"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_changes_are_refused_before_the_disk_is_full_and_reading_goes_on(disk, caplog, monkeypatch):
    monkeypatch.setattr(openness, "LOOK_SECONDS", 0.0)
    settings = {
        "database.uri": f"file:{disk}/site.fs?blobs={disk}/blobs",
        "limits.free_bytes": "4MB",
    }
    with testing.site(*THINGS, settings=settings) as site:
        filled(site)
        filler = disk / "filler"
        assert site.client.post("/page/retitle", {"title": "Before"}).status == 200
        filler.write_bytes(b"x" * 13_500_000)
        caplog.set_level(logging.WARNING)
        last = site.last_transaction()
        for _ in range(2):
            refused = site.client.post("/page/retitle", {"title": "Full"})
            assert (refused.status, refused.headers["Retry-After"]) == (507, "60")
            assert "The disk of the site is nearly full" in refused.text
            assert site.client.get("/page").text == "Before"
        assert caplog.text.count("nearly full") == 1
        assert site.last_transaction() == last
        assert os.statvfs(disk).f_bavail > 0
        filler.unlink()
        assert site.client.post("/page/retitle", {"title": "After"}).status == 200
        assert "has room again" in caplog.text
        assert list(check(site.database)) == []


def test_an_upload_counts_before_it_comes(disk):
    settings = {
        "database.uri": f"file:{disk}/site.fs?blobs={disk}/blobs",
        "limits.free_bytes": "4MB",
    }
    with testing.site(*THINGS, settings=settings) as site:
        filled(site)
        big = {"title": "x" * 14_000_000}
        refused = site.client.post("/page/retitle", big)
        assert refused.status == 507
        assert "has no room for 14,000,0" in refused.text
        assert site.client.post("/page/retitle", {"title": "After"}).status == 200


def test_the_disk_is_looked_at_once_in_a_while_and_where_what_came_may_have_filled_it(monkeypatch):
    free, looks = 10_000, []
    monkeypatch.setattr(openness, "free_bytes", lambda folder: looks.append(folder) or free)
    with testing.site(*THINGS, settings={"limits.free_bytes": 2_000}) as site:
        filled(site)
        site.application.openness._next_look = math.inf  # nothing is done because time has passed
        disks = len(site.application.openness._folders)

        def looked_at(size):
            looks.clear()
            status = site.client.post("/page/retitle", {"title": "x" * size}).status
            return status, len(looks) // disks

        assert looked_at(3_000) == (200, 1)
        assert looked_at(3_000) == (200, 0)
        assert looked_at(3_000) == (200, 1), "6,000 bytes have come, and 8,000 were free"
        assert looked_at(9_000) == (507, 1)
        free = 1_000
        assert looked_at(1) == (507, 1)
        assert looked_at(1) == (507, 1), "what is full is looked at each time"
        free = 10_000
        assert looked_at(1) == (200, 1)
        assert looked_at(1) == (200, 0)
        site.application.openness._next_look = 0.0
        assert looked_at(1) == (200, 1)


def test_with_a_limit_of_nothing_only_a_full_disk_is_told(monkeypatch):
    monkeypatch.setattr(openness, "free_bytes", lambda folder: 0)
    with testing.site(*THINGS, settings={"limits.free_bytes": 0}) as site:
        filled(site)
        assert site.client.post("/page/retitle", {"title": "After"}).status == 200
