"""What every answer gets at the end: headers and cookies, never content."""

import gzip
from collections.abc import Container
from typing import Any

from objpub.views import FileBody
from objpub.views import Response

from .conditions import allows_ranges
from .conditions import FAILED
from .conditions import NOT_MODIFIED
from .conditions import outcome
from .conditions import page_tag
from .messages import COOKIE
from .problems import PreconditionFailed
from .problems import RangeNotSatisfiable
from .ranges import content_range
from .ranges import multipart
from .ranges import Pieces
from .ranges import spans_of
from .viewing import show_viewing

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self';"
    " frame-ancestors 'self'"
)
REFERRER = ("Referrer-Policy", "strict-origin-when-cross-origin")
HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    REFERRER,
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("X-Frame-Options", "SAMEORIGIN"),
]
WITH_POLICY = [("Content-Security-Policy", POLICY), *HEADERS]
COMPRESSED = ("text/", "application/json", "application/javascript", "application/xml", "image/svg+xml")
LEAST_COMPRESSED = 1_024
PRIVATE = ("Cache-Control", "private, no-cache")
NO_STORE = ("Cache-Control", "no-store")
ASK_AGAIN = ("Cache-Control", "no-cache")  # kept, but shown only after asking whether it is still so
VARY = ("Vary", "Accept-Encoding")
VARY_BY_VIEWER = ("Vary", "Authorization, Cookie")
VARY_BY_ALL = ("Vary", "Accept-Encoding, Authorization, Cookie")
READS = frozenset({"GET", "HEAD"})
USUAL = frozenset({"Content-Type", "Content-Length", "Location"})  # the headers of nearly all answers
USUAL_NAMES = frozenset(name.lower() for name in USUAL)
OF_BODY = frozenset({"content-type", "content-length", "content-disposition", "content-encoding"})


def finish(request: Any, response: Response) -> Response:
    """Add the headers of security, the request's id, messages, and what caches need; compress the body.

    What the client has already is not sent again; of a file, the part that it asks for is. Raises
    PreconditionFailed or RangeNotSatisfiable for what is not there.
    """
    if request.identity.viewer is not None:
        show_viewing(request, response)
    headers = response._headerlist
    names = USUAL_NAMES
    if dict(headers).keys() <= USUAL:
        headers += WITH_POLICY
    else:
        names = frozenset([name.lower() for name, _ in headers])
        ours = HEADERS if "content-security-policy" in names else WITH_POLICY
        headers += ours if "referrer-policy" not in names else [each for each in ours if each != REFERRER]
    headers.append(("X-Request-Id", request.incoming.id))
    environ = request.environ
    if request.new_messages or request.messages_read:
        set_messages(request, response)
        names |= {"set-cookie"}
    headers += for_caches(request, response, names)
    if response._status[:3] == "200" and request.incoming.method in READS:
        validate(environ, response, names)
    if "HTTP_ACCEPT_ENCODING" in environ:
        compress(environ["HTTP_ACCEPT_ENCODING"], response)
    return response


def for_caches(request: Any, response: Response, names: Container[str]) -> list[tuple[str, str]]:
    """Return what says how long the answer may be kept, and for whom: one person's is for no shared cache.

    names: of the headers there are, in lower case.
    """
    packs = type(response._app_iter) is list
    if request.site is None:
        return [VARY] if packs else []
    vary = VARY_BY_ALL if packs else VARY_BY_VIEWER
    if request.varies:
        vary = ("Vary", f"{vary[1]}, {request.varies}")
    if "cache-control" in names:
        return [vary]
    if packs or "etag" in names:
        cache = ASK_AGAIN if request.cache is None or response._status[:3] != "200" else request.cache
    else:
        cache = request.cache or NO_STORE  # there is nothing to ask by whether it is still so
    if cache != NO_STORE and (request.identity.authenticated or "set-cookie" in names):
        return [vary, PRIVATE]
    return [vary, cache]


def validate(environ: dict[str, Any], response: Response, names: Container[str]) -> None:
    """Give the answer to GET or HEAD a tag, and keep to the conditions of the request.

    names: of its headers, in lower case.
    """
    body = response._app_iter
    if type(body) is list:
        if "etag" not in names:
            response._headerlist.append(("ETag", page_tag(b"".join(body))))
    elif type(body) is FileBody and "etag" in names:
        response._headerlist.append(("Accept-Ranges", "bytes"))
    if has_condition(environ):
        try:
            keep_conditions(environ, response)
        except BaseException:
            close(body)
            raise


def has_condition(environ: dict[str, Any]) -> bool:
    """Does the request ask for something only if, or for a part of it?"""
    return (
        "HTTP_IF_NONE_MATCH" in environ
        or "HTTP_IF_MODIFIED_SINCE" in environ
        or "HTTP_RANGE" in environ
        or "HTTP_IF_MATCH" in environ
        or "HTTP_IF_UNMODIFIED_SINCE" in environ
    )


def keep_conditions(environ: dict[str, Any], response: Response) -> None:
    """Make *response* what the conditions of the request call for: itself, a 304, or a part of a file."""
    body = response._app_iter
    tag, modified = response.headers.get("ETag"), response.headers.get("Last-Modified")
    found = outcome(environ, True, tag, modified)
    if found == FAILED:
        raise PreconditionFailed("There is another version of this than the one that the request names")
    if found == NOT_MODIFIED:
        close(body)
        response._status = "304 Not Modified"
        response._headerlist[:] = [pair for pair in response._headerlist if pair[0].lower() not in OF_BODY]
        response._app_iter = []
    elif (
        "HTTP_RANGE" in environ and environ["REQUEST_METHOD"] == "GET" and "Accept-Ranges" in response.headers
    ):
        if allows_ranges(environ, tag, modified):
            take_part(environ["HTTP_RANGE"], response)


def take_part(wanted: str, response: Response) -> None:
    """Let *response*, a whole file, be the ranges of it that are *wanted*; raises RangeNotSatisfiable."""
    size = int(response.headers["Content-Length"])
    spans = spans_of(wanted, size)
    if spans is None:
        return
    if not spans:
        raise RangeNotSatisfiable(f"{wanted[:80]!r} names no part of a file of {size:,} bytes", size)
    pieces: list[Any] = list(spans)
    if len(spans) == 1:
        response.headers["Content-Range"] = content_range(spans[0], size)
    else:
        kind, pieces = multipart(spans, size, response.headers["Content-Type"])
        response.headers["Content-Type"] = kind
    part = Pieces(response._app_iter.handle, pieces)
    response._status = "206 Partial Content"
    response._app_iter = FileBody(part)
    response.headers["Content-Length"] = str(part.size)


def close(body: Any) -> None:
    """Close *body*, which is not going to be sent."""
    if hasattr(body, "close"):
        body.close()


def check_headers(response: Response) -> None:
    """Raise ValueError for what cannot be a header: before the commit, as nothing could be sent after it."""
    text = response._status + "".join([value for _, value in response._headerlist])
    if text.isprintable() and text.isascii():
        return
    for name, value in (("status", response._status), *response._headerlist):
        if not (value.isprintable() and (value.isascii() or is_latin(value))):
            raise ValueError(f"The header {name} cannot be {value[:200]!r}: it has to be one line of Latin-1")


def is_latin(text: str) -> bool:
    """Can *text* be written as Latin-1, as WSGI wants it?"""
    return max(text) <= "\xff"


def set_messages(request: Any, response: Response) -> None:
    """Keep new messages for the next page, or forget those that were shown."""
    if request.new_messages:
        response.set_cookie(
            COOKIE,
            request.application.signer.dumps(request.new_messages),
            max_age=600,
            httponly=True,
            samesite="Lax",
            secure=request.origin.startswith("https:"),
            path=request.prefix or "/",
        )
    else:
        response.delete_cookie(COOKIE, path=request.prefix or "/")


def compress(accepted: str, response: Response) -> None:
    """Compress the body of *response* where the client takes gzip and it pays."""
    if not takes_gzip(accepted):
        return
    body = response._app_iter
    kind = response.content_type or ""
    if (
        not isinstance(body, list)
        or not kind.startswith(COMPRESSED)
        or "Content-Encoding" in response.headers
    ):
        return
    whole = b"".join(body)
    if len(whole) >= LEAST_COMPRESSED:
        packed = gzip.compress(whole, 6, mtime=0)
        response._app_iter = [packed]
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(packed))
        tag = response.headers.get("ETag", "")
        if tag.startswith('"'):  # other bytes than those it was made of
            response.headers["ETag"] = f"W/{tag}"


def takes_gzip(accepted: str) -> bool:
    """Does the header `Accept-Encoding` name gzip, and with another weight than nothing?"""
    accepted = accepted.lower()
    if "q=" not in accepted or "gzip" not in accepted:
        return "gzip" in accepted
    for each in accepted.replace(" ", "").split(","):
        name, _, weight = each.partition(";q=")
        if name == "gzip":
            return not weight or weight.rstrip("0.") != ""
    return False
