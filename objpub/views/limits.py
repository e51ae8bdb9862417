"""What a view takes at most, where that is less than the settings allow."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import fields
from typing import Any

from objpub.errors import DeclarationError
from objpub.errors import OverLimit


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a view takes at most; None: what the settings `[limits]` allow, which a view cannot raise.

        @view(Walk, "comment", method="POST", limits=Limits(body_bytes=10_000, fields=5))

    body_bytes: of the body as it was sent. fields: values that are no files. files: how many. file_bytes: of
    each of them.
    """

    body_bytes: int | None = None
    fields: int | None = None
    files: int | None = None
    file_bytes: int | None = None

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if value is not None and (type(value) is not int or value < 0):
                raise DeclarationError(f"Limits({each.name}={value!r}): wanted a whole number of at least 0")

    def check(self, request: Any) -> None:
        """Raise OverLimit where *request* carries more."""
        form = request.form
        values = [value for name in form for value in form.all(name)]
        sizes = [value.size for value in values if not isinstance(value, str)]
        length = int(request.environ.get("CONTENT_LENGTH") or 0)
        refuse(length, self.body_bytes, "The body has {:,} bytes")
        refuse(len(values) - len(sizes), self.fields, "The form has {:,} values")
        refuse(len(sizes), self.files, "The form has {:,} files")
        refuse(max(sizes, default=0), self.file_bytes, "A file has {:,} bytes")


def refuse(number: int, most: int | None, words: str) -> None:
    """Raise OverLimit if *number* is above *most*; words: with {} for the number."""
    if most is not None and number > most:
        raise OverLimit(f"{words.format(number)}; at most {most:,} are taken here")


def within(limits: Limits | None, call: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return *call*, a view as (context, request), so that it is not called beyond *limits*."""
    if limits is None:
        return call

    def checked(context: Any, request: Any) -> Any:
        limits.check(request)
        return call(context, request)

    return checked
