"""What a visitor wants to read: in which language, and in which version of what programs are answered.

    @choose_language
    def by_name_of_host(request):
        return "de" if request.host.startswith("de.") else None

Nothing is asked before a view or a template asks for `request.language` or `request.version`.
"""

from collections.abc import Callable
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from objpub.configuration import Declaration
from objpub.configuration import note
from objpub.configuration import source_here
from objpub.registry import Registry

Chooser = Callable[[Any], str | None]


class Languages(list[Chooser]):
    """Functions (request) → the tag of a language, or None; the first that says something counts."""


class Versions(list[Chooser]):
    """Functions (request) → a version, or None; the first that says something counts."""


def choose_language(function: Chooser) -> Chooser:
    """Declare what decides about the language: a function (request) → a tag such as "de-CH", or None."""
    return declared(function, "choose_language", Languages)


def choose_version(function: Chooser) -> Chooser:
    """Declare what decides about the version that a program wants: a function (request) → text, or None."""
    return declared(function, "choose_version", Versions)


def declared(function: Chooser, word: str, table: type[Languages] | type[Versions]) -> Chooser:
    """Leave a note on *function*, which puts it into *table* at the freeze."""

    def apply(registry: Registry) -> None:
        registry[table].append(function)

    key = (word, f"{function.__module__}.{function.__qualname__}")
    note(function, Declaration(word, (key,), apply, source_here(), target=function))
    return function


class Negotiated:
    """What a request says about languages and versions."""

    registry: Registry
    settings: Any
    environ: dict[str, Any]
    site: Any

    #: The headers that the answer depends on, besides those that every answer does.
    varies = ""

    @cached_property
    def language(self) -> str:
        """The language to answer in, as a tag.

        It is what a `@choose_language` says, else the best of the languages of the site for the header
        `Accept-Language`, else the locale of the site. A site that names none has those of `site.languages`
        in the settings.
        """
        chosen = next((found for choose in self.registry[Languages] if (found := choose(self))), "")
        offered: tuple[str, ...] = self.site.languages or self.settings.site.languages
        if chosen or not offered:
            return chosen or str(self.site.locale)
        self.vary_by("Accept-Language")
        return best_of(offered, self.environ.get("HTTP_ACCEPT_LANGUAGE", ""))

    @cached_property
    def version(self) -> str:
        """The version that a program asks for; "" if it asks for none.

        It is what a `@choose_version` says, else the header `Accept-Version`, else `version=` in `Accept`.
        """
        chosen = next((found for choose in self.registry[Versions] if (found := choose(self))), "")
        if chosen:
            return chosen
        self.vary_by("Accept, Accept-Version")
        named: str = self.environ.get("HTTP_ACCEPT_VERSION", "").strip()
        return named or next(parameters_of(self.environ.get("HTTP_ACCEPT", ""), "version"), "")

    def vary_by(self, headers: str) -> None:
        """Say that the answer depends on *headers* of the request, "Accept-Language"."""
        self.varies = f"{self.varies}, {headers}" if self.varies else headers


def best_of(offered: tuple[str, ...], accepted: str) -> str:
    """Return the tag of *offered* that suits a header `Accept-Language` best; the first if none does."""
    for wanted in wanted_first(accepted):
        if wanted == "*":
            return offered[0]
        for fits in (is_same, is_wider, is_narrower):
            found = next((tag for tag in offered if fits(tag.lower().replace("_", "-"), wanted)), None)
            if found is not None:
                return found
    return offered[0]


def is_same(tag: str, wanted: str) -> bool:
    """Are both the same language?"""
    return tag == wanted


def is_wider(tag: str, wanted: str) -> bool:
    """Is *wanted*, "en-GB", a kind of *tag*, "en"?"""
    return wanted.startswith(f"{tag}-")


def is_narrower(tag: str, wanted: str) -> bool:
    """Is *tag*, "de-CH", a kind of *wanted*, "de"?"""
    return tag.startswith(f"{wanted}-")


def wanted_first(accepted: str) -> list[str]:
    """Return the tags of a header `Accept-Language` in lower case, the most wanted first."""
    weighed = []
    for each in accepted.lower().split(",")[:50]:
        tag, _, weight = each.replace(" ", "").partition(";q=")
        try:
            amount = float(weight or 1)
        except ValueError:
            continue
        if tag and 0 < amount <= 1:
            weighed.append((amount, tag))
    return [tag for _, tag in sorted(weighed, key=lambda pair: -pair[0])]


def parameters_of(accepted: str, name: str) -> Iterator[str]:
    """Yield the values of the parameter *name* of the media types in a header `Accept`."""
    for kind in accepted.split(",")[:50]:
        for parameter in kind.split(";")[1:]:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == name and value.strip(' "'):
                yield value.strip(' "')
