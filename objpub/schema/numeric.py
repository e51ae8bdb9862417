"""Kinds of number: whole, real, decimal; and yes or no."""

import math
import re
from decimal import Context
from decimal import Decimal
from typing import Any

from .kind import Bounded
from .kind import Kind
from .kind import Surroundings
from .options import Options
from .wording import shown

# Digits and a sign, no underscores, no digits of other scripts: what int() takes is more than people
# mean. The number of characters is limited because conversion takes the square of it.
WHOLE = re.compile(r"[+-]?[0-9]{1,400}")
REAL = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,4})?")

# 64 bits: what indexes, other databases and most programs can hold.
LEAST_WHOLE = -(2**63)
GREATEST_WHOLE = 2**63 - 1

# 38 digits on either side of the point: SQL's widest. A number such as 1E+999999 is short to send and
# a megabyte to write.
DECIMAL_DIGITS = 38

WORDS = {
    "on": True,
    "true": True,
    "yes": True,
    "1": True,
    "off": False,
    "false": False,
    "no": False,
    "0": False,
}


class Whole(Bounded):
    """A whole number, of 64 bits unless `ge` and `le` say otherwise."""

    name = "integer"
    noun = "a whole number"
    least = LEAST_WHOLE
    most = GREATEST_WHOLE

    def plain(self, value: Any) -> int:
        """Return *value* as an int. True and False are no numbers."""
        if type(value) is int:
            return value
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.refuse(value)
        return int.__int__(value)

    def from_text(self, text: Any, surroundings: Surroundings) -> int:
        """Return the number that *text* writes in digits."""
        text = text.strip()
        if WHOLE.fullmatch(text) is None:
            raise self.refuse(text)
        return int(text)

    def from_json(self, value: Any, surroundings: Surroundings) -> Any:
        """Return *value*; 5.0 is a whole number in JSON."""
        if type(value) is float and value.is_integer():
            return int(value)
        return value

    def json_schema(self) -> dict[str, Any]:
        """Return "integer" with the bounds."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


class Real(Bounded):
    """A finite number of double precision."""

    name = "number"
    noun = "a number"

    def plain(self, value: Any) -> float:
        """Return *value* as a float: not infinite, not NaN, and zero without a sign."""
        if not isinstance(value, float | int) or isinstance(value, bool):
            raise self.refuse(value)
        try:
            number = float.__float__(value) if isinstance(value, float) else float(int.__int__(value))
        except OverflowError:
            raise self.refuse(value) from None
        if not math.isfinite(number):
            raise self.refuse(value)
        return number + 0.0  # -0.0 becomes 0.0, which is equal and would have another digest

    def to_text(self, value: Any, surroundings: Surroundings) -> str:
        """Return the shortest text that reads as the same number."""
        return repr(value)

    def from_text(self, text: Any, surroundings: Surroundings) -> float:
        """Return the number that *text* writes, with a point."""
        text = text.strip()
        if REAL.fullmatch(text) is None:
            raise self.refuse(text)
        return float(text)

    def json_schema(self) -> dict[str, Any]:
        """Return "number" with the bounds."""
        return {"type": "number", **bounds_schema(self)}

    def canonical(self, value: Any) -> str:
        """Return the shortest text that reads as the same number."""
        return repr(value)


class Exact(Bounded):
    """A decimal number with the digits that were written, such as an amount of money."""

    name = "decimal"
    noun = "a decimal number"

    def plain(self, value: Any) -> Decimal:
        """Return *value*, a Decimal or an int, as a Decimal. A float is refused: it is not exact."""
        if not isinstance(value, Decimal | int) or isinstance(value, bool):
            raise self.refuse(value)
        if isinstance(value, int) and value.bit_length() > 4 * DECIMAL_DIGITS:
            raise self.refuse(value)  # before all its digits are worked out
        number = Decimal(value)
        if not number.is_finite():
            raise self.refuse(value)
        if number.adjusted() >= DECIMAL_DIGITS or int(number.as_tuple().exponent) < -DECIMAL_DIGITS:
            limit = f"at most {DECIMAL_DIGITS} digits on either side of the point"
            raise ValueError(f"wanted {limit}, not {shown(value)}")
        return number if number else number.copy_abs()  # no negative zero

    def said(self, value: Any) -> str:
        """Return all digits, without an exponent."""
        return f"{value:f}"

    def to_text(self, value: Any, surroundings: Surroundings) -> str:
        """Return all digits, without an exponent."""
        return f"{value:f}"

    def from_text(self, text: Any, surroundings: Surroundings) -> Decimal:
        """Return the number that *text* writes, with a point."""
        text = text.strip()
        if REAL.fullmatch(text) is None:
            raise self.refuse(text)
        return Decimal(text)

    def to_json(self, value: Any, surroundings: Surroundings) -> str:
        """Return a text: a number of JSON would lose digits."""
        return f"{value:f}"

    def from_json(self, value: Any, surroundings: Surroundings) -> Any:
        """Return the number of a text or of a number of JSON."""
        if type(value) is str:
            return self.from_text(value, surroundings)
        if type(value) is float:
            return Decimal(repr(value))
        return value

    def json_schema(self) -> dict[str, Any]:
        """Return "string" in the format "decimal"."""
        return {"type": "string", "format": "decimal", "pattern": r"^[+-]?[0-9]{1,38}(?:\.[0-9]{0,38})?$"}

    def canonical(self, value: Decimal) -> str:
        """Return the number without trailing zeros: 1.50 and 1.5 are equal."""
        return str(value.normalize(Context(prec=3 * DECIMAL_DIGITS)))


class YesNo(Kind):
    """True or False."""

    name = "boolean"
    wanted = "yes or no"

    def __init__(self, annotation: Any, options: Options, nullable: bool = False):
        super().__init__(annotation, options, nullable)

    def check(self, value: Any) -> bool:
        """Return *value* if it is True or False itself."""
        if value is True or value is False:
            return value
        raise self.refuse(value)

    def to_text(self, value: Any, surroundings: Surroundings) -> str:
        """Return "yes" or "no"."""
        return "yes" if value else "no"

    def from_text(self, text: Any, surroundings: Surroundings) -> bool:
        """Return what *text* says; "on" is what a checkbox sends."""
        try:
            return WORDS[text.strip().lower()]
        except KeyError:
            raise self.refuse(text) from None

    def json_schema(self) -> dict[str, Any]:
        """Return "boolean"."""
        return {"type": "boolean"}


def bounds_schema(kind: Bounded) -> dict[str, Any]:
    """Return the bounds of *kind* in the words of JSON Schema."""
    bounds = {"minimum": kind.least, "maximum": kind.most}
    return {word: bound for word, bound in bounds.items() if bound is not None}
