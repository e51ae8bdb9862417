"""What Hugo would publish: drafts, dates, `build`, `headless`, and what a section hands down by `cascade`."""

import fnmatch
from collections.abc import Iterable
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .fields import moment

FROM = ("publishdate", "pubdate", "published", "date")
UNTIL = ("expirydate", "unpublishdate")
RULES = frozenset({*FROM, *UNTIL, "draft", "headless", "build", "_build", "cascade"})  # what is read here


def reason_unpublished(values: Mapping[str, Any], now: datetime) -> str:
    """Return why a page with the front matter *values* is not published at *now*; "" if it is."""
    render = build_of(values).get("render", "always")
    if render in (False, "never", "false", "link"):
        return f"build.render is {render!r}"
    if values.get("headless") is True:
        return "it is headless"
    if values.get("draft") is True:
        return "it is a draft"
    begins, ends = first_moment(values, FROM), first_moment(values, UNTIL)
    if begins and begins > now:
        return f"it is not published before {begins:%Y-%m-%d}"
    return f"it expired on {ends:%Y-%m-%d}" if ends and ends <= now else ""


def publishes_files(values: Mapping[str, Any]) -> bool:
    """Are the images and other files beside a page with the front matter *values* published?"""
    return build_of(values).get("publishresources", True) not in (False, "false")


def build_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the build options among *values*, their names in lower case."""
    build = values.get("build", values.get("_build"))
    if isinstance(build, dict):
        return {str(name).lower(): value for name, value in build.items()}
    return {}


def first_moment(values: Mapping[str, Any], names: Iterable[str]) -> datetime | None:
    """Return the first of the dates called *names* that is one, or None."""
    for name in names:
        try:
            return moment(values[name])
        except (KeyError, ValueError):
            continue
    return None


def handed_down(values: Mapping[str, Any]) -> tuple[tuple[Mapping[str, Any], dict[str, Any]], ...]:
    """Return what a section with the front matter *values* gives to all below it: (target, values) pairs."""
    cascade = values.get("cascade")
    parts = cascade if isinstance(cascade, list) else [cascade]
    found = []
    for part in parts:
        if isinstance(part, dict):
            named = {str(name).lower(): value for name, value in part.items()}
            target = named.pop("target", named.pop("_target", None))
            found.append((target if isinstance(target, dict) else {}, named))
    return tuple(found)


def with_cascades(
    values: Mapping[str, Any],
    cascades: Iterable[tuple[Mapping[str, Any], dict[str, Any]]],
    path: str,
    kind: str,
) -> dict[str, Any]:
    """Return *values*, and below them what *cascades*, the nearest first, give to a page at *path*.

    path: such as "/posts/one". kind: "page" or "section".
    """
    found = dict(values)
    for target, given in cascades:
        if fits(target, path, kind):
            for name, value in given.items():
                found.setdefault(name, value)
    return found


def fits(target: Mapping[str, Any], path: str, kind: str) -> bool:
    """Does a page at *path* belong to those that the cascade's *target* names?"""
    wanted = {str(name).lower(): str(value) for name, value in target.items()}
    if wanted.get("kind", kind) != kind:
        return False
    pattern = wanted.get("path", "")
    # "**" crosses slashes and so does fnmatch's "*": more may fit than in Hugo, never less.
    return not pattern or fnmatch.fnmatchcase(path.lower(), pattern.strip("{}").replace("**", "*").lower())
