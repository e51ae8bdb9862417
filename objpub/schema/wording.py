"""How values and names are shown in messages: always, but never at length."""

import difflib
import reprlib
from collections.abc import Iterable

SHOWN_CHARACTERS = 60  # of a value: as much as fits beside its sentence in one line

_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = _repr.maxlong = SHOWN_CHARACTERS
_repr.maxlevel = 2
_repr.maxlist = _repr.maxtuple = _repr.maxset = _repr.maxfrozenset = _repr.maxdict = 4


def shown(value: object) -> str:
    """Return `repr(value)`, shortened when long; also of values whose `repr` fails."""
    try:
        return _repr.repr(value)
    except ValueError:  # Python refuses to write whole numbers of more than 4,300 digits
        return f"a very long {type(value).__name__}"


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """Return "; did you mean 'title'?" for the one of *known* nearest to *name*, or an empty text."""
    near = difflib.get_close_matches(str(name), list(known), 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def listed(words: Iterable[object], most: int = 8) -> str:
    """Return *words* as "'a', 'b' or 'c'", at most *most* of them."""
    texts = [repr(word) for word in words]
    if len(texts) > most:
        return ", ".join(texts[:most]) + f" or {len(texts) - most} more"
    return " or ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def joined(words: Iterable[str]) -> str:
    """Return *words* as "a, b and c"."""
    texts = list(words)
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)
