"""A value as a page shows it: short, without secrets, whatever its `repr` does."""

import reprlib
from typing import Any

from .hiding import HIDDEN
from .hiding import is_secret
from .hiding import Secrets
from .hiding import without_written

LONGEST = 300  # characters of one value


class Shown(reprlib.Repr):
    """Shortens values; the values of secret names in a dict are hidden, and so is every known secret."""

    def __init__(self, secrets: Secrets):
        super().__init__()
        self._secrets = secrets
        self.maxlevel = 4
        self.maxstring = self.maxother = self.maxlong = LONGEST
        self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = self.maxdict = 12

    def text(self, value: Any) -> str:
        """Return *value* in at most some hundred characters. Never raises."""
        try:
            return shortened(self._secrets.hidden(plain(self.repr(value))), LONGEST * 2)
        except (Exception, SystemExit) as error:
            return failing(value, error)

    def repr_str(self, x: str, level: int) -> str:
        """Return a text, shortened after its secrets are gone."""
        return shortened(repr(without_written(self._secrets.hidden(plain(x)))), self.maxstring)

    def repr_dict(self, x: Any, level: int) -> str:
        """Return a dict without the values of secret names."""
        if type(x) is not dict:
            return self.repr_instance(x, level)
        if level <= 0:
            return "{…}" if x else "{}"
        shown = []
        for key, value in list(x.items())[: self.maxdict]:
            text = repr(HIDDEN) if is_secret(key) else self.repr1(value, level - 1)
            shown.append(f"{self.repr1(key, level - 1)}: {text}")
        more = [f"… {len(x) - self.maxdict} more"] if len(x) > self.maxdict else []
        return "{" + ", ".join([*shown, *more]) + "}"

    def repr_instance(self, x: Any, level: int) -> str:
        """Return what an object says of itself, or why it could not."""
        try:
            return shortened(without_written(self._secrets.hidden(plain(repr(x)))), self.maxother)
        except (Exception, SystemExit) as error:
            return failing(x, error)

    def repr_int(self, x: int, level: int) -> str:
        """Return a number; one with too many digits for Python says so."""
        return self.repr_instance(x, level)


def failing(value: Any, error: BaseException) -> str:
    """Return what is shown of a value whose `repr` fails."""
    return f"<{type(value).__name__}, whose repr raised {type(error).__name__}>"


def plain(text: Any) -> str:
    """Return *text* as a str and nothing more: a subclass may do what it likes."""
    return str.__str__(text)


def shortened(text: str, most: int) -> str:
    """Return *text*, with something in its middle left out if it is longer than *most*."""
    if len(text) <= most:
        return text
    return f"{text[: most * 2 // 3]} … {text[-(most // 4) :]}"


def said(error: BaseException) -> str:
    """Return the message of *error*, or why it has none. Never raises."""
    try:
        return plain(str(error))
    except (Exception, SystemExit) as second:
        return failing(error, second)
