"""Values that a page must not show, known by the names they have and then by themselves."""

import re
from collections import deque
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import quote
from urllib.parse import quote_plus

WORDS = (
    "passw|passphrase|passcode|secret|token|cookie|csrf|session|credential|authorization|assertion|saml|"
    "(?:api|private|access|signing|licen[cs]e)_?key|verifier|one_?time|otp_|_otp|"
    "card_?(?:number|num|no)|(?:credit|debit)_?card|account_?(?:number|num|no)|security_?number|"
    "(?:auth|security|verif\\w*|confirm\\w*|recovery|backup|login|sms|access|invit\\w*|card)_?code"
)
#: Names that mean it only when they stand alone: the code of a sign-in elsewhere, the numbers of cards.
ALONE = "pw|pwd|pin|otp|tan|code|cvv2?|cvc2?|csc|ssn|iban|pan|jwt|nonce|card|cc"
NAMES = rf"{WORDS}|^(?:{ALONE})$"
#: name='value', "name": "value" in the repr of an object
QUOTED = rf"""((?:{WORDS})\w*['"]?\s*[=:]\s*)(b?'(?:[^'\\]|\\.)*'|b?"(?:[^"\\]|\\.)*")"""
IN_QUERY = rf"""((?:(?:{WORDS})[\w.-]*|(?<![\w.-])(?:{ALONE}))=)[^&\s'",)]+"""
#: What shows by its shape what it is, whatever its name: the number of a card, a signed token.
CARD = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w.])")
SIGNED = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?")
HIDDEN = "••••••"
LEAST = 4  # characters of a value that is hidden wherever it stands; shorter ones are too common
MOST = 2_000  # forms of values that are hidden
MOST_LOOKED_AT = 5_000  # values, when secret names are looked for


@cache
def any_case(expression: str) -> re.Pattern[str]:
    """Return *expression* for small and large letters, compiled when an error is met: it is large."""
    return re.compile(expression, re.IGNORECASE)


def is_secret(name: Any) -> bool:
    """Does a value of this name belong to nobody else?"""
    return (
        isinstance(name, str | bytes) and any_case(NAMES).search(text_of(name).replace("-", "_")) is not None
    )


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
        return printable(without_shapes(text))


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
    return any_case(IN_QUERY).sub(rf"\1{HIDDEN}", any_case(QUOTED).sub(rf"\1{HIDDEN}", text))


def without_shapes(text: str) -> str:
    """Return *text* without what looks like the number of a card or a signed token."""
    text = SIGNED.sub(HIDDEN, text)
    return CARD.sub(lambda found: HIDDEN if is_card(found[0]) else found[0], text)


def is_card(text: str) -> bool:
    """Is the last digit of *text* the check of the others, as in the numbers of cards (Luhn)?"""
    digits = [int(each) for each in text if each.isdigit()][::-1]
    doubled = [sum(divmod(2 * each, 10)) for each in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def printable(text: str) -> str:
    """Return *text* with everything that HTML or UTF-8 cannot carry written as an escape."""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or each in "\n\t\u00a0" else escape(each) for each in text)


def escape(character: str) -> str:
    """Return the escape of one character, as Python writes it."""
    return character.encode("unicode_escape").decode("ascii")
