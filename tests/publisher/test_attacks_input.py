"""What comes in, over a socket: limits, framing, hosts, headers of proxies, private names."""

import gzip
import json
import socket

import pytest

from objpub import Content
from objpub import Folder
from objpub import Site
from objpub import testing
from objpub.testing import PASSWORD
from objpub.views import view
from tests.publisher.running import basic
from tests.publisher.running import served

LIMITS = {
    "limits.body_bytes": 100_000,
    "limits.form_bytes": 20_000,
    "limits.fields": 100,
    "limits.parts": 50,
    "limits.depth": 20,
    "limits.path_bytes": 500,
    "server.hosts": ["good.example", "127.0.0.1"],
    "security.account_failures": 3,
    "security.address_failures": 6,
}


class Page(Content, addable="anywhere"):
    """A page."""

    title: str = ""


@view(Site, "take", method=["POST", "PUT"], permission="public")
def take(site, request, number: int = 0, ratio: float = 0.0, text: str = ""):
    site.title = text or "Taken"
    return "taken"


@view(Site, "seen", permission="public")
def seen(site, request):
    return json.dumps(
        [
            request.url(site, absolute=True),
            request.origin,
            request.remote_addr,
            request.incoming.path,
            request.identity.user_id,
            request.method,
        ]
    )


@pytest.fixture(scope="module")
def site():
    with testing.site(Page, take, seen, settings=LIMITS) as site:
        site.add_user("mia", roles=["manager"])
        with site.work() as root:
            root.add("box", Folder()).add("page", Page(title="A page"))
        yield site


@pytest.fixture(scope="module")
def wire(site):
    with served(site) as wire:
        yield wire


def multipart(*parts):
    return b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"


PART = b'Content-Disposition: form-data; name="a"\r\n\r\nx'
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
MANY = "multipart/form-data; boundary=b"
BOMBS = {
    "many fields": (FORM, b"a=1&" * 200, {413}),
    "large form": (FORM, b"a=" + b"x" * 30_000, {413}),
    "large body": ("text/plain", b"x" * 150_000, {413}),
    "many parts": (MANY, multipart(*[PART] * 80), {413}),
    "large part": (MANY, multipart(PART + b"x" * 60_000), {413}),
    "long header of a part": (MANY, multipart(b"X-Y: " + b"z" * 10_000 + b"\r\n" + PART), {400, 413}),
    "many headers of a part": (MANY, multipart(b"X-Y: z\r\n" * 2_000 + PART), {400, 413}),
    "no boundary": ("multipart/form-data", multipart(PART), {400}),
    "long boundary": (f"multipart/form-data; boundary={'b' * 5_000}", multipart(PART), {400}),
    "part without a name": (MANY, multipart(b"Content-Disposition: form-data\r\n\r\nx"), {400}),
    "open end": (MANY, b"--b\r\n" + PART, {400}),
    "many dashes": (MANY, b"-" * 90_000, {400}),
    "many line ends": (MANY, b"\r\n" * 45_000, {400}),
    "deep lists": (JSON, b"[" * 9_000, {400}),
    "deep objects": (JSON, b'{"a":' * 3_000 + b"1" + b"}" * 3_000, {400}),
    "deep but whole": (JSON, b'{"a":' + b"[" * 500 + b"]" * 500 + b"}", {400}),
    "long number": (JSON, b'{"number": ' + b"9" * 10_000 + b"}", {400}),
    "long exponent": (JSON, b'{"ratio": 1e999999999}', {400}),
    "not a number": (JSON, b'{"ratio": NaN}', {400}),
    "half a character": (JSON, b'{"text": "\\ud800"}', {400}),
    "not UTF-8": (JSON, b'{"text": "\xff"}', {400}),
    "a list": (JSON, b"[1]", {400}),
    "nothing": (JSON, b"   ", {400}),
    "half": (JSON, b'{"text": ', {400}),
    "UTF-16": (JSON, '{"text": "x"}'.encode("utf-16"), {400}),
    "NUL": (FORM, b"text=a%00b", {400}),
    "broken escape": (FORM, b"text=%ff", {400}),
    "raw bytes": (FORM, b"text=\xff\xfe", {400}),
    "long number in a form": (FORM, b"number=" + b"9" * 9_000, {400}),
    "other digits": (FORM, "number=٣".encode(), {400}),
    "infinite": (FORM, b"ratio=inf", {400}),
    "two values": (FORM, b"number=1&number=x", {400}),
    "another charset": (FORM + "; charset=utf-7", b"text=+ADw-", {415}),
    "XML": ("application/xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", {415}),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_body_that_is_too_much_or_nonsense_is_refused_and_changes_nothing(site, wire, kind):
    media_type, body, statuses = BOMBS[kind]
    before = site.last_transaction()
    answer = wire.ask("POST", "/take", body, Content_Type=media_type, Origin=wire.origin)
    assert answer.status in statuses
    assert site.last_transaction() == before
    assert list(site.database.temporary_folder.iterdir()) == []


def test_a_packed_body_is_not_unpacked(site, wire):
    packed = gzip.compress(b"text=" + b"x" * 10_000_000)
    answer = wire.ask("POST", "/take", packed, Content_Type=FORM, Content_Encoding="gzip", Origin=wire.origin)
    assert answer.status == 415


def raw(wire, data):
    """Return all that the server answers to *data* before it closes."""
    with socket.create_connection(("127.0.0.1", wire.port), 10) as connection:
        answer = b""
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while block := connection.recv(65_536):
                answer += block
        except TimeoutError:
            raise
        except OSError:  # it closes without reading what it does not want
            pass
        return answer


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 10\r\nContent-Length: 5",
        b"Content-Length: +5",
        b"Content-Length: 5, 5",
        b"Content-Length: -1",
        b"Content-Length: 0x5",
        b"Content-Length: 1_0",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5",
        b"Transfer-Encoding: xchunked",
        b"Transfer-Encoding: chunked, identity",
        b"Transfer-Encoding:\x0bchunked",
        b"Transfer-Encoding : chunked",
        b"Content-Length : 5",
        b" Content-Length: 5",
        b"X: y\rContent-Length: 5",
        b"X: y\nContent-Length: 5\nHost: z",
        b"X-Long: " + b"x" * 20_000,
        b"Host: evil.example",
        b"\x00: x",
    ],
)
def test_a_request_that_others_read_differently_is_answered_once_or_not_at_all(site, wire, head):
    follows = b"POST /take?text=smuggled HTTP/1.1\r\nHost: good.example\r\nContent-Length: 0\r\n\r\n"
    data = b"POST /take HTTP/1.1\r\nHost: good.example\r\n" + head + b"\r\n\r\n" + b"0\r\n\r\n" + follows
    answer = raw(wire, data)
    assert b" 500 " not in answer.split(b"\r\n", 1)[0]
    assert answer.count(b"HTTP/1.1 ") <= 1 or b" 400 " in answer.split(b"\r\n", 1)[0]
    with site.work() as root:
        assert root.title != "smuggled"


HOSTS = [
    "evil.example",
    "good.example.evil.example",
    "good.example@evil.example",
    "good.example:80@evil.example",
    "good.example#.evil.example",
    "good.example/.evil.example",
    "evil.example:80, good.example",
    "[::1]",
    "",
    " ",
    "good.example\t.evil",
    "good.example.",
    "GOOD.EXAMPLE:99999x",
]


@pytest.mark.parametrize("host", HOSTS)
def test_another_host_is_refused_and_its_name_is_in_no_link(wire, host):
    head = f"GET /seen HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    answer = raw(wire, head.encode())
    assert answer.split(b" ")[1] == b"400"
    assert b'href="http' not in answer


TRUSTED_BY_NOBODY = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Port": "666",
    "X-Forwarded-Prefix": "/evil",
    "X-Script-Name": "/evil",
    "Forwarded": "for=203.0.113.7;host=evil.example;proto=https",
    "X-Real-IP": "203.0.113.7",
    "X-Original-URL": "/logout",
    "X-Rewrite-URL": "/logout",
    "X-Host": "evil.example",
    "X-HTTP-Method-Override": "DELETE",
    "X-VHM-Host": "evil.example",
    "Remote-User": "mia",
    "Remote_User": "mia",
    "X-Remote-User": "mia",
    "Remote-Addr": "203.0.113.7",
    "Script-Name": "/evil",
    "Path-Info": "/logout",
}


@pytest.mark.parametrize("name", TRUSTED_BY_NOBODY)
def test_headers_that_only_a_proxy_may_send_change_nothing(wire, name):
    plain = "GET /seen HTTP/1.1\r\nHost: good.example\r\nConnection: close\r\n{}\r\n"
    wanted = raw(wire, plain.format("").encode()).partition(b"\r\n\r\n")[2]
    answer = raw(wire, plain.format(f"{name}: {TRUSTED_BY_NOBODY[name]}\r\n").encode())
    assert answer.partition(b"\r\n\r\n")[2] == wanted
    assert b"evil" not in answer


@pytest.mark.parametrize("name", ["X_Forwarded_For", "x_forwarded_host", "X-Forwarded_Proto", "X_Real_IP"])
def test_headers_of_proxies_that_are_spelled_so_that_a_proxy_lets_them_pass_are_refused(wire, name):
    answer = raw(wire, f"GET /seen HTTP/1.1\r\nHost: good.example\r\n{name}: evil.example\r\n\r\n".encode())
    assert answer.split(b" ")[1] == b"400"
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    "name",
    ["users", "_users", "trash", "_settings", "__parent__", "__dict__", "_children", "_p_jar", "get", "add"],
)
@pytest.mark.parametrize("base", ["/", "/box/", "/box/page/", "/@@"])
@pytest.mark.parametrize("rest", ["", "/mia", "/get"])
def test_what_is_not_declared_has_no_address(wire, base, name, rest):
    cookie = {"Authorization": basic("mia")}
    assert wire.ask("GET", f"{base}{name}{rest}", **cookie).status == 404


@pytest.mark.parametrize(
    "step", ["++at++x/", "++api++/", "@@take/", "@@/", "++x++y/", "take/", "././", "box/../"]
)
def test_steps_that_are_repeated_are_bounded(wire, step):
    answer = wire.ask("GET", "/" + step * 60)
    assert answer.status in {308, 400, 404, 405, 414}


def test_who_guesses_waits_whatever_address_he_claims_and_the_session_of_another_goes_on():
    with testing.site(take, seen, settings=LIMITS) as site, served(site) as wire:
        site.add_user("mia")
        cookie = wire.sign_in("mia")
        statuses = []
        for number in range(12):
            answer = wire.ask(
                "POST",
                "/login",
                f"name=mia&password=guess{number}",
                Origin=wire.origin,
                X_Forwarded_For=f"203.0.113.{number}",
                X_Real_IP=f"203.0.113.{number}",
            )
            statuses.append(answer.status)
        assert statuses[:3] == [401] * 3
        assert statuses[-1] == 429
        assert int(answer.header("Retry-After")) > 0
        right = wire.ask("POST", "/login", f"name=mia&password={PASSWORD}", Origin=wire.origin)
        assert right.status == 429
        assert json.loads(wire.ask("GET", "/seen", Cookie=cookie).text)[4] == "mia"


def test_many_ranges_of_a_file_are_not_assembled(site, wire):
    ranges = "bytes=" + ",".join(f"{number}-{number + 1}" for number in range(200))
    answer = wire.ask("GET", "/static/objpub-publisher/plain.css", Range=ranges)
    assert answer.status in {200, 416}
    assert len(answer.body) < 100_000
