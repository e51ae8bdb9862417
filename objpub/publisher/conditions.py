"""Conditional requests (RFC 9110, section 13): is what the client knows still so, and does it matter?

Entity tags of files are strong, made of their bytes; those of pages are weak, made of what this viewer sees.
"""

import re
import zlib
from datetime import datetime
from datetime import UTC
from email.utils import format_datetime
from email.utils import parsedate_to_datetime
from typing import Any

from objpub.content import File
from objpub.content import modified_of
from objpub.views import etag_of

from .problems import PreconditionFailed

TAG = re.compile(r'(?:W/)?"[^"]*"')
GOES_ON = 0
NOT_MODIFIED = 304
FAILED = 412


def page_tag(body: bytes) -> str:
    """Return a weak entity tag of *body*, a page as one viewer sees it.

    Two checksums with the length: a page is hashed each time it is made, and nobody gains by two versions of
    his own page that look alike to browsers.
    """
    return f'W/"{zlib.crc32(body):x}-{zlib.adler32(body):x}-{len(body):x}"'


def outcome(environ: dict[str, Any], reads: bool, tag: str | None, modified: str | None) -> int:
    """Return what the conditions of a request come to: `GOES_ON`, `NOT_MODIFIED` or `FAILED`.

    reads: whether it is GET or HEAD. tag, modified: the entity tag, and the date as HTTP writes it, of what
    there is now; None where it has none. They are asked in the order of section 13.2.2.
    """
    wanted = environ.get("HTTP_IF_MATCH")
    if wanted is not None:
        if not names(wanted, tag, strongly=True):
            return FAILED
    elif "HTTP_IF_UNMODIFIED_SINCE" in environ and not is_unmodified(
        modified, environ["HTTP_IF_UNMODIFIED_SINCE"], otherwise=True
    ):
        return FAILED
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known is not None:
        if names(known, tag):
            return NOT_MODIFIED if reads else FAILED
    elif reads and is_unmodified(modified, environ.get("HTTP_IF_MODIFIED_SINCE", ""), otherwise=False):
        return NOT_MODIFIED
    return GOES_ON


def names(header: str, tag: str | None, strongly: bool = False) -> bool:
    """Does *header*, a list of entity tags or `*`, name *tag*? strongly: weak ones name nothing."""
    if header.strip() == "*":
        return True
    if tag is None or (strongly and tag.startswith("W/")):
        return False
    found = TAG.findall(header)
    if strongly:
        return tag in found
    return tag.removeprefix("W/") in {each.removeprefix("W/") for each in found}


def is_unmodified(modified: str | None, since: str, otherwise: bool) -> bool:
    """Was what was changed at *modified* not changed after *since*? otherwise: where it cannot be told."""
    changed, told = date_of(modified or ""), date_of(since)
    return otherwise if changed is None or told is None else changed <= told


def date_of(text: str) -> datetime | None:
    """Return the time that *text* tells as HTTP writes it, None for anything else."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def allows_ranges(environ: dict[str, Any], tag: str | None, modified: str | None) -> bool:
    """May a part be sent by `If-Range`? Only of the very bytes that the client has the other parts of."""
    condition = environ.get("HTTP_IF_RANGE")
    if condition is None:
        return True
    if condition.endswith('"'):
        return tag is not None and condition == tag and not tag.startswith("W/")
    return modified is not None and condition == modified


def check_conditions(environ: dict[str, Any], context: Any) -> None:
    """Raise PreconditionFailed where a request that changes *context* says what it should be, and it is not.

    Of files the entity tag is known; other things have a date, and a tag only as pages, which are weak.
    """
    if "HTTP_IF_MATCH" not in environ and "HTTP_IF_NONE_MATCH" not in environ:
        if "HTTP_IF_UNMODIFIED_SINCE" not in environ:
            return
    tag = etag_of(context) if isinstance(context, File) else None
    changed = modified_of(context)
    modified = None if changed is None else format_datetime(changed, usegmt=True)
    if outcome(environ, False, tag, modified) == FAILED:
        raise PreconditionFailed(
            f"{context.__name__ or 'The site'} is not what the request takes it for: somebody changed it"
        )
