"""Passwords: hashed with argon2id, checked at the same cost whoever they are for, long enough, not common.

At least ten characters: tries from outside are slowed down to some hundred a day (`throttle`), and argon2id
makes each guess at a stolen hash cost memory and time, so ten characters that are not on the guessers'
lists are out of reach; asking for more makes people write them down. There is no rule about digits or
signs: such rules make passwords harder to remember, not to guess (NIST SP 800-63B).
"""

import base64
import itertools
import os
import re
import secrets
import sys
import threading
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING
from typing import TypeVar

from objpub.errors import Invalid
from objpub.libraries import later

if TYPE_CHECKING:
    from concurrent import futures

    import pwdlib
    from pwdlib import exceptions
    from pwdlib.hashers import argon2
else:
    argon2 = later("pwdlib.hashers.argon2")
    exceptions = later("pwdlib.exceptions")
    futures = later("concurrent.futures")
    pwdlib = later("pwdlib")

Result = TypeVar("Result")

SHORTEST = 10  # characters
SHORTEST_OF_DIGITS = 16  # without any letter
LONGEST = 500  # characters; argon2 hashes any length, but nobody types more

# How much less urgent than a page: 0 not at all, 19 the most. On a machine with six times as much to do as
# it can, a check takes 1.1 s with 0 and with 5, and 2.5 s with 10; pages are as quick with 5 as with 10.
URGENCY = 5

# What guessers try first, without the digits and signs that people put around it.
COMMON = frozenset(
    """
    abc abcd abcde abcdef abcdefg abcdefgh abcdefghi abcdefghij access account admin adminadmin
    administrator alexander amanda andrew angel anthony apple asdf asdfasdf asdfgh asdfghjkl asdfghjklm
    ashley azerty azertyuiop babygirl bailey baseball basketball batman biteme blessed brandon buster
    butterfly changeit changeme charlie cheese chelsea chocolate christian christopher computer cookie
    correcthorsebatterystaple cowboys daniel default demo demodemo diamond dolphins dragon eagles
    elizabeth family fascinate flower flowers football forever freedom friends fuckyou george giants
    ginger guest hannah happiness heather hello helloworld hockey hunter hunting iamgod iloveme iloveyou
    iloveyouforever internet jackson jasmine jennifer jessica jesuschrist jordan joshua justin killer
    kitten lakers lauren letmein letmeinplease liverpool login lovelove lovely loveme lovers maggie
    manager manchester manunited master matrix matthew maverick melissa mercedes merlin michael michelle
    microsoft midnight monkey morgan mustang mypassword myspace naruto newpassword nicholas nicole
    nopassword nothing objpub operator orange passphrase passwd password passwordpassword passwort patrick
    peanut pepper phoenix pokemon porsche princess private purple qazwsx qazwsxedc qqww qweasd qweasdzxc
    qwer qwert qwerty qwertyqwerty qwertyui qwertyuiop qwertz qwertzuiop rabbit rainbow ranger richard
    robert rocket samantha samsung scooter secret secretsecret security server shadow silver smokey
    snowball soccer softball sophie sparky spiderman starwars steelers steven student summer sunshine
    superman supervisor sweetheart sweety sysadmin system taylor teacher temporary tequiero test testing
    testtest thomas thunder tiffany tigger toyota trustno trustnoone tweety unknown user username victoria
    viking warrior welcome welcomehome welcometo whatever william winner winter wizard xxxxxx yankees
    yellow zaq zaqwsx zxcvbn zxcvbnm zxcvbnmasdfghjkl
    """.split()
)
LEET = str.maketrans("01345$@7", "oleassat")
NOT_LETTERS = re.compile(r"[\W\d_]+")
EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")


class Passwords:
    """Hashes and checks passwords with argon2id.

    time_cost: iterations. memory_cost: KiB. parallelism: lanes. The defaults are what argon2-cffi takes
    from RFC 9106: 64 MiB and about a fifth of a second; tests take cheap ones.
    """

    def __init__(self, time_cost: int = 3, memory_cost: int = 65536, parallelism: int = 4):
        self._costs = time_cost, memory_cost, parallelism
        # A hash that no password has: to check against it is the same work as for a real one.
        salt, digest = (
            base64.b64encode(secrets.token_bytes(size)).rstrip(b"=").decode() for size in (16, 32)
        )
        self._nobody = f"$argon2id$v=19$m={memory_cost},t={time_cost},p={parallelism}${salt}${digest}"

    @cached_property
    def _hash(self) -> "pwdlib.PasswordHash":
        """What hashes: many sites have no sign-in for days."""
        time_cost, memory_cost, parallelism = self._costs
        hasher = argon2.Argon2Hasher(time_cost=time_cost, memory_cost=memory_cost, parallelism=parallelism)
        return pwdlib.PasswordHash((hasher,))

    def hash(self, password: str) -> str:
        """Return the hash of *password*, with its parameters and a salt of its own."""
        return in_the_background(self._hash.hash, normalized(password))

    def check(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Return whether *password* is the one of the hash *stored*, and a new hash if it needs one.

        stored: None for somebody unknown: never right, after the same work.
        """
        text = normalized(password[: LONGEST + 1])
        if stored is None or len(text) > LONGEST:
            in_the_background(self._hash.verify, text[:LONGEST], self._nobody)
            return False, None
        try:
            return in_the_background(self._hash.verify_and_update, text, stored)
        except exceptions.UnknownHashError:
            return self.check(password, None)

    def __repr__(self) -> str:
        return "<Passwords>"


def in_the_background(work: Callable[..., Result], *args: str) -> Result:
    """Return what *work* returns, and let pages go first: it is done as less urgent.

    Hashing takes every processor it gets for a fifth of a second, and those who read wait for one.
    """
    with futures.ThreadPoolExecutor(1, "password", let_others_go_first) as thread:
        return thread.submit(work, *args).result()


def let_others_go_first() -> None:
    """Make this thread, and those it starts, less urgent by URGENCY. Does nothing but on Linux."""
    if sys.platform == "linux":  # elsewhere a priority belongs to a process
        with suppress(OSError):
            thread = threading.get_native_id()
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + URGENCY)


def normalized(password: str) -> str:
    """Return *password* in the form that is hashed: keyboards write é in two ways."""
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode())


def check_new_password(password: str, user_id: str = "") -> None:
    """Raise Invalid unless *password* may be the new one of *user_id*; the message does not repeat it."""
    text = normalized(password)
    problem = None
    if len(text) < SHORTEST:
        problem = f"A password has at least {SHORTEST} characters; this one has {len(text)}"
    elif len(text) > LONGEST:
        problem = f"A password has at most {LONGEST} characters; this one has {len(text)}"
    elif any(unicodedata.category(each) == "Cc" for each in text):
        problem = "A password has no control characters"
    elif is_common(text):
        problem = "This password is one of the first that anybody would try; take a less common one"
    elif len(user_id) > 3 and is_name_of_user(text, user_id):
        problem = "The name of the user is no password"
    if problem:
        raise Invalid({"password": problem})


def is_name_of_user(password: str, user_id: str) -> bool:
    """Are the letters of *password* nothing but those of *user_id*, once or several times?"""
    letters, name = (NOT_LETTERS.sub("", text.casefold()) for text in (password, user_id))
    return letters == name or (bool(name and letters) and not letters.replace(name, ""))


def is_common(password: str) -> bool:
    """Is *password* nothing but a common word with digits and signs, digits, a run, or a repetition?"""
    text = password.casefold()
    inner = EDGES.sub("", text)  # without "2026!" at the end, in which no digit stands for a letter
    spellings = (text, text.translate(LEET), inner.translate(LEET))
    letters = {NOT_LETTERS.sub("", each) for each in spellings}
    only_digits = "" in letters and len(text) < SHORTEST_OF_DIGITS
    return only_digits or not letters.isdisjoint(COMMON) or len(set(text)) < 5 or is_run(text)


def is_run(text: str) -> bool:
    """Does every character follow the one before it, up or down, as in "abcdefghij"?"""
    steps = {ord(after) - ord(before) for before, after in itertools.pairwise(text)}
    return steps in ({1}, {-1})
