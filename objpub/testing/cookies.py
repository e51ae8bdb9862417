"""The cookies of one client: kept, sent and forgotten as a browser does."""

from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import Morsel
from http.cookies import SimpleCookie
from typing import Any


@dataclass(frozen=True)
class Cookie:
    """One cookie. attributes: as they were sent, by their names in lower case."""

    name: str
    value: str
    path: str
    attributes: dict[str, str]


class Cookies:
    """The cookies that a site has set, by name."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Cookie] = {}

    def take(self, header: str) -> None:
        """Take the value of one `Set-Cookie` header."""
        for name, morsel in SimpleCookie(header).items():
            path = morsel["path"] or "/"
            if is_over(morsel):
                self._kept.pop((name, path), None)
            else:
                attributes = {key: str(value) for key, value in morsel.items() if value}
                self._kept[name, path] = Cookie(name, morsel.value, path, attributes)

    def header(self, path: str) -> str:
        """Return the value of the `Cookie` header for a request of *path*; "" for none."""
        sent = [cookie for cookie in self._kept.values() if applies(cookie, path)]
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in sent)

    def clear(self) -> None:
        """Forget every cookie."""
        self._kept.clear()

    def find(self, name: str) -> Cookie | None:
        """Return the cookie called *name* with its attributes, or None."""
        return next((cookie for cookie in self._kept.values() if cookie.name == name), None)

    def __getitem__(self, name: str) -> str:
        """Return the value of the cookie called *name*. Raises KeyError."""
        cookie = self.find(name)
        if cookie is None:
            raise KeyError(f"no cookie {name!r}, only {sorted(self)}")
        return cookie.value

    def __setitem__(self, name: str, value: str) -> None:
        """Give the client a cookie for every path, as somebody does who tries things."""
        self._kept[name, "/"] = Cookie(name, value, "/", {})

    def __contains__(self, name: object) -> bool:
        return any(cookie.name == name for cookie in self._kept.values())

    def __iter__(self) -> Iterator[str]:
        return iter([cookie.name for cookie in self._kept.values()])

    def __len__(self) -> int:
        return len(self._kept)


def is_over(morsel: "Morsel[Any]") -> bool:
    """Does this end a cookie? With `Max-Age=0`, or with a date of 1970."""
    age = str(morsel["max-age"])
    return (age.lstrip("-").isdigit() and int(age) <= 0) or " 1970 " in morsel["expires"].replace("-", " ")


def applies(cookie: Cookie, path: str) -> bool:
    """Is *cookie* sent with a request of *path*?"""
    above = cookie.path.rstrip("/")
    return path == above or path.startswith(above + "/")
