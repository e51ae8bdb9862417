"""How long an answer may be shown without asking again: what `@view(cache=...)` says."""

from datetime import timedelta
from typing import Any

from objpub.configuration import Source
from objpub.errors import DeclarationError

NEVER = "never"
WANTED = "seconds, a timedelta, or 'never'"


def cache_control(cache: Any, source: Source) -> tuple[str, str] | None:
    """Return the header `Cache-Control` for visitors that *cache* asks for, None for the usual one.

    cache: how long browsers and caches between may show the answer without asking, in seconds or as a
    timedelta; "never": nobody keeps it; None: it may be kept, but not shown without asking. What somebody who
    has signed in gets is never for a shared cache. Raises DeclarationError for anything else.
    """
    if cache is None:
        return None
    if cache == NEVER:
        return "Cache-Control", "no-store"
    seconds = cache.total_seconds() if isinstance(cache, timedelta) else cache
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 1:
        raise DeclarationError(f"cache={cache!r}: wanted {WANTED}", source)
    return "Cache-Control", f"max-age={int(seconds)}"
