"""What a view may give back, and how it becomes a response."""

import io
import json
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from types import GeneratorType
from typing import Any
from typing import cast
from warnings import catch_warnings
from warnings import filterwarnings

from objpub.content import File
from objpub.content import is_inline
from objpub.content import modified_of
from objpub.errors import DeclarationError
from objpub.templates import Document

from .streaming import not_plain
from .streaming import NOTHING
from .streaming import Stream

with catch_warnings():
    # It imports cgi, which Python deprecates up to 3.12, and which objpub does not use.
    filterwarnings("ignore", "'cgi' is deprecated", DeprecationWarning)
    import webob

SPOOL_BYTES = 1_000_000  # a streamed body above this size is spooled to disk


class Response(webob.Response):
    """A complete answer: status, headers, body. WebOb's, in UTF-8."""

    default_content_type = "text/html"
    default_charset = "utf-8"

    # WebOb's own, written below without its negotiation; its stubs do not name them.
    _status: str
    _headers: Any
    _headerlist: list[tuple[str, str]]
    _app_iter: Any

    def set_cookie(  # type: ignore[override]  # its options by name only
        self, name: Any, value: Any = "", max_age: Any = None, **options: Any
    ) -> None:
        """Set a cookie, as WebOb does. max_age: seconds, or a timedelta; None: until the browser is closed.

        It has no `Expires`, which tells the same to browsers of long ago, and which WebOb works out in a way
        that Python deprecates from 3.12 on.
        """
        super().set_cookie(name, value, **options)
        if max_age is not None:
            seconds = max_age.total_seconds() if isinstance(max_age, timedelta) else max_age
            self.headers.add("Set-Cookie", f"{self.headerlist.pop()[1]}; Max-Age={int(seconds)}")


def html(text: str, status: str = "200 OK") -> Response:
    """Return *text*, a whole page, as HTML."""
    response = Response.__new__(Response)
    return _filled(response, text.encode("utf-8"), "text/html; charset=utf-8", status)


def plain(text: str, status: str = "200 OK") -> Response:
    """Return *text* as plain text."""
    return _filled(Response.__new__(Response), text.encode("utf-8"), "text/plain; charset=utf-8", status)


def written(page: str, status: str = "200 OK") -> Response:
    """Return what a template has made, with the media type of its kind: HTML, XML or text."""
    if type(page) is not Document:
        return html(page, status)
    content_type = f"{page.media_type}; charset=utf-8"
    return _filled(Response.__new__(Response), page.encode("utf-8"), content_type, status)


def octets(body: bytes, content_type: str = "application/octet-stream") -> Response:
    """Return *body* as it is."""
    return _filled(Response.__new__(Response), bytes(body), content_type, "200 OK")


def as_json(value: Any, status: str = "200 OK", content_type: str = "application/json") -> Response:
    """Return *value* as JSON. Raises TypeError for what JSON has no form for."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _filled(Response.__new__(Response), text.encode("utf-8"), content_type, status)


def _filled(response: Response, body: bytes, content_type: str, status: str) -> Response:
    """Set what WebOb's constructor would set, without its negotiation: it is half of a small page's time."""
    response._status = status
    response._headers = None
    response._headerlist = [("Content-Type", content_type), ("Content-Length", str(len(body)))]
    response._app_iter = [body]
    response.conditional_response = False
    return response


def binary(content_type: str, body: Any = ()) -> Response:
    """Return an answer whose body is no text: *content_type* stays as it is."""
    return Response(headerlist=[("Content-Type", content_type)], app_iter=body)


def no_content() -> Response:
    """Return an empty answer: 204."""
    return Response(status="204 No Content", content_type=None)


def see_other(location: str) -> Response:
    """Return a 303: the browser goes on to *location*, a path of this site or a whole URL."""
    response = _filled(Response.__new__(Response), b"", "text/plain; charset=utf-8", "303 See Other")
    response._headerlist.append(("Location", location))
    return response


class FileBody:
    """A file handle as a response body; WSGI servers may hand it to the kernel."""

    block_bytes = 65_536

    def __init__(self, handle: Any):
        self.handle = handle

    def __iter__(self) -> Iterator[bytes]:
        while block := self.handle.read(self.block_bytes):
            yield block

    def close(self) -> None:
        """Close the file; servers call this when the client has all or has gone."""
        self.handle.close()


def file_response(file: File, disposition: str | None = None) -> Response:
    """Return the bytes of *file*, streamed from its committed blob.

    disposition: "inline" or "attachment"; None lets the media type decide: only types on the allow-list
    of `content` are shown in the browser, all else is an attachment.
    """
    inline = is_inline(file.media_type)
    if disposition is None or not inline:
        disposition = "inline" if inline else "attachment"
    safe = inline or file.media_type.startswith("image/")  # as part of a page an image runs no script
    response = binary(file.media_type if safe else "application/octet-stream")
    response.content_disposition = content_disposition(disposition, file.filename)
    response.app_iter = FileBody(file.open())
    response.content_length = file.size  # WebOb forgets it where the body is set
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["ETag"] = etag_of(file)
    modified = modified_of(file)
    if modified is not None:
        response.headers["Last-Modified"] = format_datetime(modified, usegmt=True)
    return response


def etag_of(file: File) -> str:
    """Return the strong entity tag of *file*: another one for other bytes."""
    return f'"{file.sha256[:32]}"'


def open_file(handle: Any) -> Response:
    """Return what is left of *handle*, a file open for reading bytes; the response closes it."""
    response = binary("application/octet-stream", FileBody(handle))
    if handle.seekable():
        here = handle.tell()
        response.content_length = handle.seek(0, io.SEEK_END) - here
        handle.seek(here)
    return response


def content_disposition(kind: str, filename: str) -> str:
    """Return the header of RFC 6266 for *filename*: an ASCII form, and UTF-8 by RFC 5987."""
    plain_name = "".join(
        character if 32 <= ord(character) < 127 and character not in '"\\%' else "_" for character in filename
    )
    encoded = "".join(
        chr(byte) if chr(byte).isascii() and (chr(byte).isalnum() or chr(byte) in "-._") else f"%{byte:02X}"
        for byte in filename.encode("utf-8", "replace")
    )
    return f"{kind}; filename=\"{plain_name}\"; filename*=UTF-8''{encoded}"


def live(
    blocks: Iterable[Any], content_type: str = "text/plain; charset=utf-8", filename: str = ""
) -> Response:
    """Return what *blocks* gives, text or bytes, sent while it is made: after the objects are closed.

    filename: the name under which browsers keep it; "" for what they show. Raises DeclarationError for a
    generator that holds an object of the site or the request.
    """
    source = iter(blocks)
    held = not_plain(source)
    if held is not NOTHING and isinstance(source, GeneratorType) and held is not source:
        raise DeclarationError(
            f"The generator {source.__qualname__} holds {type(held).__name__}: what is sent while it is made"
            " runs after the objects of the site are closed, so read what it needs before"
        )
    response = binary(content_type, Stream(source))
    if filename:
        response.content_disposition = content_disposition("attachment", filename)
    return response


def stream(blocks: Iterable[Any], spool: Any) -> Response:
    """Return what *blocks* yields, text or bytes, spooled before the transaction ends.

    spool: an empty file open for writing and reading; the response closes it.
    """
    try:
        for block in blocks:
            spool.write(block.encode("utf-8") if isinstance(block, str) else block)
    except BaseException:
        spool.close()
        raise
    length = spool.tell()
    spool.seek(0)
    response = Response(content_type="text/plain", charset="utf-8", app_iter=FileBody(spool))
    response.content_length = length
    return response


def respond(result: Any, context: Any, request: Any, render: Callable[..., str] | None) -> Response:
    """Turn what a view returned into a response.

    dict: the view's template; str: plain text; an object with `__html__`: HTML; bytes: octets; None: 204;
    a File: its bytes; an open file: its bytes; a generator: sent as it comes if all that it holds are plain
    values, else read to its end first, as other iterators are; a Response: itself.
    Raises DeclarationError for anything else.
    """
    kind = type(result)
    if kind is dict and render is not None:
        return written(render(context, request, result))
    if kind is str:
        return plain(result)
    if isinstance(result, webob.Response):  # a plain one of WebOb's has all that is needed
        return cast(Response, result)
    if hasattr(result, "__html__"):
        return html(result.__html__())
    if isinstance(result, str):
        return plain(result)
    if result is None:
        return no_content()
    if isinstance(result, File):
        return file_response(result)
    if isinstance(result, bytes | bytearray | memoryview):
        return octets(bytes(result))
    response = bit_by_bit(result, request)
    if response is not None:
        return response
    raise DeclarationError(wrong_result(result))


def bit_by_bit(result: Any, request: Any) -> Response | None:
    """Return what is read from *result*, a file or an iterator; None if it is neither."""
    if isinstance(result, GeneratorType) and not_plain(result) is NOTHING:
        return live(result)
    if isinstance(result, Iterator) and (isinstance(result, io.TextIOBase) or not hasattr(result, "read")):
        return stream(result, request.spool())
    return open_file(result) if hasattr(result, "read") else None


def wrong_result(result: Any) -> str:
    """Say what a view may return, having returned *result*."""
    if isinstance(result, dict):
        return (
            "The view returned a dict and has no template to fill with it: add a template, or return"
            " request.json(...)"
        )
    return (
        f"A view may not return {type(result).__name__}; it returns a dict for its template, text, bytes,"
        " None, an object with __html__, a File, an iterator, request.json(...), request.redirect(...) or a"
        " Response"
    )
