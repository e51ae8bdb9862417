"""The server answers over a socket, and stops without losing what runs."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from urllib.request import urlopen

import pytest

from objpub import Site
from objpub.errors import SettingsError
from objpub.publisher import server_for
from objpub.testing import site
from objpub.views import view
from tests.publisher.running import BOTH


@view(Site, "slow", permission="public")
def slow(root, request):
    time.sleep(0.5)
    return "slow " * 100_000


@view(Site, "whence", permission="public")
def whence(root, request):
    return request.remote_addr


@view(Site, "told", permission="public")
def told(root, request):
    return str([name for name in request.environ if "FORWARDED" in name])


@pytest.fixture(params=BOTH)
def server(request):
    with site(slow, settings={"limits.body_bytes": 1_000}) as running:
        server = server_for(running.application, "127.0.0.1", 0, 2, software=request.param)
        thread = threading.Thread(target=server.run)
        thread.start()
        yield server
        server.stop()
        thread.join(20)
        assert not thread.is_alive()


def exchange(server, data):
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        connection.sendall(data)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def listens(server):
    with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", server.port), 10):
        return True
    return False


def test_it_answers_over_a_socket(server):
    assert server.address == f"http://localhost:{server.port}/"
    with urlopen(f"{server.address}health") as response:
        assert response.read() == b"ok\n"
        assert response.headers["Server"] in {None, "objpub"}


@pytest.mark.parametrize("name", ["X_Forwarded_For", "X-Forwarded_Host", "x_forwarded-proto", "X_Real_IP"])
def test_a_header_of_servers_in_front_with_an_underscore_is_refused(server, name):
    request = f"GET /health HTTP/1.1\r\nHost: x\r\n{name}: 1.2.3.4\r\nConnection: close\r\n\r\n"
    assert exchange(server, request.encode()).startswith(b"HTTP/1.1 400 ")
    assert exchange(server, request.replace("_", "-").encode()).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("software", BOTH)
def test_what_trusted_servers_in_front_say_reaches_the_application(software):
    with site(whence, settings={"server.proxies": ["127.0.0.1"]}) as running:
        server = server_for(running.application, "127.0.0.1", 0, 2, software=software)
        thread = threading.Thread(target=server.run)
        thread.start()
        lines = "GET /whence HTTP/1.1", "Host: x", "X-Forwarded-For: 203.0.113.9", "Connection: close", "", ""
        try:
            answer = exchange(server, "\r\n".join(lines).encode())
        finally:
            server.stop()
            thread.join(20)
        assert answer.endswith(b"203.0.113.9")


@pytest.mark.parametrize("software", BOTH)
def test_what_others_say_of_where_a_request_came_from_reaches_nobody(software):
    with site(told) as running:
        server = server_for(running.application, "127.0.0.1", 0, 2, software=software)
        thread = threading.Thread(target=server.run)
        thread.start()
        names = "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded"
        lines = (
            "GET /told HTTP/1.1",
            "Host: x",
            *(f"{each}: y" for each in names),
            "Connection: close",
            "",
            "",
        )
        try:
            answer = exchange(server, "\r\n".join(lines).encode())
        finally:
            server.stop()
            thread.join(20)
        assert answer.endswith(b"\r\n\r\n[]")


def test_a_file_is_sent_with_its_length(server):
    with urlopen(f"{server.address}static/objpub-publisher/plain.css") as response:
        assert int(response.headers["Content-Length"]) == len(response.read()) > 100


def test_the_answer_to_head_has_no_body(server):
    answer = exchange(server, b"HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\n")


def test_what_came_by_half_at_the_stop_is_answered():
    with site(slow) as running:
        server = server_for(running.application, "127.0.0.1", 0, 2)
        thread = threading.Thread(target=server.run)
        thread.start()
        with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: ")
            while not any(each.request for each in server._channels()):
                time.sleep(0.01)
            server.stop()
            while listens(server):
                time.sleep(0.01)
            connection.sendall(b"x\r\n\r\n")
            answer = b"".join(iter(lambda: connection.recv(65_536), b""))
        thread.join(20)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"Connection: close" in answer


def test_what_runs_at_the_stop_is_finished(server):
    answers = []
    asking = threading.Thread(target=lambda: answers.append(urlopen(f"{server.address}slow").read()))
    asking.start()
    time.sleep(0.2)
    server.stop()
    asking.join(20)
    assert answers == [b"slow " * 100_000]


def test_a_long_answer_that_comes_when_patience_has_ended_is_sent_whole(monkeypatch):
    over = threading.Event()

    @view(Site, "long", permission="public")
    def long(root, request):
        assert over.wait(60)
        return "long " * 3_000_000

    monkeypatch.setattr("objpub.publisher.server.PATIENCE_SECONDS", 0.1)
    with site(long) as running:
        server = server_for(running.application, "127.0.0.1", 0, 2)
        end_threads = server._server.task_dispatcher.shutdown

        def noting(*arguments):
            monkeypatch.setattr("objpub.publisher.server.PATIENCE_SECONDS", 60.0)
            over.set()
            return end_threads(*arguments)

        monkeypatch.setattr(server._server.task_dispatcher, "shutdown", noting)
        thread = threading.Thread(target=server.run)
        thread.start()
        with socket.create_connection(("127.0.0.1", server.port), 60) as connection:
            connection.sendall(b"GET /long HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            while not any(each.requests for each in server._channels()):
                time.sleep(0.01)
            server.stop()
            answer = b"".join(iter(lambda: connection.recv(65_536), b""))
        thread.join(60)
    assert answer.partition(b"\r\n\r\n")[2] == b"long " * 3_000_000


def test_who_came_just_before_the_stop_is_answered(monkeypatch):
    monkeypatch.setattr("objpub.publisher.connections.NEW_SECONDS", 30.0)
    with site(slow) as running:
        server = server_for(running.application, "127.0.0.1", 0, 2, software="waitress")
        thread = threading.Thread(target=server.run)
        thread.start()
        with socket.create_connection(("127.0.0.1", server.port), 30) as connection:
            while not server._channels():
                time.sleep(0.01)
            server.stop()
            with pytest.raises(ConnectionRefusedError):
                while True:
                    socket.create_connection(("127.0.0.1", server.port)).close()
            connection.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            answer = b"".join(iter(lambda: connection.recv(65_536), b""))
        thread.join(30)
        assert not thread.is_alive()
        assert answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(b"slow " * 10)


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET / HTTP/9.9",
        b"GET",
        b"GET /%zz HTTP/1.1",
        b"GET http://[ HTTP/1.1",
        b"\x16\x03\x01",
        b"G\xc3\xa9T / HTTP/1.1",
    ],
)
def test_rubbish_is_no_error_of_the_site(server, request_line):
    answer = exchange(server, request_line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert not answer.startswith(b"HTTP/1.1 5") or b" 501 " in answer or b" 505 " in answer


@pytest.mark.parametrize("software", BOTH)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(number, software, tmp_path):
    program = (
        "from objpub.publisher import App, server_for\n"
        "server = server_for(App().wsgi(None), '127.0.0.1', 0, 2)\n"
        "print(server.port, flush=True)\n"
        "server.run()\n"
        "print('stopped', flush=True)\n"
    )
    environ = {**os.environ, "OBJPUB_LOG_ACCESS": "0", "OBJPUB_SERVER_SOFTWARE": software}
    running = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=environ
    )
    with running:
        port = int(running.stdout.readline())
        assert urlopen(f"http://127.0.0.1:{port}/ready").status == 200
        running.send_signal(number)
        assert running.stdout.readline() == "stopped\n"
        assert running.wait(10) == 0


@pytest.mark.parametrize(
    "head",
    [
        b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked",
        b"POST /login HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked",
        b"POST /login HTTP/1.1\r\nHost: x\r\nHost: y",
    ],
)
def test_a_request_that_can_be_read_in_two_ways_is_refused_and_what_follows_is_not_read(server, head):
    answer = exchange(server, head + b"\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.split(b"\r\n")[0].split(b" ")[1] in {b"400", b"411"}
    assert answer.count(b"HTTP/1.") == 1


def test_without_its_library_granian_is_refused_with_what_helps(monkeypatch):
    monkeypatch.setitem(sys.modules, "objpub.publisher.fast", None)
    with site(settings={"server.software": "granian"}) as running:
        with pytest.raises(SettingsError, match=r"pip install 'objpub\[fast\]'"):
            server_for(running.application, "127.0.0.1", 0, 2)
