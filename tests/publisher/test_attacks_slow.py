"""Clients that take their time, that leave, or that send what takes time to read: nobody else waits."""

import socket
import struct
import threading

import pytest

from objpub import Site
from objpub import testing
from objpub.views import view
from tests.publisher.running import BOTH
from tests.publisher.running import served

THREADS = 2


@view(Site, "take", method="POST", permission="public")
def take(site, request, text: str = ""):
    return "taken"


@view(Site, "large", permission="public")
def large(site, request):
    return "x" * 5_000_000


@pytest.fixture(scope="module", params=BOTH)
def wire(request):
    with testing.site(take, large) as site, served(site, THREADS, request.param) as wire:
        yield wire


BEGINNINGS = {
    "nothing": b"",
    "half a line": b"GET / HT",
    "half a head": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n",
    "half a body": b"POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\ntext=",
    "half a chunk": b"POST /take HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc",
    "an answer nobody reads": b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("kind", BEGINNINGS)
def test_many_who_begin_and_go_no_further_keep_nobody_waiting(wire, kind):
    waiting = []
    try:
        for _ in range(10 * THREADS):
            connection = socket.create_connection(("127.0.0.1", wire.port), 10)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            connection.sendall(BEGINNINGS[kind])
            waiting.append(connection)
        for _ in range(5):
            assert wire.ask("GET", "/health").status == 200
            assert wire.ask("GET", "/").status == 200
    finally:
        for connection in waiting:
            # Closed with a reset, as a client that is cut off does.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
    assert wire.ask("GET", "/").status == 200


def test_who_leaves_in_the_middle_of_an_answer_takes_nothing_with_him(wire):
    for _ in range(10 * THREADS):
        with socket.create_connection(("127.0.0.1", wire.port), 10) as connection:
            connection.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
            connection.recv(100)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(wire.ask("GET", "/"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.status for each in answers] == [200] * 8


#: Values of about 5 KB that a pattern which looks back and forth would take minutes for.
PATTERNS = {
    "spaces": " " * 5_000 + "x",
    "tabs": "a" + "\t " * 2_500 + "b",
    "quotes": '"' * 5_000,
    "escapes": '"' + "\\" * 5_000,
    "commas": "," * 5_000,
    "semicolons": ";" * 5_000,
    "pairs": "a=b;" * 1_250,
    "quoted pairs": 'a="b' * 1_250,
    "dashes": "-" * 5_000,
    "ranges": "bytes=" + "0-," * 1_600,
    "numbers": "1" * 5_000 + "x",
    "weights": "a;q=0." + "0" * 4_900 + "x",
    "brackets": "[" * 5_000,
    "comments": "(" * 5_000,
    "dots": "a." * 2_500,
    "percents": "%" * 5_000,
    "tags": "W/" * 2_500,
    "base64": "Basic " + "=" * 5_000,
    "words": "for=" + "a" * 5_000,
}
HEADERS = """
Accept Accept-Encoding Accept-Language Accept-Charset Authorization Cookie Content-Type Content-Encoding
Content-Disposition Expect Forwarded From Host If-Match If-None-Match If-Modified-Since If-Range Origin Range
Referer TE Upgrade User-Agent Via X-Forwarded-For X-CSRF-Token Sec-Fetch-Site Date
""".split()


@pytest.mark.parametrize("header", HEADERS)
def test_no_header_takes_long_to_read(wire, header):
    changes = {"Content-Type", "Content-Encoding", "Origin", "X-CSRF-Token", "Sec-Fetch-Site"}
    method, path = ("POST", "/take") if header in changes else ("GET", "/")
    for value in PATTERNS.values():
        assert wire.ask(method, path, "text=x" if method == "POST" else None, **{header: value}).status < 500
    assert wire.ask("GET", "/health").status == 200


@pytest.mark.parametrize("kind", PATTERNS)
@pytest.mark.parametrize("where", ["form", "query", "path", "part", "json"])
def test_no_value_takes_long_to_read(wire, where, kind):
    value = PATTERNS[kind].encode()
    if where == "form":
        answer = wire.ask("POST", "/take", b"text=" + value * 20)
    elif where == "query":
        answer = wire.ask("GET", "/?" + "".join(f"%{byte:02x}" for byte in value[:1_500]))
    elif where == "path":
        answer = wire.ask("GET", "/" + "".join(f"%{byte:02x}" for byte in value[:1_200]))
    elif where == "part":
        head = b'Content-Disposition: form-data; name="text"; filename*=' + value[:3_000]
        body = b"--b\r\n" + head + b"\r\n\r\n" + value + b"\r\n--b--\r\n"
        answer = wire.ask("POST", "/take", body, Content_Type="multipart/form-data; boundary=b")
    else:
        answer = wire.ask("POST", "/take", value * 20, Content_Type="application/json")
    assert answer.status < 500
