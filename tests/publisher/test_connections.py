"""Connections stay open after answers that have an end of their own, and bodies wait on the right disk."""

import http.client
import os
import socket
import time
from contextlib import suppress
from pathlib import Path

import pytest

from objpub import Site
from objpub import testing
from objpub.publisher.connections import close_slowest
from objpub.views import view
from tests.publisher.running import BOTH
from tests.publisher.running import served

OPENED = []


@view(Site, "rows", permission="public")
def rows(site, request):
    return (f"row {number}\n" for number in range(1000))


@view(Site, "gone", method=["GET", "POST"], permission="public")
def gone(site, request):
    """Nothing: 204."""
    folder = Path(request.application.database.temporary_folder)
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            OPENED.append(os.readlink(descriptor).startswith(str(folder)))
        except OSError:
            pass


@pytest.fixture(params=BOTH)
def software(request):
    return request.param


@pytest.fixture
def wire(software):
    OPENED.clear()
    with testing.site(rows, gone) as site, served(site, software=software) as wire:
        yield wire


def test_answers_without_a_length_leave_the_connection_open(wire):
    connection = http.client.HTTPConnection("127.0.0.1", wire.port, timeout=90)
    sockets = []
    asked = [("GET", "/"), ("GET", "/gone"), ("HEAD", "/rows"), ("GET", "/rows"), ("GET", "/"), ("HEAD", "/")]
    for method, path in asked:
        connection.request(method, path, headers={"If-None-Match": "*"} if path == "/" else {})
        response = connection.getresponse()
        body = response.read()
        assert response.status == {"/": 304, "/gone": 204, "/rows": 200}[path]
        assert body == (b"".join(b"row %d\n" % n for n in range(1000)) if (method, path) == asked[3] else b"")
        assert response.getheader("Connection") is None
        sockets.append(connection.sock)
    assert set(sockets) == {sockets[0]} != {None}
    connection.close()


@pytest.mark.parametrize("head", ["GET /rows HTTP/1.0", "GET /rows HTTP/1.1\r\nConnection: close"])
def test_a_connection_ends_where_the_client_wants_it(wire, head):
    with socket.create_connection(("127.0.0.1", wire.port), 20) as connection:
        connection.sendall(f"{head}\r\nHost: localhost\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert b"row 999\n" in answer


@pytest.mark.parametrize("headers", [{}, {"Transfer-Encoding": "chunked"}])
def test_a_large_body_waits_on_the_disk_of_the_database(wire, headers, software):
    if headers and software == "granian":
        pytest.skip("granian is sent no bodies in chunks, see test_framing")
    body = b"x" * 3_000_000
    sent = [body[start : start + 100_000] for start in range(0, len(body), 100_000)] if headers else body
    connection = http.client.HTTPConnection("127.0.0.1", wire.port, timeout=90)
    headers = {**headers, "Content-Type": "text/plain"}
    connection.request("POST", "/gone", sent, headers, encode_chunked="Transfer-Encoding" in headers)
    assert connection.getresponse().status == 204
    connection.close()
    assert any(OPENED)


# More connections than are taken


@pytest.mark.parametrize(
    "begun", [b"", b"GET / HTTP/1.1\r\nX-A:", b"POST /gone HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx"]
)
def test_slow_clients_keep_nobody_out(begun, software, monkeypatch):
    if software == "granian":
        monkeypatch.setattr("objpub.publisher.fast.HEAD_MILLISECONDS", 500)
        monkeypatch.setattr("objpub.publisher.fast.PATIENCE_SECONDS", 0.5)
    settings = {"server.connections": 10}
    with testing.site(gone, settings=settings) as site, served(site, software=software) as wire:
        slow = [socket.create_connection(("127.0.0.1", wire.port), 20) for _ in range(30)]
        for client in slow:
            with suppress(ConnectionError):  # one that is closed by now
                client.sendall(begun)
        assert [wire.ask("GET", "/").status for _ in range(5)] == [200] * 5
        end = time.monotonic() + 30
        while sum(is_closed(client) for client in slow) < 20:
            assert time.monotonic() < end
        for client in slow:
            client.close()


def is_closed(client):
    client.settimeout(0.01)
    try:
        return client.recv(10_000) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


class Channel:
    """What `close_slowest` sees of a connection."""

    def __init__(self, moved, seconds, requests=()):
        self.moved = moved
        self.requests = requests
        self.creation_time = time.time() - seconds
        self.is_closed = False

    def handle_close(self):
        self.is_closed = True


def test_the_connection_that_moved_the_least_in_its_time_is_closed():
    upload, visitor, new = Channel(2_000_000_000, 7_200), Channel(60_000, 20), Channel(0, 0)
    waits, newest = Channel(300, 600, ["a request"]), Channel(5, -1)
    slow = [Channel(5 * seconds, seconds) for seconds in (30, 60, 90)]
    others = [upload, visitor, new, waits]
    close_slowest([*others, *slow], 8)
    assert not any(each.is_closed for each in slow)
    close_slowest([*others, *slow], 5)
    assert all(each.is_closed for each in slow)
    assert not any(each.is_closed for each in others)
    close_slowest([new, newest, waits], 3)
    assert (new.is_closed, newest.is_closed, waits.is_closed) == (True, False, False)
