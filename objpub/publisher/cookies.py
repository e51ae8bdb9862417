"""The cookies of a request, read in one go.

The pattern by which WebOb reads them looks back and forth: for six thousand letters without a "=" it takes a
second, in every request. So they are read here, and laid where WebOb looks for what it has read already.
"""

import re
from typing import Any

from .problems import HeadTooLarge

READ = "webob._parsed_cookies"  # its value: name → value, and the header that they were read from
ESCAPED = re.compile(r"\\([0-3][0-7][0-7]|.)")


def read_cookies(environ: dict[str, Any], most: int) -> None:
    """Read the header `Cookie`; what is no UTF-8 is left out. Raises HeadTooLarge above *most* bytes."""
    header = environ["HTTP_COOKIE"]
    if len(header) > most:
        raise HeadTooLarge(f"Cookie: the header has {len(header):,} bytes; at most {most:,} are taken")
    found: dict[str, str] = {}
    for pair in header.split(";"):
        name, equals, value = pair.partition("=")
        name, value = name.strip(" \t"), value.strip(" \t")
        if not equals or not name:
            continue
        if '"' in value or "\\" in value or not value.isascii():
            try:
                value = plain_value(value)
            except UnicodeError:
                continue
        found[name] = value
    environ[READ] = (found, header)


def plain_value(value: str) -> str:
    """Return *value* without quotes and escapes. Raises UnicodeError for what is not UTF-8."""
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    return ESCAPED.sub(unescaped, value).encode("latin-1").decode("utf-8")


def unescaped(match: re.Match[str]) -> str:
    """Return the sign that an escape is for."""
    return chr(int(match[1], 8)) if len(match[1]) == 3 else match[1]
