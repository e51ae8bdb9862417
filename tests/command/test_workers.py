"""Several processes that answer for one site."""

import http.client
import json
import os
import re
import signal
import socket
import threading
import time
import urllib.request
from contextlib import closing
from contextlib import suppress

import pytest

from tests.command.test_serving import free_port
from tests.command.test_serving import is_there
from tests.command.test_serving import served
from tests.publisher.running import BOTH
from tests.publisher.running import NEEDS_GRANIAN

#: Two processes start beside tests that keep the machine busy.
PATIENCE_SECONDS = 180

CODE = """
import logging
import os
from objpub import Site, view

@view(Site, "pid", permission="public")
def pid(site, request):
    return str(os.getpid())

IMPORTED_BY = os.getpid()

@view(Site, "imported", permission="public")
def imported(site, request):
    return str(IMPORTED_BY)

@view(Site, "count", method="POST", permission="public")
def count(site, request):
    site.title = str(int(site.title or 0) + 1)
    return site.title

@view(Site, "warns", permission="public")
def warns(site, request):
    logging.getLogger("answers").warning("a heron")
    return "warned"

@view(Site, "slow", permission="public")
def slow(site, request):
    import time
    time.sleep(1)
    return "slow"

@view(Site, "slower", permission="public")
def slower(site, request):
    import time
    time.sleep(6)
    return "slower"
"""
SETTINGS = """
[site]
app = "answers"
[database]
uri = "{uri}"
[server]
processes = {processes}
"""


@pytest.fixture
def software():
    return "waitress"


@pytest.fixture
def site(tmp_path, software):
    """The folder of a site that two processes answer for."""
    return made(tmp_path, more=f'software = "{software}"\n')


def made(folder, uri="sqlite:var/site.sqlite", processes=2, more=""):
    (folder / "answers.py").write_text(CODE)
    (folder / "objpub.toml").write_text(SETTINGS.format(uri=uri, processes=processes) + more)
    return folder


def pids(running, number=2):
    """Ask until *number* processes have answered, and return their ids."""
    found = set()
    end = time.monotonic() + PATIENCE_SECONDS
    while len(found) < number:
        assert time.monotonic() < end, (found, running.printed())
        status, text = running.get("/pid")
        if status == 200:
            found.add(int(text))
    return found


def post(running, path):
    request = urllib.request.Request(f"http://127.0.0.1:{running.port}{path}", b"", method="POST")
    request.add_header("Origin", f"http://127.0.0.1:{running.port}")
    with urllib.request.urlopen(request, timeout=90) as answer:
        return answer.read().decode()


def wait_for_end(pid):
    end = time.monotonic() + PATIENCE_SECONDS
    while is_running(pid):
        assert time.monotonic() < end
        time.sleep(0.05)


def is_running(pid):
    with suppress(ProcessLookupError, FileNotFoundError):
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    return False


def test_two_processes_answer_and_see_what_the_other_wrote(site):
    with served(site) as running:
        assert len(pids(running)) == 2
        assert running.process.pid not in pids(running)
        assert re.search(r"as admin, password: \S+", running.printed())
        assert [post(running, "/count") for _ in range(20)] == [str(number) for number in range(1, 21)]
        workers = pids(running)
        assert running.stop() == 0
        assert not any(is_running(pid) for pid in workers)
        assert "Traceback" not in running.printed()


def test_one_that_is_killed_is_started_again_and_the_site_goes_on(site):
    with served(site) as running:
        first, second = pids(running)
        os.kill(first, signal.SIGKILL)
        running.wait_for_line(f"Process {first} ended with -9; another one is started")
        again = pids(running)
        assert second in again and first not in again


@pytest.mark.parametrize("software", BOTH)
def test_a_reload_takes_new_code_and_refuses_nobody(site, software):
    with served(site) as running:
        old = pids(running)
        (site / "answers.py").write_text(CODE.replace('return "slow"', 'return "new code"'))
        refused, done = [], threading.Event()

        def ask():
            while not done.is_set():
                status, text = running.get("/")
                if software == "granian" and "RemoteDisconnected" in text:
                    status, text = running.get("/")  # as every browser and proxy does, see faster-server.md
                if status != 200:
                    refused.append((status, text))

        asking = threading.Thread(target=ask)
        asking.start()
        running.process.send_signal(signal.SIGHUP)
        running.wait_for_line("2 new processes answer")
        for pid in old:
            wait_for_end(pid)
        done.set()
        asking.join()
        assert refused == []
        assert not old & pids(running)
        assert running.get("/slow") == (200, "new code")


def test_a_reload_of_code_with_a_mistake_leaves_the_old_ones(site):
    with served(site) as running:
        old = pids(running)
        (site / "answers.py").write_text("def")
        running.process.send_signal(signal.SIGHUP)
        running.wait_for_line("The new processes do not answer; the old ones go on")
        assert pids(running) == old


@pytest.mark.parametrize("software", BOTH)
def test_what_runs_is_finished_before_the_end(site):
    with served(site) as running:
        pids(running)
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=90)
        connection.request("GET", "/slow")
        time.sleep(0.3)
        running.process.send_signal(signal.SIGTERM)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"slow")
        connection.close()
        assert running.process.wait(PATIENCE_SECONDS) == 0


def test_they_end_with_the_first_process_however_it_ends(site):
    with served(site) as running:
        workers = pids(running)
        running.process.kill()
        running.process.wait()
        for pid in workers:
            wait_for_end(pid)


def test_they_have_what_the_first_process_imported(site):
    with served(site) as running:
        workers = pids(running)
        assert running.get("/imported") == (200, str(running.process.pid))
        os.kill(min(workers), signal.SIGKILL)
        running.wait_for_line("another one is started")
        assert running.get("/imported") == (200, str(running.process.pid))
        running.process.send_signal(signal.SIGHUP)
        running.wait_for_line("2 new processes answer")
        for pid in workers:
            wait_for_end(pid)
        assert running.get("/imported")[1] not in {"", str(running.process.pid)}


def test_another_first_process_takes_over_while_those_of_a_killed_one_finish(site):
    with served(site) as running:
        workers = pids(running)
        with closing(http.client.HTTPConnection("127.0.0.1", running.port, timeout=90)) as connection:
            connection.request("GET", "/slower")  # it runs while the next one starts
            running.process.kill()
            running.process.wait()
            with served(site, "--port", str(running.port)) as second:
                second.port = running.port
                second.wait_for_line(f":{running.port}/")  # it listens: those of the killed one do not
                assert not pids(second) & workers


@pytest.mark.parametrize("uri", ["file:var/site.fs", "demo:"])
def test_a_database_of_one_process_is_refused_with_what_helps(tmp_path, uri):
    with served(made(tmp_path, uri)) as running:
        assert running.process.wait(PATIENCE_SECONDS) == 1
        printed = " ".join(running.printed().split())
        assert "server.processes is 2, and a database in a file or in memory serves one process" in printed
        assert "zeo:var/zeo.sock" in printed
    assert not (tmp_path / "var/site.fs").exists()


@pytest.mark.parametrize(
    ("processes", "software"),
    [(1, "waitress"), (2, "waitress"), pytest.param(1, "granian", marks=NEEDS_GRANIAN)],
)
def test_a_server_in_front_reaches_it_at_a_unix_socket(tmp_path, processes, software):
    more = f'software = "{software}"\n'
    made(tmp_path, processes=processes, more=f'{more}socket = "var/site.sock"\nproxies = ["localhost"]\n')
    (tmp_path / "var").mkdir()
    path = tmp_path / "var/site.sock"
    with served(tmp_path) as running:
        answer = ""
        end = time.monotonic() + PATIENCE_SECONDS
        while "200 OK" not in answer:
            assert time.monotonic() < end, running.printed()
            with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
                client.connect(str(path))
                client.sendall(b"GET /pid HTTP/1.0\r\nHost: coast.example.org\r\n\r\n")
                answer = client.recv(10_000).decode()
        assert running.get("/pid")[0] == 0
        assert path.stat().st_mode & 0o777 == 0o660  # for its group, such as that of the server in front
        assert str(path) in running.printed()
        with served(tmp_path) as second:
            assert second.process.wait(PATIENCE_SECONDS) == 1
            assert f"Cannot listen at {path}" in second.printed()
        running.stop(signal.SIGKILL)
    with served(tmp_path) as running:  # what a killed process left is no hindrance
        running.wait_for_line(str(path))


def test_a_port_that_is_taken_is_said(site):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with served(site, "--port", str(taken.getsockname()[1])) as running:
            assert running.process.wait(PATIENCE_SECONDS) == 1
            assert "Cannot listen on 127.0.0.1 port" in running.printed()


def test_one_process_goes_on_as_before(tmp_path):
    with served(made(tmp_path, "file:var/site.fs", 1)) as running:
        running.wait_for("/", is_there)
        assert pids(running, 1) == {running.process.pid}
        assert free_port() != running.port


def test_their_figures_and_messages_are_those_of_one_site(tmp_path):
    more = '[metrics]\naddresses = ["127.0.0.1"]\n[log]\nform = "json"\n'
    with served(made(tmp_path, more=more)) as running:
        found = pids(running)
        for _ in range(8):
            assert running.get("/warns")[0] == 200
        seen = figures(running)
        assert seen["objpub_processes"] == "2"
        assert {'objpub_connections{process="0"}', 'objpub_connections{process="1"}'} <= set(seen)
        end = time.monotonic() + PATIENCE_SECONDS
        while figures(running).get('objpub_requests_total{view="Site:warns",status="200"}') != "8":
            assert time.monotonic() < end  # what the other process has noted, it adds within a second
            time.sleep(0.1)
        assert figures(running)["objpub_commits_total"] == "0"
        killed = min(found)
        os.kill(killed, signal.SIGKILL)
        running.wait_for_line(f"Process {killed} ended with -9; another one is started")
        assert len(pids(running) - {killed}) >= 1
        assert figures(running)['objpub_requests_total{view="Site:warns",status="200"}'] == "8"
        assert running.stop() == 0
        told = [json.loads(line) for line in running.printed().splitlines() if line.startswith("{")]
    answered = {each["request"]: each for each in told if each["logger"] == "objpub.access"}
    warned = [each for each in told if each["logger"] == "answers"]
    assert len(warned) == 8
    for each in warned:
        assert (each["level"], each["message"]) == ("warning", "a heron")
        assert answered[each["request"]]["path"] == "/warns"


def figures(running):
    """Return what /metrics tells, by name with labels."""
    status, text = running.get("/metrics")
    assert status == 200, text
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
