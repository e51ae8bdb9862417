"""What was typed into a small form, and what is wrong with it: the page is shown again with both.

    typed = Typed()                                          # nothing yet
    return refused(request, error, page_of(request, typed))  # the same page, with the right status

Passwords are typed too, and never shown again: no template asks for them.
"""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.errors import NameTaken
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.errors import Refused

STATUSES: tuple[tuple[type[Refused], int], ...] = (
    (Invalid, 422),
    (NameTaken, 409),
    (NotPossible, 409),
    (Forbidden, 403),
    (NotFound, 404),
)


class Unsure(NotPossible):
    """Something that takes from the one who asks what he may do; it is done where he says that he is sure."""


class Typed:
    """What was typed.

    errors: name of a control → sentence. sent: the values as they came, None for a form that was not sent.
    sure: a sentence that asks whether the one who asks is sure, or "".
    """

    def __init__(self, sent: Any = None, errors: Mapping[str, str] | None = None, sure: str = ""):
        self.sent = sent
        self.errors = {name: sentence_from(text) for name, text in (errors or {}).items()}
        self.sure = sure

    def __bool__(self) -> bool:
        return self.sent is not None

    def text(self, name: str, otherwise: Any = "") -> str:
        """Return what was typed into the control *name*; *otherwise* where nothing was sent."""
        if self.sent is None or name not in self.sent:
            return str(otherwise)
        value = self.sent.get(name)
        return value if isinstance(value, str) else str(otherwise)

    def has(self, name: str, value: str, otherwise: bool = False) -> bool:
        """Was *value* chosen in the control *name*? *otherwise* where nothing was sent about it."""
        if self.sent is None or (name not in self.sent and not self.about(name)):
            return otherwise
        return value in self.sent.all(name)

    def about(self, name: str) -> bool:
        """Did the form that was sent have checkboxes called *name*, even if none was checked?"""
        return self.sent is not None and name in str(self.sent.get("_empty", "")).split()

    def error(self, name: str) -> str:
        """Return what is wrong with the control *name*, or ""."""
        return self.errors.get(name, "")


def refused(
    request: Any, error: Refused, page: Callable[[Typed], dict[str, Any]], field: str = "form"
) -> Any:
    """Return the page of the running view again, filled by *page*, with what was typed and what is wrong.

    field: the control that an error is about that names none.
    """
    sure = str(error) if isinstance(error, Unsure) else ""
    errors = {} if sure else error.errors if isinstance(error, Invalid) else {field: str(error)}
    response = request.page(page(Typed(request.form, errors, sure)))
    response.status_int = next((status for kind, status in STATUSES if isinstance(error, kind)), 409)
    response.headers["Cache-Control"] = "no-store"
    return response


def sentence_from(text: str) -> str:
    """Return *text* as it begins a sentence."""
    return text[:1].upper() + text[1:]
