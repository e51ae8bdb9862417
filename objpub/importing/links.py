"""Where links lead: every place that a file of the source can be called by, and what it is called now."""

import posixpath
import re
import unicodedata
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote
from urllib.parse import unquote

ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
OWN_PAGES = ("_index", "index", "readme")
PAGE_ENDINGS = (".md", ".markdown", ".html", ".htm")


@dataclass(frozen=True)
class Link:
    """What a destination means.

    url: where it leads now; None if nowhere. key: of the file it leads to, "" for what is not of the
    source. fragment: the place in that page, "" for the page itself. message: why it leads nowhere.
    """

    url: str | None
    key: str = ""
    fragment: str = ""
    message: str = ""


@dataclass(frozen=True)
class Links:
    """Finds what destinations mean.

    find: place → key, or None. url_of: key → the path part of its URL, None where it is not on the site.
    reasons: place → why nothing is there. exists: is there something on the site at this path?
    """

    find: Callable[[str], str | None]
    url_of: Callable[[str], str | None]
    reasons: Mapping[str, str]
    exists: Callable[[str], bool]

    def resolve(self, destination: str, key: str, file: str, image: bool = False) -> Link:
        """Return what *destination* means in the page *key*, where it stands in *file*."""
        destination = destination.strip()
        if ELSEWHERE.match(destination):
            return Link(destination)
        path, fragment = split(destination)
        path, question, query = path.partition("?")
        if not path:
            return self._in_page(destination, key, fragment)
        found = self._key_of(path, key, file)
        if found is None:
            return self._not_found(path, destination, fragment, file)
        url = self.url_of(found)
        if url is None:
            return Link(None, message="it could not be imported")
        anchor = "#" + quote(fragment, safe="/?:@!$&'()*+,;=-._~") if fragment else ""
        return Link(url + question + query + anchor, found, fragment)

    def _in_page(self, destination: str, key: str, fragment: str) -> Link:
        if fragment or destination == "#":
            return Link(destination, key, fragment)
        return Link(None, message="it has no destination")

    def _key_of(self, path: str, key: str, file: str) -> str | None:
        return next(filter(None, map(self.find, candidates(path, key, file))), None)

    def _not_found(self, path: str, destination: str, fragment: str, file: str) -> Link:
        if path.startswith("/") and self.exists(unquote(path)):
            return Link(destination, "", fragment)
        for place in candidates(path, "", file):
            if place in self.reasons:
                return Link(None, message=self.reasons[place])
        joined = posixpath.normpath(posixpath.join(posixpath.dirname(file), unquote(path)))
        if joined.startswith("../"):
            return Link(None, message="it leads out of the imported folder")
        return Link(None, message="there is nothing of that name")


def candidates(path: str, key: str, file: str) -> Iterator[str]:
    """Yield the places that *path* may mean, the likeliest first.

    From the top of the source if it begins with "/"; else from the folder of *file*, as files do, from the
    URL of the page, as browsers do, and from the top, as Hugo does.
    """
    plain = unquote(path)
    if plain.startswith("/"):
        bases = [""]
    else:
        bases = list(dict.fromkeys((posixpath.dirname(file), posixpath.splitext(key)[0].rstrip("/"), "")))
    for base in bases:
        joined = posixpath.normpath(posixpath.join("/", base, plain.lstrip("/")))
        yield from places_of_file(joined)


def places_of_file(path: str) -> tuple[str, ...]:
    """Return what the file at *path* can be called by: as it is written, in lower case, as a place."""
    exact = unicodedata.normalize("NFC", path).strip("/")
    return tuple(dict.fromkeys((exact, exact.lower(), place_of(exact))))


def place_of(path: str) -> str:
    """Return *path* as places are written: lower case, composed, without ending and slashes around it.

    "/Docs/Intro.md", "docs/intro/" and "docs/intro/index.html" are one place.
    """
    place = unicodedata.normalize("NFC", path).strip("/").lower().replace(" ", "-")
    start, ending = posixpath.splitext(place)
    if ending in PAGE_ENDINGS:
        place = start
    folder, name = posixpath.split(place)
    return folder if name in OWN_PAGES else place


def split(destination: str) -> tuple[str, str]:
    """Return the path with its query, and the fragment, of a destination."""
    path, _, fragment = destination.partition("#")
    return path, unquote(fragment)


def url_of_path(segments: Iterable[str], folder: bool) -> str:
    """Return the path of a URL below the site: ("a", "b") → "/a/b", for a folder "/a/b/"."""
    path = "/" + "/".join(quote(segment, safe="@+:~") for segment in segments)
    return path + "/" if folder and not path.endswith("/") else path
