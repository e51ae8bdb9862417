"""From the values of a form to the bytes that a browser sends."""

import json
import secrets
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

URLENCODED = "application/x-www-form-urlencoded"
Pairs = list[tuple[str, Any]]


def body_of(data: Any, files: Any, json_value: Any) -> tuple[bytes, str]:
    """Return the body of a request and its media type; (b"", "") for none.

    data: texts by name, pairs, or bytes as they are. files: bytes, or (filename, bytes, media type), by
    name. json_value: anything that JSON can say.
    """
    if json_value is not None:
        return json.dumps(json_value).encode(), "application/json"
    if isinstance(data, str | bytes):
        return (data.encode() if isinstance(data, str) else data), ""
    pairs = list(pairs_of(data or {}))
    if files:
        return multipart_of([*pairs, *((name, file_of(name, file)) for name, file in pairs_of(files))])
    if data is None:
        return b"", ""
    return urlencode(pairs).encode(), URLENCODED


def pairs_of(values: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Yield (name, value) of *values*; a list or a set gives one pair for each of its values."""
    for name, value in values.items() if isinstance(values, Mapping) else values:
        if isinstance(value, list | set | frozenset):
            yield from ((name, each) for each in value)
        else:
            yield name, value


def file_of(name: str, file: Any) -> tuple[str, bytes, str]:
    """Return (filename, bytes, media type) of a *file* given as these, as two of them, or as bytes."""
    if isinstance(file, bytes):
        return name, file, "application/octet-stream"
    filename, body, *rest = file
    return filename, body, rest[0] if rest else "application/octet-stream"


def multipart_of(pairs: Pairs) -> tuple[bytes, str]:
    """Return the body of multipart/form-data and its media type; a value that is a tuple is a file."""
    boundary = f"----objpub{secrets.token_hex(12)}"
    body = b""
    for name, value in pairs:
        filename = ""
        content: bytes
        if isinstance(value, tuple):
            title, content, kind = value
            filename = f'; filename="{escaped(title)}"\r\nContent-Type: {kind}'
        else:
            content = str(value).encode()
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{escaped(name)}"{filename}\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def escaped(text: str) -> str:
    """Return *text* as browsers write it between the quotes of a part's header."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
