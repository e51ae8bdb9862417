"""Values that a page must not show, known by the names they have and then by themselves."""

import re
from collections import deque
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from urllib.parse import quote_plus

WORDS = (
    "passw|passphrase|passcode|secret|token|cookie|csrf|session|"
    "api_?key|private_?key|credential|authorization"
)
NAMES = re.compile(rf"{WORDS}|^(pw|pwd|pin|otp)$", re.IGNORECASE)
QUOTED = re.compile(  # name='value', "name": "value" in the repr of an object
    rf"""((?:{WORDS})\w*['"]?\s*[=:]\s*)(b?'(?:[^'\\]|\\.)*'|b?"(?:[^"\\]|\\.)*")""", re.IGNORECASE
)
IN_QUERY = re.compile(rf"""((?:{WORDS})[\w.-]*=)[^&\s'",)]+""", re.IGNORECASE)
HIDDEN = "••••••"
LEAST = 4  # characters of a value that is hidden wherever it stands; shorter ones are too common
MOST = 2_000  # forms of values that are hidden
MOST_LOOKED_AT = 5_000  # values, when secret names are looked for


def is_secret(name: Any) -> bool:
    """Does a value of this name belong to nobody else?"""
    return isinstance(name, str | bytes) and NAMES.search(text_of(name).replace("-", "_")) is not None


def text_of(value: str | bytes) -> str:
    """Return *value* as text, whatever its bytes are."""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


class Secrets:
    """What was found so far; `hidden` takes it out of a text."""

    def __init__(self, values: Iterable[Any] = ()):
        self._values: set[str] = set()
        for value in values:
            self.add(value)

    def add(self, value: Any) -> None:
        """Hide *value* from now on, in the forms it has in texts. Only texts and bytes of some length."""
        if not isinstance(value, str | bytes) or len(self._values) > MOST:
            return
        text = text_of(value)
        if len(text) >= LEAST:
            self._values |= {text, repr(text)[1:-1], quote(text), quote_plus(text)}

    def learn(self, values: Mapping[Any, Any]) -> None:
        """Hide those of *values* whose names say so, and those in the containers among them."""
        for value in secret_values(dict(values)):
            self.add(value)

    def hidden(self, text: str) -> str:
        """Return *text* without the secrets in it."""
        for value in sorted(self._values, key=len, reverse=True):
            if value in text:
                text = text.replace(value, HIDDEN)
        return printable(text)


def secret_values(value: Any) -> Iterator[Any]:
    """Yield what has a secret name in nested dicts, lists and tuples; only some thousand are looked at."""
    waiting = deque([(value, False)])
    left = MOST_LOOKED_AT
    while waiting and left > 0:
        left -= 1
        current, named = waiting.popleft()
        if type(current) is dict:
            pairs = list(current.items())[:left]
            found = [(inner, named or is_secret(key)) for key, inner in pairs]
        elif type(current) in {list, tuple}:
            found = [(inner, named) for inner in current[:left]]
        else:
            found = []
            if named:
                yield current
        waiting.extendleft(each for each in found if each[1])  # what has a secret name comes first
        waiting.extend(each for each in found if not each[1])


def without_written(text: str) -> str:
    """Return a `repr`, or a query, without the texts that follow a secret name in it."""
    return IN_QUERY.sub(rf"\1{HIDDEN}", QUOTED.sub(rf"\1{HIDDEN}", text))


def printable(text: str) -> str:
    """Return *text* with everything that HTML or UTF-8 cannot carry written as an escape."""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or each in "\n\t\u00a0" else escape(each) for each in text)


def escape(character: str) -> str:
    """Return the escape of one character, as Python writes it."""
    return character.encode("unicode_escape").decode("ascii")
