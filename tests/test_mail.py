"""Mail leaves when, and only when, its transaction is committed: to a real SMTP server in this process."""

import logging
import smtplib
import socket
import threading

import pytest
import transaction

from objpub.errors import SettingsError
from objpub.mail import Letter
from objpub.mail import Mailer
from objpub.mail import mailer_for
from objpub.mail import post
from objpub.settings import load_settings
from tests.mailbox import mailbox
from tests.mailbox import settings_for

LETTER = Letter("ann@example.org", "Gezeiten: Ebbe & Flut", "Zeile eins\n.Punkt\nÄnderung\n")
SECRET = "a password of the mail server"


def mailer(box=None, development=False, **more):
    values = {} if box is None else settings_for(box)
    named = {**values, **more}.items()
    environ = {f"OBJPUB_{name.replace('.', '_').upper()}": str(value) for name, value in named}
    return mailer_for(load_settings(None, environ).mail, development)


@pytest.fixture
def manager():
    return transaction.TransactionManager(explicit=True)


class Refuses:
    """A data manager that does not agree to commit."""

    def tpc_vote(self, transaction):
        raise RuntimeError("no")

    def __init__(self, key):
        self.sortKey = lambda: key

    def nothing(self, transaction):
        pass

    abort = tpc_begin = commit = tpc_finish = tpc_abort = nothing


def test_a_letter_leaves_with_the_commit_once_and_whole(manager):
    with mailbox() as box:
        post_office = mailer(box)
        running = manager.begin()
        post(running, post_office, LETTER)
        post_office.wait()
        assert box.letters == []
        manager.commit()
        post_office.wait()
        manager.begin()
        manager.commit()
        post_office.close()
    assert len(box.letters) == 1
    letter = box.letters[0]
    assert (letter["To"], letter["From"], letter["Subject"]) == (
        "ann@example.org",
        "site@coast.example.org",
        LETTER.subject,
    )
    assert letter.get_content().replace("\r\n", "\n") == LETTER.text
    assert letter["Message-ID"].endswith("@coast.example.org>")


@pytest.mark.parametrize(
    ("sender", "comes_from", "answers"),
    [
        ({}, "Coast <site@coast.example.org>", None),
        ({"sender": "office@blog.example.org"}, "Coast <office@blog.example.org>", None),
        ({"sender_name": "Büro, Küste"}, '"Büro, Küste" <site@coast.example.org>', None),
        ({"sender_name": "=?utf-8?q?x?="}, "= ?utf-8?q?x?= <site@coast.example.org>", None),
        (
            {"sender": "a@b.example", "sender_name": "Office", "reply_to": "ines@b.example"},
            "Office <a@b.example>",
            "ines@b.example",
        ),
    ],
)
def test_what_a_letter_says_of_its_sender_goes_before_the_settings(manager, sender, comes_from, answers):
    with mailbox() as box:
        post_office = mailer(box, **{"mail.sender": "Coast <site@coast.example.org>"})
        post(manager.begin(), post_office, Letter("ann@example.org", "Tides", "x", **sender))
        manager.commit()
        post_office.close()
    (letter,) = box.letters
    assert (str(letter["From"]), letter["Reply-To"]) == (comes_from, answers)


def test_two_letters_of_one_transaction_both_leave(manager):
    with mailbox() as box:
        post_office = mailer(box)
        running = manager.begin()
        post(running, post_office, LETTER)
        post(running, post_office, Letter("tom@example.org", "Second", "x"))
        manager.commit()
        post_office.close()
    assert [letter["To"] for letter in box.letters] == ["ann@example.org", "tom@example.org"]


@pytest.mark.parametrize("end", ["abort", "refused first", "refused last", "rollback", "doom"])
def test_what_is_not_committed_sends_nothing(manager, end):
    with mailbox() as box:
        post_office = mailer(box)
        running = manager.begin()
        begun = running.savepoint()
        post(running, post_office, LETTER)
        if end == "rollback":
            running.savepoint()
            begun.rollback()
            manager.commit()
        elif end.startswith("refused"):
            running.join(Refuses("a" if end.endswith("first") else "~~"))
            with pytest.raises(RuntimeError):
                manager.commit()
            manager.abort()
        else:
            running.doom() if end == "doom" else None
            manager.abort()
        post_office.close()
    assert box.letters == []


def test_what_was_posted_before_a_savepoint_stays(manager):
    with mailbox() as box:
        post_office = mailer(box)
        running = manager.begin()
        post(running, post_office, LETTER)
        begun = running.savepoint()
        post(running, post_office, Letter("tom@example.org", "Second", "x"))
        begun.rollback()
        manager.commit()
        post_office.close()
    assert [letter["To"] for letter in box.letters] == ["ann@example.org"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_the_connection_is_kept_secret_and_the_server_is_known(manager, security, caplog):
    with mailbox(security=security, password=SECRET) as box:
        post_office = mailer(box)
        post(manager.begin(), post_office, LETTER)
        manager.commit()
        post_office.close()
        assert len(box.letters) == 1
        stranger = mailer(box, **{"mail.ca_file": ""})  # whose certificate nobody vouches for
        stranger._waits = ()
        post(manager.begin(), stranger, LETTER)
        manager.commit()
        stranger.close()
    assert len(box.letters) == 1
    assert "could not be sent" in caplog.text


def test_a_server_that_offers_no_secret_connection_gets_no_password(manager, caplog):
    with mailbox(security="none", password=SECRET) as box:
        post_office = mailer(box, **{"mail.security": "starttls"})
        post_office._waits = ()
        post(manager.begin(), post_office, LETTER)
        manager.commit()
        post_office.close()
    assert box.letters == []
    assert not [line for line in box.said if line.startswith("AUTH")]


def test_a_letter_that_could_not_be_sent_is_tried_again(manager, caplog):
    with mailbox(refusing=["451 later", "451 later"]) as box:
        post_office = mailer(box)
        post_office._waits = (0.0, 0.0)
        post(manager.begin(), post_office, LETTER)
        manager.commit()
        post_office.wait()
        post_office.close()
    assert len(box.letters) == 1
    assert caplog.text.count("451") == 2


def test_the_password_and_the_text_are_in_no_log(manager, caplog):
    caplog.set_level(logging.DEBUG)
    with mailbox(security="starttls", password="another") as box:
        post_office = mailer(box, **{"mail.password": SECRET})
        post_office._waits = ()
        post(manager.begin(), post_office, LETTER)
        manager.commit()
        post_office.close()
    assert "does not accept mail.user" in caplog.text
    for secret in (SECRET, "Punkt", "ann@example.org"):
        assert secret not in caplog.text
    assert SECRET not in repr(load_settings(None, {"OBJPUB_MAIL_PASSWORD": SECRET}))


def test_a_silent_server_holds_up_no_stop(manager, caplog):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        values = {"server": "localhost", "port": silent.getsockname()[1], "sender": "site@example.org"}
        post_office = mailer(**{f"mail.{name}": value for name, value in values.items()})
        post(manager.begin(), post_office, LETTER)
        manager.commit()
        connection, _ = silent.accept()
        post_office.close(patience=0.05)
        connection.close()
    assert "mails are lost" in caplog.text


def sent_by(carry, *letters, waits=()):
    """Let a mailer with *carry* send *letters*; return it."""
    post_office = Mailer(carry, "site@example.org", waits)
    for letter in letters:
        post_office.take(post_office.message(letter))
    return post_office


def test_a_mistake_of_one_letter_stops_no_other(caplog):
    carried = []

    def carry(message):
        if not carried:
            carried.append(None)
            raise RuntimeError("unforeseen")
        carried.append(message["To"])

    sent_by(carry, LETTER, Letter("tom@example.org", "Second", "x")).close()
    assert carried == [None, "tom@example.org"]
    assert "unforeseen" in caplog.text


def test_an_address_that_the_server_does_not_take_is_in_no_log(caplog):
    def carry(message):
        raise smtplib.SMTPRecipientsRefused({"ann@example.org": (550, b"no")})

    sent_by(carry, LETTER).close()
    assert "does not take the address" in caplog.text
    assert "ann@example.org" not in caplog.text


def test_letters_do_not_pile_up_without_end(caplog, monkeypatch):
    monkeypatch.setattr("objpub.mail.MOST_WAITING", 1)
    begun, go_on = threading.Event(), threading.Event()

    def carry(message):
        begun.set()
        go_on.wait(30)

    post_office = sent_by(carry, LETTER)
    begun.wait(30)
    post_office.take(post_office.message(LETTER))
    assert "lost" not in caplog.text
    post_office.take(post_office.message(LETTER))
    assert "A mail is lost: 1 are waiting" in caplog.text
    thread = post_office._thread
    post_office.close(patience=0.05)
    assert "mails are lost" in caplog.text
    post_office._letters.get()
    post_office._letters.put(None)
    go_on.set()
    thread.join(30)


@pytest.mark.parametrize(
    "letter",
    [
        Letter("ann@example.org\r\nBcc: all@example.org", "x", "x"),
        Letter("ann@example.org, bob@example.org", "x", "x"),
        Letter("no address", "x", "x"),
        Letter("ann@example.org", "x\r\nBcc: all@example.org", "x"),
    ],
)
def test_a_letter_that_would_go_elsewhere_is_refused_at_once(manager, letter):
    with mailbox() as box:
        post_office = mailer(box)
        running = manager.begin()
        with pytest.raises(ValueError):
            post(running, post_office, letter)
        manager.commit()
        post_office.close()
    assert box.letters == []


def test_in_development_a_letter_is_printed(manager, capsys):
    post_office = mailer(development=True)
    post(manager.begin(), post_office, LETTER)
    manager.commit()
    post_office.close()
    printed = capsys.readouterr().out
    assert "ann@example.org" in printed and "Änderung" in printed


def test_without_a_server_there_is_no_way():
    assert not mailer().works
    mailer().close()


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"mail.server": "mail.example.org", "mail.sender": "nobody"}, "mail.sender"),
        (
            {
                "mail.server": "mail.example.org",
                "mail.sender": "a@example.org",
                "mail.password": "x",
                "mail.security": "none",
            },
            "in the open",
        ),
        (
            {"mail.server": "mail.example.org", "mail.sender": "a@example.org", "mail.ca_file": "/nowhere"},
            "mail.ca_file",
        ),
        ({"mail.security": "ssl"}, "one of starttls, tls, none"),
    ],
)
def test_settings_that_do_not_fit_stop_the_start(values, wanted):
    with pytest.raises(SettingsError, match=wanted):
        mailer(**values)


@pytest.mark.parametrize(
    "subject", ["=?utf-8?q?=0aBcc:_eve@example.org?=", "a =?utf-8?b?DQoNClBheSBub3c=?= b"]
)
def test_nothing_comes_into_a_mail_by_a_subject_that_looks_encoded(subject):
    message = Mailer(None, "site@example.org").message(Letter("ann@example.org", subject, "Tides"))
    (line,) = [each for each in message.as_bytes().split(b"\r\n") if each.startswith(b"Subject:")]
    assert line == b"Subject: " + subject.replace("=?", "= ?").encode() and b"\n" not in line
    assert b"Bcc" not in message.as_bytes().replace(line, b"") and message["Subject"].defects == ()
