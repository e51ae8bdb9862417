"""Parts of files: one or several, joined where they touch, never of another version."""

import io
import os
import random
import re
import socket
from email.parser import BytesParser
from pathlib import Path

import pytest

from objpub import File
from objpub import Site
from objpub import testing
from objpub.publisher.ranges import LEAST_GAP
from objpub.publisher.ranges import MOST_RANGES
from objpub.publisher.ranges import Pieces
from objpub.publisher.ranges import spans_of
from objpub.views import view
from tests.publisher.running import BOTH
from tests.publisher.running import nobody_holds_a_connection
from tests.publisher.running import served

DATA = bytes(random.Random(1).randbytes(200_000))


@pytest.fixture(scope="module")
def site():
    with testing.site() as site:
        with site.work() as root:
            root.add("data", File.from_bytes(DATA, "data.bin"))
            root.add("empty", File.from_bytes(b"", "empty.bin"))
        yield site


# What was asked for


@pytest.mark.parametrize(
    ("header", "spans"),
    [
        ("bytes=0-0", [(0, 1)]),
        ("bytes=0-", [(0, 1000)]),
        ("bytes=-1", [(999, 1000)]),
        ("bytes=-5000", [(0, 1000)]),
        ("bytes=990-5000", [(990, 1000)]),
        ("Bytes = 1-2", [(1, 3)]),
        ("bytes=1-2,", [(1, 3)]),
        ("bytes=500-599, 0-99", [(0, 100), (500, 600)]),
        ("bytes=0-9,5-20,21-30", [(0, 31)]),
        (f"bytes=0-9,{10 + LEAST_GAP}-500", [(0, 501)]),
        (f"bytes=0-9,{11 + LEAST_GAP}-500", [(0, 10), (11 + LEAST_GAP, 501)]),
        ("bytes=1000-", []),
        ("bytes=-0", []),
        ("bytes=0-0,5000-", [(0, 1)]),
    ],
)
def test_ranges_are_put_in_order_and_joined(header, spans):
    assert spans_of(header, 1000) == spans


@pytest.mark.parametrize(
    "header",
    [
        *("", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "lines=1-2", "bytes=1-2-3"),
        *("bytes=+1-2", "bytes=0x1-2", "bytes=1", "bytes=0-0,x", "bytes=٣-٤", "bytes=1 0-20"),
        f"bytes={'9' * 5000}-",
    ],
)
def test_what_is_no_range_is_ignored(header):
    assert spans_of(header, 1000) is None


def test_at_most_ten_ranges_are_sent():
    several = [f"{number * 1000}-{number * 1000}" for number in range(MOST_RANGES + 1)]
    assert len(spans_of("bytes=" + ",".join(several[:-1]), 100_000)) == MOST_RANGES
    assert spans_of("bytes=" + ",".join(several), 100_000) is None


def test_pieces_are_one_file():
    pieces = Pieces(io.BytesIO(DATA), [b"head", (10, 20), b"", (5, 7), b"tail"])
    whole = b"head" + DATA[10:20] + DATA[5:7] + b"tail"
    assert pieces.size == len(whole)
    assert io.BufferedReader(pieces).read() == whole
    again = Pieces(io.BytesIO(DATA), [b"head", (10, 20), b"", (5, 7), b"tail"])
    for start in range(len(whole) + 1):
        again.seek(start)
        assert b"".join(iter(lambda: again.read(3), b"")) == whole[start:]
    assert again.seek(-4, io.SEEK_END) == len(whole) - 4
    assert again.read() == b"tail"


# As answers


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("0-0", 0, 1), ("100-199", 100, 200), ("-10", 199_990, 200_000), ("199999-", 199_999, 200_000)],
)
def test_a_part_of_a_file_is_sent(site, asked, start, stop):
    whole = site.client.get("/data")
    part = site.client.get("/data", headers={"Range": f"bytes={asked}", "Accept-Encoding": "gzip"})
    assert part.status == 206
    assert part.raw == DATA[start:stop]
    assert part.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(DATA)}"
    assert part.headers["Content-Length"] == str(stop - start)
    for name in ("ETag", "Last-Modified", "Content-Type", "Cache-Control", "Accept-Ranges"):
        assert part.headers[name] == whole.headers[name]


def test_several_parts_are_sent_in_one_answer(site):
    answer = site.client.get("/data", headers={"Range": "bytes=0-9, 1000-1999, 1500-2499, -5"})
    assert answer.status == 206
    assert "Content-Range" not in answer.headers
    assert answer.headers["Content-Length"] == str(len(answer.raw))
    head = f"Content-Type: {answer.headers['Content-Type']}\r\n\r\n".encode()
    found = {}
    for part in BytesParser().parsebytes(head + answer.raw).get_payload():
        assert part["Content-Type"] == "application/octet-stream"
        found[part["Content-Range"]] = None
    assert list(found) == ["bytes 0-9/200000", "bytes 1000-2499/200000", "bytes 199995-199999/200000"]
    boundary = answer.headers["Content-Type"].partition("boundary=")[2].encode()
    bodies = re.split(rb"\r\n(?=--)|\r\n\r\n", answer.raw)
    assert DATA[0:10] in answer.raw and DATA[1000:2500] in answer.raw and DATA[-5:] in answer.raw
    assert answer.raw.endswith(b"--" + boundary + b"--\r\n")
    assert len(bodies) > 6


def test_a_file_has_no_part_behind_its_end(site):
    for path, size in (("/data", len(DATA)), ("/empty", 0)):
        answer = site.client.get(path, headers={"Range": "bytes=200000-", "Accept": "application/json"})
        assert answer.status == 416
        assert answer.headers["Content-Range"] == f"bytes */{size}"
        assert answer.json["status"] == 416


@pytest.mark.parametrize("asked", ["bytes=x", "lines=1-2", "bytes=" + ",".join(f"{n}-" for n in range(11))])
def test_the_whole_file_is_sent_where_no_range_is_understood(site, asked):
    answer = site.client.get("/data", headers={"Range": asked})
    assert (answer.status, answer.raw) == (200, DATA)


def test_a_part_is_sent_only_of_the_version_that_the_client_has(site):
    whole = site.client.get("/data")
    tag, date = whole.headers["ETag"], whole.headers["Last-Modified"]
    for right in (tag, date):
        assert site.client.get("/data", headers={"Range": "bytes=0-9", "If-Range": right}).status == 206
    for wrong in ('"old"', f"W/{tag}", "Sun, 06 Nov 1994 08:49:37 GMT", "foo", "", tag.strip('"'), "*"):
        answer = site.client.get("/data", headers={"Range": "bytes=0-9", "If-Range": wrong})
        assert (answer.status, answer.raw) == (200, DATA)


def test_other_conditions_come_before_the_range(site):
    tag = site.client.get("/data").headers["ETag"]
    assert site.client.get("/data", headers={"Range": "bytes=0-9", "If-None-Match": tag}).status == 304
    assert site.client.get("/data", headers={"Range": "bytes=0-9", "If-Match": '"old"'}).status == 412
    assert site.client.get("/data", headers={"Range": "bytes=0-9", "If-Match": tag}).status == 206


def test_head_and_pages_know_no_ranges(site):
    head = site.client.head("/data", headers={"Range": "bytes=0-9"})
    assert (head.status, head.headers["Content-Length"]) == (200, "200000")
    page = site.client.get("/", headers={"Range": "bytes=0-9"})
    assert page.status == 200
    assert "Accept-Ranges" not in page.headers


def test_what_is_made_anew_each_time_has_no_parts():
    @view(Site, "rows", permission="public")
    def rows(site, request):
        yield site.title

    with testing.site(rows) as site:
        answer = site.client.get("/rows", headers={"Range": "bytes=0-0"})
        assert answer.status == 200
        assert "Accept-Ranges" not in answer.headers


def test_a_scale_of_an_image_and_a_static_file_have_parts(site):
    path = "/static/objpub-publisher/plain.css"
    whole = site.client.get(path).raw
    answer = site.client.get(path, headers={"Range": "bytes=5-20"})
    assert (answer.status, answer.raw) == (206, whole[5:21])


@pytest.mark.parametrize("software", BOTH)
def test_parts_come_over_a_socket_as_they_are(software):
    with testing.site() as site, served(site, software=software) as wire:
        with site.work() as root:
            root.add("data", File.from_bytes(DATA, "data.bin"))
        one = wire.ask("GET", "/data", Range="bytes=70000-199998")
        assert (one.status, one.body) == (206, DATA[70_000:199_999])
        several = wire.ask("GET", "/data", Range="bytes=0-69999,100000-")
        assert several.header("Content-Length") == str(len(several.body))
        assert DATA[:70_000] in several.body and DATA[100_000:] in several.body


@pytest.mark.parametrize("software", BOTH)
@pytest.mark.parametrize("asked", ["", "Range: bytes=0-4999999,6000000-\r\n"], ids=["whole", "parts"])
def test_who_does_not_read_a_file_holds_neither_a_thread_nor_a_connection(asked, software):
    with testing.site() as site:
        with site.work() as root:
            root.add("large", File.from_bytes(bytes(12_000_000), "large.bin"))
        with served(site, threads=1, software=software) as wire:
            idle = [socket.create_connection(("127.0.0.1", wire.port), 20) for _ in range(3)]
            for client in idle:
                client.sendall(f"GET /large HTTP/1.1\r\nHost: localhost\r\n{asked}\r\n".encode())
                assert client.recv(11).startswith(b"HTTP/1.1 20")
            assert wire.ask("GET", "/").status == 200
            assert nobody_holds_a_connection(site)
            before = open_files(site)
            for client in idle:
                client.close()
            while open_files(site) > before - 3:  # the server notices when it sends the next block
                assert wire.ask("GET", "/").status == 200


def open_files(site):
    """Return how many files of the database's blobs are open."""
    found = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            found += os.readlink(descriptor).endswith(".blob")
        except OSError:
            pass
    return found
