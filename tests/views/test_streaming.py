"""What is sent while it is made, and what is read to its end first."""

import http.client
import io
import socket
import tempfile
import threading
from itertools import count

import pytest

from objpub import Content
from objpub import Site
from objpub import testing
from objpub.errors import DeclarationError
from objpub.views import live
from objpub.views import view
from objpub.views.streaming import not_plain
from objpub.views.streaming import NOTHING
from tests.publisher.running import BOTH
from tests.publisher.running import nobody_holds_a_connection
from tests.publisher.running import served

GO_ON = threading.Event()
CLOSED = threading.Event()
SEEN = []


class Note(Content, addable="anywhere"):
    title: str


@view(Site, "plain", permission="public")
def plain(site, request):
    titles = [child.title for child in site.values()]

    def rows():
        try:
            for title in titles:
                yield f"{title}\n"
                assert GO_ON.wait(20)
        finally:
            CLOSED.set()

    return rows()


@view(Site, "lazy", permission="public")
def lazy(site, request):
    for child in site.values():
        yield f"{child.title}\n"


@view(Site, "endless", permission="public")
def endless(site, request):
    def blocks():
        try:
            for number in count():
                SEEN.append(number)
                yield b"x" * 65_536
        finally:
            CLOSED.set()

    return request.stream(blocks(), "application/octet-stream", "endless.bin")


@view(Site, "wrong", permission="public")
def wrong(site, request):
    return request.stream(child.title for child in site.values())


@view(Site, "breaks", permission="public")
def breaks(site, request, late: bool = False):
    def blocks():
        if late:
            yield "some"
        raise RuntimeError("a mistake")

    return blocks()


@view(Site, "file", permission="public")
def file(site, request, kind: str = "bytes"):
    if kind == "text":
        return io.StringIO("grün\nblau\n")
    if kind == "temporary":
        handle = tempfile.NamedTemporaryFile()
        handle.write(b"0123456789")
        handle.seek(0)
        return handle
    handle = io.BytesIO(b"0123456789")
    handle.seek(3)
    return handle


@pytest.fixture
def site():
    GO_ON.clear()
    CLOSED.clear()
    SEEN.clear()
    with testing.site(Note, plain, lazy, endless, wrong, breaks, file) as site:
        with site.work() as root:
            for number in range(3):
                root.add(f"note-{number}", Note(title=f"note {number}"))
        yield site


@pytest.mark.parametrize("software", BOTH)
def test_plain_values_are_sent_while_they_are_made_and_no_connection_is_held(site, software):
    with served(site, software=software) as wire:
        client = http.client.HTTPConnection("127.0.0.1", wire.port, timeout=20)
        client.request("GET", "/plain")
        response = client.getresponse()
        assert response.readline() == b"note 0\n"
        assert not CLOSED.is_set()
        assert nobody_holds_a_connection(site)
        GO_ON.set()
        assert response.read() == b"note 1\nnote 2\n"
        assert response.getheader("Transfer-Encoding") == "chunked"
        assert response.getheader("Content-Length") is None
        client.close()


@pytest.mark.parametrize("software", BOTH)
def test_who_goes_away_lets_the_stream_end_and_costs_no_connection(site, software):
    with served(site, threads=1, software=software) as wire:
        with socket.create_connection(("127.0.0.1", wire.port), 20) as client:
            client.sendall(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b'filename="endless.bin"' in client.recv(65_536)
            assert nobody_holds_a_connection(site)
        assert CLOSED.wait(20)
        assert wire.ask("GET", "/lazy").status == 200
        assert nobody_holds_a_connection(site)


@pytest.mark.parametrize("software", BOTH)
def test_who_does_not_read_holds_up_the_stream_and_not_the_memory(site, software):
    with served(site, threads=2, software=software) as wire:
        with socket.create_connection(("127.0.0.1", wire.port), 20) as client:
            client.sendall(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
            client.recv(1_000)
            for _ in range(100):  # time enough for hundreds of megabytes
                assert wire.ask("GET", "/lazy").status == 200
            assert len(SEEN) < 1_000
        assert CLOSED.wait(20)


def test_what_holds_objects_is_read_to_its_end_first(site):
    answer = site.client.get("/lazy")
    assert answer.text == "note 0\nnote 1\nnote 2\n"
    assert answer.headers["Content-Length"] == str(len(answer.raw))


def test_what_holds_objects_cannot_be_said_to_be_plain(site, caplog):
    assert site.client.get("/wrong").status == 500
    assert "read what it needs before" in caplog.text


def test_head_makes_no_more_than_the_first_block(site):
    GO_ON.set()
    answer = site.client.head("/plain")
    assert (answer.status, answer.raw) == (200, b"")
    assert CLOSED.is_set()
    assert site.client.head("/endless").status == 200
    assert SEEN == [0]


def test_what_is_given_up_is_told_to_close():
    class Blocks:
        is_closed = False

        def __iter__(self):
            return self

        def __next__(self):
            return b"x"

        def close(self):
            self.is_closed = True

    blocks = Blocks()

    @view(Site, "own", permission="public")
    def own(site, request):
        return request.stream(blocks)

    with testing.site(own) as site:
        assert site.client.head("/own").status == 200
    assert blocks.is_closed


def test_an_error_before_the_first_block_is_answered_as_any(site):
    assert site.client.get("/breaks").status == 500


def test_an_error_later_shows_by_the_missing_end_and_in_the_log(site, caplog):
    with served(site) as wire:
        with pytest.raises(http.client.IncompleteRead):
            wire.ask("GET", "/breaks?late=1")
        assert wire.ask("GET", "/lazy").status == 200
    assert "broke off" in caplog.text


@pytest.mark.parametrize(
    ("kind", "body"), [("bytes", b"3456789"), ("temporary", b"0123456789"), ("text", "grün\nblau\n".encode())]
)
def test_an_open_file_is_sent_from_where_it_stands(site, kind, body):
    answer = site.client.get(f"/file?kind={kind}")
    assert answer.body == body
    assert answer.headers["Content-Length"] == str(len(body))


# What is plain


def numbers(*held):
    return (number for number in range(3) if held)


def delegating(inner):
    yield from inner


def calls(function):
    yield function()


@pytest.mark.parametrize(
    "held",
    [
        *("text", b"bytes", 1, 2.5, None, True, range(3), io.BytesIO(), [1, ("a", {"b": {3}})], int, len),
        *(iter([1, 2]), numbers(1), delegating(numbers(2)), lambda: 3, socket),
    ],
    ids=lambda held: type(held).__name__,
)
def test_plain_values_are_known(held):
    def rows():
        yield held

    assert not_plain(rows()) is NOTHING
    assert not_plain(delegating(rows())) is NOTHING
    assert not_plain(calls(lambda: held)) is NOTHING


@pytest.mark.parametrize("hidden", [lambda it: it, lambda it: [{"a": (it,)}], lambda it: lambda: it, numbers])
@pytest.mark.parametrize(
    "thing",
    [Note(title="a"), object(), iter({1: 2}), map(str, [1]), threading.Lock()],
    ids=lambda held: type(held).__name__,
)
def test_anything_else_is_not_plain(hidden, thing):
    held = hidden(thing)

    def rows():
        yield held

    for blocks in (rows(), delegating(rows()), calls(lambda: held)):
        assert not_plain(blocks) is thing


def test_what_holds_very_much_is_not_known_to_be_plain():
    much = [str(number) for number in range(20_000)]
    assert not_plain(iter(much)) is not NOTHING


def test_a_generator_that_began_is_looked_at_where_it_stands():
    def begun():
        inner = yield "first"
        yield inner

    note = Note(title="a")
    blocks = begun()
    next(blocks)
    assert not_plain(blocks) is NOTHING
    blocks.send(note)
    assert not_plain(blocks) is note


def test_the_error_names_what_is_held():
    note = Note(title="a")
    with pytest.raises(DeclarationError, match="holds Note"):
        live(part for part in "abc" if note)
