"""Mail and webhooks through the queue."""

import hashlib
import hmac
import http.server
import json
import socket
import threading
from base64 import b64encode
from contextlib import contextmanager
from contextlib import suppress

import pytest

from objpub.errors import Invalid
from objpub.jobs import put_mail
from objpub.jobs import put_webhook
from objpub.jobs import queue_of
from objpub.jobs import webhooks
from objpub.mail import mailer_for
from objpub.settings import MailSettings
from tests.jobs.test_jobs import overdue
from tests.mailbox import mailbox


def mailer_to(box):
    return mailer_for(
        MailSettings(
            server="localhost", port=box.port, security="none", sender="Coast <site@coast.example.org>"
        ),
        False,
    )


def test_a_letter_is_sent_once_after_the_commit(world, do):
    with mailbox() as box:
        put_mail(world.site, "ann@example.org", "Tides", "They come.\n.\n..and go\n")
        world.commit()
        assert do(outside=True, mailer=mailer_to(box)) == 1
        assert do(outside=True, mailer=mailer_to(box)) == 0
        (letter,) = box.letters
        assert (letter["To"], letter["Subject"]) == ("ann@example.org", "Tides")
        assert letter.get_content().splitlines() == ["They come.", ".", "..and go"]


def test_a_letter_comes_from_whom_the_site_names(world, do):
    world.site.mail_from, world.site.mail_reply_to = "office@blog.example.org", "ines@blog.example.org"
    with mailbox() as box:
        put_mail(world.site, "ann@example.org", "Tides", "They come.")
        world.commit()
        do(outside=True, mailer=mailer_to(box))
        (letter,) = box.letters
    assert (letter["From"], letter["Reply-To"]) == (
        "Coast <office@blog.example.org>",
        "ines@blog.example.org",
    )


def test_a_mail_server_that_is_busy_is_asked_again_with_the_same_name(world, do):
    with mailbox(refusing=["451 later"]) as box:
        put_mail(world.site, "ann@example.org", "Tides", "They come.")
        world.commit()
        do(outside=True, mailer=mailer_to(box))
        (waiting,) = queue_of(world.site).waiting()
        assert "451" in waiting.error and not waiting.has_handed
        overdue(world)
        do(outside=True, mailer=mailer_to(box))
        (letter,) = box.letters
        assert letter["Message-ID"] == f"<{waiting.id}@coast.example.org>"


def test_without_a_mail_server_a_letter_waits(world, do):
    put_mail(world.site, "ann@example.org", "Tides", "They come.")
    world.commit()
    do(outside=True, mailer=mailer_for(MailSettings(), False))
    (waiting,) = queue_of(world.site).waiting()
    assert "mail.server is not set" in waiting.error


@pytest.mark.parametrize(
    ("to", "subject", "text"),
    [
        ("no address", "Tides", "x"),
        ("a@[", "Tides", "x"),
        ("a@", "Tides", "x"),
        ("(", "Tides", "x"),
        (None, "Tides", "x"),
        ("ann@example.org\r\nBcc: eve@example.org", "Tides", "x"),
        ("ann@example.org", "two\nlines", "x"),
        ("ann@example.org", "nul\0", "x"),
        ("ann@example.org", 5, "x"),
        ("ann@example.org", "Tides", "\ud800"),
        ("ann@example.org", "Tides", None),
    ],
)
def test_what_cannot_be_sent_is_refused(world, to, subject, text):
    with world.refuses(Invalid):
        put_mail(world.site, to, subject, text)


@contextmanager
def receiver(statuses):
    """Run a program that takes webhooks, and answers with *statuses*; gives its address and what it got."""
    got = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, dict(self.headers), body))
            self.send_response(statuses.pop(0) if statuses else 204)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hook?a=b", got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_webhook_is_signed_and_tried_until_it_is_taken(world, do):
    with receiver([500, 302]) as (url, got):
        put_webhook(world.site, url, "published", {"path": "/tides", "title": "Düne"})
        world.commit()
        for _ in range(3):
            do(outside=True, secret="Wanted by both")
            overdue(world)
        assert not list(queue_of(world.site).waiting())
    assert len(got) == 3
    path, headers, body = got[-1]
    assert path == "/hook?a=b"
    assert json.loads(body) == {"type": "published", "data": {"path": "/tides", "title": "Düne"}}
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = b64encode(hmac.new(b"Wanted by both", signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"
    assert len({each["webhook-id"] for _, each, _ in got}) == 1


def test_a_receiver_that_is_gone_is_left_alone(world, do):
    with receiver([410]) as (url, got):
        put_webhook(world.site, url, "published", {})
        world.commit()
        do(outside=True)
        (dead,) = queue_of(world.site).dead.values()
        assert "answered 410" in dead.error and len(got) == 1


def test_nothing_is_sent_without_a_secret(world, do):
    with receiver([]) as (url, got):
        put_webhook(world.site, url, "published", {})
        world.commit()
        do(outside=True, secret="")
        assert got == []
        (waiting,) = queue_of(world.site).waiting()
        assert "webhooks.secret is not set" in waiting.error


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org",
        "https://",
        "no",
        None,
        "http://" + "x" * 2_000,
        "http://[::1",
        "http://example.org:99999/",
        "http://example.org:0/",
        "http://name:password@example.org/",
        "http://example.org/\r\nX: y",
        "http://exa mple.org/",
        "http://b\u00fccher.example/",
    ],
)
def test_what_is_no_address_of_a_program_is_refused(world, url):
    with world.refuses(Invalid):
        put_webhook(world.site, url, "published", {})


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "0x7f.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_a_webhook_goes_into_no_private_network_that_is_not_named(world, do, host):
    with receiver([]) as (url, got):
        put_webhook(world.site, url.replace("127.0.0.1", host), "published", {})
        world.commit()
        do(outside=True, private_hosts=("intern",))
        (waiting,) = queue_of(world.site).waiting()
        assert got == [] and "private network" in waiting.error


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f::1", True),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("::", False),
    ],
)
def test_what_is_public(address, wanted):
    assert webhooks.is_public(address) is wanted


def test_a_receiver_that_answers_drop_by_drop_does_not_hold_up_the_others(world, do, monkeypatch):
    monkeypatch.setattr(webhooks, "TIMEOUT_SECONDS", 0.2)
    ended = threading.Event()
    server = socket.create_server(("127.0.0.1", 0))

    def drip():
        with server.accept()[0] as taken, suppress(OSError):
            while not ended.wait(0.02):
                taken.sendall(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    put_webhook(world.site, f"http://127.0.0.1:{server.getsockname()[1]}/", "published", {})
    world.commit()
    assert do(outside=True) == 1
    ended.set()
    thread.join()
    server.close()
    (waiting,) = queue_of(world.site).waiting()
    assert waiting.error and waiting.tries == 1
