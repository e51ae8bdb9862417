"""Connections stay open after answers that have an end of their own, and bodies wait on the right disk."""

import http.client
import os
import socket
from pathlib import Path

import pytest

from objpub import Site
from objpub import testing
from objpub.views import view
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


@pytest.fixture
def wire():
    OPENED.clear()
    with testing.site(rows, gone) as site, served(site) as wire:
        yield wire


def test_answers_without_a_length_leave_the_connection_open(wire):
    connection = http.client.HTTPConnection("127.0.0.1", wire.port, timeout=20)
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
def test_a_large_body_waits_on_the_disk_of_the_database(wire, headers):
    body = b"x" * 3_000_000
    sent = [body[start : start + 100_000] for start in range(0, len(body), 100_000)] if headers else body
    connection = http.client.HTTPConnection("127.0.0.1", wire.port, timeout=20)
    headers = {**headers, "Content-Type": "text/plain"}
    connection.request("POST", "/gone", sent, headers, encode_chunked="Transfer-Encoding" in headers)
    assert connection.getresponse().status == 204
    connection.close()
    assert any(OPENED)
