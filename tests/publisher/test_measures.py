"""What a site counts of itself: who may read it, what stands in it, and that several processes are one."""

import re
import time

import pytest
from ZODB.POSException import ConflictError

from objpub import Site
from objpub import testing
from objpub.errors import SettingsError
from objpub.publisher.counters import Counters
from objpub.publisher.counters import ROOM
from objpub.publisher.counters import SIZE
from objpub.publisher.measures import BATCH
from objpub.publisher.measures import Measures
from objpub.settings import load_settings
from objpub.views import view
from tests.publisher.model import fill
from tests.publisher.model import model_site

TOKEN = "a-token-of-some-length"
LINE = re.compile(r'([a-z_]+)(\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})? (-?[0-9.e+-]+)')
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@view(Site, "set", method="POST", permission="public")
def set_title(site, request, title: str):
    site.title = title
    return "set"


@view(Site, "fails", permission="public")
def fails(site, request):
    raise RuntimeError("nobody foresaw it")


@view(Site, "conflicts", method="POST", permission="public")
def conflicts(site, request):
    site.title = "lost"
    raise ConflictError


def counting_site(**settings):
    return testing.site(set_title, fails, conflicts, settings={"metrics.token": TOKEN, **settings})


def figures(client):
    """Return the figures by name with labels; every line has to be one of Prometheus' format."""
    response = client.get("/metrics", headers=BEARER)
    assert (response.status, response.headers["Cache-Control"]) == (200, "no-store")
    assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    found, announced = {}, None
    for line in response.text.splitlines():
        if line.startswith("# "):
            announced = line.split()[2]
        else:
            name, labels, value = LINE.fullmatch(line).groups()
            assert name.startswith(announced), line
            assert name + (labels or "") not in found, line
            found[name + (labels or "")] = float(value)
    return found


def requests(view, status):
    return f'objpub_requests_total{{view="{view}",status="{status}"}}'


# Who may


@pytest.mark.parametrize(
    ("settings", "headers", "status"),
    [
        ({}, {}, 403),
        ({}, BEARER, 403),
        ({"metrics.addresses": ["10.0.0.0/8"]}, {}, 403),
        ({"metrics.addresses": ["127.0.0.1"]}, {}, 200),
        ({"metrics.addresses": ["127.0.0.0/8"]}, {}, 200),
        ({"metrics.token": TOKEN}, {}, 401),
        ({"metrics.token": TOKEN}, {"Authorization": "Bearer"}, 401),
        ({"metrics.token": TOKEN}, {"Authorization": f"Bearer {TOKEN}x"}, 401),
        ({"metrics.token": TOKEN}, {"Authorization": f"Bearer {TOKEN[:-1]}\xe9"}, 401),
        ({"metrics.token": TOKEN}, {"Authorization": f"Basic {TOKEN}"}, 401),
        ({"metrics.token": TOKEN}, BEARER, 200),
        ({"metrics.token": TOKEN, "metrics.addresses": ["10.0.0.1"]}, BEARER, 200),
    ],
)
def test_only_those_who_are_named_may_read_it(settings, headers, status):
    with testing.site(settings=settings) as site:
        response = site.client.get("/metrics", headers=headers)
        assert response.status == status
        assert ("objpub_requests_total" in response.text) is (status == 200)
        assert response.headers["Cache-Control"] == "no-store"
        assert ("WWW-Authenticate" in response.headers) is (status == 401)


def test_a_server_in_front_is_not_taken_for_who_asks():
    settings = {"metrics.addresses": ["127.0.0.1"], "server.proxies": ["127.0.0.1"]}
    with testing.site(settings=settings) as site:
        assert site.client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status == 403
        assert site.client.get("/metrics").status == 200


def test_the_manager_of_the_site_is_not_let_in_by_the_way():
    with testing.site() as site:
        site.add_user("mia", roles=["manager"])
        assert site.browser().login("mia").get("/metrics").status == 403


@pytest.mark.parametrize("given", ["short", "x" * 19, "with a blank in the middle", "é" * 30])
def test_a_token_that_could_be_guessed_is_refused_and_not_repeated(given):
    with pytest.raises(SettingsError) as refused:
        load_settings(None, {"OBJPUB_METRICS_TOKEN": given})
    assert "metrics.token" in str(refused.value) and "at least 20 characters" in str(refused.value)
    assert given not in str(refused.value)


@pytest.mark.parametrize("given", ["everybody", "10.0.0.0/33", "*"])
def test_what_is_no_network_is_refused(given):
    with pytest.raises(SettingsError, match="metrics.addresses"):
        load_settings(None, {"OBJPUB_METRICS_ADDRESSES": given})


# What stands in it


def test_requests_are_counted_by_view_and_status_with_their_durations():
    with counting_site() as site:
        for _ in range(3):
            assert site.client.post("/set", {"title": "x"}).status == 200
        assert site.client.post("/set", {}).status == 400
        assert site.client.get("/nothing").status == 404
        assert site.client.get("/fails").status == 500
        assert site.client.get("/health").status == 200
        found = figures(site.client)
        assert found[requests("Site:set", 200)] == 3
        assert found[requests("Site:set", 400)] == 1
        assert found[requests("", 404)] == 1
        assert found[requests("Site:fails", 500)] == 1
        assert found[requests("/health", 200)] == 1
        name = 'objpub_request_duration_seconds_{}{{view="Site:set"{}}}'
        assert found[name.format("count", "")] == found[name.format("bucket", ',le="+Inf"')] == 4
        rising = [value for key, value in found.items() if key.startswith(name.format("bucket", "")[:-1])]
        assert rising == sorted(rising) and len(rising) == 12
        assert 0 < found[name.format("sum", "")] < 60
        assert found["objpub_tickets_total"] == 1
        assert found["objpub_commits_total"] == 3
        assert figures(site.client)[requests("/metrics", 200)] == 1


def test_the_front_page_is_counted_as_what_it_is():
    with model_site(settings={"metrics.token": TOKEN}) as site:
        fill(site)
        with site.work() as root:
            root.front_page = root["box"]["page"]
        site.client.get("/")
        site.client.get("/box/page")
        assert figures(site.client)[requests("Content", 200)] == 2


def test_conflicts_retries_and_those_given_up_are_counted():
    with counting_site(**{"limits.attempts": 3, "limits.retry_seconds": 0}) as site:
        assert site.client.post("/conflicts").status == 503
        found = figures(site.client)
        assert found["objpub_conflicts_total"] == 3
        assert found["objpub_retries_total"] == 2
        assert found["objpub_given_up_total"] == 1
        assert found["objpub_commits_total"] == 0


def test_caches_connections_and_the_storage_are_told():
    with counting_site() as site:
        site.client.get("/")
        found = figures(site.client)
        assert found['objpub_connections{process="0"}'] >= 1
        assert found['objpub_cache_objects{process="0"}'] > 0
        assert found['objpub_cache_limit_bytes{process="0"}'] == 64_000_000
        assert found['objpub_resident_bytes{process="0"}'] > 10_000_000
        assert found["objpub_processes"] == 1
        assert found["objpub_storage_bytes"] > 0


def test_figures_come_without_the_storage_too():
    with counting_site() as site:
        site.client.get("/")
        site.database.close()
        found = figures(site.client)
        assert found["objpub_processes"] == 1


# Processes


def test_processes_that_count_side_by_side_give_one_answer(tmp_path):
    first, second = (Measures(Counters(tmp_path), Held()) for _ in range(2))
    for number, measures in ((3, first), (4, second)):
        for _ in range(number):
            measures.count("health", "200 OK", time.perf_counter(), False)
        measures.fold(time.perf_counter())
    for measures in (first, second):
        assert f"{requests('/health', 200)} 7\n" in measures.text()
    assert 'objpub_connections{process="1"} 1\n' in first.text()
    assert "objpub_processes 2\n" in first.text()


def test_what_a_process_counted_stays_when_it_is_gone_and_the_next_one_counts_on(tmp_path):
    first, second = (Measures(Counters(tmp_path), Held()) for _ in range(2))
    for measures in (first, second):
        measures.count("health", "200 OK", time.perf_counter(), True)
    first.text()
    second.close()
    assert f"{requests('/health', 200)} 2\n" in first.text()
    assert "objpub_commits_total 2\n" in first.text()
    assert "objpub_processes 1\n" in first.text()
    assert 'objpub_connections{process="1"}' not in first.text()
    third = Measures(Counters(tmp_path), Held())
    third.count("health", "200 OK", time.perf_counter(), False)
    assert f"{requests('/health', 200)} 3\n" in third.text()
    assert len(list(tmp_path.iterdir())) == 2


def test_many_requests_are_added_up_without_being_asked_for(tmp_path):
    first, second = (Measures(Counters(tmp_path), Held()) for _ in range(2))
    for _ in range(BATCH + 1):  # the first one is added at once, and the others wait for it to be many
        first.count("health", "200 OK", time.perf_counter(), False)
    assert f"{requests('/health', 200)} {BATCH + 1}\n" in second.text()


def test_more_series_than_there_is_room_for_are_counted_as_others(tmp_path):
    measures = Measures(Counters(tmp_path), Held())
    for number in range(ROOM // 10):
        measures.count(f"view{number}", "200 OK", time.perf_counter(), False)
    text = measures.text()
    known = re.findall(r'^objpub_requests_total\{view="/view\d+",status="200"\} 1$', text, re.MULTILINE)
    other = re.search(r'^objpub_requests_total\{view="other",status="other"\} (\d+)$', text, re.MULTILINE)
    assert len(known) + int(other[1]) == ROOM // 10 and len(known) > 300
    assert "objpub_commits_total 0" in text


@pytest.mark.parametrize("left", [b"", b"garbage", b"x" * SIZE, bytes(SIZE)])
def test_a_file_that_something_else_left_is_begun_anew(tmp_path, left):
    (tmp_path / "0.counters").write_bytes(left)
    (tmp_path / "7.counters").write_bytes(left)
    measures = Measures(Counters(tmp_path), Held())
    measures.count("health", "200 OK", time.perf_counter(), False)
    assert f"{requests('/health', 200)} 1\n" in measures.text()


def test_where_no_file_can_be_made_the_process_counts_for_itself(tmp_path):
    (tmp_path / "file").touch()
    measures = Measures(Counters(tmp_path / "file"), Held())
    measures.count("health", "200 OK", time.perf_counter(), False)
    assert f"{requests('/health', 200)} 1\n" in measures.text()
    measures.close()


class Held:
    """A database of which only what it holds is asked."""

    def held(self):
        names = ("cache_bytes", "cache_objects", "cache_limit_bytes", "connections", "idle_pairs", "loads")
        return dict.fromkeys((*names, "stores"), 1)

    def getSize(self):  # noqa: N802
        raise OSError


# Ready


def test_a_server_that_stops_is_not_ready():
    with testing.site() as site:
        assert site.client.get("/ready").status == 200
        site.application.stopping = True
        response = site.client.get("/ready")
        assert (response.status, response.text) == (503, "not ready: the server stops\n")
        assert site.client.get("/health").status == 200
