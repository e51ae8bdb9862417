"""What was picked in a list: found by name, and changed all at once or not at all."""

import zlib
from base64 import urlsafe_b64decode
from base64 import urlsafe_b64encode
from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from objpub.content import Folder
from objpub.content import title_of
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.errors import Refused
from objpub.publisher import Failure
from objpub.views import Response

from .frame import AREA
from .permission import visible

WHOLE = "all"  # in a form or an address: all of a list is meant, whatever is ticked
NAMES = "names."  # before the names of what was picked, where they are packed
MOST_UNPACKED = 100_000  # bytes
MOST_DIGITS = 12  # of a number of things; no folder has as many
LONG = 2_000  # bytes in an address; some servers on the way take 8,000 in all
QUESTION = "question"  # in a form: it asks what an address would be too long for
CHANGED = "Meanwhile the list has changed: there were {before:,} items, and there are {now:,} now."
GONE = "There is nothing called “{name}” here; it may have been moved or deleted meanwhile."


def text_of(request: Any, name: str) -> str:
    """Return the last text that the form has under *name*, as it was typed; "" for none.

    As an argument of a view it would be refused with an error page; here it can stay in its form.
    """
    return (texts_of(request, name) or [""])[-1]


def texts_of(request: Any, name: str) -> list[str]:
    """Return every text that the form has under *name*, as it was typed."""
    return [each for each in request.form.all(name) if isinstance(each, str)]


def count_of(request: Any) -> int | None:
    """Return what the form says as *count*: how many things people were told of; None for no number."""
    text = text_of(request, "count")
    return int(text[:MOST_DIGITS]) if text.isascii() and text.isdigit() else None


def chosen_of(request: Any, name: str) -> list[str]:
    """Return the choices that the form has under *name*; none where it says that it has them in `_empty`.

    Raises Invalid for a form that says nothing about them: to take everything away has to be meant.
    """
    if name not in request.form and name not in text_of(request, "_empty").split():
        raise Invalid({name: f"The form says nothing about {name!r}; choose, and send it again"})
    return texts_of(request, name)


@dataclass(frozen=True)
class Picks:
    """What was picked in a folder. found: the children. missing: names of what is not there, or hidden.

    whole: what of the folder was picked as a whole, as `selecting` writes it; "" where each was ticked.
    counted: how many there were then; None where nobody has been told of them yet.
    """

    found: tuple[Any, ...]
    missing: tuple[str, ...]
    whole: str = ""
    counted: int | None = None

    @property
    def query(self) -> dict[str, Any]:
        """What says in an address what was picked; names that are long are packed."""
        if self.whole:
            return {WHOLE: self.whole, "count": len(self.found)}
        is_long = sum(len(quote(name)) + len("&pick=") for name in self.names) > LONG
        return {WHOLE: packed(self.names)} if is_long else {"pick": self.names}

    @property
    def hidden(self) -> list[tuple[str, Any]]:
        """The names and values that say it in a form."""
        return list(self.query.items()) if self.whole else [("pick", name) for name in self.names]

    @property
    def is_good(self) -> bool:
        """Is there something, and nothing but what people were told of?"""
        return bool(self.found) and not self.complaints

    @property
    def names(self) -> list[str]:
        """The names of what was found."""
        return [each.__name__ for each in self.found]

    @property
    def complaints(self) -> list[str]:
        """A sentence for each that is missing, and where there are not as many as there were."""
        found = [GONE.format(name=name[:60]) for name in self.missing]
        if self.counted not in {None, len(self.found)}:
            found.append(CHANGED.format(before=self.counted, now=len(self.found)))
        return found


def picks_in(request: Any, folder: Folder, names: Iterable[str]) -> Picks:
    """Return what *names* mean in *folder*, each once, as far as the one who asks sees it."""
    found, missing = [], []
    for name in dict.fromkeys(names):
        child = folder.get(name) if name in folder else None
        if child is None or not visible(request, child):
            missing.append(name)
        else:
            found.append(child)
    return Picks(tuple(found), tuple(missing))


def packed(names: Iterable[str]) -> str:
    """Return *names* as a text for an address that is much shorter than they are."""
    whole = zlib.compress("/".join(names).encode(), 9)
    return NAMES + urlsafe_b64encode(whole).decode().rstrip("=")


def unpacked(text: str) -> list[str]:
    """Return the names that `packed` wrote; none for what it did not write."""
    code = text.removeprefix(NAMES)
    try:
        whole = urlsafe_b64decode(code + "=" * (-len(code) % 4))
        found = zlib.decompressobj().decompress(whole, MOST_UNPACKED).decode()
    except (ValueError, zlib.error):
        return []
    return found.split("/")


def named(resources: Iterable[Any]) -> str:
    """Return what a sentence calls *resources*: “Tides”, or 3 items."""
    titles = [title_of(each) for each in resources]
    return f"“{titles[0]}”" if len(titles) == 1 else f"{len(titles):,} items"


def all_or_none(
    request: Any, resources: Iterable[Any], change: Callable[[Any], Any]
) -> tuple[list[Any], Any, Refused | None]:
    """Call *change* with each of *resources*. Where one is refused, take back what the others changed.

    Returns what the calls returned; and, after a refusal, whose it was, and the refusal, else None twice.
    """
    savepoint = request.connection.transaction_manager.get().savepoint()
    results = []
    for resource in resources:
        try:
            results.append(change(resource))
        except Refused as refusal:
            savepoint.rollback()
            return [], resource, refusal
    return results, None, None


def answer(request: Any, values: dict[str, Any], status: int) -> Any:
    """Return the page of the running view, filled with *values*, with another status than 200."""
    if status == 200:
        return values
    response: Response = request.page(values)
    response.status_int = status
    response.headers["Cache-Control"] = "no-store"
    return response


def status_of(refusal: Refused) -> int:
    """Return the status that answers *refusal*: 422, 409, 403 or 404."""
    return Failure(refusal).status


def lead_to_folder(content: Any, request: Any, view: str) -> Response:
    """Answer with the way to *view* of the folder that *content* is in: it is a matter of that folder.

    Raises NotFound for the site, and for what is no item of a folder.
    """
    folder, name = content.__parent__, content.__name__
    if not isinstance(folder, Folder) or name not in folder:
        raise NotFound(request.incoming.path, request.url(content), f"@@{view}", content)
    response: Response = request.redirect(request.url(folder, f"@@{view}", area=AREA, pick=name))
    return response
