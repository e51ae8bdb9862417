"""What every answer gets at the end: headers and cookies, never content."""

import gzip
from typing import Any

from objpub.views import Response

from .messages import COOKIE

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


def finish(request: Any, response: Response) -> Response:
    """Add the headers of security, the request's id, messages and compression to *response*."""
    headers = response._headerlist
    names = {name.lower() for name, _ in headers}
    ours = HEADERS if "content-security-policy" in names else WITH_POLICY
    headers.extend(ours if "referrer-policy" not in names else [each for each in ours if each != REFERRER])
    headers.append(("X-Request-Id", request.incoming.id))
    environ = request.environ
    if request.identity.authenticated and "cache-control" not in names:
        headers.append(("Cache-Control", "private, no-cache"))
    if request.new_messages or request.messages_read:
        set_messages(request, response)
    if "HTTP_ACCEPT_ENCODING" in environ:
        compress(environ["HTTP_ACCEPT_ENCODING"], response)
    return response


def check_headers(response: Response) -> None:
    """Raise ValueError for what cannot be a header: before the commit, as nothing could be sent after it."""
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
    if "gzip" not in accepted or ("q=" in accepted and not takes_gzip(accepted)):
        return
    body = response._app_iter
    kind = response.content_type or ""
    if (
        not isinstance(body, list)
        or not kind.startswith(COMPRESSED)
        or "Content-Encoding" in response.headers
    ):
        return
    response.headers.add("Vary", "Accept-Encoding")
    whole = b"".join(body)
    if len(whole) >= LEAST_COMPRESSED:
        packed = gzip.compress(whole, 5, mtime=0)
        response._app_iter = [packed]
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(packed))


def takes_gzip(accepted: str) -> bool:
    """Does a header `Accept-Encoding` with weights name gzip, and with another weight than nothing?"""
    for each in accepted.replace(" ", "").split(","):
        name, _, weight = each.partition(";q=")
        if name == "gzip":
            return not weight or weight.rstrip("0.") != ""
    return False
