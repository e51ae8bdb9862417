"""Requests that are framed wrongly: each is answered once, and the connection is closed behind it.

What follows on the same connection is a change; whoever read it as a request of its own would do it.
"""

import socket

import pytest

from objpub import Site
from objpub import testing
from objpub.views import view
from tests.publisher.running import served
from tests.publisher.test_attacks_input import raw

FOLLOWS = b"POST /take?text=smuggled HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nContent-Length: 0\r\n\r\n"
POST = b"POST /take HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
MALFORMED = {
    "two lengths": POST + b"Content-Length: 6\r\nContent-Length: 5\r\n\r\ntext=a",
    "the same length twice": POST + b"Content-Length: 6\r\nContent-Length: 6\r\n\r\ntext=a",
    "two lengths in one header": POST + b"Content-Length: 6, 5\r\n\r\ntext=a",
    "a length with a plus": POST + b"Content-Length: +6\r\n\r\ntext=a",
    "a length below nothing": POST + b"Content-Length: -6\r\n\r\ntext=a",
    "a length in hexadecimal": POST + b"Content-Length: 0x6\r\n\r\ntext=a",
    "a length with an underscore": POST + b"Content-Length: 1_0\r\n\r\ntext=a",
    "a length with a fraction": POST + b"Content-Length: 6.0\r\n\r\ntext=a",
    "a length in other digits": POST + "Content-Length: ٦\r\n\r\ntext=a".encode(),
    "a length of letters": POST + b"Content-Length: six\r\n\r\ntext=a",
    "a length of too many bytes": POST + b"Content-Length: 99999999999999999999\r\n\r\ntext=a",
    "a length and chunks": POST + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and a length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n",
    "an unknown encoding": POST + b"Transfer-Encoding: cow\r\n\r\n0\r\n\r\n",
    "chunks twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and nothing": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunks before something else": POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "chunks behind a strange space": POST + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    "chunks in quotes": POST + b'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
    "chunks before a space": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "chunks in an old version": CHUNKED.replace(b"HTTP/1.1", b"HTTP/1.0") + b"0\r\n\r\n",
    "a chunk of no number": CHUNKED + b"xyz\r\nabc\r\n0\r\n\r\n",
    "a chunk below nothing": CHUNKED + b"-3\r\nabc\r\n0\r\n\r\n",
    "a chunk with a prefix": CHUNKED + b"0x3\r\nabc\r\n0\r\n\r\n",
    "a chunk with an underscore": CHUNKED + b"1_0\r\nabcdefghijklmnop\r\n0\r\n\r\n",
    "a chunk that is too long": CHUNKED + b"2\r\nabc\r\n0\r\n\r\n",
    "a chunk without a size": CHUNKED + b"\r\nabc\r\n0\r\n\r\n",
    "a second chunk without a size": CHUNKED + b"3\r\nabc\r\n\r\n0\r\n\r\n",
    "a line of a chunk without end": CHUNKED + b"3;" + b"a" * 5_000,
    "a trailer without end": CHUNKED + b"0\r\n" + b"X: y\r\n" * 2_000,
    "a chunk with half a line end": CHUNKED + b"3\nabc\r\n0\r\n\r\n",
    "a chunk as large as memory": CHUNKED + b"ffffffffffffffff\r\nabc",
    "an extension with half a line end": CHUNKED + b"3;a=\nb\r\nabc\r\n0\r\n\r\n",
    "a header without a colon": POST + b"Content-Length 6\r\n\r\ntext=a",
    "a header without a name": POST + b": 6\r\n\r\ntext=a",
    "a header with a space in its name": POST + b"Content Length: 6\r\n\r\ntext=a",
    "a length before a space": POST + b"Content-Length : 6\r\n\r\ntext=a",
    "a header that is folded": POST + b"X: y\r\n Content-Length: 6\r\n\r\ntext=a",
    "a first header that is folded": POST.replace(b"\r\nHost", b"\r\n Host") + b"\r\n",
    "half a line end in a header": POST + b"X: y\nContent-Length: 6\r\n\r\ntext=a",
    "the other half in a header": POST + b"X: y\rContent-Length: 6\r\n\r\ntext=a",
    "a NUL in a header": POST + b"X: \x00\r\nContent-Length: 6\r\n\r\ntext=a",
    "a NUL in the name of a header": POST + b"X\x00: y\r\n\r\n",
    "two hosts": POST + b"Host: y\r\n\r\n",
    "no host": b"POST /take HTTP/1.1\r\n\r\n",
    "a host that is none": b"POST /take HTTP/1.1\r\nHost: a b\r\n\r\n",
    "another host in the first line": POST.replace(b"/take", b"http://y/take") + b"\r\n",
    "no version": b"POST /take\r\nHost: x\r\n\r\n",
    "a version to come": b"POST /take HTTP/3.0\r\nHost: x\r\n\r\n",
    "a version that is none": b"POST /take HTTP/1.x\r\nHost: x\r\n\r\n",
    "a space too many": b"POST  /take HTTP/1.1\r\nHost: x\r\n\r\n",
    "a target in two words": b"POST /take x HTTP/1.1\r\nHost: x\r\n\r\n",
    "a target with a line end": b"POST /take\r HTTP/1.1\r\nHost: x\r\n\r\n",
    "a method of strange signs": b"PO(ST /take HTTP/1.1\r\nHost: x\r\n\r\n",
    "a method of other letters": "PÖST /take HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
    "the beginning of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "the beginning of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "too long a head": POST + b"X: " + b"y" * 20_000 + b"\r\n\r\n",
    "too many headers": POST + b"X: y\r\n" * 5_000 + b"\r\n",
    "too long a first line": b"POST /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
}


@view(Site, "take", method="POST", permission="public")
def take(site, request, text: str = ""):
    site.title = text
    return "taken"


@pytest.fixture(scope="module")
def running():
    with testing.site(take) as site, served(site) as wire:
        yield site, wire


@pytest.mark.parametrize("kind", MALFORMED)
def test_a_malformed_request_is_answered_once_and_the_connection_is_closed(running, kind):
    site, wire = running
    with site.work() as root:
        root.title = kind
    answer = raw(wire, MALFORMED[kind] + FOLLOWS)
    assert answer.count(b"HTTP/1.") == 1, answer
    assert answer.split(b" ")[1] in {b"400", b"413", b"414", b"431", b"501", b"505"}, answer
    assert b"smuggled" not in answer
    with site.work() as root:
        assert root.title == kind


@pytest.mark.parametrize("cut", range(1, 30))
def test_a_body_in_chunks_is_read_wherever_the_network_cuts_it(running, cut):
    site, wire = running
    body = CHUNKED.replace(b"Transfer", b"Content-Type: application/x-www-form-urlencoded\r\nTransfer")
    chunks = b"5\r\ntext=\r\n6;a=b\r\nchunks\r\n0\r\nX: y\r\n\r\n"
    with socket.create_connection(("127.0.0.1", wire.port), 10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(body + chunks[:cut])
        assert wire.ask("GET", "/health").status == 200  # what was sent before has been read
        connection.sendall(chunks[cut:])
        assert connection.recv(65_536).split(b" ")[1] == b"200"
    with site.work() as root:
        assert root.title == "chunks"


def test_there_are_at_least_forty():
    assert len(MALFORMED) >= 40


def test_what_follows_a_request_that_is_framed_well_is_read(running):
    site, wire = running
    answer = raw(wire, POST + b"Content-Length: 0\r\n\r\n" + FOLLOWS)
    assert answer.count(b"HTTP/1.") == 2
    with site.work() as root:
        assert root.title == "smuggled"
        root.title = ""
