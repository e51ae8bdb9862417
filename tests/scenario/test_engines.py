"""A site over each engine, by one process and by two: an editor's day, and what the other process sees."""

import io
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextlib import ExitStack

import pytest
from PIL import Image as Pillow

from objpub import Site
from objpub import testing
from objpub.database import check
from objpub.database import revisions_of
from objpub.security import override_permission
from objpub.views import view
from tests.engines import Cluster
from tests.engines import ENGINES
from tests.engines import served_uri
from tests.engines import SEVERAL_PROCESSES
from tests.engines import zeo_server
from tests.mailbox import mailbox
from tests.mailbox import settings_for
from tests.manage.conftest import settle
from tests.scenario.money import money
from tests.scenario.money import PROCESSES

DONE = []


@view(Site, "count", method="POST", permission="public")
def count(site, request):
    site.title = f"{int(site.title or 0) + 1}"
    request.after_commit(DONE.append, site.title)
    return site.title


def process_over(uri, **settings):
    """Return the context manager of a process that serves the site in the database *uri*."""
    return testing.site(
        "objpub.manage", "tests.manage.pages", count, settings={"database.uri": uri, **settings}
    )


def picture():
    """Return the bytes of an image."""
    target = io.BytesIO()
    Pillow.new("RGB", (40, 30), "teal").save(target, "PNG")
    return target.getvalue()


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


@pytest.fixture
def uri(request, engine, tmp_path):
    cluster = request.getfixturevalue("postgresql") if engine.startswith("postgresql") else None
    with served_uri(engine, tmp_path, cluster) as uri:
        yield uri


def test_a_day_of_an_editor(uri, engine):
    with process_over(uri) as site:
        settle(site)
        ines = site.browser().login("ines")
        form = ines.get("/manage/news/@@add?type=Section").form("form")
        page = form.fill(title="Birds").submit(follow=True)
        assert page.status == 200
        form = ines.get("/manage/news/birds/@@edit").form("form")
        assert form.fill(title="Birds of the marsh").submit(follow=True).status == 200
        assert "Birds of the marsh" in ines.get("/manage/news/").text
        form = ines.get("/manage/news/@@upload").form("upload")
        form["files"] = ("heron.png", picture(), "image/png")
        form.submit(follow=True)
        assert site.client.get("/news/heron.png").body == picture()
        ines.get("/manage/news/@@delete?pick=birds").form("delete").submit(follow=True)
        assert site.client.get("/news/birds").status == 404
        page = ines.get("/manage/@@trash")
        assert "Birds of the marsh" in page.text
        with site.work() as root:
            sentences = [each.sentence for each in revisions_of(root["news"]["heron.png"])]
            assert len(sentences) == 1
            assert list(root.trash)
        site.database.pack(days=0)
        assert site.client.get("/news/heron.png").body == picture()
        assert list(check(site.database)) == []


@pytest.mark.parametrize("engine", sorted(SEVERAL_PROCESSES))
def test_two_processes_are_one_site(uri, engine):
    with process_over(uri) as first:
        settle(first)
        with process_over(uri) as second:
            ines = first.browser().login("ines")
            there = second.browser()
            there.cookies = ines.cookies
            for number in range(10):
                form = ines.get("/manage/news/tides/@@edit").form("form")
                form.fill(title=f"Tides {number}").submit(follow=True)
                assert f"Tides {number}" in there.get("/manage/news/").text
                form = there.get("/manage/news/marsh/@@edit").form("form")
                form.fill(title=f"Marsh {number}").submit(follow=True)
                assert f"Marsh {number}" in ines.get("/manage/news/").text
            ines.logout()
            assert there.get("/manage/news/").status == 303


@pytest.mark.parametrize("engine", sorted(SEVERAL_PROCESSES))
def test_wrong_passwords_are_counted_together(uri, engine):
    with process_over(uri) as first, process_over(uri) as second:
        settle(first)
        alone = tries_of("ines", "10.0.0.1", first)
        assert tries_of("nora", "10.0.0.2", first, second) == alone


def tries_of(name, address, *processes):
    """Return how often a wrong password was looked at, sent to *processes* in turn."""
    tries = 0
    while True:
        client = processes[tries % len(processes)].browser(address=address)
        form = client.get("/login").form(0)
        if form.fill(name=name, password="not this one").submit().status == 429:
            return tries
        tries += 1


def test_what_is_to_be_done_after_a_commit_is_done_once(uri, engine):
    DONE.clear()
    with process_over(uri) as first:
        for _ in range(5):
            assert first.client.post("/count").status == 200
    assert DONE == ["1", "2", "3", "4", "5"]


@view(Site, "announce", method="POST", permission="public")
def announce(site, request):
    """Count, tell by mail, and note it after the commit; who does so at the same time meets a conflict."""
    site.title = f"{int(site.title or 0) + 1}"
    request.after_commit(DONE.append, site.title)
    request.mail("ann@example.org", f"Number {site.title}", "Counted")
    return site.title


@pytest.mark.parametrize("engine", sorted(SEVERAL_PROCESSES))
def test_mail_and_what_follows_a_commit_come_once_whoever_tried_how_often(uri, engine):
    DONE.clear()
    settings = {"limits.retry_seconds": 20}
    with mailbox() as box, ExitStack() as stack:
        things = (announce,)
        sites = [
            stack.enter_context(
                testing.site(*things, settings={"database.uri": uri, **settings, **settings_for(box)})
            )
            for _ in range(3)
        ]

        def post(client):
            return [client.post("/announce").status for _ in range(5)]

        clients = [each.browser() for each in sites for _ in range(2)]
        with ThreadPoolExecutor(len(clients)) as threads:
            answers = [status for statuses in threads.map(post, clients) for status in statuses]
        assert answers == [200] * 30
        assert sum(sum(each.application.conflicts.values()) for each in sites) > 0
        for each in sites:
            each.application.mailer.wait()
        numbers = sorted(map(str, range(1, 31)))
        assert sorted(DONE) == numbers
        assert sorted(letter["Subject"].removeprefix("Number ") for letter in box.letters) == numbers


def test_settings_and_places_that_one_process_changed_hold_in_the_next_request_of_another(tmp_path):
    uri = f"sqlite:{tmp_path}/site"
    with process_over(uri) as first, process_over(uri) as second, process_over(uri) as third:
        settle(first)
        clients = [each.browser().login("admin") for each in (first, second, third)]
        for number, changed in enumerate((first, second, third)):
            with changed.work() as root:
                root.title = f"Title {number}"
                root.locale = ("de", "en", "it")[number]
                override_permission(root["archive"], "view", ["manager" if number % 2 else "everyone"])
            for client, each in zip(clients, (first, second, third), strict=True):
                assert f"Title {number}" in client.get("/manage/").text
                status = each.browser().get("/archive/").status
                assert status == (303 if number % 2 else 200)
                with each.work() as root:
                    assert root.locale == ("de", "en", "it")[number]


# While the server of the storage is away


def test_a_site_without_its_server_says_so_and_goes_on_with_the_next_one(tmp_path):
    """Of PostgreSQL; what a ZEO server leaves behind is the same."""
    cluster = Cluster()
    with (
        closing(cluster),
        cluster.database() as dsn,
        process_over(f"postgresql:{dsn}?blobs={tmp_path}") as site,
    ):
        assert site.client.post("/count").text == "1"
        cluster.stop()
        for answer in (site.client.get("/"), site.client.post("/count"), site.client.get("/ready")):
            assert answer.status == 503
        answer = site.client.get("/", headers={"Accept": "application/json"})
        assert (
            answer.json["detail"]
            == "The storage of the site does not answer just now. Try again in a moment."
        )
        assert answer.headers["Retry-After"] == "1"
        assert site.client.get("/health").status == 200
        cluster.start()
        assert site.client.get("/").status == 200
        statuses = [site.client.post("/count").status for _ in range(3)]
        assert statuses[-1] == 200 and set(statuses) <= {200, 503}
        assert int(site.client.post("/count").text) == 2 + statuses.count(200)


def test_a_site_waits_for_its_zeo_server_no_longer_than_a_moment(tmp_path, monkeypatch):
    monkeypatch.setattr("objpub.database.networked.WAIT_SECONDS", 0.5)
    uri = f"zeo:{tmp_path}/zeo.sock"
    with ExitStack() as stack:
        with zeo_server(uri):
            site = stack.enter_context(process_over(uri))
            assert site.client.post("/count").text == "1"
        for _ in range(2):
            assert site.client.get("/").status == 503
        assert site.client.post("/count").status == 503
        with zeo_server(uri):
            wait_until(lambda: site.client.get("/ready").status == 200)
            assert site.client.post("/count").text == "2"
            stack.close()


def wait_until(answered):
    """Return as soon as *answered* is true; fail after half a minute."""
    end = time.monotonic() + 30
    while not answered():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["zeo", "postgresql"])
def test_sums_hold_at_every_read_of_three_processes(engine, tmp_path):
    seen = money(engine, 3, tmp_path)
    assert min(seen["moves"], seen["reads"], seen["uploads"], seen["sessions"]) > 0
    assert sum(name.startswith("process ") for name in seen) == PROCESSES
