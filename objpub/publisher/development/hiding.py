"""Values that a page must not show, known by the names they have and then by themselves."""

import re
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from urllib.parse import quote_plus

NAMES = re.compile(
    r"passw|passphrase|\bpwd\b|secret|token|cookie|csrf|api_?key|private_?key|credential|authorization|session|proof",
    re.IGNORECASE,
)
WRITTEN = re.compile(  # name='value', "name": "value" in the repr of an object
    r"((?:%s)\w*['\"]?\s*[=:]\s*)(b?'(?:[^'\\]|\\.)*'|b?\"(?:[^\"\\]|\\.)*\")" % NAMES.pattern.replace(r"\b", ""),
    re.IGNORECASE,
)
HIDDEN = "••••••"
LEAST = 4  # characters of a value that is hidden wherever it stands; shorter ones are too common
MOST = 500  # values that are looked for


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
        """Hide *value* from now on, in the forms that it has in texts. Only texts and bytes of some length."""
        if not isinstance(value, str | bytes) or len(self._values) > MOST * 4:
            return
        text = text_of(value)
        if len(text) >= LEAST:
            self._values |= {text, repr(text)[1:-1], quote(text), quote_plus(text)}

    def learn(self, values: Mapping[Any, Any]) -> None:
        """Hide those of *values* whose names say so, and those one level deeper in dicts."""
        for name, value in list(values.items())[:MOST]:
            if is_secret(name):
                self.add(value)
            elif type(value) is dict:
                for inner, deeper in list(value.items())[:MOST]:
                    if is_secret(inner):
                        self.add(deeper)

    def hidden(self, text: str) -> str:
        """Return *text* without the secrets in it."""
        for value in sorted(self._values, key=len, reverse=True):
            if value in text:
                text = text.replace(value, HIDDEN)
        return printable(text)


def without_written(text: str) -> str:
    """Return the `repr` of an object without the texts that follow a secret name in it."""
    return WRITTEN.sub(rf"\1{HIDDEN}", text)


def printable(text: str) -> str:
    """Return *text* with everything that HTML or UTF-8 cannot carry written as an escape."""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or each in "\n\t\u00a0" else escape(each) for each in text)


def escape(character: str) -> str:
    """Return the escape of one character, as Python writes it."""
    return character.encode("unicode_escape").decode("ascii")
