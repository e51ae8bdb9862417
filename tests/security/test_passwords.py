import os
import sys
import threading

import pytest

from objpub.errors import Invalid
from objpub.security import check_new_password
from objpub.security import Passwords
from objpub.security.passwords import in_the_background

GOOD = "drifting amber kettle"


@pytest.fixture
def cheap():
    return Passwords(time_cost=1, memory_cost=8, parallelism=1)


def test_a_hash_is_argon2id_with_its_parameters_and_a_salt(cheap):
    first, second = cheap.hash(GOOD), cheap.hash(GOOD)
    assert first.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert first != second
    assert GOOD not in first


def test_the_default_parameters_are_those_of_rfc_9106():
    assert Passwords().hash(GOOD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_only_the_right_password_is_right(cheap):
    stored = cheap.hash(GOOD)
    assert cheap.check(GOOD, stored) == (True, None)
    for wrong in ("", GOOD + " ", GOOD.upper(), "x" * 100_000, "\0", "\ud800"):
        assert cheap.check(wrong, stored) == (False, None)


def test_nobody_has_a_password(cheap):
    assert cheap.check(GOOD, None) == (False, None)
    assert cheap.check("", None) == (False, None)
    assert cheap.check(GOOD, "plain text, not a hash") == (False, None)


def test_a_hash_with_other_parameters_is_renewed(cheap):
    stored = cheap.hash(GOOD)
    stronger = Passwords(time_cost=2, memory_cost=16, parallelism=1)
    right, renewed = stronger.check(GOOD, stored)
    assert right
    assert renewed.startswith("$argon2id$v=19$m=16,t=2,p=1$")
    assert stronger.check(GOOD, renewed) == (True, None)
    assert stronger.check("wrong", stored) == (False, None)


class Watched:
    """Does what a hasher does, and keeps the hashes that it was asked to check against."""

    def __init__(self, hasher):
        self.hasher = hasher
        self.hashes = []

    def verify(self, text, stored):
        self.hashes.append(stored)
        return self.hasher.verify(text, stored)

    def verify_and_update(self, text, stored):
        self.hashes.append(stored)
        return self.hasher.verify_and_update(text, stored)


def test_the_work_is_the_same_for_nobody():
    passwords = Passwords(time_cost=1, memory_cost=4096, parallelism=1)
    stored = passwords.hash(GOOD)
    passwords._hash = Watched(passwords._hash)
    for each in (stored, None, "plain text, not a hash"):
        assert passwords.check("wrong", each)[0] is False
    real, nobody, _, instead = passwords._hash.hashes
    assert (real, _) == (stored, "plain text, not a hash")
    for other in (nobody, instead):
        assert other.rpartition("$")[0].rpartition("$")[0] == real.rpartition("$")[0].rpartition("$")[0]
        assert [len(part) for part in other.split("$")] == [len(part) for part in real.split("$")]


def test_both_ways_to_type_a_letter_are_one(cheap):
    assert cheap.check("cafe\u0301 drifting", cheap.hash("caf\u00e9 drifting"))[0]


@pytest.mark.parametrize(
    "password",
    [GOOD, "correct horse battery", "Zug nach Ulm 8:15", "海の向こうに小さな灯が見える", "k9$Vq2!pLx"],
)
def test_good_passwords(password):
    check_new_password(password, "ann")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short one", "at least 10 characters; this one has 9"),
        ("", "at least 10 characters; this one has 0"),
        ("drifting amber " * 50, "at most 500 characters; this one has 750"),
        ("drifting\namber", "no control characters"),
        ("drifting\0amber", "no control characters"),
        ("password123", "one of the first"),
        ("P@ssw0rd!!!!", "one of the first"),
        ("P@ssw0rd2026", "one of the first"),
        ("2026!Pa55word", "one of the first"),
        ("1234567890", "one of the first"),
        ("2026-11-20", "one of the first"),
        ("qwertyuiop", "one of the first"),
        ("Qwertyuiop[]1", "one of the first"),
        ("administrator", "one of the first"),
        ("letmein12345", "one of the first"),
        ("aaaaaaaaaaaa", "one of the first"),
        ("abababababab", "one of the first"),
        ("abcdefghijkl", "one of the first"),
        ("zyxwvutsrqponm", "one of the first"),
        ("Ann.Lee@Example", "The name of the user"),
        ("ann.lee@example Ann.Lee@Example", "The name of the user"),
    ],
)
def test_bad_passwords_are_refused_and_not_repeated(password, reason):
    with pytest.raises(Invalid, match=reason) as caught:
        check_new_password(password, "ann.lee@example")
    assert not password or password not in str(caught.value)


def test_nothing_is_shown_of_how(cheap):
    assert repr(cheap) == "<Passwords>"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows how urgent a thread is")
def test_hashing_is_less_urgent_than_pages_and_leaves_the_thread_that_waits_for_it_as_it_was():
    def urgency():
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = urgency()
    assert in_the_background(urgency) > before
    assert urgency() == before


def test_what_hashing_raises_reaches_who_asked_for_it():
    with pytest.raises(ZeroDivisionError):
        in_the_background(int.__floordiv__, 1, 0)
