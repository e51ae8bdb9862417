"""What came back from a site, and what can be done with it."""

import gzip
import json
from typing import Any
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from .forms import PageForm
from .pages import Page
from .pages import read_page

if TYPE_CHECKING:
    from .client import Client

REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Unexpected(AssertionError):
    """A page is not what a test relied on: it has no such form, field or link."""


class Headers:
    """The headers of a response; names in any case."""

    def __init__(self, pairs: list[tuple[str, str]]):
        self.pairs = pairs

    def get(self, name: str, default: str | None = None) -> str | None:
        """Return the value of the first header called *name*, or *default*."""
        return next((value for each, value in self.pairs if each.lower() == name.lower()), default)

    def all(self, name: str) -> list[str]:
        """Return the values of every header called *name*."""
        return [value for each, value in self.pairs if each.lower() == name.lower()]

    def __getitem__(self, name: str) -> str:
        """Return the value of the first header called *name*. Raises KeyError."""
        value = self.get(name)
        if value is None:
            raise KeyError(f"no header {name!r}, only {[each for each, _ in self.pairs]}")
        return value

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def __repr__(self) -> str:
        return f"<Headers {self.pairs}>"


class ClientResponse:
    """A response, read to its end.

    client: who asked. method, path: what for. status: the number. reason: the words behind it. headers: see
    `Headers`. raw: the body as it came; body: the same, without its compression.
    """

    def __init__(
        self,
        client: "Client",
        method: str,
        path: str,
        status: str,
        headers: list[tuple[str, str]],
        raw: bytes,
    ):
        self.client = client
        self.method = method
        self.path = path
        self.status = int(status[:3])
        self.reason = status[4:]
        self.headers = Headers(headers)
        self.raw = raw
        packed = self.headers.get("Content-Encoding") == "gzip" and raw
        self.body = gzip.decompress(raw) if packed else raw
        self._page: Page | None = None

    @property
    def text(self) -> str:
        """The body as text. Raises UnicodeDecodeError if it is not UTF-8."""
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:
        """The body as JSON says it. Raises ValueError."""
        return json.loads(self.body)

    @property
    def content_type(self) -> str:
        """The media type without its parameters; "" for none."""
        return (self.headers.get("Content-Type") or "").partition(";")[0].strip()

    @property
    def location(self) -> str:
        """Where a redirect leads, as a path; "" for a response that is none."""
        return self.headers.get("Location", "") or ""

    @property
    def page(self) -> Page:
        """The forms and the links of the page."""
        if self._page is None:
            self._page = read_page(self.text)
        return self._page

    def form(self, which: int | str = 0) -> PageForm:
        """Return a form of the page: by number, or by its id, its name or its action.

        Raises Unexpected, which lists those that there are.
        """
        forms = self.page.forms
        if isinstance(which, int):
            found = forms[which] if which < len(forms) else None
        else:
            found = next((form for form in forms if which in (form.id, form.name, form.action)), None)
        if found is None:
            there = [form.id or form.name or form.action for form in forms]
            raise Unexpected(f"{self} has no form {which!r}, only {there}\n{self.text[:2000]}")
        return PageForm(found, self)

    def click(self, text: str) -> "ClientResponse":
        """Follow the first link whose text is *text*. Raises Unexpected, which lists the others."""
        target = next((target for words, target in self.page.links if words == text), None)
        if target is None:
            there = [words for words, _ in self.page.links]
            raise Unexpected(f"{self} has no link {text!r}, only {there}")
        return self.client.get(self.to(target), follow=True)

    def follow(self) -> "ClientResponse":
        """Follow redirects as a browser does, to the end. Raises Unexpected if there is none to follow."""
        if self.status not in REDIRECTS:
            raise Unexpected(f"{self} is no redirect")
        return self.client.get(self.to(self.location), follow=True)

    def to(self, target: str) -> str:
        """Return a link of this page as a path from the top of the site."""
        return urljoin(self.path, target)

    def __repr__(self) -> str:
        return f"<{self.method} {self.path}: {self.status} {self.reason}>"
