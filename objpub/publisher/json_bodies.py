"""JSON that came from outside: an object, each name once, with bounds for depth and for numbers."""

import json
import math
from collections import Counter
from typing import Any

from objpub.settings import LimitSettings

from .problems import BadRequest
from .problems import TooLarge


def json_object(raw: bytes, limits: LimitSettings) -> dict[str, Any]:
    """Return the object that *raw* is. Raises BadRequest, if need be with line and column, and TooLarge."""
    try:
        found = reader_for(limits).decode(raw.decode("utf-8"))
        json.dumps(found, ensure_ascii=False).encode("utf-8")  # half a character, "\\ud800", is none
    except UnicodeError as error:
        raise BadRequest(f"The JSON is not UTF-8: {error}") from error
    except json.JSONDecodeError as error:
        raise BadRequest(f"Not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise BadRequest(too_deep(limits)) from error
    except ValueError as error:
        raise BadRequest(f"Not JSON: {error}") from error
    if is_deeper(found, limits.json_depth):
        raise BadRequest(too_deep(limits))
    if not isinstance(found, dict):
        raise BadRequest(f"The JSON is {type(found).__name__}; wanted an object with the values by name")
    return found


def too_deep(limits: LimitSettings) -> str:
    """Say that JSON is nested too deep."""
    return f"The JSON is nested deeper than {limits.json_depth} levels"


def reader_for(limits: LimitSettings) -> json.JSONDecoder:
    """Return what reads JSON within *limits*."""
    digits, values = limits.json_digits, limits.fields

    def whole(text: str) -> int:
        return int(checked(text))

    def real(text: str) -> float:
        number = float(checked(text))
        if not math.isfinite(number):
            raise ValueError(f"the number {text[:40]} is too large")
        return number

    def checked(text: str) -> str:
        if len(text) > digits:
            raise ValueError(f"the number {text[:20]}… has {len(text):,} signs; at most {digits:,} are taken")
        return text

    def by_name(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(pairs) > values:
            raise TooLarge(f"A JSON object has {len(pairs):,} values; at most {values:,} are taken")
        found = dict(pairs)
        if len(found) != len(pairs):
            twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
            raise ValueError(f"{twice[:40]!r} is there twice in one object")
        return found

    return json.JSONDecoder(
        object_pairs_hook=by_name, parse_int=whole, parse_float=real, parse_constant=refuse_constant
    )


def is_deeper(value: Any, most: int) -> bool:
    """Is *value*, read from JSON, nested deeper than *most* levels?"""
    level = [value]
    for _ in range(most + 2):
        if not level:
            return False
        inner = [each for each in level if isinstance(each, dict | list)]
        level = [child for each in inner for child in (each.values() if isinstance(each, dict) else each)]
    return True


def refuse_constant(name: str) -> None:
    """Refuse NaN and the infinities: they are not JSON."""
    raise ValueError(f"{name} is not JSON")
